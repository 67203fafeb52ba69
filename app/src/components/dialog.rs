//! Native dialogs: the browser traps the focus and gives it back; this file opens and closes them.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};

use super::icon::{Icon, IconName};
use crate::live::browser;

/// Which dialog is open, by its id. Copies are the same.
#[derive(Clone, Copy)]
pub struct Dialogs {
    pub open: RwSignal<Option<&'static str>>,
}

impl Dialogs {
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(None),
        }
    }

    pub fn here() -> Self {
        expect_context::<Self>()
    }

    pub fn open(self, id: &'static str) {
        if let Some(dialog) = element(id)
            && dialog.show_modal().is_ok()
        {
            self.open.set(Some(id));
        }
    }

    pub fn close(self) {
        if let Some(dialog) = self.open.get_untracked().and_then(element) {
            dialog.close();
        }
    }

    /// For a link to the page that does the same without a script. With a key held down it stays a link.
    pub fn opener(self, id: &'static str) -> impl Fn(MouseEvent) + Copy + 'static {
        move |event| {
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                self.open(id);
            }
        }
    }
}

impl Default for Dialogs {
    fn default() -> Self {
        Self::new()
    }
}

fn element(id: &str) -> Option<HtmlDialogElement> {
    browser::by_id(id)?.dyn_into().ok()
}

/// Closes by its backdrop, by Escape and by every button inside that carries `data-close`.
#[component]
pub fn Dialog<C>(id: &'static str, children: TypedChildren<C>) -> impl IntoView
where
    C: IntoView + 'static,
{
    let dialogs = Dialogs::here();
    let close_if_meant = move |event: MouseEvent| {
        let Some(target) = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        let backdrop = target.id() == id;
        if backdrop || target.closest("[data-close]").ok().flatten().is_some() {
            dialogs.close();
        }
    };
    view! {
        <dialog
            class="dialog"
            id=id
            aria-labelledby=format!("{id}-title")
            on:click=close_if_meant
            on:close=move |_| dialogs.open.set(None)
        >
            {children.into_inner()()}
        </dialog>
    }
}

#[component]
pub fn DialogHead(id: &'static str, title: &'static str) -> impl IntoView {
    view! {
        <header class="dialog__head">
            <h2 class="dialog__title" id=format!("{id}-title")>{title}</h2>
            <button class="button button--quiet button--icon" type="button" aria-label="Close" data-close="">
                <Icon name=IconName::Close/>
            </button>
        </header>
    }
}
