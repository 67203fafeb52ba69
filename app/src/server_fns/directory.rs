//! Nests: building, listing, finding, renaming, deleting, flying in.

use leptos::prelude::*;
use nests::wire::directory::NestCard;

use super::Refused;
use super::answer::Answer;

/// Builds a nest. A blank name gets a sonic one; a plain form is led into the new nest.
#[server(name = CreateNest, prefix = "/api/fn", endpoint = "create_nest", output = Answer)]
pub async fn create_nest(
    #[server(default)] name: String,
    #[server(default)] seed_track: String,
) -> Result<NestCard, Refused> {
    use super::door;
    let filled = |text: String| (!text.trim().is_empty()).then_some(text);
    let typed = [("name", name.clone()), ("seed_track", seed_track.clone())];
    let wish = engine::NewNest {
        name: filled(name),
        seed_track: filled(seed_track),
    };
    let card = door::engine()?
        .create_nest(&door::person()?, wish)
        .await
        .map_err(|error| door::back_to_form(crate::paths::BUILD, error.into(), &typed))?;
    door::lead_form_to(&page_of(&card));
    Ok(card)
}

/// The nests that are awake, the Main Nest first.
#[server(name = ListNests, prefix = "/api/fn", endpoint = "list_nests", input = leptos::server_fn::codec::GetUrl, output = Answer)]
pub async fn list_nests() -> Result<Vec<NestCard>, Refused> {
    use super::door;
    door::person()?;
    door::engine()?.list_nests().await.map_err(door::refused)
}

/// A nest, awake or asleep, by its id, code or slug.
#[server(name = GetNest, prefix = "/api/fn", endpoint = "get_nest", input = leptos::server_fn::codec::GetUrl, output = Answer)]
pub async fn get_nest(nest: String) -> Result<NestCard, Refused> {
    use super::door;
    door::person()?;
    door::engine()?
        .get_nest(&door::nest_ref(&nest)?)
        .await
        .map_err(door::refused)
}

#[server(name = RenameNest, prefix = "/api/fn", endpoint = "rename_nest", output = Answer)]
pub async fn rename_nest(nest: String, name: String) -> Result<NestCard, Refused> {
    use super::door;
    let nest_ref = door::nest_ref(&nest)?;
    let card = door::engine()?
        .rename_nest(&door::person()?, &nest_ref, &name)
        .await
        .map_err(|error| door::back_to_settings(&nest, error.into(), "name", &name))?;
    door::lead_form_to(&crate::paths::settings(&card.nest_id));
    Ok(card)
}

/// Sets the one emoji of a nest's link; blank takes it away.
#[server(name = SetEmoji, prefix = "/api/fn", endpoint = "set_emoji", output = Answer)]
pub async fn set_emoji(nest: String, #[server(default)] emoji: String) -> Result<NestCard, Refused> {
    use super::door;
    let nest_ref = door::nest_ref(&nest)?;
    let card = door::engine()?
        .set_emoji(&door::person()?, &nest_ref, &emoji)
        .await
        .map_err(|error| door::back_to_settings(&nest, error.into(), "emoji", &emoji))?;
    door::lead_form_to(&crate::paths::settings(&card.nest_id));
    Ok(card)
}

/// Wakes a sleeping nest, or starts a live one over (`mode` is `force`). A plain form is led into it, or back to the
/// list of one's nests where `in_list` says that it stands there.
#[server(name = RestartNest, prefix = "/api/fn", endpoint = "restart_nest", output = Answer)]
pub async fn restart_nest(
    nest: String,
    #[server(default)] mode: String,
    #[server(default)] keep_queue: bool,
    #[server(default)] in_list: bool,
) -> Result<NestCard, Refused> {
    use super::door;
    let nest = door::nest_ref(&nest)?;
    let wish = engine::RestartWish {
        mode: door::restart_mode(&mode)?,
        expected_generation: None,
        keep_queue,
    };
    let restarted = door::engine()?
        .restart_nest(&door::person()?, &nest, wish)
        .await
        .map_err(door::refused)?;
    if in_list {
        door::lead_form_to(crate::paths::MY_NESTS);
    } else {
        door::lead_form_to(&crate::paths::nest(&restarted.nest.nest_id));
    }
    Ok(restarted.nest)
}

#[server(name = DeleteNest, prefix = "/api/fn", endpoint = "delete_nest", output = Answer)]
pub async fn delete_nest(nest: String) -> Result<(), Refused> {
    use super::door;
    let nest = door::nest_ref(&nest)?;
    door::engine()?
        .delete_nest(&door::person()?, &nest)
        .await
        .map_err(door::refused)?;
    door::lead_form_to(crate::paths::HOME);
    Ok(())
}

/// Finds the nest that a typed code, link name or pasted link means. A plain form is led into it.
#[server(name = JoinByCode, prefix = "/api/fn", endpoint = "join_by_code", output = Answer)]
pub async fn join_by_code(code: String) -> Result<NestCard, Refused> {
    use super::door;
    door::person()?;
    let engine = door::engine()?;
    let back = |refused: Refused| {
        let typed = [("code", code.clone())];
        door::back_to_form(crate::paths::JOIN, refused.0, &typed)
    };
    let nest = door::typed_code(&code).map_err(back)?;
    let card = engine
        .get_nest(&nest)
        .await
        .map_err(|error| back(door::refused(error)))?;
    door::lead_form_to(&crate::paths::nest(&card.nest_id));
    Ok(card)
}

/// Where a new nest's builder lands: at its link name if it has one, which is what they will share.
pub fn page_of(card: &NestCard) -> String {
    match &card.slug {
        Some(slug) => format!("/{slug}"),
        None => crate::paths::nest(&card.nest_id),
    }
}
