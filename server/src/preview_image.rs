//! The picture in the preview of a link: a nest's name, its emoji, a cover. Draws; knows nothing of nests or HTTP.

use ab_glyph::{Font as _, FontRef, Glyph, InvalidFont, PxScale, ScaleFont as _, point};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageEncoder as _, ImageResult, Rgb, RgbImage, imageops};

/// What Open Graph asks for.
pub const WIDTH: u32 = 1200;
pub const HEIGHT: u32 = 630;

const COVER: u32 = 470;
const MARGIN: u32 = 80;
const CORNER: f32 = 24.0;
const TEXT_LEFT: f32 = (MARGIN + COVER + 60) as f32;
const TEXT_WIDTH: f32 = WIDTH as f32 - TEXT_LEFT - 60.0;
/// Height between the word on top and the link at the bottom.
const ROOM: f32 = (HEIGHT - 2 * MARGIN) as f32 - 2.0 * SMALL - 20.0;
const MOST_LINES: usize = 3;
/// Tried one after the other until the name fits.
const NAME_SIZES: [f32; 4] = [92.0, 76.0, 62.0, 48.0];
const SMALL: f32 = 34.0;
const EMOJI: f32 = 120.0;
/// Height of a line, as a multiple of its letters' size.
const LINE: f32 = 1.15;

const GROUND: [u8; 3] = [17, 22, 33];
const SURFACE: [u8; 3] = [38, 48, 68];
const INK: [u8; 3] = [240, 245, 250];
const INK_SOFT: [u8; 3] = [166, 180, 197];
const ACCENT: [u8; 3] = [126, 219, 224];

/// DejaVu Sans Bold (see `assets/`): Latin, Greek, Cyrillic and more, and many symbols. What it lacks is left out.
const FONT: &[u8] = include_bytes!("../assets/DejaVuSans-Bold.ttf");
/// The emoji of Symbola, in one colour. A family or a flag shows as its first part, or not at all.
const EMOJI_FONT: &[u8] = include_bytes!("../assets/SymbolaEmoji.ttf");

pub struct Picture<'a> {
    pub name: &'a str,
    pub emoji: Option<&'a str>,
    pub link: &'a str,
    pub cover: Option<RgbImage>,
}

#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    #[error("the font cannot be read: {0}")]
    Font(#[from] InvalidFont),
    #[error("the picture cannot be written: {0}")]
    Image(#[from] image::ImageError),
}

/// The picture as PNG, well under 1 MB.
///
/// # Errors
/// None in practice: font and format are ours.
pub fn png(picture: Picture<'_>) -> Result<Vec<u8>, DrawError> {
    Ok(encoded(&drawn(picture)?)?)
}

fn drawn(picture: Picture<'_>) -> Result<RgbImage, DrawError> {
    let font = FontRef::try_from_slice(FONT)?;
    let emoji_font = FontRef::try_from_slice(EMOJI_FONT)?;
    let mut canvas = ground();
    lay_cover(&mut canvas, picture.cover);
    let pen = Pen {
        canvas: &mut canvas,
        font: &font,
    };
    let emoji = picture
        .emoji
        .and_then(|emoji| emoji.chars().find(|c| has(&emoji_font, *c)));
    let emoji_height = if emoji.is_some() { EMOJI * 1.25 } else { 0.0 };
    let (lines, size) = pen.broken(picture.name, ROOM - emoji_height);
    let height = lines.len() as f32 * size * LINE + emoji_height;
    let mut top = (HEIGHT as f32 - height) / 2.0;
    if let Some(emoji) = emoji {
        let mut brush = Pen {
            canvas: &mut canvas,
            font: &emoji_font,
        };
        brush.write(&emoji.to_string(), TEXT_LEFT, top, EMOJI, ACCENT);
        top += emoji_height;
    }
    let mut pen = Pen {
        canvas: &mut canvas,
        font: &font,
    };
    for line in &lines {
        pen.write(line, TEXT_LEFT, top, size, INK);
        top += size * LINE;
    }
    pen.write("EchoNest", TEXT_LEFT, MARGIN as f32, SMALL, ACCENT);
    let link = pen.cut(picture.link, SMALL);
    pen.write(
        &link,
        TEXT_LEFT,
        (HEIGHT - MARGIN) as f32 - SMALL,
        SMALL,
        INK_SOFT,
    );
    Ok(canvas)
}

fn encoded(canvas: &RgbImage) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    encoder.write_image(canvas, WIDTH, HEIGHT, image::ExtendedColorType::Rgb8)?;
    Ok(bytes)
}

