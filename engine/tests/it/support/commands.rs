//! What something costs at Redis: commands, counted by Redis itself.

use super::House;

/// What goes on beside every test by itself (heartbeats, the player's look at the clock) and what counting takes: commands that
/// nothing which is counted makes use of.
const BESIDE: [&str; 6] = [
    "config|resetstat",
    "info",
    "ping",
    "client|setinfo",
    "hello",
    "zrange",
];

/// How many commands Redis carries out for `what`, inside scripts and out, those of `beside` left out as well; and its answer.
pub async fn commands_of<T>(house: &House, beside: &[&str], what: impl Future<Output = T>) -> (u64, T) {
    let mut redis = house.redis().await;
    let _: () = redis::cmd("CONFIG")
        .arg("RESETSTAT")
        .query_async(&mut redis)
        .await
        .expect("counters are reset");
    let answer = what.await;
    let stats: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(&mut redis)
        .await
        .expect("counters");
    let calls = stats.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let counts = !BESIDE.contains(&name) && !beside.contains(&name);
        counts.then(|| rest.split(',').next()?.parse::<u64>().ok())?
    });
    (calls.sum(), answer)
}
