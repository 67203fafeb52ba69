//! From a written piece to what each player does when: notes in seconds, with touch and a little human
//! unevenness.
//!
//! Owns accompaniment patterns, dynamics, swing and timing. Knows nothing of waveforms: a note leaves here as
//! pitch, moment, length and velocity.

use super::melody::{self, Sung, chord_at};
use super::pieces::{Ending, Part, Piece, Play, Section};
use super::random::Random;
use super::score::{self, Chord, ChordSpan, Grid, ScoreError, Stroke};
use super::synth::Drum;
use super::voicing;

/// How far a player may stray from the beat, in seconds.
const HUMAN_SECONDS: f32 = 0.007;
/// Drummers stray less.
const DRUMMER_SECONDS: f32 = 0.003;
/// How much the touch varies from note to note.
const HUMAN_TOUCH: f32 = 0.08;
/// Bars after which a tied chord is struck anew, so that a long pad keeps breathing.
const LONGEST_TIE_BARS: f32 = 4.0;
/// Length of a phrase in bars: dynamics swell towards its middle.
const PHRASE_BARS: f32 = 4.0;

/// What an event sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sound {
    /// MIDI pitch.
    Pitch(i32),
    Drum(Drum),
    Texture,
}

/// One note or stroke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Seconds from the start of the piece.
    pub at: f32,
    /// How long it is held, in seconds.
    pub seconds: f32,
    /// `0.0..=1.0`
    pub velocity: f32,
    pub sound: Sound,
}

/// Everything to be played: one list per member of the band, each in order of time.
pub struct Arrangement {
    pub parts: Vec<Vec<Event>>,
}

/// Arranges a piece.
pub fn arrange(piece: &Piece) -> Result<Arrangement, ScoreError> {
    for section in piece.sections {
        for name in section.parts.split_whitespace() {
            if !piece.band.iter().any(|part| part.name == name) {
                let (section, part) = (section.name.to_owned(), name.to_owned());
                return Err(ScoreError::UnknownPart { section, part });
            }
        }
    }
    let parts = piece
        .band
        .iter()
        .map(|part| Player::new(piece, part).play())
        .collect::<Result<_, _>>()?;
    Ok(Arrangement { parts })
}

/// One member of the band at work: remembers the hand's last position and which tunes were played already.
struct Player<'a> {
    piece: &'a Piece,
    part: &'a Part,
    random: Random,
    hand: Vec<i32>,
    last_bass: i32,
    heard: Vec<&'a str>,
    events: Vec<Event>,
}

/// The section at hand, read.
struct Stretch<'a> {
    section: &'a Section,
    /// Beats from the start of the piece.
    start: f32,
    beats: f32,
    chords: Vec<ChordSpan>,
    /// Where the next section goes; `None` in the last one.
    following: Option<Chord>,
}

impl Stretch<'_> {
    fn is_last(&self) -> bool {
        self.following.is_none()
    }

    /// The chord a beat leads to: of this section, or the first of the next.
    fn chord_ahead(&self, beat: f32) -> Option<&Chord> {
        if beat >= self.beats - 1e-3 {
            return self.following.as_ref();
        }
        chord_at(&self.chords, beat).map(|span| &span.chord)
    }
}

impl<'a> Player<'a> {
    fn new(piece: &'a Piece, part: &'a Part) -> Self {
        let random = Random::stream(piece.seed, part.name);
        let last_bass = part.range.0 + 4;
        Self {
            piece,
            part,
            random,
            hand: Vec::new(),
            last_bass,
            heard: Vec::new(),
            events: Vec::new(),
        }
    }

    fn play(mut self) -> Result<Vec<Event>, ScoreError> {
        let bar = self.piece.metre.beats;
        let mut start = 0.0;
        for (place, section) in self.piece.sections.iter().enumerate() {
            let chords = score::parse_chords(section.chords, bar)?;
            let beats = section.chords.split('|').count() as f32 * bar;
            let following = match self.piece.sections.get(place + 1) {
                Some(next) => score::parse_chords(next.chords, bar)?
                    .into_iter()
                    .next()
                    .map(|span| span.chord),
                None => None,
            };
            let stretch = Stretch {
                section,
                start,
                beats,
                chords,
                following,
            };
            if section
                .parts
                .split_whitespace()
                .any(|name| name == self.part.name)
            {
                self.play_section(&stretch)?;
            }
            start += beats;
        }
        self.events.sort_by(|a, b| a.at.total_cmp(&b.at));
        Ok(self.events)
    }

