//! Every address of the site, once.
//!
//! Forms, links, redirects and the live client take their addresses from here; the server's router is the only other
//! place that may spell one.

use nests::nest::NestId;
use nests::track::TrackUri;

pub const HOME: &str = "/";
/// Where people land whose nest was deleted under them: the page says so.
pub const HOME_AFTER_THE_END: &str = "/?error=That+nest+was+deleted.+This+is+the+Main+Nest.";
pub const LOGIN: &str = "/login";
pub const GUEST_LOGIN: &str = "/login/guest";
pub const LOGOUT: &str = "/logout";
pub const BUILD: &str = "/build";
pub const JOIN: &str = "/join";
/// The nests that one made or visited.
pub const MY_NESTS: &str = "/nests";

/// One's own account at Spotify.
pub const SPOTIFY: &str = "/spotify";

/// What makes a nest's page a player of Spotify's.
pub const HEAR_HERE_SCRIPT: &str = "/hear-here.js";

/// What a screen opens to be paired.
pub const TV: &str = "/tv";

/// Where the plain forms go. Each is a server function, and each works without JavaScript.
pub mod form {
    pub const CREATE_NEST: &str = "/api/fn/create_nest";
    pub const RENAME_NEST: &str = "/api/fn/rename_nest";
    pub const SET_EMOJI: &str = "/api/fn/set_emoji";
    pub const SWITCH_BENDER: &str = "/api/fn/switch_bender";
    pub const SET_SPOTIFY_APP: &str = "/api/fn/set_spotify_app";
    pub const REMOVE_SPOTIFY_APP: &str = "/api/fn/remove_spotify_app";
    pub const DELETE_NEST: &str = "/api/fn/delete_nest";
    pub const RESTART_NEST: &str = "/api/fn/restart_nest";
    pub const JOIN_BY_CODE: &str = "/api/fn/join_by_code";
    pub const ADD: &str = "/api/fn/add";
    pub const ADD_TICKED: &str = "/api/fn/add_ticked";
    pub const VOTE: &str = "/api/fn/vote";
    pub const JAM: &str = "/api/fn/jam";
    pub const REMOVE: &str = "/api/fn/remove";
    pub const TAKE: &str = "/api/fn/take";
    pub const FILTER: &str = "/api/fn/filter";
    pub const CLEAR: &str = "/api/fn/clear";
    pub const SKIP: &str = "/api/fn/skip";
    pub const PAUSE: &str = "/api/fn/pause";
    pub const RESUME: &str = "/api/fn/resume";
    pub const PAIR_TV: &str = "/api/fn/pair_tv";
    pub const UNPAIR_TV: &str = "/api/fn/unpair_tv";
    pub const ASK_BENDER: &str = "/api/fn/ask_bender";
    pub const HEAR_ON: &str = "/api/fn/hear_on";
    pub const STOP_HEARING: &str = "/api/fn/stop_hearing";
    pub const BACK_IN_SYNC: &str = "/api/fn/back_in_sync";
    pub const HEAR_HERE: &str = "/spotify/here";
    pub const CONNECT_SPOTIFY: &str = "/spotify/connect";
    pub const DISCONNECT_SPOTIFY: &str = "/spotify/disconnect";
}

/// The page of a nest.
pub fn nest(id: &NestId) -> String {
    if id.is_main() {
        HOME.to_owned()
    } else {
        format!("/nest/{id}")
    }
}

/// What played in a nest.
pub fn history(id: &NestId) -> String {
    format!("/nest/{id}/history")
}

/// The songs that played before `place`, of those that `search` finds (blank: all).
pub fn history_older(id: &NestId, search: &str, place: &str) -> String {
    history_from(id, search, "before", place)
}

/// The songs that played right after `place`, of those that `search` finds (blank: all).
pub fn history_newer(id: &NestId, search: &str, place: &str) -> String {
    history_from(id, search, "after", place)
}

fn history_from(id: &NestId, search: &str, side: &str, place: &str) -> String {
    match search {
        "" => format!("{}?{side}={place}", history(id)),
        search => format!("{}&{side}={place}", history_search(id, search)),
    }
}

pub fn history_search(id: &NestId, search: &str) -> String {
    format!("{}?q={}", history(id), query_value(search))
}

/// Where links to songs are pasted for a nest.
pub fn paste(id: &NestId) -> String {
    format!("/nest/{id}/paste")
}

/// The sheet of what `text` means.
pub fn paste_of(id: &NestId, text: &str) -> String {
    format!("{}?text={}", paste(id), query_value(text))
}

/// Where one chooses from the own playlists, from the `offset`-th of them.
pub fn own_playlists(id: &NestId, offset: usize) -> String {
    format!("{}?playlists={offset}", paste(id))
}

/// The page of a nest, which says in `words` what the form that led there did; `good`: all that it was meant to.
pub fn nest_after(id: &NestId, good: bool, words: &str) -> String {
    let name = if good { "told" } else { "error" };
    format!("{}?{name}={}", nest(id), query_value(words))
}

/// Where the creator of a nest renames, restarts or deletes it; for the Main Nest, where everybody switches Bender.
pub fn settings(id: &NestId) -> String {
    format!("/nest/{id}/settings")
}

/// Where the creator of a nest enters its own app at Spotify, and sees how many seats are taken.
pub fn own_app(id: &NestId) -> String {
    format!("{}#{OWN_APP}", settings(id))
}

