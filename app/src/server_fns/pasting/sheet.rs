//! The sheet of a paste, on the server only: nothing of it wakes up. What was pasted, what it means, which ticks somebody
//! took away before they asked for more albums, and which playlists of their own they can choose from.

use std::collections::HashSet;

use engine::Engine;
use engine::accounts::AccountError;
use engine::pasting::{AlbumsWished, Understood};
use engine::source::spotify::PlaylistPage;
use nests::nest::{NestId, Person};
use nests::track::TrackUri;
use nests::wire::directory::{NestCard, NestState};
use nests::wire::frame::Note;

use super::AddedOne;
use crate::reading::counted;
use crate::server_fns::{Refused, accounts, door, page_query};

/// Reasons that are told after adding; who meets more kinds of trouble at once has enough to read.
const REASONS: usize = 2;

pub(crate) struct Sheet {
    pub(crate) card: NestCard,
    /// As it was pasted; empty: nothing yet.
    pub(crate) text: String,
    /// What it means, or what is wrong with it.
    pub(crate) understood: Option<Result<Understood, String>>,
    pub(crate) wished: AlbumsWished,
    /// Tracks whose ticks were taken away.
    unticked: HashSet<String>,
    pub(crate) notice: Option<String>,
    pub(crate) own: OwnPlaylists,
}

/// What the visitor's own account has to choose from.
pub(crate) enum OwnPlaylists {
    /// This house has no Spotify.
    NotSetUp,
    /// Nobody could ask for them: no account is connected, or Spotify takes it no more.
    NotConnected,
    /// They are there for the asking.
    Unasked,
    Page(PlaylistPage),
    /// Why Spotify doesn't tell.
    Trouble(String),
}

impl Sheet {
    pub(crate) fn is_ticked(&self, track: &TrackUri) -> bool {
        !self.unticked.contains(track.as_str())
    }
}

/// The sheet that the page's address or form asks for.
///
/// # Errors
/// What is wrong with the nest, `NestAsleep` included, and a store that doesn't answer.
pub(crate) async fn sheet_of(nest: &str) -> Result<Sheet, Refused> {
    let me = door::person()?;
    let engine = door::engine()?;
    let card = engine
        .get_nest(&door::nest_ref(nest)?)
        .await
        .map_err(door::refused)?;
    if card.state == NestState::Asleep {
        return Err(door::refused(engine::EngineError::NestAsleep));
    }
    let asked = Asked::read(page_query::fields());
    let own = own_playlists(&engine, &me, &card.nest_id, asked.playlists).await?;
    let understood = match asked.text.trim() {
        "" => None,
        text => match engine
            .understand(Some(&card.nest_id), &me, text, &asked.wished)
            .await
        {
            Ok(understood) => Some(Ok(understood)),
            Err(engine::EngineError::Invalid { message, .. }) => Some(Err(message)),
            Err(error) => return Err(door::refused(error)),
        },
    };
    Ok(Sheet {
        card,
        understood,
        text: asked.text,
        wished: asked.wished,
        unticked: asked.unticked,
        notice: page_query::of_request().notice,
        own,
    })
}

async fn own_playlists(
    engine: &Engine,
    me: &Person,
    nest: &NestId,
    asked: Option<usize>,
) -> Result<OwnPlaylists, Refused> {
    if !engine.has_spotify(nest).await.map_err(door::refused)? {
        return Ok(OwnPlaylists::NotSetUp);
    }
    let account = engine.account_in(nest, &me.id).await.map_err(door::refused)?;
    if account.is_none_or(|account| account.withdrawn) {
        return Ok(OwnPlaylists::NotConnected);
    }
    let Some(offset) = asked else {
        return Ok(OwnPlaylists::Unasked);
    };
    Ok(match engine.playlists(Some(nest), &me.id, offset).await {
        Ok(page) => OwnPlaylists::Page(page),
        Err(AccountError::NotConnected | AccountError::Withdrawn) => OwnPlaylists::NotConnected,
        Err(error) => OwnPlaylists::Trouble(accounts::words(error).0.message),
    })
}

#[derive(Debug, Default, PartialEq)]
struct Asked {
    text: String,
    wished: AlbumsWished,
    unticked: HashSet<String>,
    /// From which on the own playlists are shown; `None`: they aren't.
    playlists: Option<usize>,
}

