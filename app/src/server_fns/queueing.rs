//! Adding, voting, jamming, removing.

use leptos::prelude::*;

use super::answer::Answer;
use super::{Acted, Refused};

/// Queues a track, or votes for it where it waits already.
#[server(name = Add, prefix = "/api/fn", endpoint = "add", output = Answer)]
pub async fn add(nest: String, track: String) -> Result<Acted, Refused> {
    let track = super::door::track_uri(&track)?;
    super::door::act(&nest, nests::wire::Command::Add { track }).await
}

/// `vote` is `up`, `down` or `none`.
#[server(name = CastVote, prefix = "/api/fn", endpoint = "vote", output = Answer)]
pub async fn vote(nest: String, song: String, vote: String) -> Result<Acted, Refused> {
    let song = super::door::song_id(&song)?;
    let vote = crate::live::forms::vote(&vote)
        .ok_or_else(|| nests::wire::ErrorBody::invalid("vote", "A vote is up, down or none."))?;
    super::door::act(&nest, nests::wire::Command::Vote { song, vote }).await
}

#[server(name = Jam, prefix = "/api/fn", endpoint = "jam", output = Answer)]
pub async fn jam(nest: String, song: String, on: bool) -> Result<Acted, Refused> {
    let song = super::door::song_id(&song)?;
    super::door::act(&nest, nests::wire::Command::Jam { song, on }).await
}

#[server(name = Remove, prefix = "/api/fn", endpoint = "remove", output = Answer)]
pub async fn remove(nest: String, song: String) -> Result<Acted, Refused> {
    let song = super::door::song_id(&song)?;
    super::door::act(&nest, nests::wire::Command::Remove { song }).await
}

/// Queues what Bender picked as one's own song.
#[server(name = Take, prefix = "/api/fn", endpoint = "take", output = Answer)]
pub async fn take(nest: String, song: String) -> Result<Acted, Refused> {
    let song = super::door::song_id(&song)?;
    super::door::act(&nest, nests::wire::Command::Take { song }).await
}

/// Away with what Bender picked, for a week.
#[server(name = Filter, prefix = "/api/fn", endpoint = "filter", output = Answer)]
pub async fn filter(nest: String, song: String) -> Result<Acted, Refused> {
    let song = super::door::song_id(&song)?;
    super::door::act(&nest, nests::wire::Command::Filter { song }).await
}

/// Takes everything that waits out of the queue.
#[server(name = Clear, prefix = "/api/fn", endpoint = "clear", output = Answer)]
pub async fn clear(nest: String) -> Result<Acted, Refused> {
    super::door::act(&nest, nests::wire::Command::Clear).await
}

#[server(name = AskBender, prefix = "/api/fn", endpoint = "ask_bender", output = Answer)]
pub async fn ask_bender(nest: String) -> Result<Acted, Refused> {
    super::door::act(&nest, nests::wire::Command::AskBender).await
}
