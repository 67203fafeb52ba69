//! Screens that show a nest: pairing one, taking one back. Both are plain forms.

use leptos::prelude::*;

use super::Refused;
use super::answer::Answer;

/// Shows the nest on the screen that shows `code`.
#[server(name = PairTv, prefix = "/api/fn", endpoint = "pair_tv", output = Answer)]
pub async fn pair_tv(nest: String, code: String) -> Result<(), Refused> {
    use super::door;
    let nest = door::nest_ref(&nest)?;
    let nest = door::engine()?
        .pair_tv(&door::person()?, &nest, &code)
        .await
        .map_err(door::refused)?;
    door::lead_form_to(&crate::paths::pair(&nest));
    Ok(())
}

/// Takes a screen back.
#[server(name = UnpairTv, prefix = "/api/fn", endpoint = "unpair_tv", output = Answer)]
pub async fn unpair_tv(nest: String, screen: String) -> Result<(), Refused> {
    use super::door;
    let nest = door::nest_ref(&nest)?;
    let nest = door::engine()?
        .unpair_tv(&door::person()?, &nest, &screen)
        .await
        .map_err(door::refused)?;
    door::lead_form_to(&crate::paths::pair(&nest));
    Ok(())
}

/// A nest with the screens that show it.
#[cfg(feature = "ssr")]
pub(crate) async fn screens_of(
    nest: &str,
) -> Result<(nests::wire::directory::NestCard, Vec<engine::Screen>), Refused> {
    use super::door;
    door::person()?;
    let engine = door::engine()?;
    let card = engine
        .get_nest(&door::nest_ref(nest)?)
        .await
        .map_err(door::refused)?;
    let screens = engine.screens(&card.nest_id).await.map_err(door::refused)?;
    Ok((card, screens))
}
