//! What sockets get, and what they cost: one that is not read, a hundred of them, a queue of a hundred songs.

use std::sync::Arc;

use engine::store::keys;
use engine::{CloseReason, Frame, RestartMode, RestartWish, Seat, SeatEvent};
use nests::nest::NestId;
use nests::queue::Vote;
use nests::wire::{Applied, Change, Command, Event, ServerFrame, Snapshot};

use crate::support::imagined::{self, Asked, Imagined};
use crate::support::{House, PATIENCE, by_id, frame, person};

/// More than the 128 that a socket may be behind.
const MORE_THAN_THE_OUTBOX_HOLDS: usize = 200;
/// Fewer than these, with what is told of people beside them.
const FEWER_THAN_THE_OUTBOX_HOLDS: usize = 100;
/// One for commands and one for subscriptions.
const CONNECTIONS_OF_A_PROCESS: usize = 2;
const SONGS_OF_A_FULL_QUEUE: u64 = 100;
/// Who adds so many songs stays below what one person may add in an hour.
const SONGS_EACH: u64 = 25;
const BYTES_OF_A_VOTE: usize = 512;

async fn next(seat: &mut Seat) -> SeatEvent {
    tokio::time::timeout(PATIENCE, seat.next())
        .await
        .expect("it comes in time")
}

fn read(frame: &Frame) -> ServerFrame {
    serde_json::from_slice(&frame.0).expect("frames are JSON")
}

/// What the seat's browser begins with.
fn opening(seat: &mut Seat) -> Snapshot {
    let opening = std::mem::take(&mut seat.opening);
    match read(&opening[0]) {
        ServerFrame::Snapshot(snapshot) => *snapshot,
        other => panic!("a socket begins with a snapshot, not with {other:?}"),
    }
}

