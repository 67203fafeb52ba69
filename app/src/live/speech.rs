//! What the polite live region says to those who listen to the page: at most one sentence in five seconds, and after a
//! busy stretch the latest news, not all of them.

/// The shortest time between two sentences, in milliseconds.
pub const PAUSE_MS: f64 = 5_000.0;

#[derive(Debug, Default)]
pub struct Speech {
    last_said: Option<f64>,
    next: Option<String>,
}

/// What to do with a sentence.
#[derive(Debug, PartialEq)]
pub enum Say {
    Now(String),
    /// Call [`Speech::due`] after so many milliseconds.
    After(f64),
    /// A later call to [`Speech::due`] is under way and will say it.
    Waits,
}

impl Speech {
    pub fn say(&mut self, sentence: String, now: f64) -> Say {
        let free_at = self.last_said.map_or(now, |last| last + PAUSE_MS);
        if now >= free_at && self.next.is_none() {
            self.last_said = Some(now);
            return Say::Now(sentence);
        }
        match self.next.replace(sentence) {
            Some(_) => Say::Waits,
            None => Say::After((free_at - now).max(0.0)),
        }
    }

    /// The pause is over: the latest sentence, if there is one.
    pub fn due(&mut self, now: f64) -> Option<String> {
        let sentence = self.next.take()?;
        self.last_said = Some(now);
        Some(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_one_sentence_in_five_seconds_and_the_latest_wins() {
        let mut speech = Speech::default();
        assert_eq!(speech.say("a".into(), 1_000.0), Say::Now("a".into()));
        assert_eq!(speech.say("b".into(), 2_000.0), Say::After(4_000.0));
        assert_eq!(speech.say("c".into(), 3_000.0), Say::Waits);
        assert_eq!(speech.due(6_000.0), Some("c".into()));
        assert_eq!(speech.due(6_000.0), None);
        assert_eq!(speech.say("d".into(), 7_000.0), Say::After(4_000.0));
    }
}
