//! What two thousand nests cost in which nobody is.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::Outcome;
use crate::music::Covers;
use crate::process::Process;
use crate::program::Program;
use crate::sheet::{Sheet, percent_of_a_core};
use crate::visitor::Visitor;

const NESTS: usize = 2_000;
/// As long as the pause between two clean-ups, so that exactly one of them is in it.
const WINDOW: Duration = Duration::from_secs(60);
/// Until what the start, or the building, left to do is done.
const SETTLE_TIME: Duration = Duration::from_secs(5);
const MOST_PERCENT: f64 = 1.0;

pub async fn measure(sheet: &mut Sheet) -> Outcome<()> {
    // They would fall asleep after five minutes, and cost nothing at all.
    let program = Program::start(
        Covers::None,
        &[("NEST_MAX_ACTIVE", "3000"), ("NEST_MAX_INACTIVE_MINUTES", "600")],
    )
    .await?;
    let people = Visitor::crowd(&program, 1)?;
    let builder = people.first().ok_or("nobody came")?;
    let redis = program.redis()?.process()?;

    let without = Idle::watch(program.server, redis).await?;
    let began = Instant::now();
    for n in 0..NESTS {
        builder.post("/api/nests", &json!({"name": format!("Idle nest number {n}")}))?;
    }
    let building = began.elapsed();
    let with = Idle::watch(program.server, redis).await?;

    sheet.note(
        "building a nest",
        format!("{:.2} ms", building.as_secs_f64() * 1000.0 / NESTS as f64),
    );
    sheet.note(
        "server and Redis with no nest but the Main Nest",
        format!("{:.2} % of a core", without.sum()),
    );
    let what = format!("server and Redis with {NESTS} idle nests");
    sheet.hold(what, with.sum(), MOST_PERCENT, "% of a core");
    sheet.note("of that the server", format!("{:.2} % of a core", with.server));
    let ratio = if without.sum() > 0.0 {
        format!("{:.1} times", with.sum() / without.sum())
    } else {
        "-".into()
    };
    sheet.note("with and without them", ratio);
    program.stop().await
}

/// Percent of a core.
struct Idle {
    server: f64,
    redis: f64,
}

impl Idle {
    async fn watch(server: Process, redis: Process) -> Outcome<Self> {
        tokio::time::sleep(SETTLE_TIME).await;
        let (server_before, redis_before, began) = (server.cpu()?, redis.cpu()?, Instant::now());
        tokio::time::sleep(WINDOW).await;
        let elapsed = began.elapsed();
        Ok(Self {
            server: percent_of_a_core(server.cpu()? - server_before, elapsed),
            redis: percent_of_a_core(redis.cpu()? - redis_before, elapsed),
        })
    }

    fn sum(&self) -> f64 {
        self.server + self.redis
    }
}
