//! The few things of the browser that several parts of the live client need. Call only from effects and events: on the
//! server there is no window.

use futures::channel::oneshot;
use leptos::prelude::{set_timeout, window};
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement, HtmlInputElement, Storage};

pub fn document() -> Document {
    leptos::prelude::document()
}

/// Milliseconds by the steady clock, which nobody sets.
pub fn steady_now() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// From 0 to 1.
pub fn roll() -> f64 {
    js_sys::Math::random()
}

/// Sixty-three random bits, for ids of songs that only this browser shows.
pub fn roll_bits() -> u64 {
    const RANGE: f64 = 4_294_967_296.0; // 2^32
    let half = || (roll() * RANGE) as u64;
    (half() << 31) ^ half()
}

/// `None` where the browser refuses to keep anything, as some do in private windows.
pub fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// A full or forbidden storage forgets; everything kept there is a convenience.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        storage.set_item(key, value).ok();
    }
}

pub fn go_to(address: &str) {
    if window().location().assign(address).is_err() {
        leptos::logging::warn!("the browser refused to go to {address}");
    }
}

pub fn reload() {
    if window().location().reload().is_err() {
        leptos::logging::warn!("the browser refused to load the page again");
    }
}

/// The path of the page, without the query.
pub fn here() -> String {
    window().location().pathname().unwrap_or_default()
}

pub fn wants_less_motion() -> bool {
    is_so("(prefers-reduced-motion: reduce)")
}

/// What `_breakpoints.scss` calls wide.
pub fn is_wide() -> bool {
    is_so("(min-width: 900px)")
}

fn is_so(media: &str) -> bool {
    let query = window().match_media(media).ok().flatten();
    query.is_some_and(|query| query.matches())
}

pub fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        element.focus().ok();
    }
}

/// Focuses a text field and chooses all that stands in it.
pub fn choose(id: &str) {
    if let Some(field) = by_id(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        field.focus().ok();
        field.select();
    }
}

/// `21:42`, by the clock on this device's wall.
pub fn wall_clock(unix_ms: i64) -> String {
    let date = js_sys::Date::new(&(unix_ms as f64).into());
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

pub async fn wait(milliseconds: u32) {
    let (over, wait) = oneshot::channel::<()>();
    let wake = move || {
        over.send(()).ok(); // nobody waits any more: fine
    };
    set_timeout(wake, std::time::Duration::from_millis(milliseconds.into()));
    wait.await.ok();
}
