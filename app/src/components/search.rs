//! Search: results arrive as one types, those of each source as soon as it has them; each says where it would land, Enter
//! adds.
//!
//! Without a script the same form loads the page again with `?q=`, and the results are drawn by the server. What the paste
//! sheet can do more with (links, several lines) is offered a way there.

use leptos::ev::{ClipboardEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::paste::is_for_the_sheet;
use nests::text::clock_face;
use nests::track::{Source, Track};
use nests::wire::Command;
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement};

use super::cover::{Cover, CoverSize};
use super::icon::{Icon, IconName};
use super::notice::Notice;
use crate::live::board::landing_place;
use crate::live::browser;
use crate::live::connection::Connection;
use crate::live::nest_state::NestState;
use crate::live::results::Results;
use crate::live::toasts::Tone;
use crate::paths::{self, form};
use crate::server_fns::Refused;
use crate::server_fns::searching::{Found, RESULTS, search};

/// A pause in typing that means: look now.
const TYPING_PAUSE_MS: u32 = 200;

/// What the panel under the field shows.
#[derive(Clone, Debug, PartialEq)]
enum Panel {
    Closed,
    Looking,
    Found(Results),
}

impl Panel {
    fn results(&self) -> Option<&Results> {
        match self {
            Self::Found(results) => Some(results),
            Self::Closed | Self::Looking => None,
        }
    }

    /// From top to bottom.
    fn rows(&self) -> Vec<Track> {
        let rows = self.results().map(|results| results.rows().cloned().collect());
        rows.unwrap_or_default()
    }
}

/// The search of one page. Copies are the same.
#[derive(Clone, Copy)]
struct Searching {
    state: NestState,
    connection: Connection,
    panel: RwSignal<Panel>,
    /// Where this house has music from. Each is asked by itself.
    sources: StoredValue<Vec<Source>>,
    /// What the newest search has brought; on the panel once the first source has answered.
    results: StoredValue<Results>,
    /// The result that Enter adds.
    cursor: RwSignal<usize>,
    keystrokes: StoredValue<u32>,
    /// What the paste sheet is offered for; empty: nothing.
    for_sheet: RwSignal<String>,
    /// Several lines that are being pasted: the field itself takes only one.
    lines: StoredValue<Option<String>>,
}

#[component]
pub fn Search(asked: Option<(String, Result<Found, Refused>)>, sources: Vec<Source>) -> impl IntoView {
    let state = NestState::here();
    let query = asked.as_ref().map(|(query, _)| query.clone()).unwrap_or_default();
    if let Some((_, Ok(found))) = &asked {
        state.offer(&found.tracks);
    }
    let panel = asked.map_or(Panel::Closed, |(query, answer)| {
        Panel::Found(Results::whole(query, answer))
    });
    let searching = Searching {
        state,
        connection: Connection::here(),
        panel: RwSignal::new(panel),
        sources: StoredValue::new(sources),
        results: StoredValue::new(Results::default()),
        cursor: RwSignal::new(0),
        keystrokes: StoredValue::new(0),
        for_sheet: RwSignal::new(if is_for_the_sheet(&query) {
            query.clone()
        } else {
            String::new()
        }),
        lines: StoredValue::new(None),
    };
    let for_sheet = searching.for_sheet;
    let sheet = state
        .identity
        .with_untracked(|identity| paths::paste(&identity.id));
    let panel = searching.panel;
    let no_sheet = Signal::derive(move || for_sheet.with(String::is_empty));
    let is_open = Signal::derive(move || panel.with(|panel| *panel != Panel::Closed) || !no_sheet.get());
    let status = Signal::derive(move || searching.status());
    let no_status = Signal::derive(move || status.with(String::is_empty));
    let no_more = Signal::derive(move || !panel.with(|panel| panel.results().is_some_and(Results::has_more)));
    let jump_here = move |_: web_sys::Event| {
        if window().location().hash().is_ok_and(|hash| hash == "#search") {
            browser::focus("search-field");
        }
    };
    Effect::new(move |_| {
        let listener = window_event_listener_untyped("hashchange", jump_here);
        on_cleanup(move || listener.remove());
    });
    view! {
        <div class="search" id="search" data-open=Signal::derive(move || is_open.get().then_some(""))>
            <form class="search__form" method="get" role="search" on:submit=move |event| {
                event.prevent_default();
                searching.add_chosen();
            }>
                <label class="visually-hidden" for="search-field">"Search for a song or paste a link"</label>
                <Icon name=IconName::Search/>
                <input
                    class="search__field"
                    id="search-field"
                    name="q"
                    type="search"
                    placeholder="Search or paste a link"
                    autocomplete="off"
                    enterkeyhint="search"
                    value=query
                    aria-controls="search-results"
                    on:paste=move |event| searching.paste(&event)
                    on:input=move |event| searching.look_soon(event_target_value(&event))
                    on:keydown=move |event| searching.key(&event)
                />
                <kbd class="key search__key desk-only needs-js" aria-hidden="true">"/"</kbd>
                <button class="button search__go">"Search"</button>
                <a class="search__close phone-only" href="#queue" on:click=move |_| searching.close()>"Done"</a>
            </form>
            <div class="search__panel" id="search-results" hidden=Signal::derive(move || !is_open.get())>
                <Notice text=Signal::derive(move || searching.failure())/>
                <form class="search__sheet" id="to-sheet" method="post" action=sheet hidden=no_sheet>
                    <input type="hidden" name="text" value=for_sheet/>
                    <button class="button button--accent">"Open the paste sheet"</button>
                </form>
                <ol class="search__list">{move || searching.hits()}</ol>
                // Below the rows: what comes and goes above them would move them under a finger.
                <p class="search__state" role="status" hidden=no_status>{status}</p>
                <button
                    class="button button--quiet button--wide search__more"
                    type="button"
                    hidden=no_more
                    on:click=move |_| searching.more()
                >
                    "Show more"
                </button>
                <p class="search__hint desk-only needs-js">
                    <kbd class="key">"Enter"</kbd>" adds it · "<kbd class="key">"↑"</kbd><kbd class="key">"↓"</kbd>
                    " to choose · "<kbd class="key">"Esc"</kbd>" closes"
                </p>
            </div>
        </div>
    }
}

