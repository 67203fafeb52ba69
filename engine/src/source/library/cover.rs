//! Covers: two small JPEGs of each picture, kept in the data folder under a name made from what they show.
//!
//! All tracks of an album share one. A name's content never changes, so it may be cached for ever. Knows nothing of
//! where the picture came from.

use std::fmt;
use std::io::{self, Cursor, Write};
use std::path::PathBuf;
use std::str::FromStr;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits, RgbImage};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::atomic_file;
use super::hue::dominant_hue;
use super::track_id::first_eight;

/// Pictures with more bytes than this are left out: 16 MiB is far above any sensible cover.
pub(super) const MAX_PICTURE_BYTES: u64 = 16 * 1024 * 1024;
/// Longest side that is decoded, in pixels; with the next bound it keeps a "picture bomb" from filling the memory.
const MAX_PICTURE_SIDE: u32 = 10_000;
/// Most memory one decoding may take: 8,000 x 8,000 pixels of 4 bytes.
const MAX_DECODE_BYTES: u64 = 256 * 1024 * 1024;
/// Transparent parts are laid on this: the default theme's dark ground.
const GROUND: [u8; 3] = [24, 26, 32];
const JPEG_QUALITY: u8 = 86;
/// Part of every name: a change in how covers are made must change it, because browsers keep them for ever.
const RECIPE: &[u8] = b"cover-1";

/// The two sizes, in pixels of a square's side. A smaller picture is kept as small as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverSize {
    Small,
    Large,
}

impl CoverSize {
    pub const ALL: [Self; 2] = [Self::Large, Self::Small];

    pub const fn pixels(self) -> u32 {
        match self {
            Self::Small => 96,
            Self::Large => 480,
        }
    }
}

/// A cover's file name: 16 lowercase hex digits and a size, as in `0123456789abcdef-96.jpg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverName {
    hash: u64,
    size: CoverSize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cover is named like 0123456789abcdef-96.jpg or 0123456789abcdef-480.jpg")]
pub struct CoverNameError;

impl FromStr for CoverName {
    type Err = CoverNameError;

    fn from_str(text: &str) -> Result<Self, CoverNameError> {
        let (hash, size) = text.split_once('-').ok_or(CoverNameError)?;
        let canonical = hash.len() == 16 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let hash = u64::from_str_radix(hash, 16).map_err(|_| CoverNameError)?;
        let size = match size {
            "96.jpg" => CoverSize::Small,
            "480.jpg" => CoverSize::Large,
            _ => return Err(CoverNameError),
        };
        if canonical {
            Ok(Self { hash, size })
        } else {
            Err(CoverNameError)
        }
    }
}

impl fmt::Display for CoverName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}.jpg", self.hash, self.size.pixels())
    }
}

/// A cover that has been stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cover {
    hash: u64,
    /// OKLCH degrees; `None` where the picture is grey.
    pub hue: Option<u16>,
}

impl Cover {
    /// What tracks that share a cover have in common.
    pub fn key(self) -> u64 {
        self.hash
    }

    pub fn name(self, size: CoverSize) -> CoverName {
        CoverName {
            hash: self.hash,
            size,
        }
    }

    /// The path part of the address a browser asks for.
    pub fn address(self, size: CoverSize) -> String {
        format!("/covers/{}", self.name(size))
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum CoverError {
    /// Nothing to be done about it until somebody changes the picture.
    #[error("the picture cannot be read: {0}")]
    Picture(#[from] image::ImageError),
    /// The disk is full or the data folder is not writable: worth another try later.
    #[error("the cover could not be stored: {0}")]
    Store(#[from] io::Error),
}

#[derive(Clone, Debug)]
pub(super) struct CoverStore {
    dir: PathBuf,
}

impl CoverStore {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub fn file(&self, name: CoverName) -> Option<PathBuf> {
        let path = self.path(name);
        path.is_file().then_some(path)
    }

    pub fn has(&self, cover: Cover) -> bool {
        CoverSize::ALL
            .iter()
            .all(|&size| self.file(cover.name(size)).is_some())
    }

    /// Stores both sizes of a picture (JPEG, PNG or WebP), unless they are there already.
    pub fn store(&self, picture: &[u8]) -> Result<Cover, CoverError> {
        let hash = first_eight(
            &Sha256::new()
                .chain_update(RECIPE)
                .chain_update(picture)
                .finalize(),
        );
        let cover = Cover { hash, hue: None };
        if !self.has(cover) {
            let square = square_on_ground(&decode(picture)?);
            for size in CoverSize::ALL {
                let jpeg = encode(&resized(&square, size.pixels()))?;
                atomic_file::write(&self.path(cover.name(size)), |out| out.write_all(&jpeg))?;
            }
        }
        // Always from the stored picture, so that the first and the twelfth track of an album agree.
        let small = decode(&std::fs::read(self.path(cover.name(CoverSize::Small)))?)?.into_rgb8();
        Ok(Cover {
            hash,
            hue: dominant_hue(small.pixels().map(|pixel| pixel.0)),
        })
    }

    fn path(&self, name: CoverName) -> PathBuf {
        self.dir.join(name.to_string())
    }
}

fn decode(picture: &[u8]) -> Result<DynamicImage, image::ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PICTURE_SIDE);
    limits.max_image_height = Some(MAX_PICTURE_SIDE);
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    let mut reader = ImageReader::new(Cursor::new(picture)).with_guessed_format()?;
    reader.limits(limits);
    reader.decode()
}

/// The middle square, shrunk to what the large size needs before anything slow touches it.
fn square_on_ground(picture: &DynamicImage) -> RgbImage {
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side);
    let enough = CoverSize::Large.pixels() * 2;
    // `thumbnail` averages over each pixel's area: quick, and good as long as a finer filter does the last halving.
    let square = if side > enough {
        square.thumbnail_exact(enough, enough)
    } else {
        square
    };
    let has_alpha = square.color().has_alpha();
    if !has_alpha {
        return square.into_rgb8();
    }
    let mut opaque = RgbImage::new(square.width(), square.height());
    for (pixel, seen) in square.into_rgba8().pixels().zip(opaque.pixels_mut()) {
        let [r, g, b, alpha] = pixel.0.map(u16::from);
        for (i, channel) in [r, g, b].into_iter().enumerate() {
            seen.0[i] = ((channel * alpha + u16::from(GROUND[i]) * (255 - alpha)) / 255) as u8;
        }
    }
    opaque
}

fn resized(square: &RgbImage, side: u32) -> RgbImage {
    if square.width() <= side {
        return square.clone();
    }
    image::imageops::resize(square, side, side, FilterType::CatmullRom)
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode_image(picture)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};

