//! The drum kit: each drum is built once per piece in a few takes, and played back with the touch of each
//! stroke.
//!
//! Takes differ a little, so that no two strokes in a row are the same recording.

use std::sync::Arc;

use super::super::random::Random;
use super::{Voice, decay_factor, pan_gains, sine};

/// What can be struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Drum {
    SoftKick,
    DeepKick,
    Snare,
    Clap,
    Rim,
    BrushTap,
    BrushSweep,
    ClosedHat,
    OpenHat,
    Ride,
    Shaker,
    Tom,
    Crash,
}

/// Takes per drum.
const TAKES: usize = 3;

/// Recordings of all drums a piece uses.
pub struct DrumKit {
    takes: Vec<(Drum, Vec<Arc<[f32]>>)>,
    rate: f32,
    turn: usize,
}

impl DrumKit {
    pub fn new(rate: f32) -> Self {
        Self {
            takes: Vec::new(),
            rate,
            turn: 0,
        }
    }

    /// Strikes a drum.
    pub fn strike(&mut self, drum: Drum, velocity: f32, random: &mut Random) -> Box<dyn Voice> {
        let index = match self.takes.iter().position(|(known, _)| *known == drum) {
            Some(index) => index,
            None => {
                let takes = (0..TAKES).map(|_| take(drum, self.rate, random)).collect();
                self.takes.push((drum, takes));
                self.takes.len() - 1
            }
        };
        self.turn += 1;
        let take = Arc::clone(&self.takes[index].1[self.turn % TAKES]);
        // A skin answers touch more than a string does.
        let gain = velocity * velocity.sqrt();
        Box::new(Stroke {
            take,
            place: 0,
            gain,
            pan: pan_gains(drum_pan(drum)),
        })
    }
}

struct Stroke {
    take: Arc<[f32]>,
    place: usize,
    gain: f32,
    pan: (f32, f32),
}

impl Voice for Stroke {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let rest = &self.take[self.place..];
        for ((l, r), sample) in left.iter_mut().zip(right.iter_mut()).zip(rest) {
            *l += sample * self.gain * self.pan.0;
            *r += sample * self.gain * self.pan.1;
        }
        self.place = (self.place + left.len()).min(self.take.len());
        self.place < self.take.len()
    }
}

/// Where a drum stands, seen from the audience.
fn drum_pan(drum: Drum) -> f32 {
    match drum {
        Drum::SoftKick | Drum::DeepKick | Drum::Snare | Drum::Clap => 0.0,
        Drum::BrushTap | Drum::BrushSweep => 0.1,
        Drum::Rim => -0.25,
        Drum::ClosedHat | Drum::OpenHat => 0.3,
        Drum::Ride => -0.35,
        Drum::Shaker => 0.42,
        Drum::Tom => -0.2,
        Drum::Crash => 0.2,
    }
}

/// A falling sine with a short knock: kick or tom.
struct Skin {
    start_hertz: f32,
    end_hertz: f32,
    fall_seconds: f32,
    ring_seconds: f32,
    knock: f32,
    level: f32,
}

/// Filtered noise with a tone under it: everything that rattles or hisses.
struct Hiss {
    low_cut: f32,
    high_cut: f32,
    attack_seconds: f32,
    ring_seconds: f32,
    level: f32,
}

/// A recording brought to the drum's own loudness, whatever the dice and filters made of it.
fn take(drum: Drum, rate: f32, random: &mut Random) -> Arc<[f32]> {
    let mut samples = record(drum, rate, random);
    let loudest = samples
        .iter()
        .fold(1e-6_f32, |loudest, sample| loudest.max(sample.abs()));
    let gain = drum_peak(drum) / loudest;
    for sample in &mut samples {
        *sample *= gain;
    }
    samples.into()
}

/// Peak of a full stroke.
fn drum_peak(drum: Drum) -> f32 {
    match drum {
        Drum::SoftKick | Drum::DeepKick => 0.95,
        Drum::Snare => 0.85,
        Drum::Clap | Drum::Tom => 0.65,
        Drum::Rim => 0.45,
        Drum::BrushTap | Drum::Crash => 0.4,
        Drum::Ride | Drum::ClosedHat => 0.34,
        Drum::BrushSweep | Drum::OpenHat | Drum::Shaker => 0.28,
    }
}

