//! The scenes, one function each: from back to front, as one would paint them.

use std::f32::consts::{PI, TAU};

use super::super::random::Random;
use super::Scene;
use super::canvas::{Canvas, Colour, Point, blend, rgb};

pub fn paint(scene: Scene, canvas: &mut Canvas, random: &mut Random) {
    match scene {
        Scene::RainyWindow => rainy_window(canvas, random),
        Scene::CupFromAbove => cup_from_above(canvas, random),
        Scene::BeachSun => beach_sun(canvas),
        Scene::Steps => steps(canvas),
        Scene::NeonGrid => neon_grid(canvas, random),
        Scene::CoastRoad => coast_road(canvas, random),
        Scene::PixelEgg => pixel_egg(canvas, random),
        Scene::SoundRings => sound_rings(canvas),
        Scene::Campfire => campfire(canvas, random),
        Scene::CradleMoon => cradle_moon(canvas, random),
        Scene::Birches => birches(canvas, random),
        Scene::Thermals => thermals(canvas),
        Scene::Reeds => reeds(canvas, random),
        Scene::CityWindows => city_windows(canvas, random),
    }
}

/// A wavy line as points from left to right.
fn wave(y: f32, height: f32, waves: f32, shift: f32) -> Vec<Point> {
    (0..=48)
        .map(|step| {
            let x = step as f32 / 48.0 * 1.1 - 0.05;
            (x, y + height * ((x * waves + shift) * TAU).sin())
        })
        .collect()
}

