//! Tiny music: silence in WAV files, a one-pixel cover, and a file that only looks like music.

use std::fs;
use std::path::Path;

/// Long enough that nothing ends while a test looks on.
const SECONDS: u32 = 60;
const RATE: u32 = 8_000;

/// What the house plays unless a test brings its own: artist and title, each a file.
pub const SHELF: [(&str, &str); 4] = [
    ("Ada Brook", "Morning Glass"),
    ("Ada Brook", "Evening Glass"),
    ("The Finches", "Copper Wire"),
    ("Lowland", "Ferry"),
];

/// What the tags of the last song say.
pub const FERRYS_GENRE: &str = "Ambient";

/// A one-pixel PNG.
const COVER: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63,
    0x64, 0xf8, 0xcf, 0x50, 0x0f, 0, 3, 0x86, 1, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0, 0, 0, 0, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Fills the folder with the shelf, a cover for all of it, a corrupt file and a link that leads out.
pub fn fill(folder: &Path) {
    for (artist, title) in SHELF {
        let mut song = wav();
        if title == "Ferry" {
            tag(&mut song, &[("IGNR", FERRYS_GENRE)]);
        }
        write(folder, &format!("{artist} - {title}.wav"), &song);
    }
    write(folder, "cover.png", COVER);
    write(folder, "Broken - Promise.mp3", b"this is not music");
    std::os::unix::fs::symlink("/etc/passwd", folder.join("Leak - Passwords.wav")).expect("a link");
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).expect("written");
}

/// A minute of silence: 8-bit, one channel. Each sample's value is its place, so that ranges can be told apart.
fn wav() -> Vec<u8> {
    let samples = SECONDS * RATE;
    let mut file = Vec::with_capacity(44 + samples as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + samples).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes()); // plain samples
    file.extend_from_slice(&1u16.to_le_bytes()); // one channel
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&8u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&samples.to_le_bytes());
    file.extend((0..samples).map(|n| (n % 251) as u8));
    file
}

/// Adds songs whose artist and title only their tags tell: file names can't hold everything that tags can.
pub fn bring(folder: &Path, songs: &[(&str, &str)]) {
    for (n, (artist, title)) in songs.iter().enumerate() {
        let mut song = wav();
        tag(&mut song, &[("IART", artist), ("INAM", title)]);
        write(folder, &format!("brought {n}.wav"), &song);
    }
}

/// Appends a list of facts, each a name of four letters and what it says, and lengthens the file's outer chunk.
fn tag(file: &mut Vec<u8>, facts: &[(&str, &str)]) {
    let mut list = b"INFO".to_vec();
    for (name, says) in facts {
        let mut fact = format!("{says}\0").into_bytes();
        let length = fact.len() as u32;
        fact.resize(fact.len().next_multiple_of(2), 0);
        list.extend_from_slice(name.as_bytes());
        list.extend_from_slice(&length.to_le_bytes());
        list.extend_from_slice(&fact);
    }
    file.extend_from_slice(b"LIST");
    file.extend_from_slice(&(list.len() as u32).to_le_bytes());
    file.extend_from_slice(&list);
    let outer = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&outer.to_le_bytes());
}
