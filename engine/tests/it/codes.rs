//! The codes of nests: of the length that the house wants, and never anybody else's.

use std::collections::BTreeMap;

use engine::NewNest;
use engine::store::Key;
use engine::store::keys::all_of;
use nests::nest::{NestCode, NestId, NestRef};

use crate::support::whole_store::whole_store;
use crate::support::{House, by_id, named, person};

fn find(text: &str) -> NestRef {
    NestRef::parse(text).expect("well formed")
}

#[tokio::test]
async fn codes_have_the_length_that_is_set_and_those_of_another_setting_lead_on() {
    let mut house = House::open().await;
    let anna = person("anna");
    let mut known = vec![(house.build("Of the default").await, 5)];
    for length in [4, 6, 8] {
        house = house.restart_with(|s| s.nest_code_length = length).await;
        let unnamed = house.engine.create_nest(&anna, NewNest::default()).await;
        known.push((unnamed.expect("created"), length));
        known.push((house.build(&format!("Of length {length}")).await, length));
    }
    for (card, length) in known {
        let nest = &card.nest_id;
        assert_eq!((card.code.len(), card.code.as_str()), (length, nest.as_str()));
        let slug = card.slug.as_ref().map(|slug| slug.to_string());
        for text in [card.code.clone(), card.code.to_lowercase()]
            .into_iter()
            .chain(slug)
        {
            let found = house.engine.get_nest(&find(&text)).await.expect("found");
            assert_eq!(found.nest_id, *nest, "{text}");
        }
        let seat = house.join(nest, "ben").await;
        house.add(nest, "ben", 0).await;
        drop(seat);
        house
            .engine
            .delete_nest(&anna, &by_id(&card))
            .await
            .expect("hers");
        assert!(house.engine.get_nest(&find(&card.code)).await.is_err());
    }
    house.close().await;
}

/// A code is drawn, and before it is entered somebody else has it: by its lookup, or as the remains of a nest that ended.
#[tokio::test]
async fn a_code_that_is_taken_is_drawn_again_and_what_has_it_stays_as_it_is() {
    let house = House::open().await;
    let theirs = house.build("Theirs").await;
    house.add(&theirs.nest_id, "anna", 0).await;
    house.until_it_plays(&theirs.nest_id).await;
    let (slow, fuse) = house.process_behind_a_fuse().await;
    let mut redis = house.redis().await;
    for round in 1..=3 {
        let name = format!("Round {round}");
        let building = tokio::spawn({
            let (engine, wish) = (slow.engine.clone(), named(&name));
            async move { engine.create_nest(&person("ben"), wish).await }
        });
        let held = fuse.hold_at("NESTS|code:").await;
        let (_, rest) = held.split_once("NESTS|code:").expect("a code");
        let code = NestCode::parse(rest.lines().next().expect("a line")).expect("a code");
        let drawn = NestId::from(code.clone());
        let mut take = redis::pipe();
        match round {
            1 => take.set(Key::Code(&code).name(), theirs.nest_id.as_str()),
            2 => take.set_ex(Key::Deleting(&drawn).name(), 1, 30),
            _ => take.zadd(Key::CleanupDue.name(), drawn.as_str(), 4_000_000_000_000_i64),
        };
        let _: () = take.query_async(&mut redis).await.expect("taken");
        let before = whole_store(&house).await;
        fuse.let_pass();

        let card = building.await.expect("no panic").expect("created");
        assert_eq!(slow.engine.code_collisions(), round);
        assert_ne!(card.nest_id, drawn);
        let after = whole_store(&house).await;
        let lookup = Key::Code(&code).name();
        assert_eq!(after.get(&lookup), before.get(&lookup));
        let of = |store: &BTreeMap<String, Vec<u8>>, nest: &NestId| -> Vec<(String, Vec<u8>)> {
            let pattern = all_of(nest);
            let prefix = pattern.trim_end_matches('*');
            let keys = store.iter().filter(|(key, _)| key.starts_with(prefix));
            keys.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        for nest in [&theirs.nest_id, &drawn] {
            assert_eq!(of(&after, nest), of(&before, nest), "round {round}");
        }
        let found = house.engine.get_nest(&NestRef::Id(drawn)).await;
        assert!(found.is_err(), "nobody was entered under it");
    }
    let still = house.engine.get_nest(&by_id(&theirs)).await.expect("there");
    assert_eq!(still.name, theirs.name);
    slow.close().await;
    house.close().await;
}
