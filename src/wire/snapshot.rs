//! A nest's live state as browsers and servers hold it, and the one function that moves it forward.

use serde::{Deserialize, Serialize};

use super::event::{Change, Event};
use crate::nest::{MemberId, NestId, NestName, NestSlug, role::Role};
use crate::playback::Playing;
use crate::queue::{Placed, QueuedSong, SongId, order};
use crate::time::Millis;
use crate::track::{Source, TrackUri};

/// Everything live about a nest except who is in it (that changes with the wind and has frames of its own).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub nest: Identity,
    /// Steps with each restart of the nest; an older generation's events and writers are refused.
    pub generation: u32,
    /// Steps with each event.
    pub version: u64,
    /// What waits, in the order of asking. [`Snapshot::ordered`] gives the order of playing.
    pub songs: Vec<QueuedSong>,
    pub playing: Option<Playing>,
    /// 0 to 100.
    pub volume: u8,
    pub bender: Bender,
}

/// What a nest is called and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub id: NestId,
    pub name: NestName,
    #[serde(default)]
    pub slug: Option<NestSlug>,
    #[serde(default)]
    pub creator: Option<MemberId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bender {
    pub enabled: bool,
    /// Since when he has been picking with nobody asking for a song; `None`: somebody's song came last.
    #[serde(default)]
    pub streak_start: Option<Millis>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The snapshot is one version further.
    Forward,
    /// The snapshot was there already.
    Already,
    /// Events are missing in between; the snapshot is unchanged. Ask for what was missed.
    Gap,
}

pub const DEFAULT_VOLUME: u8 = 80;

impl Snapshot {
    /// A nest that has just come to life.
    pub fn new(nest: Identity, generation: u32, bender_enabled: bool) -> Self {
        let bender = Bender {
            enabled: bender_enabled,
            streak_start: None,
        };
        Self {
            nest,
            generation,
            version: 0,
            songs: Vec::new(),
            playing: None,
            volume: DEFAULT_VOLUME,
            bender,
        }
    }

