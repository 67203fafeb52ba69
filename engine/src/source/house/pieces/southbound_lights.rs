//! "Southbound Lights": machines that long for the coast, and one that hatched. For driving.

use super::{Ending, Metre, PLAYER, Part, Piece, Play, Section, Swing};
use crate::source::house::cover::Scene;
use crate::source::house::effects::{Insert, Room};
use crate::source::house::score::{Key, Scale};
use crate::source::house::synth::{Drum, Instrument};

pub const PIECES: &[&Piece] = &[&NEON_MIGRATION, &COASTLINE_AT_TWO, &BLUE_EGG];

const ALBUM: &str = "Southbound Lights";

const NEON_MIGRATION: Piece = Piece {
    title: "Neon Migration",
    artist: "Kestrel Avenue",
    album: ALBUM,
    track: 1,
    year: 2025,
    genre: "Synthwave",
    seed: 0x61,
    key: Key {
        tonic: 6,
        scale: Scale::Minor,
    },
    beats_per_minute: 104.0,
    metre: Metre::FOUR,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "lead",
            instrument: Instrument::SawLead,
            play: Play::Tune,
            range: (66, 92),
            level: -1.3,
            pan: 0.05,
            reverb: 0.3,
            delay: 0.34,
            inserts: &[Insert::Chorus],
        },
        Part {
            name: "harmony",
            instrument: Instrument::SawLead,
            play: Play::Harmony { steps: -2 },
            range: (66, 92),
            level: -7.6,
            pan: -0.35,
            reverb: 0.35,
            delay: 0.2,
            ..PLAYER
        },
        Part {
            name: "arpeggio",
            instrument: Instrument::ChipArp,
            play: Play::Arpeggio {
                grid: "0123432101234321",
                voices: 4,
            },
            range: (57, 76),
            level: -4.9,
            pan: 0.3,
            reverb: 0.25,
            delay: 0.25,
            inserts: &[Insert::LowPass(2600.0), Insert::Tremolo(0.4, 0.7)],
        },
        Part {
            name: "pad",
            instrument: Instrument::WarmPad,
            play: Play::Hold { voices: 4 },
            range: (54, 75),
            level: -7.8,
            reverb: 0.35,
            inserts: &[Insert::Duck(0.7), Insert::HighPass(150.0)],
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::SynthBass,
            play: Play::Bass {
                grid: "RrRrR8RrRrRrR8r8",
            },
            range: (30, 42),
            level: -4.9,
            inserts: &[Insert::Duck(0.5)],
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::DeepKick, "X.......X.......|X.......X.X....."),
                    (Drum::ClosedHat, "x.o.x.o.x.o.x.o."),
                    (
                        Drum::Tom,
                        "................|................|................|..........x.x.xx",
                    ),
                ],
            },
            level: -2.4,
            reverb: 0.06,
            ..PLAYER
        },
        Part {
            name: "snare",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[(Drum::Snare, "....X.......X...")],
            },
            level: 1.3,
            reverb: 0.42,
            ..PLAYER
        },
        Part {
            name: "crash",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[(
                    Drum::Crash,
                    "x...............|................|................|................\
                     |................|................|................|................",
                )],
            },
            level: -4.4,
            reverb: 0.3,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "F#m7 | Dmaj7 | A | E",
            tune: "",
            parts: "arpeggio pad",
            energy: (0.5, 0.75),
        },
        Section {
            name: "pulse",
            chords: "F#m7 | Dmaj7 | A | E",
            tune: "",
            parts: "arpeggio pad bass drums",
            energy: (0.7, 0.8),
        },
        Section {
            name: "A",
            chords: "F#m7 | Dmaj7 | A | E | F#m7 | Dmaj7 | A | E",
            tune: "5:1.5 3:.5 5:1 7:1 | 6:2 5:1 3:1 | 5:1.5 3:.5 2:1 3:1 | 2:3 .:1 \
                   | 5:1.5 3:.5 5:1 8:1 | 10:2 9:1 8:1 | 7:1.5 5:.5 3:1 5:1 | 4:1 2:1 2:2",
            parts: "lead arpeggio pad bass drums snare crash",
            energy: (0.78, 0.85),
        },
        Section {
            name: "B",
            chords: "Bm7 | C#m7 | Dmaj9 | E | Bm7 | C#m7 | Dmaj9 | E",
            tune: "4:2 6:1 8:1 | 7:2 5:2 | 6:1.5 8:.5 10:2 | 9:3 .:1 | 4:2 6:1 8:1 | 7:1.5 8:.5 9:2 \
                   | 10:2 8:1 6:1 | 7:1 9:1 9:2",
            parts: "lead harmony arpeggio pad bass drums snare crash",
            energy: (0.82, 0.92),
        },
        Section {
            name: "night sky",
            chords: "Dmaj9 | E | F#m7 | F#m7",
            tune: "",
            parts: "pad arpeggio",
            energy: (0.6, 0.7),
        },
        Section {
            name: "A again",
            chords: "F#m7 | Dmaj7 | A | E | F#m7 | Dmaj7 | A | E",
            tune: "5:1.5 3:.5 5:1 7:1 | 6:2 5:1 3:1 | 5:1.5 3:.5 2:1 3:1 | 2:3 .:1 \
                   | 5:1.5 3:.5 5:1 8:1 | 10:2 9:1 8:1 | 7:1.5 5:.5 3:1 5:1 | 4:1 2:1 2:2",
            parts: "lead harmony arpeggio pad bass drums snare crash",
            energy: (0.85, 0.92),
        },
        Section {
            name: "away",
            chords: "F#m7 | Dmaj7 | A | E",
            tune: "5:4 | 3:4 | 5:4 | 2:4",
            parts: "lead arpeggio pad bass drums",
            energy: (0.8, 0.6),
        },
    ],
    ending: Ending::Fade { seconds: 8.0 },
    room: Room {
        seconds: 2.2,
        brightness: 0.55,
        echo_beats: 0.75,
        echo_feedback: 0.42,
    },
    tape: 0.25,
    cover: Scene::NeonGrid,
};

