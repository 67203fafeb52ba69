//! What happens to a sound on its way to the mix: inserts of a part, the shared echo and the shared room.
//!
//! Owns signal processing on stereo blocks. Knows nothing of notes, parts or pieces beyond the settings here.

mod master;
mod reverb;

pub use master::{Loudness, Tape, limit};
pub use reverb::Reverb;

use super::synth::sine;

/// An effect in a part's own channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Insert {
    /// Two slowly moving copies, left and right.
    Chorus,
    /// Wanders between left and right: Hz, depth 0 to 1.
    Tremolo(f32, f32),
    /// Darkens above so many Hz.
    LowPass(f32),
    /// Thins below so many Hz.
    HighPass(f32),
    /// Gentle saturation, 0 to 1.
    Warmth(f32),
    /// Steps back at each kick drum, 0 to 1.
    Duck(f32),
    /// The wooden body of a guitar.
    Body,
}

/// The shared room and echo of a piece.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Seconds for the reverb to fall by 60 dB.
    pub seconds: f32,
    /// Treble that survives each reflection, 0 dark to 1 bright.
    pub brightness: f32,
    /// Echo: beats between repeats, share that is repeated.
    pub echo_beats: f32,
    pub echo_feedback: f32,
}

/// One-pole low-pass coefficient for a corner in Hz.
pub fn one_pole(hertz: f32, rate: f32) -> f32 {
    1.0 - (-std::f32::consts::TAU * hertz.min(rate * 0.45) / rate).exp()
}

/// Soft clipping: straight for small signals, rounded above, never beyond 1.
#[inline(always)]
pub fn soft_clip(x: f32) -> f32 {
    let x = x.clamp(-3.0, 3.0);
    let square = x * x;
    x * (27.0 + square) / (27.0 + 9.0 * square)
}

/// A running insert.
pub enum Effect {
    Chorus {
        lines: [Vec<f32>; 2],
        place: usize,
        phase: f32,
        rate: f32,
    },
    Tremolo {
        phase: f32,
        step: f32,
        depth: f32,
    },
    LowPass {
        keep: f32,
        state: [f32; 4],
    },
    HighPass {
        keep: f32,
        state: [f32; 2],
    },
    Warmth {
        drive: f32,
    },
    Duck {
        depth: f32,
    },
    Body {
        low: [Resonance; 2],
        high: [Resonance; 2],
    },
}

/// Longest delay of the chorus, in seconds.
const CHORUS_SECONDS: f32 = 0.03;

impl Effect {
    pub fn new(insert: Insert, rate: f32) -> Self {
        match insert {
            Insert::Chorus => {
                let line = vec![0.0; (CHORUS_SECONDS * rate) as usize];
                Self::Chorus {
                    lines: [line.clone(), line],
                    place: 0,
                    phase: 0.0,
                    rate,
                }
            }
            Insert::Tremolo(hertz, depth) => Self::Tremolo {
                phase: 0.0,
                step: hertz / rate,
                depth,
            },
            Insert::LowPass(hertz) => Self::LowPass {
                keep: one_pole(hertz, rate),
                state: [0.0; 4],
            },
            Insert::HighPass(hertz) => Self::HighPass {
                keep: one_pole(hertz, rate),
                state: [0.0; 2],
            },
            Insert::Warmth(drive) => Self::Warmth {
                drive: 1.0 + drive * 4.0,
            },
            Insert::Duck(depth) => Self::Duck { depth },
            Insert::Body => {
                let pair = |hertz| [Resonance::new(hertz, rate), Resonance::new(hertz * 1.012, rate)];
                Self::Body {
                    low: pair(108.0),
                    high: pair(214.0),
                }
            }
        }
    }

