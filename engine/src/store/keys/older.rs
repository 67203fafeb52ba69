//! Keys as an older installation wrote them, and what they are called within a nest.
//!
//! Nothing but the migration reads or writes them. Its nine families are [`crate::migration::Family`]'s to know.

use nests::nest::NestId;

/// The one key of the older families that is the whole house's: rate limits are per app, not per nest.
pub const SPOTIFY_RATE_LIMITED: &[u8] = b"MISC|spotify-rate-limited";
/// The older player's clock.
pub const PLAYER_NOW: &str = "MISC|player-now";
/// The older player's mark that a song was over.
pub const CURRENT_DONE: &str = "MISC|current-done";

/// What a key without a nest's name is called within `nest`. Bytes: the older program put all sorts of text into names.
pub fn within(nest: &NestId, key: &[u8]) -> Vec<u8> {
    let mut name = format!("NEST:{nest}|").into_bytes();
    name.extend(key);
    name
}

/// The same for a name that we know.
pub fn named_within(nest: &NestId, key: &str) -> String {
    format!("NEST:{nest}|{key}")
}

/// Where a numbered song is kept, its votes and its jams.
pub fn song(nest: &NestId, number: &str) -> [String; 3] {
    ["QUEUE|", "QUEUE|VOTE|", "QUEUEJAM|"].map(|family| named_within(nest, &format!("{family}{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Key;
    use nests::queue::SongId;

    #[test]
    fn a_numbered_song_is_kept_where_ours_are() {
        let (main, song_id) = (NestId::main(), SongId::from_roll(7));
        let ours = [
            Key::Song(&main, &song_id),
            Key::Votes(&main, &song_id),
            Key::Jams(&main, &song_id),
        ];
        assert_eq!(song(&main, &song_id.to_string()), ours.map(|key| key.name()));
        assert_eq!(within(&main, b"AIRHORNS"), b"NEST:main|AIRHORNS");
    }
}
