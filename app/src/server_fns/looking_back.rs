//! What the plain pages about a nest's past and a person's nests need. On the server only: nothing of it wakes up.

use engine::KnownNest;
use engine::history::{History, HistoryPage};
use nests::wire::directory::NestCard;

use super::{Refused, door, page_query};

/// Rows of one page.
const PAGE: usize = 50;

pub(crate) struct LookBack {
    pub(crate) card: NestCard,
    pub(crate) history: History,
    /// What was looked for; empty: everything.
    pub(crate) search: String,
    /// Whether this is the page with the newest songs.
    pub(crate) is_first: bool,
    pub(crate) notice: Option<String>,
}

/// The part of a nest's history that the page's address asks for.
pub(crate) async fn look_back(nest: &str) -> Result<LookBack, Refused> {
    door::person()?;
    let asked = page_query::of_request();
    let search = asked.query.unwrap_or_default();
    let page = HistoryPage {
        before: asked.before.clone(),
        after: asked.after,
        search: search.clone(),
        limit: PAGE,
    };
    let (card, history) = door::engine()?
        .history(&door::nest_ref(nest)?, page)
        .await
        .map_err(door::refused)?;
    let is_first = asked.before.is_none() && history.previous.is_none();
    Ok(LookBack {
        card,
        history,
        search,
        is_first,
        notice: asked.notice,
    })
}

/// The nests of whoever asks.
pub(crate) async fn my_nests() -> Result<Vec<KnownNest>, Refused> {
    let me = door::person()?;
    door::engine()?.nests_of(&me).await.map_err(door::refused)
}

/// A nest, and whether whoever asks built it.
pub(crate) async fn a_nest(nest: &str) -> Result<(NestCard, bool), Refused> {
    let (me, engine) = (door::person()?, door::engine()?);
    let card = engine
        .get_nest(&door::nest_ref(nest)?)
        .await
        .map_err(door::refused)?;
    let is_mine = engine
        .is_creator(&me.id, &card.nest_id)
        .await
        .map_err(door::refused)?;
    Ok((card, is_mine))
}
