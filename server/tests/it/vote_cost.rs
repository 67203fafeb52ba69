//! What a vote through a socket costs at Redis, everything counted, whoever listens.

use std::time::{Duration, Instant};

use nests::queue::{SongId, Vote};
use nests::wire::{Command, ServerFrame};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::support::{House, Tab};

const VOTES: usize = 256;
/// A socket takes so many at once, and then ten a second.
const BURST: usize = 20;
const PACE: Duration = Duration::from_millis(110);
/// Fewer than a person may have.
const SOCKETS_OF_A_PERSON: usize = 10;
/// What the house does by itself is counted for this long.
const IDLE: Duration = Duration::from_secs(5);
/// One script call, in it one append to the log and one publish: 3. Every 128th vote is written through, and so is what came before.
const MOST: f64 = 3.5;
/// What the sockets that only listen may add or take: nothing, but for what comes and goes by itself.
const TOLERANCE: f64 = 0.3;

#[tokio::test]
async fn a_vote_through_a_socket_costs_three_commands_and_a_bit_at_one_and_at_a_hundred_sockets() {
    let (at_one, at_hundred) = tokio::join!(cost_of_a_vote(1), cost_of_a_vote(100));
    for (sockets, cost) in [(1, at_one), (100, at_hundred)] {
        assert!(
            (2.5..=MOST).contains(&cost),
            "{cost:.2} Redis commands for a vote at {sockets} sockets: 3 and what is written through are expected"
        );
    }
    assert!(
        (at_one - at_hundred).abs() <= TOLERANCE,
        "{at_one:.2} Redis commands for a vote at one socket, {at_hundred:.2} at a hundred"
    );
}

/// All commands while people vote, less what the same house asks for by itself in that time, shared out among the votes.
async fn cost_of_a_vote(sockets: usize) -> f64 {
    let house = House::open_with(&[], |settings| settings.leave_grace = Duration::ZERO).await;
    let anna = house.guest("Anna").await;
    let song = house.with_a_song_waiting(&anna).await;
    let song = SongId::parse(&song).expect("an id");
    // However long this takes, the song goes on waiting.
    anna.post("/api/nests/main/commands", json!("pause"))
        .await
        .expect(200);
    let mut tabs = joined(&house, sockets).await;

    let mut store = house.store();
    store.reset_counters();
    let begun = Instant::now();
    everybody_votes(&mut tabs, &song).await;
    let (while_voting, took) = (total(&house), begun.elapsed());
    store.reset_counters();
    let begun = Instant::now();
    sleep(IDLE).await; // the length of the measurement, which waits for nothing
    let idle = total(&house) / begun.elapsed().as_secs_f64();
    (while_voting - idle * took.as_secs_f64()) / VOTES as f64
}

/// All but what counting takes.
fn total(house: &House) -> f64 {
    let counted = house.store().counted();
    let all = counted
        .iter()
        .filter(|(name, _)| !["info", "config|resetstat"].contains(&name.as_str()));
    all.map(|(_, calls)| *calls as f64).sum()
}

/// So many sockets, of as few people as may be; everybody is counted, and Anna, who had a tab for a moment, is not any more.
async fn joined(house: &House, sockets: usize) -> Vec<Tab> {
    let mut tabs = Vec::new();
    let mut people = 0;
    while tabs.len() < sockets {
        people += 1;
        let person = house.guest(&format!("Listener {people}")).await;
        while tabs.len() < sockets.min(people * SOCKETS_OF_A_PERSON) {
            tabs.push(house.tab(&person).await);
        }
    }
    let all =
        |frame| matches!(frame, ServerFrame::People { count, .. } if count as usize == people).then_some(());
    tabs[0].frame_that(all).await;
    tabs
}

/// In turn through all sockets. Each person changes their mind each time, so that every vote counts.
async fn everybody_votes(tabs: &mut [Tab], song: &SongId) {
    let mut votes = vec![None; tabs.len().div_ceil(SOCKETS_OF_A_PERSON)];
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for n in 0..VOTES {
        if n >= BURST / 2 * tabs.len() {
            pace.tick().await;
        }
        let at = n % tabs.len();
        let vote = match votes[at / SOCKETS_OF_A_PERSON] {
            Some(Vote::Up) => Vote::Down,
            Some(Vote::Down) | None => Vote::Up,
        };
        votes[at / SOCKETS_OF_A_PERSON] = Some(vote);
        let (id, song) = (n as u32 + 1, song.clone());
        tabs[at]
            .wish(
                id,
                Command::Vote {
                    song,
                    vote: Some(vote),
                },
            )
            .await;
        tabs[at].answer_to(id).await.expect("the vote counts");
    }
}