/// Subscribes the caller to whatever changes where a track would land.
fn follow_queue(state: NestState) {
    use leptos::prelude::Track as _;

    state.heading.track();
    state.order.track();
    state.stage.track();
}

impl Searching {
    /// Keeps the lines apart that the field would run together. The field's own input event follows.
    fn paste(self, event: &ClipboardEvent) {
        let text = event.clipboard_data().and_then(|data| data.get_data("text").ok());
        self.lines
            .set_value(text.filter(|text| text.trim().contains('\n')));
    }

    fn look_soon(self, text: String) {
        let this = self.keystrokes.get_value().wrapping_add(1);
        self.keystrokes.set_value(this);
        let lines = self.lines.try_update_value(Option::take).flatten();
        let is_list = lines.is_some();
        let link = || is_for_the_sheet(&text).then(|| text.clone());
        self.for_sheet.set(lines.or_else(link).unwrap_or_default());
        if is_list || text.trim().is_empty() {
            self.panel.set(Panel::Closed);
            return;
        }
        // Results of fewer letters are better than a blank; those of another search are not, where a link was pasted: Enter
        // would add one of them.
        let is_link = self.for_sheet.with_untracked(|text| !text.is_empty());
        let has_results = self.panel.with_untracked(|panel| panel.results().is_some());
        if is_link || !has_results {
            self.panel.set(Panel::Looking);
        }
        spawn_local(async move {
            browser::wait(TYPING_PAUSE_MS).await;
            if self.keystrokes.get_value() != this {
                return;
            }
            let sources = self.sources.get_value();
            let results = Results::awaited(text.clone(), &sources, RESULTS as usize);
            self.results.set_value(results);
            for source in sources {
                spawn_local(self.ask(source, text.clone(), 0, this));
            }
        });
    }

    /// What is here already at once, and then the sources' next pages.
    fn more(self) {
        let this = self.keystrokes.get_value();
        let next = self.results.try_update_value(Results::more).unwrap_or_default();
        let results = self.results.get_value();
        let text = results.query().to_owned();
        self.show(results);
        for (source, from) in next {
            spawn_local(self.ask(source, text.clone(), from as u32, this));
        }
    }

    fn show(self, results: Results) {
        self.panel.set(Panel::Found(results));
        let rows = self.panel.with_untracked(Panel::rows);
        self.state.offer(&rows);
    }

