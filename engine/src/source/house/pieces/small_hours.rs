//! "Small Hours": a piano, a music box, long air. For the end of the evening.

use super::{Ending, Metre, PLAYER, Part, Piece, Play, Section, Swing};
use crate::source::house::cover::Scene;
use crate::source::house::effects::{Insert, Room};
use crate::source::house::score::{Key, Scale};
use crate::source::house::synth::{Drum, Instrument};

pub const PIECES: &[&Piece] = &[
    &HUSH_LITTLE_SWIFT,
    &FIRST_SNOW_EARLY,
    &THERMALS,
    &WHERE_THE_REEDS_BEND,
];

const ALBUM: &str = "Small Hours";

const HUSH_LITTLE_SWIFT: Piece = Piece {
    title: "Hush, Little Swift",
    artist: "Ottilie Finch",
    album: ALBUM,
    track: 1,
    year: 2024,
    genre: "Modern Classical",
    seed: 0x71,
    key: Key {
        tonic: 7,
        scale: Scale::Major,
    },
    beats_per_minute: 150.0,
    metre: Metre::SIX,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "box",
            instrument: Instrument::MusicBox,
            play: Play::Tune,
            range: (79, 103),
            level: 1.6,
            pan: 0.12,
            reverb: 0.38,
            delay: 0.08,
            ..PLAYER
        },
        Part {
            name: "piano",
            instrument: Instrument::FeltPiano,
            play: Play::Arpeggio {
                grid: "0-2-1-|0-2-3-",
                voices: 4,
            },
            range: (52, 72),
            level: -3.6,
            pan: -0.2,
            reverb: 0.28,
            ..PLAYER
        },
        Part {
            name: "left_hand",
            instrument: Instrument::FeltPiano,
            play: Play::Bass { grid: "R-----" },
            range: (36, 50),
            level: -6.4,
            pan: -0.25,
            reverb: 0.2,
            ..PLAYER
        },
        Part {
            name: "strings",
            instrument: Instrument::Strings,
            play: Play::Hold { voices: 3 },
            range: (55, 74),
            level: -9.1,
            reverb: 0.45,
            inserts: &[Insert::LowPass(2200.0)],
            ..PLAYER
        },
        Part {
            name: "singer",
            instrument: Instrument::Flute,
            play: Play::Tune,
            range: (67, 91),
            level: -5.9,
            pan: 0.25,
            reverb: 0.4,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "G | Cmaj7 | G | D7sus4 D7",
            tune: "",
            parts: "piano left_hand",
            energy: (0.5, 0.6),
        },
        Section {
            name: "A",
            chords: "G | Em7 | Cmaj7 | D7sus4 D7 | G/B | Cmaj7 | Am7 D7 | G",
            tune: "5:2 6:1 5:2 3:1 | 5:3 3:3 | 6:2 5:1 4:2 3:1 | 2:6 | 3:2 5:1 8:2 7:1 | 6:2 5:1 4:3 \
                   | 4:2 3:1 2:2 0:1 | 1:6",
            parts: "box piano left_hand",
            energy: (0.6, 0.68),
        },
        Section {
            name: "B",
            chords: "Cmaj7 | Bm7 | Am7 | G | Cmaj7 | Bm7 Em7 | Am7 | D7sus4 D7",
            tune: "8:2 7:1 6:3 | 7:2 6:1 5:3 | 6:2 5:1 4:2 3:1 | 3:3 1:3 | 8:2 9:1 10:3 | 9:2 7:1 5:3 \
                   | 4:2 5:1 6:2 4:1 | 5:3 2:3",
            parts: "singer piano left_hand strings",
            energy: (0.66, 0.78),
        },
        Section {
            name: "A again",
            chords: "G | Em7 | Cmaj7 | D7sus4 D7 | G/B | Cmaj7 | Am7 D7 | G",
            tune: "5:2 6:1 5:2 3:1 | 5:3 3:3 | 6:2 5:1 4:2 3:1 | 2:6 | 3:2 5:1 8:2 7:1 | 6:2 5:1 4:3 \
                   | 4:2 3:1 2:2 0:1 | 1:6",
            parts: "box piano left_hand strings",
            energy: (0.7, 0.62),
        },
        Section {
            name: "asleep",
            chords: "Cmaj7 | G/B | Am7 D7sus4 | Gadd9",
            tune: "6:2 5:1 4:3 | 5:2 4:1 3:3 | 4:2 3:1 2:3 | 1:6",
            parts: "box piano left_hand strings",
            energy: (0.6, 0.42),
        },
    ],
    ending: Ending::Ring { slowing_beats: 9.0 },
    room: Room {
        seconds: 2.2,
        brightness: 0.45,
        echo_beats: 3.0,
        echo_feedback: 0.2,
    },
    tape: 0.15,
    cover: Scene::CradleMoon,
};

