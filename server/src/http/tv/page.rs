//! The screens' documents. No framework: they run for weeks on whatever browser a television has.

use nests::nest::NestId;

use super::scene::escape;

const SCRIPT: &str = "<script type=\"module\" src=\"/tv.js\"></script>";

/// A nest's screen. `main` and `qr` are HTML and SVG of ours.
pub(super) fn screen(nest: &NestId, build: &str, main: &str, link: &str, qr: &str) -> String {
    let shown = escape(link.split_once("://").map_or(link, |(_, address)| address));
    let head = head("EchoNest", SCRIPT);
    format!(
        "{head}<body class=\"tv\" data-events=\"/nest/{nest}/tv/events\" data-build=\"{}\"><div class=\"tv__drift\">\
         <main>{main}</main><aside class=\"tv__join\" aria-label=\"Join\">{qr}<p>{shown}</p></aside></div></body></html>",
        escape(build)
    )
}

/// The page of a screen that waits to be paired. `main` is an [`invitation`].
pub(super) fn waiting(build: &str, main: &str) -> String {
    let head = head("Pair this screen · EchoNest", SCRIPT);
    format!(
        "{head}<body class=\"tv\" data-events=\"/tv/events\" data-build=\"{}\"><div class=\"tv__drift\">\
         <main class=\"tv__pair\">{main}</main></div></body></html>",
        escape(build)
    )
}

/// The code to be typed on a phone.
pub(super) fn invitation(code: &str, address: &str, qr: &str) -> String {
    format!(
        "<h1>Show a nest on this screen</h1>\
         <p>On your phone, open <strong>{}</strong> and type</p><p class=\"tv__code\">{}</p>\
         <p>or scan:</p>{qr}<p><a href=\"/login?next=/\">Sign in on this screen instead</a></p>\
         <noscript><p><a href=\"/tv\">Typed it? Go on</a></p></noscript>",
        escape(address),
        escape(code)
    )
}

fn head(title: &str, more: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"dark\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/tv.css\">{more}</head>"
    )
}
