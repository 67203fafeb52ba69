//! What something costs at Redis: commands, counted by Redis itself.

use std::collections::BTreeMap;

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

/// How many commands Redis carries out for `what`, inside scripts and out; and its answer.
pub async fn commands_of<T>(house: &House, what: impl Future<Output = T>) -> (u64, T) {
    let (commands, answer) = commands_by_name(house, what).await;
    (commands.values().sum(), answer)
}

/// The same by the commands' names.
pub async fn commands_by_name<T>(house: &House, what: impl Future<Output = T>) -> (BTreeMap<String, u64>, T) {
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
        let calls = rest.split(',').next()?.parse().ok()?;
        (!BESIDE.contains(&name)).then(|| (name.to_owned(), calls))
    });
    (calls.collect(), answer)
}
