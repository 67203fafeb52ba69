//! The written music: keys, chord symbols, tunes in scale degrees, rhythm grids, and how each is read from
//! text.
//!
//! Owns pitch and rhythm as a musician writes them. Knows nothing of seconds, samples, instruments or files.
//! Pieces are constants of this program, so a `ScoreError` is a slip of ours; a test reads every piece.

use thiserror::Error;

/// A slip in one of the written pieces.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScoreError {
    #[error("unknown chord {0:?}")]
    Chord(String),
    #[error("unreadable note {0:?} in a tune (wanted degree:beats)")]
    Note(String),
    #[error("bar {bar} of tune {tune:?} does not fill the metre")]
    BarLength { tune: String, bar: usize },
    #[error("a rhythm grid may not be empty")]
    EmptyGrid,
    #[error("section {section:?} names a part {part:?} that is not in the band")]
    UnknownPart { section: String, part: String },
}

/// Scales of seven notes, as semitones above the tonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    Major,
    Minor,
    Dorian,
    Lydian,
    Mixolydian,
}

impl Scale {
    fn steps(self) -> [i32; 7] {
        match self {
            Self::Major => [0, 2, 4, 5, 7, 9, 11],
            Self::Minor => [0, 2, 3, 5, 7, 8, 10],
            Self::Dorian => [0, 2, 3, 5, 7, 9, 10],
            Self::Lydian => [0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => [0, 2, 4, 5, 7, 9, 10],
        }
    }
}

/// A tonic (pitch class, C is 0) and a scale on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub tonic: i32,
    pub scale: Scale,
}

impl Key {
    /// MIDI pitch of a scale degree. Degree 1 is the tonic in the octave that starts at `floor`, 8 an octave
    /// up, 0 the seventh below.
    pub fn pitch(self, degree: i32, floor: i32) -> i32 {
        let tonic = floor + (self.tonic - floor).rem_euclid(12);
        let index = degree - 1;
        tonic + 12 * index.div_euclid(7) + self.scale.steps()[index.rem_euclid(7) as usize]
    }

    pub fn contains(self, pitch: i32) -> bool {
        self.scale.steps().contains(&(pitch - self.tonic).rem_euclid(12))
    }

    /// The nearest pitch of the key above (`direction` 1) or below (-1).
    pub fn neighbour(self, pitch: i32, direction: i32) -> i32 {
        let step = if direction < 0 { -1 } else { 1 };
        let mut candidate = pitch + step;
        while !self.contains(candidate) {
            candidate += step;
        }
        candidate
    }
}

/// A chord as pitch classes; `tones[0]` is the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chord {
    pub tones: Vec<i32>,
    /// What the bass plays: the root, or the note after the slash.
    pub bass: i32,
}

/// Chord qualities: suffix and semitones above the root, the root first, then in the order of importance for
/// the sound (third, seventh, colour), the fifth last, because a voicing with few fingers leaves the fifth
/// out.
const QUALITIES: [(&str, &[i32]); 25] = [
    ("", &[0, 4, 7]),
    ("m", &[0, 3, 7]),
    ("5", &[0, 7]),
    ("6", &[0, 4, 9, 7]),
    ("m6", &[0, 3, 9, 7]),
    ("69", &[0, 4, 9, 2, 7]),
    ("7", &[0, 4, 10, 7]),
    ("maj7", &[0, 4, 11, 7]),
    ("m7", &[0, 3, 10, 7]),
    ("9", &[0, 4, 10, 2, 7]),
    ("maj9", &[0, 4, 11, 2, 7]),
    ("m9", &[0, 3, 10, 2, 7]),
    ("m11", &[0, 3, 10, 5, 7]),
    ("13", &[0, 4, 10, 9, 2]),
    ("7b9", &[0, 4, 10, 1, 7]),
    ("7#5", &[0, 4, 10, 8]),
    ("m7b5", &[0, 3, 10, 6]),
    ("dim7", &[0, 3, 6, 9]),
    ("sus2", &[0, 2, 7]),
    ("sus4", &[0, 5, 7]),
    ("7sus4", &[0, 5, 10, 7]),
    ("9sus4", &[0, 5, 10, 2, 7]),
    ("add9", &[0, 4, 2, 7]),
    ("madd9", &[0, 3, 2, 7]),
    ("maj7#11", &[0, 4, 11, 6, 7]),
];