fn rainy_window(canvas: &mut Canvas, random: &mut Random) {
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

fn cup_from_above(canvas: &mut Canvas, random: &mut Random) {
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

fn beach_sun(canvas: &mut Canvas) {
    canvas.sky(&[
        (0.0, rgb(0x174a5b)),
        (0.3, rgb(0x3f8f86)),
        (0.5, rgb(0xf1b76a)),
        (0.62, rgb(0xf08a5d)),
    ]);
    canvas.glow((0.5, 0.52), 0.55, rgb(0xffe3a3), 0.7);
    canvas.sun((0.5, 0.5), 0.21, rgb(0xfff0c2), rgb(0xf9a35c), &[]);
    let sea = [rgb(0x2c7a78), rgb(0x1f5f68), rgb(0x184c59)];
    for (number, colour) in sea.into_iter().enumerate() {
        let y = 0.58 + number as f32 * 0.06;
        canvas.ridge(
            |x| y + 0.006 * ((x * 3.0 + number as f32 * 0.3) * TAU).sin(),
            colour,
            colour,
            1.0,
        );
    }
    for line in 0..7 {
        let y = 0.6 + line as f32 * 0.022;
        let half = 0.17 - line as f32 * 0.018;
        canvas.stroke(
            &[(0.5 - half, y), (0.5 + half, y)],
            (0.005, 0.005),
            rgb(0xffd99a),
            0.75,
        );
    }
    // The pavement of a famous promenade.
    canvas.ridge(|_| 0.765, rgb(0xf5efe2), rgb(0xe9dfcb), 1.0);
    for row in 0..3 {
        let y = 0.805 + row as f32 * 0.075;
        let shift = if row % 2 == 0 { 0.0 } else { 0.5 };
        canvas.stroke(&wave(y, 0.02, 2.5, shift), (0.032, 0.032), rgb(0x22303a), 1.0);
    }
    for (x, y, span) in [
        (0.2, 0.2, 0.05),
        (0.29, 0.15, 0.036),
        (0.33, 0.235, 0.03),
        (0.76, 0.27, 0.04),
    ] {
        canvas.bird((x, y), span, 0.5, rgb(0x0f2f3b));
    }
    let dark = rgb(0x0e2b33);
    for (number, bend) in [(0, 0.0_f32), (1, 0.55), (2, -0.5), (3, 1.0), (4, -0.95), (5, 1.5)] {
        let length = 0.26 - number as f32 * 0.012;
        let points: Vec<Point> = (0..=12)
            .map(|step| {
                let t = step as f32 / 12.0;
                (
                    0.965 - t * length * (1.0 - 0.35 * bend),
                    0.05 + t * t * length * 0.9 + t * bend * 0.13,
                )
            })
            .collect();
        canvas.stroke(&points, (0.022, 0.002), dark, 1.0);
    }
}

fn steps(canvas: &mut Canvas) {
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

fn neon_grid(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[
        (0.0, rgb(0x120a33)),
        (0.35, rgb(0x43136b)),
        (0.6, rgb(0xd8347f)),
        (1.0, rgb(0x1a0838)),
    ]);
    for _ in 0..110 {
        let (x, y) = (random.unit(), random.unit() * random.unit() * 0.55);
        canvas.disc(
            (x, y),
            random.between(0.0012, 0.0032),
            rgb(0xffffff),
            random.between(0.4, 1.0),
        );
    }
    canvas.glow((0.5, 0.47), 0.52, rgb(0xff6aa8), 0.55);
    let cuts = [(0.45, 0.008), (0.49, 0.012), (0.53, 0.016), (0.572, 0.02)];
    canvas.sun((0.5, 0.43), 0.22, rgb(0xffe46b), rgb(0xff4f8b), &cuts);
    let peaks = |x: f32| 0.6 - 0.055 * (x * 11.0).sin().abs() * (1.0 - (1.0 - (x - 0.5).abs() * 2.0).powi(2));
    canvas.ridge(peaks, rgb(0x2a0f52), rgb(0x150530), 1.0);
    canvas.ridge(|_| 0.62, rgb(0x1c0740), rgb(0x0c0322), 1.0);
    let line = rgb(0x45e3ff);
    for row in 0..11 {
        let depth = row as f32 / 10.0;
        let y = 0.62 + 0.38 * depth * depth;
        canvas.stroke(
            &[(0.0, y), (1.0, y)],
            (0.0015 + 0.003 * depth, 0.0015 + 0.003 * depth),
            line,
            0.35 + 0.5 * depth,
        );
    }
    for column in -9..=9 {
        let far = 0.5 + column as f32 * 0.06;
        let near = 0.5 + column as f32 * 0.24;
        canvas.stroke(&[(far, 0.62), (near, 1.0)], (0.0015, 0.0045), line, 0.7);
    }
    // The flock flies in a V.
    for bird in -3_i32..=3 {
        let away = bird.abs() as f32;
        canvas.bird(
            (0.5 + bird as f32 * 0.062, 0.19 + away * 0.038),
            0.028,
            0.55,
            rgb(0x0d0524),
        );
    }
}

fn coast_road(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[
        (0.0, rgb(0x071a2e)),
        (0.4, rgb(0x13456b)),
        (0.62, rgb(0x4fa3a5)),
        (1.0, rgb(0x0b2036)),
    ]);
    for _ in 0..70 {
        canvas.disc(
            (random.unit(), random.unit() * 0.4),
            random.between(0.001, 0.003),
            rgb(0xf2f7ff),
            0.8,
        );
    }
    canvas.glow((0.7, 0.24), 0.3, rgb(0xfff2d0), 0.5);
    canvas.disc((0.7, 0.24), 0.075, rgb(0xfff6df), 1.0);
    canvas.ridge(
        |x| 0.56 - 0.07 * ((x * 1.3 + 0.1) * TAU).sin().max(-0.4),
        rgb(0x1f5d78),
        rgb(0x153f58),
        1.0,
    );
    canvas.ridge(|_| 0.62, rgb(0x2c8490), rgb(0x0c2c45), 1.0);
    for line in 0..22 {
        let y = 0.63 + line as f32 * 0.013;
        let half = random.between(0.015, 0.075) * (1.0 + line as f32 * 0.03);
        let x = 0.7 + random.signed() * 0.03;
        canvas.stroke(
            &[(x - half, y), (x + half, y)],
            (0.004, 0.004),
            rgb(0xfff2d0),
            0.55,
        );
    }
    canvas.ridge(
        |x| 0.5 + 0.62 * x + 0.02 * (x * 19.0).sin(),
        rgb(0x0d2233),
        rgb(0x050d17),
        1.0,
    );
    let road: Vec<Point> = (0..=40)
        .map(|step| {
            let t = step as f32 / 40.0;
            (0.02 + 0.4 * t + 0.06 * (t * 5.0).sin(), 0.6 + 0.42 * t)
        })
        .collect();
    canvas.stroke(&road, (0.012, 0.12), rgb(0x27394a), 1.0);
    for dash in road.chunks(4).filter(|dash| dash.len() >= 2) {
        let width = 0.003 + (dash[0].1 - 0.6) * 0.02;
        canvas.stroke(&dash[..2], (width, width), rgb(0xf6c667), 0.95);
    }
    for lamp in [7, 15, 22, 28] {
        let (x, y) = road[lamp];
        canvas.glow((x, y), 0.08, rgb(0xffb45a), 0.7);
        canvas.disc((x, y), 0.007, rgb(0xffe2b0), 1.0);
    }
    canvas.bird((0.36, 0.3), 0.055, 0.5, rgb(0x06121f));
    canvas.bird((0.46, 0.37), 0.035, 0.55, rgb(0x06121f));
}

/// Cells along a side of the pixel picture.
const PIXELS: i32 = 32;

fn pixel_egg(canvas: &mut Canvas, random: &mut Random) {
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

fn sound_rings(canvas: &mut Canvas) {
    canvas.sky(&[(0.0, rgb(0x16261c)), (1.0, rgb(0x0c1510))]);
    let tones = [rgb(0x2f7d4a), rgb(0xe0b83a), rgb(0xc9472f)];
    let centre = (0.5, 0.62);
    canvas.glow(centre, 0.75, rgb(0x3f6b45), 0.5);
    for number in (0..15).rev() {
        let radius = 0.1 + number as f32 * 0.052;
        let tone = tones[number % 3];
        let alpha = 0.95 - number as f32 * 0.055;
        canvas.ring(
            centre,
            radius,
            0.026 - number as f32 * 0.0011,
            tone,
            alpha.max(0.1),
        );
    }
    canvas.disc(centre, 0.085, rgb(0x10180f), 1.0);
    canvas.ring(centre, 0.06, 0.006, rgb(0xe0b83a), 0.9);
    canvas.disc(centre, 0.018, rgb(0xe0b83a), 1.0);
    canvas.ridge(
        |x| 0.86 + 0.03 * (x * 9.0).sin() + 0.012 * (x * 31.0).sin(),
        rgb(0x2c4a2a),
        rgb(0x14240f),
        1.0,
    );
    canvas.ridge(
        |x| 0.92 + 0.02 * (x * 13.0 + 2.0).sin(),
        rgb(0x1d3319),
        rgb(0x0a1407),
        1.0,
    );
    for (x, y, span) in [(0.22, 0.2, 0.06), (0.34, 0.13, 0.045), (0.75, 0.23, 0.05)] {
        canvas.bird((x, y), span, 0.5, rgb(0x060b06));
    }
}

fn campfire(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[
        (0.0, rgb(0x10202e)),
        (0.5, rgb(0x28485a)),
        (0.75, rgb(0x8a5a44)),
        (1.0, rgb(0x2a1a14)),
    ]);
    for _ in 0..60 {
        canvas.disc(
            (random.unit(), random.unit() * 0.5),
            random.between(0.001, 0.003),
            rgb(0xf8ead0),
            0.75,
        );
    }
    for (layer, (base, tone)) in [
        (0.66, rgb(0x24414c)),
        (0.73, rgb(0x193039)),
        (0.82, rgb(0x0f2026)),
    ]
    .into_iter()
    .enumerate()
    {
        let count = 11 - layer * 2;
        for tree in 0..count {
            let x = (tree as f32 + random.between(0.1, 0.9)) / count as f32;
            if layer == 2 && (x - 0.5).abs() < 0.2 {
                continue;
            }
            let height = random.between(0.16, 0.27) * (1.0 + layer as f32 * 0.45);
            pine(canvas, (x, base), height, tone);
        }
        canvas.ridge(
            |x| base - 0.012 + 0.012 * (x * 8.0 + layer as f32).sin(),
            tone,
            tone,
            1.0,
        );
    }
    let fire = (0.5, 0.83);
    canvas.glow((fire.0, fire.1 - 0.04), 0.42, rgb(0xff9a3d), 0.75);
    for (height, width, tone) in [
        (0.2, 0.075, rgb(0xd9481c)),
        (0.15, 0.055, rgb(0xf58a24)),
        (0.095, 0.035, rgb(0xffd75e)),
    ] {
        let flame: Vec<Point> = (0..=14)
            .map(|step| {
                let t = step as f32 / 14.0;
                (fire.0 + 0.02 * (t * 6.0).sin() * t, fire.1 - height * t)
            })
            .collect();
        canvas.stroke(&flame, (width * 2.0, 0.004), tone, 1.0);
    }
    for (a, b) in [((0.4, 0.875), (0.6, 0.84)), ((0.4, 0.84), (0.6, 0.875))] {
        canvas.stroke(&[a, b], (0.03, 0.026), rgb(0x3a2013), 1.0);
    }
    for _ in 0..34 {
        let rise = random.unit();
        let x = fire.0 + random.signed() * (0.03 + 0.16 * rise);
        canvas.disc(
            (x, fire.1 - 0.12 - rise * 0.5),
            random.between(0.0015, 0.0042),
            rgb(0xffc070),
            1.0 - rise * 0.7,
        );
    }
    canvas.bird((0.68, 0.24), 0.05, 0.5, rgb(0x0a141b));
}

fn pine(canvas: &mut Canvas, foot: Point, height: f32, tone: Colour) {
    for tier in 0..4 {
        let top = foot.1 - height + height * 0.2 * tier as f32;
        let half = height * (0.1 + 0.065 * tier as f32);
        let bottom = top + height * 0.42;
        canvas.shape(
            &[(foot.0, top), (foot.0 + half, bottom), (foot.0 - half, bottom)],
            tone,
            1.0,
        );
    }
}

fn cradle_moon(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[(0.0, rgb(0x232a5c)), (0.6, rgb(0x5a5a9c)), (1.0, rgb(0xc39bb8))]);
    for _ in 0..90 {
        let centre = (random.unit(), random.unit() * 0.8);
        canvas.disc(
            centre,
            random.between(0.001, 0.0035),
            rgb(0xfff4d6),
            random.between(0.3, 0.9),
        );
    }
    for (x, y) in [(0.2, 0.22), (0.8, 0.16), (0.86, 0.45), (0.13, 0.5)] {
        canvas.glow((x, y), 0.05, rgb(0xfff4d6), 0.7);
        canvas.stroke(
            &[(x - 0.018, y), (x + 0.018, y)],
            (0.003, 0.003),
            rgb(0xfff9e8),
            0.9,
        );
        canvas.stroke(
            &[(x, y - 0.018), (x, y + 0.018)],
            (0.003, 0.003),
            rgb(0xfff9e8),
            0.9,
        );
    }
    canvas.glow((0.5, 0.4), 0.5, rgb(0xfff1c9), 0.45);
    // A crescent that lies on its back: strokes along an arc, thick in the middle.
    let arc: Vec<Point> = (0..=40)
        .map(|step| {
            let angle = PI * (0.04 + 0.92 * step as f32 / 40.0);
            (0.5 + angle.cos() * 0.27, 0.35 + angle.sin() * 0.27)
        })
        .collect();
    let middle = arc.len() / 2;
    let rising: Vec<Point> = arc[..=middle].to_vec();
    let falling: Vec<Point> = arc[middle..].to_vec();
    canvas.stroke(&rising, (0.004, 0.13), rgb(0xfbe7b2), 1.0);
    canvas.stroke(&falling, (0.13, 0.004), rgb(0xfbe7b2), 1.0);
    canvas.nest(
        (0.5, 0.535),
        0.24,
        &[rgb(0x7a5a48), rgb(0x9a7558), rgb(0x5b4038)],
        random,
    );
    for (x, tilt, tone) in [
        (0.455, -0.25, 0xbfe3e6),
        (0.5, 0.05, 0xd6eef0),
        (0.548, 0.3, 0xb1d8de),
    ] {
        canvas.egg((x, 0.515), 0.075, rgb(tone), rgb(0x6c9cb0), tilt);
    }
    canvas.nest(
        (0.5, 0.55),
        0.23,
        &[rgb(0x8a6650), rgb(0xa98464), rgb(0x66483c)],
        random,
    );
    for (y, tone) in [
        (0.82, rgb(0xe3bfcf)),
        (0.88, rgb(0xefd3d9)),
        (0.94, rgb(0xf8e6e4)),
    ] {
        canvas.ridge(|x| y + 0.022 * ((x * 1.6 + y * 7.0) * TAU).sin(), tone, tone, 0.7);
    }
}

