//! How a listener's own player follows the nest: what it was seen doing, what it should be doing, what to do about it.
//!
//! The player is Spotify's, on a device or in the browser, and somebody's own: it is started for them and kept in step with
//! the server's clock, and let go the moment they go their own way. Nothing here knows how a player is asked or told.

use crate::playback::Playing;
use crate::queue::SongId;
use crate::time::Millis;
use crate::track::{Source, TrackUri};

/// For this long after it was told something, what a player does is no wish of its owner: players are slow to follow and to
/// report.
pub const GRACE_MS: i64 = 15_000;
/// A player this far from the clock is moved; each move is heard as a gap, so less is let be.
pub const SEEK_BEYOND_MS: i64 = 2_000;
/// It is moved no more often than this.
pub const SEEK_EVERY_MS: i64 = 20_000;
/// So close to the end of a track a player may be done with it already.
const NEAR_THE_END_MS: i64 = 5_000;

/// What the nest plays, for a player that plays only Spotify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Silence, or a song from elsewhere.
    Nothing,
    /// The listener wishes to hear the nest no more.
    LetGo,
    Track {
        /// Which playing of the track: the same one may be queued twice.
        song: SongId,
        uri: TrackUri,
        position_ms: i64,
        /// `None` while the nest is paused.
        left_ms: Option<i64>,
    },
}

impl Wanted {
    /// Whether the player is to sound.
    pub const fn plays(&self) -> bool {
        matches!(self, Self::Track { left_ms: Some(_), .. })
    }

    pub fn of(playing: Option<&Playing>, now: Millis) -> Self {
        let Some(playing) = playing.filter(|p| p.queued.song.track.uri.source() == Source::Spotify) else {
            return Self::Nothing;
        };
        let ends_at = playing.ends_at();
        Self::Track {
            song: playing.queued.song.id.clone(),
            uri: playing.queued.song.track.uri.clone(),
            position_ms: i64::from(playing.position_ms(now)),
            left_ms: ends_at.map(|end| end.since(now)),
        }
    }
}

/// What a look at the player showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Nobody has looked yet.
    Unseen,
    /// It plays nothing, and is not there to be told anything.
    Gone,
    Player {
        /// The track under all its names: Spotify puts a sibling in its place where a country has no licence.
        uris: Vec<TrackUri>,
        position_ms: i64,
        playing: bool,
    },
}

impl Sight {
    fn plays(&self) -> bool {
        matches!(self, Self::Player { playing: true, .. })
    }
}

/// What is to be done with the player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Look, and ask again.
    Look,
    Play {
        uri: TrackUri,
        position_ms: i64,
    },
    Seek {
        position_ms: i64,
    },
    Pause,
    /// Nothing, for this reason.
    Rest(Rest),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It plays what the nest plays, this far ahead (or behind, below 0).
    InSync { ahead_ms: i64 },
    /// It was told a moment ago and has not shown it yet.
    Settling,
    /// It stands still, as the nest does.
    Paused,
    /// Nothing of Spotify's plays in the nest.
    Idle,
    /// Its owner plays something else on it, and is left alone until they ask to be taken back.
    OwnWay,
    /// Its owner stopped it by hand, and is left alone as well.
    Stopped,
    /// It fell asleep or was switched off.
    Gone,
    /// Spotify doesn't play this song for its owner.
    Barred,
}

/// What is remembered of a player between two looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Follower {
    told: Option<Told>,
    /// How its owner went their own way.
    left: Option<Rest>,
    /// Its owner came in and asked for nothing: what they play already is not taken from them.
    arriving: bool,
    barred: Option<SongId>,
}

/// The song that the player was told to play.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    song: SongId,
    uri: TrackUri,
    /// The name under which the player shows it, where that is another one.
    alias: Option<TrackUri>,
    paused: bool,
    /// When the song ends by the nest's clock; `None`: the nest stood still.
    ends_at: Option<Millis>,
    /// When it was last told anything.
    at: Millis,
    /// When it was last put to a place in the track.
    placed_at: Millis,
}