    /// What waits, in the order it will play.
    pub fn ordered(&self) -> Vec<Placed<'_>> {
        order(&self.songs, self.playing_person())
    }

    /// The person whose turn the playing song is; Bender's songs are nobody's turn.
    fn playing_person(&self) -> Option<&MemberId> {
        let song = &self.playing.as_ref()?.queued.song;
        (!song.auto).then_some(&song.user.id)
    }

    pub fn song(&self, id: &SongId) -> Option<&QueuedSong> {
        self.songs.iter().find(|q| q.song.id == *id)
    }

    /// The song, queued or playing.
    pub fn song_or_playing(&self, id: &SongId) -> Option<&QueuedSong> {
        let playing = self
            .playing
            .as_ref()
            .map(|p| &p.queued)
            .filter(|q| q.song.id == *id);
        playing.or_else(|| self.song(id))
    }

    /// The track as a person has asked for it: what stands in the way of asking again. What Bender picked doesn't.
    pub fn brought_track(&self, uri: &TrackUri) -> Option<&QueuedSong> {
        self.songs
            .iter()
            .find(|q| q.song.track.uri == *uri && !q.song.auto)
    }

    /// Whether the track waits or plays here.
    pub fn holds(&self, uri: &TrackUri) -> bool {
        let plays = self
            .playing
            .as_ref()
            .is_some_and(|p| p.queued.song.track.uri == *uri);
        plays || self.songs.iter().any(|q| q.song.track.uri == *uri)
    }

    /// Where the music of the nest comes from: the source of what plays, else of what waits first. What Bender picked holds
    /// nobody: his next song is always there.
    pub fn source(&self) -> Option<Source> {
        let playing = self.playing.iter().map(|p| &p.queued);
        let first = playing.chain(&self.songs).find(|queued| !queued.song.auto);
        first.map(|queued| queued.song.track.uri.source())
    }

    pub fn role_of(&self, member: &MemberId) -> Role {
        Role::of(member, self.nest.creator.as_ref(), self.nest.id.is_main())
    }

    pub fn songs_of_people(&self) -> usize {
        self.songs.iter().filter(|q| !q.song.auto).count()
    }

    /// The same with the one that plays, while it has time left by the clock.
    pub fn songs_of_people_left(&self, now: Millis) -> usize {
        let plays = self.playing.as_ref().filter(|p| !p.queued.song.auto);
        let has_time_left = plays.and_then(Playing::ends_at).is_some_and(|end| end > now);
        self.songs_of_people() + usize::from(has_time_left)
    }

    /// Moves the snapshot one version forward, if the event is the next one.
    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.v <= self.version {
            return Applied::Already;
        }
        if event.v != self.version + 1 {
            return Applied::Gap;
        }
        self.change(&event.change, event.at);
        self.version = event.v;
        Applied::Forward
    }

    /// What a change does, without its version: browsers show their own wishes this way before the server confirms them.
    pub fn change(&mut self, change: &Change, at: Millis) {
        match change {
            Change::Added { songs } => {
                for song in songs {
                    if !song.auto {
                        self.take_over_from_bender(&song.track.uri);
                    }
                    self.insert(QueuedSong::new(song.clone()));
                    self.note_streak(song.auto, at);
                }
            }
            Change::Voted { song, member, vote } => {
                if let Some(queued) = self.songs.iter_mut().find(|q| q.song.id == *song) {
                    queued.set_vote(member, *vote);
                }
            }
            Change::Jammed { song, person, on } => {
                let playing = self.playing.as_mut().map(|p| &mut p.queued);
                let mut all = self.songs.iter_mut().chain(playing);
                if let Some(queued) = all.find(|q| q.song.id == *song) {
                    queued.set_jam(person, *on);
                }
            }
            Change::Removed { songs } => self.songs.retain(|q| !songs.contains(&q.song.id)),
            Change::Filtered { song, .. } => self.songs.retain(|q| q.song.id != *song),
            Change::Restored { songs } => {
                for queued in songs {
                    self.insert(queued.clone());
                }
            }
            Change::Started { song, at } => {
                if let Some(index) = self.songs.iter().position(|q| q.song.id == *song) {
                    let queued = self.songs.remove(index);
                    self.playing = Some(Playing {
                        queued,
                        started_at: *at,
                        paused_at: None,
                    });
                }
            }
            Change::Stopped => self.playing = None,
            Change::Paused { at } => {
                if let Some(playing) = &mut self.playing {
                    playing.paused_at = Some(*at);
                }
            }
            Change::Resumed { started_at } => {
                if let Some(playing) = &mut self.playing {
                    playing.started_at = *started_at;
                    playing.paused_at = None;
                }
            }
            Change::Volume { level } => self.volume = *level,
            Change::BenderAsked { at } => self.bender.streak_start = Some(*at),
            Change::BenderSwitched { on } => {
                self.bender = Bender {
                    enabled: *on,
                    streak_start: None,
                };
                self.songs.retain(|q| *on || !q.song.auto);
            }
            Change::Renamed { name, slug } => {
                self.nest.name = name.clone();
                self.nest.slug = slug.clone();
            }
        }
    }

    /// Keeps `songs` in the order of asking, whatever order they arrive in.
    fn insert(&mut self, queued: QueuedSong) {
        fn asked(q: &QueuedSong) -> (Millis, &SongId) {
            (q.song.added_at, &q.song.id)
        }
        if let Err(place) = self.songs.binary_search_by(|q| asked(q).cmp(&asked(&queued))) {
            self.songs.insert(place, queued);
        }
    }

    /// A person asked for what Bender had picked: it is theirs now, and plays once.
    fn take_over_from_bender(&mut self, uri: &TrackUri) {
        self.songs.retain(|q| !(q.song.auto && q.song.track.uri == *uri));
    }

    fn note_streak(&mut self, auto: bool, at: Millis) {
        self.bender.streak_start = match auto {
            false => None,
            true => self.bender.streak_start.or(Some(at)),
        };
    }
}

