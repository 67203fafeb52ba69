//! What the server says during the tests, every word of it, and which secrets it is told: kept where a run collects it, to be
//! searched for secrets.

use std::path::Path;
use std::sync::Once;

use server::logging;
use standin::evidence;

/// Whose evidence it is.
pub const SERVER: &str = "server";
/// All but the words of the tests' own browsers, which see what they send.
const EVERYTHING: &str = "trace,tungstenite::handshake::client=off,ureq=off,ureq_proto=off";
/// Characters of the signature that a session's cookie begins with; what follows opens the session.
const SIGNATURE: usize = 44;

/// From now on, for all tests of this program: they share one log.
pub fn write_down() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        if let Some((_, file)) = evidence::new_log(SERVER).expect("a file for the log") {
            logging::start_into(file, EVERYTHING);
        }
    });
}

/// What a session's cookie (`name=value`) holds is nobody's business.
pub fn keep_secret(cookie: &str) {
    let value = cookie.split_once('=').map_or("", |(_, value)| value);
    if let Some(session) = value.get(SIGNATURE..).filter(|session| !session.is_empty()) {
        evidence::secret(session).expect("it is kept");
    }
}

/// Nor is the key that a program made for itself in its folder.
pub fn keep_key_secret(folder: &Path) {
    if let Ok(key) = std::fs::read_to_string(folder.join(".data/secret_key")) {
        evidence::secret(key.trim()).expect("it is kept");
    }
}
