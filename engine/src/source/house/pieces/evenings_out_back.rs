//! "Evenings Out Back": wood and strings, played on the porch and by the fire.

use super::{Ending, Metre, PLAYER, Part, Piece, Play, Section, Swing};
use crate::source::house::cover::Scene;
use crate::source::house::effects::{Insert, Room};
use crate::source::house::score::{Key, Scale};
use crate::source::house::synth::{Drum, Instrument};

pub const PIECES: &[&Piece] = &[&PORCH_LIGHT_BOSSA, &THREE_STEPS_HOME, &KINDLING];

const ALBUM: &str = "Evenings Out Back";

const PORCH_LIGHT_BOSSA: Piece = Piece {
    title: "Porch Light Bossa",
    artist: "The Hollow Oak Trio",
    album: ALBUM,
    track: 1,
    year: 2025,
    genre: "Jazz",
    seed: 0x53,
    key: Key {
        tonic: 2,
        scale: Scale::Minor,
    },
    beats_per_minute: 132.0,
    metre: Metre::FOUR,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "flute",
            instrument: Instrument::Flute,
            play: Play::Tune,
            range: (62, 90),
            level: -2.1,
            pan: 0.12,
            reverb: 0.32,
            delay: 0.08,
            ..PLAYER
        },
        Part {
            name: "guitar",
            instrument: Instrument::NylonGuitar,
            play: Play::Comp {
                grid: "x-.x-.x-|.x-.x-.a",
                voices: 4,
                roll: 0.016,
            },
            range: (50, 71),
            level: -4.9,
            pan: -0.28,
            reverb: 0.16,
            inserts: &[Insert::Body, Insert::HighPass(120.0)],
            ..PLAYER
        },
        Part {
            name: "vibes",
            instrument: Instrument::Vibraphone,
            play: Play::Tune,
            range: (62, 88),
            level: -1.4,
            pan: 0.25,
            reverb: 0.35,
            inserts: &[Insert::Tremolo(5.2, 0.4)],
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::UprightBass,
            play: Play::Bass { grid: "R--LL--r" },
            range: (31, 47),
            level: -3.7,
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::SoftKick, "x..ox..o"),
                    (Drum::Rim, "x..x..x.|..x..x.."),
                    (Drum::Shaker, "xoxoxoxo"),
                ],
            },
            level: -1.1,
            reverb: 0.14,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Dm9 | Dm6 | Dm9 | Em7b5 A7b9",
            tune: "",
            parts: "guitar bass drums",
            energy: (0.6, 0.75),
        },
        Section {
            name: "A",
            chords: "Dm9 | Dm6 | Gm9 | C9 | Fmaj9 | Bbmaj7 | Em7b5 | A7b9",
            tune: ".:1 5:.5 6:.5 5:1 3:1 | 2:1.5 1:.5 .:2 | .:1 4:.5 5:.5 6:1 4:1 | 3:1.5 2:.5 .:2 \
                   | .:1 3:.5 4:.5 5:1 3:1 | 2:1.5 1:.5 4:2 | 3:1 2:.5 1:.5 2:1 4:1 | 3:1.5 2:.5 0:2",
            parts: "flute guitar bass drums",
            energy: (0.72, 0.8),
        },
        Section {
            name: "A again",
            chords: "Dm9 | Dm6 | Gm9 | C9 | Fmaj9 | Bbmaj7 | Em7b5 A7b9 | Dm9",
            tune: ".:1 5:.5 6:.5 8:1 5:1 | 4:1.5 3:.5 .:2 | .:1 4:.5 5:.5 6:1 8:1 | 7:1.5 5:.5 .:2 \
                   | .:1 3:.5 4:.5 5:1 7:1 | 6:1.5 5:.5 4:2 | 3:1 4:.5 3:.5 2:1 0:1 | 1:3 .:1",
            parts: "flute guitar bass drums",
            energy: (0.78, 0.82),
        },
        Section {
            name: "B",
            chords: "Gm9 | C13 | Fmaj9 | Fmaj9 | Gm9 | A7b9 | Dm9 | D7b9",
            tune: "6:2 5:.5 4:1.5 | 3:1.5 4:.5 5:2 | 7:2 5:.5 3:1.5 | 5:3 .:1 \
                   | 6:2 8:.5 6:1.5 | 5:1.5 4:.5 2:2 | 3:1.5 2:.5 1:2 | 3:2 4:2",
            parts: "vibes guitar bass drums",
            energy: (0.75, 0.85),
        },
        Section {
            name: "B turns home",
            chords: "Gm9 | C13 | Fmaj9 | Bbmaj7 | Em7b5 | A7b9 | Dm9 | A7#5",
            tune: "6:2 5:.5 4:1.5 | 3:1.5 4:.5 5:2 | 7:2 5:.5 3:1.5 | 6:3 .:1 \
                   | 4:1.5 3:.5 2:2 | 5:1.5 4:.5 2:2 | 1:3 .:1 | .:4",
            parts: "vibes guitar bass drums",
            energy: (0.85, 0.7),
        },
        Section {
            name: "last A",
            chords: "Dm9 | Dm6 | Gm9 | C9 | Fmaj9 | Bbmaj7 | Em7b5 A7b9 | Dm9",
            tune: ".:1 5:.5 6:.5 8:1 5:1 | 4:1.5 3:.5 .:2 | .:1 4:.5 5:.5 6:1 8:1 | 7:1.5 5:.5 .:2 \
                   | .:1 3:.5 4:.5 5:1 7:1 | 6:1.5 5:.5 4:2 | 3:1 4:.5 3:.5 2:1 0:1 | 1:3 .:1",
            parts: "flute guitar bass drums",
            energy: (0.8, 0.78),
        },
        Section {
            name: "tag",
            chords: "Em7b5 A7b9 | Dm9",
            tune: "3:1 4:.5 3:.5 2:1 0:1 | 1:4",
            parts: "flute guitar bass vibes drums",
            energy: (0.7, 0.55),
        },
    ],
    ending: Ending::Ring { slowing_beats: 6.0 },
    room: Room {
        seconds: 1.3,
        brightness: 0.5,
        echo_beats: 1.5,
        echo_feedback: 0.2,
    },
    tape: 0.1,
    cover: Scene::BeachSun,
};

