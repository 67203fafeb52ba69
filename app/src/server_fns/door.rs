//! What every door needs on the server: the engine, the person who asks, and the parsing of their words.

use engine::{Engine, EngineError, RestartMode};
use leptos::prelude::use_context;
use nests::nest::{NestId, NestRef, Person};
use nests::queue::SongId;
use nests::text::sentence;
use nests::track::{Source, TrackUri};
use nests::wire::directory::NestCard;
use nests::wire::{Command, ErrorBody, ErrorCode};

use super::{Acted, Refused, Visitor};

pub(super) fn engine() -> Result<Engine, Refused> {
    let missing = || ErrorBody::new(ErrorCode::Internal, "Something went wrong on our side.");
    use_context::<Engine>().ok_or_else(|| missing().into())
}

/// The signed-in person who asks.
pub(super) fn person() -> Result<Person, Refused> {
    let visitor = use_context::<Visitor>().and_then(|visitor| visitor.0);
    visitor.ok_or_else(|| ErrorBody::new(ErrorCode::Unauthenticated, "Sign in first.").into())
}

/// The nest with its links on the host that the visitor used, where no setting says which one is ours.
pub(super) fn seen_by_visitor(card: NestCard) -> NestCard {
    match use_context::<super::OwnHost>().and_then(|host| host.0) {
        Some(host) => card.at_host(&host),
        None => card,
    }
}

/// One wish to one nest.
pub(super) async fn act(nest: &str, command: Command) -> Result<Acted, Refused> {
    let (engine, by, nest) = (engine()?, person()?, nest_id(nest)?);
    let done = engine.act_by_request(&nest, &by, command).await;
    let done = done.map_err(refused)?;
    Ok(Acted {
        version: done.version,
        note: done.note,
    })
}

pub(super) fn refused(error: EngineError) -> Refused {
    Refused(error.into())
}

fn invalid(field: &str, error: &impl ToString) -> Refused {
    Refused(ErrorBody::invalid(field, sentence(&error.to_string())))
}

/// What cannot name a nest names none.
pub(super) fn nest_id(text: &str) -> Result<NestId, Refused> {
    NestId::parse(text).map_err(|_| refused(EngineError::NoSuchNest))
}

/// Like [`nest_id`], for a code, a link name or a whole link as well.
pub(super) fn nest_ref(text: &str) -> Result<NestRef, Refused> {
    NestRef::parse_pasted(text).map_err(|_| refused(EngineError::NoSuchNest))
}

/// The same of what a person typed, who is told what a code looks like.
pub(super) fn typed_code(text: &str) -> Result<NestRef, Refused> {
    NestRef::parse_pasted(text).map_err(|e| invalid("code", &e))
}

pub(super) fn song_id(text: &str) -> Result<SongId, Refused> {
    SongId::parse(text).map_err(|e| invalid("song", &e))
}

pub(super) fn track_uri(text: &str) -> Result<TrackUri, Refused> {
    TrackUri::parse(text).map_err(|e| invalid("track", &e))
}

/// A blank name means all of them.
pub(super) fn source(text: &str) -> Result<Option<Source>, Refused> {
    match (text, Source::parse(text)) {
        ("", _) => Ok(None),
        (_, None) => Err(ErrorBody::invalid("source", "A source is library or spotify.").into()),
        (_, source) => Ok(source),
    }
}

/// A blank mode is the careful one.
pub(super) fn restart_mode(text: &str) -> Result<RestartMode, Refused> {
    match text {
        "" | "if_inactive" => Ok(RestartMode::IfInactive),
        "force" => Ok(RestartMode::Force),
        _ => Err(ErrorBody::invalid("mode", "A restart's mode is if_inactive or force.").into()),
    }
}

/// Leads a plain form that was refused back to its page, with what was typed into it: each field's name and text.
pub(super) fn back_to_form(page: &str, error: ErrorBody, typed: &[(&str, String)]) -> Refused {
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let field = error.field.as_deref();
    lead_form_to(&crate::paths::after_refusal(page, &error.message, field, &typed));
    Refused(error)
}

/// The same for one field of a nest's settings, where it is the field that is wrong.
pub(super) fn back_to_settings(nest: &str, error: ErrorBody, field: &str, typed: &str) -> Refused {
    let is_about_field = error.field.as_deref() == Some(field);
    if let (Ok(nest), true) = (NestId::parse(nest), is_about_field) {
        let again = crate::paths::settings_after_refusal(&nest, &error.message, field, typed);
        lead_form_to(&again);
    }
    Refused(error)
}

/// Leads a plain form on to `path`. A call from the live client gets its answer instead and goes there by itself.
pub(super) fn lead_form_to(path: &str) {
    let accept = use_context::<http::request::Parts>().and_then(|parts| {
        parts
            .headers
            .get(http::header::ACCEPT)?
            .to_str()
            .ok()
            .map(str::to_owned)
    });
    if accept.is_some_and(|accept| accept.contains("text/html")) {
        leptos_axum::redirect(path);
    }
}
