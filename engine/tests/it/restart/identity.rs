//! What a nest is stays what it was.

use engine::NewNest;
use engine::store::Key;
use nests::nest::{NestId, NestRef};
use nests::wire::Command;
use nests::wire::directory::{NestCard, NestState};

use super::{FIVE_MINUTES, FORCE, WAKE, asleep};
use crate::support::{House, by_id, person};

/// Everything about a nest that a restart must leave as it was.
pub(super) fn identity(card: &NestCard) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        card.nest_id.clone(),
        card.code.clone(),
        card.name.clone(),
        card.slug.clone(),
        card.creator.clone(),
        card.created_at.clone(),
        card.url.clone(),
        card.short_url.clone(),
    )
}

/// What is left of the registry's entry when what a new start is about is taken out.
fn lasting(entry: &str) -> serde_json::Value {
    let mut entry: serde_json::Value = serde_json::from_str(entry).expect("JSON");
    let fields = entry.as_object_mut().expect("an object");
    for passing in [
        "generation",
        "version",
        "last_activity",
        "asleep_since",
        "restarted_at",
        "restart_count",
    ] {
        fields.remove(passing);
    }
    entry
}

/// The entry with its lasting part, the lookups and the history, as Redis has them.
async fn lasting_part(
    house: &House,
    nest: &NestId,
) -> (serde_json::Value, Vec<String>, Vec<(String, Vec<String>)>) {
    let mut redis = house.redis().await;
    let mut entry = None;
    for kept_in in [Key::Registry, Key::Parked] {
        let mut get = redis::cmd("HGET");
        get.arg(kept_in.name()).arg(nest.as_str());
        let found: Option<String> = get.query_async(&mut redis).await.expect("read");
        entry = entry.or(found);
    }
    let mut lookups = Vec::new();
    for pattern in ["NESTS|code:*", "NESTS|slug:*"] {
        for key in house.keys(pattern).await {
            let to: String = redis::cmd("GET")
                .arg(&key)
                .query_async(&mut redis)
                .await
                .expect("an id");
            lookups.push(format!("{key} {to}"));
        }
    }
    let mut history = redis::cmd("XRANGE");
    history.arg(Key::History(nest).name()).arg("-").arg("+");
    let history = history.query_async(&mut redis).await.expect("read");
    (lasting(&entry.expect("an entry")), lookups, history)
}

#[tokio::test]
async fn name_code_links_creator_and_history_come_through_a_restart_byte_for_byte() {
    let house = House::open().await;
    let anna = person("anna");
    let wish = NewNest {
        name: Some("First Name".to_owned()),
        seed_track: Some("spotify:track:4uLU6hMCjMI75M1A2tKUQC".to_owned()),
    };
    let card = house.engine.create_nest(&anna, wish).await.expect("created");
    let (nest, named) = (&card.nest_id, by_id(&card));
    house
        .engine
        .rename_nest(&anna, &named, "Friday Vibes")
        .await
        .expect("renamed");
    house.engine.set_emoji(&anna, &named, "🐦").await.expect("set");
    for track in 0..2 {
        let song = house.add(nest, "ben", track).await;
        house.until_it_plays(nest).await;
        house
            .act(nest, "anna", Command::Skip { song })
            .await
            .expect("skipped");
    }
    let (entry, lookups, history) = lasting_part(&house, nest).await;
    assert_eq!(
        (lookups.len(), history.len()),
        (3, 2),
        "two names, one code, two songs"
    );
    for (generation, wish) in [(2, FORCE), (3, WAKE)] {
        house.clock.advance(FIVE_MINUTES);
        if wish == WAKE {
            let fell_asleep = house.engine.cleanup_step().await.expect("cleaned");
            assert_eq!(fell_asleep, std::slice::from_ref(nest));
        }
        let restarted = house
            .engine
            .restart_nest(&anna, &named, wish)
            .await
            .expect("restarted");
        assert_eq!(restarted.generation, generation);
        let (entry_now, lookups_now, history_now) = lasting_part(&house, nest).await;
        assert_eq!(entry_now, entry);
        assert_eq!(lookups_now, lookups);
        assert_eq!(history_now, history);
    }
    house.close().await;
}

#[tokio::test]
async fn a_sleeping_nest_wakes_as_the_same_nest_in_the_next_generation() {
    let house = House::open().await;
    let card = asleep(&house, "Friday Vibes").await;
    let woken = house
        .engine
        .restart_nest(
            &person("anna"),
            &NestRef::parse("friday-vibes").expect("a slug"),
            WAKE,
        )
        .await
        .expect("it wakes");
    assert_eq!(identity(&woken.nest), identity(&card));
    assert_eq!(
        (woken.generation, woken.restart_count, woken.nest.state),
        (2, 1, NestState::Awake)
    );
    assert_eq!(woken.room_id, format!("{}-2", card.code));
    assert_eq!(house.snapshot(&card.nest_id).await.generation, 2);
    house.add(&card.nest_id, "ben", 0).await;
    assert_eq!(house.engine.list_nests().await.expect("the list").len(), 2);
    house.close().await;
}