fn record(drum: Drum, rate: f32, random: &mut Random) -> Vec<f32> {
    let sway = 1.0 + random.signed() * 0.015;
    let hiss = |low_cut: f32, high_cut: f32, attack_seconds: f32, ring_seconds: f32, level: f32| Hiss {
        low_cut: low_cut * sway,
        high_cut: high_cut * sway,
        attack_seconds,
        ring_seconds,
        level,
    };
    let skin = |start_hertz: f32, end_hertz: f32, fall: f32, ring: f32, knock: f32, level: f32| Skin {
        start_hertz: start_hertz * sway,
        end_hertz: end_hertz * sway,
        fall_seconds: fall,
        ring_seconds: ring,
        knock,
        level,
    };
    match drum {
        Drum::SoftKick => skin(110.0, 52.0, 0.12, 0.42, 0.12, 0.85).record(rate, random),
        Drum::DeepKick => skin(165.0, 46.0, 0.16, 0.6, 0.3, 0.95).record(rate, random),
        Drum::Tom => skin(150.0, 92.0, 0.3, 0.7, 0.08, 0.6).record(rate, random),
        Drum::Rim => {
            let wood = skin(1750.0, 1680.0, 0.02, 0.07, 0.2, 0.34).record(rate, random);
            mix(
                wood,
                skin(820.0, 800.0, 0.02, 0.05, 0.0, 0.2).record(rate, random),
            )
        }
        Drum::Snare => {
            let body = skin(240.0, 178.0, 0.06, 0.24, 0.1, 0.42).record(rate, random);
            mix(body, hiss(900.0, 6800.0, 0.001, 0.3, 0.42).record(rate, random))
        }
        Drum::Clap => {
            let mut clap = Vec::new();
            for (delay, ring, level) in [(0.0, 0.03, 0.3), (0.011, 0.03, 0.32), (0.023, 0.26, 0.42)] {
                let mut hands = vec![0.0; (delay * rate) as usize];
                hands.extend(hiss(800.0, 4200.0, 0.001, ring, level).record(rate, random));
                clap = mix(clap, hands);
            }
            clap
        }
        Drum::BrushTap => hiss(500.0, 5200.0, 0.003, 0.2, 0.42).record(rate, random),
        Drum::BrushSweep => hiss(1500.0, 6000.0, 0.12, 0.42, 0.2).record(rate, random),
        Drum::ClosedHat => hiss(6800.0, 12_500.0, 0.001, 0.09, 0.3).record(rate, random),
        Drum::OpenHat => hiss(6200.0, 12_000.0, 0.001, 0.5, 0.26).record(rate, random),
        Drum::Shaker => hiss(4800.0, 9500.0, 0.022, 0.11, 0.3).record(rate, random),
        Drum::Crash => hiss(3200.0, 11_000.0, 0.004, 2.6, 0.24).record(rate, random),
        Drum::Ride => {
            let mut ride = hiss(5200.0, 11_000.0, 0.001, 0.8, 0.09).record(rate, random);
            // A cymbal's tone: a few partials that fit no scale.
            for (hertz, level) in [(1270.0, 0.05), (2110.0, 0.045), (3170.0, 0.05), (4430.0, 0.04)] {
                ride = mix(
                    ride,
                    skin(hertz, hertz, 0.1, 0.9, 0.0, level).record(rate, random),
                );
            }
            ride
        }
    }
}

/// Fade-in of each stroke, so that none starts with a step, in seconds.
const ONSET_SECONDS: f32 = 0.0007;

impl Skin {
    fn record(&self, rate: f32, random: &mut Random) -> Vec<f32> {
        let mut phase = 0.0_f32;
        let mut fall = 1.0;
        let mut ring = self.level;
        let fall_factor = decay_factor(self.fall_seconds, rate);
        let ring_factor = decay_factor(self.ring_seconds, rate);
        let knock_factor = decay_factor(0.02, rate);
        let mut knock = self.knock * self.level;
        let mut knock_low = 0.0;
        (0..(self.ring_seconds * rate) as usize)
            .map(|at| {
                let hertz = self.end_hertz + (self.start_hertz - self.end_hertz) * fall;
                phase = (phase + hertz / rate).fract();
                fall *= fall_factor;
                ring *= ring_factor;
                knock *= knock_factor;
                knock_low += (random.signed() * knock - knock_low) * 0.35;
                let onset = (at as f32 / (ONSET_SECONDS * rate)).min(1.0);
                (sine(phase) * ring + knock_low) * onset
            })
            .collect()
    }
}

impl Hiss {
    fn record(&self, rate: f32, random: &mut Random) -> Vec<f32> {
        let seconds = self.attack_seconds + self.ring_seconds;
        let keep = |hertz: f32| (-std::f32::consts::TAU * hertz.min(rate * 0.45) / rate).exp();
        let (high_keep, low_keep) = (keep(self.high_cut), keep(self.low_cut));
        let ring_factor = decay_factor(self.ring_seconds, rate);
        let rise = 1.0 / (self.attack_seconds.max(ONSET_SECONDS) * rate);
        let (mut ring, mut onset) = (self.level, 0.0_f32);
        let (mut high, mut low, mut low_again) = (0.0, 0.0, 0.0);
        (0..(seconds * rate) as usize)
            .map(|_| {
                let noise = random.signed();
                high = noise + (high - noise) * high_keep;
                low = high + (low - high) * low_keep;
                let once = high - low;
                low_again = once + (low_again - once) * low_keep;
                onset = (onset + rise).min(1.0);
                if onset >= 1.0 {
                    ring *= ring_factor;
                }
                (once - low_again) * ring * onset * onset
            })
            .collect()
    }
}

fn mix(mut a: Vec<f32>, b: Vec<f32>) -> Vec<f32> {
    if a.len() < b.len() {
        return mix(b, a);
    }
    for (sample, other) in a.iter_mut().zip(b) {
        *sample += other;
    }
    a
}