    /// Asks one source, and shows what it has below what the others had sooner; unless somebody typed on meanwhile.
    async fn ask(self, source: Source, text: String, from: u32, keystroke: u32) {
        let nest = self
            .state
            .identity
            .with_untracked(|identity| identity.id.to_string());
        let answer = search(text, RESULTS, nest, source.as_str().to_owned(), from).await;
        if self.keystrokes.get_value() != keystroke {
            return;
        }
        let is_first = self.results.with_value(Results::is_untouched);
        self.results
            .update_value(|results| results.arrive(source, answer));
        if is_first {
            self.cursor.set(0);
        }
        let results = self.results.get_value();
        let (is_complete, count) = (results.is_complete(), results.count());
        self.show(results);
        if is_complete {
            let words = crate::reading::counted(count, "song found.", "songs found.");
            self.state.say(words);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let count = self
            .panel
            .with_untracked(|panel| panel.results().map_or(0, Results::count));
        match event.key().as_str() {
            "ArrowDown" if count > 0 => self.cursor.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => self.cursor.update(|at| *at = (*at + count - 1) % count),
            "Escape" => {
                self.close();
                let field =
                    browser::by_id("search-field").and_then(|f| f.dyn_into::<HtmlInputElement>().ok());
                if let Some(field) = field {
                    field.set_value("");
                    field.blur().ok();
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn close(self) {
        self.keystrokes.update_value(|n| *n = n.wrapping_add(1));
        self.panel.set(Panel::Closed);
        self.for_sheet.set(String::new());
    }

    /// Enter: the chosen result, or the first; where there is none, the way to the sheet.
    fn add_chosen(self) {
        let cursor = self.cursor.get_untracked();
        let track = self
            .panel
            .with_untracked(|panel| panel.results()?.rows().nth(cursor).cloned());
        if track.is_none()
            && !self.for_sheet.with_untracked(String::is_empty)
            && let Some(form) =
                browser::by_id("to-sheet").and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        {
            form.submit().ok(); // the button is there for it as well
        }
        if let Some(track) = track {
            let place = self.landing_place(&track);
            let was_there = self
                .state
                .with_shown(|nest, _| nest.brought_track(&track.uri).is_some());
            self.connection.wish(Command::Add { track: track.uri });
            if let (Some(place), false) = (place, was_there) {
                self.state.toast(
                    Tone::Good,
                    format!("“{}” is in the queue, at place {place}.", track.title),
                    None,
                );
            }
        }
    }

    fn landing_place(self, track: &Track) -> Option<u32> {
        let me = self.state.me();
        self.state
            .with_shown(|nest, now| landing_place(nest, &me, track, now))
    }

    /// The line where results would be, while there are none; who still searches, and which source had no answer.
    fn status(self) -> String {
        self.panel.with(|panel| match panel {
            Panel::Closed => String::new(),
            Panel::Looking => "Searching…".to_owned(),
            Panel::Found(results) => results.status(),
        })
    }

    fn failure(self) -> Option<String> {
        self.panel
            .with(|panel| panel.results().and_then(Results::failure))
    }

    fn hits(self) -> Vec<impl IntoView> {
        // What is queued, and where a track would land, changes with the queue.
        follow_queue(self.state);
        let cursor = self.state.awake.get().then(|| self.cursor.get());
        let (tracks, has_headings) = self.panel.with(|panel| {
            let has_headings = panel.results().is_some_and(Results::has_headings);
            (panel.rows(), has_headings)
        });
        let source = |at: usize| tracks.get(at).map(|track| track.uri.source());
        let rows = tracks.iter().enumerate();
        rows.map(|(at, track)| {
            let begins = has_headings && (at == 0 || source(at) != source(at - 1));
            let heading =
                begins.then(|| view! { <li class="search__source">{track.uri.source().title()}</li> });
            (heading, self.hit(at, track.clone(), cursor == Some(at)))
        })
        .collect()
    }

    fn hit(self, at: usize, track: Track, is_at_cursor: bool) -> impl IntoView + use<> {
        let nest = self
            .state
            .identity
            .with_untracked(|identity| identity.id.to_string());
        let queued = self
            .state
            .with_shown(|nest, _| nest.brought_track(&track.uri).is_some());
        let lands = match self.landing_place(&track) {
            _ if queued => "in the queue".to_owned(),
            Some(place) => format!("lands at place {place}"),
            None => String::new(),
        };
        let (icon, label) = match queued {
            true => (IconName::Check, format!("Already in the queue: {}", track.title)),
            false => (IconName::Plus, format!("Add {}", track.title)),
        };
        let credit = [track.artist.as_str(), track.album.as_str()];
        let credit = credit
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        view! {
            <li
                class="hit"
                id=format!("hit-{at}")
                data-state=queued.then_some("queued")
                data-cursor=is_at_cursor.then_some("")
            >
                <Cover track=track.clone() size=CoverSize::Normal/>
                <div class="hit__text"><p class="hit__title">{track.title.clone()}</p><p class="hit__artist">{credit}</p></div>
                <p class="hit__lands">{lands}</p>
                <span class="hit__length num">{clock_face(track.duration_ms)}</span>
                <form class="hit__act" method="post" action=form::ADD>
                    <input type="hidden" name="nest" value=nest/>
                    <input type="hidden" name="track" value=track.uri.to_string()/>
                    <button class="button button--icon button--quiet" disabled=queued aria-label=label><Icon name=icon/></button>
                </form>
            </li>
        }
    }
}
