//! Hearing a nest on one's own device: it follows the nest, and is let go the moment its owner goes their own way.

mod in_mid_song;
mod troubles;

use engine::hearing::{Standing, Trouble};
use engine::{EngineError, Seat};
use nests::following::Rest;
use nests::hearing::{Footing, InSync};
use nests::nest::{NestId, Person};
use nests::track::TrackUri;
use nests::wire::{Command, ServerFrame};
use standin::spotify::Spotify as Standin;
use standin::spotify::listeners::{ANNA, BEN, Listener};

use crate::accounts::{connect, with};
use crate::support::{House, PATIENCE, frame, person};

/// As the rule has it: from then on what a player does is its owner's wish.
pub const GRACE: i64 = 15_000;

/// Somebody in a nest with a device that was chosen.
pub struct Hearer {
    pub person: Person,
    pub listener: Listener,
    pub device: String,
    pub _seat: Seat,
}

/// With one time for both: the players' goes by only where the house's clock is turned as well ([`pass`]).
async fn open() -> (Standin, House) {
    let (standin, house) = crate::accounts::open().await;
    standin.hold_time();
    (standin, house)
}

async fn hearer(standin: &Standin, house: &House, nest: &NestId, who: &str, listener: Listener) -> Hearer {
    connect(standin, house, who, listener).await;
    let device = standin.open_device(listener, "Kitchen", "Speaker");
    let seat = house.join(nest, who).await;
    house
        .engine
        .choose_device(&person(who), nest, &device)
        .await
        .expect("it is there");
    Hearer {
        person: person(who),
        listener,
        device,
        _seat: seat,
    }
}

pub fn uri(standin: &Standin, n: usize) -> TrackUri {
    TrackUri::parse(&format!("spotify:track:{}", standin.catalogue().tracks[n].id)).expect("a URI")
}

pub async fn add(standin: &Standin, house: &House, nest: &NestId, n: usize) {
    let track = uri(standin, n);
    house
        .act(nest, "anna", Command::Add { track })
        .await
        .expect("added");
}

pub async fn skip(house: &House, nest: &NestId) {
    let playing = house
        .until(nest, "something plays", |n| n.playing.is_some())
        .await
        .playing;
    let song = playing.expect("something").queued.song.id;
    house
        .act(nest, "anna", Command::Skip { song })
        .await
        .expect("skipped");
}

pub async fn until(standin: &Standin, what: &str, is: impl Fn() -> bool) {
    if tokio::time::timeout(PATIENCE, standin.until(|_| is()))
        .await
        .is_err()
    {
        panic!("never happened: {what}. Spotify was asked {:#?}", standin.seen());
    }
}

/// Waits until their device plays the n-th track.
pub async fn hears(standin: &Standin, hearer: &Hearer, n: usize) {
    hears_this(standin, hearer, &uri(standin, n)).await;
}

/// Waits until their device plays that.
async fn hears_this(standin: &Standin, hearer: &Hearer, wanted: &TrackUri) {
    let uri = wanted.to_string();
    let does = || {
        let heard = standin.hears(hearer.listener);
        heard.is_some_and(|heard| heard.playing && heard.uri == uri && heard.device == hearer.device)
    };
    until(standin, &format!("{} hears {wanted}", hearer.person.name), does).await;
}

pub async fn silence(standin: &Standin, hearer: &Hearer) {
    let is_silent = || standin.hears(hearer.listener).is_none_or(|heard| !heard.playing);
    until(
        standin,
        &format!("{} hears nothing", hearer.person.name),
        is_silent,
    )
    .await;
}

/// Lets time go by, for the house and for everybody's players.
pub async fn pass(standin: &Standin, house: &House, milliseconds: i64) {
    standin.let_time_pass(milliseconds.unsigned_abs());
    house.pass(milliseconds).await;
}