/// Nests for tests, in a few words.
#[cfg(test)]
pub(crate) mod fixture {
    use super::*;
    use crate::nest::Person;
    use crate::queue::Song;
    use crate::track::Track;

    pub(crate) fn person(name: &str) -> Person {
        Person {
            id: MemberId::parse(name).expect("test names are ids"),
            name: name.into(),
        }
    }

    /// A three-minute song, the n-th that was asked for.
    pub(crate) fn queued(n: u64, who: &str) -> QueuedSong {
        let track = Track {
            uri: TrackUri::library(n),
            title: format!("song {n}"),
            artist: "artist".into(),
            album: String::new(),
            duration_ms: 180_000,
            img: None,
            big_img: None,
            hue: None,
        };
        let auto = who == "bender";
        QueuedSong::new(Song {
            id: SongId::from_roll(n),
            track,
            user: person(who),
            added_at: Millis(n as i64),
            auto,
        })
    }

    pub(crate) fn nest() -> Snapshot {
        let name = NestName::parse("Main Nest").expect("a good name");
        Snapshot::new(
            Identity {
                id: NestId::main(),
                name,
                slug: None,
                creator: None,
            },
            1,
            true,
        )
    }

    impl Snapshot {
        pub(crate) fn with(mut self, queued: QueuedSong) -> Self {
            self.insert(queued);
            self
        }

