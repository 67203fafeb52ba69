//! What a nest is: its identity, the people in it and when it may fall asleep.
//!
//! A nest's id is its code; the Main Nest's id is `main`. Whatever a visitor types (id, code in any case, slug) is a
//! [`NestRef`] until the directory resolves it.

pub mod code;
pub mod lifecycle;
pub mod member;
pub mod name;
pub mod role;
pub mod slug;
pub mod sonic;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use code::NestCode;
pub use member::{MemberId, Person};
pub use name::NestName;
pub use slug::NestSlug;

const MAIN: &str = "main";

/// Who a nest is, everywhere: `main`, or the code of a temporary nest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NestId(String);

impl NestId {
    pub fn main() -> Self {
        Self(MAIN.to_owned())
    }

    pub fn is_main(&self) -> bool {
        self.0 == MAIN
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `main`, or a code in any case.
    pub fn parse(text: &str) -> Result<Self, NestRefError> {
        match NestRef::parse(text)? {
            NestRef::Id(id) => Ok(id),
            NestRef::Slug(_) => Err(NestRefError),
        }
    }
}

impl From<NestCode> for NestId {
    fn from(code: NestCode) -> Self {
        Self(code.as_str().to_owned())
    }
}

impl TryFrom<String> for NestId {
    type Error = NestRefError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NestId> for String {
    fn from(id: NestId) -> Self {
        id.0
    }
}

impl fmt::Display for NestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How somebody names a nest. Codes and slugs cannot be mistaken for one another: a slug that would read as a code is
/// suffixed when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NestRef {
    Id(NestId),
    Slug(NestSlug),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a nest is named by its code, like X7K2P, or by its link name, like friday-vibes")]
pub struct NestRefError;

impl NestRef {
    pub fn parse(text: &str) -> Result<Self, NestRefError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case(MAIN) {
            return Ok(Self::Id(NestId::main()));
        }
        if let Ok(code) = NestCode::parse(text) {
            return Ok(Self::Id(code.into()));
        }
        NestSlug::parse(text).map(Self::Slug).map_err(|_| NestRefError)
    }

    /// Like [`NestRef::parse`], but takes a whole pasted link (`https://echone.st/X7K2P`, `.../nest/X7K2P`) as well.
    pub fn parse_pasted(text: &str) -> Result<Self, NestRefError> {
        let text = text.trim();
        let without_query = text.split(['?', '#']).next().unwrap_or_default();
        let last = without_query
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        Self::parse(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nest_is_found_by_id_by_code_in_any_case_by_slug_and_by_pasted_link() {
        let id = |text: &str| NestRef::Id(NestId(text.to_owned()));
        let table = [
            ("main", Ok(id("main"))),
            ("MAIN", Ok(id("main"))),
            (" x7k2p ", Ok(id("X7K2P"))),
            ("https://echone.st/X7K2P", Ok(id("X7K2P"))),
            ("http://localhost:3000/nest/x7k2p/?utm=1", Ok(id("X7K2P"))),
            ("", Err(NestRefError)),
            (
                "../../etc/",
                Ok(NestRef::Slug(NestSlug::parse("etc").expect("a slug"))),
            ),
            ("NEST:main|QUEUE", Err(NestRefError)),
        ];
        for (text, expected) in table {
            assert_eq!(NestRef::parse_pasted(text), expected, "{text}");
        }
        assert!(matches!(NestRef::parse("friday-vibes"), Ok(NestRef::Slug(_))));
        assert!(matches!(NestRef::parse("NEST:main|QUEUE"), Err(NestRefError)));
    }
}
