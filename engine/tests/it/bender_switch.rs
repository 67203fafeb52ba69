//! Bender's switch: off in one nest, on in the next, whatever becomes of nest and program in between.

use engine::store::Key;
use engine::store::keys::all_of;
use engine::{Alteration, EngineError, RestartMode, RestartWish};
use nests::action::Refusal;
use nests::nest::{NestId, NestRef};
use nests::wire::directory::NestCard;
use nests::wire::{Change, Command, ErrorCode, ServerFrame, Snapshot};

use crate::support::{House, frame, person};

const SONG_MS: i64 = 60_000;
/// Of switching him off and on: whichever process wins, and whichever has the player's lease, both are told.
const ROUNDS: usize = 20;
const FIVE_MINUTES: i64 = 5 * 60_000 + 1;

async fn house_with_bender() -> House {
    House::open_with(|s| s.use_bender = true).await
}

async fn switch(house: &House, who: &str, nest: &NestId, on: bool) -> Result<NestCard, EngineError> {
    let wish = Alteration {
        bender: Some(on),
        ..Alteration::default()
    };
    let nest = NestRef::Id(nest.clone());
    house.engine.alter_nest(&person(who), &nest, wish).await
}

fn benders(nest: &Snapshot) -> usize {
    nest.songs.iter().filter(|q| q.song.auto).count()
}

async fn until_he_has_picked(house: &House, nest: &NestId) -> Snapshot {
    let picked = |n: &Snapshot| n.playing.is_some() && benders(n) >= 3;
    house.until(nest, "Bender has picked", picked).await
}

async fn is_on(house: &House, nest: &NestId) -> bool {
    let shown = house.snapshot(nest).await.bender.enabled;
    let told = house.engine.bender_is_on(nest).await.expect("told");
    assert_eq!(shown, told);
    shown
}

#[tokio::test]
async fn off_in_one_nest_he_takes_along_what_waits_and_goes_on_in_the_other() {
    let house = house_with_bender().await;
    let quiet = house.build("Quiet Please").await.nest_id;
    let loud = house.build("Loud Please").await.nest_id;
    let _seats = [house.join(&quiet, "anna").await, house.join(&loud, "anna").await];
    let before = until_he_has_picked(&house, &quiet).await;
    until_he_has_picked(&house, &loud).await;
    let brought = house.add(&quiet, "anna", 11).await;

    switch(&house, "anna", &quiet, false).await.expect("switched");
    let off = house.snapshot(&quiet).await;
    assert_eq!(off.playing, before.playing, "what plays plays to its end");
    let waiting: Vec<_> = off.songs.iter().map(|q| &q.song.id).collect();
    assert_eq!(waiting, [&brought], "people's songs stay, and his go");
    let plays = &off.playing.as_ref().expect("it plays").queued.song.id;
    let mut songs = [plays, &brought].map(|song| Key::Song(&quiet, song).name());
    songs.sort();
    let kept = house.keys(&format!("NEST:{quiet}|QUEUE|*")).await;
    assert_eq!(kept, songs, "nothing of his is left behind");

    // Song after song ends: there nobody picks another one, here he does.
    for _ in 0..3 {
        house.pass(SONG_MS).await;
        until_he_has_picked(&house, &loud).await;
    }
    let silent = |n: &Snapshot| n.playing.is_none() && n.songs.is_empty();
    house.until(&quiet, "it is quiet", silent).await;
    house.pass(SONG_MS).await;
    assert!(silent(&house.snapshot(&quiet).await), "and stays so");
    house.close().await;
}

#[tokio::test]
async fn switched_on_again_his_songs_are_there_at_once_also_after_he_had_fallen_silent() {
    let house = House::open_with(|s| {
        s.use_bender = true;
        s.max_bender_minutes = 1;
    })
    .await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    until_he_has_picked(&house, &main).await;
    // What he picked while his streak lasted is over by then.
    for _ in 0..8 {
        house.pass(SONG_MS).await;
    }
    let silent = |n: &Snapshot| n.playing.is_none() && n.songs.is_empty();
    house.until(&main, "his streak is over", silent).await;
    switch(&house, "ben", &main, false)
        .await
        .expect("off, by anybody");
    switch(&house, "anna", &main, true).await.expect("on again");
    until_he_has_picked(&house, &main).await;
    house.close().await;
}

