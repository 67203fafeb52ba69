//! Nest codes: short, speakable, without look-alikes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// 31 characters: no 0 and O, no 1, I and L, so a code read aloud or off a screen cannot be misread.
pub const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Lengths that `NEST_CODE_LENGTH` may take. Codes made under another setting still parse.
pub const LENGTHS: std::ops::RangeInclusive<usize> = 4..=8;

/// A nest code in its canonical upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NestCode(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("a nest code has five characters, like X7K2P")]
    Length,
    #[error("a nest code never holds {0:?}: it is made of letters and digits without 0, O, 1, I and L")]
    Character(char),
}

impl NestCode {
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if !LENGTHS.contains(&text.chars().count()) {
            return Err(CodeError::Length);
        }
        let code = text.to_ascii_uppercase();
        match code
            .chars()
            .find(|c| !c.is_ascii() || !ALPHABET.contains(&(*c as u8)))
        {
            Some(stray) => Err(CodeError::Character(stray)),
            None => Ok(Self(code)),
        }
    }

    /// Makes a code from random bytes, without bias: a byte beyond the largest multiple of 31 is passed over. `None` when
    /// the bytes ran out first; twice the length is enough in all but one of a hundred million draws.
    pub fn from_random(bytes: &[u8], length: usize) -> Option<Self> {
        const FAIR: u8 = (256 / ALPHABET.len() * ALPHABET.len() - 1) as u8;
        let letters = bytes
            .iter()
            .filter(|b| **b <= FAIR)
            .map(|b| char::from(ALPHABET[*b as usize % ALPHABET.len()]));
        let code: String = letters.take(length).collect();
        (code.len() == length).then_some(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NestCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for NestCode {
    type Error = CodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NestCode> for String {
    fn from(code: NestCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_read_in_any_case_and_say_what_is_wrong_with_them() {
        assert_eq!(NestCode::parse("x7k2p").map(String::from), Ok("X7K2P".into()));
        assert_eq!(NestCode::parse("X7"), Err(CodeError::Length));
        assert_eq!(NestCode::parse("X7K2O"), Err(CodeError::Character('O')));
        assert_eq!(NestCode::parse("X7K2ß"), Err(CodeError::Character('ß')));
    }

    proptest! {
        #[test]
        fn codes_never_contain_look_alikes_and_always_parse_back(bytes in prop::collection::vec(any::<u8>(), 16..64)) {
            if let Some(code) = NestCode::from_random(&bytes, 5) {
                prop_assert!(!code.as_str().contains(['0', 'O', '1', 'I', 'L']));
                prop_assert_eq!(NestCode::parse(&code.as_str().to_lowercase()), Ok(code));
            }
        }
    }

    #[test]
    fn every_letter_of_the_alphabet_is_equally_likely() {
        let mut count = std::collections::BTreeMap::new();
        for byte in 0..=255u8 {
            if let Some(code) = NestCode::from_random(&[byte], 1) {
                *count.entry(code.0).or_insert(0) += 1;
            }
        }
        assert_eq!(count.len(), 31);
        assert!(count.values().all(|n| *n == 8));
    }
}
