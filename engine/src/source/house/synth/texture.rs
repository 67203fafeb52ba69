//! What surrounds the music: rain, wind, the dust of a record, birds far off.

use super::super::random::Random;
use super::{Voice, decay_factor, pan_gains, sine};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texture {
    Rain,
    Wind,
    Vinyl,
    Birds,
}

/// Seconds of fading in and out.
const FADE_SECONDS: f32 = 2.5;

impl Texture {
    /// Begins the texture for `seconds`.
    pub fn voice(self, seconds: f32, level: f32, rate: f32, random: &mut Random) -> Box<dyn Voice> {
        let length = (seconds * rate) as usize;
        let fade = 1.0 / (FADE_SECONDS.min(seconds / 2.0).max(0.05) * rate);
        Box::new(Surroundings {
            texture: self,
            rate,
            level,
            age: 0,
            length,
            fade,
            noise: Random::new(random.next_u64()),
            low: [0.0; 4],
            speck: 0.0,
            chirps: Vec::new(),
        })
    }
}

struct Surroundings {
    texture: Texture,
    rate: f32,
    level: f32,
    age: usize,
    length: usize,
    fade: f32,
    noise: Random,
    low: [f32; 4],
    speck: f32,
    chirps: Vec<Chirp>,
}

/// One whistle of a bird.
struct Chirp {
    wait: usize,
    phase: f32,
    hertz: f32,
    slide: f32,
    ring: f32,
    ring_factor: f32,
    rise: f32,
    pan: (f32, f32),
}

impl Surroundings {
    fn sample(&mut self) -> (f32, f32) {
        match self.texture {
            Texture::Rain => self.rain(),
            Texture::Wind => self.wind(),
            Texture::Vinyl => self.vinyl(),
            Texture::Birds => self.birds(),
        }
    }

    fn rain(&mut self) -> (f32, f32) {
        let (a, b) = (self.noise.signed(), self.noise.signed());
        self.low[0] += (a - self.low[0]) * 0.25;
        self.low[1] += (b - self.low[1]) * 0.25;
        self.low[2] += (self.low[0] - self.low[2]) * 0.03;
        self.low[3] += (self.low[1] - self.low[3]) * 0.03;
        // A few drops a second fall near by.
        if self.noise.chance(9.0 / self.rate) {
            self.speck = self.noise.between(0.3, 1.0);
        }
        self.speck *= decay_factor_quick(self.rate);
        let drop = self.speck * a * 0.6;
        (
            (self.low[0] - self.low[2]) * 0.16 + drop * 0.5,
            (self.low[1] - self.low[3]) * 0.16 + drop * 0.35,
        )
    }

    fn wind(&mut self) -> (f32, f32) {
        let seconds = self.age as f32 / self.rate;
        let gust = 0.55 + 0.3 * sine((seconds * 0.071).fract()) + 0.15 * sine((seconds * 0.193).fract());
        let open = 0.008 + 0.028 * gust;
        let (a, b) = (self.noise.signed(), self.noise.signed());
        self.low[0] += (a - self.low[0]) * open;
        self.low[1] += (b - self.low[1]) * open;
        self.low[2] += (self.low[0] - self.low[2]) * 0.02;
        self.low[3] += (self.low[1] - self.low[3]) * 0.02;
        (
            (self.low[0] - self.low[2] * 0.8) * gust * 1.2,
            (self.low[1] - self.low[3] * 0.8) * gust * 1.2,
        )
    }

    fn vinyl(&mut self) -> (f32, f32) {
        let hiss = self.noise.signed();
        self.low[0] += (hiss - self.low[0]) * 0.4;
        if self.noise.chance(7.0 / self.rate) {
            let loud = self.noise.unit();
            self.speck = loud * loud * loud * if self.noise.chance(0.5) { 1.0 } else { -1.0 };
        }
        self.speck *= 0.86;
        self.low[1] += (self.speck - self.low[1]) * 0.5;
        let dust = self.low[1] * 0.55;
        (self.low[0] * 0.02 + dust, hiss * 0.009 + dust * 0.8)
    }

    fn birds(&mut self) -> (f32, f32) {
        if self.chirps.is_empty() && self.noise.chance(0.45 / self.rate) {
            self.call();
        }
        let (mut left, mut right) = (0.0, 0.0);
        for chirp in &mut self.chirps {
            if chirp.wait > 0 {
                chirp.wait -= 1;
                continue;
            }
            chirp.hertz *= chirp.slide;
            chirp.phase = (chirp.phase + chirp.hertz / self.rate).fract();
            chirp.rise = (chirp.rise + 0.004).min(1.0);
            chirp.ring *= chirp.ring_factor;
            let sample = sine(chirp.phase) * chirp.ring * chirp.rise;
            left += sample * chirp.pan.0;
            right += sample * chirp.pan.1;
        }
        self.chirps.retain(|chirp| chirp.ring > 1e-3);
        (left, right)
    }

    /// A bird says something: two to six whistles, of one bird, in one place.
    fn call(&mut self) {
        let count = 2 + self.noise.below(5);
        let base = self.noise.between(2300.0, 3900.0);
        let pan = pan_gains(self.noise.signed() * 0.9);
        let gap = self.noise.between(0.09, 0.2);
        let slide = if self.noise.chance(0.5) { 1.6_f32 } else { 0.68 };
        for number in 0..count {
            let seconds = self.noise.between(0.08, 0.14);
            self.chirps.push(Chirp {
                wait: (number as f32 * gap * self.rate) as usize,
                phase: 0.0,
                hertz: base * self.noise.between(0.92, 1.1),
                slide: slide.powf(1.0 / (seconds * self.rate)),
                ring: self.noise.between(0.12, 0.22),
                ring_factor: decay_factor(seconds * 1.8, self.rate),
                rise: 0.0,
                pan,
            });
        }
    }
}

/// A drop's sound dies within 20 ms.
fn decay_factor_quick(rate: f32) -> f32 {
    1.0 - 6.9 / (0.02 * rate)
}

impl Voice for Surroundings {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            if self.age >= self.length {
                return false;
            }
            let fade_in = (self.age as f32 * self.fade).min(1.0);
            let fade_out = ((self.length - self.age) as f32 * self.fade).min(1.0);
            let (a, b) = self.sample();
            self.age += 1;
            let gain = self.level * fade_in * fade_out;
            *l += a * gain;
            *r += b * gain;
        }
        self.age < self.length
    }
}
