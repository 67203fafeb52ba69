//! Joining a nest where no script runs.

use leptos::prelude::*;
use leptos_meta::Title;

use super::out_of_order::answer_refused;
use crate::components::join::{CodeForm, NOBODY, nest_line};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::server_fns::directory::list_nests;
use crate::server_fns::page_query::of_request;

#[component]
pub fn JoinPage() -> impl IntoView {
    let notice = of_request().notice;
    view! {
        <Title text="Join a Nest · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <h1 class="card__title">"Join a Nest"</h1>
                {Suspend::new(list())}
                <CodeForm error=notice/>
            </section>
        </main>
    }
}

async fn list() -> impl IntoView {
    let (nests, error) = match list_nests().await {
        Ok(nests) => (nests, None),
        Err(refused) => {
            answer_refused(&refused);
            (Vec::new(), Some(refused.0.message))
        }
    };
    let nobody = nests.is_empty() && error.is_none();
    view! {
        <Notice text=Signal::stored(error)/>
        <p class="dialog__empty" hidden=!nobody>{NOBODY}</p>
        <ul class="nests">{nests.into_iter().map(nest_line).collect::<Vec<_>>()}</ul>
    }
}
