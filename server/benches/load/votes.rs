//! What a vote takes: until the last of a hundred listeners has it, and of Redis.

use std::time::Duration;

use crate::Outcome;
use crate::audience::Audience;
use crate::full_queue;
use crate::music::Covers;
use crate::program::Program;
use crate::redis_stats::{Calls, RedisStats};
use crate::sheet::{Sheet, percentile_ms};
use crate::visitor::Visitor;

const LISTENERS: usize = 100;
const WARM_UP: usize = 50;
const VOTES: usize = 400;
/// More than come between two checkpoints of votes: what those cost is in the average.
const COUNTED_VOTES: usize = 150;
/// A socket may ask for ten things a second, for long.
const BETWEEN_WISHES: Duration = Duration::from_millis(110);
const MOST_COMMANDS: f64 = 3.0;
/// Until the list of people, which is gathered when somebody comes, is out.
const PEOPLE_TIME: Duration = Duration::from_secs(1);
/// Counts that a heartbeat fell into are taken again. One comes every 30 s; the longest count, at one socket's pace, takes 17 s, so
/// of three in a row one is free of them.
const ATTEMPTS: usize = 5;

/// What goes on beside the votes: the player's look at the clock, and the counting itself.
const BACKGROUND: [&str; 6] = [
    "zrangebyscore",
    "zrange",
    "ping",
    "info",
    "config|resetstat",
    "client|setinfo",
];
/// What only a heartbeat or the list of people calls.
const HEARTBEAT: [&str; 3] = ["sadd", "srem", "smembers"];

pub async fn measure(sheet: &mut Sheet) -> Outcome<()> {
    let program = Program::start(Covers::None, &[("NEST_CLEANUP_SECONDS", "3600")]).await?;
    let people = Visitor::crowd(&program, LISTENERS + 1)?;
    let (host, voters) = people.split_last().ok_or("nobody came")?;
    let songs = full_queue::fill(host).await?;
    let mut redis = program.redis()?;

    let mut audience = Audience::of(&program, voters);
    audience.grow_to(1).await?;
    let mut commands = Vec::new();
    for listeners in [1, LISTENERS] {
        audience.grow_to(listeners).await?;
        tokio::time::sleep(PEOPLE_TIME).await;
        for way in [Way::Socket, Way::Http] {
            let per_vote = commands_per_vote(&mut audience, way, &mut redis, &songs).await?;
            commands.push((listeners, way, per_vote));
        }
    }

    let mut times = Vec::with_capacity(VOTES);
    for n in 0..WARM_UP + VOTES {
        let time = audience.vote(n, &songs[n % songs.len()]).await?;
        times.extend((n >= WARM_UP).then_some(time));
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("slowest", 1.0)] {
        let what = format!("vote to the last of {LISTENERS} listeners, {name} of {VOTES}");
        sheet.note(what, format!("{:.2} ms", percentile_ms(&times, share)));
    }
    for (listeners, way, per_vote) in commands {
        let what = format!("Redis commands per vote at {listeners} listeners");
        match way {
            Way::Socket => sheet.hold(&what, per_vote, MOST_COMMANDS, ""),
            Way::Http => sheet.note(
                format!("{what}, by HTTP: with the voter's session"),
                format!("{per_vote:.2}"),
            ),
        }
    }
    drop(audience);
    program.stop().await
}

/// How votes come in.
#[derive(Clone, Copy)]
enum Way {
    /// As from every browser whose page is alive: a socket asks once who it is.
    Socket,
    /// As from a form without JavaScript: each one asks.
    Http,
}

/// All that Redis was asked for, checkpoints of votes included.
async fn commands_per_vote(
    audience: &mut Audience<'_>,
    way: Way,
    redis: &mut RedisStats,
    songs: &[String],
) -> Outcome<f64> {
    let mut wishes = tokio::time::interval(BETWEEN_WISHES / audience.count() as u32);
    for _ in 0..ATTEMPTS {
        redis.reset()?;
        for n in 0..COUNTED_VOTES {
            let song = &songs[n % songs.len()];
            match way {
                Way::Socket => {
                    wishes.tick().await;
                    audience.vote(n, song).await?;
                }
                Way::Http => audience.vote_over_http(n, song).await?,
            }
        }
        let calls = redis.calls()?;
        if !HEARTBEAT.iter().any(|name| calls.contains_key(*name)) {
            return Ok(per_vote(&calls));
        }
    }
    Err("heartbeats fell into every count".into())
}

fn per_vote(calls: &Calls) -> f64 {
    let of_votes = calls
        .iter()
        .filter(|(name, _)| !BACKGROUND.contains(&name.as_str()));
    let in_all: u64 = of_votes.map(|(_, count)| count).sum();
    in_all as f64 / COUNTED_VOTES as f64
}
