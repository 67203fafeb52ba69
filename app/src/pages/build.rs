//! Building a nest where no script runs.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::build::BuildForm;
use crate::components::dialog::Dialogs;
use crate::components::nest_bar::PlainBar;
use crate::server_fns::page_ask::page_ask;

#[component]
pub fn BuildPage() -> impl IntoView {
    provide_context(Dialogs::new());
    let ask = OnceResource::new_blocking(page_ask());
    view! {
        <Title text="Build a Nest · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <Suspense>
                    {move || Suspend::new(async move {
                        view! {
                            <BuildForm class="card__form" notice=ask.await.notice>
                                <h1 class="card__title">"Build a Nest"</h1>
                            </BuildForm>
                        }
                    })}
                </Suspense>
            </section>
        </main>
    }
    .into_any()
}
