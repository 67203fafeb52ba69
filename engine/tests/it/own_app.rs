//! A nest's own app at Spotify: entering it, its seats, and what goes by it.

mod catalogue;
mod entering;
mod players;
mod seats;

use engine::accounts::{Account, AccountError};
use engine::own_app::{OwnApp, OwnAppError};
use engine::{EngineSettings, SpotifyAt, SpotifySecret};
use nests::wire::directory::NestCard;
use standin::spotify::Spotify as Standin;
use standin::spotify::apps::App;
use standin::spotify::listeners::Listener;

use crate::accounts::part;
use crate::support::{House, by_id, person};

/// In milliseconds, as the clock is turned.
const HOUR: i64 = 3_600_000;

/// A house with an app of its own, in which nests may have theirs.
fn with(standin: &Standin) -> impl Fn(&mut EngineSettings) + use<> {
    let (house, nests) = (crate::accounts::with(standin), without(standin));
    move |settings| {
        house(settings);
        nests(settings);
    }
}

/// One that has none.
fn without(standin: &Standin) -> impl Fn(&mut EngineSettings) + use<> {
    let at = SpotifyAt {
        market: "US".to_owned(),
        api_url: standin.api_url(),
        accounts_url: standin.accounts_url(),
        sdk_url: standin.sdk_url(),
    };
    move |settings| {
        settings.spotify_at = at.clone();
        settings.seal = engine::Seal::new("the house's own secret, which is longer than this");
    }
}

async fn open() -> (Standin, House) {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    (standin, house)
}

/// Anna enters the app for her nest.
async fn enter(house: &House, nest: &NestCard, app: App) -> Result<OwnApp, OwnAppError> {
    enter_typed(house, nest, app.id, app.secret).await
}

async fn enter_typed(house: &House, nest: &NestCard, id: &str, secret: &str) -> Result<OwnApp, OwnAppError> {
    let secret = SpotifySecret::new(secret);
    house
        .engine
        .set_own_app(&person("anna"), &by_id(nest), id, &secret)
        .await
}

async fn own_app(house: &House, nest: &NestCard) -> Option<OwnApp> {
    house
        .engine
        .own_app(&nest.nest_id)
        .await
        .expect("the store answers")
}

/// Where somebody is sent to connect an account for that nest.
async fn page(house: &House, nest: &NestCard, who: &str) -> Result<String, AccountError> {
    let next = format!("/spotify?nest={}", nest.nest_id);
    house
        .engine
        .begin_linking_in(&person(who), &nest.nest_id, &next)
        .await
}

/// They come back to the address.
async fn come_back(house: &House, who: &str, back: &str) -> Result<Account, AccountError> {
    let (state, code) = (part(back, "state"), part(back, "code"));
    let linked = house
        .engine
        .finish_linking(&person(who), &state, Some(&code))
        .await?;
    Ok(linked.account)
}

async fn connect(
    standin: &Standin,
    house: &House,
    nest: &NestCard,
    who: &str,
    listener: Listener,
) -> Result<Account, AccountError> {
    let back = standin.agree(&page(house, nest, who).await?, listener);
    come_back(house, who, &back).await
}

/// The account by which they hear the nest.
async fn account(house: &House, nest: &NestCard, who: &str) -> Option<Account> {
    let account = house.engine.account_in(&nest.nest_id, &person(who).id).await;
    account.expect("the store answers")
}
