//! What the server has confirmed, and what this person has wished since.
//!
//! A wish shows at once: it is decided by the same rule as on the server and laid over the confirmed snapshot. Wishes
//! are kept as commands and decided anew whenever the confirmed state moves, so one that has become pointless (the song
//! is gone, somebody else skipped it) just stops showing. Pure; knows neither sockets nor signals.

use nests::action::{Circumstances, Refusal, decide};
use nests::nest::Person;
use nests::queue::SongId;
use nests::time::Millis;
use nests::track::Track;
use nests::wire::frame::Note;
use nests::wire::{Applied, Command, Event, Snapshot};

/// Wishes that may wait for an answer at once. Far more than fingers can do in a round trip; beyond it the line is dead.
const MAX_WAITING: usize = 40;

#[derive(Debug)]
pub struct Ledger {
    me: Person,
    confirmed: Snapshot,
    waiting: Vec<Wish>,
    shown: Snapshot,
    /// The server's time of the latest news: what "now" means to everything that is shown.
    as_of: Millis,
    next_id: u32,
}

#[derive(Debug)]
struct Wish {
    id: u32,
    command: Command,
    about: Circumstances,
    /// The title of the song it is about, for words about it after the song has gone.
    title: Option<String>,
    /// The version that holds it, once the server has said so.
    done: Option<u64>,
}

/// A wish that the server has carried out.
#[derive(Debug, PartialEq, Eq)]
pub struct Carried {
    pub command: Command,
    /// The title of the song it was about.
    pub title: Option<String>,
}

/// What to do with a wish.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It shows already; send it under this number.
    Send {
        id: u32,
        note: Option<Note>,
    },
    /// All is as wished.
    Nothing(Option<Note>),
    Refused(Refusal),
    /// Too many wishes wait for an answer.
    Busy,
}

impl Ledger {
    pub fn new(me: Person, confirmed: Snapshot, as_of: Millis) -> Self {
        let shown = confirmed.clone();
        Self {
            me,
            confirmed,
            waiting: Vec::new(),
            shown,
            as_of,
            next_id: 1,
        }
    }

    pub fn me(&self) -> &Person {
        &self.me
    }

    pub fn shown(&self) -> &Snapshot {
        &self.shown
    }

    pub fn as_of(&self) -> Millis {
        self.as_of
    }

    /// Where to go on after a lost connection: generation and version.
    pub fn since(&self) -> (u32, u64) {
        (self.confirmed.generation, self.confirmed.version)
    }

    /// Whether the song is on screen by wish only, so that the server knows nothing of its id yet.
    pub fn is_wished_only(&self, song: &SongId) -> bool {
        self.confirmed.song_or_playing(song).is_none()
    }

    /// Decides a wish on what is shown and, where it changes something, shows it. `track` is what an add would queue.
    pub fn wish(&mut self, command: Command, now: Millis, track: Option<Track>, roll: u64) -> Verdict {
        if self.waiting.len() >= MAX_WAITING {
            return Verdict::Busy;
        }
        let about = Circumstances {
            now,
            track,
            roll,
            max_queue_depth: None,
            // A setting of the house; the server refuses what may not be mixed.
            mixed_sources: true,
            removed: None,
        };
        let note = match decide(&self.shown, &self.me, &command, about.clone()) {
            // Only the server remembers what was removed, and what a pasted link means.
            Err(Refusal::UndoTooLate | Refusal::NoSuchTrack) => None,
            Err(refusal) => return Verdict::Refused(refusal),
            Ok(granted) if granted.change.is_none() => return Verdict::Nothing(granted.note),
            Ok(granted) => granted.note,
        };
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        let title = song_of(&command).and_then(|song| self.shown.song_or_playing(song));
        let title = title.map(|queued| queued.song.track.title.clone());
        self.waiting.push(Wish {
            id,
            command,
            about,
            title,
            done: None,
        });
        self.redraw();
        Verdict::Send { id, note }
    }

    /// The server's next event.
    pub fn hear(&mut self, event: &Event) -> Applied {
        let applied = self.confirmed.apply(event);
        if applied == Applied::Forward {
            self.as_of = self.as_of.max(event.at);
            self.forget_done();
        }
        applied
    }

    /// The server's whole state.
    pub fn replace(&mut self, confirmed: Snapshot, now: Millis) {
        self.confirmed = confirmed;
        self.as_of = now;
        self.forget_done();
    }

    /// The server carried a wish out, and it is in the nest from version `v` on.
    pub fn done(&mut self, id: u32, v: u64) -> Option<Carried> {
        let wish = self.waiting.iter_mut().find(|w| w.id == id)?;
        wish.done = Some(v);
        let carried = Carried {
            command: wish.command.clone(),
            title: wish.title.clone(),
        };
        self.forget_done();
        Some(carried)
    }

    /// The server refused a wish: it shows no longer.
    pub fn refused(&mut self, id: u32) {
        self.waiting.retain(|wish| wish.id != id);
        self.redraw();
    }

    /// The line is down. What wasn't answered is not repeated later, when it may mean something else; the confirmed
    /// state tells what came through. Gives back how many wishes are uncertain.
    pub fn drop_waiting(&mut self) -> usize {
        let uncertain = self.waiting.iter().filter(|w| w.done.is_none()).count();
        self.waiting.clear();
        self.redraw();
        uncertain
    }

    fn forget_done(&mut self) {
        let version = self.confirmed.version;
        self.waiting.retain(|w| w.done.is_none_or(|v| v > version));
        self.redraw();
    }

    fn redraw(&mut self) {
        self.shown = self.confirmed.clone();
        for wish in &self.waiting {
            let granted = decide(&self.shown, &self.me, &wish.command, wish.about.clone());
            if let Ok(Some(change)) = granted.map(|g| g.change) {
                self.shown.change(&change, wish.about.now);
            }
        }
    }
}