    /// Works on a block in place. `duck` is the kick's envelope, one value per sample.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32], duck: &[f32]) {
        match self {
            Self::Chorus {
                lines,
                place,
                phase,
                rate,
            } => {
                let length = lines[0].len();
                for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                    lines[0][*place] = *l;
                    lines[1][*place] = *r;
                    *phase += 0.55 / *rate;
                    if *phase >= 1.0 {
                        *phase -= 1.0;
                    }
                    let base = length as f32 * 0.45;
                    let sweep = length as f32 * 0.18;
                    let wet_left = read_back(&lines[0], *place, base + sweep * sine(*phase));
                    let wet_right = read_back(&lines[1], *place, base - sweep * sine(*phase));
                    *l = *l * 0.75 + wet_left * 0.55;
                    *r = *r * 0.75 + wet_right * 0.55;
                    *place += 1;
                    if *place == length {
                        *place = 0;
                    }
                }
            }
            Self::Tremolo { phase, step, depth } => {
                for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                    *phase += *step;
                    if *phase >= 1.0 {
                        *phase -= 1.0;
                    }
                    let sway = sine(*phase) * *depth * 0.5;
                    *l *= 1.0 + sway;
                    *r *= 1.0 - sway;
                }
            }
            Self::LowPass { keep, state } => {
                for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                    state[0] += (*l - state[0]) * *keep;
                    state[1] += (*r - state[1]) * *keep;
                    state[2] += (state[0] - state[2]) * *keep;
                    state[3] += (state[1] - state[3]) * *keep;
                    *l = state[2];
                    *r = state[3];
                }
            }
            Self::HighPass { keep, state } => {
                for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                    state[0] += (*l - state[0]) * *keep;
                    state[1] += (*r - state[1]) * *keep;
                    *l -= state[0];
                    *r -= state[1];
                }
            }
            Self::Warmth { drive } => {
                let down = 1.0 / drive.sqrt();
                for sample in left.iter_mut().chain(right.iter_mut()) {
                    *sample = soft_clip(*sample * *drive) * down;
                }
            }
            Self::Duck { depth } => {
                for ((l, r), kick) in left.iter_mut().zip(right.iter_mut()).zip(duck) {
                    let gain = 1.0 - *depth * kick;
                    *l *= gain;
                    *r *= gain;
                }
            }
            Self::Body { low, high } => {
                for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                    *l += low[0].next(*l) * 0.35 + high[0].next(*l) * 0.22;
                    *r += low[1].next(*r) * 0.35 + high[1].next(*r) * 0.22;
                }
            }
        }
    }
}

/// The sample `delay` before `place` in a ring, between two samples if need be.
#[inline(always)]
fn read_back(ring: &[f32], place: usize, delay: f32) -> f32 {
    let whole = delay as usize;
    let fraction = delay - whole as f32;
    let newer = if place >= whole {
        place - whole
    } else {
        place + ring.len() - whole
    };
    let older = if newer == 0 { ring.len() - 1 } else { newer - 1 };
    ring[newer] * (1.0 - fraction) + ring[older] * fraction
}

/// A narrow band-pass.
pub struct Resonance {
    tuning: f32,
    low: f32,
    band: f32,
}

impl Resonance {
    fn new(hertz: f32, rate: f32) -> Self {
        Self {
            tuning: 2.0 * sine(hertz / rate * 0.5),
            low: 0.0,
            band: 0.0,
        }
    }

    #[inline(always)]
    fn next(&mut self, input: f32) -> f32 {
        /// Inverse of the quality factor.
        const DAMPING: f32 = 0.22;
        self.low += self.tuning * self.band;
        let high = input * DAMPING - self.low - DAMPING * self.band;
        self.band += self.tuning * high;
        self.band
    }
}

/// An echo that bounces from side to side and darkens with each repeat.
pub struct Echo {
    lines: [Vec<f32>; 2],
    place: usize,
    feedback: f32,
    tone: f32,
    state: [f32; 2],
    thin: [f32; 2],
}

/// Echoes lose everything above this, in Hz.
const ECHO_TONE: f32 = 2600.0;
/// Echoes keep no bass, which would muddy the mix.
const ECHO_THIN: f32 = 0.02;
/// The longest echo, in seconds.
const LONGEST_ECHO: f32 = 2.0;

impl Echo {
    pub fn new(seconds: f32, feedback: f32, rate: f32) -> Self {
        let line = vec![0.0; (seconds.clamp(0.01, LONGEST_ECHO) * rate) as usize];
        Self {
            lines: [line.clone(), line],
            place: 0,
            feedback: feedback.clamp(0.0, 0.8),
            tone: one_pole(ECHO_TONE, rate),
            state: [0.0; 2],
            thin: [0.0; 2],
        }
    }

    /// Adds the echo of the `send` block to the output block.
    pub fn process(&mut self, send: (&[f32], &[f32]), left: &mut [f32], right: &mut [f32]) {
        for (at, (l, r)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let (a, b) = (self.lines[0][self.place], self.lines[1][self.place]);
            self.state[0] += (a - self.state[0]) * self.tone;
            self.state[1] += (b - self.state[1]) * self.tone;
            self.thin[0] += (self.state[0] - self.thin[0]) * ECHO_THIN;
            self.thin[1] += (self.state[1] - self.thin[1]) * ECHO_THIN;
            let (dark_left, dark_right) = (self.state[0] - self.thin[0], self.state[1] - self.thin[1]);
            // What comes in starts on the left; what comes round changes sides.
            let mono = (send.0[at] + send.1[at]) * 0.5 + TINY;
            self.lines[0][self.place] = mono + dark_right * self.feedback;
            self.lines[1][self.place] = dark_left * self.feedback.max(0.35);
            self.place += 1;
            if self.place == self.lines[0].len() {
                self.place = 0;
            }
            *l += dark_left;
            *r += dark_right;
        }
    }
}

/// Added to anything that feeds back: keeps dying sounds out of the numbers that processors are slow with.
pub const TINY: f32 = 1e-18;
