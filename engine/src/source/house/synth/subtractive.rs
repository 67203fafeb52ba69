//! Oscillators through a low-pass filter: pads, strings, basses, leads, reeds, chip voices.
//!
//! Band-limited waves (polyBLEP: Välimäki and Huovilainen, "Antialiasing oscillators in subtractive
//! synthesis") and a trapezoidal state-variable filter (Zavalishin, "The art of VA filter design").

use super::super::random::Random;
use super::{Adsr, Envelope, Instrument, Note, Voice, decay_factor, sine};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wave {
    Saw,
    /// Share of the period that is high.
    Pulse(f32),
    Triangle,
}

/// Settings of one instrument.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    wave: Wave,
    /// Each oscillator: cents away from the pitch, and place from left (-1) to right (1).
    oscillators: &'static [(f32, f32)],
    /// A sine an octave below, relative to the whole.
    sub: f32,
    /// Filter: cut-off in Hz for a soft middle C, octaves that velocity, key and envelope open it.
    cutoff: f32,
    velocity_octaves: f32,
    envelope_octaves: f32,
    envelope_seconds: f32,
    damping: f32,
    amplitude: Adsr,
    /// Vibrato: Hz, cents, seconds until it sets in.
    vibrato: (f32, f32, f32),
    level: f32,
}

const PAIR: &[(f32, f32)] = &[(-6.0, -0.8), (6.0, 0.8)];
const TRIO: &[(f32, f32)] = &[(-9.0, -0.9), (0.5, 0.0), (8.0, 0.9)];
const QUARTET: &[(f32, f32)] = &[(-12.0, -1.0), (-4.0, 0.4), (5.0, -0.4), (11.0, 1.0)];
const SINGLE: &[(f32, f32)] = &[(0.0, 0.0)];
const MUSETTE: &[(f32, f32)] = &[(-1.0, -0.3), (9.0, 0.5)];

const PLAIN: Recipe = Recipe {
    wave: Wave::Saw,
    oscillators: SINGLE,
    sub: 0.0,
    cutoff: 1200.0,
    velocity_octaves: 1.0,
    envelope_octaves: 0.0,
    envelope_seconds: 0.4,
    damping: 1.2,
    amplitude: Adsr {
        attack: 0.01,
        decay: 0.5,
        sustain: 0.8,
        release: 0.2,
    },
    vibrato: (5.0, 0.0, 0.0),
    level: 0.3,
};

