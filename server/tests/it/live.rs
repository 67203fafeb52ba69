//! The live socket: hello, the state of things, news, and coming back after a drop.

use std::time::Duration;

use nests::hearing::InSync;
use nests::playback::Playing;
use nests::queue::{SongId, Vote};
use nests::track::TrackUri;
use nests::wire::frame::PROTOCOL;
use nests::wire::{Change, Command, ServerFrame};
use serde_json::json;
use standin::spotify::{Mood, Spotify};

use super::support::house::vote;
use super::support::{House, Tab};

/// Longer than a vote takes to arrive, and shorter than the house waits for Spotify.
const A_WHILE: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_socket_begins_with_hello_and_the_whole_nest() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let mut tab = house.tab(&anna).await;
    let ServerFrame::Hello(hello) = tab.frame().await else {
        panic!("hello comes first");
    };
    assert_eq!((hello.protocol, hello.me.name.as_str()), (PROTOCOL, "Anna"));
    assert_eq!(hello.build, house.state.house.build);
    let ServerFrame::Snapshot(snapshot) = tab.frame().await else {
        panic!("then the nest as it stands");
    };
    assert_eq!(*snapshot, house.everything().await);
}

/// Long messages travel in pieces, so that a waiting socket holds no large buffer.
#[tokio::test]
async fn a_long_snapshot_arrives_whole() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    for n in [2, 3] {
        let add = json!({"add": {"track": house.track(n).await}});
        anna.post("/api/nests/main/commands", add).await.expect(200);
    }
    let mut tab = house.tab(&anna).await;
    let snapshot = tab.snapshot().await;
    let length = serde_json::to_vec(&snapshot).expect("JSON").len();
    assert!(length > 1400, "{length} bytes fit into one piece");
    assert_eq!(snapshot, house.everything().await);
}

#[tokio::test]
async fn what_one_does_everybody_sees_and_all_copies_agree() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let (mut annas, mut bens) = (house.tab(&anna).await, house.tab(&ben).await);
    let (mut hers, mut his) = (annas.snapshot().await, bens.snapshot().await);

    let song = SongId::parse(&song).expect("an id");
    bens.wish(
        7,
        Command::Vote {
            song: song.clone(),
            vote: Some(Vote::Up),
        },
    )
    .await;
    bens.wish(
        8,
        Command::Jam {
            song: song.clone(),
            on: true,
        },
    )
    .await;
    for (tab, copy) in [(&mut annas, &mut hers), (&mut bens, &mut his)] {
        let news = |frame| match frame {
            ServerFrame::Event(event) => Some(event),
            _ => None,
        };
        for _ in 0..2 {
            let event = tab.frame_that(news).await;
            copy.apply(&event);
        }
    }
    assert_eq!(hers, his);
    assert_eq!(hers, house.everything().await);
    assert_eq!(
        hers.song(&song)
            .map(|queued| (queued.net_votes(), queued.jams.len())),
        Some((1, 1))
    );
}

#[tokio::test]
async fn a_command_is_answered_with_its_number_and_the_version_it_made() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = SongId::parse(&house.with_a_song_waiting(&anna).await).expect("an id");
    let version = house.everything().await.version;
    let mut tab = house.tab(&ben).await;
    tab.wish(
        41,
        Command::Vote {
            song: song.clone(),
            vote: Some(Vote::Down),
        },
    )
    .await;
    assert_eq!(tab.answer_to(41).await, Ok(version + 1));
    tab.wish(
        42,
        Command::Vote {
            song,
            vote: Some(Vote::Down),
        },
    )
    .await;
    assert_eq!(tab.answer_to(42).await, Ok(version + 1), "nothing to change");
}

/// While Spotify hung over a song that somebody had added, their page stood still: no news, no pongs.
#[tokio::test]
async fn fault_ones_own_slow_add_froze_ones_own_page() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = super::spotify::open(&spotify).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    // The house has its token.
    anna.get("/api/search?q=nothing&source=spotify").await.expect(200);
    let mut tab = house.tab(&anna).await;
    tab.snapshot().await;

    spotify.be(Mood::Slow(A_WHILE));
    let track = format!("spotify:track:{}", spotify.catalogue().tracks[0].id);
    let track = TrackUri::parse(&track).expect("a track");
    tab.wish(1, Command::Add { track }).await;
    let jam = Command::Jam {
        song: SongId::parse(&song).expect("an id"),
        on: true,
    };
    tab.wish(2, jam).await;
    tab.send(r#"{"ping":{"t":1}}"#).await;
    ben.post("/api/nests/main/commands", vote(&song, "up"))
        .await
        .expect(200);
    let (mut is_answered, mut is_told) = (false, false);
    while !(is_answered && is_told) {
        match tab.frame().await {
            ServerFrame::Pong { .. } => is_answered = true,
            ServerFrame::Event(event) => is_told |= matches!(event.change, Change::Voted { .. }),
            frame @ (ServerFrame::Done { .. } | ServerFrame::Refused { .. }) => {
                panic!("all stood still until {frame:?}")
            }
            _ => {}
        }
    }
    // In the order of the wishes.
    let added = tab.answer_to(1).await.expect("added");
    assert_eq!(tab.answer_to(2).await, Ok(added + 1));
}

