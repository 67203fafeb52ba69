//! The program `nests`: reads its arguments and settings, starts, and says in plain words when it cannot.

use std::io::Write as _;
use std::process::ExitCode;

use server::command_line::{self, Errand};
use server::config::Config;
use server::{import_plays, logging, migrate_keys, startup};

fn main() -> ExitCode {
    let errand = match command_line::parse(std::env::args().skip(1)) {
        Ok(errand) => errand,
        Err(unknown) => return give_up(&unknown.to_string()),
    };
    match errand {
        Errand::Serve => with_settings(serve),
        Errand::MigrateKeys { dry_run } => {
            with_settings(async move |config| migrate_keys::run(&config, dry_run).await)
        }
        Errand::ImportPlays { files } => {
            with_settings(async move |config| import_plays::run(&config, &files).await)
        }
        Errand::Help => say(&command_line::help()),
        Errand::Version => say(&command_line::version()),
    }
}

/// Reads the settings and runs what needs them.
fn with_settings(errand: impl AsyncFnOnce(Config) -> ExitCode) -> ExitCode {
    let config = match Config::load() {
        Ok(config) => config,
        Err(complaints) => {
            let list: Vec<String> = complaints.iter().map(|c| format!("  {c}")).collect();
            return give_up(&format!("the settings are not right:\n{}", list.join("\n")));
        }
    };
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(errand(config)),
        Err(error) => give_up(&format!("no threads to run on: {error}")),
    }
}

async fn serve(config: Config) -> ExitCode {
    logging::start();
    match startup::run(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => give_up(&error.to_string()),
    }
}

fn say(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn give_up(why: &str) -> ExitCode {
    eprintln!("nests: {why}");
    ExitCode::FAILURE
}
