//! How server functions answer: JSON, read in the browser by the lean reader that the live socket uses as well.

use leptos::server_fn::codec::Post;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::{self, Unreadable};

/// The `output` of every server function.
pub type Answer = Post<LeanJson>;

pub struct LeanJson;

impl ContentType for LeanJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for LeanJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for LeanJson {
    type Error = serde_json::Error;

    fn encode(answer: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(answer).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for LeanJson {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(|_| Unreadable)?;
        json::from_str(text)
    }
}
