//! The theme picker. The choice shows at once and goes into a cookie, so that the next page is drawn in it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::live::browser;
use crate::theme::{THEMES, Theme};

#[component]
pub fn Themes() -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    Effect::new(move |_| {
        let root = browser::document().document_element();
        chosen.set(
            root.and_then(|root| root.get_attribute("data-theme"))
                .unwrap_or_default(),
        );
    });
    let choices = THEMES.map(|theme| {
        view! {
            <label class="themes__choice" data-theme=theme.key>
                <input
                    class="themes__radio"
                    type="radio"
                    name="theme"
                    value=theme.key
                    prop:checked=move || chosen.with(|chosen| chosen == theme.key)
                    on:change=move |_| {
                        choose(theme);
                        chosen.set(theme.key.to_owned());
                    }
                />
                <span class="themes__swatch" aria-hidden="true"></span>
                <span class="themes__name">{theme.name}</span>
            </label>
        }
    });
    view! {
        <fieldset class="themes needs-js">
            <legend class="menu__legend">"Theme"</legend>
            {choices.into_iter().collect::<Vec<_>>()}
        </fieldset>
    }
}

fn choose(theme: Theme) {
    let document = browser::document();
    if let Some(root) = document.document_element() {
        root.set_attribute("data-theme", theme.key).ok();
    }
    if let Ok(document) = document.dyn_into::<HtmlDocument>() {
        document.set_cookie(&theme.cookie()).ok(); // without cookies the choice lasts as long as the page
    }
}