impl Asked {
    /// `text`; `playlists`, from which on; `more[]`, an artist's id and how many albums; `offered[]`, each track that could be ticked before, and
    /// `track[]`, each that is.
    fn read(fields: Vec<(String, String)>) -> Self {
        let mut asked = Self::default();
        let mut ticked = HashSet::new();
        for (name, value) in fields {
            match name.as_str() {
                "text" => asked.text = value,
                "playlists" => asked.playlists = value.parse().ok(),
                "more[]" => {
                    if let Some((artist, albums)) = value.split_once(':')
                        && let Ok(albums) = albums.parse::<usize>()
                    {
                        let most = asked.wished.entry(artist.to_owned()).or_default();
                        *most = albums.max(*most);
                    }
                }
                "offered[]" => {
                    asked.unticked.insert(value);
                }
                "track[]" => {
                    ticked.insert(value);
                }
                _ => {}
            }
        }
        asked.unticked.retain(|track| !ticked.contains(track));
        asked
    }
}

/// What adding led to: how many, and for those that were refused why.
pub(super) fn in_words(all: &[AddedOne]) -> String {
    let with = |note: Option<Note>| {
        all.iter()
            .filter(|one| one.error.is_none() && one.note == note)
            .count()
    };
    let mut said = vec![match with(None) {
        0 => "Nothing was added.".to_owned(),
        n => counted(n, "track added.", "tracks added."),
    }];
    let there = [
        (
            Note::VotedInstead,
            "was there already and got your vote.",
            "were there already and got your votes.",
        ),
        (
            Note::AlreadyYours,
            "is in the queue already.",
            "are in the queue already.",
        ),
    ];
    for (note, one, many) in there {
        let count = with(Some(note));
        said.extend((count > 0).then(|| counted(count, one, many)));
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for error in all.iter().filter_map(|one| one.error.as_ref()) {
        match reasons.iter_mut().find(|(message, _)| *message == error.message) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&error.message, 1)),
        }
    }
    let told = reasons.iter().take(REASONS);
    said.extend(told.map(|(message, count)| format!("{count} not added: {message}")));
    let others: usize = reasons.iter().skip(REASONS).map(|(_, count)| count).sum();
    said.extend((others > 0).then(|| format!("{others} not added for other reasons.")));
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use nests::wire::{ErrorBody, ErrorCode};

    use super::*;

    fn one(note: Option<Note>, error: Option<&str>) -> AddedOne {
        AddedOne {
            track: TrackUri::library(7),
            note,
            error: error.map(|message| ErrorBody::new(ErrorCode::QueueFull, message)),
        }
    }

    #[test]
    fn what_adding_led_to_is_said_in_a_sentence_or_two() {
        let (added, full) = (one(None, None), one(None, Some("The queue is full.")));
        let (voted, mine) = (
            one(Some(Note::VotedInstead), None),
            one(Some(Note::AlreadyYours), None),
        );
        let table = [
            (vec![added.clone()], "1 track added."),
            (
                vec![added.clone(), added.clone(), full.clone(), full.clone()],
                "2 tracks added. 2 not added: The queue is full.",
            ),
            (
                vec![full.clone()],
                "Nothing was added. 1 not added: The queue is full.",
            ),
            (
                vec![added, voted, mine.clone(), mine],
                "1 track added. 1 was there already and got your vote. 2 are in the queue already.",
            ),
            (
                vec![
                    one(None, Some("A.")),
                    full,
                    one(None, Some("B.")),
                    one(None, Some("C.")),
                ],
                "Nothing was added. 1 not added: A. 1 not added: The queue is full. 2 not added for other reasons.",
            ),
        ];
        for (all, words) in table {
            assert_eq!(in_words(&all), words);
        }
    }

    #[test]
    fn whoever_asks_for_more_albums_keeps_what_they_unticked() {
        let fields = [
            ("text", "spotify:artist:A"),
            ("offered[]", "a"),
            ("offered[]", "b"),
            ("track[]", "b"),
            ("more[]", "A:3"),
            ("more[]", "A:6"),
            ("more[]", "A:nonsense"),
            ("more[]", "B"),
        ];
        let asked = Asked::read(fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec());
        assert_eq!(
            asked,
            Asked {
                text: "spotify:artist:A".to_owned(),
                wished: AlbumsWished::from([("A".to_owned(), 6)]),
                unticked: HashSet::from(["a".to_owned()]),
                playlists: None,
            }
        );
    }
}