const FIRST_SNOW_EARLY: Piece = Piece {
    title: "First Snow, Early",
    artist: "Ottilie Finch",
    album: ALBUM,
    track: 2,
    year: 2024,
    genre: "Modern Classical",
    seed: 0x72,
    key: Key {
        tonic: 1,
        scale: Scale::Minor,
    },
    beats_per_minute: 98.0,
    metre: Metre::FIVE,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "right_hand",
            instrument: Instrument::FeltPiano,
            play: Play::Tune,
            range: (61, 88),
            level: -0.2,
            pan: 0.15,
            reverb: 0.34,
            delay: 0.06,
            ..PLAYER
        },
        Part {
            name: "left_hand",
            instrument: Instrument::FeltPiano,
            play: Play::Arpeggio {
                grid: "0213213212",
                voices: 4,
            },
            range: (47, 69),
            level: -8.1,
            pan: -0.15,
            reverb: 0.3,
            ..PLAYER
        },
        Part {
            name: "depth",
            instrument: Instrument::FeltPiano,
            play: Play::Bass { grid: "R--------." },
            range: (32, 46),
            level: -5.2,
            pan: -0.1,
            reverb: 0.25,
            ..PLAYER
        },
        Part {
            name: "strings",
            instrument: Instrument::Strings,
            play: Play::Hold { voices: 4 },
            range: (54, 76),
            level: -12.0,
            reverb: 0.5,
            inserts: &[Insert::LowPass(1900.0)],
            ..PLAYER
        },
        Part {
            name: "frost",
            instrument: Instrument::Glass,
            play: Play::Arpeggio {
                grid: "......3...|....4.....",
                voices: 4,
            },
            range: (68, 88),
            level: -2.4,
            pan: 0.4,
            reverb: 0.5,
            delay: 0.3,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "C#madd9 | Amaj9 | C#madd9 | Amaj9",
            tune: "",
            parts: "left_hand depth",
            energy: (0.5, 0.62),
        },
        Section {
            name: "A",
            chords: "C#madd9 | Amaj9 | Eadd9 | B7sus4 B | C#madd9 | Amaj9 | Eadd9 | B7sus4 B",
            tune: "5:3 3:2 | 1:3 2:2 | 3:2 5:1 7:2 | 4:5 | 5:3 3:2 | 8:3 7:2 | 5:2 7:1 5:2 | 4:3 2:2",
            parts: "right_hand left_hand depth",
            energy: (0.62, 0.72),
        },
        Section {
            name: "B",
            chords: "F#m9 | Amaj9 | E/G# | B | F#m9 | Amaj9 | B7sus4 | G#7sus4 G#7",
            tune: "8:2 9:1 10:2 | 9:3 8:2 | 7:2 8:1 7:2 | 4:5 | 8:2 9:1 10:2 | 12:3 10:2 | 9:2 7:1 8:2 | 5:5",
            parts: "right_hand left_hand depth strings frost",
            energy: (0.7, 0.88),
        },
        Section {
            name: "A again",
            chords: "C#madd9 | Amaj9 | Eadd9 | B7sus4 B",
            tune: "5:3 3:2 | 8:3 7:2 | 5:2 7:1 5:2 | 4:3 2:2",
            parts: "right_hand left_hand depth strings",
            energy: (0.78, 0.66),
        },
        Section {
            name: "white",
            chords: "Amaj9 | E/G# | F#m9 | C#madd9",
            tune: "5:3 3:2 | 7:3 5:2 | 3:2 2:1 3:2 | 1:5",
            parts: "right_hand left_hand depth frost",
            energy: (0.62, 0.42),
        },
    ],
    ending: Ending::Ring { slowing_beats: 7.5 },
    room: Room {
        seconds: 2.6,
        brightness: 0.4,
        echo_beats: 2.5,
        echo_feedback: 0.2,
    },
    tape: 0.18,
    cover: Scene::Birches,
};

