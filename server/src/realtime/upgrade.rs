//! The door of the live socket: who, from where, to which nest. Everything that can be refused is refused here, as a
//! plain HTTP answer, before the connection becomes a socket.

use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::Since;
use nests::wire::frame::MAX_CLIENT_FRAME;
use serde::Deserialize;

use super::socket::{self, Guest};
use crate::auth::visitor::{SignedIn, Visitor};
use crate::http::error::ApiError;
use crate::http::nests::id_of;
use crate::http::query::Query;
use crate::http::same_origin;
use crate::state::AppState;

/// A command is under 300 bytes; with this a socket costs 3 kB, with the default 134 kB.
const READ_BUFFER: usize = 1024;
/// Frames go out at once, so there is nothing to gather.
const WRITE_BUFFER: usize = 0;
/// What may wait for a slow connection: the largest snapshot is a few hundred songs of 500 bytes.
const MOST_UNSENT: usize = 1024 * 1024;

#[derive(Deserialize)]
pub struct Resume {
    since: Option<String>,
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

pub async fn main_nest(
    state: State<AppState>,
    person: SignedIn,
    visitor: Extension<Visitor>,
    headers: HeaderMap,
    resume: Query<Resume>,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    nest(
        state,
        person,
        visitor,
        Path("main".to_owned()),
        headers,
        resume,
        upgrade,
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
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    same_origin::check(&headers, &state.house.public_address)?;
    let since = resume.since.as_deref().map(read_since).transpose()?;
    let nest = id_of(&state, &name).await?;
    let place = state.house.places.take(&person.id, visitor.session.as_ref())?;
    let seat = state.engine.join(&nest, &person, since).await?;
    let upgrade = upgrade.map_err(|_| ApiError::invalid("upgrade", &"this address speaks WebSocket only"))?;

    let guest = Guest::new(state, nest, person, seat, place);
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MOST_UNSENT)
        .max_frame_size(MAX_CLIENT_FRAME)
        .max_message_size(MAX_CLIENT_FRAME)
        .on_upgrade(|connection| Box::pin(socket::converse(connection, guest))))
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