/// The older program had no state after a reconnect, and replayed stale actions.
#[tokio::test]
async fn fault_no_state_after_a_reconnect() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let mut tab = house.tab(&ben).await;
    let mut copy = tab.snapshot().await;
    drop(tab);
    for way in ["up", "down"] {
        ben.post("/api/nests/main/commands", vote(&song, way))
            .await
            .expect(200);
    }

    let since = format!("/socket/?since={}-{}", copy.generation, copy.version);
    let mut tab = house.tab_at(&ben, &since).await;
    for _ in 0..2 {
        let missed = |frame| match frame {
            ServerFrame::Event(event) => Some(event),
            ServerFrame::Snapshot(_) => panic!("two missed events need no whole snapshot"),
            _ => None,
        };
        copy.apply(&tab.frame_that(missed).await);
    }
    assert_eq!(copy, house.everything().await);

    let another_generation = format!("/socket/?since={}-{}", copy.generation + 1, copy.version);
    let mut tab = house.tab_at(&ben, &another_generation).await;
    assert_eq!(tab.snapshot().await, copy, "what cannot be resumed starts over");
}

#[tokio::test]
async fn a_ping_comes_back_with_the_browsers_time_and_ours() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let mut tab = house.tab(&anna).await;
    tab.send(r#"{"ping":{"t":1234.5}}"#).await;
    let pong = |frame| match frame {
        ServerFrame::Pong { t, now } => Some((t, now)),
        _ => None,
    };
    let (t, now) = tab.frame_that(pong).await;
    assert_eq!(t, 1234.5);
    assert!(now <= house.state.engine.now());
}

#[tokio::test]
async fn what_browsers_say_of_how_they_hear_is_counted_on_every_screen() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let (mut annas, mut bens) = (house.tab(&anna).await, house.tab(&ben).await);
    let sum = |count: u32, of: u32| {
        move |frame| match frame {
            ServerFrame::People { in_sync, .. } if in_sync == InSync { count, of } => Some(()),
            _ => None,
        }
    };
    annas.send(r#"{"hears":{"how":"in_sync"}}"#).await;
    bens.send(r#"{"hears":{"how":"apart"}}"#).await;
    for tab in [&mut annas, &mut bens] {
        tab.frame_that(sum(1, 2)).await;
    }
    bens.send(r#"{"hears":{"how":null}}"#).await;
    annas.frame_that(sum(1, 1)).await;
    // Of somebody with no device of their own it is a wish that nothing follows from.
    bens.send(r#"{"back_in_sync":{}}"#).await;
    bens.send(r#"{"ping":{"t":1}}"#).await;
    let next = |frame| match frame {
        ServerFrame::Pong { .. } => Some(()),
        ServerFrame::Refused { error, .. } => panic!("{error:?}"),
        _ => None,
    };
    bens.frame_that(next).await;
}

/// In the older program closing one of two tabs removed the listener.
#[tokio::test]
async fn fault_closing_one_of_two_tabs_removed_the_listener() {
    let house = House::open_with(&[], |settings| settings.leave_grace = Duration::ZERO).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let (first, mut second) = (house.tab(&anna).await, house.tab(&anna).await);
    let bens = house.tab(&ben).await;
    let here = |wanted: u32| {
        move |frame| match frame {
            ServerFrame::People { count, .. } if count == wanted => Some(()),
            _ => None,
        }
    };
    second.frame_that(here(2)).await;
    drop(first);
    drop(bens);
    let after = |frame| match frame {
        ServerFrame::People { count, people, .. } if count != 2 => Some((count, people)),
        _ => None,
    };
    let (count, people) = second.frame_that(after).await;
    assert_eq!(
        (count, people[0].person.name.as_str()),
        (1, "Anna"),
        "Ben left; Anna is still here"
    );
}

#[tokio::test]
async fn signing_out_closes_ones_own_sockets_only() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let (mut annas, mut bens) = (house.tab(&anna).await, house.tab(&ben).await);
    anna.post_form("/logout", "").await.expect(303);
    assert_eq!(annas.closed_with().await, 4401);
    bens.send(r#"{"ping":{"t":1}}"#).await;
    bens.frame_that(|frame| matches!(frame, ServerFrame::Pong { .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn everyone_in_a_nest_that_is_deleted_is_told() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let card = anna.post("/api/nests", json!({})).await.expect(200).json();
    let code = card["code"].as_str().expect("a code");
    let mut tab = house.tab_at(&ben, &format!("/socket/{code}")).await;
    tab.snapshot().await;
    anna.json(
        axum::http::Method::DELETE,
        &format!("/api/nests/{code}"),
        json!({}),
    )
    .await
    .expect(204);
    assert_eq!(tab.closed_with().await, 4410);
}

#[tokio::test]
async fn one_person_may_have_many_tabs_but_not_all_of_them() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let mut tabs = Vec::new();
    for _ in 0..server::realtime::places::MAX_SOCKETS_PER_PERSON {
        tabs.push(house.tab(&anna).await);
    }
    let refused = Tab::try_open(house.addr, "/socket/", &[("cookie", &anna.cookie)])
        .await
        .err();
    let (status, error) = refused.expect("one too many");
    assert_eq!(status.as_u16(), 429);
    assert!(error.is_some_and(|error| error.retry_after.is_some()));
}

/// The older program announced a song before its start was stored, so that clients sought into the middle.
#[tokio::test]
async fn fault_a_song_was_announced_before_its_start_was_stored() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let mut tab = house.tab(&anna).await;
    let mut copy = tab.snapshot().await;
    anna.post(
        "/api/nests/main/commands",
        json!({"add": {"track": house.track(0).await}}),
    )
    .await
    .expect(200);
    while copy.playing.is_none() {
        let news = |frame| match frame {
            ServerFrame::Event(event) => Some(event),
            _ => None,
        };
        copy.apply(&tab.frame_that(news).await);
    }
    let public = anna.get("/playing/").await.json();
    let started = copy
        .playing
        .as_ref()
        .map(|Playing { started_at, .. }| started_at.0);
    assert_eq!(public["playing"]["started_at"].as_i64(), started);
    assert!(
        public["playing"]["position"]
            .as_f64()
            .is_some_and(|position| position < 5.0),
        "{public}"
    );
}