const THREE_STEPS_HOME: Piece = Piece {
    title: "Three Steps Home",
    artist: "The Hollow Oak Trio",
    album: ALBUM,
    track: 2,
    year: 2025,
    genre: "Jazz",
    seed: 0x54,
    key: Key {
        tonic: 10,
        scale: Scale::Major,
    },
    beats_per_minute: 146.0,
    metre: Metre::THREE,
    swing: Swing {
        unit: 0.5,
        share: 0.63,
    },
    band: &[
        Part {
            name: "vibes",
            instrument: Instrument::Vibraphone,
            play: Play::Tune,
            range: (65, 90),
            level: -1.5,
            pan: 0.2,
            reverb: 0.3,
            inserts: &[Insert::Tremolo(4.6, 0.35)],
            ..PLAYER
        },
        Part {
            name: "accordion",
            instrument: Instrument::Accordion,
            play: Play::Tune,
            range: (58, 84),
            level: -3.7,
            pan: 0.1,
            reverb: 0.26,
            inserts: &[Insert::LowPass(3800.0)],
            ..PLAYER
        },
        Part {
            name: "piano",
            instrument: Instrument::FeltPiano,
            play: Play::Comp {
                grid: "..x-x-|..x-.x",
                voices: 4,
                roll: 0.012,
            },
            range: (53, 72),
            level: -10.3,
            pan: -0.25,
            reverb: 0.2,
            ..PLAYER
        },
        Part {
            name: "bass_in_one",
            instrument: Instrument::UprightBass,
            play: Play::Bass {
                grid: "R----.|R--.5-",
            },
            range: (31, 47),
            level: -2.7,
            ..PLAYER
        },
        Part {
            name: "bass_walking",
            instrument: Instrument::UprightBass,
            play: Play::Walk,
            range: (31, 50),
            level: -4.7,
            ..PLAYER
        },
        Part {
            name: "brushes",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::BrushSweep, "x.....|x....."),
                    (Drum::BrushTap, "..x.xo|..x.x."),
                    (Drum::Ride, "o.....|o....o"),
                    (Drum::SoftKick, "o.....|o....."),
                ],
            },
            level: 5.9,
            reverb: 0.14,
            inserts: &[Insert::LowPass(9000.0)],
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Ebmaj7 | Dm7 | Cm9 | F13",
            tune: "",
            parts: "piano brushes",
            energy: (0.6, 0.7),
        },
        Section {
            name: "A",
            chords: "Bbmaj7 | Gm7 | Cm9 | F13 | Dm7 | G7b9 | Cm9 | F13 \
                     | Bbmaj7 | Gm7 | Cm9 | F13 | Dm7 | Cm9 | F13 | Bb69",
            tune: "5:1 6:1 5:1 | 3:3 | 4:1 5:1 4:1 | 2:3 | 3:1 4:1 5:1 | 6:2 5:1 | 4:1 3:1 2:1 | 5:2 .:1 \
                   | 5:1 6:1 5:1 | 3:3 | 4:1 5:1 4:1 | 2:3 | 3:1 5:1 8:1 | 7:2 6:1 | 5:1 4:1 2:1 | 1:3",
            parts: "vibes piano bass_in_one brushes",
            energy: (0.72, 0.8),
        },
        Section {
            name: "B",
            chords: "Ebmaj7 | Ebm6 | Dm7 | G7b9 | Cm9 | Cm9 | F9sus4 | F13",
            tune: "6:2 5:1 | 4:3 | 3:2 4:1 | 5:3 | 4:1 3:1 2:1 | 7:2 6:1 | 5:2 4:1 | 2:2 .:1",
            parts: "accordion piano bass_walking brushes",
            energy: (0.75, 0.85),
        },
        Section {
            name: "A again",
            chords: "Bbmaj7 | Gm7 | Cm9 | F13 | Dm7 | G7b9 | Cm9 | F13 \
                     | Bbmaj7 | Gm7 | Cm9 | F13 | Dm7 | Cm9 | F13 | Bb69",
            tune: "5:1 6:1 5:1 | 3:3 | 4:1 5:1 4:1 | 2:3 | 3:1 4:1 5:1 | 6:2 5:1 | 4:1 3:1 2:1 | 5:2 .:1 \
                   | 5:1 6:1 5:1 | 3:3 | 4:1 5:1 4:1 | 2:3 | 3:1 5:1 8:1 | 7:2 6:1 | 5:1 4:1 2:1 | 1:3",
            parts: "vibes piano bass_walking brushes",
            energy: (0.8, 0.85),
        },
        Section {
            name: "B sings",
            chords: "Ebmaj7 | Ebm6 | Dm7 | G7b9 | Cm9 | Cm9 | F9sus4 | F13",
            tune: "6:2 5:1 | 4:3 | 3:2 4:1 | 5:3 | 4:1 3:1 2:1 | 7:2 6:1 | 5:2 4:1 | 2:2 .:1",
            parts: "accordion vibes piano bass_walking brushes",
            energy: (0.8, 0.75),
        },
        Section {
            name: "home",
            chords: "Bbmaj7 | Gm7 | Cm9 | F13 | Dm7 | Cm9 | F13 | Bb69",
            tune: "5:1 6:1 5:1 | 3:3 | 4:1 5:1 4:1 | 2:3 | 3:1 5:1 8:1 | 7:2 6:1 | 5:1 4:1 2:1 | 1:3",
            parts: "vibes piano bass_in_one brushes",
            energy: (0.72, 0.55),
        },
    ],
    ending: Ending::Ring { slowing_beats: 6.0 },
    room: Room {
        seconds: 1.5,
        brightness: 0.5,
        echo_beats: 1.5,
        echo_feedback: 0.2,
    },
    tape: 0.12,
    cover: Scene::Steps,
};

