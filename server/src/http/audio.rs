//! `GET /audio/{track}`: a track's sound, in the ranges that players ask for.
//!
//! The library answers for the path; this file only speaks HTTP about it.

use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::source::SourceError;
use engine::source::library::AudioFile;
use nests::text::sentence;
use nests::track::TrackUri;
use nests::wire::ErrorCode;
use tower_http::services::ServeFile;

use super::error::ApiError;
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

/// A player that comes back to a song within the hour need not ask. A file that changed meanwhile has another tag, so
/// parts of two versions are never mixed.
const CACHING: HeaderValue = HeaderValue::from_static("private, max-age=3600");

pub async fn audio(
    State(state): State<AppState>,
    _: SignedIn,
    Path(track): Path<String>,
    mut request: Request,
) -> Result<Response, ApiError> {
    let track = TrackUri::parse(&track).map_err(|_| ApiError::not_found("There is no such track."))?;
    let file = state
        .engine
        .library()
        .audio_file(&track)
        .await
        .map_err(unavailable)?;
    let tag = tag_of(&file);
    if has(request.headers(), header::IF_NONE_MATCH, &tag) {
        let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, CACHING)];
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    // Whoever names a tag asks by it alone (RFC 9110, 13.1.3): music may be replaced by a file with an older date.
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        request.headers_mut().remove(header::IF_MODIFIED_SINCE);
    }
    if request.headers().contains_key(header::IF_RANGE) && !has(request.headers(), header::IF_RANGE, &tag) {
        request.headers_mut().remove(header::RANGE);
    }
    let mut response = send(&file, request).await?;
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, CACHING);
    Ok(response)
}

async fn send(file: &AudioFile, request: Request) -> Result<Response, ApiError> {
    let mime = file
        .mime
        .parse()
        .map_err(|_| ApiError::new(ErrorCode::Internal, "That file has no known kind."))?;
    let sent = ServeFile::new_with_mime(&file.path, &mime)
        .try_call(request)
        .await;
    match sent {
        Ok(response) => Ok(response.map(Body::new)),
        Err(_) => Err(unavailable(SourceError::Unavailable)),
    }
}

fn unavailable(error: SourceError) -> ApiError {
    let code = match error {
        SourceError::Unavailable | SourceError::TimedOut => ErrorCode::StoreUnavailable,
        SourceError::RateLimited { .. } => ErrorCode::RateLimited,
        SourceError::NotFound
        | SourceError::NotPlayable
        | SourceError::Refused
        | SourceError::OwnAppRefused
        | SourceError::NeedsAccount
        | SourceError::NotSetUp => ErrorCode::NotFound,
    };
    ApiError::new(code, sentence(&error.to_string()))
}

/// Names one version of one file: its length and the moment of its last change.
fn tag_of(file: &AudioFile) -> HeaderValue {
    let changed = file
        .modified
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let tag = format!("\"{:x}-{changed:x}\"", file.len);
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

fn has(headers: &HeaderMap, name: header::HeaderName, tag: &HeaderValue) -> bool {
    let sent = headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    sent.split(',')
        .any(|one| one.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
}
