//! `GET /nest/{nest}/card.png`: the picture in previews of links. Open to all, for chat programs sign in nowhere; it says no
//! more of a nest than its name, its emoji and the cover of what plays.

use std::collections::VecDeque;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use engine::source::library::CoverName;
use nests::wire::directory::{NestCard, NestState};
use nests::wire::{ErrorBody, ErrorCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::error::ApiError;
use super::nests as nests_api;
use crate::preview_image::{self, Picture};
use crate::state::AppState;

/// Chat programs keep pictures for days anyway.
const FOR_A_WHILE: &str = "public, max-age=300";
/// Pictures kept, about 300 kB each.
const KEPT: usize = 24;
/// Pictures drawn at once; each takes a core for some 50 ms.
const DRAWN_AT_ONCE: usize = 1;
/// Until whoever waits for the easel is sent away. Some sixty pictures are drawn within it.
const EASEL_WAIT: Duration = Duration::from_secs(3);
/// Seconds after which they may ask again.
const TRY_AGAIN: u32 = 5;

/// What a picture shows: equal ones are drawn once.
#[derive(Clone, PartialEq, Eq)]
struct Subject {
    name: String,
    emoji: Option<String>,
    /// Empty where no setting says how the house is reached: by the request's own host each made-up one would be a picture more.
    link: String,
    cover: Option<PathBuf>,
}

/// The pictures drawn lately.
pub struct Cards {
    kept: Mutex<VecDeque<(Subject, Bytes)>>,
    easels: Semaphore,
}

impl Default for Cards {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            easels: Semaphore::new(DRAWN_AT_ONCE),
        }
    }
}

pub async fn card(State(state): State<AppState>, Path(nest): Path<String>) -> Result<Response, ApiError> {
    let card = state.engine.get_nest(&nests_api::named(&nest)?).await?;
    let subject = subject(&state, card).await?;
    let png = state.house.cards.picture(subject).await?;
    let kind = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, FOR_A_WHILE),
    ];
    Ok((kind, png).into_response())
}

async fn subject(state: &AppState, card: NestCard) -> Result<Subject, ApiError> {
    let cover = match card.state {
        NestState::Asleep => None,
        NestState::Awake => match state.engine.snapshot(&card.nest_id).await {
            Ok(nest) => nest
                .playing
                .as_ref()
                .and_then(|playing| playing.queued.song.track.big_img.clone()),
            Err(error) if error.code() == ErrorCode::NestAsleep => None, // since a moment ago
            Err(error) => return Err(error.into()),
        },
    };
    let file_of = |address: String| -> Option<PathBuf> {
        let name: CoverName = address.rsplit('/').next()?.parse().ok()?;
        state.engine.library().cover_file(name)
    };
    let (name, emoji) = (card.name.as_str().to_owned(), card.emoji.clone());
    let link = match state.house.address_is_told {
        true => card.short_link(),
        false => String::new(),
    };
    Ok(Subject {
        name,
        emoji,
        link: link
            .split_once("://")
            .map_or(link.clone(), |(_, address)| address.to_owned()),
        cover: cover.and_then(file_of),
    })
}

impl Cards {
    async fn picture(&self, subject: Subject) -> Result<Bytes, ApiError> {
        if let Some(png) = self.kept(&subject) {
            return Ok(png);
        }
        let broken = |why: String| {
            tracing::error!(why, "a preview's picture could not be drawn");
            ApiError::new(ErrorCode::Internal, "The picture could not be drawn.")
        };
        let _easel = timeout(EASEL_WAIT, self.easels.acquire())
            .await
            .map_err(|_| busy())?
            .map_err(|closed| broken(closed.to_string()))?;
        // Whoever waited for the same picture finds it now.
        if let Some(png) = self.kept(&subject) {
            return Ok(png);
        }
        let what = subject.clone();
        let drawn = tokio::task::spawn_blocking(move || {
            preview_image::png(Picture {
                name: &what.name,
                emoji: what.emoji.as_deref(),
                link: &what.link,
                cover: what.cover.as_deref().and_then(read_cover),
            })
        });
        let png: Bytes = drawn
            .await
            .map_err(|panic| broken(panic.to_string()))?
            .map_err(|error| broken(error.to_string()))?
            .into();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front((subject, png.clone()));
        Ok(png)
    }

    fn kept(&self, subject: &Subject) -> Option<Bytes> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(known, _)| known == subject)
            .map(|(_, png)| png.clone())
    }
}

/// A cover that can't be read is drawn as none.
fn read_cover(file: &FilePath) -> Option<image::RgbImage> {
    match image::open(file) {
        Ok(cover) => Some(cover.into_rgb8()),
        Err(error) => {
            tracing::warn!(%error, "a cover for a preview can't be read");
            None
        }
    }
}

fn busy() -> ErrorBody {
    ErrorBody {
        retry_after: Some(TRY_AGAIN),
        ..ErrorBody::new(
            ErrorCode::StoreUnavailable,
            "Too many pictures are being drawn. Try again in a moment.",
        )
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn subject() -> Subject {
        Subject {
            name: "Kitchen".to_owned(),
            emoji: None,
            link: String::new(),
            cover: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_finds_the_easel_taken_for_long_is_asked_to_come_again() {
        let cards = Cards::default();
        let easel = cards.easels.acquire().await.expect("it is free");
        let refused = cards.picture(subject()).await.expect_err("it is taken");
        let answer = refused.into_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            answer.headers()[header::RETRY_AFTER],
            TRY_AGAIN.to_string().as_str()
        );
        drop(easel);
        let drawn = cards.picture(subject()).await.expect("it is free again");
        let _taken = cards.easels.acquire().await.expect("it is free");
        let again = cards.picture(subject()).await.expect("it is drawn already");
        assert_eq!(again, drawn);
    }
}
