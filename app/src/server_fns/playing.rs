//! Skip, pause, resume.

use leptos::prelude::*;

use super::answer::Answer;
use super::{Acted, Refused};

/// Skips the song if it still plays: two people who skip at once skip one song.
#[server(name = Skip, prefix = "/api/fn", endpoint = "skip", output = Answer)]
pub async fn skip(nest: String, song: String) -> Result<Acted, Refused> {
    let song = super::door::song_id(&song)?;
    super::door::act(&nest, nests::wire::Command::Skip { song }).await
}

#[server(name = Pause, prefix = "/api/fn", endpoint = "pause", output = Answer)]
pub async fn pause(nest: String) -> Result<Acted, Refused> {
    super::door::act(&nest, nests::wire::Command::Pause).await
}

#[server(name = Resume, prefix = "/api/fn", endpoint = "resume", output = Answer)]
pub async fn resume(nest: String) -> Result<Acted, Refused> {
    super::door::act(&nest, nests::wire::Command::Resume).await
}