pub async fn standing(house: &House, hearer: &Hearer, nest: &NestId) -> Standing {
    house
        .engine
        .hearing(&hearer.person.id, nest)
        .await
        .expect("the store answers")
        .standing
}

async fn back_in_sync(house: &House, hearer: &Hearer, nest: &NestId) {
    let wished = house.engine.back_in_step(&hearer.person, nest).await;
    wished.expect("the store answers");
}

/// Waits until the nest's conductor has come to that.
pub async fn comes_to(house: &House, hearer: &Hearer, nest: &NestId, wanted: Standing) {
    let waiting = async {
        while standing(house, hearer, nest).await != wanted {
            tokio::task::yield_now().await;
        }
    };
    if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
        panic!("never {wanted:?}, but {:?}", standing(house, hearer, nest).await);
    }
}

#[tokio::test]
async fn two_devices_play_what_the_nest_plays_from_where_its_clock_is_and_follow_pause_resume_and_skip() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    add(&standin, &house, &nest, 1).await;
    hears(&standin, &anna, 0).await;
    pass(&standin, &house, 30_000).await;
    let ben = hearer(&standin, &house, &nest, "ben", BEN).await;
    hears(&standin, &ben, 0).await;
    let at = |hearer: &Hearer| standin.hears(hearer.listener).expect("something").position_ms;
    assert_eq!((at(&anna), at(&ben)), (30_000, 30_000));

    house.act(&nest, "ben", Command::Pause).await.expect("paused");
    silence(&standin, &anna).await;
    silence(&standin, &ben).await;
    pass(&standin, &house, 60_000).await;
    house.act(&nest, "ben", Command::Resume).await.expect("resumed");
    hears(&standin, &anna, 0).await;
    hears(&standin, &ben, 0).await;
    assert_eq!((at(&anna), at(&ben)), (30_000, 30_000));
    skip(&house, &nest).await;
    hears(&standin, &anna, 1).await;
    hears(&standin, &ben, 1).await;
    assert_eq!((at(&anna), at(&ben)), (0, 0));
}

#[tokio::test]
async fn a_song_that_ends_by_the_clock_is_followed_by_the_next_and_a_song_of_the_library_by_silence() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    for n in [0, 1] {
        add(&standin, &house, &nest, n).await;
    }
    hears(&standin, &anna, 0).await;
    let track = house.track(0);
    house
        .act(&nest, "anna", Command::Add { track })
        .await
        .expect("added");
    pass(
        &standin,
        &house,
        i64::from(standin.catalogue().tracks[0].duration_ms),
    )
    .await;
    hears(&standin, &anna, 1).await;
    skip(&house, &nest).await;
    silence(&standin, &anna).await;
    comes_to(&house, &anna, &nest, Standing::Follows(Rest::Idle)).await;
}

#[tokio::test]
async fn an_episode_is_queued_like_a_song_played_on_the_device_and_kept_in_step() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    let episode = format!("spotify:episode:{}", standin.catalogue().episodes[0].id);
    let episode = TrackUri::parse(&episode).expect("a URI");
    let track = episode.clone();
    house
        .act(&nest, "anna", Command::Add { track })
        .await
        .expect("added");
    hears_this(&standin, &anna, &episode).await;
    let seen = standin.take_seen();
    let plays = seen.iter().filter(|seen| seen.path.ends_with("/play"));
    let plays: Vec<String> = plays.map(ToString::to_string).collect();
    insta::assert_snapshot!("an_episode", plays.join("\n"));
    pass(&standin, &house, 600_000).await;
    // Her conductor looks when she opens another tab, and need not be waited for.
    let _tab = house.join(&nest, "anna").await;
    is_told(&mut anna._seat, Footing::InSync).await;
    standin.move_by_hand(ANNA, 60_000);
    let _another = house.join(&nest, "anna").await;
    until(&standin, "it is moved to where the nest is", || {
        let heard = standin.hears(ANNA);
        heard.is_some_and(|heard| (599_000..610_000).contains(&heard.position_ms))
    })
    .await;
}