    fn png(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbaImage::from_pixel(width, height, Rgba(colour))
            .write_to(&mut bytes, ImageFormat::Png)
            .expect("a picture");
        bytes.into_inner()
    }

    fn stored_side(store: &CoverStore, cover: Cover, size: CoverSize) -> (u32, u32) {
        image::image_dimensions(store.file(cover.name(size)).expect("a stored cover"))
            .expect("a stored cover")
    }

    #[test]
    fn a_picture_becomes_two_squares_and_is_stored_once() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = CoverStore::new(dir.path().join("covers"));
        let wide = png(1600, 1000, [255, 0, 0, 255]);
        let cover = store.store(&wide).expect("stored");
        assert_eq!(stored_side(&store, cover, CoverSize::Small), (96, 96));
        assert_eq!(stored_side(&store, cover, CoverSize::Large), (480, 480));
        assert!(
            cover.hue.is_some_and(|hue| (25..34).contains(&hue)),
            "{:?} should be red",
            cover.hue
        );
        assert_eq!(store.store(&wide).expect("stored"), cover);
        assert_eq!(
            std::fs::read_dir(dir.path().join("covers"))
                .expect("it is there")
                .count(),
            2
        );
    }

    #[test]
    fn a_small_picture_is_not_blown_up() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = CoverStore::new(dir.path().into());
        let cover = store.store(&png(200, 300, [0, 0, 255, 255])).expect("stored");
        assert_eq!(stored_side(&store, cover, CoverSize::Small), (96, 96));
        assert_eq!(stored_side(&store, cover, CoverSize::Large), (200, 200));
    }

    #[test]
    fn transparent_parts_are_laid_on_the_dark_ground() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = CoverStore::new(dir.path().into());
        let cover = store.store(&png(100, 100, [255, 255, 255, 0])).expect("stored");
        let small = image::open(store.file(cover.name(CoverSize::Small)).expect("a stored cover"))
            .expect("a picture")
            .into_rgb8();
        assert!(small.get_pixel(50, 50).0.iter().all(|&channel| channel < 40));
    }

    #[test]
    fn a_broken_picture_and_a_full_disk_are_told_apart() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = CoverStore::new(dir.path().into());
        let good = png(10, 10, [1, 2, 3, 255]);
        assert!(matches!(store.store(b"no picture"), Err(CoverError::Picture(_))));
        assert!(matches!(
            store.store(&good[..good.len() / 2]),
            Err(CoverError::Picture(_))
        ));
        std::fs::write(dir.path().join("taken"), "a file where the folder should be").expect("written");
        let blocked = CoverStore::new(dir.path().join("taken"));
        assert!(matches!(blocked.store(&good), Err(CoverError::Store(_))));
    }

    #[test]
    fn only_exact_cover_names_are_understood() {
        for good in ["0123456789abcdef-96.jpg", "ffffffffffffffff-480.jpg"] {
            assert_eq!(good.parse::<CoverName>().expect("a good name").to_string(), good);
        }
        for bad in [
            "",
            "0123456789abcdef-97.jpg",
            "0123456789ABCDEF-96.jpg",
            "+123456789abcdef-96.jpg",
            "0123456789abcde-96.jpg",
            "0123456789abcdef-96.png",
            "../../../../etc/pwd-96.jpg",
            "0123456789abcdef-96.jpg/..",
        ] {
            assert_eq!(bad.parse::<CoverName>(), Err(CoverNameError), "{bad}");
        }
    }
}
