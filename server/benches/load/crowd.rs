//! What a crowd costs: memory per socket, and processor time per event delivered.

use std::time::Duration;

use crate::Outcome;
use crate::audience::Audience;
use crate::full_queue;
use crate::music::Covers;
use crate::process::Memory;
use crate::program::Program;
use crate::sheet::Sheet;
use crate::visitor::Visitor;

const FIRST: usize = 1_000;
pub const LARGEST: usize = 5_000;
/// Ten sockets each in the largest crowd; the program allows 32.
const PEOPLE: usize = 500;
const VOTES: usize = 300;
const MOST_KILOBYTES: f64 = 8.0;
/// Until the lists of people that every arrival makes are out, and what they took is free again.
const SETTLE_TIME: Duration = Duration::from_secs(3);

pub async fn measure(sheet: &mut Sheet) -> Outcome<()> {
    let program = Program::start(Covers::None, &[]).await?;
    let people = Visitor::crowd(&program, PEOPLE + 1)?;
    let (host, voters) = people.split_last().ok_or("nobody came")?;
    let songs = full_queue::fill(host).await?;
    let redis = program.redis()?.process()?;
    tokio::time::sleep(SETTLE_TIME).await;
    let empty = program.server.memory()?;
    sheet.note(
        "memory of the server, nobody there",
        format!("{:.1} MB", empty.resident as f64 / 1024.0),
    );

    let mut audience = Audience::of(&program, voters);
    audience.grow_to(FIRST).await?;
    tokio::time::sleep(SETTLE_TIME).await;
    let at_first = program.server.memory()?;
    note_memory(sheet, empty, at_first, FIRST);

    let (server_before, redis_before) = (program.server.cpu()?, redis.cpu()?);
    for n in 0..VOTES {
        audience.vote(n, &songs[n % songs.len()]).await?;
    }
    let (server, redis) = (program.server.cpu()? - server_before, redis.cpu()? - redis_before);
    let delivered = (VOTES * FIRST) as f64;
    let microseconds = |time: Duration, of: f64| format!("{:.2} µs", time.as_secs_f64() * 1e6 / of);
    sheet.note(
        format!("server's time per event delivered ({VOTES} votes × {FIRST})"),
        microseconds(server, delivered),
    );
    sheet.note("Redis' time per event delivered", microseconds(redis, delivered));
    sheet.note(
        "server and Redis per vote",
        microseconds(server + redis, VOTES as f64),
    );

    audience.grow_to(LARGEST).await?;
    tokio::time::sleep(SETTLE_TIME).await;
    let at_largest = program.server.memory()?;
    note_memory(sheet, empty, at_largest, LARGEST);
    let more = at_largest.resident.saturating_sub(at_first.resident) as f64 / (LARGEST - FIRST) as f64;
    sheet.note(
        format!("memory (RSS) of each one between {FIRST} and {LARGEST}"),
        format!("{more:.2} kB"),
    );
    drop(audience);
    program.stop().await
}

fn note_memory(sheet: &mut Sheet, empty: Memory, full: Memory, sockets: usize) {
    let per_socket = |empty: u64, full: u64| full.saturating_sub(empty) as f64 / sockets as f64;
    let resident = per_socket(empty.resident, full.resident);
    sheet.hold(
        format!("memory (RSS) per socket at {sockets}"),
        resident,
        MOST_KILOBYTES,
        "kB",
    );
    let anonymous = per_socket(empty.anonymous, full.anonymous);
    sheet.note(
        format!("of that written by the program at {sockets}"),
        format!("{anonymous:.2} kB"),
    );
}
