//! The programme of the house collection: what a piece consists of, and the list of all pieces.
//!
//! Owns the compositions as data (`pieces/*.rs`), in the words of `score`. Knows nothing of how they are
//! arranged, sounded or stored. Changing a piece changes what every installation hears: raise
//! `COLLECTION_VERSION` with it.

mod evenings_out_back;
mod feathers_side_a;
mod feathers_side_b;
mod small_hours;
mod southbound_lights;

use super::cover::Scene;
use super::effects::{Insert, Room};
use super::score::Key;
use super::synth::{Drum, Instrument};

/// One composition.
pub struct Piece {
    pub title: &'static str,
    pub artist: &'static str,
    pub album: &'static str,
    pub track: u32,
    pub year: u16,
    pub genre: &'static str,
    /// All its dice: timing, touch, ornaments, noise and the cover's details.
    pub seed: u64,
    pub key: Key,
    pub beats_per_minute: f32,
    pub metre: Metre,
    pub swing: Swing,
    pub band: &'static [Part],
    pub sections: &'static [Section],
    pub ending: Ending,
    pub room: Room,
    /// Tape colour of the whole mix, `0.0` (clean) to `1.0` (worn): wow, softened treble, saturation.
    pub tape: f32,
    pub cover: Scene,
}

/// Beats of a bar, and which of them lean.
pub struct Metre {
    pub beats: f32,
    /// Stressed places in beats from the bar's start; the first is the strongest.
    pub accents: &'static [f32],
}

impl Metre {
    const FOUR: Self = Self {
        beats: 4.0,
        accents: &[0.0, 2.0],
    };
    const THREE: Self = Self {
        beats: 3.0,
        accents: &[0.0],
    };
    const FIVE: Self = Self {
        beats: 5.0,
        accents: &[0.0, 3.0],
    };
    /// Six and seven count eighths: 3 + 3, and 3 + 2 + 2.
    const SIX: Self = Self {
        beats: 6.0,
        accents: &[0.0, 3.0],
    };
    const SEVEN: Self = Self {
        beats: 7.0,
        accents: &[0.0, 3.0, 5.0],
    };
}

/// Uneven pairs: of each pair of `unit` beats the first takes `share` (0.5 is straight, 0.667 a triplet
/// shuffle).
#[derive(Clone, Copy)]
pub struct Swing {
    pub unit: f32,
    pub share: f32,
}

impl Swing {
    pub const STRAIGHT: Self = Self {
        unit: 0.5,
        share: 0.5,
    };

    /// Where a written beat falls when swung.
    pub fn place(self, beat: f32) -> f32 {
        let pair = self.unit * 2.0;
        let round = (beat / pair).floor();
        let within = beat / pair - round;
        let swung = if within < 0.5 {
            within * 2.0 * self.share
        } else {
            self.share + (within - 0.5) * 2.0 * (1.0 - self.share)
        };
        (round + swung) * pair
    }
}

/// How a piece ends.
#[derive(Clone, Copy)]
pub enum Ending {
    /// The last `slowing_beats` slow down, then the final chord rings.
    Ring { slowing_beats: f32 },
    /// The last `seconds` fade to nothing.
    Fade { seconds: f32 },
}

/// One player of the band.
pub struct Part {
    pub name: &'static str,
    pub instrument: Instrument,
    pub play: Play,
    /// MIDI pitches the part stays in; a tune counts its degrees from the lower one.
    pub range: (i32, i32),
    /// Decibels before the mix is balanced to the common loudness.
    pub level: f32,
    /// `-1.0` left to `1.0` right.
    pub pan: f32,
    /// Send levels, `0.0..=1.0`.
    pub reverb: f32,
    pub delay: f32,
    pub inserts: &'static [Insert],
}

/// A player to start from: the pieces say what differs.
const PLAYER: Part = Part {
    name: "",
    instrument: Instrument::FeltPiano,
    play: Play::Texture,
    range: (48, 72),
    level: 0.0,
    pan: 0.0,
    reverb: 0.0,
    delay: 0.0,
    inserts: &[],
};

/// What a player does with the section's chords and tune. Texts are grids (see `score::Grid`).
pub enum Play {
    /// Chords held for their full length, common tones tied.
    Hold { voices: usize },
    /// Chords struck on the grid: `x` normal, `X` strong, `o` soft, `a` ahead of the next chord; `roll`
    /// seconds from the lowest to the highest note.
    Comp {
        grid: &'static str,
        voices: usize,
        roll: f32,
    },
    /// Single notes: digits pick the n-th note of the voicing, from 0; beyond the top it goes on an octave
    /// higher.
    Arpeggio { grid: &'static str, voices: usize },
    /// `R` root, `r` soft root, `5` fifth, `L` fifth below, `8` octave, `3` third, `a` step into the next
    /// root.
    Bass { grid: &'static str },
    /// A walking bass in quarter notes.
    Walk,
    /// The section's tune.
    Tune,
    /// The section's tune, moved by so many scale steps (-2 is a third below), fitted to the chords.
    Harmony { steps: i32 },
    /// Each drum with its grid: `X`, `x`, `o` as above.
    Drums { kit: &'static [(Drum, &'static str)] },
    /// One continuous sound under the whole section.
    Texture,
}

/// A stretch of the form.
pub struct Section {
    pub name: &'static str,
    pub chords: &'static str,
    /// Empty where no tune is played.
    pub tune: &'static str,
    /// Names of the parts that play, separated by blanks.
    pub parts: &'static str,
    /// Loudness of touch at the section's begin and end, about 0.4 (hushed) to 1.0.
    pub energy: (f32, f32),
}

impl Section {
    fn bars(&self) -> usize {
        self.chords.split('|').count()
    }
}

/// How long the last chord and its reverb may ring after the last written beat, in seconds.
const RING_SECONDS: f32 = 4.5;
/// By how much the tempo has dropped at the very end of a slowing.
pub const SLOWEST: f32 = 0.68;

impl Piece {
    pub fn beats(&self) -> f32 {
        self.sections
            .iter()
            .map(|section| section.bars() as f32 * self.metre.beats)
            .sum()
    }

    /// Seconds from the start to a written beat, with the slowing at the end.
    pub fn seconds_at(&self, beat: f32) -> f32 {
        let beat_seconds = 60.0 / self.beats_per_minute;
        let slowing = match self.ending {
            Ending::Ring { slowing_beats } => slowing_beats,
            Ending::Fade { .. } => 0.0,
        };
        let steady_until = self.beats() - slowing;
        if slowing <= 0.0 || beat <= steady_until {
            return beat * beat_seconds;
        }
        // The tempo falls linearly from 1 to SLOWEST over `slowing` beats: integrate its reciprocal.
        let fall = (1.0 - SLOWEST) / slowing;
        let within = (beat - steady_until).min(slowing);
        let beyond = (beat - steady_until - slowing).max(0.0);
        let slowed = -(1.0 - fall * within).ln() / fall + beyond / SLOWEST;
        (steady_until + slowed) * beat_seconds
    }

    /// Planned length in seconds, the last ring included.
    pub fn seconds(&self) -> f32 {
        let written = self.seconds_at(self.beats());
        match self.ending {
            Ending::Ring { .. } => written + RING_SECONDS,
            Ending::Fade { .. } => written,
        }
    }
}

/// All pieces, in the order of the albums.
pub fn all() -> Vec<&'static Piece> {
    [
        feathers_side_a::PIECES,
        feathers_side_b::PIECES,
        evenings_out_back::PIECES,
        southbound_lights::PIECES,
        small_hours::PIECES,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
}
