//! How a house stands: what a refused request must leave as it was.

use nests::nest::{NestId, NestRef};
use nests::wire::Snapshot;
use nests::wire::directory::NestCard;

use super::House;

/// The registry, and of each nest that is awake the queue with its votes, what plays and the rest.
#[derive(Debug, PartialEq)]
pub struct Standing {
    awake: Vec<(NestCard, Snapshot)>,
    asleep: Vec<NestCard>,
}

impl Standing {
    /// `asleep`: the codes of those that sleep.
    pub async fn of(house: &House, asleep: &[&str]) -> Self {
        let engine = &house.state.engine;
        let mut standing = Self {
            awake: Vec::new(),
            asleep: Vec::new(),
        };
        for card in engine.list_nests().await.expect("the list") {
            let nest = engine.snapshot(&card.nest_id).await.expect("its state");
            standing.awake.push((settled(card), nest.as_ref().clone()));
        }
        for code in asleep {
            let nest = NestRef::Id(NestId::parse(code).expect("a code"));
            let card = engine.get_nest(&nest).await.expect("it sleeps");
            standing.asleep.push(settled(card));
        }
        standing
    }
}

/// The heartbeat of an open tab is activity, whatever else happens.
fn settled(card: NestCard) -> NestCard {
    NestCard {
        last_activity: String::new(),
        ..card
    }
}
