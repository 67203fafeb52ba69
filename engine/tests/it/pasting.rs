//! A paste: looked up before anything is added, and added with the limits of single songs.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use engine::accounts::AccountError;
use engine::pasting::{AlbumsWished, Brought, MAX_TRACKS, Understood};
use engine::{EngineError, NewNest};
use nests::nest::NestId;
use nests::paste::MAX_CHARS;
use nests::track::TrackUri;
use nests::wire::frame::Note;
use nests::wire::{Command, ErrorBody, ErrorCode};
use standin::spotify::listeners::{ANNA, DAN};
use standin::spotify::{Mood, Spotify as Standin};

use crate::accounts;
use crate::spotify::with;
use crate::support::{House, person};

async fn understood(house: &House, nest: Option<&NestId>, text: &str) -> Understood {
    understood_with(house, nest, text, HashMap::new()).await
}

async fn understood_with(
    house: &House,
    nest: Option<&NestId>,
    text: &str,
    albums: AlbumsWished,
) -> Understood {
    let anna = person("anna");
    let asked = house.engine.understand(nest, &anna, text, &albums).await;
    asked.expect("understood")
}

/// A line for each row: what was pasted, and what it brings or why it brings nothing. Below it a line for each album.
fn told(understood: &Understood, house: &House) -> String {
    let offers = |brought: &Brought| {
        let mut lines = Vec::new();
        for group in &brought.groups {
            let open = group.offers.iter().filter(|offer| offer.hindrance.is_none());
            let first = &group.offers[0].track;
            let heading = group.heading.as_deref().unwrap_or("-");
            let (open, all) = (open.count(), group.offers.len());
            lines.push(format!(
                "  {heading} | {open} of {all}: {} by {}",
                first.title, first.artist
            ));
            lines.extend(group.note.iter().map(|note| format!("    {note}")));
            let hindrances = group.offers.iter().filter_map(|offer| offer.hindrance.as_ref());
            lines.extend(hindrances.map(|why| format!("    {why}")));
        }
        lines.extend(
            brought
                .more
                .as_ref()
                .map(|more| format!("  {} of {} albums", more.shown, more.total)),
        );
        lines.join("\n")
    };
    let rows = understood.rows.iter().map(|row| match &row.brings {
        Ok(brought) => format!("{}\n{}", row.text, offers(brought)),
        Err(why) => format!("{} | {why}", row.text),
    });
    rows.collect::<Vec<_>>()
        .join("\n")
        .replace(&house.track(0).to_string(), "[library]")
}

#[tokio::test]
async fn a_mixed_paste_says_for_each_piece_what_it_brings_or_why_it_brings_nothing() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let music = standin.catalogue();
    let paste = [
        format!(
            "https://open.spotify.com/intl-de/track/{}?si=abc",
            music.tracks[0].id
        ),
        format!("spotify:album:{}", music.albums[0].id),
        format!("https://open.spotify.com/artist/{}", music.artists[1].id),
        format!("https://open.spotify.com/playlist/{}", music.playlists[0].id),
        format!("spotify:episode:{}", music.episodes[0].id),
        format!(
            "spotify:track:{} spotify:track:{}",
            music.tracks[23].id, music.tracks[1].id
        ),
        "spotify:track:0000000000000000000000".to_owned(),
        "spotify:album:0000000000000000000000".to_owned(),
        house.track(0).to_string(),
        "1. Song 7".to_owned(),
        "paper lanterns amber".to_owned(),
        "zzzz".to_owned(),
        "https://spotify.link/abc".to_owned(),
        "https://www.youtube.com/watch?v=1".to_owned(),
    ];
    let main = NestId::main();
    let before = house.snapshot(&main).await;
    let understood = understood(&house, Some(&main), &paste.join("\n")).await;
    insta::assert_snapshot!("mixed", told(&understood, &house));
    assert!(
        !understood.cut && understood.count() > 40,
        "{}",
        understood.count()
    );
    assert_eq!(
        house.snapshot(&main).await,
        before,
        "nothing is queued by looking"
    );
}

#[tokio::test]
async fn what_waits_already_and_what_is_of_another_source_cannot_be_ticked() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(|settings| {
        with(&standin)(settings);
        settings.mixed_sources = false;
    })
    .await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.add(&main, "anna", 1).await;
    let paste = format!(
        "{}\n{}\nspotify:track:{}",
        house.track(1),
        house.track(2),
        standin.catalogue().tracks[0].id
    );
    let understood = understood(&house, Some(&main), &paste).await;
    let hindrances: Vec<_> = understood
        .offers()
        .map(|offer| offer.hindrance.as_deref())
        .collect();
    assert_eq!(
        hindrances,
        [
            Some("Already in the queue."),
            None,
            Some("This nest plays from one source at a time, now from Library."),
        ]
    );
}

