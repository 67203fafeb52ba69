//! The end of the chain: tape colour, loudness measurement and the limiter.
//!
//! Loudness is measured as ITU-R BS.1770 says (K-weighting, 400 ms blocks, two gates), so that all tracks of
//! the collection, and most recorded music at -16 LUFS, sit at one volume.

use super::super::synth::sine;
use super::{one_pole, soft_clip};

/// Wow, softened treble and saturation.
pub struct Tape {
    amount: f32,
    ring: [Vec<f32>; 2],
    place: usize,
    phases: [f32; 2],
    rate: f32,
    tone: f32,
    state: [f32; 2],
    direct: [f32; 2],
    direct_keep: f32,
}

/// Centre of the tape's wandering delay, in seconds.
const TAPE_DELAY: f32 = 0.006;

impl Tape {
    pub fn new(amount: f32, rate: f32) -> Self {
        let ring = vec![0.0; (TAPE_DELAY * 2.2 * rate) as usize + 4];
        Self {
            amount,
            ring: [ring.clone(), ring],
            place: 0,
            phases: [0.0, 0.3],
            rate,
            tone: one_pole(17_500.0 - 9500.0 * amount, rate),
            state: [0.0; 2],
            direct: [0.0; 2],
            // Everything under 18 Hz only costs headroom.
            direct_keep: one_pole(18.0, rate),
        }
    }

    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let length = self.ring[0].len();
        let drive = 0.9 + 0.8 * self.amount;
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            for (phase, hertz) in self.phases.iter_mut().zip([0.6, 6.3]) {
                *phase += hertz / self.rate;
                if *phase >= 1.0 {
                    *phase -= 1.0;
                }
            }
            let wow = sine(self.phases[0]) * 0.22 + sine(self.phases[1]) * 0.006;
            let delay = TAPE_DELAY * self.rate * (1.0 + self.amount * wow);
            self.ring[0][self.place] = *l;
            self.ring[1][self.place] = *r;
            for (side, out) in [l, r].into_iter().enumerate() {
                let late = if self.amount > 0.0 {
                    super::read_back(&self.ring[side], self.place, delay)
                } else {
                    *out
                };
                self.state[side] += (late - self.state[side]) * self.tone;
                self.direct[side] += (self.state[side] - self.direct[side]) * self.direct_keep;
                *out = soft_clip((self.state[side] - self.direct[side]) * drive);
            }
            self.place += 1;
            if self.place == length {
                self.place = 0;
            }
        }
    }
}

/// What the collection is brought to, in LUFS.
const TARGET_LUFS: f32 = -16.0;
/// Quieter blocks don't count (first gate of BS.1770), in LUFS.
const ABSOLUTE_GATE: f32 = -70.0;
/// Blocks this far under the mean don't count (second gate), in LU.
const RELATIVE_GATE: f32 = -10.0;
/// Blocks of 400 ms, four overlapping.
const BLOCK_SECONDS: f32 = 0.4;
const OVERLAP: usize = 4;

/// Measures a mix while it is made.
pub struct Loudness {
    filters: [[Biquad; 2]; 2],
    quarter_length: usize,
    quarter_sum: f64,
    quarter_count: usize,
    quarters: Vec<f64>,
}

impl Loudness {
    pub fn new(rate: f32) -> Self {
        let chain = [Biquad::high_shelf(rate), Biquad::high_pass(rate)];
        Self {
            filters: [chain, chain],
            quarter_length: (BLOCK_SECONDS / OVERLAP as f32 * rate) as usize,
            quarter_sum: 0.0,
            quarter_count: 0,
            quarters: Vec::new(),
        }
    }

    pub fn listen(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            let [[shelf, high_pass], [right_shelf, right_high_pass]] = &mut self.filters;
            let a = high_pass.next(shelf.next(*l));
            let b = right_high_pass.next(right_shelf.next(*r));
            self.quarter_sum += f64::from(a * a + b * b);
            self.quarter_count += 1;
            if self.quarter_count == self.quarter_length {
                self.quarters.push(self.quarter_sum / self.quarter_length as f64);
                self.quarter_sum = 0.0;
                self.quarter_count = 0;
            }
        }
    }

    /// Integrated loudness in LUFS; `None` for silence or less than one block.
    pub fn integrated(&self) -> Option<f32> {
        let blocks: Vec<f64> = self
            .quarters
            .windows(OVERLAP)
            .map(|four| four.iter().sum::<f64>() / OVERLAP as f64)
            .collect();
        let loud = |floor: f32| {
            let kept: Vec<f64> = blocks
                .iter()
                .copied()
                .filter(|power| lufs(*power) > floor)
                .collect();
            (!kept.is_empty()).then(|| kept.iter().sum::<f64>() / kept.len() as f64)
        };
        let ungated = loud(ABSOLUTE_GATE)?;
        loud((lufs(ungated) + RELATIVE_GATE).max(ABSOLUTE_GATE)).map(lufs)
    }

    /// The gain that brings the mix to the collection's loudness.
    pub fn gain_to_target(&self) -> f32 {
        self.integrated()
            .map_or(1.0, |loudness| 10.0_f32.powf((TARGET_LUFS - loudness) / 20.0))
    }
}

