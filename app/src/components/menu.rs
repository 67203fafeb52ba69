//! A person's own menu: sharing, keys, colours, and the way out.

use leptos::prelude::*;

use super::avatar::{Avatar, AvatarSize};
use super::dialog::Dialogs;
use super::icon::{Icon, IconName};
use super::themes::Themes;
use crate::live::nest_state::NestState;
use crate::paths;

#[component]
pub fn MenuPopover() -> impl IntoView {
    let state = NestState::here();
    let me = state.me();
    let nest = state.identity.get_untracked();
    let is_main = nest.id.is_main();
    let is_host = nest.creator.as_ref() == Some(&me.id);
    let dialogs = Dialogs::here();
    view! {
        <div class="menu" id="menu" popover="auto" role="dialog" aria-label="Menu">
            <p class="menu__who">
                <Avatar person=me.clone() size=AvatarSize::Large/>
                <span>"Signed in as "<strong>{me.name.clone()}</strong></span>
            </p>
            <ul class="menu__list">
                <li class="phone-only">
                    <a class="menu__item" href=paths::BUILD on:click=dialogs.opener("build")>
                        <Icon name=IconName::Plus/>"Build a Nest"
                    </a>
                </li>
                <li class="phone-only">
                    <a class="menu__item" href=paths::JOIN on:click=dialogs.opener("join")>
                        <Icon name=IconName::Nest/>"Join a Nest"
                    </a>
                </li>
                {(!is_main).then(|| view! {
                    <li class="phone-only">
                        <a class="menu__item" href=paths::HOME><Icon name=IconName::Home/>"Back to Main Nest"</a>
                    </li>
                })}
                <li>
                    <a class="menu__item" href=paths::paste(&nest.id)><Icon name=IconName::Copy/>"Paste many links"</a>
                </li>
                <li>
                    <a class="menu__item" href=paths::history(&nest.id)><Icon name=IconName::Note/>"What played here"</a>
                </li>
                <li>
                    <a class="menu__item" href=paths::MY_NESTS><Icon name=IconName::Nest/>"My nests"</a>
                </li>
                {(is_host || is_main).then(|| view! {
                    <li>
                        <a class="menu__item" href=paths::settings(&nest.id)><Icon name=IconName::More/>"Nest settings"</a>
                    </li>
                })}
                {is_host.then(|| view! {
                    <li>
                        <a class="menu__item" href=paths::restart(&nest.id)><Icon name=IconName::Restart/>"Restart nest…"</a>
                    </li>
                })}
                <li class="needs-js">
                    <button class="menu__item" type="button" on:click=move |_| dialogs.open("share")>
                        <Icon name=IconName::Link/>"Share this nest"
                    </button>
                </li>
                <li>
                    <a class="menu__item" href=paths::pair(&nest.id)><Icon name=IconName::Qr/>"Show on a TV"</a>
                </li>
                <li class="needs-js">
                    <button class="menu__item" type="button" on:click=move |_| dialogs.open("keys")>
                        <Icon name=IconName::Keyboard/>"Keyboard shortcuts"
                    </button>
                </li>
            </ul>
            <Themes/>
            <form method="post" action=paths::LOGOUT>
                <button class="menu__item"><Icon name=IconName::SignOut/>"Sign out"</button>
            </form>
        </div>
    }
}
