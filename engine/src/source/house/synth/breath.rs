//! Blown pipes: flute and ocarina. A few sines with the breath's noise around them, and a vibrato that sets
//! in late.

use super::super::random::Random;
use super::{Adsr, Envelope, Instrument, Note, Voice, sine};

/// Settings of one instrument.
#[derive(Clone, Copy, Debug)]
pub struct Pipe {
    /// Loudness of the first four harmonics.
    harmonics: [f32; 4],
    breath: f32,
    amplitude: Adsr,
    /// Hz, cents.
    vibrato: (f32, f32),
    level: f32,
}

/// The settings of an instrument of this family.
pub fn pipe(instrument: Instrument) -> Option<Pipe> {
    Some(match instrument {
        Instrument::Flute => Pipe {
            harmonics: [1.0, 0.34, 0.12, 0.05],
            breath: 0.09,
            amplitude: Adsr {
                attack: 0.07,
                decay: 0.6,
                sustain: 0.85,
                release: 0.18,
            },
            vibrato: (4.9, 13.0),
            level: 0.28,
        },
        Instrument::Ocarina => Pipe {
            harmonics: [1.0, 0.06, 0.09, 0.0],
            breath: 0.05,
            amplitude: Adsr {
                attack: 0.05,
                decay: 0.5,
                sustain: 0.9,
                release: 0.2,
            },
            vibrato: (4.5, 10.0),
            level: 0.3,
        },
        _ => return None,
    })
}

/// Seconds until the vibrato is full.
const VIBRATO_DELAY: f32 = 0.45;
/// The note starts this many cents flat and slides up: lips, not a switch.
const SCOOP_CENTS: f32 = 22.0;
/// Change of frequency per cent.
const PER_CENT: f32 = 0.000_577_8;

pub struct Breath {
    pipe: Pipe,
    phase: f32,
    step: f32,
    vibrato_phase: f32,
    vibrato_step: f32,
    vibrato_depth: f32,
    vibrato_growth: f32,
    scoop: f32,
    scoop_factor: f32,
    envelope: Envelope,
    gain: f32,
    noise: Random,
    noise_band: f32,
    noise_low: f32,
    noise_tuning: f32,
}

impl Breath {
    pub fn new(pipe: Pipe, note: Note, rate: f32, random: &mut Random) -> Self {
        let hertz = note.hertz();
        Self {
            phase: 0.0,
            step: hertz / rate,
            vibrato_phase: random.unit(),
            vibrato_step: pipe.vibrato.0 * random.between(0.94, 1.06) / rate,
            vibrato_depth: 0.0,
            vibrato_growth: pipe.vibrato.1 * PER_CENT / (VIBRATO_DELAY * rate),
            scoop: SCOOP_CENTS * PER_CENT,
            scoop_factor: super::decay_factor(0.16, rate),
            envelope: Envelope::new(pipe.amplitude, note.seconds, rate),
            gain: pipe.level * (0.3 + 0.7 * note.velocity),
            noise: Random::new(random.next_u64()),
            noise_band: 0.0,
            noise_low: 0.0,
            // The breath is coloured by the pipe: a resonance near the second harmonic.
            noise_tuning: 2.0 * sine((hertz * 2.0 / rate).min(0.16) * 0.5),
            pipe,
        }
    }
}

impl Voice for Breath {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let full_vibrato = self.pipe.vibrato.1 * PER_CENT;
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            self.vibrato_phase += self.vibrato_step;
            if self.vibrato_phase >= 1.0 {
                self.vibrato_phase -= 1.0;
            }
            if self.vibrato_depth < full_vibrato {
                self.vibrato_depth += self.vibrato_growth;
            }
            self.scoop *= self.scoop_factor;
            let sway = sine(self.vibrato_phase);
            self.phase += self.step * (1.0 + sway * self.vibrato_depth - self.scoop);
            if self.phase >= 1.0 {
                self.phase -= 1.0;
            }
            let mut tone = 0.0;
            for (place, harmonic) in self.pipe.harmonics.iter().enumerate() {
                tone += sine(self.phase * (place + 1) as f32) * harmonic;
            }
            let hiss = self.noise.signed() - self.noise_low - self.noise_band * 0.5;
            self.noise_band += self.noise_tuning * hiss;
            self.noise_low += self.noise_tuning * self.noise_band;
            let level = self.envelope.next() * self.gain * (1.0 + 0.06 * sway);
            let breath = self.noise_band * self.pipe.breath;
            *l += (tone + breath) * level * 0.72;
            *r += (tone + breath * 0.6) * level * 0.70;
        }
        !self.envelope.is_over()
    }
}
