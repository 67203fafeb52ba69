//! What the screen shows of a nest: rows, stage and headings, as plain values made from a snapshot.
//!
//! Values that compare equal draw the same, so whoever holds the last ones can tell what to redraw. Pure: time comes in
//! with the snapshot, nothing ticks.

use nests::nest::role::Power;
use nests::nest::{MemberId, Person};
use nests::queue::eta::start_times;
use nests::queue::{Placed, QueuedSong, SongId, Vote};
use nests::time::Millis;
use nests::track::Track;
use nests::wire::Snapshot;

use crate::reading::{name_for, ordinal};

/// One song that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub song: SongId,
    pub track: Track,
    pub who: Person,
    pub mine: bool,
    /// Bender's pick.
    pub auto: bool,
    /// From 1.
    pub place: u32,
    /// By the server's clock; `None` while the nest is paused.
    pub starts: Option<Millis>,
    pub net_votes: i32,
    pub my_vote: Option<Vote>,
    pub jams: Vec<Person>,
    pub jammed: bool,
    pub removable: bool,
    /// Why it stands where it does, in a sentence or two.
    pub why: String,
    /// Shown by wish only: the server has not confirmed it yet.
    pub pending: bool,
}

/// The song that plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub song: SongId,
    pub track: Track,
    pub who: Person,
    pub auto: bool,
    pub started_at: Millis,
    pub paused_at: Option<Millis>,
    pub jams: Vec<Person>,
    pub jammed: bool,
    pub skippable: bool,
    pub pausable: bool,
}

/// What stands above the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    pub songs: usize,
    /// How many of them people asked for; the rest are Bender's.
    pub of_people: usize,
    /// When the last one will be over, if the clock runs.
    pub ends: Option<Millis>,
    pub clearable: bool,
    /// Whether Bender picks here.
    pub bender: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// In the order of playing.
    pub rows: Vec<Row>,
    pub stage: Option<Stage>,
    pub heading: Heading,
}

/// `now` is the server's time of the latest news. `is_pending` tells songs that are shown by wish only.
pub fn board(nest: &Snapshot, me: &MemberId, now: Millis, is_pending: impl Fn(&SongId) -> bool) -> Board {
    let ordered = nest.ordered();
    let starts = start_times(&ordered, nest.playing.as_ref(), now);
    let role = nest.role_of(me);
    let last_end = ordered.last().zip(starts.last()).and_then(|(last, start)| {
        start.map(|start| start.plus(i64::from(last.queued.song.track.duration_ms)))
    });
    let rows = ordered
        .iter()
        .zip(&starts)
        .enumerate()
        .map(|(index, (placed, starts))| {
            let QueuedSong { song, jams, .. } = placed.queued;
            let mine = song.user.id == *me;
            Row {
                song: song.id.clone(),
                track: song.track.clone(),
                who: song.user.clone(),
                mine,
                auto: song.auto,
                place: index as u32 + 1,
                starts: *starts,
                net_votes: placed.net_votes,
                my_vote: placed.queued.vote_of(me),
                jams: jams.clone(),
                jammed: placed.queued.is_jammed_by(me),
                removable: mine || role.may(Power::RemoveAny),
                why: why(placed, index, &ordered, me),
                pending: is_pending(&song.id),
            }
        });
    let stage = nest.playing.as_ref().map(|playing| {
        let QueuedSong { song, jams, .. } = &playing.queued;
        Stage {
            song: song.id.clone(),
            track: song.track.clone(),
            who: song.user.clone(),
            auto: song.auto,
            started_at: playing.started_at,
            paused_at: playing.paused_at,
            jams: jams.clone(),
            jammed: playing.queued.is_jammed_by(me),
            skippable: song.user.id == *me || role.may(Power::SkipAny),
            pausable: role.may(Power::PauseAndResume),
        }
    });
    Board {
        rows: rows.collect(),
        stage,
        heading: Heading {
            songs: ordered.len(),
            of_people: nest.songs_of_people(),
            ends: last_end,
            clearable: !ordered.is_empty() && role.may(Power::ClearQueue),
            bender: nest.bender.enabled,
        },
    }
}

