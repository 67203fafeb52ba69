//! The short messages at the bottom: one line each, never more than two at once, the newest wins.

/// What a toast is about decides its icon and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
    Plain,
}

impl Tone {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub id: u32,
    pub tone: Tone,
    pub text: String,
    /// The version of the removal that its button takes back.
    pub undo: Option<u64>,
}

const MOST: usize = 2;
/// How long a toast stays, in milliseconds: time to read a line twice.
const STAYS_MS: u32 = 5_000;
/// As long as a removal can be undone, less the way to the server.
const UNDO_STAYS_MS: u32 = 9_500;

#[derive(Debug, Default)]
pub struct Toasts {
    shown: Vec<Toast>,
    next_id: u32,
}

impl Toasts {
    /// Shows one more. Gives back its id and after how many milliseconds to take it away.
    pub fn show(&mut self, tone: Tone, text: impl Into<String>, undo: Option<u64>) -> (u32, u32) {
        let text = text.into();
        self.shown.retain(|toast| toast.text != text); // said again: once is enough
        if self.shown.len() == MOST {
            self.shown.remove(0);
        }
        self.next_id += 1;
        let id = self.next_id;
        self.shown.push(Toast { id, tone, text, undo });
        (id, if undo.is_some() { UNDO_STAYS_MS } else { STAYS_MS })
    }

    pub fn dismiss(&mut self, id: u32) {
        self.shown.retain(|toast| toast.id != id);
    }

    pub fn dismiss_all(&mut self) {
        self.shown.clear();
    }

    pub fn shown(&self) -> &[Toast] {
        &self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(toasts: &Toasts) -> Vec<&str> {
        toasts.shown().iter().map(|t| t.text.as_str()).collect()
    }

    #[test]
    fn two_toasts_show_at_most_and_the_newest_wins() {
        let mut toasts = Toasts::default();
        for text in ["a", "b", "c"] {
            toasts.show(Tone::Plain, text, None);
        }
        assert_eq!(texts(&toasts), ["b", "c"]);
    }

    #[test]
    fn the_same_words_show_once() {
        let mut toasts = Toasts::default();
        let (first, _) = toasts.show(Tone::Bad, "a", None);
        let (second, _) = toasts.show(Tone::Bad, "a", None);
        assert_eq!(texts(&toasts), ["a"]);
        toasts.dismiss(first);
        assert_eq!(
            texts(&toasts),
            ["a"],
            "the first one's time is up, not the second's"
        );
        toasts.dismiss(second);
        assert!(texts(&toasts).is_empty());
    }

    #[test]
    fn what_can_be_undone_stays_while_it_can() {
        let mut toasts = Toasts::default();
        assert!(toasts.show(Tone::Plain, "gone", Some(7)).1 > toasts.show(Tone::Plain, "hello", None).1);
    }
}