    fn play_section(&mut self, stretch: &Stretch<'a>) -> Result<(), ScoreError> {
        let bar = self.piece.metre.beats;
        match &self.part.play {
            Play::Hold { voices } => self.hold(stretch, *voices),
            Play::Comp { grid, voices, roll } => {
                let strokes = self.strokes(stretch, grid)?;
                self.comp(stretch, &strokes, *voices, *roll);
            }
            Play::Arpeggio { grid, voices } => {
                let strokes = Grid::parse(grid, bar)?.over(stretch.beats);
                self.arpeggio(stretch, &strokes, *voices);
            }
            Play::Bass { grid } => {
                let strokes = self.strokes(stretch, grid)?;
                self.bass(stretch, &strokes);
            }
            Play::Walk => self.walk(stretch),
            Play::Tune => self.tune(stretch, 0)?,
            Play::Harmony { steps } => self.tune(stretch, *steps)?,
            Play::Drums { kit } => {
                for (drum, grid) in *kit {
                    let strokes = self.strokes(stretch, grid)?;
                    self.drum(stretch, *drum, &strokes);
                }
            }
            Play::Texture => {
                let velocity = self.energy(stretch, 0.0);
                let at = self.piece.seconds_at(stretch.start);
                let seconds = self.piece.seconds_at(stretch.start + stretch.beats) - at;
                self.events.push(Event {
                    at,
                    seconds,
                    velocity,
                    sound: Sound::Texture,
                });
            }
        }
        if stretch.is_last() {
            self.close(stretch);
        }
        Ok(())
    }

    /// The grid over the section. Over the final chord of a ringing piece only the first stroke is left: the
    /// band lands together, and lets it ring.
    fn strokes(&self, stretch: &Stretch<'a>, grid: &str) -> Result<Vec<Stroke>, ScoreError> {
        let mut strokes = Grid::parse(grid, self.piece.metre.beats)?.over(stretch.beats);
        if let (true, Ending::Ring { .. }, Some(last)) =
            (stretch.is_last(), self.piece.ending, stretch.chords.last())
        {
            let landing = last.start;
            strokes.retain(|stroke| stroke.start < landing + 1e-3);
            if !strokes.iter().any(|stroke| stroke.start >= landing - 1e-3)
                && !matches!(self.part.play, Play::Drums { .. })
            {
                strokes.push(Stroke {
                    sign: 'x',
                    start: landing,
                    beats: last.beats,
                });
            }
        }
        Ok(strokes)
    }

    /// In a piece that ends by ringing, whatever chord sounds last is let ring beyond the written end.
    fn close(&mut self, stretch: &Stretch<'a>) {
        let (Ending::Ring { .. }, Some(last)) = (self.piece.ending, stretch.chords.last()) else {
            return;
        };
        let from = self.piece.seconds_at(stretch.start + last.start) - 3.0 * HUMAN_SECONDS;
        let end = self.piece.seconds();
        for event in self.events.iter_mut().filter(|event| event.at >= from) {
            if let Sound::Pitch(_) = event.sound {
                event.seconds = event.seconds.max((end - event.at) * 0.7);
            }
        }
    }

    fn hold(&mut self, stretch: &Stretch<'a>, voices: usize) {
        let longest = LONGEST_TIE_BARS * self.piece.metre.beats;
        let mut sounding: Vec<(i32, f32, f32)> = Vec::new();
        for span in &stretch.chords {
            self.hand = voicing::lead(&span.chord, &self.hand, voices, self.part.range);
            let end = span.start + span.beats;
            let mut next = Vec::new();
            for pitch in self.hand.clone() {
                match sounding
                    .iter()
                    .position(|(old, from, _)| *old == pitch && end - from <= longest)
                {
                    Some(tied) => {
                        let (_, from, _) = sounding.swap_remove(tied);
                        next.push((pitch, from, end));
                    }
                    None => next.push((pitch, span.start, end)),
                }
            }
            for (pitch, from, until) in std::mem::replace(&mut sounding, next) {
                self.note(stretch, from, until - from, pitch, 0.75, 0.0);
            }
        }
        for (pitch, from, until) in sounding {
            self.note(stretch, from, until - from, pitch, 0.75, 0.0);
        }
    }

