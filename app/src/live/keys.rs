//! The keyboard: `/` search, `j k` rows, `u d` vote, `m` jam, `space` tune in or out, `?` all keys.
//!
//! Keys press the buttons that are on the page, so they can do what fingers can and nothing else.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::browser;
use super::listening::Listening;
use crate::components::dialog::Dialogs;

/// What the help shows, in this order.
pub const KEYS: [(&str, &str); 8] = [
    ("/", "Search, or paste a link"),
    ("j", "Next song in the queue"),
    ("k", "The song before"),
    ("u", "Vote the song up"),
    ("d", "Vote the song down"),
    ("m", "Jam: I love this"),
    ("space", "Tune in or out"),
    ("?", "These keys"),
];

/// For as long as the page shows the nest. Call from an effect.
pub fn listen(listening: Listening, dialogs: Dialogs) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if belongs_elsewhere(&event) {
            return;
        }
        let used = match event.key().as_str() {
            "/" => {
                browser::focus("search-field");
                true
            }
            "j" => step_row(1),
            "k" => step_row(-1),
            "u" => press_in_row(".votes__up"),
            "d" => press_in_row(".votes__down"),
            "m" => press_in_row(".jam__button") || press(".stage .jam__button"),
            " " if !is_on_control(&event) => {
                listening.toggle();
                true
            }
            "?" => {
                dialogs.open("keys");
                true
            }
            _ => false,
        };
        if used {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Typing, shortcuts of the browser, and keys in an open dialog are not ours.
fn belongs_elsewhere(event: &KeyboardEvent) -> bool {
    let with_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    let typing = super::sliding::lies_within(
        event.target(),
        "input:not([type=range]), textarea, select, dialog",
    );
    event.default_prevented() || with_modifier || typing
}

/// Space presses what has the focus.
fn is_on_control(event: &KeyboardEvent) -> bool {
    super::sliding::lies_within(event.target(), "button, a, summary, input, [popover]")
}

fn rows() -> Vec<HtmlElement> {
    let Ok(found) = browser::document().query_selector_all(".queue .row") else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|i| found.item(i)?.dyn_into().ok())
        .collect()
}

fn focused_row() -> Option<Element> {
    browser::document()
        .active_element()?
        .closest(".row")
        .ok()
        .flatten()
}

fn step_row(by: isize) -> bool {
    let rows = rows();
    let current = focused_row().and_then(|row| rows.iter().position(|r| **r == row));
    let next = match current {
        Some(place) => place.saturating_add_signed(by).min(rows.len().saturating_sub(1)),
        None => 0,
    };
    rows.get(next).is_some_and(|row| row.focus().is_ok())
}

fn press_in_row(selector: &str) -> bool {
    press_first(focused_row().and_then(|row| row.query_selector(selector).ok().flatten()))
}

fn press(selector: &str) -> bool {
    press_first(browser::document().query_selector(selector).ok().flatten())
}

fn press_first(element: Option<Element>) -> bool {
    let button = element.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    button.map(|button| button.click()).is_some()
}
