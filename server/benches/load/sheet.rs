//! The table that a run prints, and the small arithmetic of its figures.

use std::fmt;
use std::time::Duration;

#[derive(Default)]
pub struct Sheet(Vec<Row>);

struct Row {
    what: String,
    figure: String,
    verdict: String,
}

impl Sheet {
    /// A figure that is only to be known.
    pub fn note(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        self.0.push(Row {
            what: what.into(),
            figure: figure.into(),
            verdict: String::new(),
        });
    }

    /// A figure that has a target: at most `most`.
    pub fn hold(&mut self, what: impl Into<String>, figure: f64, most: f64, unit: &str) {
        let reached = if figure <= most { "reached" } else { "MISSED" };
        self.0.push(Row {
            what: what.into(),
            figure: format!("{figure:.2} {unit}"),
            verdict: format!("at most {most} {unit}: {reached}"),
        });
    }

    /// Something that is so or is not.
    pub fn check(&mut self, what: impl Into<String>, is_so: bool) {
        let figure = if is_so { "yes" } else { "NO" };
        self.note(what, figure);
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |of: fn(&Row) -> &str| {
            self.0
                .iter()
                .map(|row| of(row).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (what, figure) = (width(|row| &row.what), width(|row| &row.figure));
        for row in &self.0 {
            let line = format!("{:what$}  {:>figure$}  {}", row.what, row.figure, row.verdict);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The smallest of the times that `share` (0 to 1) of them do not exceed, in milliseconds. Zero where there are none.
pub fn percentile_ms(times: &[Duration], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

/// How many percent of one core `used` is of `elapsed`.
pub fn percent_of_a_core(used: Duration, elapsed: Duration) -> f64 {
    100.0 * used.as_secs_f64() / elapsed.as_secs_f64()
}
