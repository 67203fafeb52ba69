//! Plucked strings: nylon and steel guitar, harp, upright bass.
//!
//! A delay line as long as the string's period, fed once with noise and damped at each round (Karplus and
//! Strong, "Digital synthesis of plucked-string and drum timbres"), tuned by an all-pass (Jaffe and Smith).

use super::super::effects::one_pole;
use super::super::random::Random;
use super::{Instrument, Note, Voice, decay_factor, pan_gains, sine};

/// Settings of one instrument.
#[derive(Clone, Copy, Debug)]
pub struct StringKind {
    /// Seconds to fall by 60 dB at middle C, and by how much an octave up shortens it.
    ring_seconds: f32,
    ring_per_octave: f32,
    /// 0 bright to 0.5 dull, of each round.
    dullness: f32,
    /// How many harmonics finger or plectrum bring out before the spectrum falls.
    harmonics: f32,
    /// Where it is plucked, as a share of the string.
    place: f32,
    damped_seconds: f32,
    /// A sine under the string: the body of an upright bass.
    body: f32,
    level: f32,
}

/// The settings of an instrument of this family.
pub fn string(instrument: Instrument) -> Option<StringKind> {
    Some(match instrument {
        Instrument::NylonGuitar => StringKind {
            ring_seconds: 3.2,
            ring_per_octave: 0.72,
            dullness: 0.34,
            harmonics: 6.5,
            place: 0.23,
            damped_seconds: 0.25,
            body: 0.0,
            level: 0.5,
        },
        Instrument::SteelGuitar => StringKind {
            ring_seconds: 5.0,
            ring_per_octave: 0.75,
            dullness: 0.16,
            harmonics: 9.0,
            place: 0.17,
            damped_seconds: 0.5,
            body: 0.0,
            level: 0.42,
        },
        Instrument::Harp => StringKind {
            ring_seconds: 4.2,
            ring_per_octave: 0.8,
            dullness: 0.25,
            harmonics: 5.0,
            place: 0.4,
            damped_seconds: 3.0,
            body: 0.0,
            level: 0.46,
        },
        Instrument::UprightBass => StringKind {
            ring_seconds: 1.5,
            ring_per_octave: 0.8,
            dullness: 0.45,
            harmonics: 4.5,
            place: 0.3,
            damped_seconds: 0.12,
            body: 0.75,
            level: 0.6,
        },
        _ => return None,
    })
}

pub struct Pluck {
    line: Vec<f32>,
    place: usize,
    dullness: f32,
    kept: f32,
    last: f32,
    tuning: f32,
    tuning_in: f32,
    tuning_out: f32,
    body_phase: f32,
    body_step: f32,
    body_level: f32,
    body_factor: f32,
    gain: f32,
    damper: f32,
    damper_factor: f32,
    samples_held: usize,
    samples_left: usize,
    attack: f32,
    attack_step: f32,
    pan: (f32, f32),
}

/// Seconds of the finger's release of the string.
const ATTACK_SECONDS: f32 = 0.0015;

impl Pluck {
    pub fn new(kind: StringKind, note: Note, rate: f32, random: &mut Random) -> Self {
        let period = rate / note.hertz();
        // The damping filter delays by `dullness` samples; the all-pass makes up the fraction (0.1 to 1.1).
        let wanted = period - kind.dullness;
        let whole = (wanted - 0.1).floor().max(2.0);
        let fraction = wanted - whole;
        let length = whole as usize;
        let bright = note.hertz() * kind.harmonics * (0.5 + note.velocity);
        let ring = kind.ring_seconds * kind.ring_per_octave.powf((note.pitch - 60.0) / 12.0);
        let longest = (ring * 1.1).min(note.seconds + kind.damped_seconds * 1.3);
        Self {
            line: burst(length, kind, one_pole(bright, rate), random),
            place: 0,
            dullness: kind.dullness,
            kept: decay_factor(ring, rate).powf(period),
            last: 0.0,
            tuning: (1.0 - fraction) / (1.0 + fraction),
            tuning_in: 0.0,
            tuning_out: 0.0,
            body_phase: 0.0,
            body_step: note.hertz() / rate,
            body_level: kind.body,
            body_factor: decay_factor(ring * 0.8, rate),
            gain: kind.level * (0.25 + 0.75 * note.velocity),
            damper: 1.0,
            damper_factor: decay_factor(kind.damped_seconds, rate),
            samples_held: (note.seconds * rate) as usize,
            samples_left: (longest * rate) as usize,
            attack: 0.0,
            attack_step: 1.0 / (ATTACK_SECONDS * rate),
            pan: pan_gains(random.signed() * 0.12),
        }
    }
}

/// The string's first shape: smoothed noise, combed by the plucking place, without direct current, of equal
/// power whatever the dice say.
fn burst(length: usize, kind: StringKind, brightness: f32, random: &mut Random) -> Vec<f32> {
    let mut low = [0.0_f32; 2];
    let noise: Vec<f32> = (0..length)
        .map(|_| {
            low[0] += (random.signed() - low[0]) * brightness;
            low[1] += (low[0] - low[1]) * brightness;
            low[1]
        })
        .collect();
    let shift = ((length as f32 * kind.place) as usize).max(1);
    let mut shape: Vec<f32> = (0..length)
        .map(|at| noise[at] - 0.9 * noise[(at + length - shift) % length])
        .collect();
    let mean = shape.iter().sum::<f32>() / length as f32;
    let power = shape.iter().map(|sample| (sample - mean).powi(2)).sum::<f32>() / length as f32;
    let gain = 0.4 / power.sqrt().max(1e-6);
    for sample in &mut shape {
        *sample = (*sample - mean) * gain;
    }
    shape
}

impl Voice for Pluck {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let count = left.len().min(self.samples_left);
        for (l, r) in left.iter_mut().zip(right.iter_mut()).take(count) {
            let out = self.line[self.place];
            let damped = ((1.0 - self.dullness) * out + self.dullness * self.last) * self.kept;
            self.last = out;
            let tuned = self.tuning * (damped - self.tuning_out) + self.tuning_in;
            self.tuning_in = damped;
            self.tuning_out = tuned;
            self.line[self.place] = tuned;
            self.place += 1;
            if self.place == self.line.len() {
                self.place = 0;
            }
            let mut sample = out;
            if self.body_level > 1e-3 {
                self.body_phase += self.body_step;
                if self.body_phase >= 1.0 {
                    self.body_phase -= 1.0;
                }
                sample += sine(self.body_phase) * self.body_level;
                self.body_level *= self.body_factor;
            }
            if self.attack < 1.0 {
                self.attack = (self.attack + self.attack_step).min(1.0);
            }
            if self.samples_held == 0 {
                self.damper *= self.damper_factor;
            } else {
                self.samples_held -= 1;
            }
            sample *= self.gain * self.attack * self.damper;
            *l += sample * self.pan.0;
            *r += sample * self.pan.1;
        }
        self.samples_left -= count;
        self.samples_left > 0
    }
}
