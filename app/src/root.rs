//! The application as the server draws it: which page is at which address.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

use crate::pages::build::BuildPage;
use crate::pages::history::HistoryPage;
use crate::pages::join::JoinPage;
use crate::pages::login::LoginPage;
use crate::pages::my_nests::MyNestsPage;
use crate::pages::nest::{MainNestPage, NestPage};
use crate::pages::not_found::NotFound;
use crate::pages::pair::PairPage;
use crate::pages::paste::PastePage;
use crate::pages::settings::SettingsPage;
use crate::pages::spotify::SpotifyPage;

/// Pages are drawn whole (`SsrMode::Async`): they must be complete where no script runs.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        // leptos_meta writes titles as they are, and people name nests.
        <Title formatter=as_words/>
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=MainNestPage ssr=SsrMode::Async/>
                <Route path=path!("/nest/:code") view=NestPage ssr=SsrMode::Async/>
                <Route path=path!("/nest/:code/history") view=HistoryPage ssr=SsrMode::Async/>
                <Route path=path!("/nest/:code/paste") view=PastePage ssr=SsrMode::Async/>
                <Route path=path!("/nest/:code/settings") view=SettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/nests") view=MyNestsPage ssr=SsrMode::Async/>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
                <Route path=path!("/build") view=BuildPage ssr=SsrMode::Async/>
                <Route path=path!("/pair") view=PairPage ssr=SsrMode::Async/>
                <Route path=path!("/spotify") view=SpotifyPage ssr=SsrMode::Async/>
                <Route path=path!("/join") view=JoinPage ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
    .into_any()
}

/// Nothing in it ends the title or begins a tag.
fn as_words(title: String) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;")
}
