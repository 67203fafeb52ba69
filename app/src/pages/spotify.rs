//! A person's own account at Spotify: why one would connect it, what the house may then do, what is wrong with it, and how to
//! take it all back. Also the stop after signing in, with a way past it. What differs in a nest with an app of its own stands
//! in the module below.

mod nests_app;

use engine::accounts::Account;
use engine::source::spotify::Device;
use leptos::prelude::*;
use leptos_meta::Title;
use nests::hearing::Footing;
use nests::nest::NestId;

use self::nests_app::{SeatsLine, TheNest};
use super::out_of_order::in_place_of_the_page;
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::paths;
use crate::server_fns::accounts::{HearingOf, OwnAccount, own_account};
use crate::server_fns::page_query::of_request;

#[component]
pub fn SpotifyPage() -> impl IntoView {
    let page = Suspend::new(async move {
        match own_account(of_request().nest.as_deref()).await {
            Ok(own) => view! { <Own own/> }.into_any(),
            Err(refused) => in_place_of_the_page(refused),
        }
    });
    view! { <Suspense>{page}</Suspense> }.into_any()
}

#[component]
fn Own(own: OwnAccount) -> impl IntoView {
    let asked = of_request();
    let next = asked.next.filter(|next| is_on_this_site(next));
    let nest = asked.nest.as_deref().and_then(|nest| NestId::parse(nest).ok());
    // Whoever connects from a nest's page comes back to this one, to choose a device.
    let onward = next
        .clone()
        .or_else(|| nest.as_ref().map(paths::hear))
        .unwrap_or_else(|| paths::HOME.to_owned());
    let back = next
        .clone()
        .unwrap_or_else(|| nest.as_ref().map_or_else(|| paths::HOME.to_owned(), paths::nest));
    let by_nest = own
        .seats
        .zip(nest.clone())
        .map(|(seats, nest)| TheNest { nest, seats });
    let told = asked.why.as_deref().and_then(|word| {
        let own = by_nest.as_ref().and_then(|by| by.sentence(word));
        own.or_else(|| sentence(word))
    });
    view! {
        <Title text="Spotify · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <h1 class="card__title">"Your Spotify"</h1>
                <Notice text=Signal::stored(asked.notice)/>
                {told.map(|told| view! { <Told told/> })}
                {match (own.is_set_up, own.account) {
                    (false, _) => view! {
                        <p class="card__text">
                            "This house has no Spotify. Whoever runs it can set it up; the library plays without. A nest's host \
                             can also bring a Spotify app of their own, in the nest's settings."
                        </p>
                    }.into_any(),
                    (true, None) => view! {
                        <NotConnected onward back=back.clone() by_nest/>
                    }.into_any(),
                    (true, Some(account)) => view! {
                        {own.hearing.map(|of| view! { <Hear of has_own_app=by_nest.is_some()/> })}
                        <Connected account market=own.market onward by_nest/>
                    }.into_any(),
                }}
                <a class="card__back" href=back>{if next.is_some() { "Go on" } else { "Back to the nest" }}</a>
            </section>
        </main>
    }
    .into_any()
}

#[component]
fn NotConnected(onward: String, back: String, by_nest: Option<TheNest>) -> impl IntoView {
    let full = by_nest.as_ref().is_some_and(TheNest::is_full);
    view! {
        <p class="card__text">
            "Spotify's songs play through everybody's own account: in this browser, or on a device of yours that has Spotify \
             open, like a phone or a speaker. It takes Premium. Adding and voting go without."
        </p>
        {by_nest.clone().map(|by| view! { <SeatsLine by/> })}
        {(!full).then(|| view! {
            <form class="card__form" method="post" action=paths::form::CONNECT_SPOTIFY>
                <input type="hidden" name="next" value=onward/>
                {nests_app::field(by_nest)}
                <button class="button button--accent button--wide">"Connect Spotify"</button>
            </form>
        })}
        <p class="card__text"><a class="button button--wide" href=back>"Skip for now"</a></p>
        <WhatItMeans/>
    }
    .into_any()
}

