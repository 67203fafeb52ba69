//! Adds many tracks, one after the other, each by the same way and under the same limits as a single one.
//!
//! Owns when to go on after a refusal and when not to. What a single add may do is the rule's, as ever.

use std::time::Duration;

use nests::action::Refusal;
use nests::nest::{NestId, Person};
use nests::track::TrackUri;
use nests::wire::{Command, ErrorBody, ErrorCode};
use tokio::time::Instant;

use crate::Engine;
use crate::acting::Done;
use crate::error::EngineError;
use crate::pasting::MAX_TRACKS;

/// After this long no further track is begun; the one under way has a limit of its own.
const ADDING_TIME: Duration = Duration::from_secs(8);

/// What became of one of many tracks.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub track: TrackUri,
    pub done: Result<Done, ErrorBody>,
}

impl Engine {
    /// Adds the tracks in their order. What refuses one track leaves the others alone; what would refuse all that follow as
    /// well (a full queue, the person's own limit, a nest or a store that is gone) is not tried again for each of them: each
    /// try counts against that limit.
    ///
    /// # Errors
    /// `Invalid` for no track and for more than [`MAX_TRACKS`]; what is wrong with the nest. Then nothing was added.
    pub async fn add_all(
        &self,
        nest: &NestId,
        by: &Person,
        tracks: Vec<TrackUri>,
    ) -> Result<Vec<Outcome>, EngineError> {
        let wrong = match tracks.len() {
            0 => Some("Tick at least one track.".to_owned()),
            n if n > MAX_TRACKS => Some(format!(
                "{MAX_TRACKS} tracks can be added at once; these are {n}."
            )),
            _ => None,
        };
        if let Some(message) = wrong {
            let field = "track";
            return Err(EngineError::Invalid { field, message });
        }
        self.open(nest).await?;
        let deadline = Instant::now() + ADDING_TIME;
        let mut ended: Option<ErrorBody> = None;
        let mut outcomes = Vec::with_capacity(tracks.len());
        for track in tracks {
            if ended.is_none() && Instant::now() >= deadline {
                ended = Some(ErrorBody::new(
                    ErrorCode::StoreUnavailable,
                    "Adding took too long. Try these again in a moment.",
                ));
            }
            let done = match &ended {
                Some(why) => Err(why.clone()),
                None => {
                    let add = Command::Add { track: track.clone() };
                    self.act(nest, by, add).await.map_err(|error| {
                        let why = ErrorBody::from(&error);
                        ended = concerns_all_that_follow(&error).then(|| why.clone());
                        why
                    })
                }
            };
            outcomes.push(Outcome { track, done });
        }
        Ok(outcomes)
    }
}

fn concerns_all_that_follow(error: &EngineError) -> bool {
    match error {
        EngineError::Refused(refusal) => matches!(refusal, Refusal::QueueFull(_)),
        EngineError::Source { .. } | EngineError::Invalid { .. } => false,
        _ => true,
    }
}
