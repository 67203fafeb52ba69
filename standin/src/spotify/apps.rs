//! Apps that are registered, all in development mode: each has a secret of its own, and five people whom its owner entered.
//! A token counts for the app that it was given to, and the rate limit is each app's own.

use super::listeners::{ANNA, BEN, CLEO, DAN, EVE, FRED, Listener};

/// Nobody may enter more people in an app in development mode.
pub const SEATS: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct App {
    pub id: &'static str,
    pub secret: &'static str,
    /// How the journal calls it.
    pub name: &'static str,
    /// Who has a seat.
    pub users: [Listener; SEATS],
}

/// The one that the house is set up with.
pub const HOUSE: App = App {
    id: "standin-client-id",
    secret: "standin-client-secret-0123456789",
    name: "app",
    users: [ANNA, BEN, CLEO, DAN, EVE],
};

/// A host's own: Fred has a seat here, and Eve has none.
pub const HOSTS: App = App {
    id: "standin-hosts-client-id",
    secret: "standin-hosts-secret-0123456789",
    name: "host's app",
    users: [ANNA, BEN, CLEO, DAN, FRED],
};

/// Another host's.
pub const OTHER: App = App {
    id: "standin-other-client-id",
    secret: "standin-other-secret-0123456789",
    name: "other app",
    users: [ANNA, BEN, CLEO, DAN, EVE],
};

pub const APPS: [App; 3] = [HOUSE, HOSTS, OTHER];

impl App {
    pub(super) fn of_id(id: &str) -> Option<Self> {
        APPS.into_iter().find(|app| app.id == id)
    }

    pub(super) fn has_seat_for(&self, listener: Listener) -> bool {
        self.users.contains(&listener)
    }
}