/// Why the song at `index` stands there: whose turn it is, what votes did, and what is before it.
fn why(placed: &Placed<'_>, index: usize, ordered: &[Placed<'_>], me: &MemberId) -> String {
    let song = &placed.queued.song;
    let place = index as u32 + 1;
    let mut why = if song.is_throwback() {
        format!(
            "Bender's throwback: {} had it played on this weekday before.",
            song.user.name
        )
    } else if song.auto {
        "Bender's pick: it plays after everything people asked for.".to_owned()
    } else if song.user.id == *me {
        format!("Your {} turn.", ordinal(placed.turn))
    } else {
        format!("{}'s {} turn.", song.user.name, ordinal(placed.turn))
    };
    let votes = match placed.net_votes {
        0 => None,
        1 => Some("One net vote up".to_owned()),
        -1 => Some("One net vote down".to_owned()),
        up @ 2.. => Some(format!("{up} net votes up")),
        down => Some(format!("{} net votes down", down.unsigned_abs())),
    };
    if let Some(votes) = votes {
        let moved = i64::from(placed.base_place) - i64::from(place);
        let effect = match moved {
            0 => format!("keep it at place {place}"),
            1.. => format!("brought it from place {} to {place}", placed.base_place),
            _ => format!("took it from place {} to {place}", placed.base_place),
        };
        why.push_str(&format!(" {votes} {effect}."));
    }
    match index.checked_sub(1).map(|before| &ordered[before].queued.song) {
        Some(before) => {
            let whose = name_for(&before.user, me);
            let whose = if whose == "you" {
                "your".to_owned()
            } else {
                format!("{whose}'s")
            };
            why.push_str(&format!(" Before it: {whose} “{}”.", before.track.title));
        }
        None => why.push_str(" It plays next."),
    }
    why
}

/// Where a track would land if `me` added it now, from 1.
pub fn landing_place(nest: &Snapshot, me: &Person, track: &Track, now: Millis) -> Option<u32> {
    use nests::queue::Song;
    use nests::wire::Change;

    let id = SongId::from_roll(u64::MAX);
    let song = Song {
        id: id.clone(),
        track: track.clone(),
        user: me.clone(),
        added_at: now,
        auto: false,
    };
    let mut then = nest.clone();
    then.change(&Change::Added { songs: vec![song] }, now);
    let place = then
        .ordered()
        .iter()
        .position(|placed| placed.queued.song.id == id)?;
    Some(place as u32 + 1)
}

/// Nests for tests, in a few words.
#[cfg(test)]
pub(crate) mod fixture {
    use nests::nest::{NestId, NestName};
    use nests::playback::Playing;
    use nests::queue::Song;
    use nests::track::TrackUri;
    use nests::wire::snapshot::Identity;

    use super::*;

    pub(crate) fn person(name: &str) -> Person {
        Person {
            id: MemberId::parse(&name.to_lowercase()).expect("test names are ids"),
            name: name.into(),
        }
    }

    /// Three minutes long.
    pub(crate) fn track(n: u64) -> Track {
        Track {
            uri: TrackUri::library(n),
            title: format!("song {n}"),
            artist: "artist".into(),
            album: String::new(),
            duration_ms: 180_000,
            img: None,
            big_img: None,
            hue: None,
        }
    }

    /// The n-th song that was asked for.
    pub(crate) fn song(n: u64, who: &str) -> QueuedSong {
        QueuedSong::new(Song {
            id: SongId::from_roll(n),
            track: track(n),
            user: person(who),
            added_at: Millis(n as i64),
            auto: who == "bender",
        })
    }

