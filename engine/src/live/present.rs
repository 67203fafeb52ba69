//! Somebody who sits here: through how many sockets, and how they hear the nest by each of these and by a device of theirs.
//!
//! Only what this process knows of them; other processes may hold sockets of the same person.

use nests::hearing::Hears;
use nests::nest::member::Listener;

use super::Frame;

/// A member with sockets in this process.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    /// As this process knows them.
    pub(crate) listener: Listener,
    pub(crate) sockets: usize,
    ears: Ears,
    /// The others have been told how they hear the nest.
    pub(super) is_told: bool,
    /// How their device does, as they were told last.
    pub(super) hearing: Option<Frame>,
}

/// What somebody hears the nest by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ears {
    in_sync: usize,
    apart: usize,
    /// Of the socket that closed last, until another one speaks: a line that breaks for a moment silences nobody.
    lingers: Option<Hears>,
    pub(crate) device: Option<Hears>,
}

impl Present {
    pub(crate) fn new(listener: Listener) -> Self {
        Self {
            listener,
            sockets: 0,
            ears: Ears::default(),
            is_told: true,
            hearing: None,
        }
    }

    /// Whether the others are to be told.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Ears)) -> bool {
        change(&mut self.ears);
        let hears = self.ears.together();
        let is_news = self.listener.hears != hears;
        self.listener.hears = hears;
        self.is_told &= !is_news;
        is_news
    }
}

impl Ears {
    /// One of their browsers says otherwise than before.
    pub(crate) fn browser(&mut self, before: Option<Hears>, now: Option<Hears>) {
        self.lingers = None;
        self.forget(before);
        match now {
            Some(Hears::InSync) => self.in_sync += 1,
            Some(Hears::Apart) => self.apart += 1,
            None => {}
        }
    }

    /// One of their browsers has gone.
    pub(crate) fn browser_left(&mut self, before: Option<Hears>, is_last: bool) {
        self.forget(before);
        if is_last {
            self.lingers = before;
        }
    }

    fn forget(&mut self, before: Option<Hears>) {
        match before {
            Some(Hears::InSync) => self.in_sync = self.in_sync.saturating_sub(1),
            Some(Hears::Apart) => self.apart = self.apart.saturating_sub(1),
            None => {}
        }
    }

    fn together(self) -> Option<Hears> {
        Hears::together([
            (self.in_sync > 0).then_some(Hears::InSync),
            (self.apart > 0).then_some(Hears::Apart),
            self.lingers,
            self.device,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APART: Option<Hears> = Some(Hears::Apart);
    const IN_SYNC: Option<Hears> = Some(Hears::InSync);

    #[test]
    fn two_tabs_and_a_device_are_one_listener_and_a_line_that_broke_lingers_until_it_is_back() {
        let mut ears = Ears::default();
        assert_eq!(ears.together(), None);
        ears.browser(None, APART);
        ears.browser(None, IN_SYNC); // another tab
        assert_eq!(ears.together(), IN_SYNC);
        ears.browser_left(IN_SYNC, false);
        assert_eq!(ears.together(), APART, "what is left");
        ears.device = IN_SYNC;
        assert_eq!(ears.together(), IN_SYNC);
        ears.device = None;
        ears.browser(APART, IN_SYNC);
        ears.browser_left(IN_SYNC, true);
        assert_eq!(ears.together(), IN_SYNC, "in its grace");
        ears.browser(None, None);
        assert_eq!(ears.together(), None, "back, and only looking");
    }
}
