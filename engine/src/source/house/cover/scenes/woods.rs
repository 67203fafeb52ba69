//! The woods: fire, snow, reeds, and rings of sound over moss.

use super::super::super::random::Random;
use super::super::canvas::{Canvas, Colour, Point, blend, rgb};
use super::skies::wave;

pub fn campfire(canvas: &mut Canvas, random: &mut Random) {
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

pub fn birches(canvas: &mut Canvas, random: &mut Random) {
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

pub fn reeds(canvas: &mut Canvas, random: &mut Random) {
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

pub fn sound_rings(canvas: &mut Canvas) {
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