/// A little lighter where the cover lies.
fn ground() -> RgbImage {
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let far = (x as f32 / WIDTH as f32 + y as f32 / HEIGHT as f32) / 2.0;
        Rgb(mixed(SURFACE, GROUND, far.sqrt()))
    })
}

fn lay_cover(canvas: &mut RgbImage, cover: Option<RgbImage>) {
    let cover = match cover {
        Some(cover) => imageops::resize(&cover, COVER, COVER, imageops::FilterType::Triangle),
        None => rings(),
    };
    for (x, y, pixel) in cover.enumerate_pixels() {
        let inside = rounded(x as f32, y as f32);
        let under = canvas.get_pixel_mut(MARGIN + x, MARGIN + y);
        *under = Rgb(mixed(under.0, pixel.0, inside));
    }
}

/// Where no cover is: the rings of a nest, or of a record.
fn rings() -> RgbImage {
    const RING: f32 = 26.0;
    let middle = COVER as f32 / 2.0;
    RgbImage::from_fn(COVER, COVER, |x, y| {
        let distance = (x as f32 - middle).hypot(y as f32 - middle);
        let wave = ((distance / RING * std::f32::consts::TAU).cos() + 1.0) / 2.0;
        let fade = (1.0 - distance / middle).clamp(0.0, 1.0);
        Rgb(mixed(SURFACE, ACCENT, wave * fade * 0.6))
    })
}

/// How much of a pixel lies within the cover's rounded corners, from 0 to 1.
fn rounded(x: f32, y: f32) -> f32 {
    let from_corner = |at: f32| (CORNER - at).max(at - (COVER as f32 - 1.0 - CORNER)).max(0.0);
    (CORNER + 0.5 - from_corner(x).hypot(from_corner(y))).clamp(0.0, 1.0)
}

fn mixed(from: [u8; 3], to: [u8; 3], share: f32) -> [u8; 3] {
    std::array::from_fn(|i| {
        let (from, to) = (f32::from(from[i]), f32::from(to[i]));
        (from + (to - from) * share.clamp(0.0, 1.0)).round() as u8
    })
}

fn has(font: &FontRef<'_>, c: char) -> bool {
    font.glyph_id(c).0 != 0
}

struct Pen<'a> {
    canvas: &'a mut RgbImage,
    font: &'a FontRef<'static>,
}

