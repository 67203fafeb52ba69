//! Another name for a nest: its entry, the links that lead to it and what everybody inside is told agree, whoever else renames
//! it at the same moment.

use std::collections::BTreeMap;

use engine::Seat;
use engine::store::Key;
use futures_util::future::join_all;
use nests::nest::{NestId, NestName, NestRef, NestSlug};
use nests::wire::directory::NestCard;
use nests::wire::{Change, ErrorCode, ServerFrame};

use crate::support::{House, by_id, frame, named, person};

const RENAMES: usize = 50;
/// More commands than a renaming takes, with what a process does beside it.
const MOST_COMMANDS: usize = 16;

fn find(text: &str) -> NestRef {
    NestRef::parse(text).expect("well formed")
}

#[tokio::test]
async fn a_renamed_nest_keeps_its_code_and_its_old_link() {
    let house = House::open().await;
    let anna = person("anna");
    let card = house
        .engine
        .create_nest(&anna, named("Friday Vibes"))
        .await
        .expect("created");
    let renamed = house
        .engine
        .rename_nest(&anna, &find(&card.code), "Saturday Vibes")
        .await
        .expect("renamed");
    assert_eq!(
        (renamed.code.as_str(), renamed.slug.as_ref().map(|s| s.as_str())),
        (card.code.as_str(), Some("saturday-vibes"))
    );
    assert_eq!(
        house
            .engine
            .get_nest(&find("friday-vibes"))
            .await
            .expect("redirects")
            .nest_id,
        card.nest_id
    );
    assert_eq!(
        house.snapshot(&card.nest_id).await.nest.name.as_str(),
        "Saturday Vibes",
        "and on every screen"
    );
    let claimed = house
        .engine
        .create_nest(&person("ben"), named("Friday Vibes"))
        .await
        .expect("created");
    assert_eq!(
        claimed.slug.as_ref().map(|s| s.as_str()),
        Some("friday-vibes"),
        "until somebody claims it"
    );
    assert_eq!(
        house
            .engine
            .get_nest(&find("friday-vibes"))
            .await
            .expect("found")
            .nest_id,
        claimed.nest_id
    );
    let error = house
        .engine
        .rename_nest(&person("ben"), &find(&card.code), "Mine")
        .await
        .expect_err("not his");
    assert_eq!(error.code(), ErrorCode::Forbidden);
    house.close().await;
}

#[tokio::test]
async fn a_nest_that_is_renamed_again_and_again_lets_go_of_its_oldest_links() {
    let house = House::open().await;
    let anna = person("anna");
    let card = house
        .engine
        .create_nest(&anna, named("Name number 0"))
        .await
        .expect("created");
    for n in 1..=10 {
        house
            .engine
            .rename_nest(&anna, &find(&card.code), &format!("Name number {n}"))
            .await
            .expect("renamed");
    }
    for n in 0..=10 {
        let found = house.engine.get_nest(&find(&format!("name-number-{n}"))).await;
        assert_eq!(found.is_ok(), n >= 2, "the one it has and eight before: {n}");
    }
    house.close().await;
}

fn slug_of(name: &str) -> NestSlug {
    NestSlug::from_name(&NestName::parse(name).expect("a name")).expect("a slug")
}

/// The names that somebody inside is told, in their order.
async fn names_told(seat: &mut Seat, count: usize) -> Vec<String> {
    let mut told = Vec::new();
    while told.len() < count {
        let renamed = |f: &ServerFrame| matches!(f, ServerFrame::Event(e) if matches!(e.change, Change::Renamed { .. }));
        let ServerFrame::Event(event) = frame(seat, "another name", renamed).await else {
            unreachable!()
        };
        if let Change::Renamed { name, slug } = event.change {
            assert_eq!(slug, Some(slug_of(name.as_str())));
            told.push(name.to_string());
        }
    }
    told
}