/// The next event of a seat that keeps up, with its bytes.
async fn next_event(seat: &mut Seat) -> (Event, usize) {
    loop {
        match next(seat).await {
            SeatEvent::Frame(frame) => {
                if let ServerFrame::Event(event) = read(&frame) {
                    return (event, frame.0.len());
                }
            }
            other => panic!("it was read all along: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_seat_that_nobody_reads_for_too_long_goes_on_from_a_fresh_snapshot() {
    let house = House::open().await;
    house.wait_for_no_disk().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    let mut unread = house.join(&main, "ben").await;
    let mut read_all_along = house.join(&main, "cleo").await;
    let mut copy = opening(&mut read_all_along);
    for n in 0..MORE_THAN_THE_OUTBOX_HOLDS {
        house
            .vote(&main, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await
            .expect("the vote counts");
        let (event, _) = next_event(&mut read_all_along).await;
        assert_eq!(copy.apply(&event), Applied::Forward);
    }
    let server = house.snapshot(&main).await;
    assert_eq!(copy, server);
    let SeatEvent::Lagged(fresh) = next(&mut unread).await else {
        panic!("it goes on as if it had missed nothing");
    };
    let ServerFrame::Snapshot(mut fresh) = read(&fresh) else {
        panic!("it is told something else than how the nest is");
    };
    assert_eq!(*fresh, server);
    // And nothing is missed or comes twice behind it.
    house.add(&main, "dora", 2).await;
    let (event, _) = next_event(&mut unread).await;
    assert_eq!(fresh.apply(&event), Applied::Forward);
    assert_eq!(*fresh, house.snapshot(&main).await);
    drop((unread, read_all_along));
    house.close().await;
}

/// More people vote for a song that waits than a seat's outbox holds; this one reads along.
async fn more_votes_than_the_outbox_holds(house: &House, nest: &NestId, along: &mut Seat) {
    house.add(nest, "anna", 0).await;
    house.until_it_plays(nest).await;
    let song = house.add(nest, "anna", 1).await;
    for n in 0..MORE_THAN_THE_OUTBOX_HOLDS {
        house
            .vote(nest, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await
            .expect("the vote counts");
        let is_vote =
            |f: &ServerFrame| matches!(f, ServerFrame::Event(e) if matches!(e.change, Change::Voted { .. }));
        frame(along, "the vote", is_vote).await;
    }
}

/// How a seat ends that is read until it does, and what it was told until then.
async fn read_to_the_end(seat: &mut Seat) -> (Vec<SeatEvent>, CloseReason) {
    let mut told = Vec::new();
    loop {
        match next(seat).await {
            SeatEvent::Closed(reason) => return (told, reason),
            event => told.push(event),
        }
    }
}

/// The end was among what a seat had missed, and it stayed open in a nest that was over: pings answered, wishes refused.
#[tokio::test]
async fn fault_a_seat_that_lagged_never_heard_that_its_nest_was_over() {
    let house = House::open().await;
    house.wait_for_no_disk().await;
    let card = house.build("Over").await;
    let nest = &card.nest_id;
    let mut unread = house.join(nest, "ben").await;
    let mut read_all_along = house.join(nest, "cleo").await;
    more_votes_than_the_outbox_holds(&house, nest, &mut read_all_along).await;
    let wish = RestartWish {
        mode: RestartMode::Force,
        expected_generation: None,
        keep_queue: false,
    };
    let restarted = house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), wish)
        .await;
    restarted.expect("restarted");
    let (_, reason) = read_to_the_end(&mut read_all_along).await;
    assert_eq!(reason, CloseReason::NestRestarted);
    let (told, reason) = read_to_the_end(&mut unread).await;
    assert!(
        matches!(told.first(), Some(SeatEvent::Lagged(_))),
        "it was too slow: {told:?}"
    );
    assert_eq!(reason, CloseReason::NestRestarted);
    drop((unread, read_all_along));
    house.close().await;
}

/// That the store is back was among what a seat had missed, and its page said "the store is away" for good.
#[tokio::test]
async fn fault_a_seat_that_lagged_never_heard_that_the_store_is_back() {
    let house = House::open().await;
    house.wait_for_no_disk().await;
    let main = NestId::main();
    let mut slow = house.join(&main, "ben").await;
    let mut read_all_along = house.join(&main, "cleo").await;
    let mut kill = redis::cmd("CLIENT");
    kill.arg("KILL").arg("TYPE").arg("pubsub");
    let _: usize = kill
        .query_async(&mut house.redis().await)
        .await
        .expect("the line of news is cut");
    let store = |wanted: bool| move |f: &ServerFrame| matches!(f, ServerFrame::Store { up } if *up == wanted);
    frame(&mut slow, "the store is away", store(false)).await;
    frame(&mut read_all_along, "the store is back", store(true)).await;
    more_votes_than_the_outbox_holds(&house, &main, &mut read_all_along).await;
    assert!(matches!(next(&mut slow).await, SeatEvent::Lagged(_)));
    frame(&mut slow, "the store is back", store(true)).await;
    drop((slow, read_all_along));
    house.close().await;
}

#[tokio::test]
async fn a_seat_that_is_read_late_but_in_time_misses_nothing() {
    let house = House::open().await;
    house.wait_for_no_disk().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    let mut late = house.join(&main, "ben").await;
    let mut copy = opening(&mut late);
    for n in 0..FEWER_THAN_THE_OUTBOX_HOLDS {
        house
            .vote(&main, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await
            .expect("the vote counts");
    }
    for _ in 0..FEWER_THAN_THE_OUTBOX_HOLDS {
        let (event, _) = next_event(&mut late).await;
        assert_eq!(copy.apply(&event), Applied::Forward);
    }
    assert_eq!(copy, house.snapshot(&main).await);
    drop(late);
    house.close().await;
}

/// How many connections Redis has beside the one that asks, and how many of them listen to the nest.
async fn connections_and_subscribers(
    redis: &mut redis::aio::MultiplexedConnection,
    nest: &NestId,
) -> (usize, usize) {
    let list: String = redis::cmd("CLIENT")
        .arg("LIST")
        .query_async(redis)
        .await
        .expect("the connections");
    let mut count = redis::cmd("PUBSUB");
    count.arg("NUMSUB").arg(keys::channel(nest));
    let (_, subscribers): (String, usize) = count.query_async(redis).await.expect("a number");
    (list.lines().count() - 1, subscribers)
}

/// A connection that is being closed is counted for a moment longer.
async fn until_connections_and_subscribers_are(house: &House, nest: &NestId, wanted: (usize, usize)) {
    let mut redis = house.redis().await;
    let mut seen = (0, 0);
    let waiting = async {
        while seen != wanted {
            seen = connections_and_subscribers(&mut redis, nest).await;
            tokio::task::yield_now().await;
        }
    };
    if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
        panic!("there should be {wanted:?} connections and subscribers, and there are {seen:?}");
    }
}

/// A hundred seats take no more connections and subscriptions than one.
#[tokio::test]
async fn fault_two_redis_connections_per_socket() {
    let house = House::open().await;
    let main = NestId::main();
    let mut first = house.join(&main, "listener-0").await;
    let of_one = (CONNECTIONS_OF_A_PROCESS, 1);
    until_connections_and_subscribers_are(&house, &main, of_one).await;
    let mut seats = Vec::new();
    for n in 1..100 {
        seats.push(house.join(&main, &format!("listener-{n}")).await);
    }
    let all = |f: &ServerFrame| matches!(f, ServerFrame::People { count: 100, .. });
    frame(&mut first, "everybody is here", all).await;
    until_connections_and_subscribers_are(&house, &main, of_one).await;
    // The numbers tell what they should: a second process comes with its own.
    let other = house.another_process().await;
    seats.push(other.join(&main, "elsewhere").await);
    let of_two = (2 * CONNECTIONS_OF_A_PROCESS, 2);
    until_connections_and_subscribers_are(&house, &main, of_two).await;
    drop((first, seats));
    other.close().await;
    house.close().await;
}

/// A vote is told in as few bytes, however full the queue is.
#[tokio::test]
async fn fault_70_kb_per_client_and_change() {
    let source = Arc::new(Imagined::default());
    let house = House::open_with_source(source, |settings| settings.use_bender = false).await;
    house.wait_for_no_disk().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    for n in 0..SONGS_OF_A_FULL_QUEUE {
        let add = Command::Add {
            track: imagined::track(Asked::Track, n).uri,
        };
        house
            .act(&main, &format!("adder-{}", n / SONGS_EACH), add)
            .await
            .expect("the add counts");
    }
    let mut seat = house.join(&main, "ben").await;
    let whole = seat.opening[0].0.len();
    let full = opening(&mut seat);
    assert_eq!(full.songs.len() as u64, SONGS_OF_A_FULL_QUEUE);
    assert!(
        whole > 20 * BYTES_OF_A_VOTE,
        "the whole queue is no small frame: {whole}"
    );
    for queued in &full.songs {
        house
            .vote(&main, "ben", &queued.song.id, Some(Vote::Up))
            .await
            .expect("the vote counts");
        let (event, bytes) = next_event(&mut seat).await;
        assert!(bytes <= BYTES_OF_A_VOTE, "{bytes} bytes for {event:?}");
    }
    drop(seat);
    house.close().await;
}
