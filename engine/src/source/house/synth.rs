//! The instruments: from a note to its sound.
//!
//! Owns the choice of sound engine and its settings for each instrument. A voice adds itself to a stereo
//! block and says when it is over; it knows nothing of beats, parts, rooms or files. All loudness here is
//! relative: the mix is balanced later.

mod breath;
mod drums;
mod fm;
mod modal;
mod pluck;
mod subtractive;
mod texture;

pub use drums::{Drum, DrumKit};
pub use texture::Texture;

use super::random::Random;

/// A sounding note. Left and right have the same length.
pub trait Voice {
    /// Adds the next samples to the block; `false` once the voice is over and may be dropped.
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) -> bool;
}

/// What a voice needs to know to begin.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// MIDI pitch, fractions are cents/100.
    pub pitch: f32,
    /// `0.0..=1.0`, touch: louder and brighter.
    pub velocity: f32,
    /// Seconds until the key is released.
    pub seconds: f32,
}

impl Note {
    pub fn hertz(&self) -> f32 {
        440.0 * ((self.pitch - 69.0) / 12.0).exp2()
    }
}

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instrument {
    FeltPiano,
    ElectricPiano,
    MusicBox,
    Vibraphone,
    Kalimba,
    Glass,
    Bell,
    NylonGuitar,
    SteelGuitar,
    Harp,
    UprightBass,
    SubBass,
    SynthBass,
    ChipBass,
    WarmPad,
    Strings,
    Choir,
    SawLead,
    ChipLead,
    ChipArp,
    Stab,
    Organ,
    Accordion,
    Flute,
    Ocarina,
    Drums,
    Rain,
    Wind,
    Vinyl,
    Birds,
}

impl Instrument {
    /// Begins a pitched note. Drums and textures have their own ways and answer `None`.
    pub fn voice(self, note: Note, rate: f32, random: &mut Random) -> Option<Box<dyn Voice>> {
        if let Some(bars) = modal::bars(self) {
            return Some(Box::new(modal::Modal::new(bars, note, rate, random)));
        }
        if let Some(recipe) = subtractive::recipe(self) {
            return Some(Box::new(subtractive::Subtractive::new(
                recipe, note, rate, random,
            )));
        }
        if let Some(string) = pluck::string(self) {
            return Some(Box::new(pluck::Pluck::new(string, note, rate, random)));
        }
        if let Some(operators) = fm::operators(self) {
            return Some(Box::new(fm::Fm::new(operators, note, rate)));
        }
        let pipe = breath::pipe(self)?;
        Some(Box::new(breath::Breath::new(pipe, note, rate, random)))
    }

    /// The continuous sound of a texture.
    pub fn texture(self) -> Option<Texture> {
        match self {
            Self::Rain => Some(Texture::Rain),
            Self::Wind => Some(Texture::Wind),
            Self::Vinyl => Some(Texture::Vinyl),
            Self::Birds => Some(Texture::Birds),
            _ => None,
        }
    }
}

/// Sine of a phase counted in turns: exact enough to be pure to the ear (harmonics under -60 dB), the same on
/// every platform, and much quicker than the library's in a debug build.
#[inline(always)]
pub fn sine(turns: f32) -> f32 {
    let mut t = turns - (turns as i32) as f32;
    if t > 0.5 {
        t -= 1.0;
    } else if t < -0.5 {
        t += 1.0;
    }
    let a = if t < 0.0 { -t } else { t };
    let parabola = t * (8.0 - 16.0 * a);
    let b = if parabola < 0.0 { -parabola } else { parabola };
    parabola * (0.775 + 0.225 * b)
}

/// Equal-power gains for a place between left (-1) and right (1).
pub fn pan_gains(pan: f32) -> (f32, f32) {
    let angle = (pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
    (angle.cos(), angle.sin())
}

/// What a one-pole smoother keeps per sample so that it falls by 60 dB in `seconds`.
pub fn decay_factor(seconds: f32, rate: f32) -> f32 {
    (-6.907_755 / (seconds.max(1e-4) * rate)).exp()
}

/// An amplitude envelope: attack, decay to sustain, release after the key goes up; all segments are curved,
/// so that nothing clicks.
#[derive(Clone, Debug)]
pub struct Envelope {
    level: f32,
    attack: f32,
    decay: f32,
    sustain: f32,
    release: f32,
    rising: bool,
    samples_held: usize,
}

/// Seconds of an envelope's segments; `sustain` is a level.
#[derive(Clone, Copy, Debug)]
pub struct Adsr {
    pub attack: f32,
    pub decay: f32,
    pub sustain: f32,
    pub release: f32,
}

/// A released voice below this is over (-80 dB).
const SILENT: f32 = 1e-4;
/// The attack aims above full, so that it arrives in finite time.
const OVERSHOOT: f32 = 1.25;

impl Envelope {
    pub fn new(adsr: Adsr, seconds_held: f32, rate: f32) -> Self {
        // Rising from 0 to 1 while aiming at OVERSHOOT takes ln(OVERSHOOT / (OVERSHOOT - 1)) time constants.
        let constants = (OVERSHOOT / (OVERSHOOT - 1.0)).ln();
        Self {
            level: 0.0,
            attack: 1.0 - (-constants / (adsr.attack.max(1e-3) * rate)).exp(),
            decay: decay_factor(adsr.decay, rate),
            sustain: adsr.sustain,
            release: decay_factor(adsr.release, rate),
            rising: true,
            samples_held: (seconds_held.max(0.01) * rate) as usize,
        }
    }

    #[inline(always)]
    pub fn next(&mut self) -> f32 {
        if self.samples_held == 0 {
            self.level *= self.release;
            return self.level;
        }
        self.samples_held -= 1;
        if self.rising {
            self.level += (OVERSHOOT - self.level) * self.attack;
            if self.level >= 1.0 {
                self.level = 1.0;
                self.rising = false;
            }
        } else {
            self.level = self.sustain + (self.level - self.sustain) * self.decay;
        }
        self.level
    }

    pub fn is_over(&self) -> bool {
        self.level < SILENT && (self.samples_held == 0 || !self.rising)
    }
}
