//! Frequency modulation: electric piano and bell.
//!
//! Two pairs of sines, each a carrier bent by a modulator (Chowning, "The synthesis of complex audio spectra
//! by means of frequency modulation"): one pair is the body, the other the bright strike.

use super::{Instrument, Note, Voice, decay_factor, pan_gains, sine};

/// One carrier with its modulator.
#[derive(Clone, Copy, Debug)]
struct Pair {
    carrier: f32,
    modulator: f32,
    /// Depth of the bend at full touch, in radians, and seconds for it to fall by 60 dB.
    index: f32,
    index_seconds: f32,
    level: f32,
    ring_seconds: f32,
}

/// Settings of one instrument.
#[derive(Clone, Copy, Debug)]
pub struct Operators {
    pairs: [Pair; 2],
    damped_seconds: f32,
    level: f32,
    detune_cents: f32,
}

/// The settings of an instrument of this family.
pub fn operators(instrument: Instrument) -> Option<Operators> {
    Some(match instrument {
        Instrument::ElectricPiano => Operators {
            pairs: [
                Pair {
                    carrier: 1.0,
                    modulator: 1.0,
                    index: 1.5,
                    index_seconds: 2.2,
                    level: 1.0,
                    ring_seconds: 6.5,
                },
                Pair {
                    carrier: 1.0,
                    modulator: 14.0,
                    index: 0.55,
                    index_seconds: 0.35,
                    level: 0.28,
                    ring_seconds: 1.4,
                },
            ],
            damped_seconds: 0.28,
            level: 0.3,
            detune_cents: 2.5,
        },
        Instrument::Bell => Operators {
            pairs: [
                Pair {
                    carrier: 1.0,
                    modulator: 3.5,
                    index: 1.1,
                    index_seconds: 1.8,
                    level: 1.0,
                    ring_seconds: 5.0,
                },
                Pair {
                    carrier: 2.0,
                    modulator: 7.0,
                    index: 0.6,
                    index_seconds: 0.9,
                    level: 0.25,
                    ring_seconds: 2.6,
                },
            ],
            damped_seconds: 4.0,
            level: 0.2,
            detune_cents: 4.0,
        },
        _ => return None,
    })
}

struct Running {
    carrier_step: f32,
    modulator_step: f32,
    carrier_left: f32,
    carrier_right: f32,
    modulator: f32,
    index: f32,
    index_factor: f32,
    level: f32,
    level_factor: f32,
}

pub struct Fm {
    pairs: [Running; 2],
    /// The right side runs a touch sharp of the left, which widens the sound.
    sharp: f32,
    attack: f32,
    attack_step: f32,
    damper: f32,
    damper_factor: f32,
    samples_held: usize,
    pan: (f32, f32),
}

/// Seconds of the strike's rise.
const ATTACK_SECONDS: f32 = 0.003;
/// A voice below this is over.
const SILENT: f32 = 2e-4;

impl Fm {
    pub fn new(operators: Operators, note: Note, rate: f32) -> Self {
        let step = note.hertz() / rate;
        // Higher notes ring shorter and need less bite.
        let shorter = 0.7_f32.powf((note.pitch - 60.0) / 12.0);
        let pairs = operators.pairs.map(|pair| Running {
            carrier_step: step * pair.carrier,
            modulator_step: step * pair.modulator,
            carrier_left: 0.0,
            carrier_right: 0.0,
            modulator: 0.0,
            // Above the audible half of the band a modulator would only alias.
            index: if step * pair.modulator > 0.4 {
                0.0
            } else {
                pair.index * (0.15 + note.velocity * note.velocity) * shorter.min(1.3) / std::f32::consts::TAU
            },
            index_factor: decay_factor(pair.index_seconds * shorter, rate),
            level: pair.level * operators.level * (0.2 + 0.8 * note.velocity),
            level_factor: decay_factor(pair.ring_seconds * shorter, rate),
        });
        Self {
            pairs,
            sharp: (operators.detune_cents / 1200.0).exp2(),
            attack: 0.0,
            attack_step: 1.0 / (ATTACK_SECONDS * rate),
            damper: 1.0,
            damper_factor: decay_factor(operators.damped_seconds, rate),
            samples_held: (note.seconds * rate) as usize,
            pan: pan_gains(((note.pitch - 64.0) / 70.0).clamp(-0.4, 0.4)),
        }
    }
}

#[inline(always)]
fn advance(phase: &mut f32, step: f32) {
    *phase += step;
    if *phase >= 1.0 {
        *phase -= 1.0;
    }
}

impl Voice for Fm {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            let (mut sum_left, mut sum_right) = (0.0, 0.0);
            for pair in &mut self.pairs {
                advance(&mut pair.modulator, pair.modulator_step);
                advance(&mut pair.carrier_left, pair.carrier_step);
                advance(&mut pair.carrier_right, pair.carrier_step * self.sharp);
                let bend = sine(pair.modulator) * pair.index;
                sum_left += sine(pair.carrier_left + bend) * pair.level;
                sum_right += sine(pair.carrier_right + bend) * pair.level;
                pair.index *= pair.index_factor;
                pair.level *= pair.level_factor;
            }
            if self.attack < 1.0 {
                self.attack = (self.attack + self.attack_step).min(1.0);
            }
            if self.samples_held == 0 {
                self.damper *= self.damper_factor;
            } else {
                self.samples_held -= 1;
            }
            let gain = self.attack * self.damper;
            *l += sum_left * gain * self.pan.0;
            *r += sum_right * gain * self.pan.1;
        }
        let loudest = self.pairs[0].level.max(self.pairs[1].level);
        loudest * self.damper > SILENT
    }
}