/// What the directory says, and what each of the processes shows to those inside.
async fn agreed_name(houses: &[&House], card: &NestCard) -> String {
    let entry = houses[0]
        .engine
        .get_nest(&by_id(card))
        .await
        .expect("it is there");
    for house in houses {
        let shown = house
            .until(&card.nest_id, "the last name is shown", |n| {
                n.nest.name == entry.name
            })
            .await;
        assert_eq!(shown.nest.slug, entry.slug);
    }
    let slug = entry.slug.clone().expect("a slug");
    let found = houses[0].engine.get_nest(&NestRef::Slug(slug)).await;
    assert_eq!(found.expect("its link leads to it").nest_id, card.nest_id);
    entry.name.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_fifty_renames_at_once_directory_links_and_every_listener_have_the_same_name() {
    let house = House::open().await;
    let other = house.another_process().await;
    let card = house.build("Name number 0").await;
    let nest = &card.nest_id;
    let (mut ben, mut cleo) = (house.join(nest, "ben").await, other.join(nest, "cleo").await);
    let (anna, named) = (person("anna"), by_id(&card));
    let names: Vec<String> = (1..=RENAMES).map(|n| format!("Name number {n}")).collect();
    let renames = names.iter().enumerate().map(|(n, name)| {
        let engine = if n % 2 == 0 { &house.engine } else { &other.engine };
        engine.rename_nest(&anna, &named, name)
    });
    for (answer, name) in join_all(renames).await.into_iter().zip(&names) {
        assert_eq!(answer.expect("renamed").name.as_str(), name);
    }

    let told = names_told(&mut ben, RENAMES).await;
    assert_eq!(names_told(&mut cleo, RENAMES).await, told, "one order for all");
    let mut each_once = told.clone();
    each_once.sort_by_key(|name| names.iter().position(|known| known == name));
    assert_eq!(each_once, names);
    let last = agreed_name(&[&house, &other], &card).await;
    assert_eq!(Some(&last), told.last());
    // The one it has and the eight before lead to it; those before these are free.
    let (old, kept) = told.split_at(RENAMES - 9);
    for (names, leads) in [(old, false), (kept, true)] {
        for name in names {
            let found = house.engine.get_nest(&NestRef::Slug(slug_of(name))).await;
            assert_eq!(
                found.is_ok_and(|card| card.nest_id == *nest),
                leads,
                "{name} of {told:?}"
            );
        }
    }
    let counted: BTreeMap<String, u32> = redis::cmd("HGETALL")
        .arg(Key::Names.name())
        .query_async(&mut house.redis().await)
        .await
        .expect("the count");
    assert_eq!(counted, BTreeMap::from([(last.clone(), 1)]));
    // Whoever reads it from the store alone finds the same.
    let third = house.another_process().await;
    assert_eq!(agreed_name(&[&third], &card).await, last);
    for process in [third, other, house] {
        process.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_nests_that_take_one_name_at_once_have_twenty_links() {
    let house = House::open().await;
    let other = house.another_process().await;
    let mut cards = Vec::new();
    for n in 0..20 {
        cards.push(house.build(&format!("Name number {n}")).await);
    }
    let anna = person("anna");
    let renames = cards.iter().enumerate().map(|(n, card)| {
        let (engine, anna) = (if n % 2 == 0 { &house.engine } else { &other.engine }, &anna);
        async move { engine.rename_nest(anna, &by_id(card), "The Same").await }
    });
    let mut slugs: Vec<String> = join_all(renames)
        .await
        .into_iter()
        .map(|renamed| renamed.expect("renamed").slug.expect("a slug").to_string())
        .collect();
    slugs.sort();
    let mut wanted: Vec<String> = (2..=20).map(|n| format!("the-same-{n}")).collect();
    wanted.push("the-same".to_owned());
    wanted.sort();
    assert_eq!(slugs, wanted);
    for card in &cards {
        assert_eq!(agreed_name(&[&house, &other], card).await, "The Same");
    }
    other.close().await;
    house.close().await;
}

/// The older way took two steps, and a renaming that came in between left the directory and the listeners with two names.
#[tokio::test]
async fn fault_two_who_renamed_a_nest_at_once_left_it_with_two_names() {
    let house = House::open().await;
    let card = house.build("At First").await;
    let (slow, fuse) = house.process_behind_a_fuse().await;
    let (anna, named) = (person("anna"), by_id(&card));
    house.snapshot(&card.nest_id).await;
    slow.snapshot(&card.nest_id).await;
    for commands in 1..MOST_COMMANDS {
        fuse.hold_after(commands);
        let renaming = tokio::spawn({
            let (engine, anna, named) = (slow.engine.clone(), anna.clone(), named.clone());
            async move {
                engine
                    .rename_nest(&anna, &named, &format!("Slow {commands}"))
                    .await
            }
        });
        fuse.until_it_holds(&renaming).await;
        let quick = format!("Quick {commands}");
        house
            .engine
            .rename_nest(&anna, &named, &quick)
            .await
            .expect("renamed");
        fuse.let_pass();
        renaming.await.expect("no panic").expect("renamed");
        let name = agreed_name(&[&house, &slow], &card).await;
        assert!(name == quick || name == format!("Slow {commands}"), "{name}");
    }
    slow.close().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nest_that_is_renamed_while_it_restarts_has_one_name_in_its_next_generation() {
    let house = House::open().await;
    let other = house.another_process().await;
    let card = house.build("At First").await;
    let (anna, named) = (person("anna"), by_id(&card));
    let force = engine::RestartWish {
        mode: engine::RestartMode::Force,
        ..engine::RestartWish::default()
    };
    for round in 0..10u32 {
        house.clock.advance(360_001);
        let name = format!("Round {round}");
        let (renamed, restarted) = tokio::join!(
            house.engine.rename_nest(&anna, &named, &name),
            other.engine.restart_nest(&anna, &named, force)
        );
        renamed.expect("before or after");
        assert_eq!(restarted.expect("restarted").generation, round + 2);
        assert_eq!(agreed_name(&[&house, &other], &card).await, name);
    }
    other.close().await;
    house.close().await;
}

/// Events older than the log is long are in no copy that comes late: the name they told of must not be lost with them.
#[tokio::test]
async fn fault_a_name_that_the_log_no_longer_knew_was_lost() {
    let house = House::open().await;
    let card = house.build("At First").await;
    let nest: &NestId = &card.nest_id;
    house
        .engine
        .rename_nest(&person("anna"), &by_id(&card), "At Last")
        .await
        .expect("renamed");
    let before = house.snapshot(nest).await;
    let mut redis = house.redis().await;
    let _: () = redis::cmd("XTRIM")
        .arg(Key::Log(nest).name())
        .arg("MAXLEN")
        .arg(0)
        .query_async(&mut redis)
        .await
        .expect("trimmed");
    let late = house.another_process().await;
    assert_eq!(late.snapshot(nest).await, before);
    late.close().await;
    house.close().await;
}
