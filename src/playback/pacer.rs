//! Keeps a player of local files where the nest is: small differences are mended by the rate, large ones by a jump.
//!
//! A jump lands late. An `<audio>` says `seeked` as soon as it has the data, but its position stands still until decoder
//! and sound device are filled again: 100 to 130 ms in Chromium, much the same each time on one device. So the pacer waits
//! until the position moves, sees how far off it landed, and aims so much further with the next jump.

/// Below this difference two devices in one room sound like one.
pub const IN_SYNC_MS: f64 = 25.0;
/// Beyond it, a rate change would take too long to mend the difference.
const JUMP_BEYOND_MS: f64 = 400.0;
/// When the sound has only just begun, or jumped, nobody minds one more jump, while mending this much by the rate would
/// take seconds.
const JUMP_AT_FIRST_BEYOND_MS: f64 = 50.0;
/// At the beginning: one to where the nest is by the time the data is there, one that knows how late the first landed,
/// and one if the machine stumbled meanwhile.
const JUMPS_AT_FIRST: u8 = 3;
/// After a jump in mid-song.
const JUMPS_AFTER_A_JUMP: u8 = 1;
/// Between two jumps that no beginning excuses: more would be worse to hear than being behind.
const JUMP_PAUSE_MS: f64 = 1_500.0;
/// No device takes longer to sound; what does is a line that is waited for, and says nothing about the next jump.
const MAX_LEAD_MS: f64 = 500.0;

/// Played at most this much faster or slower: within 4 % nobody hears it.
const MAX_RATE_CHANGE: f64 = 0.04;
/// From this difference on the rate changes in full: 100 ms are mended in two and a half seconds.
const FULL_RATE_AT_MS: f64 = 50.0;

/// Two readings of the position, at least so far apart, show whether it moves: browsers step it by up to 40 ms.
const READINGS_APART_MS: f64 = 200.0;
/// It moves when it went this far of the time between the readings, or further.
const MOVES_FROM: f64 = 0.75;
/// A position that doesn't move steadily for so long won't soon: then what it says has to do.
const LANDS_WITHIN_MS: f64 = 2_000.0;

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// The sound is about to come: what the position says now means nothing.
    Wait,
    /// Play at this rate.
    Rate(f64),
    /// Go to this position, in milliseconds.
    Jump(f64),
}

#[derive(Clone, Copy, Debug, Default)]
enum Phase {
    /// The player was asked to play; its sound has just come, or is about to.
    #[default]
    Beginning,
    /// It has no sound yet.
    Landing {
        since: f64,
        jumped: bool,
        reading: Option<Reading>,
    },
    Running,
}

/// The position at a moment, both in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Reading {
    at: f64,
    position: f64,
}

/// Of one player. Times are those of any steady clock, in milliseconds.
#[derive(Clone, Debug)]
pub struct Pacer {
    phase: Phase,
    lead_ms: f64,
    jumps_left: u8,
    jumped_at: f64,
}

impl Pacer {
    /// `lead_ms` is what an earlier one on this device had learned, or 0.
    pub fn new(lead_ms: f64) -> Self {
        Self {
            phase: Phase::Beginning,
            lead_ms: if lead_ms.is_finite() {
                lead_ms.clamp(0.0, MAX_LEAD_MS)
            } else {
                0.0
            },
            jumps_left: JUMPS_AT_FIRST,
            jumped_at: f64::NEG_INFINITY,
        }
    }

    /// So far ahead of the clock a jump aims.
    pub fn lead_ms(&self) -> f64 {
        self.lead_ms
    }

    /// The player was told to play: another song, or again after a rest.
    pub fn begin(&mut self) {
        *self = Self::new(self.lead_ms);
    }

    /// What a player does at `position_ms` while the nest is at `target_ms`. Ask several times a second, while there is
    /// data to play.
    pub fn pace(&mut self, now: f64, position_ms: f64, target_ms: f64) -> Pace {
        let drift_ms = position_ms - target_ms;
        match self.phase {
            Phase::Beginning => {
                // By the time it sounds the nest will be further, by about as much as a jump takes.
                if (drift_ms - self.lead_ms).abs() > JUMP_AT_FIRST_BEYOND_MS {
                    self.jumps_left -= 1;
                    return self.jump(now, target_ms);
                }
                self.land(now, false);
                return Pace::Wait;
            }
            Phase::Landing {
                since,
                jumped,
                reading,
            } => {
                let (moves, reading) = moved(
                    reading,
                    Reading {
                        at: now,
                        position: position_ms,
                    },
                );
                if !moves && now - since < LANDS_WITHIN_MS {
                    self.phase = Phase::Landing {
                        since,
                        jumped,
                        reading,
                    };
                    return Pace::Wait;
                }
                if moves && jumped {
                    self.lead_ms = (self.lead_ms - drift_ms).clamp(0.0, MAX_LEAD_MS);
                }
                self.phase = Phase::Running;
            }
            Phase::Running => {}
        }
        self.choose(now, drift_ms, target_ms)
    }

