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
/// Twice as many as wait in the log before votes are written through: what that costs is in the average.
const COUNTED_VOTES: usize = 258;
const MOST_COMMANDS: f64 = 3.0;
/// Until the list of people, which is gathered when somebody comes, is out.
const PEOPLE_TIME: Duration = Duration::from_secs(1);
/// Counts that a heartbeat fell into are taken again. One comes every 30 s, a count takes a second or two.
const ATTEMPTS: usize = 5;

/// What goes on beside the votes: the player's look at the clock, the counting itself, and the voters' sessions, each looked up
/// with one request to Redis as these votes come by HTTP; people's come by a socket, which asks once for all.
const BACKGROUND: [&str; 8] = [
    "zrangebyscore",
    "zrange",
    "get",
    "ttl",
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
    let at_one = commands_per_vote(&mut audience, &mut redis, &songs).await?;
    audience.grow_to(LISTENERS).await?;
    let at_hundred = commands_per_vote(&mut audience, &mut redis, &songs).await?;

    let mut times = Vec::with_capacity(VOTES);
    for n in 0..WARM_UP + VOTES {
        let time = audience.vote(n, &songs[n % songs.len()]).await?;
        times.extend((n >= WARM_UP).then_some(time));
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("slowest", 1.0)] {
        let what = format!("vote to the last of {LISTENERS} listeners, {name} of {VOTES}");
        sheet.note(what, format!("{:.2} ms", percentile_ms(&times, share)));
    }
    for (listeners, commands) in [(1, at_one), (LISTENERS, at_hundred)] {
        let what = format!("Redis commands per vote at {listeners} listeners");
        sheet.hold(&what, commands.at_once, MOST_COMMANDS, "");
        sheet.note(
            format!("{what}, votes written through included"),
            format!("{:.2}", commands.in_all),
        );
    }
    drop(audience);
    program.stop().await
}

struct Commands {
    /// The script, and what every run of it calls.
    at_once: f64,
    /// With what the script of every 129th vote writes for all of them.
    in_all: f64,
}

async fn commands_per_vote(
    audience: &mut Audience<'_>,
    redis: &mut RedisStats,
    songs: &[String],
) -> Outcome<Commands> {
    tokio::time::sleep(PEOPLE_TIME).await;
    for _ in 0..ATTEMPTS {
        redis.reset()?;
        for n in 0..COUNTED_VOTES {
            audience.vote_over_http(n, &songs[n % songs.len()]).await?;
        }
        let calls = redis.calls()?;
        if !HEARTBEAT.iter().any(|name| calls.contains_key(*name)) {
            return Ok(per_vote(&calls));
        }
    }
    Err("heartbeats fell into every count".into())
}

fn per_vote(calls: &Calls) -> Commands {
    let votes = COUNTED_VOTES as u64;
    let of_votes = || {
        calls
            .iter()
            .filter(|(name, _)| !BACKGROUND.contains(&name.as_str()))
    };
    let in_all: u64 = of_votes().map(|(_, count)| count).sum();
    let at_once: u64 = of_votes().map(|(_, count)| count / votes).sum();
    Commands {
        at_once: at_once as f64,
        in_all: in_all as f64 / votes as f64,
    }
}