fn lufs(power: f64) -> f32 {
    (-0.691 + 10.0 * power.max(1e-12).log10()) as f32
}

#[derive(Clone, Copy)]
struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    x: [f32; 2],
    y: [f32; 2],
}

impl Biquad {
    /// First stage of K-weighting: the head's own treble boost of 4 dB.
    fn high_shelf(rate: f32) -> Self {
        let (hertz, gain_db, q) = (1_681.974_5_f64, 3.999_843_9_f64, 0.707_175_24_f64);
        let k = (std::f64::consts::PI * hertz / f64::from(rate)).tan();
        let vh = 10.0_f64.powf(gain_db / 20.0);
        let vb = vh.powf(0.499_666_8);
        let a0 = 1.0 + k / q + k * k;
        Self::normalised(
            [
                (vh + vb * k / q + k * k) / a0,
                2.0 * (k * k - vh) / a0,
                (vh - vb * k / q + k * k) / a0,
            ],
            [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        )
    }

    /// Second stage: bass counts less.
    fn high_pass(rate: f32) -> Self {
        let (hertz, q) = (38.135_47_f64, 0.500_327_04_f64);
        let k = (std::f64::consts::PI * hertz / f64::from(rate)).tan();
        let a0 = 1.0 + k / q + k * k;
        Self::normalised(
            [1.0, -2.0, 1.0],
            [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        )
    }

    fn normalised(b: [f64; 3], a: [f64; 2]) -> Self {
        Self {
            b: b.map(|v| v as f32),
            a: a.map(|v| v as f32),
            x: [0.0; 2],
            y: [0.0; 2],
        }
    }

    #[inline(always)]
    fn next(&mut self, input: f32) -> f32 {
        let output = self.b[0] * input + self.b[1] * self.x[0] + self.b[2] * self.x[1]
            - self.a[0] * self.y[0]
            - self.a[1] * self.y[1];
        self.x = [input, self.x[0]];
        self.y = [output, self.y[0]];
        output
    }
}

/// -1 dBFS leaves room for what a decoder's filters add between samples.
const CEILING: f32 = 0.891;
/// Length of the limiter's blocks, in seconds: how far ahead it turns down.
const LIMITER_BLOCK: f32 = 0.004;
/// Seconds to recover two thirds of what was turned down.
const RECOVERY: f32 = 0.12;

/// Scales a finished mix by `gain` and holds it under the ceiling.
///
/// The gain runs in straight lines from block border to block border. At each border it is low enough for the
/// loudest sample of both neighbours, so no peak passes and no step clicks.
pub fn limit(frames: &mut [[f32; 2]], gain: f32, rate: f32) {
    let length = ((LIMITER_BLOCK * rate) as usize).max(1);
    let needed: Vec<f32> = frames
        .chunks(length)
        .map(|block| {
            let peak = block
                .iter()
                .fold(0.0_f32, |peak, [l, r]| peak.max(l.abs()).max(r.abs()))
                * gain;
            if peak > CEILING { CEILING / peak } else { 1.0 }
        })
        .collect();
    let rise = 1.0 - (-LIMITER_BLOCK / RECOVERY).exp();
    let mut border = needed.first().copied().unwrap_or(1.0);
    for (number, block) in frames.chunks_mut(length).enumerate() {
        let next_needed = needed.get(number + 1).copied().unwrap_or(1.0);
        let recovered = border + (1.0 - border) * rise;
        let next_border = recovered.min(needed[number]).min(next_needed);
        let step = (next_border - border) / length as f32;
        for (at, frame) in block.iter_mut().enumerate() {
            let now = (border + step * at as f32) * gain;
            *frame = frame.map(|sample| (sample * now).clamp(-CEILING, CEILING));
        }
        border = next_border;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_tone_of_997_hz_on_one_side_measures_minus_3_lufs() {
        let rate = 48_000.0;
        let tone: Vec<f32> = (0..96_000)
            .map(|at| sine((at as f32 * 997.0 / rate).fract()))
            .collect();
        let mut loudness = Loudness::new(rate);
        loudness.listen(&tone, &vec![0.0; tone.len()]);
        let measured = loudness.integrated().expect("not silence");
        assert!(
            (measured + 3.01).abs() < 0.1,
            "BS.1770 wants -3.01, got {measured}"
        );
    }

    #[test]
    fn silence_has_no_loudness() {
        let mut loudness = Loudness::new(8000.0);
        loudness.listen(&[0.0; 16_000], &[0.0; 16_000]);
        assert_eq!(loudness.integrated(), None);
    }

    #[test]
    fn the_limiter_holds_the_ceiling_without_steps() {
        let rate = 8000.0;
        let mut frames: Vec<[f32; 2]> = (0..16_000)
            .map(|at| {
                let swell = if (6000..7040).contains(&at) { 3.0 } else { 0.3 };
                [swell * sine((at as f32 * 50.0 / rate).fract()); 2]
            })
            .collect();
        limit(&mut frames, 1.0, rate);
        assert!(frames.iter().flatten().all(|sample| sample.abs() <= CEILING));
        let largest_step = frames
            .windows(2)
            .map(|two| (two[1][0] - two[0][0]).abs())
            .fold(0.0, f32::max);
        assert!(largest_step < 0.12, "{largest_step}");
    }
}
