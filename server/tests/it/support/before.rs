//! A house as it was before a request that must change nothing.

use std::collections::{BTreeMap, BTreeSet};

use nests::wire::Snapshot;

use super::House;

/// What no key has changed comes to.
pub const NOTHING: [&str; 0] = [];

/// Parts of the names of keys that change whatever is asked for, and why. Every other key must be as it was, to the byte.
const CHANGE_BY_THEMSELVES: [(&str, &str); 6] = [
    ("|MISC|master-player", "the player takes its lease anew"),
    ("|MISC|player-fence", "and counts how often"),
    (
        "NESTS|due",
        "and writes down when it looks next, a moment after a song has begun",
    ),
    (
        "|MISC|last-activity",
        "a tab is being closed, or its heartbeat is written",
    ),
    (
        "|MEMBER",
        "who is here: somebody whose tab was closed goes a moment later",
    ),
    ("NESTS|visited:", "when somebody who opens a tab came in"),
];

/// The whole store and the copy of the Main Nest in memory.
pub struct Before {
    store: BTreeMap<String, Vec<u8>>,
    copy: Snapshot,
}

impl Before {
    pub async fn of(house: &House) -> Self {
        Self {
            store: house.store().dump(),
            copy: house.everything().await,
        }
    }

    /// The keys that have come, gone or changed since; and the copy, if it has.
    pub async fn changed(&self, house: &House) -> Vec<String> {
        let now = house.store().dump();
        let names: BTreeSet<&String> = self.store.keys().chain(now.keys()).collect();
        let rightly = |name: &str| CHANGE_BY_THEMSELVES.iter().any(|(part, _)| name.contains(part));
        let mut changed: Vec<String> = names
            .into_iter()
            .filter(|name| self.store.get(*name) != now.get(*name) && !rightly(name))
            .cloned()
            .collect();
        if house.everything().await != self.copy {
            changed.push("the copy in memory".to_owned());
        }
        changed
    }
}