#[tokio::test]
async fn whoever_plays_something_else_by_hand_is_left_alone_until_they_come_back() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    for n in [0, 1, 2] {
        add(&standin, &house, &nest, n).await;
    }
    hears(&standin, &anna, 0).await;
    standin.play_by_hand(ANNA, &anna.device, 7);
    pass(&standin, &house, GRACE + 1_000).await;
    comes_to(&house, &anna, &nest, Standing::Follows(Rest::OwnWay)).await;
    standin.take_seen();
    let own = standin.hears(ANNA).expect("her own").uri;
    skip(&house, &nest).await;
    house
        .until(&nest, "the next song", |n| {
            n.playing
                .as_ref()
                .is_some_and(|p| p.queued.song.track.uri == uri(&standin, 1))
        })
        .await;
    assert_eq!(standin.hears(ANNA).map(|heard| heard.uri), Some(own));
    assert!(
        !standin.seen().iter().any(|seen| seen.method == "PUT"),
        "{:?}",
        standin.seen()
    );
    back_in_sync(&house, &anna, &nest).await;
    hears(&standin, &anna, 1).await;
}

#[tokio::test]
async fn stopping_silences_at_once_leaving_does_too_and_neither_touches_music_of_their_own() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    let ben = hearer(&standin, &house, &nest, "ben", BEN).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    hears(&standin, &ben, 0).await;
    house
        .engine
        .stop_hearing(&anna.person, &nest)
        .await
        .expect("stopped");
    silence(&standin, &anna).await;
    comes_to(&house, &anna, &nest, Standing::Off).await;
    assert!(
        standin.hears(BEN).is_some_and(|heard| heard.playing),
        "Ben's goes on"
    );
    let Hearer { _seat, .. } = ben;
    drop(_seat);
    until(&standin, "Ben's falls silent", || {
        standin.hears(BEN).is_none_or(|heard| !heard.playing)
    })
    .await;

    house
        .engine
        .choose_device(&anna.person, &nest, &anna.device)
        .await
        .expect("chosen again");
    hears(&standin, &anna, 0).await;
    standin.play_by_hand(ANNA, &anna.device, 9);
    standin.take_seen();
    house
        .engine
        .stop_hearing(&anna.person, &nest)
        .await
        .expect("stopped");
    comes_to(&house, &anna, &nest, Standing::Off).await;
    assert!(
        standin.hears(ANNA).is_some_and(|heard| heard.playing),
        "it is hers"
    );
    assert!(
        !standin.seen().iter().any(|seen| seen.method == "PUT"),
        "{:?}",
        standin.seen()
    );
}

#[tokio::test]
async fn a_device_is_never_started_that_nobody_chose_and_the_choice_is_remembered_for_the_nest() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    connect(&standin, &house, "anna", ANNA).await;
    let kitchen = standin.open_device(ANNA, "Kitchen", "Speaker");
    standin.open_device(ANNA, "Phone", "Smartphone");
    let seat = house.join(&nest, "anna").await;
    add(&standin, &house, &nest, 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    assert_eq!(standin.hears(ANNA), None);
    let names: Vec<String> = house
        .engine
        .devices(&person("anna").id, &nest)
        .await
        .expect("devices")
        .into_iter()
        .map(|d| d.name)
        .collect();
    assert_eq!(names, ["Kitchen", "Phone"]);
    for wrong in ["made-up", "../../me", ""] {
        let refused = house.engine.choose_device(&person("anna"), &nest, wrong).await;
        assert!(
            matches!(
                &refused,
                Err(engine::accounts::AccountError::Engine(EngineError::Invalid {
                    field: "device",
                    ..
                }))
            ),
            "{refused:?}"
        );
    }
    house
        .engine
        .choose_device(&person("anna"), &nest, &kitchen)
        .await
        .expect("chosen");
    until(&standin, "the kitchen plays", || {
        standin.hears(ANNA).is_some_and(|heard| heard.device == kitchen)
    })
    .await;
    drop(seat);
    until(&standin, "silence", || {
        standin.hears(ANNA).is_some_and(|heard| !heard.playing)
    })
    .await;
    let _back = house.join(&nest, "anna").await;
    until(&standin, "the kitchen again", || {
        standin.hears(ANNA).is_some_and(|heard| heard.playing)
    })
    .await;
}

