//! What the collection promises, checked at the lowest cost that still plays every instrument.

use std::cell::Cell;
use std::collections::HashSet;

use lofty::file::{AudioFile, TaggedFileExt};
use lofty::tag::Accessor;

use super::random::Random;
use super::synth::{Drum, DrumKit, Instrument, Note, Voice};
use super::*;

/// Low enough to be quick in a debug build.
const TEST_RATE: f32 = 11_025.0;

const PITCHED: [Instrument; 25] = [
    Instrument::FeltPiano,
    Instrument::ElectricPiano,
    Instrument::MusicBox,
    Instrument::Vibraphone,
    Instrument::Kalimba,
    Instrument::Glass,
    Instrument::Bell,
    Instrument::NylonGuitar,
    Instrument::SteelGuitar,
    Instrument::Harp,
    Instrument::UprightBass,
    Instrument::SubBass,
    Instrument::SynthBass,
    Instrument::ChipBass,
    Instrument::WarmPad,
    Instrument::Strings,
    Instrument::Choir,
    Instrument::SawLead,
    Instrument::ChipLead,
    Instrument::ChipArp,
    Instrument::Stab,
    Instrument::Organ,
    Instrument::Accordion,
    Instrument::Flute,
    Instrument::Ocarina,
];

const DRUMS: [Drum; 13] = [
    Drum::SoftKick,
    Drum::DeepKick,
    Drum::Snare,
    Drum::Clap,
    Drum::Rim,
    Drum::BrushTap,
    Drum::BrushSweep,
    Drum::ClosedHat,
    Drum::OpenHat,
    Drum::Ride,
    Drum::Shaker,
    Drum::Tom,
    Drum::Crash,
];

fn listen(mut voice: Box<dyn Voice>, seconds: f32) -> (Vec<f32>, Vec<f32>) {
    let length = (seconds * TEST_RATE) as usize;
    let (mut left, mut right) = (vec![0.0; length], vec![0.0; length]);
    for (l, r) in left.chunks_mut(128).zip(right.chunks_mut(128)) {
        if !voice.add_to(l, r) {
            break;
        }
    }
    (left, right)
}

fn pluck(instrument: Instrument, pitch: f32) -> Box<dyn Voice> {
    let note = Note {
        pitch,
        velocity: 0.8,
        seconds: 0.5,
    };
    instrument
        .voice(note, TEST_RATE, &mut Random::new(3))
        .expect("a pitched instrument")
}

fn loudest(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |loudest, sample| sample.abs().max(loudest))
}

/// How strongly a frequency sounds (Goertzel).
fn strength(samples: &[f32], hertz: f32) -> f64 {
    let omega = std::f64::consts::TAU * f64::from(hertz) / f64::from(TEST_RATE);
    let (mut one, mut two) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + 2.0 * omega.cos() * one - two;
        two = one;
        one = next;
    }
    (one * one + two * two - 2.0 * omega.cos() * one * two).sqrt()
}

#[test]
fn there_are_at_least_twelve_pieces_and_no_two_are_alike() {
    let all = pieces::all();
    assert_eq!(all.len(), piece_count());
    assert!(all.len() >= 12);
    let distinct = |count: usize, what: &str| assert_eq!(count, all.len(), "{what}");
    distinct(
        all.iter().map(|piece| piece.title).collect::<HashSet<_>>().len(),
        "titles",
    );
    distinct(
        all.iter().map(|piece| piece.seed).collect::<HashSet<_>>().len(),
        "seeds",
    );
    distinct(
        all.iter().map(|piece| piece.cover).collect::<HashSet<_>>().len(),
        "covers",
    );
    distinct(
        all.iter()
            .map(|piece| piece.beats_per_minute.to_bits())
            .collect::<HashSet<_>>()
            .len(),
        "tempi",
    );
    distinct(
        all.iter().map(|piece| piece.key).collect::<HashSet<_>>().len(),
        "keys",
    );
    distinct(
        all.iter()
            .map(|piece| (piece.album, piece.track))
            .collect::<HashSet<_>>()
            .len(),
        "places",
    );
    assert!(all.iter().map(|piece| piece.genre).collect::<HashSet<_>>().len() >= 5);
}

