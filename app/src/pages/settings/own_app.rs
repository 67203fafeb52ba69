//! The app at Spotify that a nest's host enters for it: how to, how many seats are taken, and taking it away again.

use engine::own_app::{OwnApp, SEATS};
use leptos::prelude::*;

use crate::components::icon::{Icon, IconName};
use crate::components::notice::{FieldError, invalid_with};
use crate::paths;
use crate::server_fns::own_app::HostsView;
use crate::server_fns::page_query::PageQuery;

/// Spotify's have 32 characters.
const LONGEST: usize = 128;

/// The form's fields, which are the places on the page that a refusal leads to.
const ID: &str = "client_id";
const SECRET: &str = "client_secret";

/// Why the app that was typed last was refused, if it was.
#[derive(Default)]
pub(super) struct RefusedApp {
    /// Of the id, and of the secret.
    why: [Option<String>; 2],
    typed_id: Option<String>,
}

impl RefusedApp {
    /// As the page was asked for. What is said of a field of this form is no longer the page's own notice.
    pub(super) fn taken_from(asked: &mut PageQuery) -> Self {
        let (of_id, of_secret) = (asked.is_about(ID), asked.is_about(SECRET));
        if !of_id && !of_secret {
            return Self::default();
        }
        let why = asked.notice.take();
        Self {
            why: if of_id { [why, None] } else { [None, why] },
            typed_id: asked.typed(ID),
        }
    }
}

#[component]
pub(super) fn OwnSpotifyApp(nest: String, view: HostsView, refused: RefusedApp) -> impl IntoView {
    let HostsView {
        app,
        coming_back,
        house_has,
    } = view;
    let client_id = refused
        .typed_id
        .or_else(|| app.as_ref().map(|app| app.client_id.clone()));
    let [wrong_id, wrong_secret] = refused.why.map(RwSignal::new);
    let button = if app.is_some() { "Replace app" } else { "Save app" };
    view! {
        <h2 class="card__subtitle" id=paths::OWN_APP>"Spotify app of your own"</h2>
        <p class="card__text">
            {format!("This nest can go by a Spotify app of yours: its search, its look-ups, and the accounts of {SEATS} listeners. \
              Make one at developer.spotify.com, give it this redirect URI, and enter your listeners under User Management.")}
        </p>
        <dl class="facts">
            <div class="facts__row"><dt>"Redirect URI"</dt><dd>{coming_back}</dd></div>
        </dl>
        {app.map(|app| view! { <Entered nest=nest.clone() app house_has/> })}
        <form class="card__form" method="post" action=paths::form::SET_SPOTIFY_APP>
            <input type="hidden" name="nest" value=nest/>
            <div class="field">
                <label class="field__label" for=ID>"Client ID"</label>
                <input
                    class="field__input"
                    id=ID
                    name=ID
                    required
                    maxlength=LONGEST.to_string()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    value=client_id
                    aria-invalid=invalid_with(wrong_id)
                    aria-describedby="client_id-error"
                />
                <FieldError id="client_id-error" text=wrong_id/>
            </div>
            <div class="field">
                <label class="field__label" for=SECRET>"Client secret"</label>
                <input
                    class="field__input"
                    id=SECRET
                    name=SECRET
                    type="password"
                    required
                    maxlength=LONGEST.to_string()
                    autocomplete="new-password"
                    aria-invalid=invalid_with(wrong_secret)
                    aria-describedby="client_secret-error client_secret-hint"
                />
                <FieldError id="client_secret-error" text=wrong_secret/>
                <p class="field__hint" id="client_secret-hint">
                    "It is tried at Spotify first, kept encrypted, and never shown again."
                </p>
            </div>
            <button class="button">{button}</button>
        </form>
    }
    .into_any()
}

#[component]
fn Entered(nest: String, app: OwnApp, house_has: bool) -> impl IntoView {
    let seats = format!("{} of {} seats used", app.seats.used, app.seats.of);
    let is_lost = !app.usable;
    let afterwards = match house_has {
        true => "The nest goes by the house's app again.",
        false => "Without it this nest has no Spotify.",
    };
    view! {
        {is_lost.then(|| view! {
            <p class="notice" data-kind="bad" role="alert">
                <Icon name=IconName::Warning/>
                <span>"This house has a new secret key, so it can't read the app's secret any more. Enter it again."</span>
            </p>
        })}
        <p class="card__text" data-testid="seats">{seats}</p>
        <details class="card__fold">
            <summary class="button button--wide">"Remove app…"</summary>
            <form class="card__form" method="post" action=paths::form::REMOVE_SPOTIFY_APP>
                <input type="hidden" name="nest" value=nest/>
                <p class="card__text">
                    "Whoever hears this nest by it falls silent and is disconnected. "{afterwards}
                </p>
                <button class="button button--danger">"Remove app"</button>
            </form>
        </details>
    }
    .into_any()
}
