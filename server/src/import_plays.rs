//! `nests import-plays`: what it says while old play logs are read, and how it ends.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use engine::plays::import::{Summary, bytes_in, import_plays};
use engine::{AddressKey, EngineSettings};

use crate::config::Config;
use crate::config::secret::Secret;
use crate::startup;

/// Steps of the bar.
const BAR: u64 = 40;
/// Where nobody watches the bar, progress is a line each time this many percent are done.
const TELL_EVERY_PERCENT: u64 = 10;

/// Reads the logs and tells about it: progress on standard error, the summary on standard output. Broken lines are told,
/// and are no failure.
pub async fn run(config: &Config, files: &[PathBuf]) -> ExitCode {
    let key = match ready(config, files) {
        Ok(key) => key,
        Err(why) => {
            eprintln!("nests: {why}");
            return ExitCode::FAILURE;
        }
    };
    let settings = EngineSettings {
        address_key: AddressKey::new(key.expose()),
        ..startup::engine_settings(config)
    };
    let mut progress = Progress::default();
    let imported = import_plays(&settings, files, |so_far, total| progress.tell(so_far, total)).await;
    progress.end();
    match imported {
        Ok(summary) => match io::stdout().write_all(told(&summary).as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            eprintln!("nests: {error}. What was read so far stays; run it again");
            ExitCode::FAILURE
        }
    }
}

/// The key by which people are known, with a folder to keep it in. Not before all files are there: where a name was mistyped,
/// nothing is made.
fn ready(config: &Config, files: &[PathBuf]) -> Result<Secret, String> {
    bytes_in(files).map_err(|error| format!("{error}. Nothing was imported"))?;
    startup::open_data_dir(config).map_err(|error| error.to_string())?;
    startup::signing_key(config).map_err(|error| error.to_string())
}

#[derive(Default)]
struct Progress {
    percent: u64,
    has_bar: bool,
}

impl Progress {
    fn tell(&mut self, so_far: &Summary, total: u64) {
        let percent = 100 * so_far.bytes / total.max(1);
        let line = format!(
            "{percent:>3} %  {} lines, {} new plays",
            so_far.lines, so_far.added
        );
        if io::stderr().is_terminal() {
            self.has_bar = true;
            eprint!("\r{} {line}", bar(percent));
        } else if percent / TELL_EVERY_PERCENT > self.percent / TELL_EVERY_PERCENT {
            eprintln!("{line}");
        }
        self.percent = percent;
    }

    /// Leaves the bar's line.
    fn end(&self) {
        if self.has_bar {
            eprintln!();
        }
    }
}

/// The bar with so many percent of it done. A file that grew while it was read makes it no longer.
fn bar(percent: u64) -> String {
    let done = (BAR * percent / 100).min(BAR) as usize;
    format!("[{}{}]", "#".repeat(done), ".".repeat(BAR as usize - done))
}

fn told(summary: &Summary) -> String {
    let named: String = summary
        .named
        .iter()
        .map(|broken| format!("  {}:{}: {}\n", broken.file.display(), broken.line, broken.why))
        .collect();
    let unnamed = match summary.broken - summary.named.len() as u64 {
        0 => String::new(),
        more => format!("  and {more} more broken lines\n"),
    };
    let Summary {
        lines,
        added,
        known,
        benders,
        elsewhere,
        broken,
        ..
    } = summary;
    format!(
        "{named}{unnamed}{lines} lines: {added} new plays, {known} known already, {benders} of Bender's, {elsewhere} of podcasts \
         or of sources this version doesn't know, {broken} broken\n"
    )
}

#[cfg(test)]
mod tests {
    use engine::plays::import::BrokenLine;
    use engine::plays::log_line::Broken;

    use super::*;

    #[test]
    fn the_bar_fills_with_what_is_done_and_is_always_as_long() {
        let table = [
            (0, "[........................................]"),
            (1, "[........................................]"),
            (50, "[####################....................]"),
            (99, "[#######################################.]"),
            (100, "[########################################]"),
            (120, "[########################################]"),
        ];
        for (percent, shown) in table {
            assert_eq!(bar(percent), shown, "{percent} %");
        }
    }

    #[test]
    fn the_summary_names_broken_lines_and_counts_the_rest() {
        let summary = Summary {
            lines: 12,
            added: 5,
            known: 2,
            benders: 1,
            elsewhere: 1,
            broken: 3,
            named: vec![BrokenLine {
                file: "play_log_2020_01_31.json".into(),
                line: 7,
                why: Broken::Date,
            }],
            bytes: 1000,
        };
        assert_eq!(
            told(&summary),
            "  play_log_2020_01_31.json:7: endtime is no date\n  and 2 more broken lines\n\
             12 lines: 5 new plays, 2 known already, 1 of Bender's, 1 of podcasts or of sources this version doesn't know, 3 broken\n"
        );
    }
}
