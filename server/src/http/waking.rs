//! `GET /api/nests/{ref}/awake`: an event stream for whoever waits in front of a sleeping nest. It says one word, `awake`
//! or `gone`, when there is something to say.

use std::convert::Infallible;
use std::future::ready;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt as _, stream};
use nests::nest::NestId;

use super::error::ApiError;
use super::nests::named;
use crate::auth::visitor::{SignedIn, Visitor};
use crate::realtime::places::Place;
use crate::state::AppState;

pub async fn until_awake(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Extension(visitor): Extension<Visitor>,
    Path(nest): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let nest = state.engine.get_nest(&named(&nest)?).await?.nest_id;
    // Who waits takes a place like who listens: the bounds are the same.
    let place = state.house.places.take(&person.id, visitor.session.as_ref())?;
    let word = stream::once(word(state, nest, place));
    let events = word.filter_map(|word| ready(word.map(|word| Ok(Event::default().event(word).data(word)))));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// `None`: signed out, or the program ends; the browser comes back by itself.
async fn word(state: AppState, nest: NestId, place: Place) -> Option<&'static str> {
    let leave = place.leave();
    tokio::select! {
        () = leave.cancelled() => None,
        answer = state.engine.until_awake(&nest) => match answer {
            Ok(()) => Some("awake"),
            Err(error) => {
                tracing::debug!(nest.id = %nest, %error, "somebody waited in vain");
                Some("gone")
            }
        },
    }
}
