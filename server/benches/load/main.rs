//! The load client behind `make bench`: starts the release program, plays a crowd, prints one table.
//!
//! It stands outside: it speaks HTTP, the live socket and Redis' own statistics, and reads from the system what the
//! program costs. docs/BENCHMARKS.md says what each figure means. Names of measurements as arguments run only those.

mod audience;
mod crowd;
mod first_page;
mod full_queue;
mod idle_nests;
mod listener;
mod music;
mod process;
mod program;
mod redis_stats;
mod sheet;
mod visitor;
mod votes;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use sheet::Sheet;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;
pub type Outcome<T> = Result<T, Failure>;

/// One measurement, its program's start and end included. The longest takes a third of this.
const MEASUREMENT_TIME: Duration = Duration::from_secs(8 * 60);
/// Sockets of the largest crowd, and the client's other files.
const OPEN_FILES: u64 = crowd::LARGEST as u64 + 512;
const NAMES: [&str; 4] = ["votes", "page", "crowd", "idle"];

#[tokio::main]
async fn main() -> ExitCode {
    // cargo itself passes `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let Some(unknown) = wanted.iter().find(|name| !NAMES.contains(&name.as_str())) {
        eprintln!(
            "there is no measurement called {unknown}; there are {}",
            NAMES.join(", ")
        );
        return ExitCode::FAILURE;
    }
    match rlimit::increase_nofile_limit(OPEN_FILES) {
        Ok(limit) if limit >= OPEN_FILES => {}
        Ok(limit) => {
            eprintln!("the system allows {limit} open files; {OPEN_FILES} are needed: ulimit -n {OPEN_FILES}")
        }
        Err(error) => eprintln!("cannot raise the number of open files: {error}"),
    }

    let mut sheet = Sheet::default();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wish| wish == name);
    let mut all_measured = true;
    if is_wanted("votes") {
        all_measured &= measured("votes", &mut sheet, votes::measure).await;
    }
    if is_wanted("page") {
        all_measured &= measured("page", &mut sheet, first_page::measure).await;
    }
    if is_wanted("crowd") {
        all_measured &= measured("crowd", &mut sheet, crowd::measure).await;
    }
    if is_wanted("idle") {
        all_measured &= measured("idle", &mut sheet, idle_nests::measure).await;
    }

    match write!(std::io::stdout().lock(), "\n{sheet}") {
        Ok(()) if all_measured => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// A measurement that fails leaves its reason in the table and the others their turn.
async fn measured(
    name: &str,
    sheet: &mut Sheet,
    measure: impl AsyncFnOnce(&mut Sheet) -> Outcome<()>,
) -> bool {
    eprintln!("measuring: {name}");
    let why = match tokio::time::timeout(MEASUREMENT_TIME, measure(sheet)).await {
        Ok(Ok(())) => return true,
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => format!("it took longer than {} s", MEASUREMENT_TIME.as_secs()),
    };
    sheet.note(format!("{name}: NOT MEASURED"), why);
    false
}