#[component]
fn Connected(account: Account, market: String, onward: String, by_nest: Option<TheNest>) -> impl IntoView {
    let trouble = trouble(&account, &market);
    let plan = if account.premium { "Premium" } else { "Free" };
    let country = account.country.clone();
    view! {
        <dl class="facts">
            <div class="facts__row"><dt>"Connected as"</dt><dd data-testid="who">{account.who.clone()}</dd></div>
            <div class="facts__row"><dt>"Plan"</dt><dd>{plan}</dd></div>
            {country.map(|country| view! { <div class="facts__row"><dt>"Country"</dt><dd>{country}</dd></div> })}
        </dl>
        {trouble.map(|told| view! { <Told told/> })}
        {by_nest.clone().map(|by| view! { <SeatsLine by is_mine=true/> })}
        <form class="card__form" method="post" action=paths::form::CONNECT_SPOTIFY>
            <input type="hidden" name="next" value=onward/>
            {nests_app::field(by_nest.clone())}
            <button class="button button--wide" class:button--accent=account.withdrawn>"Connect again"</button>
        </form>
        <form class="card__form" method="post" action=paths::form::DISCONNECT_SPOTIFY>
            {nests_app::field(by_nest)}
            <button class="button button--danger button--wide">"Disconnect"</button>
        </form>
        <WhatItMeans/>
    }
    .into_any()
}

/// The devices on which a nest can be heard, and how it goes.
#[component]
fn Hear(of: HearingOf, has_own_app: bool) -> impl IntoView {
    let nest = of.card.nest_id.to_string();
    let title = format!("Hear {} on", of.card.name.as_str());
    let chosen = of.hearing.device;
    let is_chosen = chosen.is_some();
    let is_in_a_browser = chosen.as_ref().is_some_and(|device| device.browser.is_some());
    let own_words = has_own_app
        .then(|| nests_app::how_it_goes(of.hearing.footing))
        .flatten();
    let told = is_chosen.then(|| match (own_words, is_in_a_browser) {
        (Some(own_words), _) => own_words,
        (None, true) => how_it_goes_in_a_browser(of.hearing.footing, of.is_here),
        (None, false) => how_it_goes(of.hearing.footing),
    });
    let chosen = chosen.map(|device| device.id);
    let (mut devices, complaint) = match of.devices {
        Ok(devices) => (devices, None),
        Err(message) => (Vec::new(), Some(message)),
    };
    // Said once, by whichever knows for how long.
    let told =
        told.filter(|_| complaint.is_none() || !matches!(of.hearing.footing, Footing::RateLimited { .. }));
    if is_in_a_browser {
        // Spotify lists the player in the browser as well; it has a row of its own.
        devices.retain(|device| chosen.as_ref() != Some(&device.id));
    }
    let none_open = complaint.is_none() && devices.is_empty();
    let here = paths::hear(&of.card.nest_id);
    let form_nest = nest.clone();
    let row = move |device: Device| {
        let is_this = chosen.as_ref() == Some(&device.id);
        view! {
            <li>
                <form class="screens__row" method="post" action=paths::form::HEAR_ON>
                    <input type="hidden" name="nest" value=form_nest.clone()/>
                    <input type="hidden" name="device" value=device.id/>
                    <span>{format!("{} · {}", device.name, device.kind)}</span>
                    {if is_this {
                        view! { <strong data-testid="chosen">"Chosen"</strong> }.into_any()
                    } else {
                        let label = format!("Hear it here: {}", device.name);
                        view! { <button class="button button--accent" aria-label=label>"Hear it here"</button> }.into_any()
                    }}
                </form>
            </li>
        }
    };
    view! {
        <h2 class="card__subtitle">{title}</h2>
        {told.map(|told| view! { <Told told/> })}
        <Notice text=Signal::stored(complaint)/>
        {none_open.then(|| view! {
            <p class="card__text">
                "Spotify is open on none of your devices. Open it on one, then look again."
            </p>
            <p class="card__text"><a class="button button--wide" href=here>"Look again"</a></p>
        })}
        <ul class="screens">
            <Here nest=nest.clone() is_here=of.is_here/>
            {devices.into_iter().map(row).collect::<Vec<_>>()}
        </ul>
        {is_chosen.then(|| view! {
            <div class="card__acts">
                <form method="post" action=paths::form::BACK_IN_SYNC>
                    <input type="hidden" name="nest" value=nest.clone()/>
                    <button class="button">"Back in sync"</button>
                </form>
                <form method="post" action=paths::form::STOP_HEARING>
                    <input type="hidden" name="nest" value=nest/>
                    <button class="button">"Stop"</button>
                </form>
            </div>
        })}
    }
    .into_any()
}

