//! Bringing others here: the link, to scan, to copy, to send or to read aloud.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::wire::directory::NestCard;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::dialog::{Dialog, DialogHead, Dialogs};
use super::icon::{Icon, IconName};
use crate::live::browser;
use crate::live::nest_state::NestState;
use crate::live::toasts::Tone;
use crate::paths;

const LINK_FIELD: &str = "share-link";

/// Where the browser forbids copying, the link is shown and chosen, to be copied by hand.
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
            browser::choose(LINK_FIELD);
        }
    });
}

/// What phones open to pass a link on: `navigator.share`, where there is one.
fn share_sheet() -> Option<Function> {
    Reflect::get(&window().navigator(), &"share".into())
        .ok()?
        .dyn_into()
        .ok()
}

/// Hands the link to the phone's share sheet. Closing the sheet is an answer, too: nothing is said about it. Where the
/// sheet fails in any other way, the link is copied instead.
fn pass_on(state: NestState, dialogs: Dialogs, link: String) {
    let Some(share) = share_sheet() else { return };
    let what = Object::new();
    // Asked right here and not in the task: browsers open the sheet only while they handle the tap.
    let asked = Reflect::set(&what, &"url".into(), &link.as_str().into())
        .and_then(|_| share.call1(&window().navigator(), &what));
    spawn_local(async move {
        let answer = match asked {
            Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
            Err(thrown) => Err(thrown),
        };
        if answer.is_err_and(|why| !says_closed(&why)) {
            copy_link(state, dialogs, link);
        }
    });
}

/// Whether a share sheet was closed by the person who had opened it.
fn says_closed(why: &JsValue) -> bool {
    Reflect::get(why, &"name".into()).is_ok_and(|name| name == "AbortError")
}

#[component]
pub fn ShareDialog(card: NestCard) -> impl IntoView {
    let state = NestState::here();
    let dialogs = Dialogs::here();
    let link = StoredValue::new(card.short_link());
    let code = (!card.is_main)
        .then(|| view! { <output class="share__code" aria-label="Nest code">{card.code.clone()}</output> });
    let can_pass_on = RwSignal::new(false);
    Effect::new(move |_| can_pass_on.set(share_sheet().is_some()));
    view! {
        <Dialog id="share">
            <DialogHead id="share" title="Share this nest"/>
            <div class="dialog__body">
                <div class="share">
                    <img
                        class="share__qr"
                        src=paths::qr(&card.nest_id)
                        width="220"
                        height="220"
                        loading="lazy"
                        alt="QR code of the link"
                    />
                    {code}
                    <div class="share__link">
                        <input
                            class="field__input"
                            id=LINK_FIELD
                            aria-label="Link to this nest"
                            readonly
                            value=link.get_value()
                        />
                        <button
                            class="button button--accent"
                            type="button"
                            on:click=move |_| copy_link(state, dialogs, link.get_value())
                        >
                            <Icon name=IconName::Copy/>"Copy link"
                        </button>
                        <button
                            class="button phone-only"
                            type="button"
                            hidden=move || !can_pass_on.get()
                            on:click=move |_| pass_on(state, dialogs, link.get_value())
                        >
                            "Send to ..."
                        </button>
                    </div>
                </div>
            </div>
        </Dialog>
    }
}