        pub(crate) fn playing(mut self, queued: QueuedSong, started_at: Millis) -> Self {
            self.playing = Some(Playing {
                queued,
                started_at,
                paused_at: None,
            });
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::fixture::{nest, person, queued};
    use super::*;
    use crate::action::{Circumstances, Removal, decide};
    use crate::playback::{Step, step};
    use crate::queue::Vote;
    use crate::wire::{Command, ServerFrame};

    const PEOPLE: [&str; 4] = ["anna", "ben", "cleo", "dora"];

    fn command(nest: &Snapshot, deed: u8, which: usize) -> Command {
        let nth = |i: usize| {
            nest.songs
                .get(i % nest.songs.len().max(1))
                .map(|q| q.song.id.clone())
        };
        let song = nth(which).unwrap_or(SongId::from_roll(999));
        let playing = nest
            .playing
            .as_ref()
            .map_or(song.clone(), |p| p.queued.song.id.clone());
        let of_bender = nest
            .songs
            .iter()
            .find(|q| q.song.auto)
            .map_or(song.clone(), |q| q.song.id.clone());
        match deed {
            0..=2 => Command::Add {
                track: TrackUri::library(which as u64),
            },
            3 => Command::Vote {
                song,
                vote: Some(Vote::Up),
            },
            4 => Command::Vote {
                song,
                vote: if which.is_multiple_of(2) {
                    None
                } else {
                    Some(Vote::Down)
                },
            },
            5 => Command::Jam {
                song: playing,
                on: !which.is_multiple_of(3),
            },
            6 => Command::Remove { song },
            7 => Command::Skip { song: playing },
            8 => Command::Pause,
            9 => Command::Resume,
            10 => Command::Volume { level: which as u8 },
            11 => Command::Take { song: of_bender },
            12 => Command::Filter { song: of_bender },
            13 => Command::AskBender,
            14 => Command::Clear,
            _ => Command::Undo {
                version: nest.version,
            },
        }
    }

    /// Up to here a deed is somebody's command. The others come in other ways: Bender picks, the host switches him or gives
    /// the nest another name, and time passes until a song is over.
    const COMMANDS: u8 = 16;
    const BENDER_PICKS: u8 = 16;
    const SWITCHED: u8 = 17;
    const RENAMED: u8 = 18;
    const TIME_PASSES: u8 = 19;
    const DEEDS: u8 = 20;
    /// A second from one deed to the next; a song is over after three minutes.
    const SECOND: i64 = 1_000;
    const LONGER_THAN_A_SONG: i64 = 200 * SECOND;

    /// What the deed changes, by whom, as far as it changes anything.
    fn change(
        server: &Snapshot,
        (deed, who, which): (u8, usize, usize),
        about: Circumstances,
    ) -> Option<Change> {
        let now = about.now;
        match (step(server, now), deed) {
            (Step::Start { song, at }, _) => Some(Change::Started { song, at }),
            (Step::Stop, _) => Some(Change::Stopped),
            (Step::Wait(_), BENDER_PICKS) => {
                let mut pick = queued(which as u64, "bender").song;
                pick.id = SongId::from_roll(about.roll);
                pick.added_at = now;
                let is_wanted = server.bender.enabled && !server.holds(&pick.track.uri);
                is_wanted.then_some(Change::Added { songs: vec![pick] })
            }
            (Step::Wait(_), SWITCHED) => Some(Change::BenderSwitched {
                on: which.is_multiple_of(2),
            }),
            (Step::Wait(_), RENAMED) => {
                let name = NestName::parse(&format!("Nest {which}")).expect("a good name");
                let slug = NestSlug::from_name(&name);
                Some(Change::Renamed { name, slug })
            }
            (Step::Wait(_), _) => {
                let by = person(PEOPLE[who % PEOPLE.len()]);
                let granted = decide(server, &by, &command(server, deed, which), about);
                granted.ok()?.change
            }
        }
    }

    /// Plays deeds on a nest and answers the events.
    fn events(server: &mut Snapshot, deeds: &[(u8, usize, usize)]) -> Vec<Event> {
        let mut events = Vec::new();
        let mut now = Millis(0);
        let mut removed = None;
        for (turn, (deed, who, which)) in deeds.iter().copied().enumerate() {
            now = now.plus(match deed {
                TIME_PASSES => LONGER_THAN_A_SONG,
                _ => SECOND,
            });
            let about = Circumstances {
                now,
                track: Some(queued(which as u64, "anna").song.track),
                roll: turn as u64 + 1,
                max_queue_depth: None,
                mixed_sources: true,
                removed: removed.clone(),
            };
            let by_nobody = deed >= COMMANDS || !matches!(step(server, now), Step::Wait(_));
            if let Some(change) = change(server, (deed, who, which), about) {
                if let Change::Removed { songs } = &change {
                    let taken = server.songs.iter().filter(|q| songs.contains(&q.song.id));
                    let by = Some(person(PEOPLE[who % PEOPLE.len()]).id);
                    let songs = taken.cloned().collect();
                    removed = Some(Removal { by, songs });
                }
                let event = Event {
                    v: server.version + 1,
                    at: now,
                    by: (!by_nobody).then(|| person(PEOPLE[who % PEOPLE.len()]).id),
                    change,
                };
                assert_eq!(server.apply(&event), Applied::Forward);
                events.push(event);
            }
        }
        events
    }

    /// What each kind of change is called. One that is missing here does not compile.
    fn kind(change: &Change) -> &'static str {
        match change {
            Change::Added { .. } => "added",
            Change::Voted { .. } => "voted",
            Change::Jammed { .. } => "jammed",
            Change::Removed { .. } => "removed",
            Change::Filtered { .. } => "filtered",
            Change::Restored { .. } => "restored",
            Change::Started { .. } => "started",
            Change::Stopped => "stopped",
            Change::Paused { .. } => "paused",
            Change::Resumed { .. } => "resumed",
            Change::Volume { .. } => "volume",
            Change::BenderAsked { .. } => "bender_asked",
            Change::BenderSwitched { .. } => "bender_switched",
            Change::Renamed { .. } => "renamed",
        }
    }

