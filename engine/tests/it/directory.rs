//! Nests begin, are found, fall asleep and end.

use engine::store::Key;
use engine::{EngineError, NewNest};
use nests::nest::{NestCode, NestId, NestRef, sonic};
use nests::wire::directory::NestState;
use nests::wire::{Command, ErrorCode};

use crate::support::{House, named, person};

fn find(text: &str) -> NestRef {
    NestRef::parse(text).expect("well formed")
}

/// The 65th nest of a name was told that the queue can't be reached.
#[tokio::test]
async fn fault_a_name_that_many_nests_had_got_no_link_name_any_more() {
    let house = House::open_with(|s| s.nest_max_active = 400).await;
    for n in 1..=300 {
        let slug = house.build("Friday").await.slug.map(|slug| slug.to_string());
        let wanted = if n == 1 {
            "friday".to_owned()
        } else {
            format!("friday-{n}")
        };
        assert_eq!(slug, Some(wanted));
    }
    let other = house.build("Saturday").await;
    let renamed = house
        .engine
        .rename_nest(&person("anna"), &NestRef::Id(other.nest_id), "Friday")
        .await;
    let slug = renamed.expect("renamed").slug.map(|slug| slug.to_string());
    assert_eq!(slug.as_deref(), Some("friday-301"));
    house.close().await;
}

#[tokio::test]
async fn a_named_nest_is_found_by_code_in_any_case_and_by_slug() {
    let house = House::open().await;
    let card = house
        .engine
        .create_nest(&person("anna"), named("Friday Vibes"))
        .await
        .expect("created");
    assert_eq!(card.slug.as_ref().map(|s| s.as_str()), Some("friday-vibes"));
    for text in [
        card.code.clone(),
        card.code.to_lowercase(),
        "friday-vibes".into(),
        "Friday-Vibes".into(),
    ] {
        assert_eq!(
            house.engine.get_nest(&find(&text)).await.expect("found").nest_id,
            card.nest_id,
            "{text}"
        );
    }
    let second = house
        .engine
        .create_nest(&person("ben"), named("Friday vibes!"))
        .await
        .expect("created");
    assert_eq!(
        second.slug.as_ref().map(|s| s.as_str()),
        Some("friday-vibes-2"),
        "never last-write-wins"
    );
    house.close().await;
}

#[tokio::test]
async fn a_nest_that_nobody_named_gets_a_sonic_name_with_seed_and_genre() {
    let house = House::open().await;
    let card = house
        .engine
        .create_nest(&person("anna"), NewNest::default())
        .await
        .expect("created");
    assert!(
        nests::nest::sonic::behind(card.name.as_str()).is_some(),
        "{}",
        card.name
    );
    assert!(card.genre_hint.is_some() && card.seed_uri.is_some() && card.slug.is_none());
    house.close().await;
}

/// Whatever nests there are, awake, asleep or renamed: a name of the house is given once, and free again when its nest ends.
#[tokio::test]
async fn names_of_the_house_are_given_once_and_come_back_when_a_nest_ends_or_is_renamed() {
    let house = House::open().await;
    let anna = person("anna");
    let mut redis = house.redis().await;
    let taken: Vec<String> = sonic::orderly_names().collect();
    for name in &taken {
        let _: () = redis::cmd("HINCRBY")
            .arg(Key::Names.name())
            .arg(name)
            .arg(1)
            .query_async(&mut redis)
            .await
            .expect("taken");
    }
    let build = || house.engine.create_nest(&anna, NewNest::default());
    let drawn = build().await.expect("created");
    assert!(!taken.contains(&drawn.name.to_string()), "{}", drawn.name);
    let behind = sonic::behind(drawn.name.as_str()).expect("a number behind a name of the house");
    assert_eq!(
        drawn.seed_uri.as_deref(),
        Some(behind.seed_uri.as_str()),
        "its seed"
    );
    assert_eq!(
        drawn.genre_hint.as_deref(),
        Some(behind.genre.as_str()),
        "and its genre"
    );

    let _: () = redis::cmd("HDEL")
        .arg(Key::Names.name())
        .arg(&taken[7])
        .query_async(&mut redis)
        .await
        .expect("free again");
    let only = build().await.expect("created");
    assert_eq!(only.name.as_str(), taken[7], "the only one that is free");
    house
        .engine
        .rename_nest(&anna, &find(&only.code), "Something Else")
        .await
        .expect("renamed");
    let again = build().await.expect("created");
    assert_eq!(
        again.name.as_str(),
        taken[7],
        "a renamed nest gives its name back"
    );
    house
        .engine
        .delete_nest(&anna, &find(&again.code))
        .await
        .expect("deleted");
    let third = build().await.expect("created");
    assert_eq!(third.name.as_str(), taken[7], "and so does one that ends");

    // A start counts anew: what we made up is forgotten, what there is stays.
    let house = house.restart().await;
    let names: std::collections::BTreeMap<String, u32> = redis::cmd("HGETALL")
        .arg(Key::Names.name())
        .query_async(&mut house.redis().await)
        .await
        .expect("the count");
    let mut there_are = [
        drawn.name.to_string(),
        "Something Else".to_owned(),
        third.name.to_string(),
    ];
    there_are.sort();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        there_are.map(|name| (name, 1))
    );
    house.close().await;
}

