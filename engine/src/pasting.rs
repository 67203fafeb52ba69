//! What a paste would add: each piece looked up at its source, with why where it can't be added. Nothing is queued here.
//!
//! The forms of links and texts are the rule's (`nests::paste`); the trouble of a source stays with the piece it concerns.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use nests::nest::{NestId, Person};
use nests::paste::{self, Collection, CollectionKind, MAX_CHARS, Meaning, Piece};
use nests::track::{Source, Track};
use tokio::time::Instant;

use crate::Engine;
use crate::accounts::AccountError;
use crate::error::EngineError;
use crate::source::{Album, FoundIn, Listed, Listing, SourceError, Sources};

/// Pieces that are looked up at once; more would only meet the rate limit sooner.
const AT_ONCE: usize = 4;
/// A piece that takes longer is given up, so that the others are shown.
const PIECE_TIMEOUT: Duration = Duration::from_secs(6);
/// Whoever pasted waits no longer than this for the whole sheet.
const PASTE_TIMEOUT: Duration = Duration::from_secs(9);
/// Tracks that one paste brings at most: a queue of an evening.
pub const MAX_TRACKS: usize = 200;
/// Albums of an artist that are shown at first, and that each wish for more adds. Each is a call.
pub const ALBUMS_AT_ONCE: usize = 3;
/// Calls that a playlist of as many tracks as a paste brings costs.
const PLAYLIST_CALLS: u32 = 4;
/// Albums of one artist that are shown at most.
const MAX_ALBUMS: usize = 15;

const TOO_LATE: &str = "It took too long to find out what this is.";

/// How many albums of an artist are wished for, by the artist's id; of all others [`ALBUMS_AT_ONCE`].
pub type AlbumsWished = HashMap<String, usize>;

/// A paste as it was understood, to be looked at before anything is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub rows: Vec<Row>,
    /// Whether there was more than one paste may bring.
    pub cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As it was pasted.
    pub text: String,
    /// What it brings, or in a sentence why it brings nothing.
    pub brings: Result<Brought, String>,
    /// Whether it may bring something once the person connects their own account.
    pub connecting_helps: bool,
}

/// Why a piece brings nothing.
enum Nothing {
    Because(String),
    /// Unless the person connects their own account.
    Unconnected(&'static str),
    /// It would be one look-up too many for now.
    PutOff,
}

impl From<String> for Nothing {
    fn from(why: String) -> Self {
        Self::Because(why)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// None of them is empty.
    pub groups: Vec<Group>,
    pub more: Option<MoreAlbums>,
}

/// Tracks that stand together: an album's, or a single one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The album's name and whose it is; `None` over a single track.
    pub heading: Option<String>,
    /// What of it is not shown, in a sentence, where there is any of that.
    pub note: Option<String>,
    pub offers: Vec<Offer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub track: Track,
    /// Why it can't be added now, in a sentence; `None`: it can.
    pub hindrance: Option<String>,
}

/// An artist has more albums than are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoreAlbums {
    pub artist: String,
    pub shown: usize,
    pub total: usize,
}

impl MoreAlbums {
    /// What to wish for to see more of them.
    pub fn wish(&self) -> usize {
        (self.shown + ALBUMS_AT_ONCE).min(MAX_ALBUMS)
    }
}

/// What the pieces of one paste are looked up with.
struct Looking<'a> {
    engine: &'a Engine,
    /// Who pasted: playlists are read with their account.
    by: &'a Person,
    /// Where the tracks would go: by whose app playlists are read.
    nest: Option<&'a NestId>,
    /// The nest's.
    sources: Sources,
    /// The source that the nest has to stay with.
    only: Option<Source>,
    albums: &'a AlbumsWished,
    deadline: Instant,
    /// Look-ups that the person may not have now. From the first of them on none is made, so that what is left of a paste
    /// stands together.
    put_off: AtomicU32,
}

