//! What a first visit takes: bytes, the first byte, and the picture in a real Chromium.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;

use crate::Outcome;
use crate::full_queue;
use crate::music::Covers;
use crate::program::Program;
use crate::sheet::{Sheet, percentile_ms};
use crate::visitor::{Fetched, Visitor};

const REQUESTS: usize = 50;
const LOADS: usize = 5;
const MOST_KILOBYTES: f64 = 250.0;
/// Five loads of a few seconds, and the start of the browser.
const BROWSER_TIME: Duration = Duration::from_secs(120);
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/page-weight.mjs");

pub async fn measure(sheet: &mut Sheet) -> Outcome<()> {
    let program = Program::start(Covers::One, &[]).await?;
    let people = Visitor::crowd(&program, 1)?;
    let visitor = people.first().ok_or("nobody came")?;
    full_queue::fill(visitor).await?;

    weigh(sheet, visitor)?;
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        times.push(visitor.fetch("/", "br")?.first_byte);
    }
    let what = format!("first byte of the page, full queue, p50 of {REQUESTS}");
    sheet.note(what, format!("{:.2} ms", percentile_ms(&times, 0.5)));
    look(sheet, &program, visitor).await?;
    program.stop().await
}

/// Fetches the page and what it names, as browsers do.
fn weigh(sheet: &mut Sheet, visitor: &Visitor) -> Outcome<()> {
    let plain_page = visitor.fetch("/", "identity")?.body;
    let named = package_files(&String::from_utf8_lossy(&plain_page));
    if named.is_empty() {
        return Err("the page names no files of /pkg: is the site built?".into());
    }
    let mut sum = Weight::default();
    let mut all_for_good = true;
    let mut all_compressed = true;
    for path in std::iter::once("/").chain(named.iter().map(String::as_str)) {
        let compressed = visitor.fetch(path, "br")?;
        let weight = Weight {
            raw: visitor.fetch(path, "identity")?.body.len(),
            brotli: compressed.body.len(),
        };
        sheet.note(format!("  {}", kind(path)), weight.to_string());
        sum = Weight {
            raw: sum.raw + weight.raw,
            brotli: sum.brotli + weight.brotli,
        };
        all_compressed &= header(&compressed, "content-encoding") == "br";
        all_for_good &= path == "/" || header(&compressed, "cache-control").contains("immutable");
    }
    sheet.note("first page, raw and brotli", sum.to_string());
    sheet.hold(
        "first page, all of it in brotli",
        sum.brotli as f64 / 1000.0,
        MOST_KILOBYTES,
        "kB",
    );
    sheet.check("all of it served in brotli", all_compressed);
    sheet.check("scripts, styles and wasm cached for good", all_for_good);
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Weight {
    raw: usize,
    brotli: usize,
}

impl std::fmt::Display for Weight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.1} / {:.1} kB",
            self.raw as f64 / 1000.0,
            self.brotli as f64 / 1000.0
        )
    }
}

fn header<'a>(fetched: &'a Fetched, name: &str) -> &'a str {
    fetched
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Whatever stands in the page as `"/pkg/..."`.
fn package_files(page: &str) -> BTreeSet<String> {
    let from = |(place, _)| {
        page[place..]
            .split(['"', '\'', '>', ' '])
            .next()
            .map(str::to_owned)
    };
    page.match_indices("/pkg/")
        .filter_map(from)
        .filter(|path| path.contains('.'))
        .collect()
}

fn kind(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((_, "css")) => "CSS",
        Some((_, "js")) => "JS",
        Some((_, "wasm")) => "wasm",
        Some(_) => path,
        None => "HTML",
    }
}

/// What the script prints: medians in milliseconds, and what one cold load fetched.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    first_paint_ms: f64,
    largest_paint_ms: f64,
    largest_paint_of: String,
    /// When the page has come to life: its live socket is being opened.
    alive_ms: f64,
    requests: usize,
    bytes: usize,
}

async fn look(sheet: &mut Sheet, program: &Program, visitor: &Visitor) -> Outcome<()> {
    let mut browser = Command::new("node");
    browser
        .arg(SCRIPT)
        .arg(format!("http://{}/", program.addr))
        .arg(LOADS.to_string());
    // Not as an argument: those are for everybody on the machine to see.
    browser.env("SESSION_COOKIE", &visitor.cookie).kill_on_drop(true);
    let output = timeout(BROWSER_TIME, browser.output())
        .await
        .map_err(|_| "the browser took too long")??;
    if !output.status.success() {
        return Err(format!("the browser failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let seen: Seen = serde_json::from_slice(&output.stdout)?;
    let milliseconds = |time: f64| format!("{time:.0} ms");
    sheet.note(
        format!("Chromium, cold: first paint, median of {LOADS}"),
        milliseconds(seen.first_paint_ms),
    );
    let what = format!("Chromium, cold: largest paint ({})", seen.largest_paint_of);
    sheet.note(what, milliseconds(seen.largest_paint_ms));
    sheet.note("Chromium, cold: the page is alive", milliseconds(seen.alive_ms));
    let kilobytes = seen.bytes as f64 / 1000.0;
    let fetched = format!("{kilobytes:.1} kB in {}", seen.requests);
    sheet.note("Chromium, cold: everything fetched, covers included", fetched);
    Ok(())
}