fn birches(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[(0.0, rgb(0xb9c9d6)), (0.6, rgb(0xdde5ea)), (1.0, rgb(0xf6f7f8))]);
    canvas.glow((0.64, 0.34), 0.4, rgb(0xfff3e0), 0.8);
    canvas.disc((0.64, 0.34), 0.085, rgb(0xfffaf0), 0.95);
    canvas.ridge(
        |x| 0.66 - 0.05 * (x * 4.0 + 1.0).sin(),
        rgb(0xc2ced8),
        rgb(0xe6ebef),
        1.0,
    );
    let ink = rgb(0x3a444d);
    for (depth, count) in [(0.45, 6), (0.75, 4), (1.0, 3)] {
        for tree in 0..count {
            let x = (tree as f32 + random.between(0.15, 0.85)) / count as f32;
            let width = 0.012 + 0.03 * depth;
            let tone = blend(rgb(0xd2dae0), rgb(0xf7f5f0), depth);
            let lean = random.signed() * 0.03;
            canvas.stroke(
                &[(x + lean, -0.05), (x, 0.7 + 0.22 * depth)],
                (width * 0.7, width),
                tone,
                1.0,
            );
            canvas.stroke(
                &[
                    (x + lean + width * 0.32, -0.05),
                    (x + width * 0.36, 0.69 + 0.22 * depth),
                ],
                (width * 0.15, width * 0.25),
                blend(tone, ink, 0.28),
                0.8,
            );
            for _ in 0..12 {
                let y = random.between(0.0, 0.65 + 0.2 * depth);
                let side = random.signed() * width * 0.3;
                let half = random.between(0.1, 0.3) * width;
                let near = x + lean * (1.0 - y / 0.8) + side;
                canvas.stroke(
                    &[(near - half, y), (near + half, y + 0.002)],
                    (0.005 * depth, 0.002),
                    ink,
                    depth,
                );
            }
        }
    }
    canvas.ridge(
        |x| 0.86 + 0.025 * (x * 5.0).sin(),
        rgb(0xf2f5f7),
        rgb(0xffffff),
        1.0,
    );
    for print in 0..7 {
        let t = print as f32 / 7.0;
        canvas.disc(
            (0.4 + t * 0.16, 0.98 - t * 0.1),
            0.006 - t * 0.003,
            rgb(0x9fb0bd),
            0.9,
        );
    }
    canvas.bird((0.3, 0.27), 0.05, 0.55, ink);
    for _ in 0..170 {
        let soft = random.unit();
        canvas.disc(
            (random.unit(), random.unit()),
            0.0015 + 0.005 * soft,
            rgb(0xffffff),
            0.9 - 0.4 * soft,
        );
    }
}

