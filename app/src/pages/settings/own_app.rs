//! The app at Spotify that a nest's host enters for it: how to, how many seats are taken, and taking it away again.

use engine::own_app::{OwnApp, SEATS};
use leptos::prelude::*;

use crate::components::icon::{Icon, IconName};
use crate::paths;
use crate::server_fns::own_app::HostsView;

/// Spotify's have 32 characters.
const LONGEST: usize = 128;

#[component]
pub(super) fn OwnSpotifyApp(nest: String, view: HostsView) -> impl IntoView {
    let HostsView {
        app,
        coming_back,
        house_has,
    } = view;
    let client_id = app.as_ref().map(|app| app.client_id.clone());
    let button = if app.is_some() { "Replace app" } else { "Save app" };
    view! {
        <h2 class="card__subtitle">"Spotify app of your own"</h2>
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
                <label class="field__label" for="client_id">"Client ID"</label>
                <input
                    class="field__input"
                    id="client_id"
                    name="client_id"
                    required
                    maxlength=LONGEST.to_string()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    value=client_id
                />
            </div>
            <div class="field">
                <label class="field__label" for="client_secret">"Client secret"</label>
                <input
                    class="field__input"
                    id="client_secret"
                    name="client_secret"
                    type="password"
                    required
                    maxlength=LONGEST.to_string()
                    autocomplete="new-password"
                    aria-describedby="client_secret-hint"
                />
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
