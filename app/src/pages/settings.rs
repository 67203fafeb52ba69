//! What the creator of a nest can change about it: its name, the emoji of its link, whether Bender picks, a new start, its
//! end. In the Main Nest, which is nobody's, everybody switches Bender, and that is all.
//!
//! A plain page of plain forms. Restarting and deleting are folded away, and say how many are listening before anything
//! happens to them. Bender's switch and the Spotify app of the nest's own have modules of their own below.

mod bender;
mod own_app;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::nest::NestId;
use nests::nest::name::MAX_NAME_CHARS;
use nests::wire::directory::{NestCard, NestState};

use self::bender::BendersSwitch;
use self::own_app::{OwnSpotifyApp, RefusedApp};
use super::out_of_order::in_place_of_the_page;
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::{FieldError, Notice, invalid_with};
use crate::paths;
use crate::server_fns::Refused;
use crate::server_fns::bender::{BenderHere, bender_here};
use crate::server_fns::looking_back::a_nest;
use crate::server_fns::own_app::{HostsView, hosts_view};
use crate::server_fns::page_query::of_request;

/// The longest emoji there is, in UTF-16 units, as browsers count; whether it is one, and only one, the engine knows.
const MAX_EMOJI_UNITS: usize = 16;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let nest = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    Suspend::new(async move {
        match a_nest(&nest).await {
            Ok((card, _)) if card.is_main => match bender_here(&card.nest_id).await {
                Ok(bender) => view! { <MainNest card bender/> }.into_any(),
                Err(refused) => in_place_of_the_page(refused),
            },
            Ok((card, true)) => match hosts_own(&card.nest_id).await {
                Ok((spotify, bender)) => view! { <Settings card spotify bender/> }.into_any(),
                Err(refused) => in_place_of_the_page(refused),
            },
            Ok((card, false)) => view! { <NotYours card/> }.into_any(),
            Err(refused) => in_place_of_the_page(refused),
        }
    })
}

async fn hosts_own(nest: &NestId) -> Result<(HostsView, BenderHere), Refused> {
    Ok((hosts_view(nest).await?, bender_here(nest).await?))
}

#[component]
fn MainNest(card: NestCard, bender: BenderHere) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    view! {
        <Title text=format!("Settings of {name} · EchoNest")/>
        <PlainBar/>
        <main class="page page--list">
            <section class="card card--panel">
                <h1 class="card__title">"Nest settings"</h1>
                <Notice text=Signal::stored(of_request().notice)/>
                <p class="card__text">"The Main Nest runs for ever; nobody restarts or renames it."</p>
                <BendersSwitch nest=card.nest_id.to_string() here=bender/>
                <a class="card__back" href=paths::nest(&card.nest_id)>{format!("Back to {name}")}</a>
            </section>
        </main>
    }
}

#[component]
fn Settings(card: NestCard, spotify: HostsView, bender: BenderHere) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    let is_awake = card.state == NestState::Awake;
    let mut asked = of_request();
    let refused = RefusedApp::taken_from(&mut asked);
    // Their forms are not there while it sleeps.
    let (name_again, emoji_again) = match is_awake {
        true => (asked.take_refused("name"), asked.take_refused("emoji")),
        false => Default::default(),
    };
    let notice = asked.notice;
    view! {
        <Title text=format!("Settings of {name} · EchoNest")/>
        <PlainBar/>
        <main class="page page--list">
            <section class="card card--panel">
                <h1 class="card__title">"Nest settings"</h1>
                <Notice text=Signal::stored(notice)/>
                {is_awake.then(|| view! {
                    <Rename nest=card.nest_id.to_string() name=name.clone() again=name_again/>
                    <PickEmoji nest=card.nest_id.to_string() emoji=card.emoji.clone() again=emoji_again/>
                    <BendersSwitch nest=card.nest_id.to_string() here=bender/>
                })}
                <OwnSpotifyApp nest=card.nest_id.to_string() view=spotify refused/>
                <Restart card=card.clone()/>
                <Delete card=card.clone()/>
                <a class="card__back" href=paths::nest(&card.nest_id)>{format!("Back to {name}")}</a>
            </section>
        </main>
    }
}

/// What was wrong with a field, and what was typed into it.
type Again = (Option<String>, Option<String>);

#[component]
fn Rename(nest: String, name: String, again: Again) -> impl IntoView {
    let (error, typed) = again;
    // A blank name isn't sent back: the field is empty then, and what is said of it is true.
    let value = if error.is_some() { typed } else { Some(name) };
    view! {
        <OneField
            nest
            action=paths::form::RENAME_NEST
            field="name"
            label="Name"
            value
            error
            error_id="name-error"
            required=true
            longest=MAX_NAME_CHARS
            hint="The link follows the name. The old one leads here until somebody claims it."
        >
            <button class="button button--accent">"Rename"</button>
        </OneField>
    }
}

