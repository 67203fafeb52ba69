//! Dice, from the operating system's secure source. Rules take the rolls as arguments.

/// Fills `bytes`. The kernel's source does not fail once the machine is up; where it would, no code or session could be
/// safe, so the process ends.
#[expect(
    clippy::panic,
    reason = "no secure randomness means no safe session; there is nothing to go on with"
)]
pub(crate) fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        panic!("the operating system gives no secure random numbers: {error}");
    }
}

pub(crate) fn roll() -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
