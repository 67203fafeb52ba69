//! What was asked, in an order and a shape that a test can hold: queries sorted, secrets replaced by what they are.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::apps::{APPS, App, HOUSE};
use super::{Given, Shared, error};

/// Longer bodies are no requests of this API.
const MAX_BODY: usize = 64 * 1024;

/// One request and the status that it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    /// As sent, its parts in the order of the alphabet.
    pub query: String,
    /// `app` for the house's app by its own credentials, `token 1` for the first token that it was given, the id of the
    /// listener whose token it was, `nobody`, or `a stranger`. What goes by another app has its name behind it.
    pub by: String,
    pub body: String,
    pub status: u16,
    /// When it came in, by real time.
    pub at: Instant,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        write!(f, " by {}", self.by)?;
        if !self.body.is_empty() {
            write!(f, " with {}", self.body)?;
        }
        write!(f, " -> {}", self.status)
    }
}

pub(super) async fn write_down(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return error(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "Too large");
    };
    let mut query: Vec<&str> = parts.uri.query().unwrap_or_default().split('&').collect();
    query.sort_unstable();
    let mut seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query.join("&"),
        by: who(&shared, &parts.headers),
        body: without_secrets(&String::from_utf8_lossy(&bytes)),
        status: 0,
        at: Instant::now(),
    };
    // Entered before it is answered: a request that its sender breaks off was made all the same.
    let place = {
        let mut today = shared.today();
        today.journal.push(seen.clone());
        today.journal.len() - 1
    };
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    seen.status = response.status().as_u16();
    let mut today = shared.today();
    if let Some(entry) = today
        .journal
        .get_mut(place)
        .filter(|entry| entry.path == seen.path)
    {
        *entry = seen;
    }
    drop(today);
    shared.answered.notify_waiters();
    response
}

fn who(shared: &Shared, headers: &HeaderMap) -> String {
    let Some(authorization) = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
    else {
        return "nobody".to_owned();
    };
    if let Some(app) = APPS.iter().find(|app| authorization == basic(app.id, app.secret)) {
        return app.name.to_owned();
    }
    let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
    let today = shared.today();
    let Some(given) = today.tokens.iter().find(|given| given.token == token) else {
        return "a stranger".to_owned();
    };
    let who = match &given.of {
        Some((listener, _)) => listener.id.to_owned(),
        None => {
            let of_the_app = |other: &&Given| other.of.is_none() && other.app == given.app;
            let tokens = today.tokens.iter().filter(of_the_app);
            let place = tokens.take_while(|given| given.token != token).count();
            format!("token {}", place + 1)
        }
    };
    match given.app {
        HOUSE => who,
        app => format!("{who} of {}", app.name),
    }
}

/// The app that somebody says they are, whatever secret they bring.
pub(super) fn named_by(authorization: &str) -> Option<App> {
    use base64::Engine as _;
    let text = authorization.strip_prefix("Basic ")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    App::of_id(text.split_once(':')?.0)
}

/// A form's fields in the order of the alphabet, with the name of what is secret in its place.
fn without_secrets(body: &str) -> String {
    if body.starts_with('{') {
        return body.to_owned();
    }
    let secret = ["code", "code_verifier", "refresh_token"];
    let mut fields: Vec<String> = body
        .split('&')
        .map(|field| match field.split_once('=') {
            Some((name, _)) if secret.contains(&name) => format!("{name}=*"),
            _ => field.to_owned(),
        })
        .collect();
    fields.sort_unstable();
    fields.join("&")
}

/// How an app names itself to the accounts service.
pub fn basic(id: &str, secret: &str) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
    format!("Basic {text}")
}