#[component]
fn PickEmoji(nest: String, emoji: Option<String>, again: Again) -> impl IntoView {
    let (error, typed) = again;
    view! {
        <OneField
            nest
            action=paths::form::SET_EMOJI
            field="emoji"
            label="Emoji of the link"
            value=typed.or(emoji)
            error
            error_id="emoji-error"
            longest=MAX_EMOJI_UNITS
            hint="Stands before the name where the link is shared. Leave it blank for none."
        >
            <button class="button">"Save emoji"</button>
        </OneField>
    }
}

/// The form for one thing about the nest. `field` names what is sent, `longest` is in the units that browsers count,
/// and `children` is the button.
#[component]
fn OneField(
    nest: String,
    action: &'static str,
    field: &'static str,
    label: &'static str,
    value: Option<String>,
    error: Option<String>,
    error_id: &'static str,
    #[prop(optional)] required: bool,
    longest: usize,
    hint: &'static str,
    children: Children,
) -> impl IntoView {
    let hint_id = format!("{field}-hint");
    let described_by = format!("{error_id} {hint_id}");
    let error = RwSignal::new(error);
    view! {
        <form class="card__form" method="post" action=action>
            <input type="hidden" name="nest" value=nest/>
            <div class="field">
                <label class="field__label" for=field>{label}</label>
                <input
                    class="field__input"
                    id=field
                    name=field
                    required=required
                    maxlength=longest.to_string()
                    autocomplete="off"
                    value=value
                    aria-invalid=invalid_with(error)
                    aria-describedby=described_by
                />
                <FieldError id=error_id text=error/>
                <p class="field__hint" id=hint_id>{hint}</p>
            </div>
            {children()}
        </form>
    }
}

#[component]
fn Restart(card: NestCard) -> impl IntoView {
    let is_awake = card.state == NestState::Awake;
    view! {
        <details class="card__fold">
            <summary class="button button--wide">"Restart…"</summary>
            <form class="card__form" id=paths::RESTART_FORM method="post" action=paths::form::RESTART_NEST>
                <input type="hidden" name="nest" value=card.nest_id.to_string()/>
                <input type="hidden" name="mode" value="force"/>
                <p class="card__text">
                    <span data-testid="listening">{listening(&card)}</span>
                    {(is_awake && card.member_count > 0).then_some(" Everybody comes along to the new start.")}
                </p>
                <p class="card__text">"What plays now ends. Name, code, link and history stay as they are."</p>
                {is_awake.then(|| view! {
                    <label class="check">
                        <input class="check__box" type="checkbox" name="keep_queue" value="true" checked/>
                        "Keep the songs that wait"
                    </label>
                })}
                <button class="button">"Restart nest"</button>
            </form>
        </details>
    }
}

#[component]
fn Delete(card: NestCard) -> impl IntoView {
    let is_awake = card.state == NestState::Awake;
    view! {
        <details class="card__fold">
            <summary class="button button--wide">"Delete…"</summary>
            <form class="card__form" method="post" action=paths::form::DELETE_NEST>
                <input type="hidden" name="nest" value=card.nest_id.to_string()/>
                <p class="card__text">
                    {listening(&card)}
                    {(is_awake && card.member_count > 0).then_some(" Everybody is sent to the Main Nest.")}
                </p>
                <p class="card__text">"The songs, the history, the code and the link are gone for good."</p>
                <button class="button button--danger">"Delete nest for good"</button>
            </form>
        </details>
    }
}

fn listening(card: &NestCard) -> String {
    match (card.state, card.member_count) {
        (NestState::Asleep, _) => "It is asleep: nobody is listening.".to_owned(),
        (NestState::Awake, 0) => "Nobody is listening right now.".to_owned(),
        (NestState::Awake, 1) => "One person is listening.".to_owned(),
        (NestState::Awake, many) => format!("{many} people are listening."),
    }
}

#[component]
fn NotYours(card: NestCard) -> impl IntoView {
    let words = match &card.creator {
        Some(creator) => format!("Only {creator}, who built it, can change it."),
        None => "Only whoever built it can change it.".to_owned(),
    };
    view! {
        <Title text="Nest settings · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Nest/></span>
                <h1 class="card__title">"Not yours to change."</h1>
                <p class="card__text">{words}</p>
                <div class="card__acts">
                    <a class="button button--accent" href=paths::nest(&card.nest_id)>"Back to the nest"</a>
                </div>
            </section>
        </main>
    }
}