impl Pen<'_> {
    /// `top` is the upper edge of the line.
    fn write(&mut self, text: &str, left: f32, top: f32, size: f32, colour: [u8; 3]) {
        for glyph in self.glyphs(text, size).0 {
            let Some(outline) = self.font.outline_glyph(glyph) else {
                continue;
            };
            let bounds = outline.px_bounds();
            outline.draw(|x, y, share| {
                let (x, y) = (left + bounds.min.x + x as f32, top + bounds.min.y + y as f32);
                if x >= 0.0 && y >= 0.0 && (x as u32) < WIDTH && (y as u32) < HEIGHT {
                    let under = self.canvas.get_pixel_mut(x as u32, y as u32);
                    *under = Rgb(mixed(under.0, colour, share));
                }
            });
        }
    }

    /// The glyphs in their places, and the width of all.
    fn glyphs(&self, text: &str, size: f32) -> (Vec<Glyph>, f32) {
        let scaled = self.font.as_scaled(PxScale::from(size));
        let mut glyphs: Vec<Glyph> = Vec::new();
        let mut right = 0.0;
        for c in text.chars().filter(|c| *c == ' ' || has(self.font, *c)) {
            let id = scaled.glyph_id(c);
            if let Some(last) = glyphs.last() {
                right += scaled.kern(last.id, id);
            }
            glyphs.push(id.with_scale_and_position(size, point(right, scaled.ascent())));
            right += scaled.h_advance(id);
        }
        (glyphs, right)
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        self.glyphs(text, size).1
    }

    /// The name in lines, as large as fits into the text's width and `height`.
    fn broken(&self, name: &str, height: f32) -> (Vec<String>, f32) {
        let smallest = NAME_SIZES[NAME_SIZES.len() - 1];
        let fitting = NAME_SIZES.iter().map(|size| (self.lines(name, *size), *size));
        let fits = |(lines, size): &(Vec<String>, f32)| {
            lines.len() <= MOST_LINES
                && lines.len() as f32 * size * LINE <= height
                && lines.iter().all(|line| self.width(line, *size) <= TEXT_WIDTH)
        };
        fitting.into_iter().find(fits).unwrap_or_else(|| {
            let mut lines = self.lines(name, smallest);
            lines.truncate(MOST_LINES);
            (
                lines.iter().map(|line| self.cut(line, smallest)).collect(),
                smallest,
            )
        })
    }

    fn lines(&self, name: &str, size: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in name.split(' ') {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= TEXT_WIDTH => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// As much of the text as fits into a line.
    fn cut(&self, text: &str, size: f32) -> String {
        if self.width(text, size) <= TEXT_WIDTH {
            return text.to_owned();
        }
        let mut short: Vec<char> = text.chars().collect();
        loop {
            short.pop();
            let cut = short.iter().collect::<String>() + "…";
            if short.is_empty() || self.width(&cut, size) <= TEXT_WIDTH {
                return cut;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(name: &'a str, cover: Option<RgbImage>) -> Picture<'a> {
        Picture {
            name,
            emoji: Some("🎧"),
            link: "echone.st/friday-vibes",
            cover,
        }
    }

    fn canvas(name: &str, cover: Option<RgbImage>) -> RgbImage {
        drawn(of(name, cover)).expect("a picture")
    }

    #[test]
    fn it_is_a_png_of_the_right_size() {
        let png = png(of("Friday Vibes", None)).expect("a picture");
        assert!(png.len() < 1_000_000, "{} bytes", png.len());
        let picture = image::load_from_memory(&png).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
    }

    #[test]
    fn every_name_fits_beside_the_cover() {
        let names = [
            "Ö",
            "Friday Vibes",
            &"W".repeat(40),
            "Пятница ночью у Αθήνα",
            "مرحبا",
            "👨‍👩‍👧 home",
            "Three words, lines",
        ];
        for name in names {
            let picture = canvas(name, None);
            let margin = (WIDTH - 50)..WIDTH;
            let is_ink = |pixel: &Rgb<u8>| pixel.0.iter().all(|part| *part > 200);
            let spilled = margin.flat_map(|x| (0..HEIGHT).map(move |y| (x, y)));
            let link_and_below = (HEIGHT - MARGIN - SMALL as u32)..HEIGHT;
            let under = link_and_below.flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
            assert!(
                under.into_iter().all(|(x, y)| picture.get_pixel(x, y).0 != INK),
                "{name}"
            );
            assert!(
                spilled.into_iter().all(|(x, y)| !is_ink(picture.get_pixel(x, y))),
                "{name}"
            );
        }
        let ink = |name| canvas(name, None).pixels().filter(|p| p.0 == INK).count();
        assert!(
            ink("Friday Vibes") > ink("i") && ink("i") > 0,
            "the name is drawn"
        );
    }

    #[test]
    fn the_emoji_stands_above_the_name() {
        let accent = |emoji| {
            let picture = Picture {
                emoji,
                ..of("Friday Vibes", None)
            };
            let canvas = drawn(picture).expect("a picture");
            canvas.pixels().filter(|p| p.0 == ACCENT).count()
        };
        let without = accent(None);
        for emoji in ["🎧", "👍🏽", "👨‍👩‍👧", "☀️"] {
            assert!(accent(Some(emoji)) > without, "{emoji}");
        }
        assert_eq!(accent(Some("🇩🇪")), without, "no glyph, no box");
    }

    #[test]
    fn the_cover_is_what_one_sees_first() {
        let red = RgbImage::from_pixel(96, 96, Rgb([200, 10, 10]));
        let picture = canvas("Friday Vibes", Some(red));
        let middle = picture.get_pixel(MARGIN + COVER / 2, MARGIN + COVER / 2);
        assert_eq!(middle.0, [200, 10, 10]);
        assert_ne!(
            picture.get_pixel(MARGIN, MARGIN).0,
            [200, 10, 10],
            "its corners are round"
        );
    }
}