#[tokio::test]
async fn an_artists_albums_come_page_by_page() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let artist = standin.catalogue().long_career().id.clone();
    let paste = format!("spotify:artist:{artist}");
    let mut wished = AlbumsWished::new();
    let mut pages = Vec::new();
    loop {
        let understood = understood_with(&house, None, &paste, wished.clone()).await;
        let brought = understood.rows[0].brings.as_ref().expect("albums");
        pages.push((
            brought.groups.len(),
            brought.more.as_ref().map(|more| (more.shown, more.total)),
        ));
        match &brought.more {
            Some(more) => wished.insert(more.artist.clone(), more.wish()),
            None => break,
        };
    }
    assert_eq!(pages, [(3, Some((3, 8))), (6, Some((6, 8))), (8, None)]);
    let greedy = AlbumsWished::from([(artist, usize::MAX)]);
    standin.take_seen();
    understood_with(&house, None, &paste, greedy).await;
    assert_eq!(
        standin.take_seen().len(),
        9,
        "a list of the albums, and each of them once"
    );
}

#[tokio::test]
async fn with_spotify_in_trouble_the_rest_of_a_paste_is_understood() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let paste = format!(
        "spotify:track:{}\n{}\nSong 7",
        standin.catalogue().tracks[0].id,
        house.track(0)
    );
    standin.be(Mood::Overloaded);
    insta::assert_snapshot!(
        "in_trouble",
        told(&understood(&house, None, &paste).await, &house)
    );
    let alone = House::open().await;
    let album = understood(&alone, None, "spotify:album:0000000000000000000000").await;
    insta::assert_snapshot!(told(&album, &alone), @"spotify:album:0000000000000000000000 | Spotify is not set up in this house.");
}

#[tokio::test]
async fn a_source_that_hangs_holds_a_paste_up_for_a_bounded_time_whatever_its_length() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    standin.be(Mood::Slow(Duration::from_secs(60)));
    let links = standin.catalogue().tracks.iter().take(60);
    let links: Vec<String> = links.map(|track| format!("spotify:track:{}", track.id)).collect();
    let paste = format!("{}\n{}", house.track(0), links.join("\n"));
    let begun = Instant::now();
    let understood = understood(&house, None, &paste).await;
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert_eq!(
        (understood.rows.len(), understood.count()),
        (61, 1),
        "the library's is there"
    );
    let late = understood.rows.last().expect("rows");
    assert_eq!(
        late.brings,
        Err("It took too long to find out what this is.".to_owned())
    );
    let asked = standin.take_seen().len();
    assert!(asked < 20, "nobody asks what nobody waits for: {asked}");
}

#[tokio::test]
async fn a_paste_has_its_bounds() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let albums = standin
        .catalogue()
        .albums
        .iter()
        .map(|album| format!("spotify:album:{}", album.id));
    let paste: Vec<String> = albums.collect();
    let understood = understood(&house, None, &paste.join(" ")).await;
    assert_eq!((understood.offers().count(), understood.cut), (MAX_TRACKS, true));
    let last = understood.rows.last().expect("rows");
    assert_eq!(last.brings, Err("A paste brings at most 200 tracks.".to_owned()));

    let prose = "ü".repeat(MAX_CHARS + 1);
    let refused = house
        .engine
        .understand(None, &person("anna"), &prose, &AlbumsWished::new())
        .await;
    let refused = ErrorBody::from(refused.expect_err("too long"));
    assert_eq!(refused.field.as_deref(), Some("text"));
    assert_eq!(
        refused.message,
        "A paste has at most 20000 characters; this one has 20001."
    );
}

fn playlist(standin: &Standin, n: usize) -> String {
    format!("spotify:playlist:{}", standin.catalogue().playlists[n].id)
}

