//! The emoji that a nest's creator picks for its link.
//!
//! The rule stands here and not with the other rules, for it is a table of every emoji there is: browsers need not carry it.

use nests::nest::{NestRef, Person};
use nests::wire::directory::{NestCard, NestState};

use crate::Engine;
use crate::clock::rfc3339;
use crate::directory::Entry;
use crate::error::EngineError;
use crate::renaming::Alteration;
use crate::store::{Key, scripts};

/// Tries against others who change the entry at the same time.
const ATTEMPTS: usize = 16;

impl Engine {
    /// Sets the emoji of a nest's link, or takes it away where `typed` is blank; see [`Engine::alter_nest`].
    pub async fn set_emoji(&self, by: &Person, nest: &NestRef, typed: &str) -> Result<NestCard, EngineError> {
        let wish = Alteration {
            emoji: Some(typed),
            ..Alteration::default()
        };
        self.alter_nest(by, nest, wish).await
    }

    /// The emoji alone: nobody inside has to be told.
    pub(crate) async fn replace_emoji(
        &self,
        by: &Person,
        nest: &NestRef,
        emoji: Option<String>,
    ) -> Result<NestCard, EngineError> {
        for _ in 0..ATTEMPTS {
            let (id, text) = self.find_to_change(by, nest).await?;
            let new = Entry {
                emoji: emoji.clone(),
                last_activity: rfc3339(self.now()),
                ..Entry::parse(&text)?
            };
            let mut replace = scripts::EMOJI.key(Key::Registry.name());
            replace.arg(id.as_str()).arg(&text).arg(new.to_json()?);
            if self.inner.store.script::<bool>(&replace).await? {
                return self.card(new, NestState::Awake).await;
            }
        }
        Err(EngineError::Contended)
    }
}

/// Exactly one emoji; `None` for nothing.
pub(crate) fn parse(typed: &str) -> Result<Option<String>, EngineError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match emojis::get(typed) {
        Some(emoji) => Ok(Some(emoji.as_str().to_owned())),
        None => Err(EngineError::Invalid {
            field: "emoji",
            message: "Pick one emoji, like \u{1F3A7}.".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one_emoji_however_many_characters_it_has() {
        for one in ["🎧", "🇩🇪", "👨‍👩‍👧", "👍🏽", "1️⃣", " 🎧 "] {
            assert_eq!(parse(one).ok().flatten().as_deref(), Some(one.trim()), "{one}");
        }
        assert_eq!(parse("  ").ok(), Some(None));
        for other in ["a", "🎧🎧", "🎧a", "<b>", "1", "\u{200D}"] {
            assert!(parse(other).is_err(), "{other}");
        }
    }
}
