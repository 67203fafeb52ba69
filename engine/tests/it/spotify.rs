//! Spotify against its stand-in: what is asked, and what is not asked twice.

mod endpoints;
mod rate_limit;
mod troubles;

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::source::{Alike, Answer, MusicSource, SearchPage, SourceError};
use engine::{EngineError, EngineSettings, SpotifySecret, SpotifySettings};
use nests::nest::NestId;
use nests::track::{Source, Track, TrackUri};
use nests::wire::{Command, ErrorCode};
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Mood, Seen, Spotify as Standin};

use crate::support::songs::{Tags, with_tagged};
use crate::support::{House, PATIENCE, person};

pub fn with(standin: &Standin) -> impl Fn(&mut EngineSettings) + use<> {
    let (api_url, accounts_url, sdk_url) = (standin.api_url(), standin.accounts_url(), standin.sdk_url());
    move |settings| {
        settings.spotify = Some(SpotifySettings {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SpotifySecret::new(CLIENT_SECRET),
            market: "US".to_owned(),
            api_url: api_url.clone(),
            accounts_url: accounts_url.clone(),
            sdk_url: sdk_url.clone(),
        });
    }
}

async fn open() -> (Standin, House) {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    (standin, house)
}

fn spotify(house: &House) -> &dyn MusicSource {
    house.engine.sources().of(Source::Spotify).expect("it is set up")
}

/// The n-th track of the stand-in.
fn uri(standin: &Standin, n: usize) -> TrackUri {
    TrackUri::parse(&format!("spotify:track:{}", standin.catalogue().tracks[n].id)).expect("a URI")
}