    fn choose(&mut self, now: f64, drift_ms: f64, target_ms: f64) -> Pace {
        let distance = drift_ms.abs();
        if distance > JUMP_AT_FIRST_BEYOND_MS && self.jumps_left > 0 {
            self.jumps_left -= 1;
            return self.jump(now, target_ms);
        }
        if distance > JUMP_BEYOND_MS && now - self.jumped_at >= JUMP_PAUSE_MS {
            self.jumps_left = JUMPS_AFTER_A_JUMP;
            return self.jump(now, target_ms);
        }
        // The beginning is over. A change of the rate itself moves the position a little, which is no reason to jump again.
        self.jumps_left = 0;
        if distance <= IN_SYNC_MS {
            return Pace::Rate(1.0);
        }
        let strength = (distance / FULL_RATE_AT_MS).min(1.0) * MAX_RATE_CHANGE;
        Pace::Rate(1.0 - strength.copysign(drift_ms))
    }

    fn jump(&mut self, now: f64, target_ms: f64) -> Pace {
        self.jumped_at = now;
        self.land(now, true);
        Pace::Jump(target_ms + self.lead_ms)
    }

    fn land(&mut self, since: f64, jumped: bool) {
        self.phase = Phase::Landing {
            since,
            jumped,
            reading: None,
        };
    }
}

