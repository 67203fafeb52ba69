//! The recording: plays an arrangement block by block through the mixing desk into one stereo track.
//!
//! Owns the signal path: part, inserts, sends, echo, room, tape, loudness, limiter, fades. Knows nothing of
//! files. Works in small blocks, so besides the finished mix it needs hardly any memory, and a stop is heard
//! at once.

use super::arrange::{self, Event, Sound};
use super::effects::{Echo, Effect, Loudness, Reverb, Tape, limit};
use super::pieces::{Ending, Part, Piece};
use super::random::Random;
use super::score::ScoreError;
use super::synth::{Drum, DrumKit, Note, Voice, decay_factor, pan_gains};

/// Samples per block.
const BLOCK: usize = 256;
/// Most voices of one part that sound at once; the oldest gives way.
const MOST_VOICES: usize = 48;
/// Fade before the very end of a ringing piece, in seconds.
const LAST_FADE: f32 = 2.0;
/// How much of the echo also enters the room.
const ECHO_TO_ROOM: f32 = 0.25;
/// Seconds in which a ducked part comes back after a kick.
const DUCK_SECONDS: f32 = 0.42;

/// A finished recording: interleaved stereo frames within ±1.
pub struct Recording {
    pub frames: Vec<[f32; 2]>,
    pub rate: u32,
}

/// Records a piece at `rate` samples per second, the first `seconds` of it where given. `None` when `stop`
/// said so.
pub fn record(
    piece: &Piece,
    rate: u32,
    seconds: Option<f32>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Recording>, ScoreError> {
    let arrangement = arrange::arrange(piece)?;
    let mut desk = Desk::new(piece, arrangement.parts, rate as f32);
    let length = (seconds.unwrap_or(piece.seconds()).min(piece.seconds()) * rate as f32) as usize;
    let fade = Fade::new(piece, length, rate as f32, seconds.is_some());
    let mut frames = Vec::with_capacity(length + BLOCK);
    let mut loudness = Loudness::new(rate as f32);
    while frames.len() < length {
        if stop() {
            return Ok(None);
        }
        desk.next_block();
        for at in 0..BLOCK {
            let gain = fade.at(frames.len());
            desk.left[at] *= gain;
            desk.right[at] *= gain;
            frames.push([desk.left[at], desk.right[at]]);
        }
        loudness.listen(&desk.left, &desk.right);
    }
    limit(&mut frames, loudness.gain_to_target(), rate as f32);
    Ok(Some(Recording { frames, rate }))
}

/// The gain towards the end of the track.
struct Fade {
    from: usize,
    length: usize,
}

impl Fade {
    fn new(piece: &Piece, length: usize, rate: f32, excerpt: bool) -> Self {
        let seconds = match piece.ending {
            _ if excerpt => 0.1,
            Ending::Fade { seconds } => seconds,
            Ending::Ring { .. } => LAST_FADE,
        };
        let fading = ((seconds * rate) as usize).clamp(1, length.max(1));
        Self {
            from: length.saturating_sub(fading),
            length: fading,
        }
    }

    fn at(&self, frame: usize) -> f32 {
        if frame < self.from {
            return 1.0;
        }
        let done = ((frame - self.from) as f32 / self.length as f32).min(1.0);
        // A cosine: leaves and arrives without a corner.
        0.5 + 0.5 * (done * std::f32::consts::PI).cos()
    }
}

/// The mixing desk with everybody plugged in.
struct Desk<'a> {
    channels: Vec<Channel<'a>>,
    echo: Echo,
    room: Reverb,
    tape: Tape,
    duck: Duck,
    rate: f32,
    played: usize,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
}

impl<'a> Desk<'a> {
    fn new(piece: &'a Piece, parts: Vec<Vec<Event>>, rate: f32) -> Self {
        let beat_seconds = 60.0 / piece.beats_per_minute;
        let duck = Duck::new(&parts, rate);
        let channels = piece
            .band
            .iter()
            .zip(parts)
            .map(|(part, events)| Channel::new(part, events, piece.seed, rate))
            .collect();
        Self {
            channels,
            echo: Echo::new(
                piece.room.echo_beats * beat_seconds,
                piece.room.echo_feedback,
                rate,
            ),
            room: Reverb::new(piece.room, rate),
            tape: Tape::new(piece.tape, rate),
            duck,
            rate,
            played: 0,
            left: [0.0; BLOCK],
            right: [0.0; BLOCK],
        }
    }

    /// Mixes the next block into `left` and `right`.
    fn next_block(&mut self) {
        let (mut room_left, mut room_right) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (mut echo_left, mut echo_right) = ([0.0; BLOCK], [0.0; BLOCK]);
        self.left.fill(0.0);
        self.right.fill(0.0);
        let duck = self.duck.next_block(self.played);
        for channel in &mut self.channels {
            if !channel.play(self.played, self.rate, &duck) {
                continue;
            }
            let Channel {
                left,
                right,
                gains,
                part,
                ..
            } = channel;
            for at in 0..BLOCK {
                let (l, r) = (left[at] * gains.0, right[at] * gains.1);
                self.left[at] += l;
                self.right[at] += r;
                room_left[at] += l * part.reverb;
                room_right[at] += r * part.reverb;
                echo_left[at] += l * part.delay;
                echo_right[at] += r * part.delay;
            }
        }
        let (mut wet_left, mut wet_right) = ([0.0; BLOCK], [0.0; BLOCK]);
        self.echo
            .process((&echo_left, &echo_right), &mut wet_left, &mut wet_right);
        for at in 0..BLOCK {
            self.left[at] += wet_left[at];
            self.right[at] += wet_right[at];
            room_left[at] += wet_left[at] * ECHO_TO_ROOM;
            room_right[at] += wet_right[at] * ECHO_TO_ROOM;
        }
        self.room
            .process((&room_left, &room_right), &mut self.left, &mut self.right);
        self.tape.process(&mut self.left, &mut self.right);
        self.played += BLOCK;
    }
}