const THERMALS: Piece = Piece {
    title: "Thermals",
    artist: "Lumen Nightjar",
    album: ALBUM,
    track: 3,
    year: 2026,
    genre: "Ambient",
    seed: 0x73,
    key: Key {
        tonic: 4,
        scale: Scale::Lydian,
    },
    beats_per_minute: 62.0,
    metre: Metre::FOUR,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "bells",
            instrument: Instrument::Bell,
            play: Play::Tune,
            range: (64, 92),
            level: 3.3,
            pan: 0.2,
            reverb: 0.6,
            delay: 0.45,
            ..PLAYER
        },
        Part {
            name: "air",
            instrument: Instrument::WarmPad,
            play: Play::Hold { voices: 4 },
            range: (54, 76),
            level: -6.2,
            reverb: 0.5,
            inserts: &[Insert::LowPass(1800.0), Insert::Tremolo(0.11, 0.5)],
            ..PLAYER
        },
        Part {
            name: "voices",
            instrument: Instrument::Choir,
            play: Play::Hold { voices: 3 },
            range: (64, 83),
            level: -15.5,
            reverb: 0.6,
            inserts: &[Insert::Tremolo(0.07, 0.6)],
            ..PLAYER
        },
        Part {
            name: "ground",
            instrument: Instrument::SubBass,
            play: Play::Bass { grid: "R-------" },
            range: (28, 42),
            level: -9.9,
            inserts: &[Insert::LowPass(300.0)],
            ..PLAYER
        },
        Part {
            name: "harp",
            instrument: Instrument::Harp,
            play: Play::Arpeggio {
                grid: "0-1-2-3-4-3-2-1-",
                voices: 4,
            },
            range: (56, 78),
            level: -4.4,
            pan: -0.25,
            reverb: 0.5,
            delay: 0.3,
            ..PLAYER
        },
        Part {
            name: "wind",
            instrument: Instrument::Wind,
            play: Play::Texture,
            level: -9.4,
            reverb: 0.1,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "ground",
            chords: "Emaj9 | Emaj9 | F#/E | F#/E",
            tune: "",
            parts: "air ground wind",
            energy: (0.5, 0.65),
        },
        Section {
            name: "lift",
            chords: "Emaj9 | Emaj9 | F#/E | F#/E | C#m9 | G#m7 | Amaj7 | B69",
            tune: "5:3 7:1 | 9:4 | .:1 8:3 | 6:4 | 7:3 5:1 | 3:4 | .:2 3:2 | 5:4",
            parts: "air bells ground harp wind",
            energy: (0.62, 0.75),
        },
        Section {
            name: "height",
            chords: "Emaj9 | F#/E | G#m7 | C#m9 | Emaj9 | F#/E | Amaj7 | B69",
            tune: "5:3 7:1 | 9:2 8:2 | 10:3 9:1 | 7:4 | 5:3 7:1 | 9:2 11:2 | 10:3 7:1 | 9:4",
            parts: "air bells voices ground harp wind",
            energy: (0.72, 0.82),
        },
        Section {
            name: "glide",
            chords: "Emaj9 | F#/E | Emaj9 | Emaj9",
            tune: "5:4 | .:1 6:3 | 5:4 | .:4",
            parts: "air bells voices ground wind",
            energy: (0.7, 0.45),
        },
    ],
    ending: Ending::Fade { seconds: 10.0 },
    room: Room {
        seconds: 5.0,
        brightness: 0.4,
        echo_beats: 1.5,
        echo_feedback: 0.5,
    },
    tape: 0.3,
    cover: Scene::Thermals,
};

