//! A library that runs out within the filter's time: all of it plays before anything comes twice.

use std::collections::HashSet;

use engine::{EngineSettings, Seat};
use nests::nest::NestId;
use nests::track::TrackUri;
use nests::wire::{Command, Snapshot};

use super::{playing, preview, skip};
use crate::support::songs::with_more_songs;
use crate::support::{House, PATIENCE, SONGS};

/// More than he looks at first.
const LIBRARY: usize = 200;
const REJECTED: usize = 3;

/// One song plays, and the only one that waits is his next.
async fn next_waits(house: &House, nest: &NestId, seat: &mut Seat) -> Snapshot {
    let waiting = async {
        loop {
            let now = house.snapshot(nest).await;
            if now.playing.is_some() && preview(&now).is_some() {
                return now;
            }
            seat.next().await;
        }
    };
    let waits = tokio::time::timeout(PATIENCE, waiting).await;
    waits.expect("Bender picks in time")
}

/// A bug: he looked at sixty-four tracks, and where all of those had played one of them came again, whatever else there was.
#[tokio::test]
async fn all_of_the_library_plays_before_anything_comes_twice_and_then_what_played_longest_ago() {
    let change = |s: &mut EngineSettings| {
        s.use_bender = true;
        s.min_queue_depth = 1;
    };
    let house = House::open_with(change).await;
    house.wait_for_no_disk().await;
    with_more_songs(&house, LIBRARY - SONGS).await;
    let main = NestId::main();
    let mut anna = house.join(&main, "anna").await;
    let mut rejected = HashSet::new();
    for _ in 0..REJECTED {
        let waits = next_waits(&house, &main, &mut anna).await;
        let (song, uri) = preview(&waits).expect("his next");
        let filter = Command::Filter { song };
        house.act(&main, "anna", filter).await.expect("filtered");
        rejected.insert(uri);
    }

    let all = LIBRARY - REJECTED;
    let mut played: Vec<TrackUri> = Vec::new();
    for place in 0..2 * all {
        let waits = next_waits(&house, &main, &mut anna).await;
        let uri = playing(&waits).track.uri.clone();
        assert!(!rejected.contains(&uri), "{place}: {uri} was rejected");
        match place.checked_sub(all) {
            None => assert!(
                !played.contains(&uri),
                "{place}: {uri} came back before all had played"
            ),
            Some(first) => assert_eq!(uri, played[first], "{place}: what played longest ago comes next"),
        }
        played.push(uri);
        // No two at one moment.
        house.clock.advance(1);
        skip(&house, &main).await;
    }
    house.close().await;
}
