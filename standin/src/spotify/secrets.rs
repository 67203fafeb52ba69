//! What is told in confidence here: none of it may show in a log of anybody who talks to this stand-in, nor stand in a store
//! in clear text.

use super::apps::APPS;
use super::journal::basic;

/// What access tokens, refresh tokens and codes begin with.
pub(super) const TOKEN: &str = "standin-token-";
pub(super) const REFRESH: &str = "standin-refresh-";
pub(super) const CODE: &str = "standin-code-";
/// How a token is brought along: a log that has this word has a header in it, or an answer of the accounts service.
const BEARER: &str = "Bearer";
/// A field that goes to the accounts service and looks like nothing in particular.
const VERIFIER: &str = "code_verifier=";

/// Pieces of text, of which each tells a secret wherever it stands.
pub fn secrets() -> Vec<String> {
    let by_their_looks = [TOKEN, REFRESH, CODE, BEARER, VERIFIER].map(str::to_owned);
    let of_apps = APPS.iter().flat_map(|app| {
        let basic = basic(app.id, app.secret);
        let credentials = basic.trim_start_matches("Basic ").to_owned();
        [app.secret.to_owned(), credentials]
    });
    by_their_looks.into_iter().chain(of_apps).collect()
}