/// The settings of an instrument of this family.
pub fn recipe(instrument: Instrument) -> Option<Recipe> {
    Some(match instrument {
        Instrument::WarmPad => Recipe {
            oscillators: QUARTET,
            cutoff: 620.0,
            envelope_octaves: 0.9,
            envelope_seconds: 4.0,
            amplitude: Adsr {
                attack: 0.9,
                decay: 4.0,
                sustain: 0.75,
                release: 2.2,
            },
            level: 0.22,
            ..PLAIN
        },
        Instrument::Strings => Recipe {
            oscillators: TRIO,
            cutoff: 1500.0,
            amplitude: Adsr {
                attack: 0.35,
                decay: 2.0,
                sustain: 0.85,
                release: 0.9,
            },
            vibrato: (5.2, 7.0, 0.5),
            level: 0.2,
            ..PLAIN
        },
        Instrument::Choir => Recipe {
            wave: Wave::Triangle,
            oscillators: QUARTET,
            cutoff: 1400.0,
            damping: 0.9,
            amplitude: Adsr {
                attack: 1.4,
                decay: 3.0,
                sustain: 0.9,
                release: 2.8,
            },
            vibrato: (4.4, 9.0, 1.0),
            level: 0.3,
            ..PLAIN
        },
        Instrument::SynthBass => Recipe {
            oscillators: &[(-4.0, -0.15), (4.0, 0.15)],
            sub: 0.6,
            cutoff: 520.0,
            envelope_octaves: 2.2,
            envelope_seconds: 0.35,
            damping: 0.9,
            amplitude: Adsr {
                attack: 0.004,
                decay: 0.7,
                sustain: 0.7,
                release: 0.09,
            },
            level: 0.34,
            ..PLAIN
        },
        Instrument::SubBass => Recipe {
            wave: Wave::Triangle,
            sub: 0.0,
            cutoff: 420.0,
            amplitude: Adsr {
                attack: 0.008,
                decay: 1.4,
                sustain: 0.75,
                release: 0.1,
            },
            level: 0.62,
            ..PLAIN
        },
        Instrument::ChipBass => Recipe {
            wave: Wave::Triangle,
            cutoff: 1800.0,
            amplitude: Adsr {
                attack: 0.003,
                decay: 0.5,
                sustain: 0.7,
                release: 0.06,
            },
            level: 0.5,
            ..PLAIN
        },
        Instrument::SawLead => Recipe {
            oscillators: PAIR,
            cutoff: 1300.0,
            envelope_octaves: 1.2,
            envelope_seconds: 0.9,
            amplitude: Adsr {
                attack: 0.03,
                decay: 1.2,
                sustain: 0.75,
                release: 0.35,
            },
            vibrato: (5.4, 11.0, 0.35),
            level: 0.26,
            ..PLAIN
        },
        Instrument::ChipLead => Recipe {
            wave: Wave::Pulse(0.25),
            oscillators: &[(-3.0, -0.35), (3.0, 0.35)],
            cutoff: 2600.0,
            amplitude: Adsr {
                attack: 0.005,
                decay: 0.6,
                sustain: 0.6,
                release: 0.12,
            },
            vibrato: (5.8, 12.0, 0.25),
            level: 0.2,
            ..PLAIN
        },
        Instrument::ChipArp => Recipe {
            wave: Wave::Pulse(0.5),
            cutoff: 2000.0,
            envelope_octaves: 0.8,
            envelope_seconds: 0.2,
            amplitude: Adsr {
                attack: 0.003,
                decay: 0.28,
                sustain: 0.15,
                release: 0.1,
            },
            level: 0.24,
            ..PLAIN
        },
        Instrument::Stab => Recipe {
            oscillators: TRIO,
            cutoff: 500.0,
            envelope_octaves: 2.4,
            envelope_seconds: 0.5,
            damping: 0.7,
            amplitude: Adsr {
                attack: 0.004,
                decay: 0.55,
                sustain: 0.2,
                release: 0.25,
            },
            level: 0.26,
            ..PLAIN
        },
        Instrument::Organ => Recipe {
            wave: Wave::Triangle,
            oscillators: &[(-2.0, -0.4), (1200.0, 0.4), (1902.0, 0.0)],
            cutoff: 1500.0,
            amplitude: Adsr {
                attack: 0.006,
                decay: 0.3,
                sustain: 0.8,
                release: 0.07,
            },
            vibrato: (6.1, 6.0, 0.0),
            level: 0.3,
            ..PLAIN
        },
        Instrument::Accordion => Recipe {
            wave: Wave::Pulse(0.32),
            oscillators: MUSETTE,
            cutoff: 1700.0,
            velocity_octaves: 1.4,
            amplitude: Adsr {
                attack: 0.06,
                decay: 0.8,
                sustain: 0.85,
                release: 0.12,
            },
            vibrato: (5.0, 4.0, 0.3),
            level: 0.2,
            ..PLAIN
        },
        _ => return None,
    })
}

/// Samples between two looks at the slow controls (filter, vibrato).
const CONTROL_STEP: usize = 16;

struct Oscillator {
    phase: f32,
    ratio: f32,
    left: f32,
    right: f32,
}

pub struct Subtractive {
    recipe: Recipe,
    oscillators: Vec<Oscillator>,
    sub_phase: f32,
    /// Turns per sample, before vibrato.
    pitch: f32,
    envelope: Envelope,
    sweep: f32,
    sweep_factor: f32,
    base_cutoff: f32,
    gain: f32,
    rate: f32,
    age: usize,
    filter: [Svf; 2],
}

impl Subtractive {
    pub fn new(recipe: Recipe, note: Note, rate: f32, random: &mut Random) -> Self {
        let count = recipe.oscillators.len() as f32;
        let oscillators = recipe
            .oscillators
            .iter()
            .map(|(cents, pan)| {
                let (left, right) = super::pan_gains(*pan);
                Oscillator {
                    phase: random.unit(),
                    ratio: (cents / 1200.0).exp2(),
                    left,
                    right,
                }
            })
            .collect();
        // The filter follows the key half-way, as most instruments do.
        let key_octaves = (note.pitch - 60.0) / 24.0;
        let base_cutoff =
            recipe.cutoff * (key_octaves + recipe.velocity_octaves * (note.velocity - 0.5)).exp2();
        Self {
            oscillators,
            sub_phase: 0.0,
            pitch: note.hertz() / rate,
            envelope: Envelope::new(recipe.amplitude, note.seconds, rate),
            sweep: 1.0,
            sweep_factor: decay_factor(recipe.envelope_seconds * 2.0, rate / CONTROL_STEP as f32),
            base_cutoff,
            gain: recipe.level * (0.35 + 0.65 * note.velocity) / count.sqrt(),
            rate,
            age: 0,
            filter: [Svf::default(); 2],
            recipe,
        }
    }

