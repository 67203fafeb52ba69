//! Bender's switch: how he stands in the nest, and the one button that changes it.

use leptos::prelude::*;

use crate::paths;
use crate::server_fns::bender::BenderHere;

#[component]
pub(super) fn BendersSwitch(nest: String, here: BenderHere) -> impl IntoView {
    let (words, button) = match here {
        BenderHere::On => (
            "Bender is on: when nobody brings a song, he picks one. Switched off, he takes along what he has waiting; \
             what plays plays to its end.",
            Some(("false", "Switch Bender off")),
        ),
        BenderHere::Off => (
            "Bender is off: when the songs that people brought are over, it is quiet.",
            Some(("true", "Switch Bender on")),
        ),
        BenderHere::NotInThisHouse => (
            "Bender is switched off in this whole house. Whoever runs it can switch him on.",
            None,
        ),
    };
    let form = button.map(|(on, label)| {
        view! {
            <form class="card__form" method="post" action=paths::form::SWITCH_BENDER>
                <input type="hidden" name="nest" value=nest/>
                <input type="hidden" name="on" value=on/>
                <button class="button" aria-describedby="bender-here">{label}</button>
            </form>
        }
    });
    view! {
        <h2 class="card__subtitle">"Bender"</h2>
        <p class="card__text" id="bender-here" data-testid="bender-here">{words}</p>
        {form}
    }
    .into_any()
}
