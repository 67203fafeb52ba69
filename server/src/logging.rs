//! What the program says while it runs: one line per event on the error stream, readable alone.

use std::io::IsTerminal as _;

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// These log whole requests, bearer tokens included, rspotify as early as INFO: whatever RUST_LOG says, no module of theirs
/// says more than a warning.
const SECRETIVE: [&str; 5] = ["rspotify", "rspotify_http", "reqwest", "hyper_util", "hyper"];
/// lofty warns of harmless oddities in every other file; what cannot be read is listed by the library itself.
const HELD_BACK: [&str; 1] = ["lofty=error"];

/// Starts logging for the rest of the process. RUST_LOG is respected; the default is `info`.
pub fn start() {
    let wish = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let in_colour = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(in_colour)
        .with_writer(std::io::stderr);
    let discreet = filter_fn(|about| is_discreet(about.target(), *about.level()));
    tracing_subscriber::registry()
        .with(lines.with_filter(filter(&wish)))
        .with(discreet)
        .init();
}

/// Whether a line of this module and level can't hold a token. No wish reaches past it, however finely it is aimed.
fn is_discreet(target: &str, level: Level) -> bool {
    let library = target.split("::").next().unwrap_or_default();
    level <= Level::WARN || !SECRETIVE.contains(&library)
}

fn filter(wish: &str) -> EnvFilter {
    let base = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse_lossy(wish);
    let held_back = HELD_BACK.iter().filter_map(|directive| directive.parse().ok());
    held_back.fold(base, EnvFilter::add_directive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_wished_for_libraries_that_see_tokens_say_no_more_than_warnings() {
        for target in [
            "rspotify::clients::base",
            "rspotify_http::reqwest",
            "hyper::proto",
            "reqwest",
        ] {
            assert!(
                is_discreet(target, Level::WARN) && !is_discreet(target, Level::INFO),
                "{target}"
            );
        }
        assert!(is_discreet("engine::source::spotify", Level::TRACE));
        assert!(filter("").to_string().contains("info"));
        assert!(filter("trace,lofty=trace").to_string().contains("lofty=error"));
    }
}
