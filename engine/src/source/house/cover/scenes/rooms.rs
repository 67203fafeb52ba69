//! The rooms: windows, a cup, three steps and an egg of pixels.

use super::super::super::random::Random;
use super::super::canvas::{Canvas, Colour, Point, rgb};
use super::skies::wave;

pub fn rainy_window(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[(0.0, rgb(0x1b2340)), (0.55, rgb(0x3a4a78)), (1.0, rgb(0x6d6a93))]);
    for _ in 0..26 {
        let centre = (random.unit(), random.between(0.45, 1.0));
        let lamp = if random.chance(0.6) {
            rgb(0xf6b35c)
        } else {
            rgb(0xe2766b)
        };
        let radius = random.between(0.03, 0.09);
        canvas.disc(centre, radius, lamp, 0.22);
        canvas.glow(centre, radius * 2.2, lamp, 0.25);
    }
    for _ in 0..130 {
        let (x, y) = (random.unit(), random.unit());
        let radius = random.between(0.003, 0.011);
        canvas.disc((x, y), radius, rgb(0xaebfe8), 0.35);
        canvas.disc(
            (x - radius * 0.3, y - radius * 0.3),
            radius * 0.4,
            rgb(0xffffff),
            0.6,
        );
    }
    for _ in 0..16 {
        let (x, y) = (random.unit(), random.between(0.0, 0.7));
        let length = random.between(0.08, 0.3);
        canvas.stroke(
            &[(x, y), (x + 0.004, y + length)],
            (0.001, 0.007),
            rgb(0xc7d3f4),
            0.4,
        );
        canvas.disc((x + 0.004, y + length), 0.008, rgb(0xdfe7ff), 0.75);
    }
    let frame = rgb(0x141828);
    canvas.block((0.485, 0.0), (0.515, 1.0), frame, 1.0);
    canvas.block((0.0, 0.36), (1.0, 0.39), frame, 1.0);
    for (from, to) in [
        ((0.0, 0.0), (0.035, 1.0)),
        ((0.965, 0.0), (1.0, 1.0)),
        ((0.0, 0.0), (1.0, 0.035)),
        ((0.0, 0.955), (1.0, 1.0)),
    ] {
        canvas.block(from, to, frame, 1.0);
    }
    canvas.disc((0.31, 0.93), 0.032, frame, 1.0);
    canvas.disc((0.335, 0.893), 0.019, frame, 1.0);
    canvas.shape(&[(0.35, 0.888), (0.372, 0.896), (0.35, 0.902)], frame, 1.0);
    canvas.stroke(&[(0.29, 0.935), (0.245, 0.915)], (0.026, 0.008), frame, 1.0);
}

pub fn cup_from_above(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[(0.0, rgb(0xe9c9a1)), (1.0, rgb(0xd39a6a))]);
    for plank in 0..7 {
        let y = plank as f32 / 7.0;
        canvas.block((0.0, y), (1.0, y + 0.004), rgb(0x9c6540), 0.45);
        for _ in 0..5 {
            let line = wave(
                y + random.between(0.02, 0.12),
                0.004,
                random.between(0.4, 1.4),
                random.unit(),
            );
            canvas.stroke(&line, (0.0015, 0.0015), rgb(0xa9714a), 0.3);
        }
    }
    let centre = (0.54, 0.53);
    canvas.disc((centre.0 + 0.03, centre.1 + 0.04), 0.36, rgb(0x5e3622), 0.28);
    canvas.disc(centre, 0.355, rgb(0xf4ede1), 1.0);
    canvas.ring(centre, 0.33, 0.008, rgb(0x2f6f73), 0.9);
    canvas.disc((centre.0 + 0.02, centre.1 + 0.025), 0.235, rgb(0x8b7a68), 0.35);
    canvas.stroke(&[(0.74, 0.6), (0.83, 0.64)], (0.06, 0.05), rgb(0x2f6f73), 1.0);
    canvas.disc(centre, 0.22, rgb(0x2f6f73), 1.0);
    canvas.disc(centre, 0.195, rgb(0xf4ede1), 1.0);
    canvas.disc(centre, 0.185, rgb(0x4a2715), 1.0);
    canvas.disc((centre.0 - 0.01, centre.1 - 0.01), 0.16, rgb(0x6d3d1f), 0.8);
    // A bird in the foam.
    canvas.bird((centre.0, centre.1 + 0.02), 0.1, 0.55, rgb(0xf0d9b5));
    canvas.disc((centre.0, centre.1 + 0.018), 0.018, rgb(0xf0d9b5), 1.0);
    for (x, y, tilt) in [(0.14, 0.16, 0.6_f32), (0.2, 0.24, 1.3), (0.11, 0.27, 2.2)] {
        canvas.egg((x, y), 0.07, rgb(0x7a4a2a), rgb(0x3f2212), tilt);
        let (s, c) = tilt.sin_cos();
        let crease: Vec<Point> = (-4..=4)
            .map(|t| (x - s * t as f32 * 0.007, y + c * t as f32 * 0.007))
            .collect();
        canvas.stroke(&crease, (0.004, 0.004), rgb(0x2a150a), 0.9);
    }
}