/// Waits until the tab is told that of their device.
async fn is_told(tab: &mut Seat, wanted: Footing) {
    let is = |f: &ServerFrame| matches!(f, ServerFrame::Hearing { device, footing } if *footing == wanted && (device == "Kitchen"));
    frame(tab, &format!("{wanted:?}"), is).await;
}

/// How somebody's device does is known wherever they sit, and whatever they wish is heard there: the conductor is in one process.
#[tokio::test]
async fn trouble_is_told_to_every_tab_of_its_owner_and_what_they_wish_at_one_process_is_done_by_another() {
    /// A conductor that is told nothing looks this often; whatever comes sooner was told.
    const LOOKS_BY_ITSELF: std::time::Duration = std::time::Duration::from_secs(20);
    let (standin, house) = open().await;
    let other = house.another_process_with(with(&standin)).await;
    let nest = NestId::main();
    let mut ben = house.join(&nest, "ben").await;
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    let mut tab = house.join(&nest, "anna").await;
    let mut elsewhere = other.join(&nest, "anna").await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    for tab in [&mut anna._seat, &mut tab, &mut elsewhere] {
        is_told(tab, Footing::InSync).await;
    }
    frame(&mut ben, "she is in sync, and Ben only looks", |f| {
        matches!(
            f,
            ServerFrame::People {
                in_sync: InSync { count: 1, of: 1 },
                ..
            }
        )
    })
    .await;
    comes_to(&other, &anna, &nest, Standing::ByAnother).await;

    standin.play_by_hand(ANNA, &anna.device, 7);
    pass(&standin, &house, GRACE + 1_000).await;
    let _lets_it_look = house.join(&nest, "anna").await;
    for tab in [&mut anna._seat, &mut tab, &mut elsewhere] {
        is_told(tab, Footing::OwnWay).await;
    }
    let told = serde_json::to_vec(&ServerFrame::Hearing {
        device: "Kitchen".to_owned(),
        footing: Footing::OwnWay,
    });
    let told = told.expect("JSON");
    for process in [&house, &other] {
        let opening = process.join(&nest, "anna").await.opening.clone();
        assert!(
            opening.iter().any(|frame| frame.0 == told),
            "a tab that opens knows"
        );
        let hearing = process.engine.hearing(&anna.person.id, &nest).await;
        assert_eq!(hearing.expect("the store answers").footing, Footing::OwnWay);
    }
    frame(
        &mut ben,
        "she is not in sync, and why is no business of Ben's",
        |f| {
            assert!(!matches!(f, ServerFrame::Hearing { .. }), "{f:?}");
            matches!(
                f,
                ServerFrame::People {
                    in_sync: InSync { count: 0, of: 1 },
                    ..
                }
            )
        },
    )
    .await;

    back_in_sync(&other, &anna, &nest).await;
    hears(&standin, &anna, 0).await;
    let asked_at = std::time::Instant::now();
    let stopped = other.engine.stop_hearing(&anna.person, &nest).await;
    stopped.expect("stopped");
    silence(&standin, &anna).await;
    assert!(
        asked_at.elapsed() < LOOKS_BY_ITSELF / 2,
        "{:?}",
        asked_at.elapsed()
    );
    is_told(&mut elsewhere, Footing::Off).await;
    other.close().await;
    house.close().await;
}