#[tokio::test]
async fn bad_names_and_seeds_are_refused_by_field() {
    let house = House::open().await;
    let wishes = [
        (named(&"x".repeat(41)), "name"),
        (
            NewNest {
                name: None,
                seed_track: Some("https://example.com/track/1".into()),
            },
            "seed_track",
        ),
    ];
    for (wish, wrong) in wishes {
        match house.engine.create_nest(&person("anna"), wish).await {
            Err(EngineError::Invalid { field, .. }) => assert_eq!(field, wrong),
            other => panic!("{wrong}: {other:?}"),
        }
    }
    assert_eq!(
        house.engine.list_nests().await.expect("the list").len(),
        1,
        "only the Main Nest"
    );
    house.close().await;
}

#[tokio::test]
async fn fifty_creates_at_once_in_two_processes_never_make_more_than_twenty_nests() {
    let house = House::open().await;
    let other = house.another_process().await;
    let anna = person("anna");
    let all = (0..50).map(|n| {
        let engine = if n % 2 == 0 { &house.engine } else { &other.engine };
        engine.create_nest(&anna, NewNest::default())
    });
    let all = futures_util::future::join_all(all).await;
    let made = all.iter().filter(|r| r.is_ok()).count();
    assert_eq!(made, 20);
    assert!(
        all.iter()
            .filter_map(|r| r.as_ref().err())
            .all(|e| e.code() == ErrorCode::NestLimitReached)
    );
    let list = house.engine.list_nests().await.expect("the list");
    assert_eq!(list.len(), 21, "and the Main Nest");
    let names: std::collections::HashSet<String> = list.iter().map(|c| c.name.to_string()).collect();
    assert_eq!(names.len(), 21, "no name twice");
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn a_temporary_nest_holds_25_songs_and_the_main_nest_any_number() {
    let house = House::open_with(|s| s.nest_max_queue_depth = 3).await;
    let card = house
        .engine
        .create_nest(&person("anna"), NewNest::default())
        .await
        .expect("created");
    let nest = card.nest_id;
    house.add(&nest, "anna", 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    for n in 1..=3 {
        house.add(&nest, "anna", n).await;
    }
    let full = house
        .act(
            &nest,
            "anna",
            Command::Add {
                track: house.track(4),
            },
        )
        .await
        .expect_err("full");
    assert_eq!(full.code(), ErrorCode::QueueFull);
    for n in 0..6 {
        house.add(&NestId::main(), "anna", n).await;
    }
    house.close().await;
}

/// In the older program anybody could delete any nest, and deleted nests went on working and left keys for ever.
#[tokio::test]
async fn fault_deleted_nests_went_on_working_and_anyone_could_delete_them() {
    let house = House::open().await;
    let anna = person("anna");
    let card = house
        .engine
        .create_nest(&anna, named("Short Life"))
        .await
        .expect("created");
    let nest = card.nest_id.clone();
    house.add(&nest, "anna", 0).await;
    let song = house.add(&nest, "anna", 1).await;
    let _seat = house.join(&nest, "anna").await;
    for (who, what) in [("ben", card.code.as_str()), ("anna", "main")] {
        let error = house
            .engine
            .delete_nest(&person(who), &find(what))
            .await
            .expect_err("forbidden");
        assert_eq!(error.code(), ErrorCode::Forbidden);
    }
    house
        .engine
        .delete_nest(&anna, &find(&card.code))
        .await
        .expect("deleted");
    let add = house
        .act(
            &nest,
            "anna",
            Command::Add {
                track: house.track(2),
            },
        )
        .await
        .expect_err("gone");
    let vote = house.vote(&nest, "ben", &song, None).await.expect_err("gone");
    for error in [add, vote] {
        assert_eq!(error.code(), ErrorCode::NestGone, "{error:?}");
    }
    for text in [card.code.as_str(), "short-life"] {
        assert!(house.engine.get_nest(&find(text)).await.is_err(), "{text}");
    }
    let left = house.keys(&format!("*{nest}*")).await;
    assert_eq!(
        left,
        [Key::Deleting(&nest).name()],
        "nothing but the marker, which ends by itself"
    );
    let mut life = redis::cmd("PTTL");
    life.arg(&left[0]);
    let life: i64 = life
        .query_async(&mut house.redis().await)
        .await
        .expect("a number");
    assert!((1..=30_000).contains(&life), "within half a minute: {life} ms");
    house.close().await;
}

const FIVE_MINUTES: i64 = 5 * 60_000 + 1;

#[tokio::test]
async fn an_idle_nest_falls_asleep_and_keeps_its_name_and_its_code() {
    let house = House::open().await;
    let card = house
        .engine
        .create_nest(&person("anna"), named("Sleepy"))
        .await
        .expect("created");
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(
        house.engine.cleanup_step().await.expect("cleaned"),
        std::slice::from_ref(&card.nest_id)
    );
    let asleep = house.engine.get_nest(&find("sleepy")).await.expect("still known");
    assert_eq!((asleep.state, &asleep.name), (NestState::Asleep, &card.name));
    assert_eq!(
        house.engine.list_nests().await.expect("the list").len(),
        1,
        "off the list"
    );
    let left = house.keys(&format!("*{}*", card.nest_id)).await;
    assert_eq!(
        left,
        [Key::Code(&NestCode::parse(&card.code).expect("a code")).name()],
        "only its code stays reserved"
    );
    let error = house.engine.snapshot(&card.nest_id).await.expect_err("asleep");
    assert_eq!(error.code(), ErrorCode::NestAsleep);
    house.close().await;
}

#[tokio::test]
async fn a_nest_with_people_or_their_songs_stays_awake() {
    let house = House::open().await;
    let anna = person("anna");
    let waiting = house
        .engine
        .create_nest(&anna, named("Waiting"))
        .await
        .expect("created");
    let occupied = house
        .engine
        .create_nest(&anna, named("Occupied"))
        .await
        .expect("created");
    for n in 0..2 {
        house.add(&waiting.nest_id, "anna", n).await;
    }
    house.act(&waiting.nest_id, "anna", Command::Pause).await.ok();
    let _seat = house.join(&occupied.nest_id, "anna").await;
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(
        house.engine.cleanup_step().await.expect("cleaned"),
        Vec::<NestId>::new()
    );
    house.close().await;
}

/// A song added at the same instant either keeps the nest awake or is refused; it never vanishes with a 200.
#[tokio::test]
async fn a_song_added_while_the_nest_falls_asleep_is_never_lost() {
    let house = House::open().await;
    for round in 0..12 {
        let card = house
            .engine
            .create_nest(&person("anna"), NewNest::default())
            .await
            .expect("created");
        house.clock.advance(FIVE_MINUTES);
        let add = house.act(
            &card.nest_id,
            "anna",
            Command::Add {
                track: house.track(round % 12),
            },
        );
        let (asleep, added) = tokio::join!(house.engine.cleanup_step(), add);
        let fell_asleep = asleep.expect("cleaned").contains(&card.nest_id);
        assert_ne!(fell_asleep, added.is_ok(), "either or: {added:?}");
        if let Err(error) = added {
            assert_eq!(error.code(), ErrorCode::NestAsleep);
        } else {
            house
                .engine
                .delete_nest(&person("anna"), &find(&card.code))
                .await
                .expect("deleted");
        }
    }
    house.close().await;
}
