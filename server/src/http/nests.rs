//! `/api/nests`: building, listing, finding, altering and deleting nests.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::NewNest;
use nests::nest::{NestId, NestRef};
use nests::wire::directory::NestCard;
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::json_body::JsonBody;
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Wish {
    name: Option<String>,
    seed_track: Option<String>,
}

/// One nest by itself.
#[derive(Serialize)]
pub struct OneNest {
    #[serde(flatten)]
    card: NestCard,
    /// Whether Bender picks here.
    bender: bool,
}

impl OneNest {
    async fn of(state: &AppState, card: NestCard) -> Result<Json<Self>, ApiError> {
        let bender = state.engine.bender_is_on(&card.nest_id).await?;
        Ok(Json(Self { card, bender }))
    }
}

pub async fn create(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    JsonBody(wish): JsonBody<Wish>,
) -> Result<Json<OneNest>, ApiError> {
    let wish = NewNest {
        name: wish.name,
        seed_track: wish.seed_track,
    };
    let card = state.engine.create_nest(&person, wish).await?;
    // Not asked for: the nest is there, whatever becomes of the store by now.
    let bender = state.engine.new_nests_have_bender();
    Ok(Json(OneNest { card, bender }))
}

#[derive(Serialize)]
pub struct AllNests {
    nests: Vec<NestCard>,
}

pub async fn list(State(state): State<AppState>, _: SignedIn) -> Result<Json<AllNests>, ApiError> {
    let nests = state.engine.list_nests().await?;
    Ok(Json(AllNests { nests }))
}

pub async fn show(
    State(state): State<AppState>,
    _: SignedIn,
    Path(nest): Path<String>,
) -> Result<Json<OneNest>, ApiError> {
    let card = state.engine.get_nest(&named(&nest)?).await?;
    OneNest::of(&state, card).await
}

#[derive(Deserialize)]
pub struct Alteration {
    name: Option<String>,
    /// Blank takes it away.
    emoji: Option<String>,
    bender: Option<bool>,
}

pub async fn alter(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
    JsonBody(alteration): JsonBody<Alteration>,
) -> Result<Json<OneNest>, ApiError> {
    let wish = engine::Alteration {
        name: alteration.name.as_deref(),
        emoji: alteration.emoji.as_deref(),
        bender: alteration.bender,
    };
    let card = state.engine.alter_nest(&person, &named(&nest)?, wish).await?;
    OneNest::of(&state, card).await
}

pub async fn delete(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.engine.delete_nest(&person, &named(&nest)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The nest that an address names. What cannot name one names none.
pub fn named(text: &str) -> Result<NestRef, ApiError> {
    NestRef::parse(text).map_err(|_| ApiError::not_found("There is no such nest. Check the code."))
}

/// The id of the nest that an address names. A slug is looked up; two names of one nest never lead to two nests.
pub async fn id_of(state: &AppState, text: &str) -> Result<NestId, ApiError> {
    match named(text)? {
        NestRef::Id(id) => Ok(id),
        slug @ NestRef::Slug(_) => Ok(state.engine.get_nest(&slug).await?.nest_id),
    }
}
