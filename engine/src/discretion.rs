//! Which lines of a log can't hold a token or what people say. Owns the list of libraries that see them, because the engine is what brings them
//! in; where lines go and which are wished for is up to whoever starts a log.

use tracing::Level;

/// These log whole requests, bearer tokens included, rspotify as early as INFO, and whole messages of sockets, with people's
/// names: whatever is wished for, no module of theirs says more than a warning.
const SECRETIVE: [&str; 7] = [
    "rspotify",
    "rspotify_http",
    "reqwest",
    "hyper_util",
    "hyper",
    "tungstenite",
    "tokio_tungstenite",
];

/// Whether a line of this module and level can't hold a token. No wish may reach past it, however finely it is aimed.
pub fn is_discreet(target: &str, level: Level) -> bool {
    let library = target.split("::").next().unwrap_or_default();
    level <= Level::WARN || !SECRETIVE.contains(&library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_see_tokens_say_no_more_than_warnings() {
        for target in [
            "rspotify::clients::base",
            "rspotify_http::reqwest",
            "hyper::proto",
            "reqwest",
            "tungstenite::protocol",
        ] {
            assert!(
                is_discreet(target, Level::WARN) && !is_discreet(target, Level::INFO),
                "{target}"
            );
        }
        assert!(is_discreet("engine::source::spotify", Level::TRACE));
    }
}
