//! A page of last resort, for when the real ones cannot be drawn: no script, no style sheet, no store.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use nests::wire::ErrorBody;

/// Seconds until the page looks again by itself.
const LOOK_AGAIN: u32 = 5;

/// Whether somebody sits in front of a browser and waits for a page.
pub fn is_wanted(request: &Request) -> bool {
    let is_page =
        matches!(*request.method(), Method::GET | Method::HEAD) && !request.uri().path().starts_with("/api/");
    is_page && accepts_html(request.headers())
}

pub fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|kinds| kinds.contains("text/html"))
}

/// "Back in a moment": the page loads again by itself. Only for errors in our own words, which need no escaping.
pub fn back_soon(error: &ErrorBody) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>EchoNest</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"dark light\">\
         <meta http-equiv=\"refresh\" content=\"{LOOK_AGAIN}\"></head>\
         <body><main><h1>Back in a moment</h1><p>{}</p><p>This page looks again by itself.</p></main></body></html>",
        error.message
    );
    let headers = [
        (header::RETRY_AFTER, LOOK_AGAIN.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, Html(page)).into_response()
}