fn thermals(canvas: &mut Canvas) {
    canvas.sky(&[
        (0.0, rgb(0x2b5c8a)),
        (0.45, rgb(0x86b7c9)),
        (0.75, rgb(0xf3d9b4)),
        (1.0, rgb(0xeaa77f)),
    ]);
    canvas.glow((0.3, 0.78), 0.6, rgb(0xfff0cf), 0.8);
    for turn in 0..13 {
        let t = turn as f32 / 12.0;
        let points: Vec<Point> = (0..=60)
            .map(|step| {
                let s = step as f32 / 60.0;
                let x = s * 1.2 - 0.1;
                (
                    x,
                    0.92 - t * 0.85 - 0.16 * (s * PI * 1.1 + t * 1.4).sin() * (1.0 - 0.55 * t),
                )
            })
            .collect();
        let tone = blend(rgb(0xffffff), rgb(0xf6b38b), t * 0.5);
        canvas.stroke(&points, (0.002 + 0.016 * t, 0.024 - 0.018 * t), tone, 0.28);
    }
    let hawk = rgb(0x1b2f45);
    canvas.bird((0.6, 0.33), 0.155, 0.34, hawk);
    canvas.stroke(&[(0.6, 0.315), (0.598, 0.375)], (0.034, 0.02), hawk, 1.0);
    canvas.shape(&[(0.598, 0.35), (0.626, 0.405), (0.57, 0.405)], hawk, 1.0);
    canvas.bird((0.27, 0.22), 0.03, 0.45, blend(hawk, rgb(0x86b7c9), 0.4));
    canvas.ridge(
        |x| 0.9 - 0.04 * (x * 3.3 + 0.6).sin(),
        rgb(0x9b6a5f),
        rgb(0x6d4650),
        0.85,
    );
    canvas.ridge(
        |x| 0.955 - 0.03 * (x * 4.7 + 2.0).sin(),
        rgb(0x5a3a48),
        rgb(0x3a2636),
        1.0,
    );
}

