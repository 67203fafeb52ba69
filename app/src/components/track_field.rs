//! A field that takes one track: paste its link or URI, or type and choose from the best five.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::track::{Track, TrackUri};

use super::again::held;
use super::cover::{Cover, CoverSize};
use super::icon::{Icon, IconName};
use super::notice::{FieldError, invalid_with};
use crate::live::browser;
use crate::server_fns::searching::{SEED_RESULTS, search};

/// A pause in typing that means: look now.
const TYPING_PAUSE_MS: u32 = 300;

/// `uri` is what the form sends: the chosen track, or whatever was pasted.
#[component]
pub fn TrackField(uri: RwSignal<String>, error: RwSignal<Option<String>>) -> impl IntoView {
    let picking = Picking {
        uri,
        error,
        typed: RwSignal::new(String::new()),
        found: RwSignal::new(Vec::new()),
        cursor: RwSignal::new(0),
        chosen: RwSignal::new(None),
        keystrokes: StoredValue::new(0),
    };
    let Picking {
        typed,
        found,
        cursor,
        chosen,
        ..
    } = picking;
    let is_chosen = Signal::derive(move || chosen.with(Option::is_some));
    let is_open = Signal::derive(move || !found.with(Vec::is_empty));
    let active = move || is_open.get().then(|| format!("seed-{}", cursor.get()));
    let hits = move || {
        let at_cursor = cursor.get();
        let tracks = found.get().into_iter().enumerate();
        tracks
            .map(|(at, track)| picking.hit(at, track, at == at_cursor))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="field seed">
            <label class="field__label" for="build-seed">"First taste (optional)"</label>
            <div hidden=is_chosen>
                <input
                    class="field__input"
                    id="build-seed"
                    autofocus=error.with_untracked(Option::is_some)
                    name="seed_track"
                    placeholder="Search or paste a track link"
                    autocomplete="off"
                    role="combobox"
                    aria-expanded=Signal::derive(move || is_open.get().to_string())
                    aria-controls="seed-list"
                    aria-activedescendant=Signal::derive(active)
                    aria-invalid=invalid_with(error)
                    aria-describedby="build-seed-error build-seed-hint"
                    {..held(uri)}
                    prop:value=typed
                    on:input=move |event| picking.look_soon(event_target_value(&event))
                    on:keydown=move |event| picking.key(&event)
                />
                <ul
                    class="seed__list"
                    id="seed-list"
                    role="listbox"
                    aria-label="Tracks"
                    hidden=Signal::derive(move || !is_open.get())
                >
                    {hits}
                </ul>
            </div>
            <p class="seed__chosen" hidden=Signal::derive(move || !is_chosen.get())>
                <span class="seed__text">{Signal::derive(move || chosen.get().unwrap_or_default())}</span>
                <button
                    class="button button--quiet button--icon"
                    type="button"
                    aria-label="Choose another"
                    on:click=move |_| picking.start_over()
                >
                    <Icon name=IconName::Close/>
                </button>
            </p>
            <p class="field__hint" id="build-seed-hint">"Bender picks songs like this one when the queue runs dry."</p>
            <FieldError id="build-seed-error" text=error/>
        </div>
    }
}

/// The state of one field. Copies are the same.
#[derive(Clone, Copy)]
struct Picking {
    uri: RwSignal<String>,
    error: RwSignal<Option<String>>,
    typed: RwSignal<String>,
    found: RwSignal<Vec<Track>>,
    /// The suggestion that Enter takes.
    cursor: RwSignal<usize>,
    /// Title and artist of the track that was taken.
    chosen: RwSignal<Option<String>>,
    keystrokes: StoredValue<u32>,
}

impl Picking {
    fn look_soon(self, text: String) {
        self.typed.set(text.clone());
        self.uri.set(text.clone());
        self.error.set(None);
        let this = self.keystrokes.get_value().wrapping_add(1);
        self.keystrokes.set_value(this);
        let is_link = text.contains("://") || TrackUri::parse(&text).is_ok();
        if text.trim().is_empty() || is_link {
            self.found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            browser::wait(TYPING_PAUSE_MS).await;
            if self.keystrokes.get_value() != this {
                return;
            }
            let tracks = search(text, SEED_RESULTS, String::new(), String::new(), 0)
                .await
                .map(|found| found.tracks)
                .unwrap_or_default();
            if self.keystrokes.get_value() == this {
                self.cursor.set(0);
                self.found.set(tracks);
            }
        });
    }

    fn key(self, event: &KeyboardEvent) {
        let count = self.found.with_untracked(Vec::len);
        if count == 0 {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => self.cursor.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.cursor.update(|at| *at = (*at + count - 1) % count),
            "Enter" => self.take(self.cursor.get_untracked()),
            "Escape" => self.found.set(Vec::new()),
            _ => return,
        }
        event.prevent_default();
    }

    fn take(self, at: usize) {
        let Some(track) = self.found.with_untracked(|found| found.get(at).cloned()) else {
            return;
        };
        self.uri.set(track.uri.to_string());
        self.chosen
            .set(Some(format!("{} · {}", track.title, track.artist)));
        self.found.set(Vec::new());
    }

    fn start_over(self) {
        self.chosen.set(None);
        self.uri.set(String::new());
        self.typed.set(String::new());
    }

    fn hit(self, at: usize, track: Track, is_at_cursor: bool) -> impl IntoView {
        view! {
            <li
                class="seed__hit"
                role="option"
                id=format!("seed-{at}")
                aria-selected=is_at_cursor.to_string()
                on:click=move |_| self.take(at)
            >
                <Cover track=track.clone() size=CoverSize::Small/>
                <span class="seed__text"><span>{track.title}</span><span>{track.artist}</span></span>
            </li>
        }
    }
}
