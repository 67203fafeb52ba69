//! The door of the live socket: who, from where, to which nest. Everything that can be refused is refused here, as a
//! plain HTTP answer, before the connection becomes a socket.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::Since;
use serde::Deserialize;

use super::socket::{self, Guest};
use super::websocket::Handshake;
use crate::auth::visitor::{SignedIn, Visitor};
use crate::http::error::ApiError;
use crate::http::nests::id_of;
use crate::http::query::Query;
use crate::http::same_origin;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Resume {
    since: Option<String>,
}

/// Looked at last: whoever may not come in is told so first.
type Asked = Result<Handshake, ApiError>;

pub async fn main_nest(
    state: State<AppState>,
    person: SignedIn,
    visitor: Extension<Visitor>,
    headers: HeaderMap,
    resume: Query<Resume>,
    asked: Asked,
) -> Result<Response, ApiError> {
    nest(
        state,
        person,
        visitor,
        Path("main".to_owned()),
        headers,
        resume,
        asked,
    )
    .await
}

pub async fn nest(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Query(resume): Query<Resume>,
    asked: Asked,
) -> Result<Response, ApiError> {
    same_origin::check(&headers, &state.house.public_address)?;
    let since = resume.since.as_deref().map(read_since).transpose()?;
    let nest = id_of(&state, &name).await?;
    let handshake = match asked {
        Ok(handshake) => handshake,
        // Browsers tell a page nothing of why its socket was refused. The page asks again like this, and is told.
        Err(error) => {
            state.engine.watch(&nest).await?;
            return Err(error);
        }
    };
    let place = state.house.places.take(&person.id, visitor.session.as_ref())?;
    let seat = state.engine.join(&nest, &person, since).await?;
    let guest = Guest::new(state, person, seat, place);
    Ok(handshake.accept(move |socket| socket::converse(socket, guest)))
}

/// `generation-version`, as the browser saw it last.
fn read_since(text: &str) -> Result<Since, ApiError> {
    let read = |text: &str| {
        let (generation, version) = text.split_once('-')?;
        Some(Since {
            generation: generation.parse().ok()?,
            version: version.parse().ok()?,
        })
    };
    read(text).ok_or_else(|| ApiError::invalid("since", &"since is written generation-version, like 1-42"))
}
