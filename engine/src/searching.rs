//! Search in all sources side by side: each has its own time, and none that fails takes the others' answers with it.

use nests::nest::NestId;
use nests::paste::{self, Meaning};
use nests::track::Source;

use crate::Engine;
use crate::error::EngineError;
use crate::source::FoundIn;

const MAX_SEARCH_CHARS: usize = 200;

impl Engine {
    /// Searches all sources, or finds the track that a pasted link names. In the sources' order; `limit` and `offset` count
    /// in each of them. For a nest that is held to one source and has songs of it, only that one.
    ///
    /// # Errors
    /// What is wrong with the query; and, where not one source could answer, why the first could not.
    pub async fn search(
        &self,
        nest: Option<&NestId>,
        query: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<FoundIn>, EngineError> {
        if query.chars().count() > MAX_SEARCH_CHARS {
            let message = format!("a search has at most {MAX_SEARCH_CHARS} characters");
            return Err(EngineError::Invalid { field: "q", message });
        }
        if let [piece] = paste::read(query).pieces.as_slice() {
            let told = |message: String| Err(EngineError::Invalid { field: "q", message });
            match &piece.meaning {
                Meaning::Track(uri) => return Ok(vec![self.inner.sources.the_one(uri).await?]),
                Meaning::Nothing(why) => return told(why.to_string()),
                Meaning::Collection(_) => {
                    return told("That link stands for many songs: the paste sheet takes it.".to_owned());
                }
                Meaning::Words(_) => {}
            }
        }
        let only = self.source_held_to(nest).await?;
        let sources = &self.inner.sources;
        let found = sources.search(only, query, limit as usize, offset as usize).await;
        match found.iter().find_map(|found| found.page.as_ref().err()) {
            Some(error) if found.iter().all(|found| found.page.is_err()) => Err((*error).into()),
            _ => Ok(found),
        }
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