/// A conductor that saw the choice before it heard the wish looked at the player, started it, and started it once more.
#[tokio::test]
async fn choosing_a_device_in_the_nest_is_one_order_to_it() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    add(&standin, &house, &nest, 0).await;
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    hears(&standin, &anna, 0).await;
    is_told(&mut anna._seat, Footing::Starting).await;
    house.act(&nest, "anna", Command::Pause).await.expect("paused");
    silence(&standin, &anna).await;
    let to_her_player = standin
        .seen()
        .into_iter()
        .filter(|seen| seen.path.starts_with("/v1/me/player"));
    let asked: Vec<String> = to_her_player
        .map(|seen| format!("{} {}", seen.method, seen.path))
        .collect();
    assert_eq!(
        asked,
        [
            "GET /v1/me/player/devices",
            "PUT /v1/me/player/play",
            "GET /v1/me/player",
            "PUT /v1/me/player/pause"
        ]
    );
}

#[tokio::test]
async fn whoever_closes_the_tab_that_a_process_conducted_by_is_conducted_for_by_the_other_one() {
    let (standin, house) = open().await;
    let other = house.another_process_with(with(&standin)).await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &other, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    let mut tab = house.join(&nest, "anna").await;
    is_told(&mut tab, Footing::InSync).await;
    drop(std::mem::replace(
        &mut anna._seat,
        house.join(&nest, "anna").await,
    ));
    is_told(&mut tab, Footing::Off).await;
    is_told(&mut tab, Footing::Starting).await;
    hears(&standin, &anna, 0).await;
    is_told(&mut tab, Footing::InSync).await;
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn who_is_in_two_nests_hears_the_one_whose_device_they_chose_last() {
    let (standin, house) = open().await;
    let main = NestId::main();
    let other = house
        .engine
        .create_nest(&person("anna"), engine::NewNest::default())
        .await
        .expect("a nest")
        .nest_id;
    let mut anna = hearer(&standin, &house, &main, "anna", ANNA).await;
    add(&standin, &house, &main, 0).await;
    hears(&standin, &anna, 0).await;
    add(&standin, &house, &other, 1).await;
    add(&standin, &house, &main, 2).await;
    let _seat = house.join(&other, "anna").await;
    house
        .engine
        .choose_device(&anna.person, &other, &anna.device)
        .await
        .expect("chosen");
    hears(&standin, &anna, 1).await;
    skip(&house, &main).await;
    comes_to(&house, &anna, &main, Standing::Trouble(Trouble::Elsewhere)).await;
    is_told(&mut anna._seat, Footing::Elsewhere).await;
    hears(&standin, &anna, 1).await;
    back_in_sync(&house, &anna, &main).await;
    hears(&standin, &anna, 2).await;
}

#[tokio::test]
async fn disconnecting_silences_what_the_house_started_while_it_still_may() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    house.engine.unlink(&anna.person.id).await.expect("disconnected");
    assert!(
        standin.hears(ANNA).is_some_and(|heard| !heard.playing),
        "silent by then"
    );
    connect(&standin, &house, "anna", ANNA).await;
    assert_eq!(
        standing(&house, &anna, &nest).await,
        Standing::Off,
        "the device is forgotten as well"
    );
}

#[tokio::test]
async fn whoever_comes_in_with_music_of_their_own_on_the_device_keeps_it() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    let Hearer {
        _seat,
        person,
        device,
        ..
    } = anna;
    drop(_seat);
    until(&standin, "silence", || {
        standin.hears(ANNA).is_some_and(|heard| !heard.playing)
    })
    .await;
    standin.play_by_hand(ANNA, &device, 7);
    let anna = Hearer {
        _seat: house.join(&nest, "anna").await,
        listener: ANNA,
        person,
        device,
    };
    comes_to(&house, &anna, &nest, Standing::Follows(Rest::OwnWay)).await;
    let own = uri(&standin, 7).to_string();
    assert!(
        standin
            .hears(ANNA)
            .is_some_and(|heard| heard.playing && heard.uri == own)
    );
    back_in_sync(&house, &anna, &nest).await;
    hears(&standin, &anna, 0).await;
}
