//! The stage: what plays, who brought it, who loves it, and the way to hear it.

use leptos::either::Either;
use leptos::prelude::*;
use nests::hearing::Footing;
use nests::nest::NestId;
use nests::track::Source;

use super::avatar::{Avatar, Faces};
use super::cover::{Cover, CoverSize};
use super::icon::{Icon, IconName};
use super::progress::Progress;
use super::queue::or_bender;
use super::tune_in::TuneIn;
use super::volume::Volume;
use crate::live::board::Stage;
use crate::live::nest_state::NestState;
use crate::paths::{self, form};

/// Faces beside the jam button.
const FACES: usize = 5;

#[component]
pub fn StageView() -> impl IntoView {
    let state = NestState::here();
    let nest = state.identity.with_untracked(|identity| identity.id.clone());
    let data_state = Signal::derive(move || state.stage.with(|stage| state_word(stage.as_ref())));
    let title = Signal::derive(move || format!("{}: now playing", state.name().get()));
    let content = move || match state.stage.get() {
        Some(stage) => Either::Left(view! { <Song stage nest=nest.clone()/> }),
        None => Either::Right(view! { <Quiet nest=nest.clone()/> }),
    };
    view! {
        <section class="stage" aria-labelledby="stage-title" data-state=data_state>
            <h1 class="visually-hidden">
                {title}
            </h1>
            {content}
            // Filled by public/hear-here.js, where this browser is one's player.
            <div id="hear-here" class="hear-here needs-js"></div>
        </section>
    }
}

/// As in `data-state`.
fn state_word(stage: Option<&Stage>) -> &'static str {
    match stage {
        None => "idle",
        Some(Stage {
            paused_at: Some(_), ..
        }) => "paused",
        Some(_) => "playing",
    }
}

#[component]
fn Song(stage: Stage, nest: NestId) -> impl IntoView {
    let track = stage.track.clone();
    let brought_by = match stage.auto {
        true if stage.who.is_bender() => ("Bender's pick", String::new()),
        true => ("Throwback to ", stage.who.name.clone()),
        false => ("Brought by ", stage.who.name.clone()),
    };
    let credit = [track.artist.clone(), track.album.clone()];
    let [artist, album] = credit;
    let album = (!album.is_empty()).then(|| view! { " · " <span class="stage__album">{album}</span> });
    let paused = stage.paused_at.is_some();
    let on_spotify = track.uri.source() == Source::Spotify;
    view! {
        <div class="stage__cover">
            <Cover track=track.clone() size=CoverSize::Large/>
            {paused.then(|| view! { <p class="stage__paused"><Icon name=IconName::Pause/>"Paused"</p> })}
        </div>
        <div class="stage__song">
            <h2 class="stage__title" id="stage-title">{track.title.clone()}</h2>
            <p class="stage__credit"><span class="stage__artist">{artist}</span>{album}</p>
        </div>
        <Progress stage=stage.clone()/>
        <div class="stage__people">
            <p class="stage__by"><Avatar person=stage.who.clone()/><span>{brought_by.0}<strong>{brought_by.1}</strong></span></p>
            <form class="jam" method="post" action=form::JAM>
                <input type="hidden" name="nest" value=nest.to_string()/>
                <input type="hidden" name="song" value=stage.song.to_string()/>
                <Faces people=stage.jams.clone() most=FACES class="jam__faces"/>
                <JamButton title=track.title.clone() jams=stage.jams.len() jammed=stage.jammed disabled=false/>
            </form>
        </div>
        <TuneIn/>
        {on_spotify.then(|| view! { <OnSpotify nest=nest.clone()/> })}
        <div class="stage__controls">
            <Transport stage nest/>
            <Volume/>
        </div>
    }
}

/// The ways to hear a song of Spotify's; for whoever has chosen one already, the way to another.
#[component]
fn OnSpotify(nest: NestId) -> impl IntoView {
    let own_device = NestState::here().own_device;
    let is_chosen = Signal::derive(move || {
        own_device.with(|own| own.as_ref().is_some_and(|own| own.footing != Footing::Off))
    });
    let words = Signal::derive(move || match is_chosen.get() {
        true => "Hear it elsewhere",
        false => "Hear it on your Spotify",
    });
    view! {
        <div class="stage__spotify">
            <a class="button button--wide" href=paths::hear(&nest)>{words}</a>
            <form class="stage__here needs-js" method="post" action=form::HEAR_HERE hidden=is_chosen>
                <input type="hidden" name="nest" value=nest.to_string()/>
                <button class="button button--wide">"In this browser"</button>
            </form>
        </div>
    }
}

/// Only the buttons that this person may use.
#[component]
fn Transport(stage: Stage, nest: NestId) -> impl IntoView {
    let pause = match stage.paused_at {
        Some(_) => (form::RESUME, IconName::Play, "Resume"),
        None => (form::PAUSE, IconName::Pause, "Pause"),
    };
    let pause = stage.pausable.then(|| {
        let (address, icon, word) = pause;
        view! { <button class="button button--quiet" formaction=address><Icon name=icon/>{word}</button> }
    });
    let skip = stage
        .skippable
        .then(|| view! { <button class="button button--quiet"><Icon name=IconName::Skip/>"Skip"</button> });
    view! {
        <form class="transport" method="post" action=form::SKIP>
            <input type="hidden" name="nest" value=nest.to_string()/>
            <input type="hidden" name="song" value=stage.song.to_string()/>
            {pause}
            {skip}
        </form>
    }
}

/// The heart of a song, on the stage and in its row. It belongs into a form with `nest` and `song`.
#[component]
pub fn JamButton(title: String, jams: usize, jammed: bool, disabled: bool) -> impl IntoView {
    let icon = if jammed {
        IconName::HeartFilled
    } else {
        IconName::Heart
    };
    let label = format!("Jam: {title}, {}", crate::reading::counted(jams, "jam", "jams"));
    view! {
        <button
            class="jam__button"
            formaction=form::JAM
            name="on"
            value=(!jammed).to_string()
            aria-pressed=jammed.to_string()
            aria-label=label
            disabled=disabled
        >
            <Icon name=icon/>
            {(jams > 0).then(|| view! { <span class="num">{jams.to_string()}</span> })}
        </button>
    }
}

/// Nothing plays.
#[component]
fn Quiet(nest: NestId) -> impl IntoView {
    let state = NestState::here();
    let bender_is_off = Signal::derive(move || !state.heading.with(|heading| heading.bender));
    view! {
        <div class="stage__cover">
            <span class="cover cover--large cover--blank cover--idle" aria-hidden="true"><Icon name=IconName::Nest/></span>
        </div>
        <div class="stage__song">
            <h2 class="stage__title" id="stage-title">"Quiet in here."</h2>
            <p class="stage__credit">"Search or paste a link"{or_bender(state)}</p>
        </div>
        <form class="stage__idle" method="post" action=form::ASK_BENDER>
            <input type="hidden" name="nest" value=nest.to_string()/>
            <a class="button" href="#search"><Icon name=IconName::Search/>"Search"</a>
            <button class="button button--accent" hidden=bender_is_off><Icon name=IconName::Bender/>"Let Bender pick"</button>
        </form>
        <TuneIn/>
    }
}
