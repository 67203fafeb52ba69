//! Bender over the library: the same strategies by tags, artist and album, and what its tags say of other sources' tracks.

use std::collections::BTreeSet;

use engine::EngineSettings;
use nests::nest::NestId;
use nests::queue::Song;
use nests::track::TrackUri;
use nests::wire::{Command, Snapshot};

use super::{filled, house_by, house_with, picked_over, picks, songs, weights};
use crate::support::imagined::Asked;
use crate::support::songs::{Tags, with_tagged, write_wav};
use crate::support::{House, SONGS};

const fn tags(title: &'static str, artist: &'static str, album: &'static str, genre: &'static str) -> Tags {
    Tags {
        title,
        artist,
        album,
        genre,
    }
}

/// What somebody queues, and six each that share its genre, its album, and its artist alone.
const SEED: Tags = tags("Amber Rooms", "Marta Vance", "Tall Grass", "Shoegaze");
const OTHERS: [Tags; 18] = [
    tags("Genre 1", "One", "First", "Shoegaze"),
    tags("Genre 2", "Two", "Second", "shoegaze"),
    tags("Genre 3", "Three", "Third", "Rock; Shoegaze"),
    tags("Genre 4", "Four", "Fourth", "Shoegaze/Pop"),
    tags("Genre 5", "Five", "Tall Grass", "Shoegaze"),
    tags("Genre 6", "Six", "", "Shoegaze"),
    tags("Album 1", "Marta Vance", "Tall Grass", "Folk"),
    tags("Album 2", "Marta Vance", "Tall Grass", "Folk"),
    tags("Album 3", "Marta Vance", "tall grass", "Folk"),
    tags("Album 4", "MARTA VANCE", "Tall Grass", ""),
    tags("Album 5", "Marta Vance feat. Somebody", "Tall Grass", "Folk"),
    tags("Album 6", "Marta Vance", "Tall Grass", "Pop"),
    tags("Artist 1", "Marta Vance", "Low Water", "Folk"),
    tags("Artist 2", "Marta Vance", "Low Water", "Folk"),
    tags("Artist 3", "Marta Vance", "Low Water", "Pop"),
    tags("Artist 4", "Marta Vance", "Long Light", "Folk"),
    tags("Artist 5", "Marta Vance", "Long Light", ""),
    tags("Artist 6", "Marta Vance", "Long Light", "Folk"),
];

fn titled(house: &House, title: &str) -> TrackUri {
    let all = house.engine.library().all();
    let found = all.iter().find(|found| found.track.title == title);
    found.expect("it is there").track.uri
}

#[tokio::test]
async fn over_the_library_he_picks_by_genre_album_artist_and_the_artists_other_albums() {
    let table: [(&str, &[&str]); 4] = [
        ("genre", &["Genre"]),
        ("album", &["Album"]),
        ("artist_search", &["Album", "Artist"]),
        ("artist_albums", &["Artist"]),
    ];
    for (strategy, kinds) in table {
        let weights = weights(&[(strategy, 1)], 0).parse().expect("weights");
        let change = |s: &mut EngineSettings| {
            s.use_bender = true;
            s.bender_weights = weights;
        };
        let house = House::open_with(change).await;
        with_tagged(&house, &OTHERS).await;
        with_tagged(&house, &[SEED]).await;
        let nest = house.build("Evenings").await.nest_id;
        let track = titled(&house, SEED.title);
        // Before anybody is there, so that he has nothing else to start from.
        house
            .act(&nest, "anna", Command::Add { track })
            .await
            .expect("added");
        house.until_it_plays(&nest).await;
        let _anna = house.join(&nest, "anna").await;
        let first = filled(&house, &nest).await;
        let picked: Vec<Song> = picks(&first)
            .into_iter()
            .map(|queued| queued.song.clone())
            .collect();
        let later = picked_over(&house, &nest, 2).await;
        let titles: BTreeSet<&str> = picked
            .iter()
            .chain(&later)
            .map(|song| song.track.title.as_str())
            .collect();
        assert_eq!(titles.len(), 5, "{strategy}: {titles:?}");
        let is_of = |title: &&str| kinds.iter().any(|kind| title.starts_with(kind));
        assert!(titles.iter().all(is_of), "{strategy}: {titles:?}");
        house.close().await;
    }
}

/// Spotify says nothing of genres; the library may know the artist.
#[tokio::test]
async fn the_genre_of_a_spotify_seed_is_what_the_library_tags_the_same_artist_with() {
    let (house, source) = house_with(&[("genre", 1)]).await;
    with_tagged(&house, &[tags("Kite", "Somebody", "", "Dream Pop")]).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let nest = filled(&house, &main).await;
    assert_eq!(source.take_questions(), [(Asked::Genre, "Dream Pop".to_owned())]);
    let titles: Vec<&str> = songs(&nest).map(|song| song.track.title.as_str()).collect();
    let is_of_it = |title: &&str| title.starts_with("Dream Pop") || *title == "Kite";
    assert!(titles.iter().all(is_of_it), "{titles:?}");
    house.close().await;
}

#[tokio::test]
async fn where_nobody_has_notes_about_a_seed_its_genre_is_asked_for_nowhere() {
    let (house, source) = house_by(&weights(&[("genre", 100), ("artist_search", 1)], 0), |_| {}).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let picked = picked_over(&house, &main, 4).await;
    assert!(
        picked.iter().all(|song| song.track.album == "Artist"),
        "{picked:?}"
    );
    assert!(
        source
            .take_questions()
            .iter()
            .all(|(asked, _)| *asked == Asked::Artist)
    );
    house.close().await;
}

/// On a first start the house composes its music piece by piece, and the preview stayed away until the first song ended.
#[tokio::test]
async fn a_growing_library_is_picked_from_at_once() {
    let house = House::open_with(|s| s.use_bender = true).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    filled(&house, &main).await;
    for n in 0..SONGS {
        let waits = house.snapshot(&main).await;
        if !waits.holds(&house.track(n)) {
            house.add(&main, "anna", n).await;
        }
    }
    let rest = |n: &Snapshot| n.playing.is_some() && n.songs.len() == SONGS - 1;
    let waits = house.until(&main, "the whole library is queued", rest).await;
    for pick in picks(&waits) {
        let song = pick.song.id.clone();
        let take = Command::Take { song };
        house.act(&main, "anna", take).await.expect("taken");
    }
    let nothing = |n: &Snapshot| picks(n).is_empty();
    house.until(&main, "nothing is left for Bender", nothing).await;
    write_wav(&house.folder.path().join("music/Artist 7 - New.wav"), 60.0);
    let picked = |n: &Snapshot| picks(n).len() == 1;
    let after = house.until(&main, "Bender picks the new song", picked).await;
    assert_eq!(picks(&after)[0].song.track.title, "New");
    house.close().await;
}