impl Chord {
    /// Reads a symbol such as `Bbmaj9`, `F#m7b5` or `C/E`.
    pub fn parse(symbol: &str) -> Result<Self, ScoreError> {
        let unknown = || ScoreError::Chord(symbol.to_owned());
        let (name, slash) = match symbol.split_once('/') {
            Some((name, bass)) => (name, Some(bass)),
            None => (symbol, None),
        };
        let (root, quality) = pitch_class(name).ok_or_else(unknown)?;
        let intervals = QUALITIES
            .iter()
            .find(|(suffix, _)| *suffix == quality)
            .map(|(_, i)| *i)
            .ok_or_else(unknown)?;
        let bass = match slash {
            None => root,
            Some(text) => match pitch_class(text) {
                Some((bass, "")) => bass,
                _ => return Err(unknown()),
            },
        };
        let tones = intervals.iter().map(|interval| (root + interval) % 12).collect();
        Ok(Self { tones, bass })
    }

    pub fn contains(&self, pitch: i32) -> bool {
        self.tones.contains(&pitch.rem_euclid(12))
    }

    pub fn root(&self) -> i32 {
        self.tones[0]
    }

    /// Whether a long note on `pitch` rubs: a semitone above a chord tone, and no chord tone itself.
    pub fn rubs_with(&self, pitch: i32) -> bool {
        !self.contains(pitch) && self.contains(pitch - 1)
    }
}

/// Splits a leading note name off: `"Bbm7"` is `(10, "m7")`.
fn pitch_class(text: &str) -> Option<(i32, &str)> {
    let mut rest = text.chars();
    let natural = match rest.next()? {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let after_letter = rest.as_str();
    let (shift, rest) = match after_letter.as_bytes().first() {
        Some(b'#') => (1, &after_letter[1..]),
        Some(b'b') => (-1, &after_letter[1..]),
        _ => (0, after_letter),
    };
    Some(((natural + shift + 12) % 12, rest))
}

/// A chord with its place, in beats from the start of the section.
#[derive(Clone, Debug, PartialEq)]
pub struct ChordSpan {
    pub start: f32,
    pub beats: f32,
    pub chord: Chord,
}

/// Reads `"Dm9 G13 | Cmaj9"`: bars by `|`, the chords of a bar share it evenly.
pub fn parse_chords(text: &str, beats_per_bar: f32) -> Result<Vec<ChordSpan>, ScoreError> {
    let mut spans = Vec::new();
    for (bar, symbols) in text.split('|').enumerate() {
        let symbols: Vec<&str> = symbols.split_whitespace().collect();
        let beats = beats_per_bar / symbols.len().max(1) as f32;
        for (place, symbol) in symbols.iter().enumerate() {
            let start = bar as f32 * beats_per_bar + place as f32 * beats;
            spans.push(ChordSpan {
                start,
                beats,
                chord: Chord::parse(symbol)?,
            });
        }
    }
    Ok(spans)
}

/// A note of a tune; `degree` is `None` for a rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TuneNote {
    pub start: f32,
    pub beats: f32,
    pub degree: Option<i32>,
}

/// Reads `"5:1.5 6:.5 .:2 | 8:4"`: scale degree, colon, beats; a dot rests; every bar must fill the metre.
pub fn parse_tune(text: &str, beats_per_bar: f32) -> Result<Vec<TuneNote>, ScoreError> {
    let mut notes = Vec::new();
    for (bar, tokens) in text.split('|').enumerate() {
        let bar_start = bar as f32 * beats_per_bar;
        let mut start = bar_start;
        for token in tokens.split_whitespace() {
            let unreadable = || ScoreError::Note(token.to_owned());
            let (degree, beats) = token.split_once(':').ok_or_else(unreadable)?;
            let beats: f32 = beats.parse().map_err(|_| unreadable())?;
            let degree = match degree {
                "." => None,
                number => Some(number.parse().map_err(|_| unreadable())?),
            };
            notes.push(TuneNote { start, beats, degree });
            start += beats;
        }
        if (start - bar_start - beats_per_bar).abs() > 1e-3 {
            return Err(ScoreError::BarLength {
                tune: text.to_owned(),
                bar: bar + 1,
            });
        }
    }
    Ok(notes)
}

