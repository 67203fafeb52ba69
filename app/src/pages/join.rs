//! Joining a nest where no script runs.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::join::{CodeForm, NestList};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::server_fns::directory::list_nests;
use crate::server_fns::page_ask::page_ask;

#[component]
pub fn JoinPage() -> impl IntoView {
    let loaded = OnceResource::new_blocking(async { (page_ask().await, list_nests().await) });
    view! {
        <Title text="Join a Nest · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <h1 class="card__title">"Join a Nest"</h1>
                <Suspense>
                    {move || Suspend::new(async move {
                        let (ask, nests) = loaded.await;
                        let list = match nests {
                            Ok(nests) => view! { <NestList nests/> }.into_any(),
                            Err(refused) => view! { <Notice text=refused.0.message/> }.into_any(),
                        };
                        view! { {list} <CodeForm error=ask.notice/> }
                    })}
                </Suspense>
            </section>
        </main>
    }
    .into_any()
}
