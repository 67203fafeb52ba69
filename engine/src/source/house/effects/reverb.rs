//! The room: a feedback delay network of eight lines (Jot, "Digital delay networks for designing artificial
//! reverberators") with a diffusing entrance and two lines that wander a little, so that it never rings
//! metallic.

use super::super::synth::{decay_factor, sine};
use super::{Room, TINY, one_pole};

/// Lengths of the lines in seconds; no two share a rhythm.
const LINES: [f32; 8] = [0.0297, 0.0371, 0.0411, 0.0437, 0.0533, 0.0617, 0.0683, 0.0797];
/// Lengths of the entrance's all-passes in seconds.
const DIFFUSERS: [f32; 4] = [0.0047, 0.0036, 0.0127, 0.0093];
const DIFFUSION: f32 = 0.62;
/// Seconds between the sound and its first reflection.
const PRE_DELAY: f32 = 0.018;
/// How far the wandering lines wander, in samples at 44.1 kHz.
const WANDER: f32 = 9.0;
/// Bass below this stays out of the room, in Hz.
const THIN_HERTZ: f32 = 140.0;

struct Line {
    ring: Vec<f32>,
    place: usize,
    gain: f32,
    damped: f32,
}

struct Diffuser {
    ring: Vec<f32>,
    place: usize,
}

impl Diffuser {
    fn new(seconds: f32, rate: f32) -> Self {
        Self {
            ring: vec![0.0; (seconds * rate) as usize + 1],
            place: 0,
        }
    }

    #[inline(always)]
    fn next(&mut self, input: f32) -> f32 {
        let delayed = self.ring[self.place];
        let stored = input - DIFFUSION * delayed;
        self.ring[self.place] = stored;
        self.place += 1;
        if self.place == self.ring.len() {
            self.place = 0;
        }
        delayed + DIFFUSION * stored
    }
}

pub struct Reverb {
    pre: Vec<f32>,
    pre_place: usize,
    left_in: [Diffuser; 2],
    right_in: [Diffuser; 2],
    lines: [Line; 8],
    damping: f32,
    thin: f32,
    thin_state: [f32; 2],
    wander: f32,
    wander_step: f32,
    wander_depth: f32,
}

impl Reverb {
    pub fn new(room: Room, rate: f32) -> Self {
        let lines = LINES.map(|seconds| Line {
            ring: vec![0.0; (seconds * rate) as usize + (WANDER * 2.0) as usize + 2],
            place: 0,
            gain: decay_factor(room.seconds, 1.0 / seconds),
            damped: 0.0,
        });
        let diffuser = |at: usize, stretch: f32| Diffuser::new(DIFFUSERS[at] * stretch, rate);
        Self {
            pre: vec![0.0; ((PRE_DELAY * rate) as usize).max(1) * 2],
            pre_place: 0,
            left_in: [diffuser(0, 1.0), diffuser(2, 1.0)],
            right_in: [diffuser(1, 1.1), diffuser(3, 1.07)],
            lines,
            damping: one_pole(1800.0 + 9000.0 * room.brightness, rate),
            thin: one_pole(THIN_HERTZ, rate),
            thin_state: [0.0; 2],
            wander: 0.0,
            wander_step: 0.31 / rate,
            wander_depth: WANDER * rate / 44_100.0,
        }
    }

    /// Adds the room's answer to the `send` block to the output block.
    pub fn process(&mut self, send: (&[f32], &[f32]), left: &mut [f32], right: &mut [f32]) {
        for (at, (l, r)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let (dry_left, dry_right) = self.enter(send.0[at], send.1[at]);
            self.wander += self.wander_step;
            if self.wander >= 1.0 {
                self.wander -= 1.0;
            }
            let sway = sine(self.wander) * self.wander_depth;
            let mut outs = [0.0_f32; 8];
            let mut sum = 0.0;
            for (number, (line, out)) in self.lines.iter_mut().zip(outs.iter_mut()).enumerate() {
                let heard = match number {
                    2 => line.ago(self.wander_depth + sway),
                    5 => line.ago(self.wander_depth - sway),
                    _ => line.oldest(),
                };
                line.damped += (heard - line.damped) * self.damping;
                *out = line.damped * line.gain;
                sum += *out;
            }
            // Householder reflection: every line feeds every other, and no energy is made.
            let shared = sum * 0.25;
            for (number, (line, out)) in self.lines.iter_mut().zip(outs.iter()).enumerate() {
                let dry = if number % 2 == 0 { dry_left } else { dry_right };
                line.push(dry * 0.5 + out - shared + TINY);
            }
            *l += (outs[0] + outs[2] - outs[4] + outs[6]) * 0.55;
            *r += (outs[1] - outs[3] + outs[5] + outs[7]) * 0.55;
        }
    }

    /// Pre-delay, thinning and diffusion of one sample pair.
    #[inline(always)]
    fn enter(&mut self, left: f32, right: f32) -> (f32, f32) {
        let delayed = (self.pre[self.pre_place], self.pre[self.pre_place + 1]);
        self.pre[self.pre_place] = left;
        self.pre[self.pre_place + 1] = right;
        self.pre_place += 2;
        if self.pre_place == self.pre.len() {
            self.pre_place = 0;
        }
        self.thin_state[0] += (delayed.0 - self.thin_state[0]) * self.thin;
        self.thin_state[1] += (delayed.1 - self.thin_state[1]) * self.thin;
        let [first, second] = &mut self.left_in;
        let spread_left = second.next(first.next(delayed.0 - self.thin_state[0]));
        let [first, second] = &mut self.right_in;
        let spread_right = second.next(first.next(delayed.1 - self.thin_state[1]));
        (spread_left, spread_right)
    }
}

impl Line {
    #[inline(always)]
    fn oldest(&self) -> f32 {
        self.ring[self.place]
    }

    /// Reads so many samples later than the oldest.
    #[inline(always)]
    fn ago(&self, later: f32) -> f32 {
        let whole = later as usize;
        let fraction = later - whole as f32;
        let mut first = self.place + whole;
        if first >= self.ring.len() {
            first -= self.ring.len();
        }
        let second = if first + 1 == self.ring.len() {
            0
        } else {
            first + 1
        };
        self.ring[first] * (1.0 - fraction) + self.ring[second] * fraction
    }

    #[inline(always)]
    fn push(&mut self, sample: f32) {
        self.ring[self.place] = sample;
        self.place += 1;
        if self.place == self.ring.len() {
            self.place = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_dies_away_in_about_its_time() {
        let rate = 8000.0;
        let room = Room {
            seconds: 1.0,
            brightness: 1.0,
            echo_beats: 1.0,
            echo_feedback: 0.0,
        };
        let mut reverb = Reverb::new(room, rate);
        let mut impulse = vec![0.0; 16_000];
        impulse[..400].fill(1.0);
        let (mut left, mut right) = (vec![0.0; 16_000], vec![0.0; 16_000]);
        reverb.process((&impulse, &impulse), &mut left, &mut right);
        let energy = |range: std::ops::Range<usize>| left[range].iter().map(|s| s * s).sum::<f32>().sqrt();
        let (early, late) = (energy(500..1500), energy(8500..9500));
        assert!(early > 0.05, "the room answers: {early}");
        assert!(
            late < early * 0.01,
            "and falls by more than 40 dB in its second: {early} to {late}"
        );
    }
}