fn reeds(canvas: &mut Canvas, random: &mut Random) {
    canvas.sky(&[
        (0.0, rgb(0xf0d9a8)),
        (0.46, rgb(0xf2b98a)),
        (0.47, rgb(0x6f8f88)),
        (1.0, rgb(0x1f3d42)),
    ]);
    canvas.glow((0.36, 0.36), 0.4, rgb(0xfff6d8), 0.8);
    canvas.disc((0.36, 0.36), 0.1, rgb(0xfffbe8), 0.95);
    canvas.ridge(
        |x| if x > 2.0 { x } else { 0.47 },
        rgb(0x7fa199),
        rgb(0x1f3d42),
        1.0,
    );
    for line in 0..22 {
        let y = 0.485 + line as f32 * 0.014;
        let half = random.between(0.03, 0.12);
        let x = 0.36 + random.signed() * 0.025;
        canvas.stroke(
            &[(x - half, y), (x + half, y)],
            (0.004, 0.004),
            rgb(0xffeec4),
            0.5,
        );
    }
    for row in 0..9 {
        let y = 0.52 + row as f32 * 0.052;
        canvas.stroke(
            &wave(y, 0.004, 2.0 + row as f32 * 0.2, row as f32 * 0.37),
            (0.002, 0.002),
            rgb(0xdcefe6),
            0.25,
        );
    }
    for reed in 0..46 {
        let near = reed as f32 / 46.0;
        let x = if random.chance(0.72) {
            random.between(0.5, 1.05)
        } else {
            random.between(-0.05, 0.3)
        };
        let height = random.between(0.3, 0.75) * (0.6 + 0.4 * near);
        let bend = random.between(-0.2, -0.03);
        let points: Vec<Point> = (0..=16)
            .map(|step| {
                let t = step as f32 / 16.0;
                (x + bend * t * t, 1.02 - height * t)
            })
            .collect();
        let tone = blend(rgb(0x5f7a4a), rgb(0x17292a), near);
        canvas.stroke(&points, (0.011, 0.0025), tone, 1.0);
        if random.chance(0.35) {
            let (a, b) = (points[13], points[16]);
            canvas.stroke(
                &[a, b],
                (0.022, 0.014),
                blend(rgb(0x7a4f30), rgb(0x33221a), near),
                1.0,
            );
        }
    }
    canvas.bird((0.62, 0.17), 0.042, 0.5, rgb(0x4a3a34));
    canvas.bird((0.7, 0.13), 0.03, 0.55, rgb(0x4a3a34));
}

fn city_windows(canvas: &mut Canvas, random: &mut Random) {
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
