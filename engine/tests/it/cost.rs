//! What a vote costs: the number this program was built for.

use engine::Seat;
use nests::nest::NestId;
use nests::queue::{SongId, Vote};
use nests::wire::ServerFrame;

use crate::support::commands::commands_of;
use crate::support::{House, frame};

const VOTES: u64 = 60;
/// One script call, and within it one append to the log and one publish.
const COMMANDS_PER_VOTE: u64 = 3;

#[tokio::test]
async fn a_vote_costs_three_redis_commands_whoever_listens() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(&main, "anna", 1).await;
    let mut first = house.join(&main, "listener-0").await;
    everybody_is_counted(&mut first, 1).await;
    let mut seats = Vec::new();
    let at_one = commands_for_votes(&house, &song).await;
    for n in 1..100 {
        seats.push(house.join(&main, &format!("listener-{n}")).await);
    }
    everybody_is_counted(&mut first, 100).await;
    let at_hundred = commands_for_votes(&house, &song).await;
    assert_eq!(at_one, VOTES * COMMANDS_PER_VOTE);
    assert_eq!(at_hundred, VOTES * COMMANDS_PER_VOTE);
    drop(seats);
    house.close().await;
}

/// The list of people is read a moment after somebody came: not in the middle of our counting, please.
async fn everybody_is_counted(seat: &mut Seat, people: u32) {
    frame(
        seat,
        "everybody is here",
        |f| matches!(f, ServerFrame::People { count, .. } if *count == people),
    )
    .await;
}

/// What the votes add up to, beside the cleanup's look at the clock.
async fn commands_for_votes(house: &House, song: &SongId) -> u64 {
    let main = NestId::main();
    let votes = async {
        for n in 0..VOTES {
            let vote = if n % 2 == 0 { Vote::Up } else { Vote::Down };
            house
                .vote(&main, &format!("voter-{}", n / 2), song, Some(vote))
                .await
                .expect("the vote counts");
        }
    };
    commands_of(house, &["zrangebyscore"], votes).await.0
}