const COASTLINE_AT_TWO: Piece = Piece {
    title: "Coastline at Two",
    artist: "Kestrel Avenue",
    album: ALBUM,
    track: 2,
    year: 2025,
    genre: "Synthwave",
    seed: 0x62,
    key: Key {
        tonic: 0,
        scale: Scale::Minor,
    },
    beats_per_minute: 84.0,
    metre: Metre::FOUR,
    swing: Swing::STRAIGHT,
    band: &[
        Part {
            name: "bell",
            instrument: Instrument::Bell,
            play: Play::Tune,
            range: (60, 86),
            level: 2.2,
            pan: 0.12,
            reverb: 0.4,
            delay: 0.3,
            ..PLAYER
        },
        Part {
            name: "strings",
            instrument: Instrument::Strings,
            play: Play::Harmony { steps: 0 },
            range: (60, 86),
            level: -4.5,
            pan: -0.15,
            reverb: 0.4,
            inserts: &[Insert::Chorus, Insert::LowPass(2800.0)],
            ..PLAYER
        },
        Part {
            name: "pad",
            instrument: Instrument::WarmPad,
            play: Play::Hold { voices: 4 },
            range: (55, 76),
            level: -7.8,
            reverb: 0.4,
            inserts: &[Insert::Duck(0.55)],
            ..PLAYER
        },
        Part {
            name: "sequence",
            instrument: Instrument::ChipArp,
            play: Play::Arpeggio {
                grid: "0.2.1.3.2.1.0.3.",
                voices: 4,
            },
            range: (55, 74),
            level: -2.6,
            pan: -0.35,
            reverb: 0.3,
            delay: 0.35,
            inserts: &[Insert::LowPass(1900.0)],
        },
        Part {
            name: "bass",
            instrument: Instrument::SynthBass,
            play: Play::Bass {
                grid: "R-.RR-..R-.R5-8-",
            },
            range: (31, 44),
            level: -3.6,
            inserts: &[Insert::Duck(0.4), Insert::LowPass(1300.0)],
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::DeepKick, "X.........x.....|X.....x...x....."),
                    (Drum::ClosedHat, "x.x.x.x.x.x.x.xo"),
                    (Drum::OpenHat, "................|..............x."),
                ],
            },
            level: -0.6,
            reverb: 0.06,
            ..PLAYER
        },
        Part {
            name: "snare",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::Snare, "........X.......|........X......."),
                    (Drum::Clap, "........o......."),
                ],
            },
            level: 0.1,
            reverb: 0.45,
            ..PLAYER
        },
        Part {
            name: "sea",
            instrument: Instrument::Wind,
            play: Play::Texture,
            level: -12.0,
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "intro",
            chords: "Cm9 | Abmaj7 | Ebmaj9 | Bb",
            tune: "",
            parts: "pad sequence sea",
            energy: (0.55, 0.7),
        },
        Section {
            name: "A",
            chords: "Cm9 | Abmaj7 | Ebmaj9 | Bb | Cm9 | Abmaj7 | Ebmaj9 | Bb",
            tune: "5:3 7:1 | 8:2 7:2 | 5:3 3:1 | 4:3 .:1 | 5:3 7:1 | 10:2 9:1 8:1 | 7:3 5:1 | 2:2 4:2",
            parts: "bell pad sequence bass drums snare",
            energy: (0.7, 0.8),
        },
        Section {
            name: "B",
            chords: "Fm9 | Gm7 | Abmaj9 | Bb9sus4 | Fm9 | Gm7 | Abmaj9 | Gm7",
            tune: "8:2 7:1 5:1 | 7:2 5:2 | 8:1.5 7:.5 5:1 3:1 | 4:3 .:1 | 8:2 7:1 5:1 | 9:2 7:2 \
                   | 8:1.5 9:.5 10:2 | 9:2 7:2",
            parts: "bell strings pad bass drums snare",
            energy: (0.78, 0.88),
        },
        Section {
            name: "A again",
            chords: "Cm9 | Abmaj7 | Ebmaj9 | Bb | Cm9 | Abmaj7 | Ebmaj9 | Bb",
            tune: "5:3 7:1 | 8:2 7:2 | 5:3 3:1 | 4:3 .:1 | 5:3 7:1 | 10:2 9:1 8:1 | 7:3 5:1 | 2:2 4:2",
            parts: "bell strings pad sequence bass drums snare",
            energy: (0.82, 0.88),
        },
        Section {
            name: "out to sea",
            chords: "Cm9 | Abmaj7 | Ebmaj9 | Cm9",
            tune: "5:4 | 3:4 | 5:2 4:2 | 1:4",
            parts: "bell pad sequence sea",
            energy: (0.7, 0.5),
        },
    ],
    ending: Ending::Fade { seconds: 7.0 },
    room: Room {
        seconds: 2.8,
        brightness: 0.45,
        echo_beats: 0.75,
        echo_feedback: 0.45,
    },
    tape: 0.3,
    cover: Scene::CoastRoad,
};

