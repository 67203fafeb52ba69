//! A field that takes one track: paste its link or URI, or type and choose from the best five.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::track::{Track, TrackUri};

use super::cover::{Cover, CoverSize};
use super::icon::{Icon, IconName};
use super::notice::FieldError;
use crate::live::browser;
use crate::server_fns::searching::{SEED_RESULTS, search};

/// A pause in typing that means: look now.
const TYPING_PAUSE_MS: u32 = 300;
const LABEL: &str = "First taste (optional)";

/// `uri` is what the form sends: the chosen track, or whatever was pasted.
#[component]
pub fn TrackField(uri: RwSignal<String>, error: RwSignal<Option<String>>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Track>::new());
    let cursor = RwSignal::new(0_usize);
    let chosen = RwSignal::new(None::<Track>);
    let keystrokes = StoredValue::new(0_u32);

    let look_soon = move |text: String| {
        typed.set(text.clone());
        uri.set(text.clone());
        error.set(None);
        let this = keystrokes.get_value().wrapping_add(1);
        keystrokes.set_value(this);
        let is_link = text.contains("://") || TrackUri::parse(&text).is_ok();
        if text.trim().is_empty() || is_link {
            found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            browser::wait(TYPING_PAUSE_MS).await;
            if keystrokes.get_value() != this {
                return;
            }
            let tracks = search(text, SEED_RESULTS)
                .await
                .map(|found| found.tracks)
                .unwrap_or_default();
            if keystrokes.get_value() == this {
                cursor.set(0);
                found.set(tracks);
            }
        });
    };
    let choose = move |track: Track| {
        uri.set(track.uri.to_string());
        chosen.set(Some(track));
        found.set(Vec::new());
    };
    let on_key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len);
        if count == 0 {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => cursor.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => cursor.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(track) = found.with(|found| found.get(cursor.get_untracked()).cloned()) {
                    choose(track);
                }
            }
            "Escape" => found.set(Vec::new()),
            _ => return,
        }
        event.prevent_default();
    };
    let suggestions = move || {
        let tracks = found.get();
        (!tracks.is_empty()).then(|| {
            let one = move |(at, track): (usize, Track)| {
                let picked = track.clone();
                view! {
                    <li
                        class="seed__hit"
                        role="option"
                        id=format!("seed-{at}")
                        aria-selected=move || (cursor.get() == at).to_string()
                        on:click=move |_| choose(picked.clone())
                    >
                        <TrackLine track/>
                    </li>
                }
            };
            let rows = tracks.into_iter().enumerate().map(one).collect::<Vec<_>>();
            view! { <ul class="seed__list" id="seed-list" role="listbox" aria-label="Tracks">{rows}</ul> }
        })
    };
    let field = move || {
        match chosen.get() {
        Some(track) => view! {
            <div class="field seed">
                <span class="field__label">{LABEL}</span>
                <input type="hidden" name="seed_track" value=track.uri.to_string()/>
                <p class="seed__chosen">
                    <TrackLine track/>
                    <button
                        class="button button--quiet button--icon"
                        type="button"
                        aria-label="Choose another"
                        on:click=move |_| {
                            chosen.set(None);
                            uri.set(String::new());
                            typed.set(String::new());
                        }
                    >
                        <Icon name=IconName::Close/>
                    </button>
                </p>
                {move || error.get().map(|text| view! { <FieldError id="build-seed-error" text/> })}
            </div>
        }
        .into_any(),
        None => view! {
            <div class="field seed">
                <label class="field__label" for="build-seed">{LABEL}</label>
                <input
                    class="field__input"
                    id="build-seed"
                    name="seed_track"
                    placeholder="Search or paste a track link"
                    autocomplete="off"
                    role="combobox"
                    aria-expanded=move || (!found.with(Vec::is_empty)).to_string()
                    aria-controls="seed-list"
                    aria-activedescendant=move || (!found.with(Vec::is_empty)).then(|| format!("seed-{}", cursor.get()))
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby="build-seed-hint"
                    prop:value=move || typed.get()
                    on:input=move |event| look_soon(event_target_value(&event))
                    on:keydown=on_key
                />
                {suggestions}
                <p class="field__hint" id="build-seed-hint">"Bender picks songs like this one when the queue runs dry."</p>
                {move || error.get().map(|text| view! { <FieldError id="build-seed-error" text/> })}
            </div>
        }
        .into_any(),
    }
    };
    view! { {field} }.into_any()
}

#[component]
fn TrackLine(track: Track) -> impl IntoView {
    view! {
        <Cover track=track.clone() size=CoverSize::Small/>
        <span class="seed__text"><span>{track.title}</span><span>{track.artist}</span></span>
    }
    .into_any()
}