fn log(standin: &Standin) -> String {
    let lines: Vec<String> = standin.take_seen().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn titles(tracks: &[Track]) -> Vec<&str> {
    tracks.iter().map(|track| track.title.as_str()).collect()
}

#[tokio::test]
async fn a_search_is_asked_in_pages_of_ten_and_what_may_not_be_played_is_left_out() {
    let (standin, house) = open().await;
    let page = spotify(&house)
        .search("glass harbour", 20, 0)
        .await
        .expect("found");
    assert_eq!((page.tracks.len(), page.total), (19, 36));
    let first = &page.tracks[0];
    assert_eq!(first.artist, "Glass Harbour");
    assert!(
        first.img.as_ref().is_some_and(|img| img.ends_with("-300")),
        "{first:?}"
    );
    let last = spotify(&house)
        .search("glass harbour", 10, 30)
        .await
        .expect("found");
    assert_eq!(last.tracks.len(), 5);
    let nothing = spotify(&house).search("zzz", 10, 0).await.expect("an answer");
    assert_eq!(nothing, SearchPage::default());
    insta::assert_snapshot!("search", log(&standin));
}

/// A source that never answers a search.
struct Hanging;

impl MusicSource for Hanging {
    fn source(&self) -> Source {
        Source::Spotify
    }
    fn search<'a>(&'a self, _: &'a str, _: usize, _: usize) -> Answer<'a, SearchPage> {
        Box::pin(std::future::pending())
    }
    fn track<'a>(&'a self, _: &'a TrackUri) -> Answer<'a, Track> {
        Box::pin(std::future::pending())
    }
    fn alike<'a>(&'a self, _: &'a Alike, _: usize, _: u64) -> Answer<'a, Vec<Track>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn of_three_sources_one_that_hangs_keeps_nobody_waiting_for_the_other_two() {
    let (standin, house) = open().await;
    spotify(&house)
        .track(&uri(&standin, 0))
        .await
        .expect("the token is there");
    let of_both = Tags {
        title: "Amber Hour",
        artist: "Ada Brook",
        album: "",
        genre: "",
    };
    with_tagged(&house, &[of_both]).await;
    let sources = house.engine.sources().clone().with(Arc::new(Hanging));
    let begun = Instant::now();
    let found = sources.search(None, "amber", 5, 0).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(1_500), "{took:?}");
    assert_eq!(titles(found[0].tracks()), ["Amber Hour"], "the library");
    assert_eq!(found[1].tracks().len(), 5, "Spotify");
    assert!(
        titles(found[1].tracks())
            .iter()
            .all(|title| title.contains("Amber"))
    );
    assert_eq!(found[2].page, Err(SourceError::TimedOut));
    assert_eq!(
        found[2].complaint().as_deref(),
        Some("Spotify took too long to answer.")
    );
}

#[tokio::test]
async fn a_source_that_is_asked_by_itself_has_longer_and_keeps_nobody_waiting() {
    let (standin, house) = open().await;
    spotify(&house)
        .track(&uri(&standin, 0))
        .await
        .expect("the token is there");
    standin.be(Mood::Slow(Duration::from_millis(1_500)));
    let begun = Instant::now();
    let anna = person("anna");
    let search = async |source| {
        let found = house.engine.search_in(&anna, source, None, "amber", 5, 0).await;
        (found.expect("an answer"), begun.elapsed())
    };
    let (library, late) = tokio::join!(search(Source::Library), search(Source::Spotify));
    assert!(library.1 < Duration::from_millis(1_000), "{:?}", library.1);
    assert_eq!((late.0.tracks().len(), late.0.complaint()), (5, None));
    assert!(late.1 > Duration::from_millis(1_200), "{:?}", late.1);
    standin.be(Mood::Slow(Duration::from_secs(60)));
    let never = search(Source::Spotify).await.0;
    assert_eq!(never.page, Err(SourceError::TimedOut));
}

#[tokio::test]
async fn a_link_that_one_source_is_asked_for_by_itself_has_the_time_that_words_have_and_its_trouble_names_the_source()
 {
    let (standin, house) = open().await;
    spotify(&house)
        .track(&uri(&standin, 0))
        .await
        .expect("the token is there");
    let anna = person("anna");
    let search = async |n: usize| {
        let link = uri(&standin, n).to_string();
        let found = house.engine.search_in(&anna, Source::Spotify, None, &link, 5, 0);
        found.await.expect("an answer")
    };
    standin.be(Mood::Slow(Duration::from_secs(2)));
    assert_eq!(titles(search(5).await.tracks()), ["Falling Rivers"]);
    let in_trouble = async |mood, n| {
        standin.be(mood);
        search(n).await.complaint().unwrap_or_default()
    };
    let hangs = in_trouble(Mood::Slow(Duration::from_secs(60)), 6).await;
    assert_eq!(hangs, "Spotify took too long to answer.");
    let down = in_trouble(Mood::Overloaded, 7).await;
    assert_eq!(down, "Spotify can't be reached right now.");
    let link = uri(&standin, 8).to_string();
    let of_all = house.engine.search(&anna, None, &link, 5, 0).await;
    let refused = of_all.expect_err("nobody else was asked");
    assert_eq!(refused.code(), ErrorCode::NotFound);
    standin.be(Mood::Well);
    let gone = house.engine.search_in(
        &anna,
        Source::Spotify,
        None,
        "spotify:track:0000000000000000000000",
        5,
        0,
    );
    assert_eq!(gone.await.expect("an answer").page, Err(SourceError::NotFound));
}

#[tokio::test]
async fn one_source_finds_nothing_of_anothers_link_and_a_house_without_it_says_so() {
    let (standin, house) = open().await;
    let link = uri(&standin, 5).to_string();
    let anna = person("anna");
    let search = async |source, query: &str| house.engine.search_in(&anna, source, None, query, 5, 0).await;
    let own = search(Source::Spotify, &link).await.expect("found");
    assert_eq!(titles(own.tracks()), ["Falling Rivers"]);
    let other = search(Source::Library, &link).await.expect("an answer");
    assert_eq!(other.page, Ok(SearchPage::default()));
    let album = format!("spotify:album:{}", standin.catalogue().albums[0].id);
    let refused = search(Source::Library, &album).await;
    insta::assert_snapshot!(said(refused), @"That link stands for many songs: the paste sheet takes it.");
    let without = House::open().await;
    let refused = without
        .engine
        .search_in(&anna, Source::Spotify, None, "a", 5, 0)
        .await;
    assert_eq!(refused.expect("an answer").page, Err(SourceError::NotSetUp));
}

#[tokio::test]
async fn a_pasted_link_finds_its_track_and_asks_for_nothing_else() {
    let (standin, house) = open().await;
    let id = &standin.catalogue().tracks[5].id;
    let link = format!(" https://open.spotify.com/intl-de/track/{id}?si=0123 ");
    let found = house
        .engine
        .search(&person("anna"), None, &link, 10, 0)
        .await
        .expect("found");
    assert_eq!(
        (found.len(), titles(found[0].tracks())),
        (1, vec!["Falling Rivers"])
    );
    let own = house
        .engine
        .search(&person("anna"), None, &house.track(3).to_string(), 10, 0)
        .await
        .expect("found");
    assert_eq!(own[0].tracks()[0].uri, house.track(3));
    assert_eq!(standin.take_seen().len(), 2, "a token and a look-up");
}

#[tokio::test]
async fn a_nest_that_is_held_to_one_source_searches_that_one_and_takes_no_other() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(|settings| {
        with(&standin)(settings);
        settings.mixed_sources = false;
    })
    .await;
    let main = NestId::main();
    let sources = async |nest| {
        let found = house
            .engine
            .search(&person("anna"), nest, "song", 5, 0)
            .await
            .expect("an answer");
        found.iter().map(|found| found.source).collect::<Vec<_>>()
    };
    assert_eq!(sources(Some(&main)).await, [Source::Library, Source::Spotify]);
    house.add(&main, "anna", 0).await;
    assert_eq!(sources(Some(&main)).await, [Source::Library]);
    assert_eq!(sources(None).await, [Source::Library, Source::Spotify]);
    let anna = person("anna");
    let other = house
        .engine
        .search_in(&anna, Source::Spotify, Some(&main), "amber", 5, 0);
    let other = other.await.expect("an answer");
    assert_eq!(other.page, Ok(SearchPage::default()), "nor one by itself");
    let error = house
        .act(
            &main,
            "anna",
            Command::Add {
                track: uri(&standin, 0),
            },
        )
        .await;
    insta::assert_snapshot!(said(error), @"This nest plays from one source at a time, now from Library.");
}

