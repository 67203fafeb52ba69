//! Where Bender's ideas come from, and the lists that keep them for a while.
//!
//! Each nest and strategy has a list of about twenty ideas, filled with one question to every source and good for twenty
//! minutes, or until a person's song starts: then there is another song to start from. A pick uses its idea up.

use std::collections::HashSet;

use futures_util::future::join_all;
use nests::bender::Strategy;
use nests::nest::{NestId, Person};
use nests::time::Millis;
use nests::track::{Track, TrackUri};
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::Ears;
use crate::Engine;
use crate::error::EngineError;
use crate::source::{Alike, SourceError};
use crate::store::keys::IDEAS_LIFE;
use crate::store::{Key, scripts};

/// Ideas that a list is filled with.
const IDEAS: usize = 20;
/// How long a source is waited for while a list is filled. Who wanted to pick has long gone on without it; the list is
/// there for the next pick.
const SOURCE_PATIENCE: Duration = Duration::from_secs(4);

/// What a list holds where there was no idea: asking again soon is of no use.
const NO_IDEA: &str = "nothing";

/// A track that Bender might play.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Idea {
    Track(Track),
    /// Known by its name: what became of it in the meantime is asked when it is picked.
    Throwback {
        track: TrackUri,
        played_at: Millis,
        by: Person,
        /// As it last played here, for when its source can't be asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<Track>,
    },
}

/// Whom to ask, and for what.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    Sources(Alike),
    Throwbacks,
}

impl Idea {
    pub(super) fn uri(&self) -> &TrackUri {
        match self {
            Self::Track(track) => &track.uri,
            Self::Throwback { track, .. } => track,
        }
    }

    /// Who a throwback is credited to.
    pub(super) fn by(&self) -> Option<&Person> {
        match self {
            Self::Track(_) => None,
            Self::Throwback { by, .. } => Some(by),
        }
    }

    /// Its facts, as far as they are at hand without asking anybody.
    pub(super) fn known(&self) -> Option<&Track> {
        match self {
            Self::Track(track) => Some(track),
            Self::Throwback { known, .. } => known.as_ref(),
        }
    }

    /// When a throwback played.
    pub(super) fn played_at(&self) -> Option<Millis> {
        match self {
            Self::Track(_) => None,
            Self::Throwback { played_at, .. } => Some(*played_at),
        }
    }
}

impl Engine {
    /// The ideas that the nest has by this strategy. Where there are none, sources are asked, and waited for until
    /// `until`; that they fail is no failure of Bender's.
    pub(super) async fn ideas(
        &self,
        nest: &NestId,
        strategy: Strategy,
        wish: Wish,
        (ears, until): (&Ears, Instant),
    ) -> Result<Vec<Idea>, EngineError> {
        let mut read = redis::cmd("LRANGE");
        read.arg(Key::BenderIdeas(nest, strategy).name()).arg(0).arg(-1);
        let kept: Vec<String> = self.inner.store.run(&read).await?;
        if !kept.is_empty() {
            // What can't be read is NO_IDEA, or an older program's.
            return Ok(kept
                .iter()
                .filter_map(|text| serde_json::from_str(text).ok())
                .collect());
        }
        // The time for asking is over: the questions under way are enough.
        if Instant::now() >= until {
            return Ok(Vec::new());
        }
        let (engine, nest, ears) = (self.clone(), nest.clone(), ears.clone());
        // On its own feet: what comes too late for this pick is there for the next.
        let asking = tokio::spawn(async move { engine.fill(&nest, strategy, wish, &ears).await });
        match timeout_at(until, asking).await {
            Ok(Ok(Ok(ideas))) => Ok(ideas),
            Ok(Ok(Err(error))) => {
                tracing::debug!(?strategy, %error, "no ideas for Bender; he tries another way");
                Ok(Vec::new())
            }
            Ok(Err(error)) => {
                tracing::error!(?strategy, %error, "looking for ideas broke off");
                Ok(Vec::new())
            }
            Err(_) => {
                tracing::debug!(
                    ?strategy,
                    "ideas for Bender take their time; he tries another way"
                );
                Ok(Vec::new())
            }
        }
    }