#[tokio::test]
async fn two_who_switch_at_once_have_one_effect_and_every_process_sees_it() {
    let house = house_with_bender().await;
    let other = house.another_process_with(|s| s.use_bender = true).await;
    let main = NestId::main();
    let mut anna = house.join(&main, "anna").await;
    until_he_has_picked(&house, &main).await;
    let seen = |n: &Snapshot| benders(n) >= 3;
    other.until(&main, "the other process knows", seen).await;
    for round in 0..ROUNDS {
        let on = round % 2 == 1;
        let (first, second) = tokio::join!(
            switch(&house, "anna", &main, on),
            switch(&other, "ben", &main, on)
        );
        first.expect("as wished");
        second.expect("as wished");
        let is_switch = |f: &ServerFrame| matches!(f, ServerFrame::Event(e) if matches!(e.change, Change::BenderSwitched { .. }));
        let ServerFrame::Event(event) = frame(&mut anna, "the switch", is_switch).await else {
            unreachable!()
        };
        assert_eq!(event.change, Change::BenderSwitched { on }, "told once");
        for process in [&house, &other] {
            let switched = |n: &Snapshot| n.bender.enabled == on && (benders(n) >= 3) == on;
            process.until(&main, "every process shows it", switched).await;
        }
    }
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn only_the_host_switches_him_in_a_temporary_nest_that_is_awake() {
    let house = house_with_bender().await;
    let nest = house.build("Anna's").await.nest_id;
    let his = switch(&house, "ben", &nest, false).await;
    assert!(
        matches!(his, Err(EngineError::Refused(Refusal::HostOnly))),
        "{his:?}"
    );
    assert!(is_on(&house, &nest).await);
    house.clock.advance(FIVE_MINUTES);
    let asleep = house.engine.cleanup_step().await.expect("cleaned");
    assert!(asleep.contains(&nest));
    let late = switch(&house, "anna", &nest, false).await.expect_err("it sleeps");
    assert_eq!(late.code(), ErrorCode::NestAsleep);
    assert!(house.engine.bender_is_on(&nest).await.expect("told"));
    let with_a_name = Alteration {
        name: Some("Another"),
        bender: Some(false),
        ..Alteration::default()
    };
    let both = house
        .engine
        .alter_nest(&person("anna"), &NestRef::Id(nest), with_a_name)
        .await;
    assert!(
        matches!(both, Err(EngineError::Invalid { field: "bender", .. })),
        "one step or none: {both:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn in_a_house_without_bender_nobody_switches_him_on_and_a_nests_choice_waits() {
    let house = house_with_bender().await;
    let nest = house.build("Off Before").await.nest_id;
    switch(&house, "anna", &nest, false).await.expect("off");
    let house = house.restart_with(|s| s.use_bender = false).await;
    let main = NestId::main();
    for nest in [&main, &nest] {
        assert!(!is_on(&house, nest).await);
        let refused = switch(&house, "anna", nest, true).await;
        assert!(
            matches!(refused, Err(EngineError::Invalid { field: "bender", .. })),
            "{refused:?}"
        );
        switch(&house, "anna", nest, false).await.expect("he is off");
    }
    let house = house.restart_with(|s| s.use_bender = true).await;
    assert!(is_on(&house, &main).await && !is_on(&house, &nest).await);
    house.close().await;
}

#[tokio::test]
async fn the_choice_outlasts_sleep_restarts_and_the_program_and_ends_with_the_nest() {
    let house = house_with_bender().await;
    let (off, on) = (house.build("Off").await.nest_id, house.build("On").await.nest_id);
    switch(&house, "anna", &off, false).await.expect("off");
    switch(&house, "anna", &on, false).await.expect("off");
    switch(&house, "anna", &on, true).await.expect("and on again");
    let as_chosen = async |house: &House, when: &str| {
        assert!(!is_on(house, &off).await, "{when}");
        assert!(is_on(house, &on).await, "{when}");
    };
    let begin_anew = async |house: &House, mode| {
        let wish = RestartWish {
            mode,
            expected_generation: None,
            keep_queue: false,
        };
        for nest in [&off, &on] {
            let nest = NestRef::Id(nest.clone());
            let restarted = house.engine.restart_nest(&person("anna"), &nest, wish).await;
            restarted.expect("restarted");
        }
    };
    as_chosen(&house, "chosen").await;

    let house = house.restart_with(|s| s.use_bender = true).await;
    as_chosen(&house, "after a restart of the program").await;

    begin_anew(&house, RestartMode::Force).await;
    as_chosen(&house, "after a restart of the nest").await;

    house.clock.advance(FIVE_MINUTES);
    let asleep = house.engine.cleanup_step().await.expect("cleaned");
    assert!(asleep.contains(&off) && asleep.contains(&on), "{asleep:?}");
    assert!(!house.engine.bender_is_on(&off).await.expect("told"));
    assert!(house.engine.bender_is_on(&on).await.expect("told"));
    begin_anew(&house, RestartMode::IfInactive).await;
    as_chosen(&house, "after sleep").await;

    let _seats = [house.join(&off, "anna").await, house.join(&on, "anna").await];
    until_he_has_picked(&house, &on).await;
    house.pass(SONG_MS).await;
    assert_eq!(benders(&house.snapshot(&off).await), 0);

    let nest = NestRef::Id(off.clone());
    house
        .engine
        .delete_nest(&person("anna"), &nest)
        .await
        .expect("deleted");
    assert_eq!(
        house.keys(&all_of(&off)).await,
        [Key::Deleting(&off).name()],
        "nothing of it stays"
    );
    house.close().await;
}

#[tokio::test]
async fn where_new_nests_begin_without_him_those_that_are_there_keep_him() {
    let house = house_with_bender().await;
    let old = house.build("Old").await.nest_id;
    let without = |s: &mut engine::EngineSettings| {
        s.use_bender = true;
        s.bender_default = false;
    };
    let house = house.restart_with(without).await;
    let new = house.build("New").await.nest_id;
    assert!(is_on(&house, &old).await && is_on(&house, &NestId::main()).await);
    assert!(!is_on(&house, &new).await);
    let anna = house.join(&new, "anna").await;
    house.pass(SONG_MS).await;
    assert_eq!(benders(&house.snapshot(&new).await), 0);
    switch(&house, "anna", &new, true).await.expect("her own nest");
    until_he_has_picked(&house, &new).await;
    drop(anna);
    let other = house.build("Newer").await.nest_id;
    let house = house.restart_with(|s| s.use_bender = true).await;
    assert!(is_on(&house, &new).await, "its host's choice");
    assert!(!is_on(&house, &other).await, "as it began");
    house.close().await;

    let first = House::open_with(without).await;
    assert!(
        !is_on(&first, &NestId::main()).await,
        "the Main Nest is new as well"
    );
    first.close().await;
}

#[tokio::test]
async fn an_undone_clearing_brings_peoples_songs_alone_back_once_he_is_off() {
    let house = house_with_bender().await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    until_he_has_picked(&house, &main).await;
    let mine = house.add(&main, "anna", 11).await;
    let cleared = house.act(&main, "anna", Command::Clear).await.expect("cleared");
    switch(&house, "anna", &main, false).await.expect("off");
    let undo = Command::Undo {
        version: cleared.version,
    };
    house.act(&main, "anna", undo).await.expect("undone");
    let songs: Vec<_> = house.snapshot(&main).await.songs;
    let ids: Vec<_> = songs.iter().map(|q| &q.song.id).collect();
    assert_eq!(ids, [&mine]);
    house.close().await;
}
