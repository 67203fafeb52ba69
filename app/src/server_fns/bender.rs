//! Bender's switch, as a plain form: whether he picks in a nest when nobody does.

use leptos::prelude::*;
use nests::wire::directory::NestCard;

use super::Refused;
use super::answer::Answer;

/// Switches Bender on or off in a nest. Its creator may, in the Main Nest everybody.
#[server(name = SwitchBender, prefix = "/api/fn", endpoint = "switch_bender", output = Answer)]
pub async fn switch_bender(nest: String, on: bool) -> Result<NestCard, Refused> {
    use super::door;
    let nest = door::nest_ref(&nest)?;
    let wish = engine::Alteration {
        bender: Some(on),
        ..Default::default()
    };
    let card = door::engine()?
        .alter_nest(&door::person()?, &nest, wish)
        .await
        .map_err(door::refused)?;
    door::lead_form_to(&crate::paths::settings(&card.nest_id));
    Ok(card)
}

/// How Bender stands in a nest.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BenderHere {
    On,
    Off,
    /// Nobody can switch him on: the whole house has none.
    NotInThisHouse,
}

#[cfg(feature = "ssr")]
pub(crate) async fn bender_here(nest: &nests::nest::NestId) -> Result<BenderHere, Refused> {
    use super::door;
    let engine = door::engine()?;
    let is_on = engine.bender_is_on(nest).await.map_err(door::refused)?;
    Ok(match (is_on, engine.settings().use_bender) {
        (_, false) => BenderHere::NotInThisHouse,
        (true, true) => BenderHere::On,
        (false, true) => BenderHere::Off,
    })
}
