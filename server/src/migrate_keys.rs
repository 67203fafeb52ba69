//! `nests migrate-keys`: what it says while the keys of an older installation move, and how it ends.

use std::io::{self, Write as _};
use std::process::ExitCode;

use engine::migration::{Family, News, Summary, migrate_keys};
use engine::{Clock, RedisUrl};

use crate::config::Config;

/// Moves the keys and tells about it: warnings and progress on standard error, the summary on standard output. It fails
/// when a key could not be moved.
pub async fn run(config: &Config, dry_run: bool) -> ExitCode {
    let Some(url) = &config.redis_url else {
        eprintln!(
            "nests: set REDIS_URL (or REDIS_HOST and REDIS_PORT) to the Redis of the older installation"
        );
        return ExitCode::FAILURE;
    };
    let url = RedisUrl::new(url.expose());
    let moved = migrate_keys(&url, &Clock::System, dry_run, |news| {
        eprintln!("{}", in_words(&news))
    })
    .await;
    let summary = match moved {
        Ok(summary) => summary,
        Err(error) => {
            eprintln!("nests: Redis can't be reached: {error}. What was moved stays moved; run it again");
            return ExitCode::FAILURE;
        }
    };
    match io::stdout().write_all(told(&summary, dry_run).as_bytes()) {
        Ok(()) if summary.is_complete() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn in_words(news: &News<'_>) -> String {
    match news {
        News::Progress(so_far) => format!(
            "{} keys looked at, {} moved",
            so_far.looked_at,
            so_far.moved_in_all()
        ),
        News::Stays { key, why } => format!("warning: {key} stays where it is: {why}"),
    }
}

fn told(summary: &Summary, dry_run: bool) -> String {
    let verb = if dry_run { "would be moved" } else { "moved" };
    let of_families: String = Family::ALL
        .into_iter()
        .zip(summary.moved)
        .map(|(family, count)| format!("  {:<12}{count}\n", family.pattern()))
        .collect();
    let Summary {
        looked_at,
        dates,
        skipped,
        failed,
        ..
    } = summary;
    let all = summary.moved_in_all();
    format!(
        "{of_families}{looked_at} keys looked at: {all} {verb} ({dates} dates converted), {skipped} skipped, {failed} failed\n"
    )
}
