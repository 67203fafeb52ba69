//! What browsers are told to refuse on our pages: foreign scripts, framing, guessing at file types.

use std::sync::Arc;

use app::server_fns::PlayerDoor;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use engine::source::spotify::PICTURES;

use crate::state::AppState;

/// The word that this page's own inline scripts carry; a new one for each page.
#[derive(Clone)]
pub struct PageNonce(pub Arc<str>);

/// For whatever isn't a page: nothing in it may do anything.
const INERT: &str = "default-src 'none'; frame-ancestors 'none'";
const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Adds the headers, and gives each page its nonce.
pub async fn add(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce: Arc<str> = nonce().into();
    request.extensions_mut().insert(PageNonce(Arc::clone(&nonce)));
    let player = PlayerDoor::default();
    request.extensions_mut().insert(player.clone());
    let mut response = next.run(request).await;
    let player = player
        .is_open()
        .then(|| origin(&state.engine.settings().spotify_at.sdk_url));
    let policy = if is_page(response.headers()) {
        page_policy(&nonce, &state, player)
    } else {
        INERT.to_owned()
    };
    let mut put = |name: HeaderName, value: &str| {
        let value = HeaderValue::from_str(value);
        response
            .headers_mut()
            .extend(value.ok().map(|value| (name, value)));
    };
    put(header::CONTENT_SECURITY_POLICY, &policy);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    let sound = player.map(|sdk| format!(r#" "{sdk}""#)).unwrap_or_default();
    put(
        HeaderName::from_static("permissions-policy"),
        &format!("{NO_DEVICES}, autoplay=(self{sound})"),
    );
    put(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    if state.house.public_address.is_https() {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

fn is_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// `player`: where Spotify's player for browsers comes from, for the one page that opens it.
fn page_policy(nonce: &str, state: &AppState, player: Option<&str>) -> String {
    // `cargo leptos watch` reloads the page over a socket of its own.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() {
        format!(" ws://127.0.0.1:{0} ws://localhost:{0}", state.leptos.reload_port)
    } else {
        String::new()
    };
    // Connecting an account is a form of ours that leads on to Spotify's own page. Where the house has no Spotify a nest may.
    let (pictures, consent) = (PICTURES, &state.engine.settings().spotify_at.accounts_url);
    // The player is a script of Spotify's that works in a frame of its own.
    let (player, frame) = match player {
        Some(sdk) => (format!(" {sdk}"), sdk),
        None => (String::new(), "'none'"),
    };
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'{player}; frame-src {frame}; \
         style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data: {pictures}; media-src 'self' blob:; connect-src 'self'{reload}; \
         object-src 'none'; base-uri 'self'; form-action 'self' {consent}; frame-ancestors 'none'"
    )
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + "://".len());
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    &address[..end]
}

/// 128 random bits in hex. Without randomness an unguessable word cannot be had, so no inline script is let through.
fn nonce() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|b| format!("{b:02x}")).collect(),
        Err(error) => {
            tracing::error!("the system gives no random bytes: {error}");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn the_origin_of_an_address_is_what_stands_before_its_path() {
        let table = [
            ("https://sdk.scdn.co/spotify-player.js", "https://sdk.scdn.co"),
            ("http://127.0.0.1:4000/sdk/player.js", "http://127.0.0.1:4000"),
            ("https://sdk.example", "https://sdk.example"),
        ];
        for (address, wanted) in table {
            assert_eq!(origin(address), wanted);
        }
    }
}