fn song_of(command: &Command) -> Option<&SongId> {
    match command {
        Command::Vote { song, .. }
        | Command::Jam { song, .. }
        | Command::Remove { song }
        | Command::Take { song }
        | Command::Filter { song }
        | Command::Skip { song } => Some(song),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use nests::queue::Vote;
    use nests::wire::Change;

    use super::*;
    use crate::live::board::fixture::{nest_with, person, song, track};

    fn ledger() -> Ledger {
        Ledger::new(
            person("me"),
            nest_with(&[song(1, "anna"), song(2, "ben")]),
            Millis(0),
        )
    }

    fn up(n: u64) -> Command {
        Command::Vote {
            song: SongId::from_roll(n),
            vote: Some(Vote::Up),
        }
    }

    fn first(ledger: &Ledger) -> String {
        ledger.shown().ordered()[0].queued.song.track.title.clone()
    }

    fn voted(v: u64, who: &str, n: u64) -> Event {
        let change = Change::Voted {
            song: SongId::from_roll(n),
            member: person(who).id,
            vote: Some(Vote::Up),
        };
        Event {
            v,
            at: Millis(5),
            by: Some(person(who).id),
            change,
        }
    }

    #[test]
    fn a_vote_shows_at_once_and_stays_when_confirmed() {
        let mut ledger = ledger();
        assert_eq!(
            ledger.wish(up(2), Millis(1), None, 0),
            Verdict::Send { id: 1, note: None }
        );
        assert_eq!(first(&ledger), "song 2");
        assert_eq!(ledger.hear(&voted(1, "me", 2)), Applied::Forward);
        ledger.done(1, 1);
        assert_eq!(first(&ledger), "song 2");
        assert!(ledger.waiting.is_empty());
    }

    #[test]
    fn a_refused_vote_is_taken_back() {
        let mut ledger = ledger();
        ledger.wish(up(2), Millis(1), None, 0);
        ledger.refused(1);
        assert_eq!(first(&ledger), "song 1");
    }

    #[test]
    fn a_wish_goes_on_showing_while_the_answer_is_ahead_of_the_events() {
        let mut ledger = ledger();
        ledger.wish(up(2), Millis(1), None, 0);
        ledger.done(1, 2);
        assert_eq!(first(&ledger), "song 2");
        ledger.hear(&voted(1, "anna", 2));
        assert_eq!(ledger.waiting.len(), 1, "version 2 has not been heard yet");
        ledger.hear(&voted(2, "me", 2));
        assert!(ledger.waiting.is_empty());
    }

    #[test]
    fn the_words_about_a_removed_song_still_know_its_title() {
        let mut ledger = ledger();
        let remove = Command::Remove {
            song: SongId::from_roll(2),
        };
        ledger.wish(remove.clone(), Millis(1), None, 0);
        let gone = Change::Removed {
            songs: vec![SongId::from_roll(2)],
        };
        ledger.hear(&Event {
            v: 1,
            at: Millis(3),
            by: None,
            change: gone,
        });
        assert_eq!(
            ledger.done(1, 1),
            Some(Carried {
                command: remove,
                title: Some("song 2".into())
            })
        );
    }

    #[test]
    fn a_wish_whose_song_is_gone_stops_showing() {
        let mut ledger = ledger();
        ledger.wish(up(2), Millis(1), None, 0);
        let gone = Change::Removed {
            songs: vec![SongId::from_roll(2)],
        };
        ledger.hear(&Event {
            v: 1,
            at: Millis(3),
            by: None,
            change: gone,
        });
        assert_eq!(first(&ledger), "song 1");
        assert_eq!(ledger.shown().songs.len(), 1);
    }

    #[test]
    fn an_added_song_never_shows_twice() {
        let mut ledger = ledger();
        let add = Command::Add { track: track(9).uri };
        let verdict = ledger.wish(add, Millis(1), Some(track(9)), 77);
        assert_eq!(verdict, Verdict::Send { id: 1, note: None });
        assert!(ledger.is_wished_only(&SongId::from_roll(77)));
        // The server's event, with its own id for the song, comes before the answer.
        let mut confirmed = song(9, "me");
        confirmed.song.id = SongId::from_roll(1234);
        let added = Change::Added {
            songs: vec![confirmed.song],
        };
        ledger.hear(&Event {
            v: 1,
            at: Millis(2),
            by: Some(person("me").id),
            change: added,
        });
        let uris: Vec<_> = ledger
            .shown()
            .songs
            .iter()
            .filter(|q| q.song.track.uri == track(9).uri)
            .collect();
        assert_eq!(uris.len(), 1);
        assert!(!ledger.is_wished_only(&uris[0].song.id));
    }

    #[test]
    fn fault_stale_actions_were_replayed_after_a_reconnect() {
        let mut ledger = ledger();
        ledger.wish(up(2), Millis(1), None, 0);
        assert_eq!(ledger.drop_waiting(), 1);
        assert_eq!(
            first(&ledger),
            "song 1",
            "what the server never confirmed shows no longer"
        );
    }

    #[test]
    fn a_dead_line_does_not_collect_wishes_for_ever() {
        let mut ledger = ledger();
        for i in 0..MAX_WAITING {
            let vote = if i % 2 == 0 { Some(Vote::Up) } else { None };
            let command = Command::Vote {
                song: SongId::from_roll(2),
                vote,
            };
            assert!(matches!(
                ledger.wish(command, Millis(1), None, 0),
                Verdict::Send { .. }
            ));
        }
        assert_eq!(ledger.wish(up(2), Millis(1), None, 0), Verdict::Busy);
    }
}
