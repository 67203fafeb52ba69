//! The body of an answer, read up to a bound: whatever speaks in Spotify's name, a proxy's endless error page as well, can't
//! fill the memory.

use reqwest::Response;

/// Bytes of one answer. The largest that is asked for, fifty tracks with their albums, takes a tenth of it.
const MAX_ANSWER: usize = 2 * 1024 * 1024;

/// Why an answer can't be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("it is longer than {MAX_ANSWER} bytes")]
    TooLong,
    #[error("it is no text")]
    NoText,
    #[error("it broke off")]
    BrokenOff(reqwest::Error),
}

pub(super) async fn text(mut response: Response) -> Result<String, Unreadable> {
    let announced = response.content_length().unwrap_or_default();
    if announced > MAX_ANSWER as u64 {
        return Err(Unreadable::TooLong);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unreadable::BrokenOff)? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(Unreadable::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::NoText)
}
