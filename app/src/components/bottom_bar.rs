//! The bar at the bottom of phones.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use super::people::PEOPLE;

#[component]
pub fn BottomBar() -> impl IntoView {
    view! {
        <nav class="bottom-bar" aria-label="Sections">
            <a class="bottom-bar__item" href="#queue" aria-current="true"><Icon name=IconName::Note/>"Queue"</a>
            <a class="bottom-bar__item" href="#search"><Icon name=IconName::Search/>"Search"</a>
            <button class="bottom-bar__item" type="button" popovertarget=PEOPLE><Icon name=IconName::People/>"People"</button>
            <button class="bottom-bar__item" type="button" popovertarget="menu"><Icon name=IconName::More/>"More"</button>
        </nav>
    }
}
