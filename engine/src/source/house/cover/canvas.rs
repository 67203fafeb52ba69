//! A small painter: gradients, discs, ridges, strokes and grain on a square of floating-point colours.
//!
//! Coordinates run from 0 to 1, x to the right and y down, so that a picture is the same at every size. Edges
//! are smoothed over one pixel.

use super::super::random::Random;

pub type Colour = [f32; 3];
pub type Point = (f32, f32);

/// `0xRRGGBB` as a colour.
pub const fn rgb(hex: u32) -> Colour {
    [
        ((hex >> 16) & 0xFF) as f32 / 255.0,
        ((hex >> 8) & 0xFF) as f32 / 255.0,
        (hex & 0xFF) as f32 / 255.0,
    ]
}

pub fn blend(a: Colour, b: Colour, share: f32) -> Colour {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|at| a[at] + (b[at] - a[at]) * share)
}

pub struct Canvas {
    size: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub fn new(size: usize) -> Self {
        Self {
            size,
            pixels: vec![[0.0; 3]; size * size],
        }
    }

    /// Rows of 8-bit RGB.
    pub fn into_rgb(self) -> Vec<u8> {
        self.pixels
            .into_iter()
            .flatten()
            .map(|part| (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
            .collect()
    }

    /// Visits the pixels of a box; `paint` answers colour and cover (0 to 1).
    fn paint(&mut self, from: Point, to: Point, paint: impl Fn(f32, f32) -> (Colour, f32)) {
        let size = self.size as f32;
        let first = |edge: f32| ((edge * size).floor().max(0.0) as usize).min(self.size);
        let last = |edge: f32| ((edge * size).ceil().max(0.0) as usize).min(self.size);
        let (columns, rows) = (first(from.0)..last(to.0), first(from.1)..last(to.1));
        for row in rows {
            let y = (row as f32 + 0.5) / size;
            for column in columns.clone() {
                let x = (column as f32 + 0.5) / size;
                let (colour, cover) = paint(x, y);
                if cover > 0.0 {
                    let pixel = &mut self.pixels[row * self.size + column];
                    *pixel = blend(*pixel, colour, cover);
                }
            }
        }
    }

    /// Fills everything from top to bottom through the given stops `(y, colour)`.
    pub fn sky(&mut self, stops: &[(f32, Colour)]) {
        self.paint((0.0, 0.0), (1.0, 1.0), |_, y| (gradient(stops, y), 1.0));
    }

    /// Soft light around a point, fading to nothing at `radius`.
    pub fn glow(&mut self, centre: Point, radius: f32, colour: Colour, strength: f32) {
        let (from, to) = around(centre, radius, radius);
        self.paint(from, to, |x, y| {
            let distance = ((x - centre.0).powi(2) + (y - centre.1).powi(2)).sqrt() / radius;
            let light = (1.0 - distance).max(0.0);
            (colour, strength * light * light)
        });
    }

    pub fn disc(&mut self, centre: Point, radius: f32, colour: Colour, alpha: f32) {
        self.ring(centre, radius / 2.0, radius, colour, alpha);
    }

    /// A ring whose middle line is at `radius`; as wide as `width`.
    pub fn ring(&mut self, centre: Point, radius: f32, width: f32, colour: Colour, alpha: f32) {
        let reach = radius + width;
        let (from, to) = around(centre, reach, reach);
        let size = self.size as f32;
        self.paint(from, to, |x, y| {
            let distance = ((x - centre.0).powi(2) + (y - centre.1).powi(2)).sqrt();
            let outside = (distance - radius).abs() - width / 2.0;
            (colour, alpha * (0.5 - outside * size).clamp(0.0, 1.0))
        });
    }

    /// A disc with a vertical gradient, cut by `cuts` of `(y, height)`.
    pub fn sun(&mut self, centre: Point, radius: f32, top: Colour, bottom: Colour, cuts: &[(f32, f32)]) {
        let (from, to) = around(centre, radius, radius);
        let size = self.size as f32;
        self.paint(from, to, |x, y| {
            let distance = ((x - centre.0).powi(2) + (y - centre.1).powi(2)).sqrt() - radius;
            let mut cover = (0.5 - distance * size).clamp(0.0, 1.0);
            for (cut, height) in cuts {
                cover = cover.min((((y - cut).abs() - height / 2.0) * size + 0.5).clamp(0.0, 1.0));
            }
            (
                blend(top, bottom, (y - centre.1 + radius) / (2.0 * radius)),
                cover,
            )
        });
    }

    /// An upright egg, lit from the upper left.
    pub fn egg(&mut self, centre: Point, height: f32, light: Colour, shade: Colour, tilt: f32) {
        let (sine, cosine) = tilt.sin_cos();
        let (from, to) = around(centre, height, height);
        let size = self.size as f32;
        self.paint(from, to, |x, y| {
            let (dx, dy) = (x - centre.0, y - centre.1);
            let (across, along) = (dx * cosine + dy * sine, dy * cosine - dx * sine);
            // Narrower at the top than at the bottom.
            let width = height * (0.36 + 0.09 * along / height);
            let radius = ((across / width).powi(2) + (along / (height * 0.5)).powi(2)).sqrt();
            let outside = (radius - 1.0) * width;
            let lit = ((dx + height * 0.16).powi(2) + (dy + height * 0.2).powi(2)).sqrt() / (height * 0.75);
            (
                blend(light, shade, lit * lit),
                (0.5 - outside * size).clamp(0.0, 1.0),
            )
        });
    }

    /// Fills everything below the line `y = line(x)`, from `top` colour at the line to `bottom` at the lower
    /// edge.
    pub fn ridge(&mut self, line: impl Fn(f32) -> f32, top: Colour, bottom: Colour, alpha: f32) {
        let heights: Vec<f32> = (0..self.size)
            .map(|x| line((x as f32 + 0.5) / self.size as f32))
            .collect();
        let size = self.size as f32;
        self.paint((0.0, 0.0), (1.0, 1.0), |x, y| {
            let edge = heights[((x * size) as usize).min(heights.len() - 1)];
            let depth = (y - edge) / (1.0 - edge).max(0.05);
            (
                blend(top, bottom, depth),
                alpha * ((y - edge) * size + 0.5).clamp(0.0, 1.0),
            )
        });
    }

    /// A rectangle.
    pub fn block(&mut self, from: Point, to: Point, colour: Colour, alpha: f32) {
        let size = self.size as f32;
        self.paint(from, to, |x, y| {
            let inside = (x - from.0).min(to.0 - x).min(y - from.1).min(to.1 - y);
            (colour, alpha * (inside * size + 0.5).clamp(0.0, 1.0))
        });
    }

    /// A line through points, with a width for each end. Painted in one go, so that a translucent line shows
    /// no joints.
    pub fn stroke(&mut self, points: &[Point], widths: (f32, f32), colour: Colour, alpha: f32) {
        let reach = widths.0.max(widths.1);
        let (mut from, mut to) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
        for point in points {
            from = (from.0.min(point.0 - reach), from.1.min(point.1 - reach));
            to = (to.0.max(point.0 + reach), to.1.max(point.1 + reach));
        }
        let pieces = points.len().saturating_sub(1).max(1) as f32;
        let size = self.size as f32;
        self.paint(from, to, |x, y| {
            let mut cover = 0.0_f32;
            for (number, pair) in points.windows(2).enumerate() {
                let (a, b) = (pair[0], pair[1]);
                if x < a.0.min(b.0) - reach || x > a.0.max(b.0) + reach {
                    continue;
                }
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let square = (dx * dx + dy * dy).max(1e-9);
                let along = (((x - a.0) * dx + (y - a.1) * dy) / square).clamp(0.0, 1.0);
                let distance = ((x - a.0 - along * dx).powi(2) + (y - a.1 - along * dy).powi(2)).sqrt();
                let half = (widths.0 + (widths.1 - widths.0) * (number as f32 + along) / pieces) / 2.0;
                cover = cover.max((0.5 - (distance - half) * size).clamp(0.0, 1.0));
            }
            (colour, alpha * cover)
        });
    }

    /// A filled polygon that bulges nowhere inward.
    pub fn shape(&mut self, corners: &[Point], colour: Colour, alpha: f32) {
        let low = |pick: fn(&Point) -> f32| corners.iter().map(pick).fold(f32::MAX, f32::min);
        let high = |pick: fn(&Point) -> f32| corners.iter().map(pick).fold(f32::MIN, f32::max);
        let from = (low(|p| p.0), low(|p| p.1));
        let to = (high(|p| p.0), high(|p| p.1));
        let area: f32 = (0..corners.len())
            .map(|at| {
                let (a, b) = (corners[at], corners[(at + 1) % corners.len()]);
                a.0 * b.1 - b.0 * a.1
            })
            .sum();
        let turn = area.signum();
        let size = self.size as f32;
        self.paint(from, to, |x, y| {
            let mut inside = f32::MAX;
            for at in 0..corners.len() {
                let (a, b) = (corners[at], corners[(at + 1) % corners.len()]);
                let length = ((b.0 - a.0).powi(2) + (b.1 - a.1).powi(2)).sqrt().max(1e-6);
                let distance = ((b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0)) / length * turn;
                inside = inside.min(distance);
            }
            (colour, alpha * (inside * size + 0.5).clamp(0.0, 1.0))
        });
    }

    /// A bird in flight, as the eye keeps it: two bent wings.
    pub fn bird(&mut self, centre: Point, span: f32, lift: f32, colour: Colour) {
        let wing = |side: f32| -> Vec<Point> {
            (0..=10)
                .map(|step| {
                    let t = step as f32 / 10.0;
                    let rise = (t * std::f32::consts::PI * 0.86).sin() * lift - t * t * lift * 0.25;
                    (centre.0 + side * t * span, centre.1 - rise * span)
                })
                .collect()
        };
        for side in [-1.0, 1.0] {
            self.stroke(&wing(side), (span * 0.17, span * 0.015), colour, 1.0);
        }
    }

    /// A nest seen from the side: a bowl of many twigs.
    pub fn nest(&mut self, centre: Point, width: f32, tones: &[Colour], random: &mut Random) {
        for twig in 0..90 {
            let depth = random.unit();
            let bow = width * (0.5 - 0.16 * depth) * random.between(0.9, 1.08);
            let drop = width * (0.06 + 0.24 * depth);
            let from = random.between(0.02, 0.35);
            let to = random.between(0.65, 0.98);
            let points: Vec<Point> = (0..=8)
                .map(|step| {
                    let t = from + (to - from) * step as f32 / 8.0;
                    let angle = t * std::f32::consts::PI;
                    (centre.0 - angle.cos() * bow, centre.1 + angle.sin() * drop)
                })
                .collect();
            let colour = tones[twig % tones.len()];
            self.stroke(&points, (width * 0.012, width * 0.006), colour, 0.95);
        }
    }

    /// Film grain, and a slight darkening of the corners.
    pub fn grain(&mut self, amount: f32, random: &mut Random) {
        let size = self.size;
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = (
                (at % size) as f32 / size as f32 - 0.5,
                (at / size) as f32 / size as f32 - 0.5,
            );
            let shade = 1.0 - 0.28 * (x * x + y * y);
            let speck = random.signed() * amount;
            *pixel = pixel.map(|part| part * shade + speck);
        }
    }
}

fn around(centre: Point, across: f32, down: f32) -> (Point, Point) {
    (
        (centre.0 - across, centre.1 - down),
        (centre.0 + across, centre.1 + down),
    )
}

fn gradient(stops: &[(f32, Colour)], at: f32) -> Colour {
    let Some(first) = stops.first() else {
        return [0.0; 3];
    };
    let mut before = *first;
    for stop in stops {
        if stop.0 >= at {
            let width = (stop.0 - before.0).max(1e-6);
            return blend(before.1, stop.1, (at - before.0) / width);
        }
        before = *stop;
    }
    before.1
}