pub fn steps(canvas: &mut Canvas) {
    canvas.sky(&[(0.0, rgb(0xf3e6cf)), (1.0, rgb(0xefdcbc))]);
    let tones = [rgb(0xc8432f), rgb(0xe39b32), rgb(0x26505f)];
    for (number, tone) in tones.into_iter().enumerate() {
        let x = 0.08 + number as f32 * 0.29;
        let y = 0.7 - number as f32 * 0.2;
        canvas.block((x, y), (x + 0.26, 1.0), tone, 1.0);
        canvas.disc((x + 0.13, y), 0.13, tone, 1.0);
        canvas.ring((x + 0.13, y), 0.085, 0.012, rgb(0xf3e6cf), 0.9);
        canvas.ring((x + 0.13, y), 0.055, 0.008, rgb(0xf3e6cf), 0.55);
        canvas.disc((x + 0.13, y), 0.022, rgb(0xf3e6cf), 0.95);
    }
    let ink = rgb(0x1d1a1c);
    for string in 0..4 {
        let y = 0.8 + string as f32 * 0.035;
        canvas.stroke(&[(0.0, y), (1.0, y - 0.08)], (0.004, 0.004), ink, 0.85);
    }
    canvas.disc((0.24, 0.2), 0.1, rgb(0xe9c46a), 0.85);
    for (x, y, span) in [(0.2, 0.2, 0.075), (0.33, 0.29, 0.05), (0.12, 0.33, 0.04)] {
        canvas.bird((x, y), span, 0.6, ink);
    }
}

/// Cells along a side of the pixel picture.
const PIXELS: i32 = 32;

pub fn pixel_egg(canvas: &mut Canvas, random: &mut Random) {
    let cell = 1.0 / PIXELS as f32;
    canvas.sky(&[(0.0, rgb(0xfad9a0)), (1.0, rgb(0xf5a97f))]);
    for row in 0..PIXELS {
        for column in 0..PIXELS {
            let (x, y) = ((column as f32 + 0.5) * cell, (row as f32 + 0.5) * cell);
            let colour = pixel_colour(x, y, random);
            let (left, top) = (column as f32 * cell, row as f32 * cell);
            if let Some(colour) = colour {
                canvas.block((left, top), (left + cell, top + cell), colour, 1.0);
            }
            canvas.block(
                (left, top + cell * 0.94),
                (left + cell, top + cell),
                rgb(0x4a2c3a),
                0.06,
            );
            canvas.block(
                (left + cell * 0.94, top),
                (left + cell, top + cell),
                rgb(0x4a2c3a),
                0.06,
            );
        }
    }
}

