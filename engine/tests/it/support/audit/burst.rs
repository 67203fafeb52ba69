//! What was tried at once, what became of it, and what it explains of what is found afterwards.

use nests::nest::{MemberId, NestId};
use nests::queue::SongId;
use nests::time::Millis;
use nests::track::TrackUri;
use nests::wire::{Change, Event};

#[derive(Debug, Default)]
pub struct Burst {
    pub began: Millis,
    pub said: Vec<String>,
    pub deeds: Vec<Deed>,
}

/// Something that was done in a nest, or may have been done by a process that crashed over it: then nobody was told, and there
/// is no version or generation to go by. What was refused is no deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    pub nest: NestId,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A song that was acknowledged.
    Added {
        track: TrackUri,
        by: MemberId,
        version: u64,
    },
    Removed {
        song: SongId,
        version: Option<u64>,
    },
    Cleared {
        version: Option<u64>,
    },
    Undone {
        version: Option<u64>,
    },
    Restarted {
        keeps_queue: bool,
        generation: Option<u32>,
    },
    Deleted,
}

impl Burst {
    pub fn of<'a>(&'a self, nest: &'a NestId) -> impl Iterator<Item = &'a What> {
        self.deeds
            .iter()
            .filter(move |deed| deed.nest == *nest)
            .map(|deed| &deed.what)
    }

    pub fn may_be_deleted(&self, nest: &NestId) -> bool {
        self.of(nest).any(|what| *what == What::Deleted)
    }

    /// Whether somebody restarted the nest to this generation. Within ten seconds that happens once: a restart that was
    /// acknowledged is the only one.
    fn restarts(&self, nest: &NestId, to: u32) -> impl Iterator<Item = bool> {
        let tried = |what: &What| match what {
            What::Restarted {
                keeps_queue,
                generation,
            } => Some((*keeps_queue, *generation)),
            _ => None,
        };
        let tried: Vec<_> = self.of(nest).filter_map(tried).collect();
        let known = tried.iter().any(|(_, generation)| *generation == Some(to));
        tried.into_iter().filter_map(move |(keeps_queue, generation)| {
            (generation == Some(to) || (!known && generation.is_none())).then_some(keeps_queue)
        })
    }

    pub fn was_restarted(&self, nest: &NestId, to: u32) -> bool {
        self.restarts(nest, to).next().is_some()
    }

    pub fn may_have_begun_empty(&self, nest: &NestId, generation: u32) -> bool {
        self.restarts(nest, generation).any(|keeps_queue| !keeps_queue)
    }

    pub fn has_begun_empty(&self, nest: &NestId, generation: u32) -> bool {
        self.was_restarted(nest, generation)
            && self.restarts(nest, generation).all(|keeps_queue| !keeps_queue)
    }

    /// Whether somebody took this song away, or everything.
    pub fn takes_away(&self, nest: &NestId, song: &SongId) -> bool {
        self.of(nest).any(|what| match what {
            What::Removed { song: removed, .. } => removed == song,
            What::Cleared { .. } => true,
            _ => false,
        })
    }

    pub fn takes_anything_away(&self, nest: &NestId) -> bool {
        self.of(nest)
            .any(|what| matches!(what, What::Removed { .. } | What::Cleared { .. }))
    }

    /// Whether everything was taken away after the nest was at `version`.
    pub fn clears_after(&self, nest: &NestId, version: u64) -> bool {
        self.of(nest).any(|what| match what {
            What::Cleared { version: cleared } => cleared.is_none_or(|cleared| cleared > version),
            _ => false,
        })
    }

    /// Whether somebody brought back what had been taken away; `for_certain`: and was told so.
    pub fn undoes(&self, nest: &NestId, for_certain: bool) -> bool {
        self.of(nest)
            .any(|what| matches!(what, What::Undone { version } if version.is_some() || !for_certain))
    }

    /// Whether somebody asked for what the log tells, where it is a matter of songs that go or come back.
    pub fn explains(&self, nest: &NestId, event: &Event) -> bool {
        let may_be = |version: &Option<u64>| version.is_none_or(|version| version == event.v);
        let mut deeds = self.of(nest);
        match &event.change {
            Change::Removed { songs } => deeds.any(|what| match what {
                What::Removed { song, version } => may_be(version) && songs == std::slice::from_ref(song),
                What::Cleared { version } => may_be(version),
                _ => false,
            }),
            Change::Restored { .. } => {
                deeds.any(|what| matches!(what, What::Undone { version } if may_be(version)))
            }
            _ => true,
        }
    }

    /// What people were told, and the logs have to confirm.
    pub fn promises(&self) -> Vec<&Deed> {
        let is_promise = |deed: &&Deed| match &deed.what {
            What::Added { .. } => true,
            What::Removed { version, .. } => version.is_some(),
            _ => false,
        };
        self.deeds.iter().filter(is_promise).collect()
    }
}

impl Deed {
    /// Whether the event is this deed, as the nest's log tells it.
    pub fn is_told_by(&self, event: &Event) -> bool {
        match (&self.what, &event.change) {
            (What::Added { track, by, version }, Change::Added { songs }) => {
                event.v == *version
                    && songs
                        .iter()
                        .any(|song| song.track.uri == *track && song.user.id == *by)
            }
            (What::Removed { song, version }, Change::Removed { songs }) => {
                Some(event.v) == *version && songs.contains(song)
            }
            _ => false,
        }
    }
}