const WHERE_THE_REEDS_BEND: Piece = Piece {
    title: "Where the Reeds Bend",
    artist: "Lumen Nightjar",
    album: ALBUM,
    track: 4,
    year: 2026,
    genre: "Ambient",
    seed: 0x74,
    key: Key {
        tonic: 11,
        scale: Scale::Dorian,
    },
    beats_per_minute: 170.0,
    metre: Metre::SEVEN,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "pipe",
            instrument: Instrument::Ocarina,
            play: Play::Tune,
            range: (71, 96),
            level: -6.1,
            pan: 0.15,
            reverb: 0.5,
            delay: 0.22,
            ..PLAYER
        },
        Part {
            name: "kalimba",
            instrument: Instrument::Kalimba,
            play: Play::Arpeggio {
                grid: "0.2132.|1.3.24.",
                voices: 4,
            },
            range: (59, 79),
            level: 0.5,
            pan: -0.2,
            reverb: 0.35,
            delay: 0.25,
            ..PLAYER
        },
        Part {
            name: "harp",
            instrument: Instrument::Harp,
            play: Play::Arpeggio {
                grid: "3.....4|..2....",
                voices: 4,
            },
            range: (62, 84),
            level: 0.8,
            pan: 0.4,
            reverb: 0.45,
            delay: 0.3,
            ..PLAYER
        },
        Part {
            name: "pad",
            instrument: Instrument::Choir,
            play: Play::Hold { voices: 3 },
            range: (54, 74),
            level: -13.2,
            reverb: 0.45,
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::UprightBass,
            play: Play::Bass {
                grid: "R--.5-.|R--..r.",
            },
            range: (33, 47),
            level: -4.2,
            reverb: 0.1,
            ..PLAYER
        },
        Part {
            name: "hands",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::SoftKick, "x..o...|x....o."),
                    (Drum::Tom, "...o.x.|...o..o"),
                    (Drum::Shaker, "xooxoxo"),
                ],
            },
            level: -0.3,
            reverb: 0.3,
            ..PLAYER
        },
        Part {
            name: "birds",
            instrument: Instrument::Birds,
            play: Play::Texture,
            level: -8.7,
            reverb: 0.5,
            ..PLAYER
        },
        Part {
            name: "water",
            instrument: Instrument::Rain,
            play: Play::Texture,
            level: -12.7,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "water",
            chords: "Bm7 | E/B | Bm7 | E/B",
            tune: "",
            parts: "kalimba birds water",
            energy: (0.55, 0.65),
        },
        Section {
            name: "A",
            chords: "Bm7 | E/B | A/C# | E | Bm7 | E/B | D | A/C#",
            tune: "5:3 4:2 3:2 | 4:5 6:2 | 7:3 6:2 4:2 | 4:5 .:2 | 8:3 7:2 5:2 | 6:5 4:2 | 5:3 4:2 3:2 \
                   | 2:5 .:2",
            parts: "pipe kalimba bass water",
            energy: (0.65, 0.75),
        },
        Section {
            name: "between",
            chords: "Gmaj7 | A | Bm7 | Bm7 | Gmaj7 | A | E | E",
            tune: "",
            parts: "kalimba harp pad bass hands",
            energy: (0.7, 0.8),
        },
        Section {
            name: "A again",
            chords: "Bm7 | E/B | A/C# | E | Bm7 | E/B | D | A/C#",
            tune: "5:3 4:2 3:2 | 4:5 6:2 | 7:3 6:2 4:2 | 4:5 .:2 | 8:3 7:2 5:2 | 6:5 4:2 | 5:3 4:2 3:2 \
                   | 2:5 .:2",
            parts: "pipe kalimba harp pad bass hands",
            energy: (0.78, 0.85),
        },
        Section {
            name: "still",
            chords: "Gmaj7 | A | E/B | Bm7 | Gmaj7 | A | Bm7 | Bm7",
            tune: "7:3 5:2 3:2 | 4:5 .:2 | 4:3 2:2 4:2 | 3:5 .:2 | 7:3 5:2 3:2 | 4:3 2:2 .:2 | 1:7 | .:7",
            parts: "pipe kalimba pad bass birds water",
            energy: (0.75, 0.5),
        },
    ],
    ending: Ending::Ring { slowing_beats: 10.0 },
    room: Room {
        seconds: 3.0,
        brightness: 0.5,
        echo_beats: 3.5,
        echo_feedback: 0.35,
    },
    tape: 0.12,
    cover: Scene::Reeds,
};
