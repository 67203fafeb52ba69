//! Reads from the log how long Bender's picks took. Of no interest to it: whether they were good ones.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span;
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Reads along on this thread while it lives.
pub struct Stopwatch {
    picks: Arc<Picks>,
    _reads: DefaultGuard,
}

#[derive(Default)]
struct Picks(Mutex<Vec<(String, Duration)>>);

impl Stopwatch {
    pub fn start() -> Self {
        let picks = Arc::new(Picks::default());
        Self {
            _reads: tracing::subscriber::set_default(picks.clone()),
            picks,
        }
    }

    /// How long each pick by this strategy took.
    pub fn of(&self, strategy: &str) -> Vec<Duration> {
        let picks = self.picks.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = picks.iter().filter(|(by, _)| by == strategy);
        of_it.map(|(_, took)| *took).collect()
    }
}

impl Subscriber for Picks {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.is_event() && about.target() == "engine::bender"
    }

    fn event(&self, event: &Event<'_>) {
        let mut read = Reading::default();
        event.record(&mut read);
        if let (Some(strategy), Some(took)) = (read.strategy, read.took) {
            let mut picks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            picks.push((strategy, took));
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Reading {
    strategy: Option<String>,
    took: Option<Duration>,
}

impl Visit for Reading {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "duration_us" {
            self.took = Some(Duration::from_micros(value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "strategy" {
            self.strategy = Some(format!("{value:?}"));
        }
    }
}
