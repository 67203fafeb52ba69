//! "Feathers & Tape", second side: a dub, and a house with the lights on.

use super::{Ending, Metre, PLAYER, Part, Piece, Play, Section, Swing};
use crate::source::house::cover::Scene;
use crate::source::house::effects::{Insert, Room};
use crate::source::house::score::{Key, Scale};
use crate::source::house::synth::{Drum, Instrument};

pub const PIECES: &[&Piece] = &[&MOSS_STEP, &TOP_FLOOR];

const ALBUM: &str = "Feathers & Tape";

const MOSS_STEP: Piece = Piece {
    title: "Moss Step",
    artist: "Old Moss Sound System",
    album: ALBUM,
    track: 3,
    year: 2026,
    genre: "Dub",
    seed: 0x55,
    key: Key {
        tonic: 9,
        scale: Scale::Minor,
    },
    beats_per_minute: 73.0,
    metre: Metre::FOUR,
    swing: Swing {
        unit: 0.25,
        share: 0.56,
    },
    band: &[
        Part {
            name: "melodica",
            instrument: Instrument::Accordion,
            play: Play::Tune,
            range: (69, 93),
            level: -4.7,
            pan: 0.15,
            reverb: 0.3,
            delay: 0.42,
            inserts: &[Insert::LowPass(3000.0)],
        },
        Part {
            name: "skank",
            instrument: Instrument::Organ,
            play: Play::Comp {
                grid: "..x...x...x...x.",
                voices: 3,
                roll: 0.004,
            },
            range: (57, 74),
            level: -4.4,
            pan: -0.3,
            reverb: 0.2,
            delay: 0.1,
            inserts: &[Insert::HighPass(250.0), Insert::LowPass(2600.0)],
        },
        Part {
            name: "bubble",
            instrument: Instrument::Organ,
            play: Play::Arpeggio {
                grid: ".0.1.0.1.0.1.0.2",
                voices: 3,
            },
            range: (52, 67),
            level: -7.9,
            pan: 0.35,
            reverb: 0.12,
            inserts: &[Insert::LowPass(1500.0)],
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::SubBass,
            play: Play::Bass {
                grid: "R--...R-3-..5-..|R--...L-..R-....",
            },
            range: (31, 45),
            level: -6.1,
            inserts: &[Insert::Warmth(0.25)],
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::DeepKick, "........X.......|........X.....o."),
                    (Drum::Rim, "........x..o....|...o....x......."),
                    (Drum::ClosedHat, "x.xox.xox.xox.xo"),
                    (Drum::OpenHat, "................|..............o."),
                ],
            },
            level: -0.8,
            reverb: 0.16,
            delay: 0.06,
            inserts: &[Insert::LowPass(7500.0)],
            ..PLAYER
        },
        Part {
            name: "splash",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[(
                    Drum::Snare,
                    "............x...|................|................|................",
                )],
            },
            level: 5.7,
            reverb: 0.5,
            delay: 0.8,
            inserts: &[Insert::HighPass(500.0)],
            ..PLAYER
        },
        Part {
            name: "guitar_echo",
            instrument: Instrument::Stab,
            play: Play::Comp {
                grid: "..x.............|................",
                voices: 3,
                roll: 0.0,
            },
            range: (60, 76),
            level: 0.6,
            pan: 0.3,
            reverb: 0.3,
            delay: 0.7,
            inserts: &[Insert::HighPass(400.0)],
        },
    ],
    sections: &[
        Section {
            name: "riddim",
            chords: "Am7 | Am7 | Dm7 | Am7",
            tune: "",
            parts: "bass drums splash",
            energy: (0.75, 0.8),
        },
        Section {
            name: "A",
            chords: "Am7 | Am7 | Dm7 | Am7 | Am7 | Am7 | Fmaj7 | Em7",
            tune: "1:1 3:.5 4:.5 5:2 | 4:.5 3:.5 1:1 .:2 | 4:1 5:.5 6:.5 4:2 | 5:1.5 3:.5 1:2 \
                   | 8:1 7:.5 5:.5 4:1 3:1 | 5:2 .:2 | 6:1.5 5:.5 3:1 1:1 | 2:1 0:1 .:2",
            parts: "melodica skank bass drums splash",
            energy: (0.75, 0.85),
        },
        Section {
            name: "version",
            chords: "Dm7 | Am7 | Dm7 | Em7",
            tune: "",
            parts: "guitar_echo bubble bass drums splash",
            energy: (0.75, 0.8),
        },
        Section {
            name: "A again",
            chords: "Am7 | Am7 | Dm7 | Am7 | Am7 | Am7 | Fmaj7 | Em7",
            tune: "1:1 3:.5 4:.5 5:2 | 4:.5 3:.5 1:1 .:2 | 4:1 5:.5 6:.5 4:2 | 5:1.5 3:.5 1:2 \
                   | 8:1 7:.5 5:.5 4:1 3:1 | 5:2 .:2 | 6:1.5 5:.5 3:1 1:1 | 2:1 0:1 .:2",
            parts: "melodica skank bubble bass drums splash",
            energy: (0.8, 0.85),
        },
        Section {
            name: "out",
            chords: "Am7 | Am7 | Dm7 | Am7",
            tune: "8:1.5 5:.5 .:2 | .:4 | 4:1 5:.5 6:.5 4:2 | 1:2 .:2",
            parts: "melodica guitar_echo skank bass drums splash",
            energy: (0.8, 0.6),
        },
    ],
    ending: Ending::Fade { seconds: 9.0 },
    room: Room {
        seconds: 2.4,
        brightness: 0.35,
        echo_beats: 0.75,
        echo_feedback: 0.58,
    },
    tape: 0.35,
    cover: Scene::SoundRings,
};

