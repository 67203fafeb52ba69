//! The collection's own dice: splitmix64, so that every installation composes the very same music.
//!
//! Owns nothing but one number. It must never be seeded from the clock or the operating system, and it is no
//! source of secrets.

/// A small deterministic generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// An independent stream, so that adding a note to one part never changes the dice of another.
    pub fn stream(seed: u64, name: &str) -> Self {
        let mut mixed = Self(seed);
        for byte in name.bytes() {
            mixed.0 ^= u64::from(byte);
            mixed.0 = mixed.next_u64();
        }
        mixed
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `0.0..1.0`.
    pub fn unit(&mut self) -> f32 {
        // The upper 24 bits fill an f32's mantissa exactly.
        (self.next_u64() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// Uniform in `-1.0..1.0`: white noise, when called per sample.
    pub fn signed(&mut self) -> f32 {
        self.unit() * 2.0 - 1.0
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Uniform in `0..count`; `count` of zero counts as one.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next_u64() % count.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_dice_and_streams_differ() {
        let draw = |mut random: Random| (0..8).map(|_| random.next_u64()).collect::<Vec<_>>();
        assert_eq!(draw(Random::stream(7, "bass")), draw(Random::stream(7, "bass")));
        assert_ne!(draw(Random::stream(7, "bass")), draw(Random::stream(7, "keys")));
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut random = Random::new(1);
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&random.unit()));
            assert!((-1.0..1.0).contains(&random.signed()));
            assert!(random.below(3) < 3);
        }
    }
}
