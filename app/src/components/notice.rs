//! One line about what went wrong, where it went wrong.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[component]
pub fn Notice(text: String) -> impl IntoView {
    view! { <p class="notice" data-kind="bad" role="alert"><Icon name=IconName::Warning/><span>{text}</span></p> }.into_any()
}

/// The same, under a field of a form; `id` is what the field is described by.
#[component]
pub fn FieldError(id: &'static str, text: String) -> impl IntoView {
    view! { <p class="field__error" id=id role="alert"><Icon name=IconName::Warning/>{text}</p> }.into_any()
}
