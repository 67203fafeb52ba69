//! `GET /queue/` and `GET /playing/`: the Main Nest for screens and scripts, open to everybody.
//!
//! Speaks the names of the older program (`trackid`, `vote`, `jam`). People appear by nickname; their ids stay inside.

use axum::Json;
use axum::extract::State;
use nests::nest::NestId;
use nests::playback::Playing;
use nests::queue::QueuedSong;
use nests::time::Millis;
use serde::Serialize;

use super::error::ApiError;
use crate::state::AppState;

#[derive(Serialize)]
pub struct PublicSong {
    id: String,
    src: &'static str,
    trackid: String,
    title: String,
    artist: String,
    album: String,
    /// Seconds.
    duration: f64,
    img: Option<String>,
    big_img: Option<String>,
    /// Nickname of who asked for it.
    user: String,
    added_at: Millis,
    /// Picked by Bender.
    auto: bool,
    /// Ups minus downs.
    vote: i32,
    /// Nicknames of those who love it.
    jam: Vec<String>,
    comments: Vec<String>,
}

impl From<&QueuedSong> for PublicSong {
    fn from(queued: &QueuedSong) -> Self {
        let song = &queued.song;
        let track = &song.track;
        Self {
            id: song.id.to_string(),
            src: track.uri.source().as_str(),
            trackid: track.uri.to_string(),
            title: track.title.clone(),
            artist: track.artist.clone(),
            album: track.album.clone(),
            duration: f64::from(track.duration_ms) / 1000.0,
            img: track.img.clone(),
            big_img: track.big_img.clone(),
            user: song.user.name.clone(),
            added_at: song.added_at,
            auto: song.auto,
            vote: queued.net_votes(),
            jam: queued.jams.iter().map(|person| person.name.clone()).collect(),
            comments: Vec::new(), // people cannot comment yet
        }
    }
}

#[derive(Serialize)]
pub struct PublicQueue {
    /// Steps with every change of the nest.
    version: u64,
    /// In the order of playing.
    songs: Vec<PublicSong>,
}

pub async fn queue(State(state): State<AppState>) -> Result<Json<PublicQueue>, ApiError> {
    let nest = state.engine.snapshot(&NestId::main()).await?;
    let songs = nest.ordered().iter().map(|placed| placed.queued.into()).collect();
    Ok(Json(PublicQueue {
        version: nest.version,
        songs,
    }))
}

#[derive(Serialize)]
pub struct PublicPlaying {
    /// The server's clock, to compare `started_at` with.
    now: Millis,
    /// `null`: it is quiet.
    playing: Option<NowPlaying>,
}

#[derive(Serialize)]
pub struct NowPlaying {
    song: PublicSong,
    started_at: Millis,
    paused_at: Option<Millis>,
    /// Seconds into the song, at `now`.
    position: f64,
}

pub async fn playing(State(state): State<AppState>) -> Result<Json<PublicPlaying>, ApiError> {
    let nest = state.engine.snapshot(&NestId::main()).await?;
    let now = state.engine.now();
    let of = |playing: &Playing| NowPlaying {
        song: (&playing.queued).into(),
        started_at: playing.started_at,
        paused_at: playing.paused_at,
        position: f64::from(playing.position_ms(now)) / 1000.0,
    };
    Ok(Json(PublicPlaying {
        now,
        playing: nest.playing.as_ref().map(of),
    }))
}
