//! Bender, who picks when nobody does: when he is wanted, how he divides his picks, and what he starts from.
//!
//! All of it functions of the nest, the time and a roll. Where candidates come from is the engine's business; what becomes
//! of a pick that people take or filter stands in [`action`](crate::action).

pub mod choice;
pub mod seed;
pub mod strategy;
pub mod walk;
pub mod weights;

pub use choice::choose;
pub use seed::{Seed, Seeds};
pub use strategy::{Strategy, Taste, in_order};
pub use walk::{Heard, Walk};
pub use weights::{Weights, WeightsError};

use crate::action::Refusal;
use crate::nest::MemberId;
use crate::nest::role::Power;
use crate::time::Millis;
use crate::wire::{Change, Snapshot};

/// The house's rules for Bender.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Songs that should always be waiting; 0: he never picks.
    pub min_queue_depth: usize,
    /// How long he goes on without a person's song, in minutes.
    pub max_minutes: u32,
}

/// How many songs Bender should add now. He plays for people: with nobody there he rests, and after `max_minutes`
/// without a person's song he lets it be quiet. However long the queue, his next song stands at its end, for everybody to
/// see: that row is the preview.
pub fn wanted(nest: &Snapshot, people_here: bool, now: Millis, limits: Limits) -> usize {
    let rests = !people_here || !nest.bender.enabled || limits.min_queue_depth == 0;
    if rests || streak_is_over(nest, now, limits) {
        return 0;
    }
    let preview = usize::from(nest.songs.iter().all(|q| !q.song.auto));
    limits
        .min_queue_depth
        .saturating_sub(nest.songs.len())
        .max(preview)
}

/// What changes where `by` switches him on or off in a nest; `None`: he is as wished already.
///
/// # Errors
/// [`Refusal::HostOnly`].
pub fn switched(nest: &Snapshot, by: &MemberId, on: bool) -> Result<Option<Change>, Refusal> {
    if !nest.role_of(by).may(Power::SwitchBender) {
        return Err(Refusal::HostOnly);
    }
    Ok((nest.bender.enabled != on).then_some(Change::BenderSwitched { on }))
}

/// Whether music that people hear through accounts of their own is music for those who are here: more than half of them hear
/// it. The others get silence for their part, so they must not be many.
pub const fn is_heard_by_most(here: usize, through_accounts: usize) -> bool {
    through_accounts * 2 > here
}

/// Whether he has played long enough without anybody asking for a song.
pub fn streak_is_over(nest: &Snapshot, now: Millis, limits: Limits) -> bool {
    let streak = nest.bender.streak_start.map_or(0, |start| now.since(start));
    streak > i64::from(limits.max_minutes) * 60_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::{NestCode, NestId};
    use crate::wire::snapshot::fixture::{nest, person, queued};

    const LIMITS: Limits = Limits {
        min_queue_depth: 3,
        max_minutes: 120,
    };

    #[test]
    fn bender_tops_the_queue_up_while_somebody_listens() {
        let wanted = |nest: &Snapshot, people_here| wanted(nest, people_here, Millis(0), LIMITS);
        assert_eq!(wanted(&nest(), true), 3);
        assert_eq!(wanted(&nest().with(queued(1, "anna")), true), 2);
        assert_eq!(wanted(&nest(), false), 0, "nobody there");
        let mut off = nest();
        off.bender.enabled = false;
        assert_eq!(wanted(&off, true), 0, "switched off");
        let never = Limits {
            min_queue_depth: 0,
            ..LIMITS
        };
        assert_eq!(super::wanted(&nest(), true, Millis(0), never), 0);
    }

    #[test]
    fn the_host_switches_him_on_and_off_and_in_the_main_nest_everybody() {
        let mut temporary = nest();
        temporary.nest.id = NestId::from(NestCode::parse("X7K2P").expect("a good code"));
        temporary.nest.creator = Some(person("host").id);
        let table = [
            (&temporary, "host", Ok(())),
            (&temporary, "ben", Err(Refusal::HostOnly)),
            (&nest(), "ben", Ok(())),
        ];
        for (nest, who, may) in table {
            let off = switched(nest, &person(who).id, false);
            assert_eq!(
                off,
                may.clone().map(|()| Some(Change::BenderSwitched { on: false })),
                "{who}"
            );
            let as_it_is = switched(nest, &person(who).id, true);
            assert_eq!(as_it_is, may.map(|()| None), "{who}");
        }
    }

    #[test]
    fn what_needs_accounts_is_for_nests_where_most_have_one() {
        for (here, through_accounts, is) in [
            (0, 0, false),
            (1, 0, false),
            (1, 1, true),
            (2, 1, false),
            (3, 2, true),
            (10, 5, false),
            (10, 6, true),
        ] {
            assert_eq!(
                is_heard_by_most(here, through_accounts),
                is,
                "{through_accounts} of {here}"
            );
        }
    }

    #[test]
    fn the_next_of_his_songs_stands_at_the_end_of_every_queue() {
        let long = (1..=5).fold(nest(), |nest, n| nest.with(queued(n, "anna")));
        assert_eq!(wanted(&long, true, Millis(0), LIMITS), 1);
        let with_preview = long.with(queued(6, "bender"));
        assert_eq!(wanted(&with_preview, true, Millis(0), LIMITS), 0);
    }

    #[test]
    fn fault_the_streak_limit_practically_never_applied() {
        let mut nest = nest();
        nest.bender.streak_start = Some(Millis(0));
        assert_eq!(wanted(&nest, true, Millis(120 * 60_000), LIMITS), 3);
        assert_eq!(wanted(&nest, true, Millis(120 * 60_000 + 1), LIMITS), 0);
    }
}
