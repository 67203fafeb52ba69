//! What the address of a page asks for without JavaScript: `?q=` searches, `?next=` is where to go after signing in,
//! `?nest=` and `?code=` are for pairing a screen, `?before=` and `?after=` turn pages, and a form left behind what it did
//! (`?told=`) or why it was refused (server functions as `?__err=`, others as `?error=`, of which `?field=`), and what was typed
//! into it ([`TYPED`]).

use leptos::prelude::use_context;
use leptos::server_fn::error::ServerFnUrlError;

use super::{Refused, SentForm};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PageQuery {
    pub(crate) query: Option<String>,
    pub(crate) notice: Option<String>,
    /// The field of a form that the notice is about.
    pub(crate) field: Option<String>,
    /// Typed into a form that was refused, by field.
    typed: Vec<(String, String)>,
    /// What a form did; like a notice, and good news.
    pub(crate) told: Option<String>,
    pub(crate) next: Option<String>,
    /// The nest that a page is about, where its path doesn't say.
    pub(crate) nest: Option<String>,
    /// The code that a screen shows.
    pub(crate) code: Option<String>,
    /// Where a page of a list begins, or ends.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// A word that the page has a sentence for.
    pub(crate) why: Option<String>,
}

/// What may come back of a form that was refused. Nothing secret: it stands in the address.
const TYPED: [&str; 6] = ["name", "seed_track", "code", "nickname", "emoji", "client_id"];

impl PageQuery {
    /// What was typed into a field of the form that was refused.
    pub(crate) fn typed(&self, field: &str) -> Option<String> {
        let mut typed = self.typed.iter();
        typed
            .find(|(name, _)| name == field)
            .map(|(_, text)| text.clone())
    }

    /// Whether the notice is about this field.
    pub(crate) fn is_about(&self, field: &str) -> bool {
        self.field.as_deref() == Some(field)
    }

    /// What is wrong with a field, and what was typed into it. What is said there is no longer the page's own notice.
    pub(crate) fn take_refused(&mut self, field: &str) -> (Option<String>, Option<String>) {
        match self.is_about(field) {
            true => (self.notice.take(), self.typed(field)),
            false => (None, None),
        }
    }
}

/// Of the request that is being answered. A reason in a link from elsewhere is not ours, so it isn't shown.
pub(crate) fn of_request() -> PageQuery {
    let Some(parts) = use_context::<http::request::Parts>() else {
        return PageQuery::default();
    };
    let asked = parts.uri.query().map(read).unwrap_or_default();
    let comes_from_us = parts
        .headers
        .get("sec-fetch-site")
        .is_none_or(|site| site == "same-origin");
    let is_ours = |notice: &String| comes_from_us && notice.chars().count() <= MAX_NOTICE_CHARS;
    PageQuery {
        notice: asked.notice.filter(is_ours),
        told: asked.told.filter(is_ours),
        typed: asked
            .typed
            .into_iter()
            .filter(|(_, text)| is_ours(text))
            .collect(),
        ..asked
    }
}

/// All that the page was asked for, by its address or by a form, in its order.
pub(crate) fn fields() -> Vec<(String, String)> {
    let sent = use_context::<SentForm>().map(|form| form.0);
    let in_address = || {
        use_context::<http::request::Parts>()?
            .uri
            .query()
            .map(str::to_owned)
    };
    let asked = sent.or_else(in_address).unwrap_or_default();
    let pairs = asked.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (unescape(name), unescape(value)))
        .collect()
}

/// Longer reasons were not written by us.
const MAX_NOTICE_CHARS: usize = 300;

fn read(query: &str) -> PageQuery {
    let value_of = |wanted: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(name, _)| *name == wanted)
            .map(|(_, value)| unescape(value))
            .find(|v| !v.trim().is_empty())
    };
    PageQuery {
        query: value_of("q"),
        notice: value_of("__err")
            .map(|err| ServerFnUrlError::<Refused>::decode_err(&err).0.message)
            .or_else(|| value_of("error")),
        field: value_of("field"),
        typed: TYPED
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), value_of(name)?)))
            .collect(),
        told: value_of("told"),
        next: value_of("next"),
        nest: value_of("nest"),
        code: value_of("code"),
        before: value_of("before"),
        after: value_of("after"),
        why: value_of("why"),
    }
}

/// The text of a form-encoded value; what isn't UTF-8 shows as a replacement character.
fn unescape(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use nests::wire::{ErrorBody, ErrorCode};

    use super::*;

    #[test]
    fn a_search_in_the_address_is_read_as_it_was_typed() {
        assert_eq!(read("q=caf%C3%A9+m%26m&x=1").query.as_deref(), Some("café m&m"));
        assert_eq!(read("q=100%").query.as_deref(), Some("100%"));
        assert_eq!(read("q=&q=+").query, None);
    }

    #[test]
    fn the_reason_a_form_was_refused_comes_back_in_the_address() {
        let refused = Refused(ErrorBody::new(ErrorCode::QueueFull, "This nest's queue is full."));
        let url = ServerFnUrlError::new("/api/fn/add", refused)
            .to_url("http://localhost/nest/X7K2P")
            .expect("a URL");
        let notice = read(url.query().unwrap_or_default()).notice;
        assert_eq!(notice.as_deref(), Some("This nest's queue is full."));
    }

    #[test]
    fn a_made_up_reason_shows_nothing_of_its_own() {
        let notice = read("__err=PHNjcmlwdD4=").notice.unwrap_or_default();
        assert!(!notice.contains("script") && !notice.is_empty());
    }
}
