//! What a singer does with a written tune: fits it to the chords, and never sings it quite the same way
//! twice.
//!
//! Owns ornament and variation. Knows pitches and beats, not seconds or sounds.

use super::random::Random;
use super::score::{ChordSpan, Key, TuneNote};

/// Notes at least this long must agree with the chord under them, in beats.
const LONG_NOTE: f32 = 0.75;
/// Notes at least this long may be ornamented.
const ORNAMENT_NOTE: f32 = 1.0;
/// How often a repetition turns a long note into note, neighbour, note.
const TURN_CHANCE: f32 = 0.22;
/// How often it fills a leap with a passing note.
const PASSING_CHANCE: f32 = 0.35;
/// How often it comes in late.
const LATE_CHANCE: f32 = 0.12;

/// A sung note: where, how long, which MIDI pitch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sung {
    pub start: f32,
    pub beats: f32,
    pub pitch: i32,
}

/// Sings `tune`, moved by `steps` scale steps, with degrees counted from `floor`.
pub fn sing(tune: &[TuneNote], key: Key, floor: i32, steps: i32, chords: &[ChordSpan]) -> Vec<Sung> {
    tune.iter()
        .filter_map(|note| {
            let written = key.pitch(note.degree? + steps, floor);
            let long = note.beats >= LONG_NOTE;
            let pitch = fit(written, key, chord_at(chords, note.start), long, steps != 0);
            Some(Sung {
                start: note.start,
                beats: note.beats,
                pitch,
            })
        })
        .collect()
}

/// Varies a tune that was heard before: turns, passing notes, late entries. The last note is the phrase's
/// full stop, and stays.
pub fn vary(sung: &[Sung], key: Key, random: &mut Random) -> Vec<Sung> {
    let mut varied = Vec::with_capacity(sung.len() * 2);
    for (place, note) in sung.iter().enumerate() {
        let Some(next) = sung.get(place + 1) else {
            varied.push(*note);
            break;
        };
        let leap = next.pitch - note.pitch;
        let joins = (note.start + note.beats - next.start).abs() < 1e-3;
        let roll = random.unit();
        if note.beats >= ORNAMENT_NOTE && leap.abs() >= 3 && joins && roll < PASSING_CHANCE {
            let tail = if note.beats > 1.5 { 0.5 } else { note.beats / 2.0 };
            let passing = key.neighbour(next.pitch, -leap.signum());
            varied.push(Sung {
                beats: note.beats - tail,
                ..*note
            });
            varied.push(Sung {
                start: next.start - tail,
                beats: tail,
                pitch: passing,
            });
        } else if note.beats >= ORNAMENT_NOTE && roll < PASSING_CHANCE + TURN_CHANCE {
            let quick = 0.25_f32.min(note.beats / 4.0);
            let upper = key.neighbour(note.pitch, 1);
            varied.push(Sung {
                beats: quick,
                ..*note
            });
            varied.push(Sung {
                start: note.start + quick,
                beats: quick,
                pitch: upper,
            });
            varied.push(Sung {
                start: note.start + 2.0 * quick,
                beats: note.beats - 2.0 * quick,
                ..*note
            });
        } else if note.beats >= ORNAMENT_NOTE && roll > 1.0 - LATE_CHANCE {
            let late = note.beats.min(2.0) / 4.0;
            varied.push(Sung {
                start: note.start + late,
                beats: note.beats - late,
                ..*note
            });
        } else {
            varied.push(*note);
        }
    }
    varied
}

/// The chord that sounds at a beat (the last one beyond the end).
pub fn chord_at(chords: &[ChordSpan], beat: f32) -> Option<&ChordSpan> {
    chords
        .iter()
        .rev()
        .find(|span| span.start <= beat + 1e-3)
        .or(chords.first())
}

/// Moves a pitch that would rub with the chord. A second voice (`chord_tones_only`) is held to chord tones on
/// long notes, which is what makes it sound like harmony and not like a mistake.
fn fit(pitch: i32, key: Key, span: Option<&ChordSpan>, long: bool, chord_tones_only: bool) -> i32 {
    let Some(ChordSpan { chord, .. }) = span else {
        return pitch;
    };
    if chord.contains(pitch) {
        return pitch;
    }
    // A borrowed chord bends the scale: sing its own third or seventh, not the key's.
    for bent in [pitch + 1, pitch - 1] {
        if chord.contains(bent) && !key.contains(bent) {
            return bent;
        }
    }
    if long && (chord.rubs_with(pitch) || chord_tones_only) {
        return [pitch - 1, pitch + 1, pitch - 2, pitch + 2]
            .into_iter()
            .find(|candidate| chord.contains(*candidate))
            .unwrap_or(pitch);
    }
    pitch
}

#[cfg(test)]
mod tests {
    use super::super::score::{Scale, parse_chords, parse_tune};
    use super::*;

    const A_MINOR: Key = Key {
        tonic: 9,
        scale: Scale::Minor,
    };

    #[test]
    fn a_long_note_never_rubs_with_its_chord() {
        let chords = parse_chords("E7 | Am | Fmaj7 | C", 4.0).expect("valid");
        let tune = parse_tune("7:2 4:2 | 6:4 | 5:4 | 4:4", 4.0).expect("valid");
        for note in sing(&tune, A_MINOR, 57, 0, &chords) {
            let chord = &chord_at(&chords, note.start).expect("a chord").chord;
            assert!(!chord.rubs_with(note.pitch), "{note:?} rubs with {chord:?}");
        }
    }

    #[test]
    fn the_leading_note_follows_a_borrowed_dominant() {
        let chords = parse_chords("E7", 4.0).expect("valid");
        let tune = parse_tune("7:4", 4.0).expect("valid");
        assert_eq!(
            sing(&tune, A_MINOR, 57, 0, &chords)[0].pitch % 12,
            8,
            "G sharp, not G"
        );
    }

    #[test]
    fn a_variation_keeps_the_length_and_the_last_note() {
        let chords = parse_chords("Am | Dm | E7 | Am", 4.0).expect("valid");
        let tune = parse_tune("1:2 5:2 | 4:1 6:2 4:1 | 2:2 7:2 | 8:4", 4.0).expect("valid");
        let plain = sing(&tune, A_MINOR, 57, 0, &chords);
        let mut changed = 0;
        for seed in 0..20 {
            let varied = vary(&plain, A_MINOR, &mut Random::new(seed));
            assert_eq!(varied.last(), plain.last());
            assert!(varied.windows(2).all(|pair| pair[0].start < pair[1].start));
            changed += usize::from(varied != plain);
        }
        assert!(changed > 10, "variations vary");
    }
}
