//! What played in a nest: searchable, in pages, with files to take home. Plain HTML.

use engine::history::{History, PlayedSong};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::history::Ending;
use nests::text::clock_face;
use nests::wire::directory::NestCard;

use super::moment::{LocalMoments, Moment};
use super::out_of_order::in_place_of_the_page;
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::paths;
use crate::reading::counted;
use crate::server_fns::looking_back::{LookBack, look_back};

#[component]
pub fn HistoryPage() -> impl IntoView {
    let nest = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    Suspend::new(async move {
        match look_back(&nest).await {
            Ok(found) => view! { <Played found/> }.into_any(),
            Err(refused) => in_place_of_the_page(refused),
        }
    })
}

#[component]
fn Played(found: LookBack) -> impl IntoView {
    let LookBack {
        card,
        history,
        search,
        is_first,
        notice,
    } = found;
    let name = card.name.as_str().to_owned();
    let address = paths::history(&card.nest_id);
    let empty = match (history.songs.is_empty(), search.is_empty()) {
        (false, _) => None,
        (true, true) if is_first => Some("Nothing has played here yet."),
        (true, true) => Some("Nothing older."),
        (true, false) => Some("No song that played here has all these words."),
    };
    let has_played = !(history.songs.is_empty() && search.is_empty() && is_first);
    let clear = (!search.is_empty())
        .then(|| view! { <a class="button button--quiet" href=address.clone()>"Show all"</a> });
    view! {
        <Title text=format!("What played in {name} · EchoNest")/>
        <PlainBar/>
        <main class="page page--list">
            <section class="card card--wide">
                <h1 class="card__title">{format!("What played in {name}")}</h1>
                <Notice text=Signal::stored(notice)/>
                <form class="history__search" method="get" action=address.clone() role="search">
                    <label class="visually-hidden" for="history-q">"Search in what played"</label>
                    <input
                        class="field__input"
                        id="history-q"
                        type="search"
                        name="q"
                        maxlength="200"
                        value=search.clone()
                        placeholder="A title, an artist, a name"
                        autocomplete="off"
                    />
                    <button class="button">"Search"</button>
                    {clear}
                </form>
                <p class="card__text" hidden=empty.is_none()>{empty}</p>
                <Songs songs=history.songs.clone()/>
                <Pages history card=card.clone() search is_first/>
                {has_played.then(|| view! { <Files card=card.clone()/> })}
                <div class="card__acts"><a class="button" href=paths::nest(&card.nest_id)>"Back to the nest"</a></div>
            </section>
        </main>
        <LocalMoments/>
    }
}

#[component]
fn Songs(songs: Vec<PlayedSong>) -> impl IntoView {
    view! { <ol class="history">{songs.into_iter().map(row).collect::<Vec<_>>()}</ol> }
}

fn row(song: PlayedSong) -> impl IntoView {
    let brought = match song.auto {
        true if song.user.is_bender() => "picked by Bender".to_owned(),
        true => format!("a throwback to {}", song.user.name),
        false => format!("brought by {}", song.user.name),
    };
    let jams = (!song.jams.is_empty()).then(|| {
        let names: Vec<&str> = song.jams.iter().map(|person| person.name.as_str()).collect();
        let title = names.join(", ");
        let words = counted(names.len(), "jam", "jams");
        view! { <span class="history__jams" title=title><Icon name=IconName::HeartFilled/>{words}</span> }
    });
    let skipped =
        (song.ending == Ending::Skipped).then(|| view! { <span class="history__skipped">"skipped"</span> });
    let picture = song.img.map(|src| {
        view! { <img class="history__cover" src=src alt="" width="48" height="48" loading="lazy"/> }
    });
    view! {
        <li class="history__song">
            <span class="history__art" aria-hidden="true">{picture}</span>
            <span class="history__text">
                <span class="history__title">{song.title}</span>
                <span class="history__artist">{song.artist}" · "<span class="num">{clock_face(song.duration_ms)}</span></span>
            </span>
            <span class="history__facts">
                <Moment at=song.started_at/>
                <span>{brought}</span>
                {jams}
                {skipped}
            </span>
        </li>
    }
}

/// The other pages of what was found.
#[component]
fn Pages(history: History, card: NestCard, search: String, is_first: bool) -> impl IntoView {
    let older = history.next.map(|place| {
        let href = paths::history_older(&card.nest_id, &search, &place);
        view! { <a class="button" rel="next" href=href>"Older"</a> }
    });
    let newer = history.previous.map(|place| {
        let href = paths::history_newer(&card.nest_id, &search, &place);
        view! { <a class="button" rel="prev" href=href>"Newer"</a> }
    });
    let newest = (!is_first).then(|| {
        let href = match search.is_empty() {
            true => paths::history(&card.nest_id),
            false => paths::history_search(&card.nest_id, &search),
        };
        view! { <a class="button button--quiet" rel="first" href=href>"Newest"</a> }
    });
    let has_pages = older.is_some() || newest.is_some();
    has_pages.then(|| view! { <nav class="card__acts" aria-label="Pages">{newest}{newer}{older}</nav> })
}

/// Files of all that played, searched for or not.
#[component]
fn Files(card: NestCard) -> impl IntoView {
    let address = paths::history(&card.nest_id);
    let file = |ending: &str, name: &'static str| {
        view! { <a class="button button--quiet" href=format!("{address}.{ending}") download>{name}</a> }
    };
    view! {
        <section class="history__files" aria-labelledby="history-files">
            <h2 id="history-files">"Take all of it with you"</h2>
            <nav class="history__kinds" aria-labelledby="history-files">
                {file("m3u", "Playlist (M3U)")}
                {file("csv", "Table (CSV)")}
                {file("json", "JSON")}
            </nav>
        </section>
    }
}