const TOP_FLOOR: Piece = Piece {
    title: "Windows on the Top Floor",
    artist: "Rooftop Parliament",
    album: ALBUM,
    track: 4,
    year: 2026,
    genre: "House",
    seed: 0x56,
    key: Key {
        tonic: 5,
        scale: Scale::Minor,
    },
    beats_per_minute: 121.0,
    metre: Metre::FOUR,
    swing: Swing {
        unit: 0.25,
        share: 0.54,
    },
    band: &[
        Part {
            name: "keys",
            instrument: Instrument::ElectricPiano,
            play: Play::Tune,
            range: (65, 89),
            level: -3.0,
            pan: 0.15,
            reverb: 0.28,
            delay: 0.3,
            inserts: &[Insert::Chorus],
        },
        Part {
            name: "stabs",
            instrument: Instrument::Stab,
            play: Play::Comp {
                grid: "..x..x..x-....x.|..x..x..x-..x...",
                voices: 4,
                roll: 0.0,
            },
            range: (54, 74),
            level: -2.7,
            pan: -0.1,
            reverb: 0.25,
            delay: 0.16,
            inserts: &[Insert::HighPass(180.0), Insert::Duck(0.45)],
        },
        Part {
            name: "pad",
            instrument: Instrument::WarmPad,
            play: Play::Hold { voices: 4 },
            range: (55, 76),
            level: -8.7,
            reverb: 0.4,
            inserts: &[Insert::Duck(0.75), Insert::HighPass(200.0)],
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::SynthBass,
            play: Play::Bass {
                grid: "R-.R..r.R.r..8a.|R-.R..r.R..5.r..",
            },
            range: (29, 43),
            level: 0.2,
            inserts: &[Insert::LowPass(900.0), Insert::Duck(0.35)],
            ..PLAYER
        },
        Part {
            name: "kick",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[(Drum::DeepKick, "X...X...X...X...")],
            },
            level: -0.5,
            ..PLAYER
        },
        Part {
            name: "tops",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::Clap, "....x.......x...|....x.......x..o"),
                    (Drum::OpenHat, "..x...x...x...x."),
                    (Drum::ClosedHat, "o.oo..o.o.oo..oo"),
                    (Drum::Shaker, "xoxoxoxoxoxoxoxo"),
                ],
            },
            level: 8.3,
            reverb: 0.14,
            inserts: &[Insert::LowPass(9000.0)],
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Fm9 | Fm9 | Dbmaj9 | C7#5",
            tune: "",
            parts: "stabs kick tops",
            energy: (0.6, 0.75),
        },
        Section {
            name: "groove",
            chords: "Fm9 | Bbm9 | Dbmaj9 | Eb9sus4 C7#5",
            tune: "",
            parts: "stabs bass kick tops",
            energy: (0.75, 0.8),
        },
        Section {
            name: "A",
            chords: "Fm9 | Bbm9 | Dbmaj9 | Eb9sus4 C7#5 | Fm9 | Bbm9 | Dbmaj9 | Eb9sus4 C7#5",
            tune: "5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 3:.5 4:2 | 5:.5 .:.5 3:.5 5:1 3:.5 1:1 \
                   | 2:1.5 4:.5 5:2 \
                   | 5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 6:.5 8:2 | 7:.5 .:.5 5:.5 3:1 5:.5 3:1 \
                          | 2:1.5 4:.5 5:2",
            parts: "keys stabs bass kick tops",
            energy: (0.78, 0.85),
        },
        Section {
            name: "break",
            chords: "Dbmaj9 | Eb9sus4 | Fm9 | Abmaj7 | Dbmaj9 | Eb9sus4 | Bbm9 | C7#5",
            tune: "5:3 3:1 | 4:3 5:1 | 7:2 8:2 | 7:3 5:1 | 8:3 7:1 | 5:3 4:1 | 3:1.5 4:.5 6:2 | 5:4",
            parts: "keys pad",
            energy: (0.6, 0.85),
        },
        Section {
            name: "A with all",
            chords: "Fm9 | Bbm9 | Dbmaj9 | Eb9sus4 C7#5 | Fm9 | Bbm9 | Dbmaj9 | Eb9sus4 C7#5",
            tune: "5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 3:.5 4:2 | 5:.5 .:.5 3:.5 5:1 3:.5 1:1 \
                   | 2:1.5 4:.5 5:2 \
                   | 5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 6:.5 8:2 | 7:.5 .:.5 5:.5 3:1 5:.5 3:1 \
                          | 2:1.5 4:.5 5:2",
            parts: "keys stabs pad bass kick tops",
            energy: (0.85, 0.9),
        },
        Section {
            name: "out",
            chords: "Fm9 | Bbm9 | Dbmaj9 | Eb9sus4 C7#5 | Fm9 | Bbm9 | Dbmaj9 | Fm9",
            tune: "",
            parts: "stabs pad bass kick tops",
            energy: (0.8, 0.6),
        },
    ],
    ending: Ending::Fade { seconds: 9.0 },
    room: Room {
        seconds: 1.7,
        brightness: 0.5,
        echo_beats: 0.75,
        echo_feedback: 0.4,
    },
    tape: 0.15,
    cover: Scene::CityWindows,
};