/// In seconds.
const A_DAY: u64 = 24 * 3600;

#[tokio::test]
async fn tracks_and_episodes_are_looked_up_once_for_the_whole_house() {
    let (standin, house) = open().await;
    let track = spotify(&house).track(&uri(&standin, 5)).await.expect("a track");
    assert_eq!(
        (track.title.as_str(), track.album.as_str()),
        ("Falling Rivers", "First Light 1")
    );
    let episode =
        TrackUri::parse(&format!("spotify:episode:{}", standin.catalogue().episodes[0].id)).expect("a URI");
    let heard = spotify(&house).track(&episode).await.expect("an episode");
    assert_eq!(
        (heard.title.as_str(), heard.artist.as_str()),
        ("How the Ferry Was Won", "Harbour Stories")
    );
    let unknown = TrackUri::parse("spotify:track:0000000000000000000000").expect("a URI");
    assert_eq!(spotify(&house).track(&unknown).await, Err(SourceError::NotFound));
    insta::assert_snapshot!("look_ups", log(&standin));
    let remembered = [&episode, &track.uri].map(|uri| format!("NEST:main|FILL-INFO|{uri}"));
    assert_eq!(house.keys("*FILL-INFO*").await, remembered);
    for key in remembered {
        let mut read = redis::cmd("TTL");
        let left: u64 = read
            .arg(key)
            .query_async(&mut house.redis().await)
            .await
            .expect("it ends by itself");
        assert!((A_DAY - PATIENCE.as_secs()..=A_DAY).contains(&left), "{left} s");
    }

    let neighbour = house.another_process_with(with(&standin)).await;
    assert_eq!(
        spotify(&house).track(&uri(&standin, 5)).await.as_ref(),
        Ok(&track)
    );
    assert_eq!(
        spotify(&neighbour).track(&uri(&standin, 5)).await.as_ref(),
        Ok(&track)
    );
    assert_eq!(spotify(&neighbour).track(&episode).await, Ok(heard));
    assert_eq!(log(&standin), "", "all of it is remembered");
}