    /// Sets filter and pitch for the next few samples; returns turns per sample.
    fn control(&mut self) -> f32 {
        let cutoff = self.base_cutoff * (self.recipe.envelope_octaves * self.sweep).exp2();
        self.sweep *= self.sweep_factor;
        for filter in &mut self.filter {
            filter.tune(cutoff, self.recipe.damping, self.rate);
        }
        let (hertz, cents, delay) = self.recipe.vibrato;
        let seconds = self.age as f32 / self.rate;
        let depth = cents * ((seconds - delay) * 2.0).clamp(0.0, 1.0);
        self.pitch * (1.0 + 0.000_577_8 * depth * sine((seconds * hertz).fract()))
    }

    fn add_chunk(&mut self, left: &mut [f32], right: &mut [f32]) {
        let step = self.control();
        self.age += left.len();
        let [left_filter, right_filter] = &mut self.filter;
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            let (mut sum_left, mut sum_right) = (0.0, 0.0);
            for oscillator in &mut self.oscillators {
                let turn = step * oscillator.ratio;
                oscillator.phase += turn;
                if oscillator.phase >= 1.0 {
                    oscillator.phase -= 1.0;
                }
                let sample = wave(self.recipe.wave, oscillator.phase, turn);
                sum_left += sample * oscillator.left;
                sum_right += sample * oscillator.right;
            }
            if self.recipe.sub > 0.0 {
                self.sub_phase += step * 0.5;
                if self.sub_phase >= 1.0 {
                    self.sub_phase -= 1.0;
                }
                let sub = sine(self.sub_phase) * self.recipe.sub;
                sum_left += sub;
                sum_right += sub;
            }
            let amplitude = self.envelope.next() * self.gain;
            *l += left_filter.low_pass(sum_left) * amplitude;
            *r += right_filter.low_pass(sum_right) * amplitude;
        }
    }
}

impl Voice for Subtractive {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (l, r) in left.chunks_mut(CONTROL_STEP).zip(right.chunks_mut(CONTROL_STEP)) {
            self.add_chunk(l, r);
        }
        !self.envelope.is_over()
    }
}

#[inline(always)]
fn wave(wave: Wave, phase: f32, turn: f32) -> f32 {
    match wave {
        Wave::Saw => 2.0 * phase - 1.0 - blep(phase, turn),
        Wave::Pulse(width) => {
            let mut falling = phase + 1.0 - width;
            if falling >= 1.0 {
                falling -= 1.0;
            }
            // The difference of two saws; the shift removes the pulse's own direct current.
            let high = if phase < width { 1.0 } else { -1.0 };
            high + blep(phase, turn) - blep(falling, turn) + 1.0 - 2.0 * width
        }
        Wave::Triangle => {
            let folded = if phase < 0.5 { phase } else { 1.0 - phase };
            4.0 * folded - 1.0
        }
    }
}

/// The correction around a jump of the naive wave, which removes most of its aliasing.
#[inline(always)]
fn blep(phase: f32, turn: f32) -> f32 {
    if phase < turn {
        let x = phase / turn;
        x + x - x * x - 1.0
    } else if phase > 1.0 - turn {
        let x = (phase - 1.0) / turn;
        x * x + x + x + 1.0
    } else {
        0.0
    }
}

/// State-variable low-pass, 12 dB per octave.
#[derive(Clone, Copy, Debug, Default)]
struct Svf {
    a1: f32,
    a2: f32,
    a3: f32,
    band: f32,
    low: f32,
}

impl Svf {
    fn tune(&mut self, hertz: f32, damping: f32, rate: f32) {
        let safe = hertz.clamp(30.0, rate * 0.42);
        let g = (std::f32::consts::PI * safe / rate).tan();
        self.a1 = 1.0 / (1.0 + g * (g + damping));
        self.a2 = g * self.a1;
        self.a3 = g * self.a2;
    }

    #[inline(always)]
    fn low_pass(&mut self, input: f32) -> f32 {
        let v3 = input - self.low;
        let v1 = self.a1 * self.band + self.a2 * v3;
        let v2 = self.low + self.a2 * self.band + self.a3 * v3;
        self.band = 2.0 * v1 - self.band;
        self.low = 2.0 * v2 - self.low;
        v2
    }
}
