//! Struck bodies as sums of dying partials: felt piano, vibraphone, music box, kalimba, glass, bell.
//!
//! Each partial is a two-pole resonator (two multiplications a sample); a little filtered noise is the
//! hammer.

use super::super::random::Random;
use super::{Instrument, Note, Voice, decay_factor, pan_gains};

/// Most partials a body has.
const MOST_PARTIALS: usize = 12;

/// Settings of one instrument.
#[derive(Clone, Copy, Debug)]
pub struct Bars {
    /// Partials: ratio to the pitch, loudness, decay relative to the first.
    partials: &'static [(f32, f32, f32)],
    /// Seconds to fall by 60 dB at middle C, and by how much an octave up shortens it.
    ring_seconds: f32,
    ring_per_octave: f32,
    /// Seconds for the dampers to silence it; `None` rings on when released.
    damped_seconds: Option<f32>,
    attack_seconds: f32,
    /// How much a soft touch darkens the upper partials.
    softness: f32,
    /// Stiffness: stretches upper partials, as in a piano string.
    stiffness: f32,
    /// Cents between the two strings, left and right; 0 for a single bar.
    spread_cents: f32,
    hammer: f32,
    level: f32,
}

const PIANO: &[(f32, f32, f32)] = &[
    (1.0, 1.0, 1.0),
    (2.0, 0.52, 0.8),
    (3.0, 0.3, 0.62),
    (4.0, 0.2, 0.5),
    (5.0, 0.11, 0.4),
    (6.0, 0.075, 0.33),
    (7.0, 0.03, 0.27),
    (8.0, 0.022, 0.22),
    (9.0, 0.012, 0.18),
];

/// The settings of an instrument of this family.
pub fn bars(instrument: Instrument) -> Option<Bars> {
    Some(match instrument {
        Instrument::FeltPiano => Bars {
            partials: PIANO,
            ring_seconds: 7.0,
            ring_per_octave: 0.62,
            damped_seconds: Some(0.5),
            attack_seconds: 0.005,
            softness: 0.75,
            stiffness: 0.000_35,
            spread_cents: 1.3,
            hammer: 0.05,
            level: 0.3,
        },
        Instrument::Vibraphone => Bars {
            partials: &[(1.0, 1.0, 1.0), (3.98, 0.16, 0.35), (10.1, 0.03, 0.08)],
            ring_seconds: 5.0,
            ring_per_octave: 0.75,
            damped_seconds: Some(1.1),
            attack_seconds: 0.003,
            softness: 0.6,
            stiffness: 0.0,
            spread_cents: 0.6,
            hammer: 0.02,
            level: 0.3,
        },
        Instrument::MusicBox => Bars {
            partials: &[
                (1.0, 1.0, 1.0),
                (2.003, 0.12, 0.7),
                (6.27, 0.1, 0.18),
                (11.4, 0.02, 0.07),
            ],
            ring_seconds: 3.4,
            ring_per_octave: 0.75,
            damped_seconds: None,
            attack_seconds: 0.002,
            softness: 0.5,
            stiffness: 0.0,
            spread_cents: 2.0,
            hammer: 0.015,
            level: 0.24,
        },
        Instrument::Kalimba => Bars {
            partials: &[
                (1.0, 1.0, 1.0),
                (2.0, 0.1, 0.5),
                (5.38, 0.1, 0.12),
                (8.9, 0.03, 0.07),
            ],
            ring_seconds: 1.9,
            ring_per_octave: 0.7,
            damped_seconds: None,
            attack_seconds: 0.003,
            softness: 0.7,
            stiffness: 0.0,
            spread_cents: 1.2,
            hammer: 0.05,
            level: 0.34,
        },
        Instrument::Glass => Bars {
            partials: &[
                (1.0, 1.0, 1.0),
                (2.0, 0.3, 0.9),
                (2.76, 0.1, 0.6),
                (5.4, 0.05, 0.35),
            ],
            ring_seconds: 8.0,
            ring_per_octave: 0.8,
            damped_seconds: None,
            attack_seconds: 0.12,
            softness: 0.8,
            stiffness: 0.0,
            spread_cents: 3.5,
            hammer: 0.0,
            level: 0.22,
        },
        _ => return None,
    })
}

#[derive(Clone, Copy, Default)]
struct Resonator {
    first: f32,
    second: f32,
    y1: f32,
    y2: f32,
}

