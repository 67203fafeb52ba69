//! Takes the page's plain forms over: what they wish goes through the socket and shows at once.
//!
//! One listener for all of them, on the window. Rows and buttons stay plain forms, so what works here works without
//! JavaScript too.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlButtonElement, HtmlFormElement};

use super::connection::Connection;
use super::forms;

/// For as long as the page shows the nest. Call from an effect.
pub fn take_over(connection: Connection) {
    let listener = window_event_listener(leptos::ev::submit, move |event| {
        if let Some(command) = wished_by(&event) {
            event.prevent_default();
            connection.wish(command);
        }
    });
    on_cleanup(move || listener.remove());
}

fn wished_by(event: &SubmitEvent) -> Option<nests::wire::Command> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let button: Option<HtmlButtonElement> = event.submitter().and_then(|button| button.dyn_into().ok());
    let address = match button
        .as_ref()
        .and_then(|button| button.get_attribute("formaction"))
    {
        Some(address) => address,
        None => form.get_attribute("action")?,
    };
    let fields = FormData::new_with_form(&form).ok()?;
    forms::command(&address, |name| match &button {
        Some(button) if button.name() == name => Some(button.value()),
        _ => fields.get(name).as_string(),
    })
}
