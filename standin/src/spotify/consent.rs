//! Signing in: the page on which a person lets the app act for them (authorization code with PKCE, RFC 7636), and the
//! tokens that the app gets for it. A refresh token counts once: each answer brings the next one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Form, Query, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::accounts::{refused, token_json};
use super::apps::App;
use super::listeners::{LISTENERS, Listener};
use super::{Given, Shared, Spotify, Today, secrets};

/// What an app may ask for: the scopes that the Web API documents and that this stand-in has a use for.
const SCOPES: [&str; 8] = [
    "streaming",
    "user-read-email",
    "user-read-private",
    "user-read-currently-playing",
    "user-read-playback-state",
    "user-modify-playback-state",
    "playlist-read-private",
    "playlist-modify-private",
];
/// Where an app may have people sent back to, besides `https`: the loopback address by its number, never `localhost`.
const LOOPBACK: &str = "http://127.0.0.1:";
const CALLBACK: &str = "/authentication/spotify_callback";
const CODE_LIFE: Duration = Duration::from_secs(600);
/// SHA-256 in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// A code that was given out and not used yet.
pub(super) struct Code {
    code: String,
    app: App,
    redirect_uri: String,
    challenge: String,
    scopes: String,
    listener: Listener,
    until: Instant,
}

/// A refresh token that still counts.
pub(super) struct Refresh {
    pub(super) token: String,
    app: App,
    scopes: String,
    listener: Listener,
}

type Asked = HashMap<String, String>;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/authorize", get(page).post(answer))
}

/// Who does the app want to be, may it, and where does it wish to hear the answer?
fn check(asked: &Asked) -> Result<App, &'static str> {
    let value = |name: &str| asked.get(name).map_or("", String::as_str);
    let home = value("redirect_uri");
    let home_is_known =
        home.ends_with(CALLBACK) && (home.starts_with("https://") || home.starts_with(LOOPBACK));
    let app = App::of_id(value("client_id")).ok_or("INVALID_CLIENT: Invalid client")?;
    let checks = [
        (home_is_known, "INVALID_CLIENT: Invalid redirect URI"),
        (value("response_type") == "code", "response_type must be code"),
        (
            value("code_challenge_method") == "S256",
            "code_challenge_method must be S256",
        ),
        (
            value("code_challenge").len() == CHALLENGE_LENGTH,
            "code_challenge must be a SHA-256",
        ),
        (!value("state").is_empty(), "the stand-in insists on a state"),
        (
            value("scope").split(' ').all(|scope| SCOPES.contains(&scope)),
            "INVALID_SCOPE: Invalid scope",
        ),
    ];
    checks
        .iter()
        .find(|(fine, _)| !fine)
        .map_or(Ok(app), |(_, wrong)| Err(wrong))
}

async fn page(Query(asked): Query<Asked>, RawQuery(query): RawQuery) -> Response {
    if let Err(wrong) = check(&asked) {
        return (StatusCode::BAD_REQUEST, wrong).into_response();
    }
    let query = query
        .unwrap_or_default()
        .replace('&', "&amp;")
        .replace('"', "&quot;");
    let people: String = LISTENERS
        .iter()
        .map(|l| {
            format!(
                "<p><button name=\"who\" value=\"{}\">Agree as {}</button></p>",
                l.id, l.name
            )
        })
        .collect();
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>Stand-in for Spotify</title><h1>Stand-in for Spotify</h1>\
         <form method=\"post\" action=\"/authorize?{query}\">{people}<p><button name=\"who\" value=\"\">Cancel</button></p></form>"
    ))
    .into_response()
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    Form(form): Form<Asked>,
) -> Response {
    let who = form.get("who").and_then(|who| Listener::of_id(who));
    match sent_back(&mut shared.today(), &asked, who) {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(wrong) => (StatusCode::BAD_REQUEST, wrong).into_response(),
    }
}

/// Where the person's browser is sent to; `None`: they did not agree.
fn sent_back(today: &mut Today, asked: &Asked, who: Option<Listener>) -> Result<String, &'static str> {
    let app = check(asked)?;
    let value = |name: &str| asked.get(name).map_or("", String::as_str);
    let (home, state) = (value("redirect_uri"), value("state"));
    let Some(listener) = who else {
        return Ok(format!("{home}?error=access_denied&state={state}"));
    };
    today.given_out += 1;
    let code = format!("{}{}-{}", secrets::CODE, today.given_out, "y".repeat(40));
    today.codes.push(Code {
        code: code.clone(),
        app,
        redirect_uri: home.to_owned(),
        challenge: value("code_challenge").to_owned(),
        scopes: value("scope").to_owned(),
        listener,
        until: today.now() + CODE_LIFE,
    });
    Ok(format!("{home}?code={code}&state={state}"))
}

