//! Playlists of people at Spotify: which somebody has, and what stands in one. Each call is made with their own token; only
//! owners, and those who change a playlist with them, are told what stands in it
//! (<https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide>).

use nests::text::tidy;
use nests::track::TrackUri;
use serde::Deserialize;
use serde_json::Value;

use super::Spotify;
use super::answers::{EpisodeAnswer, Page, TrackAnswer};
use super::calls::Endpoint;
use super::consent::PersonalError;
use super::facts::Facts;
use super::web::Ban;
use crate::secret::SpotifySecret;
use crate::source::{Album, SourceError};

/// Entries of a playlist on one page, the most that Spotify gives.
const ENTRIES_PAGE: usize = 50;
/// Entries of one playlist that are read: four calls, and as many tracks as a paste brings.
const MAX_ENTRIES: usize = 200;
/// Playlists on one page, the most that Spotify gives.
pub const PLAYLISTS_PAGE: usize = 50;

/// Whose account it is that asks, as far as Spotify's answers depend on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Home {
    /// Their id at Spotify.
    pub(crate) id: Option<String>,
    /// What may be played there is what Spotify answers them, whatever market is asked for. Two letters.
    pub(crate) country: Option<String>,
}

/// One of somebody's playlists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistCard {
    pub id: String,
    pub name: String,
    /// How many entries it has, where Spotify tells.
    pub entries: Option<u32>,
}

/// Those of a page of somebody's list of which they may read what stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistPage {
    pub playlists: Vec<PlaylistCard>,
    /// Where in the list the page begins, and how long the list is; what they only follow counts as well.
    pub offset: usize,
    pub total: usize,
}

impl PlaylistPage {
    /// Where the page after this one begins.
    pub fn next(&self) -> Option<usize> {
        let next = self.offset + PLAYLISTS_PAGE;
        (next < self.total).then_some(next)
    }

    /// Where the page before this one begins.
    pub fn previous(&self) -> Option<usize> {
        (self.offset > 0).then(|| self.offset.saturating_sub(PLAYLISTS_PAGE))
    }
}

#[derive(Deserialize)]
struct PlaylistAnswer {
    id: Option<String>,
    #[serde(default)]
    name: String,
    owner: Option<OwnerAnswer>,
    #[serde(default)]
    collaborative: bool,
    items: Option<CountAnswer>,
}

#[derive(Deserialize)]
struct OwnerAnswer {
    id: Option<String>,
    display_name: Option<String>,
}

#[derive(Deserialize)]
struct CountAnswer {
    total: Option<u32>,
}

/// A track, an episode, or nothing any more.
#[derive(Deserialize)]
struct EntryAnswer {
    item: Option<Value>,
    /// What `item` was called before February 2026, and in some answers still is.
    track: Option<Value>,
}

impl EntryAnswer {
    /// `None` for a file on somebody's disk, what is gone, and what can't be understood: it spoils none of the others.
    fn facts(self) -> Option<Facts> {
        let item = self.item.or(self.track)?;
        if item.get("type").and_then(Value::as_str) == Some("episode") {
            let uri = TrackUri::parse(item.get("uri")?.as_str()?).ok()?;
            return serde_json::from_value::<EpisodeAnswer>(item).ok()?.facts(&uri);
        }
        serde_json::from_value::<TrackAnswer>(item).ok()?.facts(None)
    }
}

impl Spotify {
    /// A playlist as an album of its first [`MAX_ENTRIES`] entries.
    ///
    /// # Errors
    /// `NeedsAccount` where the token is neither its owner's nor that of somebody who changes it with them; `NotFound` for
    /// one that isn't there, that is private to others, or that Spotify keeps from apps.
    pub(crate) async fn playlist(
        &self,
        access: &SpotifySecret,
        home: &Home,
        id: &str,
    ) -> Result<Album, PersonalError> {
        let names = vec![("fields", "name,owner(display_name)".to_owned())];
        let path = format!("playlists/{id}");
        let named = self.web.get_as(access, Endpoint::Playlist, path, names).await;
        let named: PlaylistAnswer = named.map_err(|failed| of_somebody_else(failed.into()))?;
        let (mut facts, mut read, mut total) = (Vec::new(), 0, MAX_ENTRIES);
        while read < total.min(MAX_ENTRIES) {
            let page = match self.entries_page(access, id, read).await {
                Ok(page) => page,
                Err(_) if read > 0 => break, // what is there already is an answer
                Err(error) => return Err(of_somebody_else(error)),
            };
            total = page.total as usize;
            if page.items.is_empty() {
                break;
            }
            read += page.items.len();
            facts.extend(page.items.into_iter().flatten().filter_map(EntryAnswer::facts));
        }
        if home.country.as_deref() == Some(self.web.market()) {
            self.web.remember(&facts).await;
        } else {
            // Spotify spoke of their country. What may be played in the house's is found out when it is added.
            facts.iter_mut().for_each(|facts| facts.playable = true);
        }
        Ok(Album {
            title: tidy(&named.name),
            artist: named
                .owner
                .and_then(|owner| owner.display_name)
                .map_or_else(|| "Playlist".to_owned(), |name| tidy(&name)),
            tracks: facts.into_iter().map(Facts::listed).collect(),
            read,
            total: total.max(read),
        })
    }

