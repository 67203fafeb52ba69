//! One line about what went wrong, where it went wrong, or about what a form did. Hidden while there is nothing to say.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[component]
pub fn Notice(#[prop(into)] text: Signal<Option<String>>, #[prop(optional)] is_good: bool) -> impl IntoView {
    let (kind, role, icon) = match is_good {
        true => ("good", "status", IconName::Check),
        false => ("bad", "alert", IconName::Warning),
    };
    view! {
        <p class="notice" data-kind=kind role=role hidden=hidden_without(text)>
            <Icon name=icon/><span>{words(text)}</span>
        </p>
    }
}

/// The same, under a field of a form; `id` is what the field is described by.
#[component]
pub fn FieldError(id: &'static str, #[prop(into)] text: Signal<Option<String>>) -> impl IntoView {
    view! {
        <p class="field__error" id=id role="alert" hidden=hidden_without(text)>
            <Icon name=IconName::Warning/><span>{words(text)}</span>
        </p>
    }
}

/// For `aria-invalid`.
pub fn invalid_with(text: RwSignal<Option<String>>) -> Signal<Option<&'static str>> {
    Signal::derive(move || text.with(Option::is_some).then_some("true"))
}

fn hidden_without(text: Signal<Option<String>>) -> Signal<bool> {
    Signal::derive(move || text.with(Option::is_none))
}

fn words(text: Signal<Option<String>>) -> Signal<String> {
    Signal::derive(move || text.get().unwrap_or_default())
}