/// `grant_type=authorization_code` and `grant_type=refresh_token` of an app that holds no secret.
pub(super) fn token_for_a_person(today: &mut Today, form: &Asked) -> Response {
    let value = |name: &str| form.get(name).map_or("", String::as_str);
    let app = App::of_id(value("client_id")).filter(|app| today.has(app));
    let Some(app) = app else {
        return refused("invalid_client", "Invalid client");
    };
    if value("grant_type") == "authorization_code" {
        // Used, or tried with the wrong verifier: a code is gone after one try.
        let Some(place) = today.codes.iter().position(|code| code.code == value("code")) else {
            return refused("invalid_grant", "Invalid authorization code");
        };
        let code = today.codes.remove(place);
        let digest = Sha256::digest(value("code_verifier").as_bytes());
        let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest);
        if code.app != app {
            return refused("invalid_grant", "Invalid authorization code");
        }
        if code.until <= today.now() {
            return refused("invalid_grant", "Authorization code expired");
        }
        if code.redirect_uri != value("redirect_uri") {
            return refused("invalid_grant", "Invalid redirect URI");
        }
        if code.challenge != challenge {
            return refused("invalid_grant", "code_verifier was incorrect");
        }
        return give(today, app, code.listener, code.scopes);
    }
    let held = today
        .refreshes
        .iter()
        .position(|held| held.token == value("refresh_token") && held.app == app);
    let Some(place) = held else {
        return refused("invalid_grant", "Refresh token revoked");
    };
    let held = today.refreshes.remove(place);
    give(today, app, held.listener, held.scopes)
}

fn give(today: &mut Today, app: App, listener: Listener, scopes: String) -> Response {
    let (token, life) = today.give(app, Some((listener, scopes.clone())));
    let refresh = format!("{}{}-{}", secrets::REFRESH, today.given_out, "z".repeat(40));
    let mut json = token_json(&token, life);
    json["scope"] = scopes.clone().into();
    json["refresh_token"] = refresh.clone().into();
    today.refreshes.push(Refresh {
        token: refresh,
        app,
        scopes,
        listener,
    });
    axum::Json(json).into_response()
}

impl Spotify {
    /// As if `listener` had agreed on the page at `url`; the address that their browser is sent back to.
    ///
    /// # Panics
    /// Where the page would have refused, with its reason.
    pub fn agree(&self, url: &str, listener: Listener) -> String {
        self.answer(url, Some(listener))
    }

    /// As if they had pressed Cancel there.
    ///
    /// # Panics
    /// As [`Spotify::agree`].
    pub fn decline(&self, url: &str) -> String {
        self.answer(url, None)
    }

    #[expect(clippy::panic, reason = "a test asked for it and hears why it can't be")]
    fn answer(&self, url: &str, listener: Option<Listener>) -> String {
        let page = url.strip_prefix(&format!("{}/authorize", self.accounts_url()));
        let asked = page
            .and_then(|rest| format!("http://standin{rest}").parse::<axum::http::Uri>().ok())
            .and_then(|uri| Query::<Asked>::try_from_uri(&uri).ok());
        let Some(Query(asked)) = asked else {
            panic!("{url} is not the page for signing in");
        };
        match sent_back(&mut self.shared.today(), &asked, listener) {
            Ok(url) => url,
            Err(wrong) => panic!("{wrong}: {url}"),
        }
    }

    /// Takes a listener's permission back, as on Spotify's own page for that.
    pub fn withdraw_permission(&self, listener: Listener) {
        self.shared.today().withdraw(listener);
    }

    /// `app`'s owner deletes it: whatever it was given counts no longer, and the accounts service knows it no more.
    pub fn delete_app(&self, app: App) {
        let mut today = self.shared.today();
        today.tokens.retain(|given| given.app != app);
        today.refreshes.retain(|held| held.app != app);
        today.deleted.push(app);
    }

    /// Refresh tokens that still count: what must not stand in any log or store.
    pub fn refresh_tokens(&self) -> Vec<String> {
        let today = self.shared.today();
        today.refreshes.iter().map(|held| held.token.clone()).collect()
    }
}

impl Today {
    pub(super) fn has(&self, app: &App) -> bool {
        !self.deleted.contains(app)
    }

    /// No app acts for them any more, neither now nor with a refresh token.
    pub(super) fn withdraw(&mut self, listener: Listener) {
        self.refreshes.retain(|held| held.listener != listener);
        self.tokens.retain(|given| !given.is_of(listener));
    }
}

impl Given {
    pub(super) fn is_of(&self, listener: Listener) -> bool {
        self.of.as_ref().is_some_and(|(of, _)| *of == listener)
    }
}
