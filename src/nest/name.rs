//! What a nest is called.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::tidy;

pub const MAX_NAME_CHARS: usize = 40;

/// 1 to 40 characters, no control characters, single spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NestName(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a nest's name needs at least one visible character")]
    Empty,
    #[error("a nest's name has at most {MAX_NAME_CHARS} characters; this one has {0}")]
    TooLong(usize),
}

impl NestName {
    pub fn parse(raw: &str) -> Result<Self, NameError> {
        let name = tidy(raw);
        match name.chars().count() {
            0 => Err(NameError::Empty),
            n if n > MAX_NAME_CHARS => Err(NameError::TooLong(n)),
            _ => Ok(Self(name)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for NestName {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NestName> for String {
    fn from(name: NestName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_and_bounded() {
        assert_eq!(
            NestName::parse("  Friday\n Vibes ").map(String::from),
            Ok("Friday Vibes".into())
        );
        assert_eq!(NestName::parse(" \u{7} "), Err(NameError::Empty));
        assert_eq!(
            NestName::parse(&"ö".repeat(40)).map(|n| n.0.chars().count()),
            Ok(40)
        );
        assert_eq!(NestName::parse(&"ö".repeat(41)), Err(NameError::TooLong(41)));
    }
}
