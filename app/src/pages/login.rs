//! The first impression: what EchoNest is in one sentence, and a nickname to come in with.

use leptos::prelude::*;
use leptos_meta::Title;
use nests::nest::member::MAX_NICKNAME_CHARS;

use super::link_preview;
use crate::components::icon::{Icon, IconName};
use crate::components::notice::FieldError;
use crate::paths;
use crate::server_fns::page_query::{PageQuery, of_request};

#[component]
pub fn LoginPage() -> impl IntoView {
    let ask = of_request();
    let preview = link_preview::of_way_to(ask.next.clone());
    view! {
        <Title text="Come in · EchoNest"/>
        {preview}
        <main class="page page--login" style="--wash-hue: 210">
            <section class="card">
                <p class="card__brand"><Icon name=IconName::Nest/>"EchoNest"</p>
                <h1 class="card__title">"One queue, everyone’s music, the same moment."</h1>
                <p class="card__text">
                    "Add songs, vote on what comes next, and hear it together, each on your own device."
                </p>
                <NicknameForm ask/>
            </section>
            <Art/>
        </main>
    }
    .into_any()
}

#[component]
fn NicknameForm(ask: PageQuery) -> impl IntoView {
    let invalid = ask.notice.is_some().then_some("true");
    let nickname = ask.typed("nickname");
    view! {
        <form class="card__form" method="post" action=paths::GUEST_LOGIN>
            <input type="hidden" name="next" value=ask.next.unwrap_or_else(|| paths::HOME.to_owned())/>
            <div class="field">
                <label class="field__label" for="nickname">"What shall we call you?"</label>
                <input
                    class="field__input"
                    id="nickname"
                    name="nickname"
                    maxlength=MAX_NICKNAME_CHARS.to_string()
                    autocomplete="nickname"
                    required
                    placeholder="A nickname"
                    value=nickname
                    aria-invalid=invalid
                    aria-describedby="nickname-error"
                />
                <FieldError id="nickname-error" text=Signal::stored(ask.notice)/>
            </div>
            <button class="button button--accent button--wide">"Come in"</button>
        </form>
    }
    .into_any()
}

/// A fan of covers and a few faces.
#[component]
fn Art() -> impl IntoView {
    const COVERS: [u16; 4] = [262, 28, 320, 86];
    const FACES: [(&str, u16); 5] = [("MK", 142), ("JB", 28), ("AL", 300), ("TR", 86), ("YS", 200)];
    let covers =
        COVERS.map(|hue| view! { <span class="cover cover--blank" style=format!("--hue: {hue}")></span> });
    let faces = FACES.map(
        |(initials, hue)| view! { <span class="avatar" style=format!("--hue: {hue}")>{initials}</span> },
    );
    view! {
        <div class="page__art" aria-hidden="true">
            <div class="fan">
                {covers.into_iter().collect::<Vec<_>>()}
                <span class="cover cover--blank" style="--hue: 196"><Icon name=IconName::Note/></span>
                <div class="fan__foot">
                    <div class="fan__track"></div>
                    <span class="faces">{faces.into_iter().collect::<Vec<_>>()}</span>
                </div>
            </div>
        </div>
    }
    .into_any()
}
