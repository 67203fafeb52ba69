//! How often one address may sign in: enough for an office behind one router, too little for a flood of made-up people.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Sign-ins per address and [`WINDOW`].
const MOST: u32 = 20;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered at once, about 64 bytes each: 640 kB. A flood from more of them waits for the next window.
const MOST_ADDRESSES: usize = 10_000;

#[derive(Default)]
pub struct SignInPace {
    /// By address: when its window began, and how often it signed in since.
    windows: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

/// Too often; seconds until it may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub u32);

impl SignInPace {
    /// Counts one attempt from `address`.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub fn admit(&self, address: IpAddr, now: Instant) -> Result<(), Wait> {
        let address = household(address);
        let mut windows = self
            .windows
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if windows.len() >= MOST_ADDRESSES && !windows.contains_key(&address) {
            windows.retain(|_, (began, _)| now.duration_since(*began) < WINDOW);
            if windows.len() >= MOST_ADDRESSES {
                return Err(Wait(WINDOW.as_secs() as u32));
            }
        }
        let (began, count) = windows.entry(address).or_insert((now, 0));
        let age = now.duration_since(*began);
        if age >= WINDOW {
            (*began, *count) = (now, 0);
        } else if *count >= MOST {
            return Err(Wait((WINDOW - age).as_secs() as u32 + 1));
        }
        *count += 1;
        Ok(())
    }
}

/// An IPv6 household has a whole /64 to itself; it counts as one address.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from(u128::from(v6) & (u128::MAX << 64)).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    #[test]
    fn twenty_may_come_in_within_a_minute_and_the_next_one_waits_for_the_next() {
        let (pace, start) = (SignInPace::default(), Instant::now());
        for _ in 0..MOST {
            assert_eq!(pace.admit(v4(1), start), Ok(()));
        }
        assert_eq!(pace.admit(v4(1), start + Duration::from_secs(20)), Err(Wait(41)));
        assert_eq!(pace.admit(v4(2), start), Ok(()), "somebody else");
        assert_eq!(pace.admit(v4(1), start + WINDOW), Ok(()));
    }

    #[test]
    fn a_household_cannot_hide_behind_its_many_addresses() {
        let (pace, start) = (SignInPace::default(), Instant::now());
        let address = |last: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        let admitted = (0..100)
            .filter(|n| pace.admit(address(*n), start).is_ok())
            .count();
        assert_eq!(admitted, MOST as usize);
    }

    #[test]
    fn the_memory_of_addresses_is_bounded_and_old_ones_make_room() {
        let (pace, start) = (SignInPace::default(), Instant::now());
        let admitted = (0..MOST_ADDRESSES as u32 + 50)
            .filter(|n| pace.admit(v4(*n), start).is_ok())
            .count();
        assert_eq!(admitted, MOST_ADDRESSES);
        assert_eq!(pace.admit(v4(u32::MAX), start + WINDOW), Ok(()));
    }
}
