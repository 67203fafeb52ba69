//! Building a nest: a name if one likes, and a first taste for Bender. As a dialog, and as a page without a script.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::nest::name::MAX_NAME_CHARS;

use super::again::held;
use super::dialog::{Dialog, DialogHead};
use super::notice::{FieldError, Notice, invalid_with};
use super::track_field::TrackField;
use crate::live::browser;
use crate::paths;
use crate::server_fns::directory::{create_nest, page_of};

#[component]
pub fn BuildDialog() -> impl IntoView {
    view! {
        <Dialog id="build">
            <BuildForm class="dialog__form" notice=None>
                <DialogHead id="build" title="Build a Nest"/>
            </BuildForm>
        </Dialog>
    }
}

/// `children` is what stands above the fields. The seed shows once a name is typed, and always where no script runs.
#[component]
pub fn BuildForm<C>(class: &'static str, notice: Option<String>, children: TypedChildren<C>) -> impl IntoView
where
    C: IntoView + 'static,
{
    let name = RwSignal::new(String::new());
    let seed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let name_error = RwSignal::new(None::<String>);
    let seed_error = RwSignal::new(None::<String>);
    let form_error = RwSignal::new(notice);
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    #[cfg(feature = "ssr")]
    if form_error.with_untracked(Option::is_some) {
        let asked = crate::server_fns::page_query::of_request();
        for (field, text, error) in [("name", name, name_error), ("seed_track", seed, seed_error)] {
            text.set(asked.typed(field).unwrap_or_default());
            if asked.is_about(field) {
                error.set(form_error.get_untracked());
                form_error.set(None);
            }
        }
    }

    let build = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        for error in [name_error, seed_error, form_error] {
            error.set(None);
        }
        spawn_local(async move {
            match create_nest(name.get_untracked(), seed.get_untracked()).await {
                Ok(card) => browser::go_to(&page_of(&card)),
                Err(refused) => {
                    let place = match refused.0.field.as_deref() {
                        Some("name") => name_error,
                        Some("seed_track") => seed_error,
                        _ => form_error,
                    };
                    place.set(Some(refused.0.message));
                    busy.set(false);
                }
            }
        });
    };
    let no_seed = Signal::derive(move || awake.get() && name.with(|name| name.trim().is_empty()));
    view! {
        <form class=class method="post" action=paths::form::CREATE_NEST on:submit=build>
            {children.into_inner()()}
            <div class="dialog__body">
                <p class="dialog__lead">"A room of its own, with its own queue and its own people."</p>
                <Notice text=form_error/>
                <div class="field">
                    <label class="field__label" for="build-name">"Name (optional)"</label>
                    <input
                        class="field__input"
                        id="build-name"
                        autofocus=seed_error.with_untracked(Option::is_none)
                        name="name"
                        maxlength=MAX_NAME_CHARS.to_string()
                        placeholder="Leave it blank for a surprise"
                        autocomplete="off"
                        aria-invalid=invalid_with(name_error)
                        aria-describedby="build-name-error"
                        {..held(name)}
                        on:input=move |event| {
                            name.set(event_target_value(&event));
                            name_error.set(None);
                        }
                    />
                    <FieldError id="build-name-error" text=name_error/>
                </div>
                <div hidden=no_seed><TrackField uri=seed error=seed_error/></div>
            </div>
            <footer class="dialog__foot">
                <button class="button button--quiet needs-js" type="button" data-close="">"Cancel"</button>
                <button class="button button--accent" disabled=busy>"Build"</button>
            </footer>
        </form>
    }
}
