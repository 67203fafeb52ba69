//! Bringing others here: the link, to copy or to read aloud.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::wire::directory::NestCard;
use wasm_bindgen_futures::JsFuture;

use super::dialog::{Dialog, DialogHead, Dialogs};
use super::icon::{Icon, IconName};
use crate::live::nest_state::NestState;
use crate::live::toasts::Tone;

/// Where the browser forbids copying, the link is shown to be copied by hand.
pub fn copy_link(state: NestState, dialogs: Dialogs, link: String) {
    let is_secure = window().is_secure_context(); // elsewhere browsers offer no clipboard at all
    spawn_local(async move {
        let copied = is_secure
            && JsFuture::from(window().navigator().clipboard().write_text(&link))
                .await
                .is_ok();
        if copied {
            dialogs.close();
            state.toast(Tone::Good, "Link copied. Send it to whoever should fly in.", None);
        } else {
            dialogs.open("share");
        }
    });
}

/// The short link with its scheme, so that wherever it is pasted it can be followed.
pub fn link_to(card: &NestCard) -> String {
    let scheme = card.url.split_once("://").map_or("https", |(scheme, _)| scheme);
    format!("{scheme}://{}", card.short_url)
}

#[component]
pub fn ShareDialog(card: NestCard) -> impl IntoView {
    let state = NestState::here();
    let dialogs = Dialogs::here();
    let link = StoredValue::new(link_to(&card));
    let code = (!card.is_main)
        .then(|| view! { <output class="share__code" aria-label="Nest code">{card.code.clone()}</output> });
    view! {
        <Dialog id="share">
            <DialogHead id="share" title="Share this nest"/>
            <div class="dialog__body">
                <div class="share">
                    {code}
                    <div class="share__link">
                        <input class="field__input" aria-label="Link to this nest" readonly value=link.get_value()/>
                        <button
                            class="button button--accent"
                            type="button"
                            on:click=move |_| copy_link(state, dialogs, link.get_value())
                        >
                            <Icon name=IconName::Copy/>"Copy link"
                        </button>
                    </div>
                </div>
            </div>
        </Dialog>
    }
}