    async fn fill(
        &self,
        nest: &NestId,
        strategy: Strategy,
        wish: Wish,
        ears: &Ears,
    ) -> Result<Vec<Idea>, EngineError> {
        let found: Vec<Idea> = match wish {
            Wish::Sources(wish) => alike(wish, ears).await?.into_iter().map(Idea::Track).collect(),
            Wish::Throwbacks => self.thrown_back().await?,
        };
        let was_something = !found.is_empty();
        let mut ideas = self.not_heard_lately(nest, found).await?;
        if ideas.is_empty() && was_something {
            // Another roll may bring something else: the next draw asks anew.
            return Ok(ideas);
        }
        ideas.truncate(IDEAS);
        self.recall(&mut ideas).await?;
        let mut texts = Vec::with_capacity(ideas.len().max(1));
        for idea in &ideas {
            let text = serde_json::to_string(idea).map_err(|e| EngineError::Unreadable(e.to_string()))?;
            texts.push(text);
        }
        if texts.is_empty() {
            texts.push(NO_IDEA.to_owned());
        }
        let mut keep = scripts::IDEAS.key(Key::BenderIdeas(nest, strategy).name());
        keep.key(Key::Log(nest).name())
            .arg(IDEAS_LIFE.as_secs())
            .arg(texts);
        self.inner.store.script::<()>(&keep).await?;
        Ok(ideas)
    }

    /// Those that the nest has not played, nor anybody filtered, within the filter's time: the others would take up room in the
    /// list, and the last of them the strategy's turn.
    async fn not_heard_lately(&self, nest: &NestId, mut ideas: Vec<Idea>) -> Result<Vec<Idea>, EngineError> {
        let uris: Vec<TrackUri> = ideas.iter().map(|idea| idea.uri().clone()).collect();
        let heard = self.filters(nest, &uris).await?;
        ideas.retain(|idea| !heard.contains_key(idea.uri()));
        Ok(ideas)
    }

    /// Puts beside throwbacks what is remembered of their tracks.
    async fn recall(&self, ideas: &mut [Idea]) -> Result<(), EngineError> {
        let thrown_back = |idea: &Idea| matches!(idea, Idea::Throwback { .. });
        if !ideas.iter().any(thrown_back) {
            return Ok(());
        }
        let uris: Vec<TrackUri> = ideas.iter().map(|idea| idea.uri().clone()).collect();
        let tracks = self.played_tracks(&uris).await?;
        for (idea, track) in ideas.iter_mut().zip(tracks) {
            if let Idea::Throwback { known, .. } = idea {
                *known = track;
            }
        }
        Ok(())
    }

    /// All that was drawn, each track once: more than a list holds.
    async fn thrown_back(&self) -> Result<Vec<Idea>, EngineError> {
        let mut drawn = self.throwbacks().await?;
        // A set answers in the order of its own hashes, one day after the other.
        drawn.sort_by_cached_key(|_| crate::random::roll());
        let mut tracks = HashSet::new();
        drawn.retain(|throwback| tracks.insert(throwback.track.clone()));
        let idea = |throwback: crate::plays::Throwback| Idea::Throwback {
            track: throwback.track,
            played_at: throwback.played_at,
            by: throwback.by,
            known: None,
        };
        Ok(drawn.into_iter().map(idea).collect())
    }

    /// The idea is picked: it is no idea any more.
    pub(super) async fn use_up(
        &self,
        nest: &NestId,
        strategy: Strategy,
        idea: &Idea,
    ) -> Result<(), EngineError> {
        let text = serde_json::to_string(idea).map_err(|e| EngineError::Unreadable(e.to_string()))?;
        let mut remove = redis::cmd("LREM");
        remove
            .arg(Key::BenderIdeas(nest, strategy).name())
            .arg(1)
            .arg(text);
        Ok(self.inner.store.run(&remove).await?)
    }

    pub(super) async fn forget_ideas(&self, nest: &NestId, strategy: Strategy) -> Result<(), EngineError> {
        let mut forget = redis::cmd("UNLINK");
        forget.arg(Key::BenderIdeas(nest, strategy).name());
        Ok(self.inner.store.run(&forget).await?)
    }
}

/// What the sources have of it, side by side, one of each in turns. Some of them may fail.
async fn alike(wish: Alike, ears: &Ears) -> Result<Vec<Track>, EngineError> {
    let roll = crate::random::roll();
    let heard = ears.sources.iter().filter(|source| ears.hear(*source));
    let asked = heard.map(|source| {
        let answer = source.alike(&wish, IDEAS, roll);
        async move {
            let answer = timeout(SOURCE_PATIENCE, answer).await;
            let answer = answer.unwrap_or(Err(SourceError::TimedOut));
            answer.map_err(|error| error.of(source.source()))
        }
    });
    let mut answers = Vec::new();
    let mut failure = None;
    for answer in join_all(asked).await {
        match answer {
            Ok(tracks) => answers.push(tracks.into_iter()),
            Err(error) => failure = Some(error),
        }
    }
    let mut tracks = Vec::with_capacity(IDEAS);
    for _ in 0..IDEAS {
        tracks.extend(answers.iter_mut().filter_map(Iterator::next));
    }
    tracks.truncate(IDEAS);
    match failure {
        // With nothing to show for it, a failure is no answer.
        Some(error) if tracks.is_empty() => Err(error),
        _ => Ok(tracks),
    }
}