/// Whether the position moves as time does, and the reading to compare the next one with.
fn moved(before: Option<Reading>, now: Reading) -> (bool, Option<Reading>) {
    let Some(before) = before else {
        return (false, Some(now));
    };
    let passed = now.at - before.at;
    if passed < READINGS_APART_MS {
        return (false, Some(before));
    }
    let went = (now.position - before.position) / passed;
    ((MOVES_FROM..=2.0 - MOVES_FROM).contains(&went), Some(now))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How often a browser tells its position while it plays.
    const LOOK_EVERY_MS: f64 = 250.0;

    /// A player as browsers have them: told to jump, it stands still for a while and then runs at its rate.
    struct Device {
        now: f64,
        position: f64,
        rate: f64,
        stands_until: f64,
        /// How long it stands still after a jump.
        lag: f64,
        jumps: usize,
    }

    impl Device {
        fn that_starts_after(start: f64, lag: f64) -> Self {
            Self {
                now: 0.0,
                position: 0.0,
                rate: 1.0,
                stands_until: start,
                lag,
                jumps: 0,
            }
        }

        /// Lets `ms` go by, and obeys what the pacer then says. The nest is at `ahead` and the time that went by.
        fn run(&mut self, pacer: &mut Pacer, ms: f64, ahead: f64) -> Pace {
            let moves = (self.now + ms - self.stands_until).clamp(0.0, ms);
            self.now += ms;
            self.position += moves * self.rate;
            let pace = pacer.pace(self.now, self.position, ahead + self.now);
            match pace {
                Pace::Wait => {}
                Pace::Rate(rate) => self.rate = rate,
                Pace::Jump(position) => {
                    self.jumps += 1;
                    self.rate = 1.0;
                    self.position = position;
                    self.stands_until = self.now + self.lag;
                }
            }
            pace
        }

        fn drift(&self, ahead: f64) -> f64 {
            self.position - (ahead + self.now)
        }

        /// Looks every `LOOK_EVERY_MS` until in sync; how long that took.
        fn until_in_sync(&mut self, pacer: &mut Pacer, ahead: f64) -> f64 {
            let began = self.now;
            while self.run(pacer, LOOK_EVERY_MS, ahead) != Pace::Rate(1.0) {
                assert!(self.now - began < 20_000.0, "still {} ms off", self.drift(ahead));
            }
            self.now - began
        }
    }

    #[test]
    fn a_jump_lands_late_once_and_the_next_one_aims_so_much_further() {
        let mut pacer = Pacer::new(0.0);
        let mut device = Device::that_starts_after(150.0, 120.0);
        let took = device.until_in_sync(&mut pacer, 30_000.0);
        assert!(took <= 2_000.0, "{took} ms");
        assert_eq!(device.jumps, 2, "one to learn, one that knows");
        assert!(device.drift(30_000.0).abs() < 1.0);
        assert!((pacer.lead_ms() - 120.0).abs() < 1.0, "{}", pacer.lead_ms());

        pacer.begin();
        let mut device = Device::that_starts_after(150.0, 120.0);
        assert!(device.until_in_sync(&mut pacer, 60_000.0) <= 1_250.0);
        assert_eq!(device.jumps, 1, "the next song, or the next visit, needs one");
        assert_eq!(Pacer::new(pacer.lead_ms()).lead_ms(), pacer.lead_ms());
    }

    #[test]
    fn a_position_that_stands_still_is_not_in_sync_however_near_it_is() {
        let mut pacer = Pacer::new(0.0);
        let mut device = Device::that_starts_after(600.0, 100.0);
        assert_eq!(device.run(&mut pacer, 10.0, 0.0), Pace::Wait);
        assert_eq!(device.run(&mut pacer, 10.0, 0.0), Pace::Wait);
        assert_eq!(device.run(&mut pacer, 250.0, 0.0), Pace::Wait);
    }

    #[test]
    fn a_song_that_begins_where_the_nest_is_plays_without_a_jump() {
        let mut pacer = Pacer::new(120.0);
        let mut device = Device::that_starts_after(130.0, 120.0);
        device.position = pacer.lead_ms();
        assert_eq!(device.run(&mut pacer, 20.0, 0.0), Pace::Wait);
        device.until_in_sync(&mut pacer, 0.0);
        assert_eq!(device.jumps, 0);
    }

    #[test]
    fn small_drift_is_mended_by_rate_and_large_drift_by_a_jump() {
        let mut pacer = Pacer::new(0.0);
        let mut device = Device::that_starts_after(0.0, 0.0);
        device.until_in_sync(&mut pacer, 0.0);
        assert_eq!(device.jumps, 0);
        device.position += 100.0;
        assert!(
            matches!(device.run(&mut pacer, 250.0, 0.0), Pace::Rate(r) if (0.96..1.0).contains(&r)),
            "ahead: slower"
        );
        device.position -= 200.0;
        assert!(
            matches!(device.run(&mut pacer, 250.0, 0.0), Pace::Rate(r) if (1.0..=1.04).contains(&r)),
            "behind: faster"
        );
        device.position -= 1_000.0;
        assert!(matches!(device.run(&mut pacer, 250.0, 0.0), Pace::Jump(_)));
    }

    #[test]
    fn a_change_of_the_rate_that_moves_the_position_is_no_reason_to_jump() {
        let mut pacer = Pacer::new(0.0);
        let mut device = Device::that_starts_after(0.0, 100.0);
        device.position = -40.0;
        while device.run(&mut pacer, LOOK_EVERY_MS, 0.0) == Pace::Wait {}
        assert!(device.rate > 1.0);
        device.position -= 20.0; // as in Chromium
        device.until_in_sync(&mut pacer, 0.0);
        assert_eq!(device.jumps, 0);
    }

    #[test]
    fn a_player_that_never_keeps_up_is_not_jumped_all_the_time() {
        let mut pacer = Pacer::new(0.0);
        let mut device = Device::that_starts_after(0.0, 100.0);
        for _ in 0..240 {
            device.run(&mut pacer, LOOK_EVERY_MS, 0.0);
            device.position -= 125.0; // it plays at half the speed
        }
        assert!(
            (5..=60).contains(&device.jumps),
            "{} jumps in a minute",
            device.jumps
        );
    }

    proptest! {
        #[test]
        fn every_device_is_in_sync_within_seconds_and_stays(
            start in 0.0..1_500.0f64,
            lag in 0.0..450.0f64,
            remembered in 0.0..500.0f64,
            ahead in 0.0..120_000.0f64,
        ) {
            let mut pacer = Pacer::new(remembered);
            let mut device = Device::that_starts_after(start, lag);
            let took = device.until_in_sync(&mut pacer, ahead);
            prop_assert!(took <= start + 5_000.0, "{took} ms");
            prop_assert!(device.jumps <= usize::from(JUMPS_AT_FIRST));
            let jumps = device.jumps;
            for _ in 0..40 {
                device.run(&mut pacer, LOOK_EVERY_MS, ahead);
                prop_assert!(device.drift(ahead).abs() <= IN_SYNC_MS + 1.0, "{}", device.drift(ahead));
            }
            prop_assert_eq!(device.jumps, jumps, "no jump once it plays along");
        }
    }
}
