//! A page of last resort, for when the real ones cannot be drawn. It needs no store; `public/back-soon.js` and `.css` make it
//! nicer and are not needed either.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use nests::wire::ErrorBody;

use super::error::{ApiError, status_of};

/// Seconds until asking again makes sense; `back-soon.js` asks as often.
const LOOK_AGAIN: u32 = 5;

/// What somebody in front of a browser waits for.
#[derive(Clone, Copy)]
enum Wanted {
    /// Which can be asked for again at any time.
    Page,
    /// What a form led to. It isn't sent again behind its sender's back.
    Outcome,
}

/// Whoever waits for a page gets one, also where all there is to say is that it can't be drawn.
pub async fn in_place_of_an_error(request: Request, next: Next) -> Response {
    let wanted = wanted(&request);
    let response = next.run(request).await;
    match (response.extensions().get::<ApiError>(), wanted) {
        (Some(error), Some(wanted)) if response.status().is_server_error() => back_soon(&error.0, wanted),
        _ => response,
    }
}

fn wanted(request: &Request) -> Option<Wanted> {
    let is_api = request.uri().path().starts_with("/api/");
    match *request.method() {
        _ if !accepts_html(request.headers()) => None,
        Method::GET | Method::HEAD => (!is_api).then_some(Wanted::Page),
        _ => Some(Wanted::Outcome),
    }
}

pub fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|kinds| kinds.contains("text/html"))
}

/// "Back in a moment". Only for errors in our own words, which need no escaping.
fn back_soon(error: &ErrorBody, wanted: Wanted) -> Response {
    let (script, advice) = match wanted {
        // No `refresh`: a page that loads itself again and again is read out again and again.
        Wanted::Page => (
            "<script type=\"module\" src=\"/back-soon.js\"></script>",
            "<p id=\"by-itself\" hidden>It opens by itself as soon as it can.</p><a href=\"\">Try again</a>",
        ),
        Wanted::Outcome => ("", "<p>Then go back and send it again.</p>"),
    };
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>EchoNest</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"dark\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/back-soon.css\">{script}\
         </head><body><main><img src=\"/favicon.svg\" alt=\"\"><h1>Back in a moment</h1><p>{}</p>{advice}</main></body></html>",
        error.message
    );
    let headers = [
        (header::RETRY_AFTER, LOOK_AGAIN.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (status_of(error.error), headers, Html(page)).into_response()
}
