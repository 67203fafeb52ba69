//! Slugs: the readable link names of custom-named nests, `echone.st/friday-vibes`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{NestCode, NestName};

pub const MAX_SLUG_CHARS: usize = 40;

/// Words that lead elsewhere on the site, now or soon: a nest may not take them.
pub const RESERVED: &[&str] = &[
    "admin",
    "api",
    "socket",
    "nest",
    "nests",
    "login",
    "logout",
    "signup",
    "static",
    "assets",
    "pkg",
    "health",
    "status",
    "metrics",
    "terms",
    "privacy",
    "volume",
    "queue",
    "playing",
    "guest",
    "main",
    "stats",
    "help",
    "join",
    "tv",
    "sync",
    "authentication",
    "history",
    "audio",
    "covers",
    "search",
    "build",
    "pair",
    "avatars",
];

/// Lowercase letters and digits in groups joined by single hyphens; never a reserved word, never readable as a code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NestSlug(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link name is made of lowercase letters, digits and single hyphens, like friday-vibes")]
pub struct SlugError;

impl NestSlug {
    /// The slug a name asks for; `None` where nothing of the name can be written in Latin letters and digits. A reserved
    /// word or a slug that would read as a code gets `-nest` behind it.
    pub fn from_name(name: &NestName) -> Option<Self> {
        let latin = deunicode::deunicode(name.as_str()).to_ascii_lowercase();
        let words: Vec<&str> = latin
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
            .collect();
        let slug = words.join("-");
        let cut = slug[..slug.len().min(MAX_SLUG_CHARS)].trim_end_matches('-');
        if cut.is_empty() {
            return None;
        }
        Some(if is_taken_by_the_site(cut) {
            Self(format!("{cut}-nest"))
        } else {
            Self(cut.to_owned())
        })
    }

    /// The n-th choice when the slug is taken: itself, `-2`, `-3`, ... shortened so that it still fits.
    pub fn nth_choice(&self, n: u32) -> Self {
        if n <= 1 {
            return self.clone();
        }
        let tail = format!("-{n}");
        let room = MAX_SLUG_CHARS - tail.len();
        let head = self.0[..self.0.len().min(room)].trim_end_matches('-');
        Self(format!("{head}{tail}"))
    }

    /// Takes the slug of a link, in any case.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let slug = text.trim().to_ascii_lowercase();
        let well_formed = !slug.is_empty()
            && slug.len() <= MAX_SLUG_CHARS
            && slug
                .split('-')
                .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if well_formed && !is_taken_by_the_site(&slug) {
            Ok(Self(slug))
        } else {
            Err(SlugError)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_taken_by_the_site(slug: &str) -> bool {
    RESERVED.contains(&slug) || NestCode::parse(slug).is_ok()
}

impl fmt::Display for NestSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for NestSlug {
    type Error = SlugError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NestSlug> for String {
    fn from(slug: NestSlug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slug(name: &str) -> Option<String> {
        NestName::parse(name)
            .ok()
            .and_then(|n| NestSlug::from_name(&n))
            .map(String::from)
    }

    #[test]
    fn slugs_follow_the_name() {
        let table = [
            ("Friday Vibes", Some("friday-vibes")),
            ("  --Jazz & Blues!! ", Some("jazz-blues")),
            ("Café Müller", Some("cafe-muller")),
            ("北京", Some("bei-jing")),
            ("!!!", None),
        ];
        for (name, expected) in table {
            assert_eq!(slug(name).as_deref(), expected, "{name}");
        }
    }

    /// In the older program a nest called "Party" led to a 404: its slug was read as a code.
    #[test]
    fn fault_a_five_letter_name_led_to_a_404() {
        assert_eq!(slug("Party").as_deref(), Some("party-nest"));
        assert_eq!(slug("Disco").as_deref(), Some("disco"), "I and O are in no code");
    }

    /// The list of the contract, word by word; what the site has taken since comes on top of it.
    #[test]
    fn every_word_that_the_contract_reserves_is_reserved() {
        const CONTRACT: &str = "admin api socket nest nests login logout signup static assets pkg health status metrics \
            terms privacy volume queue playing guest main stats help join tv sync authentication history";
        let words: Vec<&str> = CONTRACT.split_whitespace().collect();
        assert_eq!(words.len(), 28);
        for word in words {
            assert!(RESERVED.contains(&word), "{word}");
            assert_eq!(NestSlug::parse(word), Err(SlugError), "{word}");
            assert_eq!(slug(word), Some(format!("{word}-nest")));
        }
    }

    #[test]
    fn fault_names_equal_to_routes_led_elsewhere() {
        for word in RESERVED {
            let slug = slug(word).unwrap_or_default();
            assert!(!RESERVED.contains(&slug.as_str()), "{word} → {slug}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_name_gives_can_be_visited(name in "\\PC{1,60}", n in 1u32..2000) {
            if let Some(slug) = NestName::parse(&name).ok().and_then(|n| NestSlug::from_name(&n)) {
                for choice in [slug.nth_choice(1), slug.nth_choice(n)] {
                    prop_assert!(choice.as_str().len() <= MAX_SLUG_CHARS + "-nest".len());
                    prop_assert!(NestCode::parse(choice.as_str()).is_err());
                    if choice.as_str().len() <= MAX_SLUG_CHARS {
                        prop_assert_eq!(NestSlug::parse(choice.as_str()), Ok(choice));
                    }
                }
            }
        }
    }
}