#[tokio::test]
async fn more_of_the_same_is_found_without_the_endpoints_that_are_gone() {
    let (standin, house) = open().await;
    let spotify = spotify(&house);
    let seed = spotify.track(&uri(&standin, 0)).await.expect("a track");
    let of_another_source = Track {
        uri: house.track(0),
        ..seed.clone()
    };
    let wishes = [
        Alike::Genre("folk".to_owned()),
        Alike::Artist(seed.clone()),
        Alike::Album(seed.clone()),
        Alike::ArtistsAlbums(seed.clone()),
        Alike::ArtistsAlbums(of_another_source),
    ];
    let mut asked = vec![log(&standin)];
    for wish in wishes {
        let found = spotify.alike(&wish, 20, 10_003).await.expect("an answer");
        assert!(!found.is_empty(), "{wish:?}");
        let fits = |track: &Track| match &wish {
            Alike::Genre(_) => ["Paper Lanterns", "Marta Vance"].contains(&track.artist.as_str()),
            Alike::Artist(_) => track.artist == "Glass Harbour",
            Alike::Album(_) => track.album == seed.album && track.uri != seed.uri,
            Alike::ArtistsAlbums(_) => track.artist == seed.artist && track.album != seed.album,
        };
        assert!(found.iter().all(fits), "{wish:?}: {:?}", titles(&found));
        asked.push(format!("{wish:?}\n{}", log(&standin)));
    }
    let nothing = spotify.alike(&Alike::Genre("polka".to_owned()), 20, 3).await;
    assert_eq!(nothing, Ok(Vec::new()));
    let asked = asked
        .join("\n\n")
        .replace(&house.track(0).to_string(), "[library]");
    insta::assert_snapshot!("alike", asked);
}

/// Callers that ask at once.
const CALLERS: usize = 24;

/// All of them ask for a track of their own, each for the n-th after those of its place.
async fn all_ask(standin: &Standin, house: &House, n: usize) {
    let sources = Arc::new(house.engine.sources().clone());
    let ask = |caller: usize| {
        let (sources, uri) = (sources.clone(), uri(standin, caller * 12 + n));
        tokio::spawn(async move { sources.track(&uri).await })
    };
    let asking: Vec<_> = (0..CALLERS).map(ask).collect();
    for asked in asking {
        asked.await.expect("no panic").expect("a track");
    }
}

#[tokio::test]
async fn many_callers_at_once_share_one_token_and_where_it_is_taken_back_one_more() {
    let (standin, house) = open().await;
    let tokens = |seen: &[Seen]| seen.iter().filter(|seen| seen.path == "/api/token").count();
    all_ask(&standin, &house, 0).await;
    assert_eq!(tokens(&standin.take_seen()), 1);

    standin.revoke_tokens();
    // Long enough for all who may ask at once to have asked before the first of them is refused.
    standin.be(Mood::Slow(Duration::from_millis(300)));
    all_ask(&standin, &house, 1).await;
    let seen = standin.take_seen();
    let refused = seen.iter().filter(|seen| seen.status == 401).count();
    assert!(refused > 1, "several were refused at once: {seen:#?}");
    assert_eq!(tokens(&seen), 1);
}

#[tokio::test]
async fn a_token_that_ran_out_or_was_taken_back_is_replaced_without_anybody_noticing() {
    let (standin, house) = open().await;
    spotify(&house).track(&uri(&standin, 0)).await.expect("a track");
    standin.revoke_tokens();
    spotify(&house).track(&uri(&standin, 1)).await.expect("a track");
    // One that is about to run out is not used any more.
    standin.revoke_tokens();
    standin.give_tokens_for(5);
    spotify(&house).track(&uri(&standin, 2)).await.expect("a track");
    spotify(&house).track(&uri(&standin, 3)).await.expect("a track");
    insta::assert_snapshot!("tokens", log(&standin));
}

#[tokio::test]
async fn a_track_is_queued_with_what_spotify_says_of_it() {
    let (standin, house) = open().await;
    let main = NestId::main();
    house
        .act(
            &main,
            "anna",
            Command::Add {
                track: uri(&standin, 5),
            },
        )
        .await
        .expect("queued");
    let nest = house
        .until(&main, "it plays", |nest| nest.playing.is_some())
        .await;
    let song = nest.playing.expect("it plays").queued.song;
    assert_eq!(
        (song.track.title.as_str(), song.track.artist.as_str()),
        ("Falling Rivers", "Glass Harbour")
    );
    assert!(song.track.duration_ms > 100_000 && song.track.big_img.is_some());
}

fn said<T: std::fmt::Debug>(answer: Result<T, EngineError>) -> String {
    nests::wire::ErrorBody::from(answer.expect_err("it is refused")).message
}