/// One stroke of a rhythm grid: which sign, where and for how long, in beats from the grid's start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub sign: char,
    pub start: f32,
    pub beats: f32,
}

/// A rhythm written as a row of equal steps, repeated as long as it is needed: `.` rests, `-` holds the sign
/// before it, `|` parts bars, any other sign strikes (what it means is for the part that reads it).
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub strokes: Vec<Stroke>,
    pub beats: f32,
}

impl Grid {
    pub fn parse(text: &str, beats_per_bar: f32) -> Result<Self, ScoreError> {
        let mut strokes: Vec<Stroke> = Vec::new();
        let mut bars = 0.0;
        for bar in text.split('|') {
            let signs: Vec<char> = bar.chars().filter(|sign| !sign.is_whitespace()).collect();
            if signs.is_empty() {
                return Err(ScoreError::EmptyGrid);
            }
            let step = beats_per_bar / signs.len() as f32;
            for (place, sign) in signs.into_iter().enumerate() {
                match sign {
                    '.' => {}
                    '-' => {
                        if let Some(held) = strokes.last_mut() {
                            held.beats += step;
                        }
                    }
                    sign => {
                        let start = bars * beats_per_bar + place as f32 * step;
                        strokes.push(Stroke {
                            sign,
                            start,
                            beats: step,
                        });
                    }
                }
            }
            bars += 1.0;
        }
        Ok(Self {
            strokes,
            beats: bars * beats_per_bar,
        })
    }

    /// All strokes within `beats`, the grid repeated to fill them.
    pub fn over(&self, beats: f32) -> Vec<Stroke> {
        let rounds = (beats / self.beats).ceil() as usize;
        (0..rounds)
            .flat_map(|round| {
                let shift = round as f32 * self.beats;
                self.strokes.iter().map(move |stroke| Stroke {
                    start: stroke.start + shift,
                    ..*stroke
                })
            })
            .filter(|stroke| stroke.start < beats - 1e-3)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const C_MAJOR: Key = Key {
        tonic: 0,
        scale: Scale::Major,
    };

    #[test]
    fn a_degree_is_counted_from_the_tonic_up_and_down() {
        assert_eq!(C_MAJOR.pitch(1, 60), 60);
        assert_eq!(C_MAJOR.pitch(8, 60), 72);
        assert_eq!(C_MAJOR.pitch(0, 60), 59);
        assert_eq!(
            Key {
                tonic: 5,
                scale: Scale::Major
            }
            .pitch(3, 60),
            69
        );
    }

    #[test]
    fn chord_symbols_name_their_notes() {
        assert_eq!(
            Chord::parse("Bbmaj7"),
            Ok(Chord {
                tones: vec![10, 2, 9, 5],
                bass: 10
            })
        );
        assert_eq!(
            Chord::parse("C/E"),
            Ok(Chord {
                tones: vec![0, 4, 7],
                bass: 4
            })
        );
        assert_eq!(Chord::parse("Hm"), Err(ScoreError::Chord("Hm".into())));
        assert_eq!(Chord::parse("C/E7"), Err(ScoreError::Chord("C/E7".into())));
    }

    #[test]
    fn chords_of_a_bar_share_it() {
        let spans = parse_chords("Dm7 G7 | C", 4.0).expect("valid");
        let starts: Vec<f32> = spans.iter().map(|span| span.start).collect();
        assert_eq!(starts, [0.0, 2.0, 4.0]);
    }

    #[test]
    fn a_tune_whose_bar_is_too_short_is_refused() {
        assert_eq!(
            parse_tune("1:2 3:1 | 5:4", 4.0),
            Err(ScoreError::BarLength {
                tune: "1:2 3:1 | 5:4".into(),
                bar: 1
            })
        );
    }

    #[test]
    fn a_grid_repeats_and_holds() {
        let grid = Grid::parse("x-.x", 4.0).expect("valid");
        let strokes: Vec<(f32, f32)> = grid.over(6.0).iter().map(|s| (s.start, s.beats)).collect();
        assert_eq!(strokes, [(0.0, 2.0), (3.0, 1.0), (4.0, 2.0)]);
    }
}
