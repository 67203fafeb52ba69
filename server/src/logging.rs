//! What the program says while it runs: one line per event on the error stream, readable alone.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// rspotify logs whole requests at INFO, the bearer token included: whatever RUST_LOG says, it stays at WARN.
/// lofty warns of harmless oddities in every other file; what cannot be read is listed by the library itself.
const HELD_BACK: [&str; 3] = ["rspotify=warn", "rspotify_http=warn", "lofty=error"];

/// Starts logging for the rest of the process. RUST_LOG is respected; the default is `info`.
pub fn start() {
    let wish = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let in_colour = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter(&wish))
        .with_ansi(in_colour);
    lines.with_writer(std::io::stderr).init();
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
    fn whatever_is_wished_for_the_noisy_libraries_stay_at_warnings() {
        for wish in ["", "trace", "rspotify=trace,rspotify_http=debug"] {
            let filter = filter(wish).to_string();
            assert!(
                filter.contains("rspotify=warn") && filter.contains("rspotify_http=warn"),
                "{wish} → {filter}"
            );
            assert!(
                !filter.contains("rspotify=trace") && !filter.contains("rspotify_http=debug"),
                "{filter}"
            );
        }
        assert!(filter("").to_string().contains("info"));
    }
}
