//! Who is here, over the sockets: coming, going, and lines that drop. The clock of the program is turned.

use std::time::Duration;

use nests::nest::member::Listener;
use nests::nest::{MemberId, NestId, Person};
use nests::wire::ServerFrame;
use tokio::time::timeout;

use super::support::house::PATIENCE;
use super::support::{House, Tab};

/// Every screen is right by then.
const RIGHT_WITHIN: Duration = Duration::from_secs(2);
const DROP: Duration = Duration::from_secs(5);
/// The grace of a lost connection is ten seconds.
const REST_OF_THE_GRACE: Duration = Duration::from_secs(6);
const GRACE: Duration = Duration::from_secs(11);
/// A browser that says nothing for a minute is gone.
const SILENCE: Duration = Duration::from_secs(61);
/// What is left until the 90 s of a membership are over.
const UNTIL_NINETY: Duration = Duration::from_secs(90 - 61);

/// Lets so much time pass for everything in the program.
async fn turn_the_clock(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}

/// Waits until the program knows of so many sockets, no more and no fewer.
async fn sockets(house: &House, wanted: usize) {
    let so_many = async {
        while house.state.house.places.count() != wanted {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, so_many).await.expect("in time");
}

/// Who is here, once the tab is told that so many are.
async fn listeners_when(tab: &mut Tab, wanted: u32) -> Vec<Listener> {
    tab.frame_that(|frame| match frame {
        ServerFrame::People { count, people, .. } if count == wanted => Some(people),
        _ => None,
    })
    .await
}

/// What the tab is told of how many are here, until it is `last`.
async fn counts_until(tab: &mut Tab, last: u32) -> Vec<u32> {
    let mut told = Vec::new();
    while told.last() != Some(&last) {
        let count = |frame| match frame {
            ServerFrame::People { count, .. } => Some(count),
            _ => None,
        };
        told.push(tab.frame_that(count).await);
    }
    told
}

#[tokio::test]
async fn the_count_is_right_on_every_screen_within_two_seconds() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let mut annas = house.tab(&anna).await;
    timeout(RIGHT_WITHIN, counts_until(&mut annas, 1))
        .await
        .expect("Anna alone");
    let mut bens = house.tab(&ben).await;
    for tab in [&mut annas, &mut bens] {
        timeout(RIGHT_WITHIN, counts_until(tab, 2))
            .await
            .expect("both of them");
    }
}

#[tokio::test]
async fn everybody_is_told_since_when_each_listener_is_here() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let now = || house.state.engine.now();
    let before = now();
    let mut annas = house.tab(&anna).await;
    let alone = listeners_when(&mut annas, 1).await;
    let between = now();
    let mut bens = house.tab(&ben).await;
    for tab in [&mut annas, &mut bens] {
        let both = listeners_when(tab, 2).await;
        let since = |name: &str| {
            let listener = both.iter().find(|listener| listener.person.name == name);
            listener.expect("she or he is here").since
        };
        assert!((before..=between).contains(&since("Anna")), "{both:?}");
        assert_eq!(since("Anna"), alone[0].since, "nobody came anew");
        assert!((between..=now()).contains(&since("Ben")), "{both:?}");
    }
}

#[tokio::test]
async fn a_line_that_drops_for_five_seconds_is_seen_by_nobody_else() {
    let house = House::open().await;
    let (anna, ben, cleo) = (
        house.guest("Anna").await,
        house.guest("Ben").await,
        house.guest("Cleo").await,
    );
    let mut annas = house.tab(&anna).await;
    let bens = house.tab(&ben).await;
    counts_until(&mut annas, 2).await;
    drop(bens);
    sockets(&house, 1).await;
    turn_the_clock(DROP).await;
    let _back = house.tab(&ben).await;
    let cleos = house.tab(&cleo).await;
    let told = counts_until(&mut annas, 3).await;
    assert!(told.iter().all(|count| *count >= 2), "{told:?}");

    // The grace of the line that dropped ends, and changes nothing. Who stays away is told.
    turn_the_clock(REST_OF_THE_GRACE).await;
    drop(cleos);
    sockets(&house, 2).await;
    turn_the_clock(GRACE).await;
    let told = counts_until(&mut annas, 2).await;
    assert!(told.iter().all(|count| *count >= 2), "{told:?}");
}

/// A laptop that is shut, a phone without battery: no goodbye ever comes.
#[tokio::test]
async fn a_browser_that_crashed_is_no_listener_any_more_after_ninety_seconds() {
    let house = House::open().await;
    let ben = house.guest("Ben").await;
    let engine = &house.state.engine;
    let onlooker = Person {
        id: MemberId::parse("g-onlooker").expect("an id"),
        name: "Onlooker".to_owned(),
    };
    let main = NestId::main();
    let _seat = engine.join(&main, &onlooker, None).await.expect("let in");
    let mut bens = house.tab(&ben).await;
    counts_until(&mut bens, 2).await;
    turn_the_clock(SILENCE).await;
    assert_eq!(bens.closed_with().await, 1001, "the line is given up");
    sockets(&house, 0).await;
    turn_the_clock(UNTIL_NINETY).await;
    let alone = async {
        while engine.people(&main).await.expect("the list").count != 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(RIGHT_WITHIN, alone).await.expect("only the onlooker");
}
