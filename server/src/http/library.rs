//! `GET /api/library`: how far the scan of the music folder is, and which files it could not use.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::auth::visitor::SignedIn;
use crate::state::AppState;

#[derive(Serialize)]
pub struct Status {
    folder_found: bool,
    scanning: bool,
    /// Audio files come across in this walk, or the last one.
    seen: u32,
    added: u32,
    /// Tracks that can be found and played.
    tracks: u32,
    broken: u32,
    /// The first hundred of them.
    broken_files: Vec<Broken>,
}

#[derive(Serialize)]
pub struct Broken {
    /// Relative to the music folder.
    path: String,
    reason: String,
}

pub async fn status(State(state): State<AppState>, _: SignedIn) -> Json<Status> {
    let status = state.engine.library().status();
    let broken = status.broken_files.into_iter();
    Json(Status {
        folder_found: status.folder_found,
        scanning: status.scanning,
        seen: status.seen,
        added: status.added,
        tracks: status.tracks,
        broken: status.broken,
        broken_files: broken
            .map(|file| Broken {
                path: file.path,
                reason: file.reason,
            })
            .collect(),
    })
}