    /// The properties below are worth as much as what they draw.
    #[test]
    fn every_kind_of_change_is_among_the_deeds_that_are_drawn() {
        let deeds = [
            (0, 0, 1),
            (13, 0, 0), // too early: the song starts instead
            (13, 0, 0),
            (5, 1, 1),
            (8, 0, 0),
            (9, 0, 0),
            (10, 0, 7),
            (0, 1, 2),
            (3, 2, 0),
            (14, 0, 0),
            (15, 0, 0),
            (BENDER_PICKS, 0, 3),
            (12, 0, 1),
            (RENAMED, 0, 4),
            (SWITCHED, 0, 1),
            (TIME_PASSES, 0, 0),
            (TIME_PASSES, 0, 0),
        ];
        let events = events(&mut nest(), &deeds);
        let kinds: BTreeSet<&str> = events.iter().map(|event| kind(&event.change)).collect();
        assert_eq!(kinds.len(), 14, "{kinds:?}");
    }

    fn deeds() -> impl Strategy<Value = Vec<(u8, usize, usize)>> {
        prop::collection::vec((0..DEEDS, 0usize..4, 0usize..20), 1..80)
    }

    proptest! {
        /// A browser that gets the events as JSON, some of them twice, has the server's snapshot at the end.
        #[test]
        fn applying_the_events_gives_the_servers_snapshot(
            deeds in deeds(),
            repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let mut server = nest();
            let mut browser = nest();
            let events = events(&mut server, &deeds);
            for (i, event) in events.iter().enumerate() {
                let frame = serde_json::to_string(&ServerFrame::Event(event.clone())).expect("it serialises");
                let Ok(ServerFrame::Event(event)) = serde_json::from_str(&frame) else { panic!("it comes back") };
                prop_assert_eq!(browser.apply(&event), Applied::Forward);
                for again in repeats.iter().filter(|r| r.index(events.len()) == i) {
                    prop_assert_eq!(browser.apply(&events[again.index(i + 1)]), Applied::Already);
                }
            }
            prop_assert_eq!(browser, server);
        }

        /// Whatever happens, the songs stand in the order of asking and nothing stands there twice.
        #[test]
        fn a_snapshot_never_holds_a_song_twice(deeds in deeds()) {
            let mut server = nest();
            events(&mut server, &deeds);
            let asked: Vec<_> = server.songs.iter().map(|q| (q.song.added_at, q.song.id.clone())).collect();
            prop_assert!(asked.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn a_gap_is_noticed_and_changes_nothing() {
        let mut browser = nest();
        let event = Event {
            v: 2,
            at: Millis(0),
            by: None,
            change: Change::Stopped,
        };
        assert_eq!(browser.apply(&event), Applied::Gap);
        assert_eq!(browser, nest());
    }

    #[test]
    fn switched_off_bender_takes_along_what_he_has_waiting_and_what_plays_plays_on() {
        let mut nest = nest()
            .playing(queued(1, "bender"), Millis(0))
            .with(queued(2, "anna"))
            .with(queued(3, "bender"));
        nest.bender.streak_start = Some(Millis(0));
        let (playing, off) = (nest.playing.clone(), Change::BenderSwitched { on: false });
        for _ in 0..2 {
            nest.change(&off, Millis(5));
            assert_eq!(nest.songs, [queued(2, "anna")]);
            assert_eq!(nest.playing, playing);
            assert!(!nest.bender.enabled);
        }
        nest.change(&Change::BenderSwitched { on: true }, Millis(6));
        assert!(nest.bender.enabled);
        assert_eq!(nest.bender.streak_start, None, "he begins anew");
    }

    #[test]
    fn asking_for_what_bender_picked_makes_it_yours_and_plays_it_once() {
        let mut nest = nest().with(queued(1, "bender"));
        let mut song = queued(2, "anna").song;
        song.track = queued(1, "bender").song.track;
        nest.change(
            &Change::Added {
                songs: vec![song.clone()],
            },
            Millis(5),
        );
        assert_eq!(
            nest.songs.iter().map(|q| q.song.clone()).collect::<Vec<_>>(),
            [song]
        );
    }
}