/// One part's strip on the desk.
struct Channel<'a> {
    part: &'a Part,
    events: std::iter::Peekable<std::vec::IntoIter<Event>>,
    voices: Vec<Box<dyn Voice>>,
    kit: DrumKit,
    effects: Vec<Effect>,
    gains: (f32, f32),
    random: Random,
    /// Blocks of silence since the last voice ended: inserts need a moment to fall silent too.
    quiet_blocks: usize,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
}

/// After so many silent blocks a channel is skipped.
const QUIET_BLOCKS: usize = 16;

impl<'a> Channel<'a> {
    fn new(part: &'a Part, events: Vec<Event>, seed: u64, rate: f32) -> Self {
        let level = 10.0_f32.powf(part.level / 20.0) * std::f32::consts::SQRT_2;
        let (left_gain, right_gain) = pan_gains(part.pan);
        Self {
            part,
            events: events.into_iter().peekable(),
            voices: Vec::new(),
            kit: DrumKit::new(rate),
            effects: part
                .inserts
                .iter()
                .map(|insert| Effect::new(*insert, rate))
                .collect(),
            gains: (level * left_gain, level * right_gain),
            random: Random::stream(seed, part.name),
            quiet_blocks: QUIET_BLOCKS,
            left: [0.0; BLOCK],
            right: [0.0; BLOCK],
        }
    }

    /// Fills the channel's block; `false` when it has nothing to say.
    fn play(&mut self, played: usize, rate: f32, duck: &[f32]) -> bool {
        self.left.fill(0.0);
        self.right.fill(0.0);
        let (left, right) = (&mut self.left, &mut self.right);
        self.voices.retain_mut(|voice| voice.add_to(left, right));
        let block_end = (played + BLOCK) as f32 / rate;
        while let Some(event) = self.events.next_if(|event| event.at < block_end) {
            let offset = ((event.at * rate) as usize).saturating_sub(played).min(BLOCK - 1);
            if let Some(mut voice) = self.begin(event, rate)
                && voice.add_to(&mut self.left[offset..], &mut self.right[offset..])
            {
                if self.voices.len() == MOST_VOICES {
                    self.voices.remove(0);
                }
                self.voices.push(voice);
            }
            self.quiet_blocks = 0;
        }
        if self.voices.is_empty() {
            self.quiet_blocks += 1;
            if self.quiet_blocks > QUIET_BLOCKS {
                return false;
            }
        }
        for effect in &mut self.effects {
            effect.process(&mut self.left, &mut self.right, duck);
        }
        true
    }

    fn begin(&mut self, event: Event, rate: f32) -> Option<Box<dyn Voice>> {
        match event.sound {
            Sound::Pitch(pitch) => {
                let note = Note {
                    pitch: pitch as f32,
                    velocity: event.velocity,
                    seconds: event.seconds,
                };
                self.part.instrument.voice(note, rate, &mut self.random)
            }
            Sound::Drum(drum) => Some(self.kit.strike(drum, event.velocity, &mut self.random)),
            Sound::Texture => {
                let texture = self.part.instrument.texture()?;
                Some(texture.voice(event.seconds, event.velocity, rate, &mut self.random))
            }
        }
    }
}

/// The envelope by which other parts step back for the kick drum.
struct Duck {
    kicks: std::iter::Peekable<std::vec::IntoIter<usize>>,
    level: f32,
    smooth: f32,
    fall: f32,
    rise: f32,
}

impl Duck {
    fn new(parts: &[Vec<Event>], rate: f32) -> Self {
        let mut kicks: Vec<usize> = parts
            .iter()
            .flatten()
            .filter(|event| matches!(event.sound, Sound::Drum(Drum::DeepKick | Drum::SoftKick)))
            .map(|event| (event.at * rate) as usize)
            .collect();
        kicks.sort_unstable();
        Self {
            kicks: kicks.into_iter().peekable(),
            level: 0.0,
            smooth: 0.0,
            fall: decay_factor(DUCK_SECONDS * 1.6, rate),
            rise: super::effects::one_pole(60.0, rate),
        }
    }

    fn next_block(&mut self, played: usize) -> [f32; BLOCK] {
        let mut block = [0.0; BLOCK];
        for (at, out) in block.iter_mut().enumerate() {
            while self.kicks.next_if(|kick| *kick <= played + at).is_some() {
                self.level = 1.0;
            }
            self.level *= self.fall;
            self.smooth += (self.level - self.smooth) * self.rise;
            *out = self.smooth;
        }
        block
    }
}