impl Engine {
    /// Reads what `by` pasted and looks up what it names, in its order. Each track comes once. `nest` is where the tracks
    /// would go: what waits there already, or is of another source than the nest is held to, comes with that hindrance.
    ///
    /// # Errors
    /// `Invalid` for a text longer than [`MAX_CHARS`]; otherwise only where the nest isn't there or the store doesn't
    /// answer: whatever a source can't do stands in its row.
    pub async fn understand(
        &self,
        nest: Option<&NestId>,
        by: &Person,
        text: &str,
        albums: &AlbumsWished,
    ) -> Result<Understood, EngineError> {
        let chars = text.chars().count();
        if chars > MAX_CHARS {
            let message = format!("A paste has at most {MAX_CHARS} characters; this one has {chars}.");
            return Err(EngineError::Invalid {
                field: "text",
                message,
            });
        }
        let pasted = paste::read(text);
        let looking = Looking {
            engine: self,
            by,
            nest,
            sources: self.sources_of(nest).await?,
            only: self.source_held_to(nest).await?,
            albums,
            deadline: Instant::now() + PASTE_TIMEOUT,
            put_off: AtomicU32::new(0),
        };
        let looked_up = pasted.pieces.into_iter().map(|piece| looking.look_up(piece));
        let looked_up: Vec<_> = stream::iter(looked_up).buffered(AT_ONCE).collect().await;
        let wait = self.may_look_up_in(by, looking.put_off.load(Ordering::Relaxed));
        let rows = looked_up.into_iter();
        let mut understood = Understood {
            rows: rows.map(|(text, brings)| Row::of(text, brings, wait)).collect(),
            cut: pasted.cut,
        };
        understood.keep_each_track_once();
        if let Some(nest) = nest {
            let queue = self.open(nest).await?.snapshot();
            understood.hinder(|track| {
                let waits = queue.brought_track(&track.uri).is_some();
                waits.then(|| "Already in the queue.".to_owned())
            });
        }
        if let Some(only) = looking.only {
            understood.hinder(|track| {
                let words = || {
                    format!(
                        "This nest plays from one source at a time, now from {}.",
                        only.title()
                    )
                };
                (track.uri.source() != only).then(words)
            });
        }
        Ok(understood)
    }
}