const BLUE_EGG: Piece = Piece {
    title: "Blue Egg",
    artist: "Pip & the Pixels",
    album: ALBUM,
    track: 3,
    year: 2026,
    genre: "Chiptune",
    seed: 0x63,
    key: Key {
        tonic: 0,
        scale: Scale::Major,
    },
    beats_per_minute: 134.0,
    metre: Metre::FOUR,
    swing: Swing {
        unit: 0.25,
        share: 0.53,
    },
    band: &[
        Part {
            name: "lead",
            instrument: Instrument::ChipLead,
            play: Play::Tune,
            range: (72, 98),
            level: -0.8,
            pan: 0.05,
            reverb: 0.18,
            delay: 0.22,
            inserts: &[Insert::LowPass(5200.0)],
        },
        Part {
            name: "second",
            instrument: Instrument::ChipLead,
            play: Play::Harmony { steps: -2 },
            range: (72, 98),
            level: -6.0,
            pan: -0.4,
            reverb: 0.2,
            inserts: &[Insert::LowPass(4000.0)],
            ..PLAYER
        },
        Part {
            name: "arpeggio",
            instrument: Instrument::ChipArp,
            play: Play::Arpeggio {
                grid: "0120120120120121",
                voices: 3,
            },
            range: (60, 77),
            level: -7.2,
            pan: 0.4,
            reverb: 0.15,
            inserts: &[Insert::LowPass(3000.0)],
            ..PLAYER
        },
        Part {
            name: "kalimba",
            instrument: Instrument::Kalimba,
            play: Play::Arpeggio {
                grid: "0.2.1.2.",
                voices: 3,
            },
            range: (67, 84),
            level: -2.5,
            pan: -0.3,
            reverb: 0.25,
            delay: 0.15,
            ..PLAYER
        },
        Part {
            name: "bass",
            instrument: Instrument::ChipBass,
            play: Play::Bass {
                grid: "R.R.8.R.R.5.8.a.",
            },
            range: (36, 50),
            level: -4.8,
            inserts: &[Insert::LowPass(1600.0)],
            ..PLAYER
        },
        Part {
            name: "drums",
            instrument: Instrument::Drums,
            play: Play::Drums {
                kit: &[
                    (Drum::SoftKick, "X.....x.X.......|X.....x.X...x..."),
                    (Drum::Snare, "....x.......x...|....x.......x.ox"),
                    (Drum::ClosedHat, "x.o.x.o.x.o.x.oo"),
                ],
            },
            level: -2.5,
            reverb: 0.08,
            inserts: &[Insert::LowPass(6500.0)],
            ..PLAYER
        },
    ],
    sections: &[
        Section {
            name: "hatch",
            chords: "Fmaj7 | G | Em7 | Am7",
            tune: "",
            parts: "kalimba arpeggio",
            energy: (0.55, 0.75),
        },
        Section {
            name: "A",
            chords: "C | G/B | Am | Em7 | F | C/E | Dm7 | G7sus4 G7",
            tune: "5:.5 3:.5 1:1 5:.5 6:.5 5:1 | 4:.5 2:.5 0:1 2:.5 4:.5 2:1 \
                   | 3:.5 1:.5 3:1 5:.5 8:.5 6:1 | 5:1.5 3:.5 2:2 \
                   | 6:.5 4:.5 6:1 8:.5 6:.5 4:1 | 5:.5 3:.5 5:1 8:.5 5:.5 3:1 | 4:1 6:1 5:1 4:1 \
                          | 2:1 4:1 5:2",
            parts: "lead kalimba bass drums",
            energy: (0.72, 0.8),
        },
        Section {
            name: "A again",
            chords: "C | G/B | Am | Em7 | F | C/E | Dm7 G7 | C",
            tune: "5:.5 3:.5 1:1 5:.5 6:.5 5:1 | 4:.5 2:.5 0:1 2:.5 4:.5 2:1 \
                   | 3:.5 1:.5 3:1 5:.5 8:.5 6:1 | 5:1.5 3:.5 2:2 \
                   | 6:.5 4:.5 6:1 8:.5 6:.5 4:1 | 5:.5 3:.5 5:1 8:.5 5:.5 3:1 | 4:1 6:.5 5:.5 4:1 2:1 \
                          | 1:3 .:1",
            parts: "lead second arpeggio bass drums",
            energy: (0.8, 0.84),
        },
        Section {
            name: "B",
            chords: "Am | F | C | G | Am | F | Dm7 | G7",
            tune: "8:1.5 7:.5 6:1 5:1 | 6:1.5 5:.5 4:2 | 5:1 3:.5 5:.5 8:1 7:1 | 5:3 .:1 \
                   | 8:1.5 9:.5 10:1 8:1 | 6:1.5 8:.5 6:2 | 4:.5 5:.5 6:1 8:1 6:1 | 7:1 5:1 5:2",
            parts: "lead kalimba arpeggio bass drums",
            energy: (0.78, 0.88),
        },
        Section {
            name: "last A",
            chords: "C | G/B | Am | Em7 | F | C/E | Dm7 G7 | C",
            tune: "5:.5 3:.5 1:1 5:.5 6:.5 5:1 | 4:.5 2:.5 0:1 2:.5 4:.5 2:1 \
                   | 3:.5 1:.5 3:1 5:.5 8:.5 6:1 | 5:1.5 3:.5 2:2 \
                   | 6:.5 4:.5 6:1 8:.5 6:.5 4:1 | 5:.5 3:.5 5:1 8:.5 5:.5 3:1 | 4:1 6:.5 5:.5 4:1 2:1 \
                          | 1:3 .:1",
            parts: "lead second kalimba arpeggio bass drums",
            energy: (0.85, 0.88),
        },
        Section {
            name: "first flight",
            chords: "Fmaj7 | G | F G | C",
            tune: "6:1 5:.5 4:.5 6:2 | 7:1 6:.5 5:.5 7:2 | 8:2 9:2 | 8:4",
            parts: "lead kalimba bass drums",
            energy: (0.8, 0.6),
        },
    ],
    ending: Ending::Ring { slowing_beats: 4.0 },
    room: Room {
        seconds: 1.1,
        brightness: 0.6,
        echo_beats: 0.75,
        echo_feedback: 0.3,
    },
    tape: 0.2,
    cover: Scene::PixelEgg,
};