    async fn entries_page(
        &self,
        access: &SpotifySecret,
        id: &str,
        offset: usize,
    ) -> Result<Page<EntryAnswer>, PersonalError> {
        let query = vec![
            ("additional_types", "track,episode".to_owned()),
            ("market", self.web.market().to_owned()),
            ("limit", ENTRIES_PAGE.to_string()),
            ("offset", offset.to_string()),
        ];
        let path = format!("playlists/{id}/items");
        Ok(self
            .web
            .get_as(access, Endpoint::PlaylistItems, path, query)
            .await?)
    }

    /// The page of their list that begins at `offset`; what they only follow is left out: nobody could read it.
    pub(crate) async fn playlists(
        &self,
        access: &SpotifySecret,
        home: &Home,
        offset: usize,
    ) -> Result<PlaylistPage, PersonalError> {
        let query = vec![
            ("limit", PLAYLISTS_PAGE.to_string()),
            ("offset", offset.to_string()),
        ];
        let path = "me/playlists".to_owned();
        let page: Page<PlaylistAnswer> = self
            .web
            .get_as(access, Endpoint::MyPlaylists, path, query)
            .await?;
        let total = page.total as usize;
        let theirs = |playlist: &PlaylistAnswer| {
            let owner = playlist.owner.as_ref().and_then(|owner| owner.id.as_ref());
            playlist.collaborative || home.id.is_none() || owner == home.id.as_ref()
        };
        let listed = page.items.into_iter().flatten().filter(theirs);
        let cards = listed.filter_map(|playlist| {
            Some(PlaylistCard {
                // It stands in addresses.
                id: playlist.id.filter(|id| is_id(id))?,
                name: tidy(&playlist.name),
                entries: playlist.items.and_then(|items| items.total),
            })
        });
        Ok(PlaylistPage {
            playlists: cards.collect(),
            offset,
            total,
        })
    }
}

/// Of a playlist, a refusal without a reason of its own means this.
fn of_somebody_else(error: PersonalError) -> PersonalError {
    match error {
        PersonalError::Forbidden(Ban::Restricted) => SourceError::NeedsAccount.into(),
        error => error,
    }
}

fn is_id(id: &str) -> bool {
    TrackUri::parse(&format!("spotify:track:{id}")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_understood_by_its_new_name_and_its_old_one_and_what_is_no_music_is_left_out() {
        let track =
            r#"{"type":"track","id":"4uLU6hMCjMI75M1A2tKUQC","name":"A","artists":[],"duration_ms":1}"#;
        let table = [
            (format!(r#"{{"item":{track}}}"#), true),
            (format!(r#"{{"track":{track}}}"#), true),
            (format!(r#"{{"item":{track},"track":{track}}}"#), true),
            (r#"{"item":null}"#.to_owned(), false),
            (r#"{"item":{"type":"track","id":null,"name":"A","artists":[],"duration_ms":1,"is_local":true}}"#.to_owned(), false),
            (r#"{"item":{"type":"audiobook","name":7}}"#.to_owned(), false),
            (r#"{"item":{"type":"episode","uri":"spotify:show:1"}}"#.to_owned(), false),
            ("{}".to_owned(), false),
        ];
        for (json, is_music) in table {
            let entry: EntryAnswer = serde_json::from_str(&json).expect("an entry");
            assert_eq!(entry.facts().is_some(), is_music, "{json}");
        }
    }

    #[test]
    fn a_list_is_turned_page_by_page_to_both_its_ends() {
        let page = |offset, total| {
            let page = PlaylistPage {
                playlists: Vec::new(),
                offset,
                total,
            };
            (page.previous(), page.next())
        };
        assert_eq!(page(0, 50), (None, None));
        assert_eq!(page(0, 51), (None, Some(50)));
        assert_eq!(page(50, 101), (Some(0), Some(100)));
        assert_eq!(page(20, 60), (Some(0), None));
    }
}