    fn comp(&mut self, stretch: &Stretch<'a>, strokes: &[Stroke], voices: usize, roll: f32) {
        for stroke in strokes {
            let here = chord_at(&stretch.chords, stroke.start).map(|span| &span.chord);
            let ahead = stretch.chord_ahead(stroke.start + stroke.beats);
            let chord = if stroke.sign == 'a' { ahead.or(here) } else { here };
            let Some(chord) = chord else { continue };
            self.hand = voicing::lead(chord, &self.hand, voices, self.part.range);
            let touch = touch_of(stroke.sign);
            let count = self.hand.len().max(2) as f32 - 1.0;
            // One arm strikes the chord: its notes share the unevenness, only the roll spreads them.
            let sway = self.random.signed() * HUMAN_SECONDS;
            for (finger, pitch) in self.hand.clone().into_iter().enumerate() {
                let delay = sway + roll * finger as f32 / count;
                // The top note carries the line.
                let weight = if finger + 1 == voices { 1.0 } else { 0.86 };
                self.note(
                    stretch,
                    stroke.start,
                    stroke.beats * 0.96,
                    pitch,
                    touch * weight,
                    delay,
                );
            }
        }
    }

    fn arpeggio(&mut self, stretch: &Stretch<'a>, strokes: &[Stroke], voices: usize) {
        let mut voiced_at = -1.0;
        for stroke in strokes {
            let Some(span) = chord_at(&stretch.chords, stroke.start).cloned() else {
                continue;
            };
            if span.start != voiced_at {
                voiced_at = span.start;
                self.hand = voicing::lead(&span.chord, &self.hand, voices, self.part.range);
            }
            let Some(finger) = stroke.sign.to_digit(10).map(|digit| digit as usize) else {
                continue;
            };
            let count = self.hand.len();
            if count == 0 {
                continue;
            }
            let pitch = self.hand[finger % count] + 12 * (finger / count) as i32;
            let delay = self.random.signed() * HUMAN_SECONDS;
            self.note(stretch, stroke.start, stroke.beats, pitch, 0.72, delay);
        }
    }

    fn bass(&mut self, stretch: &Stretch<'a>, strokes: &[Stroke]) {
        for stroke in strokes {
            let Some(span) = chord_at(&stretch.chords, stroke.start) else {
                continue;
            };
            let root = self.near_last_bass(span.chord.bass);
            let fifth = if span.chord.contains(span.chord.root() + 6) {
                6
            } else {
                7
            };
            let third = if span.chord.contains(span.chord.root() + 3) {
                3
            } else {
                4
            };
            let (pitch, touch) = match stroke.sign {
                'r' => (root, 0.55),
                '5' => (root + fifth, 0.75),
                'L' => (root + fifth - 12, 0.75),
                '8' => (root + 12, 0.72),
                '3' => (root + third, 0.72),
                'a' => {
                    let ahead = stretch.chord_ahead(stroke.start + stroke.beats);
                    let goal = ahead.map_or(root, |chord| self.near_last_bass(chord.bass));
                    let step = match (goal - root).signum() {
                        0 => root + fifth,
                        side => goal - side,
                    };
                    (step, 0.68)
                }
                _ => (root, 0.85),
            };
            let lowest = self.part.range.0 - 3;
            let pitch = if pitch < lowest { pitch + 12 } else { pitch };
            let delay = self.random.signed() * HUMAN_SECONDS * 0.5;
            self.note(stretch, stroke.start, stroke.beats * 0.94, pitch, touch, delay);
            self.last_bass = root;
        }
    }

    /// The octave of a root that lies in range and nearest to where the hand is.
    fn near_last_bass(&self, class: i32) -> i32 {
        let lowest = self.part.range.0 + (class - self.part.range.0).rem_euclid(12);
        let higher = lowest + 12;
        let closer = (higher - self.last_bass).abs() < (lowest - self.last_bass).abs();
        if closer && higher <= self.part.range.1 {
            higher
        } else {
            lowest
        }
    }

    fn walk(&mut self, stretch: &Stretch<'a>) {
        let steps = stretch.beats.round() as usize;
        for step in 0..steps {
            let beat = step as f32;
            let Some(span) = chord_at(&stretch.chords, beat) else {
                continue;
            };
            let ahead = stretch.chord_ahead(beat + 1.0);
            let pitch = match ahead {
                _ if (beat - span.start).abs() < 1e-3 => self.near_last_bass(span.chord.bass),
                Some(next) if next.bass != span.chord.bass => {
                    let goal = self.near_last_bass(next.bass);
                    if goal >= self.last_bass {
                        goal - 1
                    } else {
                        goal + 1
                    }
                }
                _ => self.stepping_tone(span),
            };
            let delay = self.random.signed() * HUMAN_SECONDS * 0.5;
            let touch = if step % 2 == 0 { 0.78 } else { 0.7 };
            self.note(stretch, beat, 0.92, pitch, touch, delay);
            self.last_bass = pitch;
        }
    }