#[test]
fn every_piece_lasts_one_to_two_minutes() {
    for piece in pieces::all() {
        assert!(
            (60.0..=120.0).contains(&piece.seconds()),
            "{}: {} s",
            piece.title,
            piece.seconds()
        );
    }
}

#[test]
fn every_piece_can_be_read_and_every_part_plays() {
    for piece in pieces::all() {
        let arrangement = arrange::arrange(piece).expect("readable");
        for (part, events) in piece.band.iter().zip(&arrangement.parts) {
            assert!(!events.is_empty(), "{} of {} never plays", part.name, piece.title);
            let end = piece.seconds();
            assert!(events.iter().all(|event| event.at < end && event.seconds > 0.0));
        }
    }
}

#[test]
fn every_tune_fills_its_section() {
    for piece in pieces::all() {
        for section in piece.sections.iter().filter(|section| !section.tune.is_empty()) {
            let bars = |text: &str| text.split('|').count();
            assert_eq!(
                bars(section.tune),
                bars(section.chords),
                "{} of {}",
                section.name,
                piece.title
            );
        }
    }
}

#[test]
fn every_instrument_sounds_and_falls_silent_without_clipping() {
    for instrument in PITCHED {
        let (left, right) = listen(pluck(instrument, 57.0), 1.0);
        for side in [&left, &right] {
            assert!(side.iter().all(|sample| sample.is_finite()), "{instrument:?}");
            assert!(
                (0.02..1.0).contains(&loudest(side)),
                "{instrument:?} peaks at {}",
                loudest(side)
            );
        }
        assert!(left[0].abs() < 0.05, "{instrument:?} begins with a click");
        let mut voice = pluck(instrument, 57.0);
        let mut block = [[0.0; 1024]; 2];
        let [l, r] = &mut block;
        let over = (0..300).any(|_| !voice.add_to(l, r));
        assert!(over, "{instrument:?} never ends");
    }
}

#[test]
fn every_instrument_is_in_tune() {
    let pitch = 69.0;
    for instrument in PITCHED {
        let (left, _) = listen(pluck(instrument, pitch), 0.5);
        let at = |cents: f32| strength(&left, 440.0 * (cents / 1200.0).exp2());
        let best = (-8..=8)
            .map(|step| step as f32 * 10.0)
            .max_by(|a, b| at(*a).total_cmp(&at(*b)));
        assert!(
            best.is_some_and(|cents| cents.abs() <= 20.0),
            "{instrument:?} is off by {best:?} cents"
        );
    }
}

#[test]
fn every_drum_sounds_without_clipping() {
    for drum in DRUMS {
        let voice = DrumKit::new(TEST_RATE).strike(drum, 0.9, &mut Random::new(5));
        let (left, right) = listen(voice, 0.6);
        let peak = loudest(&left).max(loudest(&right));
        assert!((0.02..1.0).contains(&peak), "{drum:?} peaks at {peak}");
    }
}

#[test]
fn the_same_seed_gives_the_same_samples() {
    let piece = pieces::all()[0];
    let record = || {
        studio::record(piece, 8000, Some(1.5), &|| false)
            .expect("readable")
            .expect("not stopped")
    };
    assert!(record().frames == record().frames);
}

#[test]
fn a_recording_neither_clips_nor_drifts() {
    for piece in pieces::all() {
        let recording = studio::record(piece, 8000, Some(1.0), &|| false)
            .expect("readable")
            .expect("not stopped");
        let flat = recording.frames.as_flattened();
        assert!(
            flat.iter()
                .all(|sample| sample.is_finite() && sample.abs() <= 0.9),
            "{}",
            piece.title
        );
        let mean = flat.iter().sum::<f32>() / flat.len() as f32;
        assert!(
            mean.abs() < 0.01,
            "{} has a direct current of {mean}",
            piece.title
        );
    }
}