    pub(crate) fn nest_with(songs: &[QueuedSong]) -> Snapshot {
        let name = NestName::parse("Main Nest").expect("a good name");
        let identity = Identity {
            id: NestId::main(),
            name,
            slug: None,
            creator: None,
        };
        let mut nest = Snapshot::new(identity, 1, true);
        nest.songs = songs.to_vec();
        nest
    }

    pub(crate) fn playing(mut nest: Snapshot, queued: QueuedSong, started_at: Millis) -> Snapshot {
        nest.playing = Some(Playing {
            queued,
            started_at,
            paused_at: None,
        });
        nest
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::{nest_with, person, playing, song, track};
    use super::*;

    fn drawn(nest: &Snapshot) -> Board {
        board(nest, &person("me").id, Millis(60_000), |_| false)
    }

    #[test]
    fn rows_stand_in_the_order_of_playing_with_their_times() {
        let nest = playing(
            nest_with(&[song(2, "anna"), song(3, "me")]),
            song(1, "anna"),
            Millis(0),
        );
        let board = drawn(&nest);
        let seen: Vec<_> = board
            .rows
            .iter()
            .map(|r| (r.track.title.as_str(), r.place, r.mine, r.starts))
            .collect();
        assert_eq!(
            seen,
            [
                ("song 3", 1, true, Some(Millis(180_000))),
                ("song 2", 2, false, Some(Millis(360_000)))
            ],
            "anna plays now, so it is my turn"
        );
        assert_eq!(board.heading.ends, Some(Millis(540_000)));
    }

    #[test]
    fn news_that_change_nothing_about_a_row_leave_it_equal() {
        let mut nest = playing(
            nest_with(&[song(2, "anna"), song(3, "ben")]),
            song(1, "cleo"),
            Millis(0),
        );
        let before = drawn(&nest);
        nest.songs[1].set_jam(&person("me"), true);
        let after = board(&nest, &person("me").id, Millis(70_000), |_| false);
        assert_eq!(before.rows[0], after.rows[0]);
        assert_ne!(before.rows[1], after.rows[1]);
        assert_eq!(before.stage, after.stage);
    }

    #[test]
    fn a_row_says_why_it_stands_there() {
        let mut nest = nest_with(&[song(1, "Anna"), song(2, "me"), song(3, "bender")]);
        nest.songs[1].set_vote(&person("ben").id, Some(Vote::Up));
        let why: Vec<_> = drawn(&nest).rows.into_iter().map(|r| r.why).collect();
        assert_eq!(
            why,
            [
                "Your 1st turn. One net vote up brought it from place 2 to 1. It plays next.",
                "Anna's 1st turn. Before it: your “song 2”.",
                "Bender's pick: it plays after everything people asked for. Before it: Anna's “song 1”.",
            ]
        );
    }

    #[test]
    fn a_search_result_says_where_it_would_land() {
        let nest = nest_with(&[song(1, "anna"), song(2, "anna"), song(3, "bender")]);
        let place = |nest: &Snapshot, n| landing_place(nest, &person("me"), &track(n), Millis(9));
        assert_eq!(place(&nest, 9), Some(2), "before Anna's second turn");
        assert_eq!(place(&nest, 3), Some(2), "taken over from Bender");
    }

    #[test]
    fn the_heading_tells_whether_bender_picks_here() {
        let mut nest = nest_with(&[]);
        assert!(drawn(&nest).heading.bender);
        nest.bender.enabled = false;
        assert!(!drawn(&nest).heading.bender);
    }

    #[test]
    fn while_paused_nobody_knows_when_a_song_plays() {
        let mut nest = playing(nest_with(&[song(2, "anna")]), song(1, "ben"), Millis(0));
        if let Some(playing) = &mut nest.playing {
            playing.paused_at = Some(Millis(10));
        }
        let board = drawn(&nest);
        assert_eq!((board.rows[0].starts, board.heading.ends), (None, None));
    }
}
