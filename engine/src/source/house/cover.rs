//! The covers: an abstract picture for each piece, painted by the program and packed as JPEG.
//!
//! Owns which scene is painted how (`cover/scenes.rs`) on a small canvas of its own (`cover/canvas.rs`).
//! Knows nothing of music.

mod canvas;
mod scenes;

use image::ImageError;
use image::codecs::jpeg::JpegEncoder;

use super::random::Random;

/// What a cover shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scene {
    RainyWindow,
    CupFromAbove,
    BeachSun,
    Steps,
    NeonGrid,
    CoastRoad,
    PixelEgg,
    SoundRings,
    Campfire,
    CradleMoon,
    Birches,
    Thermals,
    Reeds,
    CityWindows,
}

/// JPEG quality: gradients stay free of bands, and a cover stays under 200 kB.
const JPEG_QUALITY: u8 = 91;

/// Paints a cover of `size` by `size` pixels and packs it as JPEG.
pub fn paint(scene: Scene, size: u32, seed: u64) -> Result<Vec<u8>, ImageError> {
    let mut canvas = canvas::Canvas::new(size as usize);
    let mut random = Random::stream(seed, "cover");
    scenes::paint(scene, &mut canvas, &mut random);
    canvas.grain(0.018, &mut random);
    let pixels = canvas.into_rgb();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode(
        &pixels,
        size,
        size,
        image::ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg)
}
