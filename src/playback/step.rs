//! What the player does next: a function of the nest's state and the time.

use crate::queue::SongId;
use crate::time::Millis;
use crate::wire::Snapshot;

/// A player that comes this late after a song's end still starts the next one where the last one ended, so that lateness
/// never adds up. Beyond it (a stopped server, a sleeping laptop) the next song starts now, from its beginning: no song
/// that had time left is skipped.
pub const SEAMLESS_MS: i64 = 2_000;

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing until this moment; `None`: nothing until somebody does something.
    Wait(Option<Millis>),
    /// This queued song starts, with position 0 at `at`. Whatever played before is over.
    Start { song: SongId, at: Millis },
    /// The song's time is up and nothing follows.
    Stop,
}

pub fn step(nest: &Snapshot, now: Millis) -> Step {
    let next = || nest.ordered().first().map(|p| p.queued.song.id.clone());
    let Some(playing) = &nest.playing else {
        return match next() {
            Some(song) => Step::Start { song, at: now },
            None => Step::Wait(None),
        };
    };
    let Some(end) = playing.ends_at() else {
        return Step::Wait(None);
    };
    if now < end {
        return Step::Wait(Some(end));
    }
    match next() {
        Some(song) => Step::Start {
            song,
            at: start_after(end, now),
        },
        None => Step::Stop,
    }
}

fn start_after(end: Millis, now: Millis) -> Millis {
    if now.since(end) <= SEAMLESS_MS { end } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::snapshot::fixture::{nest, queued};

    const LENGTH: i64 = 180_000;

    #[test]
    fn an_idle_nest_starts_the_first_song_at_once_and_an_empty_one_waits() {
        assert_eq!(step(&nest(), Millis(5)), Step::Wait(None));
        let with_song = nest().with(queued(1, "anna"));
        let song = queued(1, "anna").song.id;
        assert_eq!(step(&with_song, Millis(5)), Step::Start { song, at: Millis(5) });
    }

    #[test]
    fn a_song_ends_by_the_clock_and_the_next_starts_where_it_ended() {
        let nest = nest()
            .playing(queued(1, "anna"), Millis(1000))
            .with(queued(2, "ben"));
        let end = Millis(1000 + LENGTH);
        let song = queued(2, "ben").song.id;
        assert_eq!(step(&nest, end.plus(-1)), Step::Wait(Some(end)));
        assert_eq!(
            step(&nest, end),
            Step::Start {
                song: song.clone(),
                at: end
            }
        );
        assert_eq!(
            step(&nest, end.plus(SEAMLESS_MS)),
            Step::Start { song, at: end },
            "lateness does not add up"
        );
    }

    #[test]
    fn after_a_long_stop_the_next_song_starts_from_its_beginning() {
        let nest = nest()
            .playing(queued(1, "anna"), Millis(1000))
            .with(queued(2, "ben"));
        let morning = Millis(1000 + LENGTH + 9 * 3_600_000);
        assert_eq!(
            step(&nest, morning),
            Step::Start {
                song: queued(2, "ben").song.id,
                at: morning
            }
        );
    }

    #[test]
    fn the_last_song_stops_when_its_time_is_up() {
        let nest = nest().playing(queued(1, "anna"), Millis(0));
        assert_eq!(step(&nest, Millis(LENGTH)), Step::Stop);
    }

    /// The older program lost now-playing after a pause of two hours and the song after three.
    #[test]
    fn fault_a_long_pause_lost_the_song() {
        let mut nest = nest()
            .playing(queued(1, "anna"), Millis(0))
            .with(queued(2, "ben"));
        if let Some(playing) = &mut nest.playing {
            playing.paused_at = Some(Millis(60_000));
        }
        let days_later = Millis(4 * 24 * 3_600_000);
        assert_eq!(step(&nest, days_later), Step::Wait(None));
        let playing = nest.playing.expect("it still plays");
        assert_eq!(playing.position_ms(days_later), 60_000);
        assert_eq!(
            playing.started_at_when_resumed(days_later),
            days_later.plus(-60_000)
        );
    }

    /// With nothing to play it span at 1,200 turns a second.
    #[test]
    fn fault_an_idle_player_span() {
        assert_eq!(
            step(&nest(), Millis(0)),
            Step::Wait(None),
            "no deadline: it sleeps until somebody acts"
        );
    }
}
