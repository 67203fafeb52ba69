//! Voice leading: which octave each note of a chord takes, so that the fingers move as little as possible.
//!
//! Owns the choice among all voicings within a range. Knows nothing of rhythm, instruments or keys.

use super::score::Chord;

/// Below this MIDI pitch close intervals turn to mud.
const MUD_LINE: i32 = 52;
/// The closest two notes may stand below the mud line, in semitones.
const LOW_GAP: i32 = 5;
/// A hand, or an accordion, does not reach further than this.
const WIDEST: i32 = 19;

/// Voices a chord with at most `voices` notes within `range`, near `previous` (empty at the start).
///
/// The result rises from low to high, and is never empty for a range of an octave or more.
pub fn lead(chord: &Chord, previous: &[i32], voices: usize, range: (i32, i32)) -> Vec<i32> {
    let classes = chosen_tones(chord, voices);
    let mut best: Option<(f32, Vec<i32>)> = None;
    let mut stack = vec![Vec::with_capacity(classes.len())];
    while let Some(partial) = stack.pop() {
        if partial.len() == classes.len() {
            let mut voicing: Vec<i32> = partial;
            voicing.sort_unstable();
            let cost = cost(&voicing, previous, range);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, voicing));
            }
            continue;
        }
        let class = classes[partial.len()];
        let mut pitch = range.0 + (class - range.0).rem_euclid(12);
        while pitch <= range.1 {
            let mut longer = partial.clone();
            longer.push(pitch);
            stack.push(longer);
            pitch += 12;
        }
    }
    best.map(|(_, voicing)| voicing).unwrap_or_default()
}

/// The tones worth a finger: rich chords leave the root to the bass.
fn chosen_tones(chord: &Chord, voices: usize) -> Vec<i32> {
    let rich = chord.tones.len() > voices || chord.tones.len() >= 5;
    let skip = usize::from(rich);
    chord
        .tones
        .iter()
        .copied()
        .skip(skip)
        .take(voices.max(1))
        .collect()
}

fn cost(voicing: &[i32], previous: &[i32], range: (i32, i32)) -> f32 {
    let mut cost = 0.0;
    for pair in voicing.windows(2) {
        let gap = pair[1] - pair[0];
        cost += match gap {
            0 => 40.0,
            1 => 3.0,
            gap if pair[0] < MUD_LINE && gap < LOW_GAP => 6.0,
            gap if gap > 12 => 8.0,
            _ => 0.0,
        };
    }
    let (Some(&low), Some(&top)) = (voicing.first(), voicing.last()) else {
        return cost;
    };
    if top - low > WIDEST {
        cost += 10.0;
    }
    if let [.., second, highest] = voicing
        && highest - second == 1
    {
        // A semitone right under the top note hides the top line.
        cost += 8.0;
    }
    let centre = (range.0 + range.1) as f32 / 2.0;
    let mean = voicing.iter().sum::<i32>() as f32 / voicing.len() as f32;
    cost += (mean - centre).abs() * 0.25;
    if let Some(&previous_top) = previous.last() {
        cost += (top - previous_top).abs() as f32 * 0.8;
        for pitch in voicing {
            let nearest = previous.iter().map(|old| (old - pitch).abs()).min().unwrap_or(0);
            cost += nearest as f32;
        }
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(symbol: &str) -> Chord {
        Chord::parse(symbol).expect("a known chord")
    }

    #[test]
    fn a_cadence_moves_by_small_steps() {
        let mut previous = lead(&chord("Dm9"), &[], 4, (52, 74));
        for symbol in ["G13", "Cmaj9", "A7b9", "Dm9"] {
            let next = lead(&chord(symbol), &previous, 4, (52, 74));
            let largest = next.iter().zip(&previous).map(|(a, b)| (a - b).abs()).max();
            assert!(
                largest.is_some_and(|leap| leap <= 5),
                "{symbol}: {previous:?} to {next:?}"
            );
            previous = next;
        }
    }

    #[test]
    fn voicings_stay_in_their_range_and_rise() {
        for symbol in ["C", "F#m7b5", "Bb69", "E7#5", "Abmaj9", "G5"] {
            let voicing = lead(&chord(symbol), &[], 4, (50, 72));
            assert!(!voicing.is_empty());
            assert!(voicing.iter().all(|pitch| (50..=72).contains(pitch)));
            assert!(
                voicing.windows(2).all(|pair| pair[0] < pair[1]),
                "{symbol}: {voicing:?}"
            );
        }
    }
}