#[test]
fn samples_are_tagged_flac_files_with_a_cover() {
    let folder = tempfile::tempdir().expect("a folder");
    let count = piece_count() + 1;
    let paths = compose_sample(folder.path(), count, 1).expect("samples");
    assert_eq!(paths.iter().collect::<HashSet<_>>().len(), count);
    for (path, piece) in paths.iter().zip(pieces::all()) {
        let file = lofty::read_from_path(path).expect("a readable file");
        assert!((0.9..1.6).contains(&file.properties().duration().as_secs_f32()));
        let tag = file.primary_tag().expect("a tag");
        assert_eq!(tag.title().as_deref(), Some(piece.title));
        assert_eq!(tag.artist().as_deref(), Some(piece.artist));
        assert_eq!(tag.album().as_deref(), Some(piece.album));
        assert_eq!(tag.genre().as_deref(), Some(piece.genre));
        assert_eq!(tag.track(), Some(piece.track));
        assert_eq!(tag.date().map(|date| date.year), Some(piece.year));
        let cover = image::load_from_memory(tag.pictures()[0].data()).expect("a picture");
        assert_eq!(
            (cover.width(), cover.height()),
            (SAMPLE_COVER_SIZE, SAMPLE_COVER_SIZE)
        );
    }
    let names: Vec<_> = fs::read_dir(folder.path())
        .expect("listed")
        .map(|e| e.expect("entry").file_name())
        .collect();
    assert_eq!(names.len(), count, "no unfinished files stay: {names:?}");
}

/// A folder in which all pieces but `missing` were finished by this version.
fn nearly_finished(missing: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut manifest = Manifest::open(folder.path()).expect("new");
    for piece in pieces::all().iter().skip(missing) {
        let name = file_name(piece.artist, piece.title);
        fs::write(folder.path().join(&name), b"finished earlier").expect("written");
        manifest.add(name).expect("noted");
    }
    folder
}

#[test]
fn finished_pieces_are_kept_as_they_are() {
    let folder = nearly_finished(0);
    let heard = Cell::new(None);
    compose_into(folder.path(), |progress| heard.set(Some(progress)), || false).expect("nothing to do");
    assert_eq!(
        heard.get(),
        Some(Progress {
            done: piece_count(),
            total: piece_count()
        })
    );
    let piece = pieces::all()[0];
    let kept = fs::read(folder.path().join(file_name(piece.artist, piece.title))).expect("still there");
    assert_eq!(kept, b"finished earlier");
}

#[test]
fn a_stop_leaves_the_rest_for_the_next_time_and_no_half_files() {
    let folder = nearly_finished(1);
    let reports = Cell::new(0);
    compose_into(folder.path(), |_| reports.set(reports.get() + 1), || true).expect("a stop is no error");
    assert_eq!(reports.get(), 1, "only what was there at the start");
    let piece = pieces::all()[0];
    assert!(!folder.path().join(file_name(piece.artist, piece.title)).exists());
    let parts = fs::read_dir(folder.path()).expect("listed").filter(|entry| {
        entry
            .as_ref()
            .is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".part"))
    });
    assert_eq!(parts.count(), 0);
}

#[test]
fn an_older_collection_is_replaced_and_only_our_own_files_are_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(
        path(MANIFEST),
        "version 0\nOld Crow - Forgotten.flac\n../outside.flac\n",
    )
    .expect("written");
    fs::write(path("Old Crow - Forgotten.flac"), b"old").expect("written");
    fs::write(path("Somebody - Mine.flac"), b"mine").expect("written");
    let manifest = Manifest::open(folder.path()).expect("readable");
    assert!(!manifest.outdated.contains("../outside.flac"));
    compose_into(folder.path(), |_| {}, || true).expect("a stop is no error");
    assert!(!path("Old Crow - Forgotten.flac").exists());
    assert!(path("Somebody - Mine.flac").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = folder.path().join("a file, not a folder");
    fs::write(&blocked, b"").expect("written");
    let error = compose_into(&blocked, |_| {}, || false).expect_err("refused");
    assert!(matches!(&error, HouseError::Unwritable { path, .. } if *path == blocked));
    assert!(error.to_string().contains("a file, not a folder"));
}

#[test]
fn a_full_disk_is_told_from_a_forbidden_one() {
    let path = Path::new("music/song.flac");
    let full = refused(path, io::Error::from(ErrorKind::StorageFull));
    let forbidden = refused(path, io::Error::from(ErrorKind::PermissionDenied));
    assert!(matches!(full, HouseError::DiskFull { .. }));
    assert!(matches!(forbidden, HouseError::Unwritable { .. }));
    assert!(full.to_string().contains("no space left") && full.to_string().contains("music/song.flac"));
}
