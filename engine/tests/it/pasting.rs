//! A paste, looked up before anything is added.

use engine::pasting::Understood;
use nests::nest::NestId;
use standin::spotify::{Mood, Spotify as Standin};

use crate::spotify::with;
use crate::support::House;

/// One line a row: what was pasted, and what it brings or why it brings nothing.
fn told(understood: &Understood, house: &House) -> String {
    let row = |row: &engine::pasting::Row| match &row.tracks {
        Ok(tracks) => {
            let first = &tracks[0];
            format!(
                "{} | {} tracks: {} by {}",
                row.text,
                tracks.len(),
                first.title,
                first.artist
            )
        }
        Err(why) => format!("{} | {why}", row.text),
    };
    let rows: Vec<String> = understood.rows.iter().map(row).collect();
    rows.join("\n").replace(&house.track(0).to_string(), "[library]")
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
            music.tracks[11].id, music.tracks[1].id
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
    let understood = house
        .engine
        .understand(Some(&main), &paste.join("\n"))
        .await
        .expect("understood");
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
async fn with_spotify_in_trouble_the_rest_of_a_paste_is_understood() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let paste = format!(
        "spotify:track:{}\n{}\nSong 7",
        standin.catalogue().tracks[0].id,
        house.track(0)
    );
    standin.be(Mood::Overloaded);
    let understood = house.engine.understand(None, &paste).await.expect("understood");
    insta::assert_snapshot!("in_trouble", told(&understood, &house));
    let alone = House::open().await;
    let understood = alone
        .engine
        .understand(None, "spotify:album:0000000000000000000000")
        .await;
    insta::assert_snapshot!(told(&understood.expect("understood"), &alone), @"spotify:album:0000000000000000000000 | Spotify is not set up in this house.");
}

#[tokio::test]
async fn a_paste_brings_at_most_two_hundred_tracks() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let albums = standin
        .catalogue()
        .albums
        .iter()
        .map(|album| format!("spotify:album:{}", album.id));
    let paste: Vec<String> = albums.collect();
    let understood = house
        .engine
        .understand(None, &paste.join(" "))
        .await
        .expect("understood");
    assert_eq!((understood.count(), understood.cut), (200, true));
    let last = understood.rows.last().expect("rows");
    assert_eq!(last.tracks, Err("A paste brings at most 200 tracks.".to_owned()));
}
