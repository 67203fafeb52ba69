//! All keys, in a dialog.

use leptos::prelude::*;

use super::dialog::{Dialog, DialogHead};
use crate::live::keys::KEYS;

#[component]
pub fn KeysHelp() -> impl IntoView {
    let rows = KEYS.map(|(key, words)| {
        view! { <div class="keys__row"><dt><kbd class="key">{key}</kbd></dt><dd>{words}</dd></div> }
    });
    view! {
        <Dialog id="keys">
            <DialogHead id="keys" title="Keyboard shortcuts"/>
            <div class="dialog__body"><dl class="keys">{rows.into_iter().collect::<Vec<_>>()}</dl></div>
        </Dialog>
    }
}
