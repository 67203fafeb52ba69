//! Building a nest where no script runs.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::build::BuildForm;
use crate::components::dialog::Dialogs;
use crate::components::nest_bar::PlainBar;
use crate::server_fns::page_query::of_request;

#[component]
pub fn BuildPage() -> impl IntoView {
    provide_context(Dialogs::new());
    view! {
        <Title text="Build a Nest · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <BuildForm class="card__form" notice=of_request().notice>
                    <h1 class="card__title">"Build a Nest"</h1>
                </BuildForm>
            </section>
        </main>
    }
    .into_any()
}