/// One cell of the pixel picture: nest, egg, sun, or the sky behind.
fn pixel_colour(x: f32, y: f32, random: &mut Random) -> Option<Colour> {
    let twigs = [rgb(0x6b4226), rgb(0x8a5a34), rgb(0xa8764a), rgb(0x553219)];
    let (dx, dy) = (x - 0.5, y - 0.47);
    let width = 0.19 + 0.14 * dy.clamp(-0.27, 0.12);
    let egg = (dx / width).powi(2) + (dy / 0.27).powi(2);
    let bowl = (dx / 0.4).powi(2) + ((y - 0.56) / 0.27).powi(2);
    if y > 0.67 - 0.5 * dx * dx && bowl < 1.0 {
        return Some(twigs[random.below(twigs.len())]);
    }
    if egg < 1.0 {
        let lit = ((dx + 0.07).powi(2) + (dy + 0.09).powi(2)).sqrt();
        let tone = match lit {
            lit if lit < 0.045 => rgb(0xd9fbf7),
            lit if lit < 0.12 => rgb(0x8fe3e0),
            lit if lit < 0.21 => rgb(0x5fcbd0),
            _ => rgb(0x3ba5b6),
        };
        return Some(if lit > 0.14 && random.chance(0.08) {
            rgb(0x2b7f93)
        } else {
            tone
        });
    }
    if y > 0.84 {
        return Some(if (x * PIXELS as f32) as i32 % 2 == 0 {
            rgb(0x6fae6b)
        } else {
            rgb(0x5f9d62)
        });
    }
    if (x - 0.82).powi(2) + (y - 0.2).powi(2) < 0.0075 {
        return Some(rgb(0xfff3c4));
    }
    let cloud = |cx: f32, cy: f32| (x - cx).abs() < 0.11 && (y - cy).abs() < 0.03;
    (cloud(0.19, 0.24) || cloud(0.25, 0.19) || cloud(0.52, 0.1)).then(|| rgb(0xfff1dd))
}

pub fn city_windows(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[(0.0, rgb(0x2a1b4a)), (0.6, rgb(0x7a2f6b)), (1.0, rgb(0xf2845c))]);
    canvas.disc((0.72, 0.26), 0.13, rgb(0xffd6a0), 0.95);
    let houses = [
        (0.0, 0.36, 0.19),
        (0.2, 0.5, 0.2),
        (0.41, 0.28, 0.17),
        (0.59, 0.46, 0.2),
        (0.8, 0.38, 0.21),
    ];
    let lights = [rgb(0xffd166), rgb(0xff9e64), rgb(0x7ad7f0), rgb(0xf78fb3)];
    for (number, (x, top, width)) in houses.into_iter().enumerate() {
        let wall = if number % 2 == 0 {
            rgb(0x1d1236)
        } else {
            rgb(0x281945)
        };
        canvas.block((x, top), (x + width, 1.0), wall, 1.0);
        let columns = 3;
        let pitch = width / columns as f32;
        let rows = ((1.0 - top) / (pitch * 1.25)) as usize;
        for row in 0..rows {
            for column in 0..columns {
                let left = x + (column as f32 + 0.22) * pitch;
                let upper = top + (row as f32 + 0.35) * pitch * 1.25;
                let lit = random.chance(0.58);
                let tone = if lit {
                    lights[random.below(lights.len())]
                } else {
                    rgb(0x3a2a5c)
                };
                let (w, h) = (pitch * 0.56, pitch * 0.75);
                canvas.block((left, upper + w * 0.5), (left + w, upper + h), tone, 1.0);
                canvas.disc((left + w * 0.5, upper + w * 0.5), w * 0.5, tone, 1.0);
            }
        }
    }
    for (x, top) in [(0.095, 0.36), (0.69, 0.46)] {
        canvas.stroke(&[(x, top), (x, top - 0.09)], (0.006, 0.004), rgb(0x1d1236), 1.0);
        canvas.stroke(
            &[(x - 0.03, top - 0.075), (x + 0.03, top - 0.075)],
            (0.004, 0.004),
            rgb(0x1d1236),
            1.0,
        );
    }
    for (x, y, span) in [(0.66, 0.2, 0.04), (0.77, 0.27, 0.032), (0.58, 0.14, 0.028)] {
        canvas.bird((x, y), span, 0.55, rgb(0x1d1236));
    }
}
