//! Toasts, and the region that speaks.

use leptos::prelude::*;
use nests::wire::Command;

use super::icon::{Icon, IconName};
use crate::live::connection::Connection;
use crate::live::nest_state::NestState;
use crate::live::toasts::{Toast, Tone};

#[component]
pub fn ToastsView() -> impl IntoView {
    let state = NestState::here();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || state.toasts.get() key=|toast| toast.id children=move |toast| view! { <OneToast toast/> }/>
        </div>
        <div class="visually-hidden" aria-live="polite" id="live">{state.spoken}</div>
    }
}

#[component]
fn OneToast(toast: Toast) -> impl IntoView {
    let state = NestState::here();
    let connection = Connection::here();
    let id = toast.id;
    let icon = match toast.tone {
        Tone::Good => IconName::Check,
        Tone::Warn | Tone::Bad => IconName::Warning,
        Tone::Plain if toast.undo.is_some() => IconName::Trash,
        Tone::Plain => IconName::Note,
    };
    let undo = toast.undo.map(|version| {
        let take_back = move |_| {
            connection.wish(Command::Undo { version });
            state.dismiss_toast(id);
        };
        view! { <button class="toast__action" type="button" on:click=take_back>"Undo"</button> }
    });
    view! {
        <div class="toast" data-kind=toast.tone.as_str()>
            <Icon name=icon/>
            <p class="toast__text">{toast.text}</p>
            {undo}
            <button class="toast__close" type="button" aria-label="Dismiss" on:click=move |_| state.dismiss_toast(id)>
                <Icon name=IconName::Close/>
            </button>
        </div>
    }
}
