//! A nest whose keys were broken begins anew.

use engine::store::keys::older::named_within;
use nests::wire::ErrorCode;

use super::identity::identity;
use super::{FORCE, WAKE};
use crate::support::{House, by_id, person};

/// Keys may be broken by hand, by a disk, by a fault of ours: the host can always begin anew, and nothing of the wreck stays.
#[tokio::test]
async fn a_live_nest_that_cannot_be_read_comes_back_fresh_when_its_host_insists() {
    let house = House::open().await;
    let mut redis = house.redis().await;
    let wrecks: [(&str, &[&[&str]]); 7] = [
        ("a version that is none", &[&["SET", "MISC|version", "nonsense"]]),
        ("no version", &[&["DEL", "MISC|version"]]),
        (
            "an event that is none",
            &[&["XADD", "MISC|log", "*", "e", "{not JSON"]],
        ),
        (
            "a start that is no time",
            &[&["SET", "MISC|started-on", "yesterday"]],
        ),
        (
            "a queue of another type",
            &[
                &["DEL", "MISC|priority-queue"],
                &["SET", "MISC|priority-queue", "x"],
            ],
        ),
        (
            "a log of another type",
            &[&["DEL", "MISC|log"], &["SET", "MISC|log", "x"]],
        ),
        (
            "a song of another type",
            &[
                &["DEL", "MISC|now-playing"],
                &["HSET", "MISC|now-playing", "a", "b"],
            ],
        ),
    ];
    for (wreck, commands) in wrecks {
        let card = house.build("Wrecked").await;
        let nest = &card.nest_id;
        for n in 0..3 {
            house.add(nest, "anna", n).await;
        }
        house.until(nest, "it plays", |n| n.playing.is_some()).await;
        for command in commands {
            let mut broken = redis::cmd(command[0]);
            broken.arg(named_within(nest, command[1])).arg(&command[2..]);
            let _: redis::Value = broken.query_async(&mut redis).await.expect("broken");
        }
        let (anna, same) = (person("anna"), by_id(&card));
        let restart = |wish| house.engine.restart_nest(&anna, &same, wish);
        let careful = restart(WAKE).await.expect_err("it is awake");
        assert_eq!(careful.code(), ErrorCode::NestActive, "{wreck}: {careful:?}");
        let restarted = restart(FORCE)
            .await
            .unwrap_or_else(|error| panic!("{wreck}: {error:?}"));
        assert_eq!(identity(&restarted.nest), identity(&card), "{wreck}");
        let fresh = house.snapshot(nest).await;
        assert_eq!(
            (fresh.generation, fresh.songs.len(), fresh.playing),
            (2, 0, None),
            "{wreck}"
        );
        house.add(nest, "ben", 4).await;
        house.until(nest, "it plays again", |n| n.playing.is_some()).await;
        let songs = house.keys(&format!("NEST:{nest}|QUEUE|*")).await;
        assert_eq!(
            songs.len(),
            1,
            "{wreck}: nothing is left of the songs that were: {songs:?}"
        );
        house
            .engine
            .delete_nest(&person("anna"), &by_id(&card))
            .await
            .expect("deleted");
    }
    house.close().await;
}
