//! Search in all sources side by side: each has its own time, and none that fails takes the others' answers with it. Who
//! shows each answer as it comes asks for one source at a time.

use std::time::{Duration, Instant};

use nests::nest::{MemberId, NestId, Person};
use nests::paste::{self, Meaning};
use nests::track::{Source, TrackUri};

use crate::Engine;
use crate::error::EngineError;
use crate::pace::{self, Pace};
use crate::source::{FoundIn, SEARCH_ALONE_TIMEOUT, SEARCH_TIMEOUT};

const MAX_SEARCH_CHARS: usize = 200;
/// The page waits for a pause of this length in typing before it searches, so nobody who types is ever faster.
const SEARCH_EVERY: Duration = Duration::from_millis(200);
/// Searches at once: several tabs, or a program that looks a list up.
const SEARCHES_AT_ONCE: u32 = 20;

/// Who searches, and in which source alone (`None`: in all): sources are counted apart, as browsers ask them.
pub(crate) type SearchPace = Pace<(MemberId, Option<Source>)>;

pub(crate) fn pace() -> SearchPace {
    Pace::new(SEARCH_EVERY, SEARCHES_AT_ONCE)
}

impl Engine {
    /// Searches all sources, or finds the track that a pasted link names. In the sources' order; `limit` and `offset` count
    /// in each of them. For a nest that is held to one source and has songs of it, only that one.
    ///
    /// # Errors
    /// What is wrong with the query; `RateLimited` for whoever searches faster than anybody types; and, where not one source
    /// could answer, why the first could not.
    pub async fn search(
        &self,
        by: &Person,
        nest: Option<&NestId>,
        query: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<FoundIn>, EngineError> {
        let uri = named(query)?;
        self.pace(by, None)?;
        let found = match uri {
            Some(uri) => vec![self.sources_of(nest).await?.the_one(&uri, SEARCH_TIMEOUT).await],
            None => {
                let only = self.source_held_to(nest).await?;
                let sources = self.sources_of(nest).await?;
                sources.search(only, query, limit as usize, offset as usize).await
            }
        };
        let mut troubles = found.iter().filter_map(FoundIn::trouble);
        match troubles.next() {
            Some(first) if troubles.count() + 1 == found.len() => Err(first),
            _ => Ok(found),
        }
    }

    /// The same in one source, which has longer for it. It finds nothing of another source's link, and nothing for a nest
    /// that is held to another source.
    ///
    /// # Errors
    /// What is wrong with the query, and `RateLimited`, as for [`Engine::search`]; what is wrong with the source, or with its
    /// track, stands in the answer.
    pub async fn search_in(
        &self,
        by: &Person,
        source: Source,
        nest: Option<&NestId>,
        query: &str,
        limit: u32,
        offset: u32,
    ) -> Result<FoundIn, EngineError> {
        let uri = named(query)?;
        self.pace(by, Some(source))?;
        match uri {
            Some(uri) if uri.source() == source => {
                let sources = self.sources_of(nest).await?;
                return Ok(sources.the_one(&uri, SEARCH_ALONE_TIMEOUT).await);
            }
            Some(_) => return Ok(FoundIn::nothing(source)),
            None => {}
        }
        match self.source_held_to(nest).await? {
            Some(only) if only != source => Ok(FoundIn::nothing(source)),
            _ => {
                let sources = self.sources_of(nest).await?;
                let (limit, offset) = (limit as usize, offset as usize);
                Ok(sources.search_alone(source, query, limit, offset).await)
            }
        }
    }

    fn pace(&self, by: &Person, alone: Option<Source>) -> Result<(), EngineError> {
        let lane = (by.id.clone(), alone);
        let admitted = self.inner.search_pace.admit(&lane, Instant::now());
        admitted.map_err(|wait| EngineError::RateLimited {
            retry_after: pace::retry_after(wait),
            message: "You search faster than anybody can. Take a breath, then search again.".to_owned(),
        })
    }

    /// The source that a nest has to stay with at the moment; `None`: it may have any.
    pub(crate) async fn source_held_to(&self, nest: Option<&NestId>) -> Result<Option<Source>, EngineError> {
        match nest {
            Some(nest) if !self.inner.settings.mixed_sources => {
                Ok(self.open(nest).await?.snapshot().source())
            }
            _ => Ok(None),
        }
    }
}

/// The one track that the query is a link to; `None`: it is words.
fn named(query: &str) -> Result<Option<TrackUri>, EngineError> {
    let wrong = |message: String| Err(EngineError::Invalid { field: "q", message });
    if query.chars().count() > MAX_SEARCH_CHARS {
        return wrong(format!("a search has at most {MAX_SEARCH_CHARS} characters"));
    }
    let pasted = paste::read(query);
    let [piece] = pasted.pieces.as_slice() else {
        return Ok(None);
    };
    match &piece.meaning {
        Meaning::Track(uri) => Ok(Some(uri.clone())),
        Meaning::Nothing(why) => wrong(why.to_string()),
        Meaning::Collection(_) => {
            wrong("That link stands for many songs: the paste sheet takes it.".to_owned())
        }
        Meaning::Words(_) => Ok(None),
    }
}
