//! People: who somebody is to everyone else in a nest.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::tidy;

/// An opaque id of a person: 1 to 64 of `a-z 0-9 _ -`. Never an e-mail address: it goes to every browser in the nest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberId(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a member id has 1 to 64 characters of a-z, 0-9, _ and -")]
pub struct MemberIdError;

const MAX_MEMBER_ID: usize = 64;
const BENDER: &str = "bender";
/// What the ids of guests begin with.
const GUEST: &str = "g-";

impl MemberId {
    pub fn parse(text: &str) -> Result<Self, MemberIdError> {
        let fits = (1..=MAX_MEMBER_ID).contains(&text.len());
        let clean = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if fits && clean {
            Ok(Self(text.to_owned()))
        } else {
            Err(MemberIdError)
        }
    }

    pub fn bender() -> Self {
        Self(BENDER.to_owned())
    }

    /// The id of a guest who came in just now; each gets one of their own.
    pub fn guest(roll: u64) -> Self {
        Self(format!("{GUEST}{roll:016x}"))
    }

    /// Whether it is nobody's any more once the session ends in which it came up.
    pub fn is_guest(&self) -> bool {
        self.0.starts_with(GUEST)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MemberId {
    type Error = MemberIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<MemberId> for String {
    fn from(id: MemberId) -> Self {
        id.0
    }
}

pub const MAX_NICKNAME_CHARS: usize = 24;

/// What others read beside a face: 1 to 24 characters, single spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nickname(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NicknameError {
    #[error("type a name, so that the others know who brought the song")]
    Empty,
    #[error("a nickname has at most {MAX_NICKNAME_CHARS} characters; this one has {0}")]
    TooLong(usize),
    #[error("Bender is taken: he picks when nobody does")]
    Bender,
}

impl Nickname {
    pub fn parse(raw: &str) -> Result<Self, NicknameError> {
        let name = tidy(raw);
        match name.chars().count() {
            0 => Err(NicknameError::Empty),
            n if n > MAX_NICKNAME_CHARS => Err(NicknameError::TooLong(n)),
            _ if name.eq_ignore_ascii_case(BENDER) => Err(NicknameError::Bender),
            _ => Ok(Self(name)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Nickname {
    type Error = NicknameError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Nickname> for String {
    fn from(name: Nickname) -> Self {
        name.0
    }
}

/// A person as the others see them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    pub id: MemberId,
    pub name: String,
}

impl Person {
    pub fn bender() -> Self {
        Self {
            id: MemberId::bender(),
            name: "Bender".to_owned(),
        }
    }

    pub fn is_bender(&self) -> bool {
        self.id.as_str() == BENDER
    }

    /// Hue of the avatar in degrees, from the id, so that a person keeps their colour everywhere.
    pub fn hue(&self) -> u16 {
        const FNV_OFFSET: u32 = 0x811c_9dc5;
        const FNV_PRIME: u32 = 0x0100_0193;
        let hash = self.id.0.bytes().fold(FNV_OFFSET, |hash, b| {
            (hash ^ u32::from(b)).wrapping_mul(FNV_PRIME)
        });
        (hash % 360) as u16
    }

    /// One or two letters for the avatar: `Anna Lee` → `AL`, `joe` → `J`.
    pub fn initials(&self) -> String {
        let mut words = self.name.split(' ').filter_map(|w| w.chars().next());
        let first = words.next();
        let last = words.next_back();
        first
            .into_iter()
            .chain(last)
            .flat_map(char::to_uppercase)
            .collect()
    }
}

/// Somebody who is in a nest now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub person: Person,
    /// When they came in.
    pub since: crate::time::Millis,
    /// `None`: they only look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hears: Option<crate::hearing::Hears>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_are_cleaned_and_bender_is_taken() {
        assert_eq!(
            Nickname::parse("  Anna \n Lee ").map(String::from),
            Ok("Anna Lee".into())
        );
        assert_eq!(Nickname::parse("   "), Err(NicknameError::Empty));
        assert_eq!(Nickname::parse("bender"), Err(NicknameError::Bender));
        assert_eq!(Nickname::parse(&"x".repeat(25)), Err(NicknameError::TooLong(25)));
    }

    #[test]
    fn initials_are_one_or_two_letters() {
        for (name, expected) in [
            ("Anna Lee", "AL"),
            ("joe", "J"),
            ("Ana Maria de la Cruz", "AC"),
            ("émile", "É"),
        ] {
            assert_eq!(
                Person {
                    id: MemberId::bender(),
                    name: name.into()
                }
                .initials(),
                expected
            );
        }
    }

    #[test]
    fn a_member_id_is_never_an_address_or_a_key() {
        for bad in ["", "anna@example.com", "A", "a|b", "a b", &"x".repeat(65)] {
            assert_eq!(MemberId::parse(bad), Err(MemberIdError), "{bad}");
        }
        assert!(MemberId::parse("g-7f3k2").is_ok_and(|id| id.is_guest()));
        let guest = MemberId::guest(7);
        assert_eq!(MemberId::parse(guest.as_str()), Ok(guest));
        assert!(!MemberId::bender().is_guest());
    }
}
