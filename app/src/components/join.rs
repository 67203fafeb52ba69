//! Joining a nest: the ones that are awake, and a field for a code or a link. As a dialog, and as a page without a
//! script.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::nest::NestId;
use nests::wire::directory::NestCard;

use super::again::held;
use super::dialog::{Dialog, DialogHead, Dialogs};
use super::icon::{Icon, IconName};
use super::notice::{FieldError, Notice, invalid_with};
use crate::live::browser;
use crate::paths;
use crate::server_fns::directory::{join_by_code, list_nests};

const LOOKING: &str = "Looking around…";
pub const NOBODY: &str = "No other nest is awake. Build one?";

/// `here` is the nest one is in, which needs no joining.
#[component]
pub fn JoinDialog(here: NestId) -> impl IntoView {
    let dialogs = Dialogs::here();
    let nests = RwSignal::new(Vec::<NestCard>::new());
    let status = RwSignal::new(LOOKING);
    let error = RwSignal::new(None::<String>);
    let look_around = move |here: NestId| async move {
        match list_nests().await {
            Ok(mut awake) => {
                awake.retain(|nest| nest.nest_id != here);
                status.set(if awake.is_empty() { NOBODY } else { "" });
                nests.set(awake);
            }
            Err(refused) => {
                status.set("");
                error.set(Some(refused.0.message));
            }
        }
    };
    Effect::new(move |_| {
        if dialogs.open.get() == Some("join") {
            error.set(None);
            spawn_local(look_around(here.clone()));
        }
    });
    view! {
        <Dialog id="join">
            <DialogHead id="join" title="Join a Nest"/>
            <div class="dialog__body dialog__body--scroll">
                <Notice text=error/>
                <p class="dialog__empty" role="status" hidden=Signal::derive(move || status.get().is_empty())>{status}</p>
                <ul class="nests">{move || nests.get().into_iter().map(nest_line).collect::<Vec<_>>()}</ul>
            </div>
            <CodeForm error=None in_dialog=true/>
        </Dialog>
    }
}

/// One nest, as a link into it.
pub fn nest_line(card: NestCard) -> impl IntoView {
    let playing = match card.now_playing {
        Some(brief) => format!("{} · {}", brief.title, brief.artist),
        None => "quiet just now".to_owned(),
    };
    view! {
        <li>
            <a class="nests__nest" href=paths::nest(&card.nest_id)>
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
}

/// Takes a code, a link name, or a whole pasted link.
#[component]
pub fn CodeForm(error: Option<String>, #[prop(optional)] in_dialog: bool) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let error = RwSignal::new(error);
    #[cfg(feature = "ssr")]
    if error.with_untracked(Option::is_some) {
        let asked = crate::server_fns::page_query::of_request();
        code.set(asked.typed("code").unwrap_or_default());
    }
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
                    autofocus
                    name="code"
                    placeholder="X7K2P"
                    required
                    autocapitalize="characters"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=invalid_with(error)
                    aria-describedby="join-code-error"
                    {..held(code)}
                    on:input=move |event| {
                        code.set(event_target_value(&event));
                        error.set(None);
                    }
                />
                <FieldError id="join-code-error" text=error/>
            </div>
            {in_dialog.then(|| view! {
                <button class="button button--quiet" type="button" data-close="">"Cancel"</button>
            })}
            <button class="button button--accent">"Fly in"</button>
        </form>
    }
}
