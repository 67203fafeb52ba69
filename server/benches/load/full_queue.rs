//! The Main Nest on a good evening: one song plays, twenty wait.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Outcome;
use crate::music::{ARTIST, TRACKS};
use crate::visitor::Visitor;

const SCAN_TIME: Duration = Duration::from_secs(60);
const START_TIME: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Queues every track, brought by `host`, and gives the ids of the songs that wait.
pub async fn fill(host: &Visitor) -> Outcome<Vec<String>> {
    until(SCAN_TIME, "the music was not found", || {
        let library = host.get("/api/library")?;
        Ok((library["tracks"] == TRACKS && library["scanning"] == false).then_some(()))
    })
    .await?;
    let found = host.get(&format!("/api/search?q={ARTIST}&limit={TRACKS}"))?;
    for track in list(&found, "tracks")? {
        host.post(
            "/api/nests/main/commands",
            &json!({"add": {"track": track["uri"]}}),
        )?;
    }
    until(START_TIME, "the first song did not start", || {
        let queue = host.get("/queue/")?;
        let waiting: Vec<String> = list(&queue, "songs")?
            .iter()
            .filter_map(|song| Some(song["id"].as_str()?.to_owned()))
            .collect();
        Ok((waiting.len() == TRACKS - 1).then_some(waiting))
    })
    .await
}

async fn until<T>(
    most: Duration,
    otherwise: &str,
    mut look: impl FnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let began = Instant::now();
    while began.elapsed() < most {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(otherwise.into())
}

fn list<'a>(answer: &'a Value, name: &str) -> Outcome<&'a [Value]> {
    Ok(answer[name]
        .as_array()
        .ok_or_else(|| format!("{answer} holds no {name}"))?)
}
