//! Pasting: what the sheet is drawn from, and the form that adds what is ticked on it.

use leptos::prelude::*;
use nests::track::TrackUri;
use nests::wire::ErrorBody;
use nests::wire::frame::Note;
use serde::{Deserialize, Serialize};

use super::Refused;
use super::answer::Answer;
#[cfg(feature = "ssr")]
pub(crate) use sheet::{OwnPlaylists, Sheet, sheet_of};

/// What became of one of the ticked tracks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddedOne {
    pub track: TrackUri,
    pub note: Option<Note>,
    /// Why it was not added.
    pub error: Option<ErrorBody>,
}

/// Adds the ticked tracks in their order, and says of each what became of it. A plain form is led back to the nest, whose
/// page says the same in a sentence or two.
#[server(name = AddTicked, prefix = "/api/fn", endpoint = "add_ticked", output = Answer)]
pub async fn add_ticked(
    nest: String,
    #[server(default)] track: Vec<String>,
) -> Result<Vec<AddedOne>, Refused> {
    use super::door;
    let me = door::person()?;
    let nest = door::nest_id(&nest)?;
    let tracks = track
        .iter()
        .map(|uri| door::track_uri(uri))
        .collect::<Result<Vec<_>, _>>()?;
    let outcomes = door::engine()?
        .add_all(&nest, &me, tracks)
        .await
        .map_err(door::refused)?;
    let all: Vec<AddedOne> = outcomes.into_iter().map(AddedOne::from).collect();
    let good = all.iter().all(|one| one.error.is_none());
    door::lead_form_to(&crate::paths::nest_after(&nest, good, &sheet::in_words(&all)));
    Ok(all)
}

#[cfg(feature = "ssr")]
impl From<engine::Outcome> for AddedOne {
    fn from(outcome: engine::Outcome) -> Self {
        Self {
            track: outcome.track,
            note: outcome.done.as_ref().ok().and_then(|done| done.note),
            error: outcome.done.err(),
        }
    }
}

#[cfg(feature = "ssr")]
mod sheet;
