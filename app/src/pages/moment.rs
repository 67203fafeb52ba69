//! A moment on a page without a room: in UTC as the server draws it, in the reader's own time where a script may run.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// Rewrites every moment of the page as this device writes dates.
const IN_LOCAL_TIME: &str = "for(const t of document.querySelectorAll('time'))\
    t.textContent=new Date(t.dateTime).toLocaleString([],{dateStyle:'medium',timeStyle:'short'})";

/// `at` is RFC 3339.
#[component]
pub fn Moment(at: String) -> impl IntoView {
    let words = in_utc(&at);
    view! { <time datetime=at>{words}</time> }
}

/// Stands behind the last [`Moment`] of a page.
#[component]
pub fn LocalMoments() -> impl IntoView {
    view! { <script nonce=use_nonce() inner_html=IN_LOCAL_TIME></script> }
}

/// `2026-11-21T21:42:07Z` as `2026-11-21, 21:42 UTC`.
fn in_utc(rfc3339: &str) -> String {
    match rfc3339.split_once('T') {
        Some((day, time)) => format!("{day}, {} UTC", time.get(..5).unwrap_or(time)),
        None => rfc3339.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_utc;

    #[test]
    fn without_a_script_a_moment_reads_in_utc() {
        assert_eq!(in_utc("2026-11-21T21:42:07.5Z"), "2026-11-21, 21:42 UTC");
        assert_eq!(in_utc("never"), "never");
    }
}