/// The browser itself, which plays while it shows the nest. That takes a script.
#[component]
fn Here(nest: String, is_here: bool) -> impl IntoView {
    view! {
        <li class="needs-js">
            <form class="screens__row" method="post" action=paths::form::HEAR_HERE>
                <input type="hidden" name="nest" value=nest/>
                <span>"In this browser"</span>
                {if is_here {
                    view! { <strong data-testid="chosen">"Chosen"</strong> }.into_any()
                } else {
                    view! {
                        <button class="button button--accent" aria-label="Hear it here: in this browser">"Hear it here"</button>
                    }.into_any()
                }}
            </form>
        </li>
    }
    .into_any()
}

/// The same for the player in a browser, which is there while the browser shows the nest.
const fn how_it_goes_in_a_browser(footing: Footing, is_this_one: bool) -> Line {
    match (footing, is_this_one) {
        (Footing::Off | Footing::Asleep | Footing::NoDevice, true) => {
            good("It plays in this browser while you have the nest open.")
        }
        (Footing::Off | Footing::Asleep | Footing::NoDevice, false) => {
            good("It plays in another browser of yours while that one has the nest open.")
        }
        _ => how_it_goes(footing),
    }
}

/// How the chosen device does, and the one thing that helps where it doesn't.
const fn how_it_goes(footing: Footing) -> Line {
    match footing {
        Footing::InSync => good("It plays in sync."),
        Footing::Starting => good("It starts in a moment."),
        Footing::CatchingUp => good("It is moved to the right place in a moment."),
        Footing::Paused => good("It stands still, as the nest does."),
        Footing::Idle => good("It plays when a song of Spotify's does."),
        Footing::Off => good("It plays while you have the nest open."),
        Footing::OwnWay => {
            bad("You play something else on it, so it is left alone. Press Back in sync to hear the nest.")
        }
        Footing::StoppedByHand => {
            bad("You stopped it there, so it is left alone. Press Back in sync to hear the nest.")
        }
        Footing::Asleep | Footing::NoDevice => {
            bad("It is asleep or switched off. Open Spotify on it, then press Back in sync.")
        }
        Footing::AccountEnded => bad("Spotify no longer accepts the permission you gave. Connect again."),
        Footing::NoSeat => {
            bad("This house's app at Spotify has no seat for your account. Ask whoever runs the house.")
        }
        Footing::AppRefused => {
            bad("Spotify doesn't know this house's app any more. Ask whoever runs the house.")
        }
        Footing::NoPremium => bad("Your account has no Premium, and only Premium lets others start music."),
        Footing::Barred => bad("Spotify doesn't play this song in your country. The next one may do."),
        Footing::RateLimited { .. } => {
            bad("Spotify was asked too often and wants a break. It goes on by itself.")
        }
        Footing::ClockUnsure => {
            bad("Spotify answers too late to tell where your device is. It is looked at again in a moment.")
        }
        Footing::Unreachable => bad("Spotify can't be reached right now. It goes on by itself."),
        Footing::Elsewhere => bad("You hear another nest on it. Press Back in sync to hear this one."),
    }
}

#[component]
fn WhatItMeans() -> impl IntoView {
    view! {
        <details class="card__fold">
            <summary class="button button--wide">"What the house may then do…"</summary>
            <p class="card__text">
                "See and steer your player, play in your browser, read your name, plan and country, and read and write your playlists."
            </p>
            <p class="card__text">
                "Its permission is kept encrypted until you disconnect, sign out as a guest, or stay away for 30 days. \
                 Take it back at Spotify, too, under Account, Apps."
            </p>
        </details>
    }
    .into_any()
}

