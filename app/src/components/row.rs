//! One song that waits: what it is, whose, when it plays, and what people think of it.

use leptos::prelude::*;
use nests::nest::NestId;
use nests::queue::{SongId, Vote};
use nests::track::Source;

use super::avatar::{Avatar, Faces};
use super::cover::{Cover, CoverSize};
use super::icon::{Icon, IconName};
use super::local_time::LocalTime;
use super::stage::JamButton;
use crate::live::board::Row;
use crate::live::nest_state::NestState;
use crate::paths::form;
use crate::reading::net_votes;

/// Faces under "Jammed by".
const FACES: usize = 8;

/// Redraws when its own song changes and not otherwise.
#[component]
pub fn RowView(song: SongId, nest: NestId) -> impl IntoView {
    let state = NestState::here();
    let row = state.row(&song)?;
    let is_new = state.awake.get_untracked();
    let news = row.clone();
    let data_state = Signal::derive(move || match news.with(|row| row.pending) {
        true => Some("pending"),
        false => is_new.then_some("entering"),
    });
    let (mine, auto) = row.with_untracked(|row| (row.mine, row.auto));
    Some(view! {
        <li
            class="row"
            id=format!("song-{song}")
            data-mine=mine.then_some("")
            data-auto=auto.then_some("")
            data-state=data_state
            tabindex="-1"
        >
            {move || content(row.get(), &nest)}
        </li>
    })
}

fn content(row: Row, nest: &NestId) -> impl IntoView + use<> {
    let title = row.track.title.clone();
    let who = if row.mine {
        "you".to_owned()
    } else {
        row.who.name.clone()
    };
    view! {
        <span class="row__place num" aria-hidden="true">{row.place.to_string()}</span>
        <Cover track=row.track.clone() size=CoverSize::Normal/>
        <div class="row__text">
            <p class="row__title">{title.clone()}</p>
            <p class="row__artist">{row.track.artist.clone()}</p>
        </div>
        <p class="row__who" title=who>
            <Avatar person=row.who.clone()/>
            <span class="row__who-name visually-hidden">{who.clone()}</span>
        </p>
        <p class="row__when"><span class="visually-hidden">"plays at "</span><LocalTime at=row.starts/></p>
        <form class="row__acts" method="post" action=form::VOTE>
            <SongFields nest=nest.clone() song=row.song.clone()/>
            <JamButton title=title.clone() jams=row.jams.len() jammed=row.jammed disabled=row.pending/>
            <span class="votes">
                <VoteButton row=row.clone() vote=Vote::Up/>
                <span class="votes__net num"><span class="visually-hidden">"votes: "</span>{net_votes(row.net_votes)}</span>
                <VoteButton row=row.clone() vote=Vote::Down/>
            </span>
        </form>
        <details class="row__more">
            <summary class="row__toggle" aria-label=format!("More about {title}")><Icon name=IconName::More/></summary>
            <div class="row__drawer">
                <p class="row__why">{row.why.clone()}</p>
                {jams(&row)}
                {preview(&row, nest)}
                {removal(&row, nest)}
            </div>
        </details>
    }
}

#[component]
fn SongFields(nest: NestId, song: SongId) -> impl IntoView {
    view! {
        <input type="hidden" name="nest" value=nest.to_string()/>
        <input type="hidden" name="song" value=song.to_string()/>
    }
}

/// Pressed again, it takes the vote back.
#[component]
fn VoteButton(row: Row, vote: Vote) -> impl IntoView {
    let (class, icon, words) = match vote {
        Vote::Up => ("votes__up", IconName::Up, "Vote up"),
        Vote::Down => ("votes__down", IconName::Down, "Vote down"),
    };
    let is_mine = row.my_vote == Some(vote);
    let refused = row.mine && vote == Vote::Up;
    view! {
        <button
            class=class
            name="vote"
            value=if is_mine { "none" } else { vote.as_str() }
            aria-pressed=is_mine.to_string()
            aria-label=format!("{words}: {}", row.track.title)
            disabled=row.pending || refused
            title=refused.then_some("Others vote your songs up")
        >
            <Icon name=icon/>
        </button>
    }
}

fn jams(row: &Row) -> Option<impl IntoView + use<>> {
    let names: Vec<&str> = row.jams.iter().map(|person| person.name.as_str()).collect();
    (!names.is_empty()).then(|| {
        let words = format!(" {}", names.join(", "));
        view! { <p class="row__jams">"Jammed by "<Faces people=row.jams.clone() most=FACES/>{words}</p> }
    })
}

/// What Bender picked can be had as one's own, or not at all.
fn preview(row: &Row, nest: &NestId) -> Option<impl IntoView + use<>> {
    (row.auto && !row.pending).then(|| {
        let at_its_source = (row.track.uri.source() == Source::Spotify).then(|| {
            let kind = if row.track.uri.is_episode() {
                "episode"
            } else {
                "track"
            };
            let page = format!("https://open.spotify.com/{kind}/{}", row.track.uri.id());
            view! { <a class="button button--quiet" href=page target="_blank" rel="noopener">"Open it"</a> }
        });
        view! {
            <form method="post" action=form::TAKE>
                <SongFields nest=nest.clone() song=row.song.clone()/>
                <button class="button button--quiet">"Queue it"</button>
                <button class="button button--quiet" formaction=form::FILTER>"Filter it"</button>
                {at_its_source}
            </form>
        }
    })
}

fn removal(row: &Row, nest: &NestId) -> Option<impl IntoView + use<>> {
    (row.removable && !row.pending).then(|| {
        view! {
            <form method="post" action=form::REMOVE>
                <SongFields nest=nest.clone() song=row.song.clone()/>
                <button class="button button--danger"><Icon name=IconName::Trash/>"Remove"</button>
            </form>
        }
    })
}