    /// A chord tone a small step away from the last bass note, now up, now down.
    fn stepping_tone(&mut self, span: &ChordSpan) -> i32 {
        let upward = if self.last_bass > self.part.range.1 - 5 {
            false
        } else {
            self.random.chance(0.6)
        };
        let direction = if upward { 1 } else { -1 };
        (2..=7)
            .map(|distance| self.last_bass + direction * distance)
            .find(|pitch| span.chord.contains(*pitch) && *pitch >= self.part.range.0)
            .unwrap_or_else(|| self.near_last_bass(span.chord.root()))
    }

    fn tune(&mut self, stretch: &Stretch<'a>, steps: i32) -> Result<(), ScoreError> {
        let text = stretch.section.tune;
        if text.is_empty() {
            return Ok(());
        }
        let tune = score::parse_tune(text, self.piece.metre.beats)?;
        let mut sung = melody::sing(&tune, self.piece.key, self.part.range.0, steps, &stretch.chords);
        if self.heard.contains(&text) && steps == 0 {
            sung = melody::vary(&sung, self.piece.key, &mut self.random);
        }
        self.heard.push(text);
        for Sung { start, beats, pitch } in sung {
            let delay = self.random.signed() * HUMAN_SECONDS;
            let touch = if beats >= 1.0 { 0.8 } else { 0.7 };
            self.note(stretch, start, beats * 0.97, pitch, touch, delay);
        }
        Ok(())
    }

    fn drum(&mut self, stretch: &Stretch<'a>, drum: Drum, strokes: &[Stroke]) {
        for stroke in strokes {
            let delay = self.random.signed() * DRUMMER_SECONDS;
            let touch = touch_of(stroke.sign);
            self.event(
                stretch,
                stroke.start,
                stroke.beats,
                Sound::Drum(drum),
                touch,
                delay,
            );
        }
    }

    fn note(&mut self, stretch: &Stretch<'a>, start: f32, beats: f32, pitch: i32, touch: f32, delay: f32) {
        self.event(stretch, start, beats, Sound::Pitch(pitch), touch, delay);
    }

    fn event(&mut self, stretch: &Stretch<'a>, start: f32, beats: f32, sound: Sound, touch: f32, delay: f32) {
        let swing = self.piece.swing;
        let begin = swing.place(stretch.start + start);
        let end = swing.place(stretch.start + start + beats);
        let at = (self.piece.seconds_at(begin) + delay).max(0.0);
        let seconds = (self.piece.seconds_at(end) - self.piece.seconds_at(begin)).max(0.03);
        let human = 1.0 + self.random.signed() * HUMAN_TOUCH;
        let velocity = touch * human * self.energy(stretch, start) * self.accent(start);
        self.events.push(Event {
            at,
            seconds,
            velocity: velocity.clamp(0.05, 1.0),
            sound,
        });
    }

    /// Dynamics: the section's line from begin to end, with a small swell in each phrase.
    fn energy(&self, stretch: &Stretch<'a>, start: f32) -> f32 {
        let (begin, end) = stretch.section.energy;
        let phrase = PHRASE_BARS * self.piece.metre.beats;
        let swell = (start.rem_euclid(phrase) / phrase * std::f32::consts::PI).sin();
        (begin + (end - begin) * start / stretch.beats) * (0.93 + 0.12 * swell)
    }

    /// The metre's weight of a place in the bar.
    fn accent(&self, start: f32) -> f32 {
        let within = (start + 1e-3).rem_euclid(self.piece.metre.beats);
        match self
            .piece
            .metre
            .accents
            .iter()
            .position(|accent| (accent - within).abs() < 0.01)
        {
            Some(0) => 1.08,
            Some(_) => 1.02,
            None => 0.94,
        }
    }
}

/// Velocity of a grid's sign before dynamics.
fn touch_of(sign: char) -> f32 {
    match sign {
        'X' => 0.95,
        'o' => 0.42,
        _ => 0.72,
    }
}
