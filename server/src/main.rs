//! The program `nests`: reads its arguments and settings, starts, and says in plain words when it cannot.

use std::io::Write as _;
use std::process::ExitCode;

use server::command_line::{self, Errand};
use server::config::Config;
use server::{logging, startup};

fn main() -> ExitCode {
    let errand = match command_line::parse(std::env::args().skip(1)) {
        Ok(errand) => errand,
        Err(unknown) => return give_up(&unknown.to_string()),
    };
    match errand {
        Errand::Serve => serve(),
        Errand::Help => say(&command_line::help()),
        Errand::Version => say(&command_line::version()),
    }
}

fn serve() -> ExitCode {
    let config = match Config::load() {
        Ok(config) => config,
        Err(complaints) => {
            let list: Vec<String> = complaints.iter().map(|c| format!("  {c}")).collect();
            return give_up(&format!("the settings are not right:\n{}", list.join("\n")));
        }
    };
    logging::start();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return give_up(&format!("no threads to run on: {error}")),
    };
    match runtime.block_on(startup::run(config)) {
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
