//! What is remembered of a track, so that nobody asks twice: in Redis, for a day, for the whole house.
//!
//! Forgetting is harmless and so is a Redis that doesn't answer: then Spotify is asked again.

use std::collections::HashMap;

use nests::nest::NestId;
use nests::track::{Track, TrackUri};

use crate::source::Listed;
use crate::store::Key;
use crate::store::Store;
use crate::store::keys::FILL_INFO_LIFE;

/// A track, and what only Spotify's side of the house needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub track: Track,
    /// Whether it may be played in the house's market.
    pub playable: bool,
    pub album_id: Option<String>,
    pub artist_id: Option<String>,
}

impl Facts {
    pub(super) fn known_as(self, uri: &TrackUri) -> Self {
        let track = Track {
            uri: uri.clone(),
            ..self.track
        };
        Self { track, ..self }
    }

    pub(super) fn listed(self) -> Listed {
        Listed {
            track: self.track,
            is_playable: self.playable,
        }
    }
}

pub(super) async fn recall(store: &Store, uri: &TrackUri, market: &str) -> Option<Facts> {
    let mut read = redis::cmd("HGETALL");
    read.arg(key(uri));
    let fields: HashMap<String, String> = match store.run(&read).await {
        Ok(fields) => fields,
        Err(error) => {
            tracing::debug!(%error, "what is known of a track can't be read");
            return None;
        }
    };
    parse(uri, fields, market)
}

pub(super) async fn remember(store: &Store, all: &[Facts], market: &str) {
    if all.is_empty() {
        return;
    }
    let mut write = redis::pipe();
    for facts in all {
        let key = key(&facts.track.uri);
        write.del(&key).ignore();
        write.hset_multiple(&key, &fields(facts, market)).ignore();
        write.expire(&key, FILL_INFO_LIFE.as_secs() as i64).ignore();
    }
    if let Err(error) = store.run_all::<()>(&write).await {
        tracing::debug!(%error, "what is known of a track can't be kept");
    }
}

/// The Main Nest's is the house's: a track is the same in every nest.
fn key(uri: &TrackUri) -> String {
    Key::FillInfo(&NestId::main(), uri).name()
}

fn fields(facts: &Facts, market: &str) -> Vec<(&'static str, String)> {
    let track = &facts.track;
    let present = |name, value: &Option<String>| value.clone().map(|value| (name, value));
    let mut fields = vec![
        ("title", track.title.clone()),
        ("artist", track.artist.clone()),
        ("album", track.album.clone()),
        ("duration_ms", track.duration_ms.to_string()),
        ("playable", u8::from(facts.playable).to_string()),
        ("market", market.to_owned()),
    ];
    fields.extend(present("img", &track.img));
    fields.extend(present("big_img", &track.big_img));
    fields.extend(present("album_id", &facts.album_id));
    fields.extend(present("artist_id", &facts.artist_id));
    fields
}

/// `None` for what is not there, was written for another market, or by an older installation in another form.
fn parse(uri: &TrackUri, mut fields: HashMap<String, String>, market: &str) -> Option<Facts> {
    if fields.get("market").map(String::as_str) != Some(market) {
        return None;
    }
    let track = Track {
        uri: uri.clone(),
        title: fields.remove("title")?,
        artist: fields.remove("artist")?,
        album: fields.remove("album")?,
        duration_ms: fields
            .get("duration_ms")?
            .parse()
            .ok()
            .filter(|length| *length > 0)?,
        img: fields.remove("img"),
        big_img: fields.remove("big_img"),
        hue: None,
    };
    Some(Facts {
        track,
        playable: fields.get("playable").map(String::as_str) == Some("1"),
        album_id: fields.remove("album_id"),
        artist_id: fields.remove("artist_id"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            track: Track {
                uri: TrackUri::parse("spotify:track:4uLU6hMCjMI75M1A2tKUQC").expect("a URI"),
                title: "Amber Rooms".to_owned(),
                artist: "Glass Harbour".to_owned(),
                album: String::new(),
                duration_ms: 150_000,
                img: Some("https://i.scdn.co/image/a".to_owned()),
                big_img: None,
                hue: None,
            },
            playable: true,
            album_id: None,
            artist_id: Some("A".to_owned()),
        }
    }

    fn written(facts: &Facts) -> HashMap<String, String> {
        let fields = fields(facts, "SE").into_iter();
        fields.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn facts_read_as_they_were_written_and_only_for_their_market() {
        let facts = facts();
        let uri = facts.track.uri.clone();
        assert_eq!(parse(&uri, written(&facts), "SE"), Some(facts.clone()));
        assert_eq!(parse(&uri, written(&facts), "US"), None);
    }

    #[test]
    fn what_an_older_installation_left_is_passed_over() {
        let uri = facts().track.uri;
        let older = [("title", "Amber Rooms"), ("duration", "150"), ("src", "spotify")];
        let older = older.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parse(&uri, older.into(), "SE"), None);
        assert_eq!(parse(&uri, HashMap::new(), "SE"), None);
    }
}
