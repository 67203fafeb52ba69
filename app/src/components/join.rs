//! Joining a nest: the ones that are awake, and a field for a code or a link. As a dialog, and as a page without a
//! script.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::nest::NestId;
use nests::wire::directory::NestCard;

use super::dialog::{Dialog, DialogHead, Dialogs};
use super::icon::{Icon, IconName};
use super::notice::{FieldError, Notice};
use crate::live::browser;
use crate::paths;
use crate::server_fns::Refused;
use crate::server_fns::directory::{join_by_code, list_nests};

type Nests = Option<Result<Vec<NestCard>, Refused>>;

/// `here` is the nest one is in, which needs no joining.
#[component]
pub fn JoinDialog(here: NestId) -> impl IntoView {
    let dialogs = Dialogs::here();
    let nests = RwSignal::<Nests>::new(None);
    Effect::new(move |_| {
        if dialogs.open.get() == Some("join") {
            spawn_local(async move { nests.set(Some(list_nests().await)) });
        }
    });
    let list = move || match nests.get() {
        None => view! { <p class="dialog__empty" role="status">"Looking around…"</p> }.into_any(),
        Some(Err(refused)) => view! { <Notice text=refused.0.message/> }.into_any(),
        Some(Ok(nests)) => {
            let others = nests.into_iter().filter(|nest| nest.nest_id != here).collect();
            view! { <NestList nests=others/> }.into_any()
        }
    };
    view! {
        <Dialog id="join">
            <DialogHead id="join" title="Join a Nest"/>
            <div class="dialog__body dialog__body--scroll">{list}</div>
            <CodeForm error=None/>
        </Dialog>
    }
    .into_any()
}

#[component]
pub fn NestList(nests: Vec<NestCard>) -> impl IntoView {
    if nests.is_empty() {
        return view! { <p class="dialog__empty">"No other nest is awake. Build one?"</p> }.into_any();
    }
    let one = |card: NestCard| {
        let playing = match card.now_playing {
            Some(brief) => format!("{} · {}", brief.title, brief.artist),
            None => "quiet just now".to_owned(),
        };
        view! {
            <li>
                <a class="nests__nest" href=paths::nest(&card.nest_id) rel="external">
                    <span class="nests__text">
                        <span class="nests__name">{card.name.as_str().to_owned()}</span>
                        <span class="nests__playing"><Icon name=IconName::Note/>{playing}</span>
                    </span>
                    <span class="nests__count">
                        <Icon name=IconName::People/>
                        <span class="num">{card.member_count.to_string()}</span>
                        <span class="visually-hidden">" listening"</span>
                    </span>
                </a>
            </li>
        }
    };
    view! { <ul class="nests">{nests.into_iter().map(one).collect::<Vec<_>>()}</ul> }.into_any()
}

/// Takes a code, a link name, or a whole pasted link.
#[component]
pub fn CodeForm(error: Option<String>) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let error = RwSignal::new(error);
    let fly_in = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match join_by_code(code.get_untracked()).await {
                Ok(card) => browser::go_to(&paths::nest(&card.nest_id)),
                Err(refused) => error.set(Some(refused.0.message)),
            }
        });
    };
    view! {
        <form class="dialog__pinned" method="post" action=paths::form::JOIN_BY_CODE on:submit=fly_in>
            <div class="field">
                <label class="field__label" for="join-code">"Have a code or a link?"</label>
                <input
                    class="field__input field__input--code"
                    id="join-code"
                    name="code"
                    placeholder="X7K2P"
                    required
                    autocapitalize="characters"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby="join-code-error"
                    on:input=move |event| {
                        code.set(event_target_value(&event));
                        error.set(None);
                    }
                />
                {move || error.get().map(|text| view! { <FieldError id="join-code-error" text/> })}
            </div>
            <button class="button button--accent">"Fly in"</button>
        </form>
    }
    .into_any()
}
