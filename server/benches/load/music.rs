//! Music to queue: an hour of silence in each file, so that nothing ends during a measurement.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use image::{Rgb, RgbImage};

use crate::Outcome;

/// What plays, and twenty that wait.
pub const TRACKS: usize = 21;
/// What every search for the music of a measurement finds.
pub const ARTIST: &str = "Benchmark";

const SECONDS: u32 = 3_600;
/// One byte each: the fewest that still pass for music.
const SAMPLES_PER_SECOND: u32 = 1_000;
const COVER_SIDE: u32 = 600;

/// What lies beside the music.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// A picture for each track: the page has something to show.
    One,
    /// Reading pictures leaves the program with free memory, in which the first thousand sockets would vanish.
    None,
}

/// Makes one folder per track, as of albums.
pub fn fill(folder: &Path, covers: Covers) -> Outcome<()> {
    for n in 0..TRACKS {
        let album = folder.join(format!("album {n}"));
        fs::create_dir_all(&album)?;
        write_silence(&album.join(format!("{ARTIST} - Track number {n}.wav")))?;
        if covers == Covers::One {
            cover(n as u8).save(album.join("cover.png"))?;
        }
    }
    Ok(())
}

/// 8 bits, one channel. The samples are a hole in the file: they take no room on the disk.
fn write_silence(path: &Path) -> Outcome<()> {
    const MONO_PCM: [u8; 4] = [1, 0, 1, 0];
    const BYTES_PER_SAMPLE: [u8; 4] = [1, 0, 8, 0];
    let samples = SECONDS * SAMPLES_PER_SECOND;
    let mut head = Vec::new();
    head.extend_from_slice(b"RIFF");
    head.extend_from_slice(&(36 + samples).to_le_bytes());
    head.extend_from_slice(b"WAVEfmt ");
    head.extend_from_slice(&16u32.to_le_bytes());
    head.extend_from_slice(&MONO_PCM);
    head.extend_from_slice(&SAMPLES_PER_SECOND.to_le_bytes());
    head.extend_from_slice(&SAMPLES_PER_SECOND.to_le_bytes());
    head.extend_from_slice(&BYTES_PER_SAMPLE);
    head.extend_from_slice(b"data");
    head.extend_from_slice(&samples.to_le_bytes());
    let mut file = File::create(path)?;
    file.write_all(&head)?;
    file.set_len(head.len() as u64 + u64::from(samples))?;
    Ok(())
}

/// Diagonal stripes over a slope of colour, another one for each track.
fn cover(n: u8) -> RgbImage {
    const STRIPE: u32 = 40;
    RgbImage::from_fn(COVER_SIDE, COVER_SIDE, |x, y| {
        let slope = (x * 255 / COVER_SIDE) as u8;
        let stripe = if ((x + y) / STRIPE).is_multiple_of(2) {
            60
        } else {
            0
        };
        Rgb([
            slope.wrapping_add(n.wrapping_mul(37)),
            (y * 195 / COVER_SIDE) as u8 + stripe,
            n.wrapping_mul(91),
        ])
    })
}
