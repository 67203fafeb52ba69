//! "Feathers & Tape": slow beats with dust on them, a dub, and a house with lights on. For talking over.

use super::{Ending, Metre, PLAYER, Part, Piece, Play, Section, Swing};
use crate::source::house::cover::Scene;
use crate::source::house::effects::{Insert, Room};
use crate::source::house::score::{Key, Scale};
use crate::source::house::synth::{Drum, Instrument};

pub const PIECES: &[&Piece] = &[&RAIN_ON_THE_SKYLIGHT, &SECOND_CUP, &MOSS_STEP, &TOP_FLOOR];

const ALBUM: &str = "Feathers & Tape";

const RAIN_ON_THE_SKYLIGHT: Piece = Piece {
    title: "Rain on the Skylight",
    artist: "Paper Wren",
    album: ALBUM,
    track: 1,
    year: 2024,
    genre: "Lo-fi",
    seed: 0x51,
    key: Key {
        tonic: 5,
        scale: Scale::Major,
    },
    beats_per_minute: 74.0,
    metre: Metre::FOUR,
    swing: Swing {
        unit: 0.25,
        share: 0.58,
    },
    band: &[
        Part {
            name: "keys",
            instrument: Instrument::ElectricPiano,
            play: Play::Comp {
                grid: "X-----..x---....|x-----....x---..",
                voices: 4,
                roll: 0.018,
            },
            range: (53, 73),
            level: -11.9,
            pan: -0.12,
            reverb: 0.22,
            inserts: &[
                Insert::Tremolo(3.1, 0.35),
                Insert::LowPass(3600.0),
                Insert::Warmth(0.2),
            ],
            ..PLAYER
        },
        Part {
            name: "piano",
            instrument: Instrument::FeltPiano,
            play: Play::Tune,
            range: (65, 90),
            level: -4.0,
            pan: 0.15,
            reverb: 0.35,
            delay: 0.16,
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::SubBass,
            play: Play::Bass {
                grid: "R-----..r-..5-a-|R-------..r-..8-",
            },
            range: (31, 46),
            level: -7.9,
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::SoftKick, "X......o..x.....|X......o..x...o."),
                    (Drum::Snare, "....x.......x...|....x.......x..o"),
                    (Drum::ClosedHat, "x.o.x.o.x.o.x.oo|x.o.x.o.x.o.xoo."),
                ],
            },
            level: -2.7,
            reverb: 0.08,
            inserts: &[Insert::LowPass(7000.0), Insert::Warmth(0.35)],
            ..PLAYER
        },
        Part {
            name: "vinyl",
            instrument: Instrument::Vinyl,
            play: Play::Texture,
            level: -0.9,
            ..PLAYER
        },
        Part {
            name: "rain",
            instrument: Instrument::Rain,
            play: Play::Texture,
            level: -14.3,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Bbmaj9 | A7#5 | Dm9 | Cm9 F13",
            tune: "",
            parts: "keys vinyl rain",
            energy: (0.7, 0.75),
        },
        Section {
            name: "A",
            chords: "Bbmaj9 | A7#5 | Dm9 | Cm9 F13 | Bbmaj9 | A7#5 | Dm9 | Gm9 C13",
            tune: "5:1.5 6:.5 5:1 3:1 | 3:1.5 2:.5 3:2 | 1:1 .:1 6:.5 5:.5 3:1 | 2:1.5 1:.5 .:2 \
                   | 5:1.5 6:.5 8:1 6:1 | 3:1.5 4:.5 5:2 | 6:1 5:.5 3:.5 5:1 3:1 | 2:3 .:1",
            parts: "keys piano bass drums vinyl",
            energy: (0.75, 0.82),
        },
        Section {
            name: "B",
            chords: "Gm9 | C13 | Fmaj9 | D7b9",
            tune: "4:2 3:1 2:1 | 5:2.5 3:.5 2:1 | 3:1.5 1:.5 5:2 | 4:1 3:.5 2:.5 1:2",
            parts: "keys piano bass vinyl rain",
            energy: (0.65, 0.75),
        },
        Section {
            name: "A again",
            chords: "Bbmaj9 | A7#5 | Dm9 | Cm9 F13 | Bbmaj9 | A7#5 | Dm9 | Gm9 C13",
            tune: "5:1.5 6:.5 5:1 3:1 | 3:1.5 2:.5 3:2 | 1:1 .:1 6:.5 5:.5 3:1 | 2:1.5 1:.5 .:2 \
                   | 5:1.5 6:.5 8:1 6:1 | 3:1.5 4:.5 5:2 | 6:1 5:.5 3:.5 5:1 3:1 | 2:3 .:1",
            parts: "keys piano bass drums vinyl",
            energy: (0.8, 0.85),
        },
        Section {
            name: "outro",
            chords: "Gm9 | C13 | Fmaj9 | Fmaj9",
            tune: "4:2 3:1 2:1 | 5:2.5 3:.5 2:1 | 1:4 | .:4",
            parts: "keys piano bass drums vinyl rain",
            energy: (0.75, 0.5),
        },
    ],
    ending: Ending::Fade { seconds: 7.0 },
    room: Room {
        seconds: 1.6,
        brightness: 0.3,
        echo_beats: 0.75,
        echo_feedback: 0.3,
    },
    tape: 0.6,
    cover: Scene::RainyWindow,
};

