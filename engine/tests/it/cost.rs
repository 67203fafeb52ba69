//! What a vote costs: the number this program was built for. And who asks, which is asked with every request.

use engine::Seat;
use engine::store::votes_in_log::VOTES_BETWEEN_CHECKPOINTS;
use nests::nest::NestId;
use nests::nest::member::Nickname;
use nests::queue::{SongId, Vote};
use nests::wire::ServerFrame;

use crate::support::commands::commands_by_name;
use crate::support::{House, frame};

/// So many are counted at once: checkpoints of votes are among them, and cost no command.
const VOTES: u64 = VOTES_BETWEEN_CHECKPOINTS as u64 * 2 + 2;
/// One script call, and within it one append to the log and one publish.
const OF_A_VOTE: [&str; 3] = ["evalsha", "publish", "xadd"];
/// The cleanup's and the player's look at the clock.
const LOOKS: &str = "zrangebyscore";
/// Whoever came a moment ago has the list of people read once more ("smembers"), and every 30 s all who are there are vouched
/// for ("sadd"), each with some commands more. Neither is a vote's: votes are counted again where one of them came between.
const OF_PEOPLE: [&str; 2] = ["smembers", "sadd"];
const TRIES: usize = 3;

/// A vote costs three commands, whoever listens.
#[tokio::test]
async fn fault_every_client_rendered_the_whole_queue_by_itself() {
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
    let wanted: Vec<_> = OF_A_VOTE.map(|name| (name.to_owned(), VOTES)).into();
    assert_eq!(at_one, wanted);
    assert_eq!(at_hundred, wanted);
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

/// What the votes add up to, by the commands' names.
async fn commands_for_votes(house: &House, song: &SongId) -> Vec<(String, u64)> {
    for _ in 0..TRIES {
        let mut commands = commands_by_name(house, all_vote(house, song)).await.0;
        commands.remove(LOOKS);
        if !OF_PEOPLE.iter().any(|name| commands.contains_key(*name)) {
            return commands.into_iter().collect();
        }
    }
    panic!("each time people were listed or vouched for between the votes, so it is the votes' doing");
}

async fn all_vote(house: &House, song: &SongId) {
    let main = NestId::main();
    for n in 0..VOTES {
        let vote = if n % 2 == 0 { Vote::Up } else { Vote::Down };
        house
            .vote(&main, &format!("voter-{}", n / 2), song, Some(vote))
            .await
            .expect("the vote counts");
    }
}

/// All that a session is read and kept with.
const OF_SESSIONS: [&str; 5] = ["get", "ttl", "expire", "getex", "set"];

/// Every page and every piece of music wrote to the disk who had asked for it.
#[tokio::test]
async fn fault_reading_a_session_was_a_write() {
    let house = House::open().await;
    let nickname = Nickname::parse("Anna").expect("a nickname");
    let (session, anna) = house.engine.open_session(nickname).await.expect("she comes in");
    let read = async || {
        let read = house.engine.session(&session).await.expect("the store answers");
        read.expect("she is in")
    };
    let twice = async || [read().await, read().await];
    let (commands, read) = commands_by_name(&house, twice()).await;
    let of_sessions: Vec<_> = commands
        .iter()
        .filter(|(name, _)| OF_SESSIONS.contains(&name.as_str()))
        .map(|(name, times)| (name.as_str(), *times))
        .collect();
    assert_eq!(of_sessions, [("get", 2), ("ttl", 2)]);
    assert!(read.iter().all(|read| read.person == anna && !read.is_renewed));
    house.close().await;
}