impl Follower {
    /// Of somebody who comes in with a device that they chose some other time. The default one was asked to play.
    pub fn arriving() -> Self {
        Self {
            arriving: true,
            ..Self::default()
        }
    }

    /// Its owner wishes to hear the nest, whatever they hear now.
    pub fn come_back(&mut self) {
        *self = Self::default();
    }

    /// Spotify doesn't play the song for its owner; it is not asked for again.
    pub fn was_barred(&mut self, song: &SongId) {
        self.told = None;
        self.barred = Some(song.clone());
    }

    /// The next step. A step other than [`Step::Look`] and [`Step::Rest`] counts as carried out.
    pub fn step(&mut self, wanted: &Wanted, sight: &Sight, now: Millis) -> Step {
        if let Some(left) = self.left {
            return Step::Rest(left);
        }
        if let Wanted::Track { song, left_ms, .. } = wanted
            && let Some(told) = self.told.as_mut().filter(|told| told.song == *song)
        {
            told.ends_at = left_ms.map(|left| now.plus(left));
        }
        let told = self.told.clone();
        let (song, uri, position_ms, left_ms) = match (wanted, &told) {
            (Wanted::Nothing | Wanted::LetGo | Wanted::Track { left_ms: None, .. }, None) => {
                return Step::Rest(Rest::Idle);
            }
            (Wanted::Nothing, Some(told)) => return self.let_go(told, sight, now, true),
            (Wanted::LetGo, Some(told)) => return self.let_go(told, sight, now, false),
            (
                Wanted::Track {
                    song, left_ms: None, ..
                },
                Some(told),
            ) if *song != told.song => {
                return self.let_go(told, sight, now, true);
            }
            (
                Wanted::Track {
                    song,
                    uri,
                    position_ms,
                    left_ms,
                },
                _,
            ) => (song, uri, *position_ms, *left_ms),
        };
        if self.barred.as_ref() == Some(song) {
            return Step::Rest(Rest::Barred);
        }
        match told {
            None if self.arriving => match sight {
                Sight::Unseen => Step::Look,
                Sight::Player {
                    uris, playing: true, ..
                } if !uris.contains(uri) => self.leave(true),
                _ => self.play(song, uri, position_ms, left_ms, now),
            },
            None => self.play(song, uri, position_ms, left_ms, now),
            Some(told) if told.song != *song => match sight {
                Sight::Unseen => Step::Look,
                _ if told.is_settled(now) && told.was_left(uri, sight, now) => self.leave(sight.plays()),
                _ => self.play(song, uri, position_ms, left_ms, now),
            },
            Some(told) => self.keep(position_ms, left_ms, told, sight, now),
        }
    }

    /// The player was told the right song.
    fn keep(
        &mut self,
        position_ms: i64,
        left_ms: Option<i64>,
        mut told: Told,
        sight: &Sight,
        now: Millis,
    ) -> Step {
        let settled = told.is_settled(now);
        let (uris, at, playing) = match sight {
            Sight::Unseen => return Step::Look,
            Sight::Gone if told.paused => return Step::Rest(Rest::Paused),
            Sight::Gone if settled => return Step::Rest(Rest::Gone),
            Sight::Gone => return Step::Rest(Rest::Settling),
            Sight::Player {
                uris,
                position_ms,
                playing,
            } => (uris, *position_ms, *playing),
        };
        let ahead_ms = at - position_ms;
        if playing && !settled && !told.is_in(uris) && ahead_ms.abs() <= SEEK_BEYOND_MS {
            // Another name, just where it was told to be: a sibling of the track.
            told.alias = uris.first().cloned();
            self.told = Some(told.clone());
        }
        let is_right = told.is_in(uris);
        let Some(left_ms) = left_ms else {
            if is_right && playing && !told.paused {
                self.told = Some(Told {
                    paused: true,
                    at: now,
                    ..told
                });
                return Step::Pause;
            }
            return match (settled, playing) {
                (true, true) => self.leave(true),
                (true, false) => Step::Rest(Rest::Paused),
                (false, _) => Step::Rest(Rest::Settling),
            };
        };
        if told.paused {
            return self.play(&told.song, &told.uri, position_ms, Some(left_ms), now);
        }
        if !is_right || !playing {
            let is_over = left_ms < NEAR_THE_END_MS;
            return match settled && !is_over {
                true => self.leave(playing),
                false => Step::Rest(Rest::Settling),
            };
        }
        let may_move = now.since(told.placed_at) >= SEEK_EVERY_MS && left_ms > NEAR_THE_END_MS;
        if ahead_ms.abs() > SEEK_BEYOND_MS && may_move {
            self.told = Some(Told {
                at: now,
                placed_at: now,
                ..told
            });
            return Step::Seek { position_ms };
        }
        Step::Rest(Rest::InSync { ahead_ms })
    }