const SECOND_CUP: Piece = Piece {
    title: "Second Cup",
    artist: "Paper Wren",
    album: ALBUM,
    track: 2,
    year: 2024,
    genre: "Lo-fi",
    seed: 0x52,
    key: Key {
        tonic: 8,
        scale: Scale::Major,
    },
    beats_per_minute: 86.0,
    metre: Metre::FOUR,
    swing: Swing {
        unit: 0.25,
        share: 0.6,
    },
    band: &[
        Part {
            name: "guitar",
            instrument: Instrument::NylonGuitar,
            play: Play::Tune,
            range: (56, 84),
            level: 0.0,
            pan: 0.18,
            reverb: 0.28,
            delay: 0.12,
            inserts: &[Insert::Body],
            ..PLAYER
        },
        Part {
            name: "keys",
            instrument: Instrument::ElectricPiano,
            play: Play::Comp {
                grid: "x--...x-....x-..|..x---..x---....",
                voices: 4,
                roll: 0.012,
            },
            range: (53, 74),
            level: -10.1,
            pan: -0.22,
            reverb: 0.2,
            inserts: &[Insert::Chorus, Insert::LowPass(4200.0)],
            ..PLAYER
        },
        Part {
            name: "vibes",
            instrument: Instrument::Vibraphone,
            play: Play::Arpeggio {
                grid: "......3.2...1...|........2.3...4.",
                voices: 4,
            },
            range: (65, 84),
            level: -9.9,
            pan: 0.4,
            reverb: 0.4,
            delay: 0.3,
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::UprightBass,
            play: Play::Bass {
                grid: "R---..r.R---..a.",
            },
            range: (29, 45),
            level: -3.7,
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::SoftKick, "X.....x.....o...|X.....x...x....."),
                    (Drum::Rim, "....x.......x...|....x.......x.o."),
                    (Drum::BrushTap, "o.x.o.x.o.x.o.xo"),
                    (Drum::Shaker, "..o...o...o...o."),
                ],
            },
            level: -2.4,
            reverb: 0.1,
            inserts: &[Insert::LowPass(8000.0), Insert::Warmth(0.3)],
            ..PLAYER
        },
        Part {
            name: "vinyl",
            instrument: Instrument::Vinyl,
            play: Play::Texture,
            level: -2.2,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Dbmaj9 Eb9 | Cm7 Fm9 | Bbm9 Eb13 | Abmaj9",
            tune: "",
            parts: "keys vibes vinyl",
            energy: (0.7, 0.75),
        },
        Section {
            name: "A",
            chords: "Dbmaj9 Eb9 | Cm7 Fm9 | Bbm9 Eb13 | Abmaj9 | Dbmaj9 Eb9 | Cm7 Fm9 | Bbm9 Eb13 | Ab69",
            tune: "3:1 5:1 4:1.5 3:.5 | 2:1 3:.5 5:.5 8:2 | 7:1 6:1 5:1 4:.5 3:.5 | 3:3 .:1 \
                   | 3:1 5:1 4:1.5 3:.5 | 2:1 3:.5 5:.5 8:1 10:1 | 9:1 8:.5 6:.5 5:1 2:1 | 1:3 .:1",
            parts: "guitar keys bass drums vinyl",
            energy: (0.72, 0.82),
        },
        Section {
            name: "B",
            chords: "Fm9 | Bbm9 | Db69 | Eb9sus4 | Fm9 | Bbm9 | Dbmaj9 | Eb13",
            tune: "6:1.5 5:.5 3:2 | 4:1.5 3:.5 2:2 | 6:1 8:1 6:.5 5:1.5 | 5:3 .:1 \
                   | 6:1.5 5:.5 8:2 | 6:1.5 5:.5 4:2 | 3:1 4:1 6:.5 5:1.5 | 5:2 4:1 2:1",
            parts: "guitar keys vibes bass drums vinyl",
            energy: (0.75, 0.85),
        },
        Section {
            name: "A again",
            chords: "Dbmaj9 Eb9 | Cm7 Fm9 | Bbm9 Eb13 | Abmaj9 | Dbmaj9 Eb9 | Cm7 Fm9 | Bbm9 Eb13 | Ab69",
            tune: "3:1 5:1 4:1.5 3:.5 | 2:1 3:.5 5:.5 8:2 | 7:1 6:1 5:1 4:.5 3:.5 | 3:3 .:1 \
                   | 3:1 5:1 4:1.5 3:.5 | 2:1 3:.5 5:.5 8:1 10:1 | 9:1 8:.5 6:.5 5:1 2:1 | 1:3 .:1",
            parts: "guitar keys bass drums vibes vinyl",
            energy: (0.8, 0.7),
        },
        Section {
            name: "outro",
            chords: "Dbmaj9 | Abmaj9",
            tune: "3:2 5:1 3:1 | 1:4",
            parts: "guitar keys bass vinyl",
            energy: (0.65, 0.5),
        },
    ],
    ending: Ending::Ring { slowing_beats: 4.0 },
    room: Room {
        seconds: 1.4,
        brightness: 0.4,
        echo_beats: 0.75,
        echo_feedback: 0.32,
    },
    tape: 0.45,
    cover: Scene::CupFromAbove,
};

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
            ..PLAYER
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
            ..PLAYER
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
            ..PLAYER
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
            ..PLAYER
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
            ..PLAYER
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
            tune: "5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 3:.5 4:2 | 5:.5 .:.5 3:.5 5:1 3:.5 1:1 | 2:1.5 4:.5 5:2 \
                   | 5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 6:.5 8:2 | 7:.5 .:.5 5:.5 3:1 5:.5 3:1 | 2:1.5 4:.5 5:2",
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
            tune: "5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 3:.5 4:2 | 5:.5 .:.5 3:.5 5:1 3:.5 1:1 | 2:1.5 4:.5 5:2 \
                   | 5:.5 .:.5 7:.5 8:1 7:.5 5:1 | 4:1.5 6:.5 8:2 | 7:.5 .:.5 5:.5 3:1 5:.5 3:1 | 2:1.5 4:.5 5:2",
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
