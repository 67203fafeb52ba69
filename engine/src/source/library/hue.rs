//! The colour a cover is remembered by: its dominant hue in OKLCH, where equal angles look equally far apart.
//!
//! Pure: pixels in, degrees out. Lightness and strength are left to the theme.

/// Width of a histogram bin, in degrees.
const BIN_DEGREES: usize = 10;
const BINS: usize = 360 / BIN_DEGREES;

/// Below this mean chroma a picture is grey to the eye and has no colour of its own.
const GREY_CHROMA: f32 = 0.012;

/// The dominant hue of sRGB pixels in whole degrees, 0 to 359, or `None` for a grey picture. Colourful pixels count more.
pub(super) fn dominant_hue(pixels: impl Iterator<Item = [u8; 3]>) -> Option<u16> {
    let mut weight = [0.0_f32; BINS];
    let mut direction = [(0.0_f32, 0.0_f32); BINS];
    let (mut chroma_sum, mut count) = (0.0_f32, 0.0_f32);
    for pixel in pixels {
        let (a, b) = oklab_ab(pixel);
        let chroma = a.hypot(b);
        chroma_sum += chroma;
        count += 1.0;
        let bin = (b.atan2(a).to_degrees().rem_euclid(360.0) as usize / BIN_DEGREES) % BINS;
        // Chroma once as "how colourful", once more so that a vivid detail outweighs a muddy ground.
        weight[bin] += chroma * chroma;
        direction[bin].0 += a * chroma;
        direction[bin].1 += b * chroma;
    }
    if count == 0.0 || chroma_sum / count < GREY_CHROMA {
        return None;
    }
    let around = |bin: usize| [(bin + BINS - 1) % BINS, bin, (bin + 1) % BINS];
    let spread = |bin: usize| around(bin).iter().map(|&near| weight[near]).sum::<f32>();
    let peak = (0..BINS).max_by(|&one, &other| spread(one).total_cmp(&spread(other)))?;
    let (a, b) = around(peak).iter().fold((0.0, 0.0), |(a, b), &near| {
        (a + direction[near].0, b + direction[near].1)
    });
    Some(b.atan2(a).to_degrees().rem_euclid(360.0).round() as u16 % 360)
}

/// The colour plane of OKLab. The matrices are Björn Ottosson's (bottosson.github.io/posts/oklab).
fn oklab_ab([r, g, b]: [u8; 3]) -> (f32, f32) {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    (
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    )
}

fn linear(channel: u8) -> f32 {
    let value = f32::from(channel) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_colours_have_the_hue_that_css_gives_them() {
        // oklch() of red, lime and blue as browsers compute it.
        for (pixel, hue) in [([255, 0, 0], 29), ([0, 255, 0], 142), ([0, 0, 255], 264)] {
            assert_eq!(
                dominant_hue(std::iter::repeat_n(pixel, 50)),
                Some(hue),
                "{pixel:?}"
            );
        }
    }

    #[test]
    fn grey_pictures_have_no_hue() {
        let grey = (0..=255).map(|v| [v, v, v]);
        assert_eq!(dominant_hue(grey), None);
        assert_eq!(dominant_hue(std::iter::empty()), None);
    }

    #[test]
    fn a_vivid_detail_outweighs_a_muddy_ground() {
        let ground = std::iter::repeat_n([90, 92, 100], 800);
        let detail = std::iter::repeat_n([255, 90, 0], 200);
        let hue = dominant_hue(ground.chain(detail)).expect("a hue");
        assert!((30..70).contains(&hue), "{hue} should be orange");
    }

    #[test]
    fn reds_on_both_sides_of_zero_meet_in_the_middle() {
        let hue = dominant_hue([[255, 0, 80], [255, 0, 60]].into_iter().cycle().take(100)).expect("a hue");
        assert!(!(40..350).contains(&hue), "{hue}");
    }
}
