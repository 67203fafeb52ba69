//! Everything one nest page needs, in one load: drawn by the server, taken over by the browser.

use nests::hearing::InSync;
use nests::nest::Person;
use nests::nest::member::Listener;
use nests::time::Millis;
use nests::track::Source;
use nests::wire::Snapshot;
use nests::wire::directory::NestCard;
use serde::{Deserialize, Serialize};

use super::Refused;
use super::searching::Found;

/// What a visitor of a nest's page gets to see.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Visit {
    Open(Box<Room>),
    /// Nobody is there and nothing waits. Whoever built it may wake it.
    Asleep {
        card: Box<NestCard>,
        is_mine: bool,
    },
    NotFound,
}

/// An open nest as it stands at `now`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Room {
    pub me: Person,
    pub card: NestCard,
    pub snapshot: Snapshot,
    pub people: People,
    pub now: Millis,
    /// What the form that led here did, or why it did nothing.
    pub notice: Option<String>,
    /// Whether the notice is good news.
    pub is_good_news: bool,
    /// What `?q=` asked for, and what was found.
    pub search: Option<(String, Result<Found, Refused>)>,
    /// Where this nest has music from.
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// `None`: not known yet, which screens show as `--`.
    pub count: Option<u32>,
    pub people: Vec<Listener>,
    /// Of all of them.
    #[serde(default)]
    pub in_sync: InSync,
}

/// Loads the page of the nest that `nest` names (id, code or slug).
#[cfg(feature = "ssr")]
pub(crate) async fn visit(nest: String) -> Result<Visit, Refused> {
    use nests::wire::ErrorCode;
    use nests::wire::directory::NestState;

    use super::{door, page_query};

    let me = door::person()?;
    let engine = door::engine()?;
    let Ok(nest) = door::nest_ref(&nest) else {
        return Ok(Visit::NotFound);
    };
    let card = match engine.get_nest(&nest).await {
        Ok(card) => door::seen_by_visitor(card),
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::NestGone) => {
            return Ok(Visit::NotFound);
        }
        Err(error) => return Err(door::refused(error)),
    };
    let asleep = async |card: NestCard| {
        let is_mine = engine
            .is_creator(&me.id, &card.nest_id)
            .await
            .map_err(door::refused)?;
        let card = Box::new(card);
        Ok(Visit::Asleep { card, is_mine })
    };
    if card.state == NestState::Asleep {
        return asleep(card).await;
    }
    let (snapshot, people) = futures::join!(engine.snapshot(&card.nest_id), engine.people(&card.nest_id));
    let snapshot = match snapshot {
        Ok(snapshot) => snapshot.as_ref().clone(),
        Err(error) if error.code() == ErrorCode::NestAsleep => return asleep(card).await,
        Err(error) => return Err(door::refused(error)),
    };
    // Who is here is news, not substance: without it the page still stands.
    let people = people
        .map(|p| People {
            // Whoever looks is not counted yet: a nest without listeners is one whose number isn't known.
            count: Some(p.count).filter(|count| *count > 0),
            people: p.people,
            in_sync: p.in_sync,
        })
        .unwrap_or_default();
    let asked = page_query::of_request();
    let search = match asked.query {
        Some(query) => {
            let found =
                super::searching::find(&me, Some(&card.nest_id), &query, super::searching::RESULTS).await;
            Some((query, found))
        }
        None => None,
    };
    let sources = engine.source_names(&card.nest_id).await.map_err(door::refused)?;
    Ok(Visit::Open(Box::new(Room {
        me,
        card,
        snapshot,
        people,
        now: engine.now(),
        is_good_news: asked.notice.is_none(),
        notice: asked.notice.or(asked.told),
        search,
        sources,
    })))
}

/// The nest whose page is at `path`, for the preview of its link: also for visitors who haven't signed in. What goes wrong
/// leaves the page without a preview.
#[cfg(feature = "ssr")]
pub(crate) async fn nest_at(path: &str) -> Option<NestCard> {
    use super::door;

    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = match path.strip_prefix("/nest/") {
        Some(name) => name.split('/').next()?,
        None if path == crate::paths::HOME => "main",
        None => return None,
    };
    let nest = door::nest_ref(name).ok()?;
    let card = door::engine().ok()?.get_nest(&nest).await.ok()?;
    Some(door::seen_by_visitor(card))
}