const KINDLING: Piece = Piece {
    title: "Kindling",
    artist: "Halden Reed",
    album: ALBUM,
    track: 3,
    year: 2025,
    genre: "Folk",
    seed: 0x57,
    key: Key {
        tonic: 2,
        scale: Scale::Mixolydian,
    },
    beats_per_minute: 102.0,
    metre: Metre::FOUR,
    swing: Swing {
        unit: 0.5,
        share: 0.53,
    },
    band: &[
        Part {
            name: "whistle",
            instrument: Instrument::Ocarina,
            play: Play::Tune,
            range: (62, 86),
            level: -3.8,
            pan: 0.1,
            reverb: 0.42,
            delay: 0.06,
            ..PLAYER
        },
        Part {
            name: "picking",
            instrument: Instrument::SteelGuitar,
            play: Play::Arpeggio {
                grid: "0-2-1-3-0-2-4-2-|0-1-2-3-4-3-2-1-",
                voices: 4,
            },
            range: (50, 72),
            level: -0.3,
            pan: -0.3,
            reverb: 0.2,
            inserts: &[Insert::Body],
            ..PLAYER
        },
        Part {
            name: "strummed",
            instrument: Instrument::SteelGuitar,
            play: Play::Comp {
                grid: "X-.x.xx-",
                voices: 4,
                roll: 0.03,
            },
            range: (52, 74),
            level: -7.0,
            pan: 0.35,
            reverb: 0.2,
            inserts: &[Insert::Body, Insert::HighPass(160.0)],
            ..PLAYER
        },
        Part {
            name: "fiddles",
            instrument: Instrument::Strings,
            play: Play::Harmony { steps: -2 },
            range: (62, 86),
            level: -4.2,
            pan: 0.3,
            reverb: 0.4,
            inserts: &[Insert::LowPass(3600.0)],
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::UprightBass,
            play: Play::Bass {
                grid: "R---5---|R---5-a-",
            },
            range: (31, 47),
            level: -4.2,
            ..PLAYER
        },
        Part {
            name: "stomp",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::SoftKick, "x...x...|x...x..o"),
                    (Drum::BrushTap, "..x...x."),
                    (Drum::Shaker, "xoxoxoxo"),
                ],
            },
            level: -0.8,
            reverb: 0.16,
            ..PLAYER
        },
        Part {
            name: "birds",
            instrument: Instrument::Birds,
            play: Play::Texture,
            level: -8.6,
            reverb: 0.5,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Dadd9 | Cadd9 | G/B | D",
            tune: "",
            parts: "picking birds",
            energy: (0.6, 0.72),
        },
        Section {
            name: "A",
            chords: "Dadd9 | Cadd9 | G/B | D | Dadd9 | C | G/B | D",
            tune: "1:1 2:.5 3:.5 5:2 | 7:1 5:.5 4:.5 2:2 | 4:1 6:.5 5:.5 4:1 2:1 | 3:3 .:1 \
                   | 1:1 2:.5 3:.5 5:1 8:1 | 7:1.5 5:.5 4:2 | 6:1 4:.5 2:.5 4:1 2:1 | 1:3 .:1",
            parts: "whistle picking bass",
            energy: (0.7, 0.78),
        },
        Section {
            name: "B",
            chords: "Em7 | G | D | Cadd9 | Em7 | G | A7sus4 | D",
            tune: "2:1 4:1 5:1 6:1 | 8:2 6:2 | 5:1.5 6:.5 5:1 3:1 | 2:3 .:1 \
                   | 2:1 4:1 5:1 6:1 | 9:2 8:1 6:1 | 5:1 4:1 2:1 5:1 | 3:1 2:.5 3:.5 1:2",
            parts: "whistle picking strummed bass stomp",
            energy: (0.78, 0.86),
        },
        Section {
            name: "A again",
            chords: "Dadd9 | Cadd9 | G/B | D | Dadd9 | C | G/B | D",
            tune: "1:1 2:.5 3:.5 5:2 | 7:1 5:.5 4:.5 2:2 | 4:1 6:.5 5:.5 4:1 2:1 | 3:3 .:1 \
                   | 1:1 2:.5 3:.5 5:1 8:1 | 7:1.5 5:.5 4:2 | 6:1 4:.5 2:.5 4:1 2:1 | 1:3 .:1",
            parts: "whistle fiddles picking strummed bass stomp",
            energy: (0.82, 0.88),
        },
        Section {
            name: "embers",
            chords: "Em7 | G | Cadd9 | D | G/B | Cadd9 | A7sus4 | Dadd9",
            tune: "2:1 4:1 5:1 6:1 | 8:2 6:2 | 5:2 4:1 2:1 | 3:3 .:1 | 4:1 6:.5 5:.5 4:2 | 2:2 .:2 \
                   | 5:1 4:1 2:2 | 1:4",
            parts: "whistle picking bass birds",
            energy: (0.75, 0.5),
        },
    ],
    ending: Ending::Ring { slowing_beats: 6.0 },
    room: Room {
        seconds: 1.8,
        brightness: 0.5,
        echo_beats: 1.0,
        echo_feedback: 0.2,
    },
    tape: 0.08,
    cover: Scene::Campfire,
};
