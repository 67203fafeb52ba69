//! "Feathers & Tape", first side: slow beats with dust on them. For talking over.

use super::{Ending, Metre, PLAYER, Part, Piece, Play, Section, Swing};
use crate::source::house::cover::Scene;
use crate::source::house::effects::{Insert, Room};
use crate::source::house::score::{Key, Scale};
use crate::source::house::synth::{Drum, Instrument};

pub const PIECES: &[&Piece] = &[&RAIN_ON_THE_SKYLIGHT, &SECOND_CUP];

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
