//! Rows that move slide instead of jumping (FLIP: first, last, invert, play). Knows elements and pixels, no songs.

use leptos::prelude::request_animation_frame;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::browser;

const SLIDE: &str = "transform var(--flip-ms, 200ms) var(--flip-ease, cubic-bezier(.2,.8,.2,1))";
/// A move shorter than this many pixels is none.
const LEAST_MOVE: f64 = 1.0;

/// Remembers where the rows under `list` are and lets them slide from there after the next drawing.
pub fn slide_rows(list: &str) {
    if browser::wants_less_motion() || !browser::is_visible() {
        return;
    }
    let before: Vec<(HtmlElement, f64)> = rows(list).map(|row| (row.clone(), top(&row))).collect();
    request_animation_frame(move || {
        let moved: Vec<HtmlElement> = before
            .into_iter()
            .filter_map(|(row, old)| start_at_old_place(row, old))
            .collect();
        request_animation_frame(move || {
            for row in moved {
                let style = row.style();
                style.set_property("transition", SLIDE).ok();
                style.set_property("transform", "none").ok();
            }
        });
    });
}

/// An element that is moved within the page loses the focus: gives it back after the next drawing.
pub fn keep_focus(list: &str) {
    let focused = browser::document()
        .active_element()
        .filter(|element| element.closest(list).ok().flatten().is_some())
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let Some(focused) = focused else { return };
    request_animation_frame(move || {
        let is_lost = browser::document()
            .active_element()
            .is_none_or(|active| active.tag_name() == "BODY");
        if is_lost && focused.is_connected() {
            focused.focus().ok(); // an element that takes no focus any more was disabled meanwhile
        }
    });
}

/// Puts a row that has moved back to where the eye last saw it.
fn start_at_old_place(row: HtmlElement, old: f64) -> Option<HtmlElement> {
    let style = row.style();
    style.set_property("transition", "none").ok();
    style.set_property("transform", "none").ok();
    let by = old - top(&row);
    if by.abs() < LEAST_MOVE || !row.is_connected() {
        return None;
    }
    style
        .set_property("transform", &format!("translateY({}px)", by.round() as i32))
        .ok();
    Some(row)
}

fn rows(list: &str) -> impl Iterator<Item = HtmlElement> {
    let found = browser::document()
        .query_selector_all(&format!("{list} > li"))
        .ok();
    let count = found.as_ref().map_or(0, |nodes| nodes.length());
    (0..count).filter_map(move |i| found.as_ref()?.item(i)?.dyn_into().ok())
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Whether `target` of an event lies inside an element that `selector` names.
pub fn lies_within(target: Option<web_sys::EventTarget>, selector: &str) -> bool {
    let element = target.and_then(|target| JsValue::from(target).dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest(selector).ok().flatten().is_some())
}
