//! Songs for the tests: silence, in real files.

use std::path::Path;

use super::SONGS;

pub fn write_into(folder: &Path) {
    let music = folder.join("music");
    std::fs::create_dir_all(&music).expect("a music folder");
    for n in 0..SONGS {
        write_wav(&music.join(format!("Artist {} - Song {n}.wav", n % 3)), 60.0);
    }
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
