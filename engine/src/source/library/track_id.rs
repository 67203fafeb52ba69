//! A track's number: derived from where its file is, so that it survives restarts and rebuilt indexes.
//!
//! Moving or renaming a file makes it another track. Separators are always `/`, so that the numbers of a collection
//! are the same on every system.

use std::path::Path;

use sha2::{Digest, Sha256};

/// The number for the file at `relative`. Two paths with one number are next to impossible, yet the second then gets
/// another: `taken` tells which numbers other files hold.
pub(super) fn track_id(relative: &Path, taken: impl Fn(u64) -> bool) -> u64 {
    let mut attempt: u32 = 0;
    loop {
        let id = numbered(relative, attempt);
        if !taken(id) {
            return id;
        }
        attempt += 1;
    }
}

fn numbered(relative: &Path, attempt: u32) -> u64 {
    let mut hash = Sha256::new();
    for (i, part) in relative.iter().enumerate() {
        if i > 0 {
            hash.update(b"/");
        }
        hash.update(part.as_encoded_bytes());
    }
    if attempt > 0 {
        hash.update([0]);
        hash.update(attempt.to_le_bytes());
    }
    first_eight(&hash.finalize())
}

/// The first eight bytes of a digest as a number.
pub(super) fn first_eight(digest: &[u8]) -> u64 {
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_always_has_the_same_number() {
        // Numbers are kept in queues and histories: this one must never change.
        let id = track_id(Path::new("Queen/Jazz/01 - Mustapha.ogg"), |_| false);
        assert_eq!(format!("{id:016x}"), "003573bc60bc4847");
        assert_ne!(id, track_id(Path::new("Queen/Jazz/02 - Mustapha.ogg"), |_| false));
    }

    #[test]
    fn a_number_that_is_taken_gives_way_to_another_the_same_each_time() {
        let path = Path::new("a.ogg");
        let first = track_id(path, |_| false);
        let second = track_id(path, |id| id == first);
        assert_ne!(first, second);
        assert_eq!(second, track_id(path, |id| id == first));
    }
}
