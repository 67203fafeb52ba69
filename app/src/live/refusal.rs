//! Why the line to a nest is not opened. A browser tells scripts nothing of it, so the same door is asked in plain HTTP,
//! where it gives the same answer.

use futures::future::{Either, select};
use leptos::prelude::window;
use nests::wire::frame::close;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::browser;

/// Nobody waits longer for the reason: the next attempt may do without.
const ANSWERED_WITHIN_MS: u32 = 4_000;

/// The code with which an open line would be closed for that; `None`: it may open yet.
pub async fn of(door: &str) -> Option<u16> {
    let asked = JsFuture::from(window().fetch_with_str(door));
    let Either::Left((answer, _)) = select(asked, Box::pin(browser::wait(ANSWERED_WITHIN_MS))).await else {
        return None;
    };
    by_status(answer.ok()?.dyn_into::<Response>().ok()?.status())
}

const fn by_status(status: u16) -> Option<u16> {
    match status {
        401 => Some(close::SIGNED_OUT),
        404 | 410 => Some(close::NEST_GONE),
        409 => Some(close::NEST_ASLEEP),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_will_not_pass_by_itself_ends_the_line() {
        assert_eq!(by_status(401), Some(close::SIGNED_OUT));
        assert_eq!(by_status(404), Some(close::NEST_GONE));
        assert_eq!(by_status(409), Some(close::NEST_ASLEEP));
        assert_eq!(by_status(410), Some(close::NEST_GONE));
        for passing in [200, 400, 426, 429, 500, 502, 503, 504] {
            assert_eq!(by_status(passing), None, "{passing}");
        }
    }
}
