//! The skies: sea, moon, thermals and neon, with birds in most of them.

use std::f32::consts::{PI, TAU};

use super::super::super::random::Random;
use super::super::canvas::{Canvas, Point, blend, rgb};

/// A wavy line as points from left to right.
pub fn wave(y: f32, height: f32, waves: f32, shift: f32) -> Vec<Point> {
    (0..=48)
        .map(|step| {
            let x = step as f32 / 48.0 * 1.1 - 0.05;
            (x, y + height * ((x * waves + shift) * TAU).sin())
        })
        .collect()
}

pub fn beach_sun(canvas: &mut Canvas) {
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

pub fn neon_grid(canvas: &mut Canvas, random: &mut Random) {
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

pub fn coast_road(canvas: &mut Canvas, random: &mut Random) {
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

pub fn cradle_moon(canvas: &mut Canvas, random: &mut Random) {
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

pub fn thermals(canvas: &mut Canvas) {
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
