//! Songs for the tests: silence, in real files.

use std::path::Path;

use lofty::config::WriteOptions;
use lofty::file::{AudioFile as _, TaggedFileExt as _};
use lofty::tag::{Accessor as _, Tag, TagType};

use super::{House, PATIENCE, SONGS};

pub fn write_into(folder: &Path) {
    let music = folder.join("music");
    std::fs::create_dir_all(&music).expect("a music folder");
    for n in 0..SONGS {
        write_wav(&music.join(format!("Artist {} - Song {n}.wav", n % 3)), 60.0);
    }
}

/// What a file says about itself.
#[derive(Clone, Copy)]
pub struct Tags {
    pub title: &'static str,
    pub artist: &'static str,
    pub album: &'static str,
    pub genre: &'static str,
}

/// A song with tags, put whole into the music folder of a house whose library may be watching.
fn put_tagged(folder: &Path, tags: Tags) {
    let beside = folder.join("tagged.wav");
    write_wav(&beside, 60.0);
    let mut file = lofty::read_from_path(&beside).expect("a song");
    let mut tag = Tag::new(TagType::Id3v2);
    tag.set_title(tags.title.to_owned());
    tag.set_artist(tags.artist.to_owned());
    tag.set_album(tags.album.to_owned());
    tag.set_genre(tags.genre.to_owned());
    file.insert_tag(tag);
    file.save_to_path(&beside, WriteOptions::default())
        .expect("tagged");
    let place = folder.join("music").join(format!("{}.wav", tags.title));
    std::fs::rename(&beside, place).expect("the music folder is on the same disk");
}

/// Puts tagged songs into the house's music folder and waits until they can be found.
pub async fn with_tagged(house: &House, all: &[Tags]) {
    for tags in all {
        put_tagged(house.folder.path(), *tags);
    }
    let is_there = |title: &str| {
        house
            .engine
            .library()
            .all()
            .iter()
            .any(|found| found.track.title == title)
    };
    let mut changes = house.engine.library().changes();
    let there = changes.wait_for(|_| all.iter().all(|tags| is_there(tags.title)));
    tokio::time::timeout(PATIENCE, there)
        .await
        .expect("they are found in time")
        .expect("the library lives");
}

/// Puts so many songs of a second into the house's music folder and waits until they can be found.
pub async fn with_more_songs(house: &House, count: usize) {
    let library = house.engine.library();
    let before = library.status().tracks as usize;
    // Each put there whole: the library may be watching.
    let beside = house.folder.path().join("more.wav");
    for n in 0..count {
        write_wav(&beside, 1.0);
        let place = house.folder.path().join(format!("music/More - Song {n}.wav"));
        std::fs::rename(&beside, place).expect("the music folder is on the same disk");
    }
    let mut changes = library.changes();
    let there = changes.wait_for(|status| status.tracks as usize >= before + count);
    tokio::time::timeout(PATIENCE, there)
        .await
        .expect("they are found in time")
        .expect("the library lives");
}

/// Silence: 8 kHz, 8 bit, one channel. Small, and a real file all the same.
pub fn write_wav(path: &Path, seconds: f64) {
    let rate = 8_000u32;
    let samples = (f64::from(rate) * seconds) as u32;
    let mut wav = Vec::with_capacity(44 + samples as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + samples).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    wav.extend(1u16.to_le_bytes()); // PCM
    wav.extend(1u16.to_le_bytes());
    wav.extend(rate.to_le_bytes());
    wav.extend(rate.to_le_bytes());
    wav.extend(1u16.to_le_bytes());
    wav.extend(8u16.to_le_bytes());
    wav.extend(b"data");
    wav.extend(samples.to_le_bytes());
    wav.resize(44 + samples as usize, 128);
    std::fs::write(path, wav).expect("the test's folder takes a file");
}