/// The requests since the last time, in the order of the alphabet: pieces are looked up side by side.
fn log(standin: &Standin) -> String {
    let mut lines: Vec<String> = standin.take_seen().iter().map(ToString::to_string).collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[tokio::test]
async fn ones_own_playlist_is_read_with_ones_own_account_and_what_it_holds_is_remembered() {
    let (standin, house) = accounts::open().await;
    accounts::connect(&standin, &house, "anna", ANNA).await;
    standin.take_seen();
    let paste = format!("{}\n{}", playlist(&standin, 0), playlist(&standin, 4));
    let sheet = understood(&house, None, &paste).await;
    let told = format!("{}\n\n{}", told(&sheet, &house), log(&standin));
    insta::assert_snapshot!("own_playlists", told);
    let first = sheet.offers().next().expect("a track").track.uri.clone();
    house
        .act(&NestId::main(), "anna", Command::Add { track: first })
        .await
        .expect("added");
    assert_eq!(
        log(&standin),
        "",
        "nobody asks for a track that the playlist told of"
    );
}

#[tokio::test]
async fn of_a_long_playlist_the_first_two_hundred_are_taken_in_pages_of_fifty() {
    let (standin, house) = accounts::open().await;
    accounts::connect(&standin, &house, "anna", ANNA).await;
    standin.take_seen();
    let understood = understood(&house, None, &playlist(&standin, 1)).await;
    let brought = understood.rows[0].brings.as_ref().expect("tracks");
    let [group] = brought.groups.as_slice() else {
        panic!("one playlist");
    };
    assert_eq!(group.offers.len(), 200);
    assert_eq!(group.note.as_deref(), Some("The first 200 of 260 are shown."));
    insta::assert_snapshot!("long_playlist", log(&standin));
}

#[tokio::test]
async fn a_playlist_that_cannot_be_read_says_why_and_whether_connecting_helps() {
    let (standin, house) = accounts::open().await;
    let why = async |text: String| {
        let understood = understood(&house, None, &text).await;
        let why = understood.rows[0].brings.as_ref().expect_err("nothing").clone();
        let helps = if understood.connecting_helps() {
            "connecting helps"
        } else {
            "nothing helps"
        };
        format!("{why} | {helps}")
    };
    let mut told = vec![format!("not connected: {}", why(playlist(&standin, 0)).await)];
    accounts::connect(&standin, &house, "anna", ANNA).await;
    told.push(format!("private to Ben: {}", why(playlist(&standin, 2)).await));
    told.push(format!("Ben's: {}", why(playlist(&standin, 3)).await));
    let nobodys = "spotify:playlist:0000000000000000000000".to_owned();
    told.push(format!("nobody's: {}", why(nobodys).await));
    standin.be(Mood::Overloaded);
    told.push(format!("out of order: {}", why(playlist(&standin, 0)).await));
    standin.be(Mood::Well);
    standin.withdraw_permission(ANNA);
    told.push(format!("withdrawn: {}", why(playlist(&standin, 0)).await));
    insta::assert_snapshot!("no_playlist", told.join("\n"));
}

#[tokio::test]
async fn what_may_be_played_where_its_owner_lives_says_nothing_about_the_house() {
    let (standin, house) = accounts::open().await;
    accounts::connect(&standin, &house, "anna", DAN).await; // at home in Sweden
    let only_there = standin
        .catalogue()
        .playlists
        .iter()
        .position(|p| p.name == "Mixtape 12");
    let understood = understood(
        &house,
        None,
        &playlist(&standin, only_there.expect("it is there")),
    )
    .await;
    assert_eq!(understood.count(), 1);
    let track = understood.offers().next().expect("a track").track.uri.clone();
    let refused = house.act(&NestId::main(), "anna", Command::Add { track }).await;
    let refused = ErrorBody::from(refused.expect_err("only Sweden may play it"));
    assert_eq!(refused.message, "That track is not available in your country.");
}

#[tokio::test]
async fn ones_own_playlists_are_listed_page_by_page_and_what_one_only_follows_is_left_out() {
    let (standin, house) = accounts::open().await;
    accounts::connect(&standin, &house, "anna", ANNA).await;
    accounts::connect(&standin, &house, "dan", DAN).await;
    standin.revoke_tokens(); // a token that was taken back is renewed without a word
    standin.take_seen();
    let listed = async |who: &str, offset: usize| {
        let page = house
            .engine
            .playlists(None, &person(who).id, offset)
            .await
            .expect("a page");
        let names = page.playlists.iter();
        let names = names.map(|card| format!("{} ({})", card.name, card.entries.unwrap_or_default()));
        (names.collect::<Vec<_>>(), page.previous(), page.next())
    };
    let annas = [
        "Rainy Fridays (8)",
        "Everything at Once (260)",
        "Kitchen Duty (2)",
    ];
    assert_eq!(
        listed("anna", 0).await,
        (annas.map(str::to_owned).to_vec(), None, None)
    );
    insta::assert_snapshot!("my_playlists", log(&standin));
    let (first, previous, next) = listed("dan", 0).await;
    assert_eq!((first.len(), previous, next), (50, None, Some(50)));
    let (second, previous, next) = listed("dan", 50).await;
    assert_eq!((second.len(), previous, next), (5, Some(0), None));
    let far = listed("dan", usize::MAX).await;
    assert!(far.0.is_empty() && far.2.is_none());
    let nobody = house.engine.playlists(None, &person("ben").id, 0).await;
    assert!(matches!(nobody, Err(AccountError::NotConnected)), "{nobody:?}");
}

/// What became of each: `added`, the note, or the reason.
async fn added(house: &House, nest: &NestId, who: &str, tracks: Vec<TrackUri>) -> Vec<String> {
    let outcomes = house
        .engine
        .add_all(nest, &person(who), tracks)
        .await
        .expect("the nest is there");
    let told = |outcome: &engine::Outcome| match &outcome.done {
        Ok(done) => match done.note {
            None => "added".to_owned(),
            Some(Note::VotedInstead) => "voted".to_owned(),
            Some(Note::AlreadyYours) => "yours".to_owned(),
        },
        Err(error) => format!("{:?}", error.error),
    };
    outcomes.iter().map(told).collect()
}

#[tokio::test]
async fn many_tracks_are_added_in_their_order_and_what_fails_leaves_the_others_alone() {
    let house = House::open().await;
    let main = NestId::main();
    // One plays, one of Ben's waits.
    house.add(&main, "anna", 0).await;
    house
        .until(&main, "it plays", |nest| nest.playing.is_some())
        .await;
    house.add(&main, "ben", 1).await;
    let missing = TrackUri::library(0);
    let wish = vec![
        house.track(2),
        missing,
        house.track(1),
        house.track(3),
        house.track(2),
    ];
    let outcomes = added(&house, &main, "anna", wish).await;
    assert_eq!(outcomes, ["added", "NotFound", "voted", "added", "yours"]);
    let waiting = house.snapshot(&main).await.songs;
    let annas = waiting.iter().filter(|queued| queued.song.user == person("anna"));
    let annas: Vec<_> = annas.map(|queued| queued.song.track.uri.clone()).collect();
    assert_eq!(annas, [house.track(2), house.track(3)]);
}

#[tokio::test]
async fn a_full_queue_ends_the_adding_and_costs_one_try() {
    let house = House::open_with(|settings| settings.nest_max_queue_depth = 2).await;
    let wish = NewNest {
        name: Some("Small".to_owned()),
        seed_track: None,
    };
    let small = house
        .engine
        .create_nest(&person("anna"), wish)
        .await
        .expect("built")
        .nest_id;
    let tracks: Vec<TrackUri> = (0..8).map(|n| house.track(n)).collect();
    let outcomes = added(&house, &small, "anna", tracks.clone()).await;
    let landed = outcomes.iter().take_while(|outcome| *outcome == "added").count();
    // The first may have begun to play before the third came.
    assert!((2..=3).contains(&landed), "{outcomes:?}");
    assert!(
        outcomes[landed..].iter().all(|outcome| outcome == "QueueFull"),
        "{outcomes:?}"
    );
    // Fifty an hour: had each of them been a try, few would be left.
    let repeats = 50 - landed - 1;
    for _ in 0..repeats {
        let again = added(&house, &small, "anna", vec![tracks[0].clone()]).await;
        assert_ne!(again, ["RateLimited"]);
    }
    let over = added(&house, &small, "anna", tracks).await;
    assert!(over.iter().all(|outcome| outcome == "RateLimited"), "{over:?}");
}

#[tokio::test]
async fn nothing_too_many_and_no_nest_are_refused_whole() {
    let house = House::open().await;
    let anna = person("anna");
    let gone = NestId::parse("ZZZZZ").expect("a code");
    let table = [
        (NestId::main(), 0, Some("track"), ErrorCode::InvalidRequest),
        (
            NestId::main(),
            MAX_TRACKS + 1,
            Some("track"),
            ErrorCode::InvalidRequest,
        ),
        (gone, 1, None, ErrorCode::NotFound),
    ];
    for (nest, count, field, code) in table {
        let refused: Result<_, EngineError> = house
            .engine
            .add_all(&nest, &anna, vec![house.track(0); count])
            .await;
        let refused = ErrorBody::from(refused.expect_err("nothing was added"));
        assert_eq!(
            (refused.error, refused.field.as_deref()),
            (code, field),
            "{count} to {nest}"
        );
    }
    assert_eq!(house.snapshot(&NestId::main()).await.songs, []);
}
