//! The app at Spotify that a nest's host enters for it. Plain forms; the secret comes in and never goes out.

use leptos::prelude::*;

use super::Refused;
use super::answer::Answer;

/// Tries the app at Spotify, and keeps it for the nest if it works. Its creator may.
#[server(name = SetSpotifyApp, prefix = "/api/fn", endpoint = "set_spotify_app", output = Answer)]
pub async fn set_spotify_app(
    nest: String,
    #[server(default)] client_id: String,
    #[server(default)] client_secret: String,
) -> Result<(), Refused> {
    use super::door;
    let typed = nests::nest::NestId::parse(&nest);
    let nest = door::nest_ref(&nest)?;
    let (engine, me) = (door::engine()?, door::person()?);
    let secret = engine::SpotifySecret::new(client_secret);
    let entered = engine.set_own_app(&me, &nest, &client_id, &secret).await;
    if let Err(error) = entered {
        let refused = nests::wire::ErrorBody::from(error);
        if let (Ok(nest), Some(field)) = (typed, &refused.field) {
            let again = crate::paths::settings_after_app(&nest, &refused.message, field, &client_id);
            door::lead_form_to(&again);
        }
        return Err(Refused(refused));
    }
    lead_back_to(&engine, &nest).await
}

/// The nest goes by the house's app again, where there is one. Its creator may.
#[server(name = RemoveSpotifyApp, prefix = "/api/fn", endpoint = "remove_spotify_app", output = Answer)]
pub async fn remove_spotify_app(nest: String) -> Result<(), Refused> {
    use super::door;
    let nest = door::nest_ref(&nest)?;
    let (engine, me) = (door::engine()?, door::person()?);
    engine.remove_own_app(&me, &nest).await.map_err(door::refused)?;
    lead_back_to(&engine, &nest).await
}

/// What its host sees of a nest's own app.
#[cfg(feature = "ssr")]
pub(crate) struct HostsView {
    pub(crate) app: Option<engine::own_app::OwnApp>,
    /// The redirect URI that the app must have.
    pub(crate) coming_back: String,
    /// Whether there is Spotify without it.
    pub(crate) house_has: bool,
}

/// The caller knows that it is the host who looks.
#[cfg(feature = "ssr")]
pub(crate) async fn hosts_view(nest: &nests::nest::NestId) -> Result<HostsView, Refused> {
    use super::door;
    let engine = door::engine()?;
    Ok(HostsView {
        app: engine.own_app(nest).await.map_err(door::refused)?,
        coming_back: engine.coming_back(),
        house_has: engine.spotify().is_some(),
    })
}

#[cfg(feature = "ssr")]
async fn lead_back_to(engine: &engine::Engine, nest: &nests::nest::NestRef) -> Result<(), Refused> {
    use super::door;
    let card = engine.get_nest(nest).await.map_err(door::refused)?;
    door::lead_form_to(&crate::paths::own_app(&card.nest_id));
    Ok(())
}