/// A path of this site, and nothing that a browser would read as another host.
fn is_on_this_site(next: &str) -> bool {
    next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\t', '\r'])
}

/// One line, good or bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    kind: &'static str,
    text: &'static str,
}

const fn bad(text: &'static str) -> Line {
    Line { kind: "bad", text }
}

const fn good(text: &'static str) -> Line {
    Line { kind: "good", text }
}

#[component]
fn Told(told: Line) -> impl IntoView {
    let (role, icon) = match told.kind {
        "good" => ("status", IconName::Check),
        _ => ("alert", IconName::Warning),
    };
    view! { <p class="notice" data-kind=told.kind role=role><Icon name=icon/><span>{told.text}</span></p> }
        .into_any()
}

/// What the word in the address stands for.
fn sentence(word: &str) -> Option<Line> {
    Some(match word {
        "connected" => good("Connected."),
        "disconnected" => good("Disconnected. The house has forgotten your account."),
        "declined" => bad("You did not agree at Spotify, so nothing was connected."),
        "no-seat" => bad(
            "Spotify gives this house's app five seats, and yours isn't among them. Ask whoever runs the house to enter your \
             Spotify address there. Until then you can add songs and vote as before.",
        ),
        "state" => bad("That answer from Spotify was too old, or for somebody else. Connect once more."),
        "refused" => bad("Spotify did not accept that answer. Connect once more."),
        "app-refused" => bad("Spotify doesn't know this house's app any more. Ask whoever runs the house."),
        "unavailable" => {
            bad("Spotify can't be reached right now. Nothing was changed; try again in a moment.")
        }
        _ => return None,
    })
}

fn trouble(account: &Account, market: &str) -> Option<Line> {
    if account.withdrawn {
        return Some(bad(
            "Spotify no longer accepts the permission you gave. Connect again.",
        ));
    }
    if !account.premium {
        return Some(bad(
            "Only Premium lets others start music. With a free account you can add your playlists' songs and vote.",
        ));
    }
    if account
        .country
        .as_deref()
        .is_some_and(|country| country != market)
    {
        return Some(bad(
            "Your account is at home in another country than this house: some songs may not play for you.",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use nests::time::Millis;

    use super::*;

    fn account() -> Account {
        Account {
            who: "Anna".to_owned(),
            premium: true,
            country: Some("US".to_owned()),
            since: Millis(0),
            withdrawn: false,
        }
    }

    #[test]
    fn each_trouble_is_named_with_what_helps_and_none_where_there_is_none() {
        assert_eq!(trouble(&account(), "US"), None);
        let table = [
            (
                Account {
                    withdrawn: true,
                    ..account()
                },
                "Connect again",
            ),
            (
                Account {
                    premium: false,
                    ..account()
                },
                "Premium",
            ),
            (
                Account {
                    country: Some("SE".to_owned()),
                    ..account()
                },
                "another country",
            ),
        ];
        for (account, part) in table {
            let line = trouble(&account, "US").expect("trouble");
            assert!(line.kind == "bad" && line.text.contains(part), "{line:?}");
        }
        assert_eq!(
            trouble(
                &Account {
                    country: None,
                    ..account()
                },
                "US"
            ),
            None,
            "not told"
        );
    }

    #[test]
    fn a_browser_that_does_not_show_the_nest_is_no_trouble_and_what_is_one_is_told_as_ever() {
        for away in [Footing::Off, Footing::Asleep, Footing::NoDevice] {
            let (here, there) = (
                how_it_goes_in_a_browser(away, true),
                how_it_goes_in_a_browser(away, false),
            );
            assert!(
                here.kind == "good" && here.text.contains("this browser"),
                "{here:?}"
            );
            assert!(
                there.kind == "good" && there.text.contains("another browser"),
                "{there:?}"
            );
        }
        let own_way = Footing::OwnWay;
        assert_eq!(how_it_goes_in_a_browser(own_way, true), how_it_goes(own_way));
    }

    #[test]
    fn a_word_that_is_not_ours_says_nothing() {
        assert_eq!(sentence("<b>You won</b>"), None);
        assert!(sentence("no-seat").is_some_and(|line| line.text.contains("five seats")));
    }
}