    /// The player falls silent, unless it plays something of its owner's. Where the nest went on, what it has begun by itself
    /// at the end of its song is no wish of theirs.
    fn let_go(&mut self, told: &Told, sight: &Sight, now: Millis, nest_went_on: bool) -> Step {
        let Sight::Player {
            uris,
            position_ms,
            playing,
        } = sight
        else {
            if *sight == Sight::Unseen {
                return Step::Look;
            }
            self.told = None;
            return Step::Rest(Rest::Idle);
        };
        let settled = told.is_settled(now);
        // What was told a moment ago may begin any moment.
        let is_ours = match playing {
            true => told.is_in(uris) || (nest_went_on && settled && told.had_ended_before(*position_ms, now)),
            false => !settled && !told.paused,
        };
        if is_ours {
            self.told = None;
            return Step::Pause;
        }
        if *playing && settled && nest_went_on {
            return self.leave(true);
        }
        self.told = None;
        Step::Rest(Rest::Idle)
    }

    fn play(
        &mut self,
        song: &SongId,
        uri: &TrackUri,
        position_ms: i64,
        left_ms: Option<i64>,
        now: Millis,
    ) -> Step {
        self.told = Some(Told {
            song: song.clone(),
            uri: uri.clone(),
            alias: None,
            paused: false,
            ends_at: left_ms.map(|left| now.plus(left)),
            at: now,
            placed_at: now,
        });
        self.arriving = false;
        Step::Play {
            uri: uri.clone(),
            position_ms,
        }
    }

    fn leave(&mut self, plays: bool) -> Step {
        let left = if plays { Rest::OwnWay } else { Rest::Stopped };
        self.told = None;
        self.left = Some(left);
        Step::Rest(left)
    }
}

impl Told {
    fn is_settled(&self, now: Millis) -> bool {
        now.since(self.at) >= GRACE_MS
    }

    fn is_in(&self, uris: &[TrackUri]) -> bool {
        uris.contains(&self.uri) || self.alias.as_ref().is_some_and(|alias| uris.contains(alias))
    }

    /// Whether a track that stands at `position_ms` now began no earlier than this song ended, or so nearly: a player that is
    /// through with a song goes on to one of its own choice. What began in the middle of the song, its owner chose.
    fn had_ended_before(&self, position_ms: i64, now: Millis) -> bool {
        let began = now.plus(-position_ms);
        self.ends_at
            .is_some_and(|end| began.since(end) >= -NEAR_THE_END_MS)
    }

    /// Whether its owner went their own way before the next song, which is `next`: they chose something else, or stopped in
    /// the middle. A player that has just ended a track goes on to one of its own choice, or to the beginning.
    fn was_left(&self, next: &TrackUri, sight: &Sight, now: Millis) -> bool {
        let Sight::Player {
            uris,
            position_ms,
            playing,
        } = sight
        else {
            return false;
        };
        match playing {
            true => !self.is_in(uris) && !uris.contains(next) && !self.had_ended_before(*position_ms, now),
            false => *position_ms > 0 && self.is_in(uris) && !self.paused,
        }
    }
}

#[cfg(test)]
mod tests;