impl Looking<'_> {
    /// As it was pasted, and what it brings.
    async fn look_up(&self, piece: Piece) -> (String, Result<Brought, Nothing>) {
        let now = Instant::now();
        // What comes too late is not even begun: it would cost calls that nobody waits for.
        let brings = match piece.meaning {
            Meaning::Nothing(why) => Err(why.to_string().into()),
            _ if now >= self.deadline => Err(TOO_LATE.to_owned().into()),
            meaning => {
                let until = self.deadline.min(now + PIECE_TIMEOUT);
                let asked = tokio::time::timeout_at(until, self.meant(&meaning)).await;
                asked.unwrap_or_else(|_| Err(TOO_LATE.to_owned().into()))
            }
        };
        (piece.text, brings)
    }

    /// Counts what a look-up costs, unless that is more than the person may have now.
    fn count(&self, calls: u32) -> Result<(), Nothing> {
        let goes_on = self.put_off.load(Ordering::Relaxed) == 0;
        if goes_on && self.engine.may_look_up(self.by, calls) {
            return Ok(());
        }
        self.put_off.fetch_add(calls, Ordering::Relaxed);
        Err(Nothing::PutOff)
    }

    async fn meant(&self, meaning: &Meaning) -> Result<Brought, Nothing> {
        let sources = &self.sources;
        match meaning {
            Meaning::Track(uri) => {
                if sources.asks_outside(uri).await {
                    self.count(1)?;
                }
                match sources.listed(uri).await {
                    Ok(listed) => Ok(Brought::single(listed)),
                    Err(error) => Err(error.about(uri.source()).into()),
                }
            }
            Meaning::Collection(_) if sources.of(Source::Spotify).is_err() => {
                Err(SourceError::NotSetUp.about(Source::Spotify).into())
            }
            Meaning::Collection(collection) if collection.kind == CollectionKind::Playlist => {
                self.count(PLAYLIST_CALLS)?;
                match self.engine.playlist(self.nest, &self.by.id, &collection.id).await {
                    Ok(playlist) => {
                        Brought::listing(collection, Listing::of(playlist)).map_err(Nothing::from)
                    }
                    Err(error) => Err(no_playlist(&error)),
                }
            }
            Meaning::Collection(collection) => {
                let wished = self.albums.get(&collection.id).copied();
                let albums = wished.unwrap_or(ALBUMS_AT_ONCE).clamp(1, MAX_ALBUMS);
                self.count(match collection.kind {
                    // The list of them, and each.
                    CollectionKind::Artist => 1 + albums as u32,
                    CollectionKind::Album | CollectionKind::Playlist => 1,
                })?;
                match sources.listing(collection, albums).await {
                    Ok(listing) => Brought::listing(collection, listing).map_err(Nothing::from),
                    Err(error) => Err(error.about(Source::Spotify).into()),
                }
            }
            Meaning::Words(words) => {
                let track = self.best_of(words).await?;
                Ok(Brought::single(Listed {
                    track,
                    is_playable: true,
                }))
            }
            Meaning::Nothing(why) => Err(why.to_string().into()),
        }
    }

    /// The first source's best, so that where the library has one nobody else is asked.
    async fn best_of(&self, words: &str) -> Result<Track, Nothing> {
        let asked = self.only.map_or_else(|| self.sources.names(), |only| vec![only]);
        let mut trouble = None;
        for source in asked {
            if source != Source::Library {
                self.count(1)?;
            }
            let found = self.sources.search(Some(source), words, 1, 0).await;
            if let Some(track) = found.iter().find_map(|found| found.tracks().first()) {
                return Ok(track.clone());
            }
            trouble = trouble.or_else(|| found.iter().find_map(FoundIn::complaint));
        }
        Err(trouble.unwrap_or_else(|| "Nothing found.".to_owned()).into())
    }
}

/// Why a playlist can't be read, and whether its reader can do something about it.
fn no_playlist(error: &AccountError) -> Nothing {
    match error {
        AccountError::NotConnected => Nothing::Unconnected(
            "Spotify shows a playlist to its owner alone. If it is yours, connect your Spotify first.",
        ),
        AccountError::Withdrawn => Nothing::Unconnected(
            "Spotify no longer accepts the permission you gave, so your playlists can't be read. Connect again.",
        ),
        AccountError::NoSeat | AccountError::SeatsTaken => {
            "The app at Spotify has no seat for your account, so your playlists can't be read."
                .to_owned()
                .into()
        }
        AccountError::Engine(EngineError::Source {
            error: SourceError::NeedsAccount,
            ..
        }) => "Spotify shows a playlist to its owner alone, and this one is somebody else's."
            .to_owned()
            .into(),
        AccountError::Engine(EngineError::Source {
            error: SourceError::NotFound,
            ..
        }) => "Spotify has no such playlist, or keeps it from you and from this house."
            .to_owned()
            .into(),
        AccountError::Engine(EngineError::Source { of, error }) => error.about(*of).into(),
        AccountError::Engine(_) | AccountError::UnknownState | AccountError::Declined => {
            "Your account can't be looked up right now.".to_owned().into()
        }
    }
}

impl Row {
    /// `wait`: in how many seconds what was put off may be looked up.
    fn of(text: String, brings: Result<Brought, Nothing>, wait: u32) -> Self {
        Self {
            text,
            connecting_helps: matches!(brings, Err(Nothing::Unconnected(_))),
            brings: brings.map_err(|nothing| match nothing {
                Nothing::Because(why) => why,
                Nothing::Unconnected(why) => why.to_owned(),
                Nothing::PutOff => {
                    format!("That is more than can be looked up at once. Paste the rest again in {wait} s.")
                }
            }),
        }
    }
}

