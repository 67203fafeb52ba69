//! When a nest may fall asleep.

use crate::time::Millis;

/// What the decision needs to know. The store re-checks the same facts in the moment it acts on them.
#[derive(Clone, Copy, Debug)]
pub struct Signs {
    pub is_main: bool,
    pub last_activity: Millis,
    pub ttl_minutes: u32,
    /// Members with a live heartbeat.
    pub active_members: usize,
    /// Songs that a person queued and that wait or still play; Bender's leftovers don't count.
    pub songs_of_people: usize,
}

/// A nest sleeps when nobody is there, nothing a person queued is left and nothing happened for its time to live.
pub fn may_sleep(signs: Signs, now: Millis) -> bool {
    let idle_for = now.since(signs.last_activity);
    !signs.is_main
        && signs.active_members == 0
        && signs.songs_of_people == 0
        && idle_for > i64::from(signs.ttl_minutes) * 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Signs = Signs {
        is_main: false,
        last_activity: Millis(0),
        ttl_minutes: 5,
        active_members: 0,
        songs_of_people: 0,
    };

    #[test]
    fn a_nest_sleeps_only_when_idle_empty_and_unattended() {
        let late = Millis(5 * 60_000 + 1);
        assert!(may_sleep(IDLE, late));
        assert!(!may_sleep(IDLE, Millis(5 * 60_000)), "not before its time");
        assert!(
            !may_sleep(
                Signs {
                    is_main: true,
                    ..IDLE
                },
                late
            ),
            "never the Main Nest"
        );
        assert!(
            !may_sleep(
                Signs {
                    active_members: 1,
                    ..IDLE
                },
                late
            ),
            "somebody is there"
        );
        assert!(
            !may_sleep(
                Signs {
                    songs_of_people: 1,
                    ..IDLE
                },
                late
            ),
            "a song is waiting"
        );
    }

    /// The older program counted a nest's life from the last join, so an evening's nest died in the middle of it.
    #[test]
    fn fault_lifetime_counts_from_activity_not_from_the_join() {
        let busy = Signs {
            last_activity: Millis(60 * 60_000),
            ..IDLE
        };
        assert!(!may_sleep(busy, Millis(64 * 60_000)));
    }
}
