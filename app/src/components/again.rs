//! What a field holds that comes back in a form that was refused. Only where the server draws it: in the browser a field that
//! isn't left keeps its text by itself.

use leptos::prelude::*;

/// For `{..held(text)}` in the field's tag.
#[cfg(feature = "ssr")]
pub fn held(text: RwSignal<String>) -> impl leptos::attr::Attribute {
    let text = text.get_untracked();
    leptos::attr::value((!text.is_empty()).then_some(text))
}

#[cfg(not(feature = "ssr"))]
pub const fn held(_: RwSignal<String>) {}
