//! What the program says while it runs: one line per event on the error stream, readable alone.

use std::fs::File;
use std::io::IsTerminal as _;

use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// lofty warns of harmless oddities in every other file; what cannot be read is listed by the library itself.
const HELD_BACK: [&str; 1] = ["lofty=error"];

/// Starts logging for the rest of the process. RUST_LOG is respected; the default is `info`.
pub fn start() {
    let wish = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let in_colour = std::io::stderr().is_terminal();
    begin(&wish, in_colour, BoxMakeWriter::new(std::io::stderr));
}

/// The same into a file, with a wish as RUST_LOG would have it.
pub fn start_into(file: File, wish: &str) {
    begin(wish, false, BoxMakeWriter::new(file));
}

fn begin(wish: &str, in_colour: bool, writer: BoxMakeWriter) {
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(in_colour)
        .with_writer(writer);
    let discreet = filter_fn(|about| engine::is_discreet(about.target(), *about.level()));
    tracing_subscriber::registry()
        .with(lines.with_filter(filter(wish)))
        .with(discreet)
        .init();
    tracing::trace!("everything is said");
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
    fn the_default_is_info_and_what_is_held_back_stays_so() {
        assert!(filter("").to_string().contains("info"));
        assert!(filter("trace,lofty=trace").to_string().contains("lofty=error"));
    }
}
