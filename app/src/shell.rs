//! The document around the application. Drawn by the server only.

use leptos::config::LeptosOptions;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::root::App;
use crate::theme::Theme;

pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = theme_of_request();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.key>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="dark light"/>
                <meta name="description" content="One queue, everyone's music, the same moment."/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

fn theme_of_request() -> Theme {
    let parts = use_context::<http::request::Parts>();
    let cookies = parts.and_then(|parts| {
        parts
            .headers
            .get(http::header::COOKIE)?
            .to_str()
            .ok()
            .map(str::to_owned)
    });
    Theme::of_cookies(&cookies.unwrap_or_default())
}