impl Brought {
    fn single(listed: Listed) -> Self {
        let group = Group {
            heading: None,
            note: None,
            offers: vec![offer(listed)],
        };
        Self {
            groups: vec![group],
            more: None,
        }
    }

    fn listing(collection: &Collection, listing: Listing) -> Result<Self, String> {
        let shown = listing.albums.len();
        let more = (shown < listing.total.min(MAX_ALBUMS)).then(|| MoreAlbums {
            artist: collection.id.clone(),
            shown,
            total: listing.total,
        });
        let groups: Vec<Group> = listing
            .albums
            .into_iter()
            .filter(|album| !album.tracks.is_empty())
            .map(|album| Group {
                heading: Some(format!("{} · {}", album.title, album.artist)),
                note: left_out(&album),
                offers: album.tracks.into_iter().map(offer).collect(),
            })
            .collect();
        match groups.is_empty() {
            true => Err("There is no music in it.".to_owned()),
            false => Ok(Self { groups, more }),
        }
    }
}

fn left_out(album: &Album) -> Option<String> {
    let beyond =
        (album.read < album.total).then(|| format!("The first {} of {} are shown.", album.read, album.total));
    let silent = match album.read.saturating_sub(album.tracks.len()) {
        0 => None,
        1 => Some("One of them is gone from Spotify, or a file on somebody's own device.".to_owned()),
        n => Some(format!(
            "{n} of them are gone from Spotify, or files on somebody's own device."
        )),
    };
    let said: Vec<String> = beyond.into_iter().chain(silent).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn offer(listed: Listed) -> Offer {
    let away = || SourceError::NotPlayable.about(listed.track.uri.source());
    Offer {
        hindrance: (!listed.is_playable).then(away),
        track: listed.track,
    }
}

impl Understood {
    /// Whether more of it may be brought once the person connects their own account.
    pub fn connecting_helps(&self) -> bool {
        self.rows.iter().any(|row| row.connecting_helps)
    }

    /// How many tracks "Add" would add.
    pub fn count(&self) -> usize {
        self.offers().filter(|offer| offer.hindrance.is_none()).count()
    }

    /// All tracks, those too that can't be added now.
    pub fn offers(&self) -> impl Iterator<Item = &Offer> {
        let brought = self.rows.iter().filter_map(|row| row.brings.as_ref().ok());
        brought
            .flat_map(|brought| &brought.groups)
            .flat_map(|group| &group.offers)
    }

    fn hinder(&mut self, why: impl Fn(&Track) -> Option<String>) {
        let brought = self.rows.iter_mut().filter_map(|row| row.brings.as_mut().ok());
        let groups = brought.flat_map(|brought| &mut brought.groups);
        for offer in groups.flat_map(|group| &mut group.offers) {
            offer.hindrance = offer.hindrance.take().or_else(|| why(&offer.track));
        }
    }

    fn keep_each_track_once(&mut self) {
        let mut seen = HashSet::new();
        for row in &mut self.rows {
            let Ok(brought) = &mut row.brings else {
                continue;
            };
            let mut was_full = false;
            for group in &mut brought.groups {
                group.offers.retain(|offer| {
                    if seen.contains(&offer.track.uri) {
                        return false;
                    }
                    let is_full = seen.len() == MAX_TRACKS;
                    was_full |= is_full;
                    !is_full && seen.insert(offer.track.uri.clone())
                });
            }
            self.cut |= was_full;
            brought.groups.retain(|group| !group.offers.is_empty());
            if brought.groups.is_empty() {
                row.brings = Err(match was_full {
                    true => format!("A paste brings at most {MAX_TRACKS} tracks."),
                    false => "This is in the list already.".to_owned(),
                });
            }
        }
    }
}