impl Resonator {
    /// Starts at a zero crossing, so that no partial begins with a jump.
    fn new(hertz: f32, amplitude: f32, ring_seconds: f32, rate: f32) -> Self {
        let omega = std::f32::consts::TAU * hertz / rate;
        let radius = decay_factor(ring_seconds, rate);
        Self {
            first: 2.0 * radius * omega.cos(),
            second: -radius * radius,
            y1: 0.0,
            y2: -amplitude * omega.sin() / radius,
        }
    }

    #[inline(always)]
    fn next(&mut self) -> f32 {
        let y = self.first * self.y1 + self.second * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

pub struct Modal {
    left: Vec<Resonator>,
    right: Vec<Resonator>,
    pan: (f32, f32),
    attack: f32,
    attack_step: f32,
    damper: f32,
    damper_factor: f32,
    samples_held: usize,
    samples_left: usize,
    hammer: f32,
    hammer_factor: f32,
    hammer_low: f32,
    noise: Random,
}

impl Modal {
    pub fn new(bars: Bars, note: Note, rate: f32, random: &mut Random) -> Self {
        let octaves = (note.pitch - 60.0) / 12.0;
        let ring = bars.ring_seconds * bars.ring_per_octave.powf(octaves);
        let loud = bars.level * (0.25 + 0.75 * note.velocity);
        let hertz = note.hertz();
        let strings = |cents: f32, ring: f32| {
            bars.partials
                .iter()
                .take(MOST_PARTIALS)
                .map(|(ratio, amplitude, decay)| {
                    let stretched = ratio * (1.0 + bars.stiffness * ratio * ratio).sqrt();
                    let place = hertz * stretched * (cents / 1200.0).exp2();
                    let dark = (-(ratio - 1.0) * bars.softness * (1.05 - note.velocity) * 0.45).exp();
                    (place, amplitude * dark * loud, ring * decay)
                })
                .filter(|(place, _, _)| *place < rate * 0.45)
                .map(|(place, amplitude, ring)| Resonator::new(place, amplitude, ring, rate))
                .collect::<Vec<_>>()
        };
        // The two strings of a key die at different speeds: the sound blooms, then lingers.
        let left = strings(-bars.spread_cents / 2.0, ring);
        let right = strings(bars.spread_cents / 2.0, ring * 0.86);
        let release = bars.damped_seconds.unwrap_or(ring);
        let held = (note.seconds * rate) as usize;
        let longest = match bars.damped_seconds {
            Some(damped) => (ring * 1.2).min(note.seconds + damped * 1.3),
            None => ring * 1.2,
        };
        Self {
            left,
            right,
            // Low notes sit left, high ones right, as before a keyboard, but only a little.
            pan: pan_gains(((note.pitch - 64.0) / 60.0).clamp(-0.5, 0.5)),
            attack: 0.0,
            attack_step: 1.0 / (bars.attack_seconds * rate).max(1.0),
            damper: 1.0,
            damper_factor: if bars.damped_seconds.is_some() {
                decay_factor(release, rate)
            } else {
                1.0
            },
            samples_held: held,
            samples_left: (longest * rate) as usize,
            hammer: bars.hammer * note.velocity * 2.0,
            hammer_factor: decay_factor(0.045, rate),
            hammer_low: 0.0,
            noise: Random::new(random.next_u64()),
        }
    }
}

impl Voice for Modal {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let count = left.len().min(self.samples_left);
        for (l, r) in left.iter_mut().zip(right.iter_mut()).take(count) {
            let (mut sum_left, mut sum_right) = (0.0, 0.0);
            for resonator in &mut self.left {
                sum_left += resonator.next();
            }
            for resonator in &mut self.right {
                sum_right += resonator.next();
            }
            if self.hammer > 1e-4 {
                self.hammer_low += (self.noise.signed() * self.hammer - self.hammer_low) * 0.12;
                self.hammer *= self.hammer_factor;
                sum_left += self.hammer_low;
                sum_right += self.hammer_low;
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
            // Each string is heard on both sides, more on its own.
            *l += (sum_left * 0.72 + sum_right * 0.38) * gain * self.pan.0;
            *r += (sum_right * 0.72 + sum_left * 0.38) * gain * self.pan.1;
        }
        self.samples_left -= count;
        self.samples_left > 0
    }
}
