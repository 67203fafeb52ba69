//! How long to wait before the next attempt to reconnect.

/// The first wait, in milliseconds: a restart of the server is over in less than the first few.
const FIRST_MS: u32 = 250;
const LONGEST_MS: u32 = 8_000;

/// Doubles with each failure, up to eight seconds; `roll` (0 to 1) spreads a room full of browsers over half of it.
pub fn wait_ms(failures: u32, roll: f64) -> u32 {
    let longest = FIRST_MS.saturating_mul(1 << failures.min(16)).min(LONGEST_MS);
    let half = f64::from(longest) / 2.0;
    (half + half * roll.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_within_their_bounds() {
        assert_eq!((wait_ms(0, 0.0), wait_ms(0, 1.0)), (125, 250));
        assert_eq!((wait_ms(3, 0.0), wait_ms(3, 1.0)), (1000, 2000));
        for failures in 5..100 {
            assert_eq!(wait_ms(failures, 1.0), LONGEST_MS);
        }
    }
}