/// The name of its place on the settings page.
pub const OWN_APP: &str = "own-app";

/// The same after an app was refused: why, of which field, and the id that was typed. Never the secret.
pub fn settings_after_app(id: &NestId, why: &str, field: &str, client_id: &str) -> String {
    let again = after_refusal(&settings(id), why, Some(field), &[("client_id", client_id)]);
    format!("{again}#{field}")
}

/// The settings of a nest after one of their fields was refused.
pub fn settings_after_refusal(id: &NestId, why: &str, field: &str, typed: &str) -> String {
    let again = after_refusal(&settings(id), why, Some(field), &[(field, typed)]);
    format!("{again}#{field}")
}

/// Characters that come back of a field that was refused: more than any of them takes.
const MAX_TYPED_CHARS: usize = 200;

/// A page whose form was refused: why, which field that is about, and what was typed, by field. Nothing secret may be in it.
pub fn after_refusal(page: &str, why: &str, field: Option<&str>, typed: &[(&str, &str)]) -> String {
    let mut again = format!("{page}?error={}", query_value(why));
    if let Some(field) = field {
        again.push_str(&format!("&field={}", query_value(field)));
    }
    for (name, text) in typed {
        let text: String = text.chars().take(MAX_TYPED_CHARS).collect();
        again.push_str(&format!("&{name}={}", query_value(&text)));
    }
    again
}

/// Where the creator restarts a nest, after reading how many are listening: the fold of the settings with this name opens by
/// itself.
pub fn restart(id: &NestId) -> String {
    format!("{}#{RESTART_FORM}", settings(id))
}

/// The name of the restart's place on the settings page.
pub const RESTART_FORM: &str = "restart";

/// The short link of a nest as a QR code.
pub fn qr(id: &NestId) -> String {
    format!("/nest/{id}/qr.svg")
}

/// The picture in previews of links to a nest.
pub fn card(id: &NestId) -> String {
    format!("/nest/{id}/card.png")
}

/// The page on which a screen's code is typed.
pub fn pair(id: &NestId) -> String {
    format!("/pair?nest={id}")
}

/// The page that signs a visitor in and brings them back to `next`.
pub fn login(next: &str) -> String {
    format!("{LOGIN}?next={}", query_value(next))
}

/// The page about one's own account at Spotify, on the way to `next`.
pub fn spotify(next: &str) -> String {
    format!("{SPOTIFY}?next={}", query_value(next))
}

/// The page on which one chooses the device that one hears a nest on.
pub fn hear(id: &NestId) -> String {
    format!("{SPOTIFY}?nest={id}")
}

/// The same, on the way to `next`.
pub fn hear_on_the_way(id: &NestId, next: &str) -> String {
    format!("{}&next={}", hear(id), query_value(next))
}

/// The live socket. `since` is the last version the browser has, with the generation it belongs to.
pub fn socket(id: &NestId, since: Option<(u32, u64)>) -> String {
    match since {
        Some((generation, version)) => format!("/socket/{id}?since={generation}-{version}"),
        None => format!("/socket/{id}"),
    }
}

pub fn audio(track: &TrackUri) -> String {
    format!("/audio/{track}")
}

/// Escapes what a query value may not hold. Letters, digits and `-_.~/` stay as they are.
fn query_value(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                escaped.push(char::from(byte));
            }
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_nest_lives_at_the_root_and_others_at_their_code() {
        assert_eq!(nest(&NestId::main()), "/");
        assert_eq!(nest(&NestId::parse("x7k2p").expect("a code")), "/nest/X7K2P");
    }

    #[test]
    fn a_page_of_a_history_keeps_what_was_looked_for() {
        let nest = NestId::parse("x7k2p").expect("a code");
        assert_eq!(history_older(&nest, "", "1-4"), "/nest/X7K2P/history?before=1-4");
        assert_eq!(
            history_older(&nest, "b&w a", "1-4"),
            "/nest/X7K2P/history?q=b%26w%20a&before=1-4"
        );
        assert_eq!(
            history_newer(&nest, "b&w a", "1-4"),
            "/nest/X7K2P/history?q=b%26w%20a&after=1-4"
        );
    }

    #[test]
    fn a_nests_page_says_what_the_form_did() {
        assert_eq!(nest_after(&NestId::main(), true, "2 added."), "/?told=2%20added.");
        let nest = NestId::parse("x7k2p").expect("a code");
        assert_eq!(nest_after(&nest, false, "full"), "/nest/X7K2P?error=full");
    }

    #[test]
    fn what_was_typed_comes_back_escaped_and_cut() {
        let typed = [("name", "A & <B>"), ("seed_track", &"x".repeat(5_000))];
        let again = after_refusal(BUILD, "No such track.", Some("seed_track"), &typed);
        let begins = "/build?error=No%20such%20track.&field=seed_track&name=A%20%26%20%3CB%3E&seed_track=x";
        assert!(again.starts_with(begins), "{again}");
        assert_eq!(again.len(), begins.len() + MAX_TYPED_CHARS - 1);
    }

    #[test]
    fn the_way_back_after_signing_in_survives_as_a_query_value() {
        assert_eq!(login("/nest/X7K2P?q=a&b"), "/login?next=/nest/X7K2P%3Fq%3Da%26b");
    }
}
