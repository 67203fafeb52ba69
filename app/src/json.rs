//! Reads JSON into the wire's types in the browser: the same answers as `serde_json`, in a fifth of the code.
//!
//! `serde_json` explains what is wrong with a text, field by field; the browser reads only what its own server wrote
//! and can do nothing with an explanation. Leaving it out saves a fifth of what a visitor downloads. The server uses
//! `serde_json`; the tests hold the two against each other.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The text is no JSON, or not of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// How deep what nobody asked for may be nested. What is asked for is as deep as its type.
const MAX_DEPTH: u32 = 64;

pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader { rest: text };
    let value = T::deserialize(&mut reader)?;
    reader.skip_space();
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(Unreadable)
    }
}

struct Reader<'de> {
    rest: &'de str,
}

type Read<T> = Result<T, Unreadable>;

// The grammar, free of types.
impl<'de> Reader<'de> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// The first byte of the next token, which stays.
    fn peek(&mut self) -> Read<u8> {
        self.skip_space();
        self.rest.as_bytes().first().copied().ok_or(Unreadable)
    }

    fn take(&mut self, token: &str) -> Read<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(token).ok_or(Unreadable)?;
        Ok(())
    }

    /// Whether another item follows in a list that `end` closes. Takes the comma before it, or the end.
    fn has_more(&mut self, first: &mut bool, end: u8) -> Read<bool> {
        let next = self.peek()?;
        let is_first = std::mem::take(first);
        match next {
            b',' if !is_first => self.rest = &self.rest[1..],
            next if next == end => {
                self.rest = &self.rest[1..];
                return Ok(false);
            }
            _ if is_first => {}
            _ => return Err(Unreadable),
        }
        Ok(true)
    }

    fn string(&mut self) -> Read<Cow<'de, str>> {
        self.take("\"")?;
        let end = self.rest.find(['"', '\\']).ok_or(Unreadable)?;
        let plain = &self.rest[..end];
        if self.rest.as_bytes()[end] == b'"' {
            self.rest = &self.rest[end + 1..];
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\']).ok_or(Unreadable)?;
            text.push_str(&self.rest[..end]);
            let is_end = self.rest.as_bytes()[end] == b'"';
            self.rest = &self.rest[end + 1..];
            if is_end {
                return Ok(Cow::Owned(text));
            }
            text.push(self.escaped()?);
        }
    }

    /// The character that an escape sequence stands for; its backslash is taken already.
    fn escaped(&mut self) -> Read<char> {
        let mark = self.rest.chars().next().ok_or(Unreadable)?;
        self.rest = &self.rest[mark.len_utf8()..];
        Ok(match mark {
            '"' | '\\' | '/' => mark,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let unit = self.code_unit()?;
                let is_first_of_pair = (0xD800..0xDC00).contains(&unit);
                let code = if is_first_of_pair {
                    self.rest = self.rest.strip_prefix("\\u").ok_or(Unreadable)?;
                    let second = self
                        .code_unit()?
                        .checked_sub(0xDC00)
                        .filter(|s| *s < 0x400)
                        .ok_or(Unreadable)?;
                    0x10000 + ((unit - 0xD800) << 10) + second
                } else {
                    unit
                };
                char::from_u32(code).ok_or(Unreadable)?
            }
            _ => return Err(Unreadable),
        })
    }

    fn code_unit(&mut self) -> Read<u32> {
        let digits = self.rest.get(..4).ok_or(Unreadable)?;
        self.rest = &self.rest[4..];
        u32::from_str_radix(digits, 16).map_err(|_| Unreadable)
    }

    fn number(&mut self) -> Read<&'de str> {
        self.skip_space();
        let is_part = |c: char| matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(number)
    }

    fn skip_value(&mut self, depth: u32) -> Read<()> {
        if depth == MAX_DEPTH {
            return Err(Unreadable);
        }
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'n' => self.take("null"),
            b't' => self.take("true"),
            b'f' => self.take("false"),
            b'[' => {
                self.take("[")?;
                let mut first = true;
                while self.has_more(&mut first, b']')? {
                    self.skip_value(depth + 1)?;
                }
                Ok(())
            }
            b'{' => {
                self.take("{")?;
                let mut first = true;
                while self.has_more(&mut first, b'}')? {
                    self.string()?;
                    self.take(":")?;
                    self.skip_value(depth + 1)?;
                }
                Ok(())
            }
            _ => self
                .number()
                .and_then(|n| if n.is_empty() { Err(Unreadable) } else { Ok(()) }),
        }
    }
}

/// The browser's own reading of a number, where there is a browser: Rust's brings large tables.
fn float(text: &str) -> Read<f64> {
    #[cfg(target_arch = "wasm32")]
    let value = Some(js_sys::parse_float(text)).filter(|value| !value.is_nan());
    #[cfg(not(target_arch = "wasm32"))]
    let value = text.parse().ok();
    value.ok_or(Unreadable)
}

// The types.
impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    /// For types that take what comes. The wire has none; they would have to be told apart by what they are.
    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Read<V::Value> {
        Err(Unreadable)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let value = self.peek()? == b't';
        self.take(if value { "true" } else { "false" })?;
        visitor.visit_bool(value)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u64(self.number()?.parse().map_err(|_| Unreadable)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_i64(self.number()?.parse().map_err(|_| Unreadable)?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_f64(float(self.number()?)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_string(self.string()?.into_owned())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.peek()? == b'n' {
            self.take("null")?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.take("null")?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.take("[")?;
        visitor.visit_seq(Items {
            reader: self,
            first: true,
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Read<V::Value> {
        self.take("[")?;
        let value = visitor.visit_seq(Items {
            reader: self,
            first: true,
        })?;
        self.take("]")?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.take("{")?;
        visitor.visit_map(Items {
            reader: self,
            first: true,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if self.peek()? == b'"' {
            return visitor.visit_enum(self.string()?.as_ref().into_deserializer());
        }
        self.take("{")?;
        let value = visitor.visit_enum(Tagged { reader: self })?;
        self.take("}")?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_value(0)?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i8 i16 i32 i128 u128 f32 char bytes byte_buf unit_struct tuple_struct }
}

/// The items of a list or an object that has been opened.
struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        match self.reader.has_more(&mut self.first, b']')? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        match self.reader.has_more(&mut self.first, b'}')? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.take(":")?;
        seed.deserialize(&mut *self.reader)
    }
}

/// `{"variant": content}`, after the brace.
struct Tagged<'a, 'de> {
    reader: &'a mut Reader<'de>,
}

impl<'de> EnumAccess<'de> for Tagged<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self)> {
        let name = self.reader.string()?;
        self.reader.take(":")?;
        let tag: StrDeserializer<'_, Unreadable> = name.as_ref().into_deserializer();
        Ok((seed.deserialize(tag)?, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Read<()> {
        self.reader.take("null")
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Read<V::Value> {
        self.reader.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.reader.deserialize_map(visitor)
    }
}

// Every complaint is the same one: nothing of its words reaches the program.
impl Error for Unreadable {
    fn custom<T: std::fmt::Display>(_message: T) -> Self {
        Self
    }
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl std::error::Error for Unreadable {}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unreadable")
    }
}

#[cfg(test)]
mod tests {
    use nests::hearing::{Footing, Hears, InSync};
    use nests::nest::member::Listener;
    use nests::time::Millis;
    use nests::wire::frame::{Hello, Note};
    use nests::wire::{Change, ErrorBody, ErrorCode, Event, ServerFrame};

    use super::*;
    use crate::live::board::fixture::{nest_with, person, playing, song};
    use crate::server_fns::Refused;
    use crate::server_fns::searching::Found;

    fn frames() -> Vec<ServerFrame> {
        let mut voted = song(2, "anna");
        voted.set_vote(&person("ben").id, Some(nests::queue::Vote::Down));
        voted.set_jam(&person("ben"), true);
        voted.song.track.title = "“Größe” \"\\ \u{1F989} \n \u{7}".into();
        voted.song.track.hue = Some(210);
        let nest = playing(nest_with(&[voted, song(3, "bender")]), song(1, "me"), Millis(-5));
        let events = [
            Change::Voted {
                song: song(1, "a").song.id,
                member: person("ben").id,
                vote: None,
            },
            Change::Removed { songs: vec![] },
            Change::Stopped,
            Change::Paused { at: Millis(i64::MAX) },
        ];
        let hello = Hello {
            protocol: 1,
            build: "x".into(),
            now: Millis(7),
            me: person("me"),
        };
        let mut frames = vec![
            ServerFrame::Snapshot(Box::new(nest)),
            ServerFrame::Hello(hello),
            ServerFrame::Pong {
                t: 1234.5625,
                now: Millis(9),
            },
            ServerFrame::Done {
                id: 4,
                v: u64::MAX,
                note: Some(Note::VotedInstead),
            },
            ServerFrame::Refused {
                id: 4,
                error: ErrorBody::invalid("song", "No."),
            },
            ServerFrame::People {
                count: 2,
                people: [Some(Hears::Apart), None]
                    .map(|hears| Listener {
                        person: person("ben"),
                        since: Millis(5),
                        hears,
                    })
                    .to_vec(),
                in_sync: InSync { count: 0, of: 1 },
            },
            ServerFrame::Hearing {
                device: "Kitchen".into(),
                footing: Footing::OwnWay,
            },
            ServerFrame::Hearing {
                device: String::new(),
                footing: Footing::RateLimited { until: Millis(90) },
            },
            ServerFrame::Store { up: false },
        ];
        frames.extend(events.map(|change| {
            ServerFrame::Event(Event {
                v: 3,
                at: Millis(1),
                by: None,
                change,
            })
        }));
        frames
    }

    #[test]
    fn every_frame_reads_as_it_was_written() {
        for frame in frames() {
            let text = serde_json::to_string(&frame).expect("frames serialise");
            assert_eq!(from_str::<ServerFrame>(&text), Ok(frame), "{text}");
        }
    }

    #[test]
    fn what_server_functions_answer_reads_as_it_was_written() {
        let refused = Refused(ErrorBody::new(ErrorCode::QueueFull, "Full."));
        let searches = [
            Some(("q".to_owned(), Ok(Found::default()))),
            Some((String::new(), Err(refused))),
            None,
        ];
        for search in searches {
            let text = serde_json::to_string(&search).expect("plain data");
            assert_eq!(
                from_str::<Option<(String, Result<Found, Refused>)>>(&text),
                Ok(search),
                "{text}"
            );
        }
    }

    #[test]
    fn space_unknown_fields_and_escapes_are_read_as_serde_json_reads_them() {
        let texts = [
            r#" { "store" : { "new" : [ 1 , { "a" : "}\"" } , [ ] , null , -1.5e3 ] , "up" : true } } "#,
            r#"{"pong":{"t":12,"now":-3}}"#,
            r#"{"hello":{"protocol":1,"build":"\u00fc\ud83e\udd89\/\b\f\n\r\t","now":1,"me":{"id":"a","name":"A"}}}"#,
        ];
        for text in texts {
            let expected: ServerFrame = serde_json::from_str(text).expect("good JSON");
            assert_eq!(from_str::<ServerFrame>(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn broken_texts_are_refused_wherever_they_break() {
        for frame in frames() {
            let text = serde_json::to_string(&frame).expect("frames serialise");
            let cuts = (0..text.len()).filter(|at| text.is_char_boundary(*at));
            for cut in cuts {
                assert_eq!(
                    from_str::<ServerFrame>(&text[..cut]),
                    Err(Unreadable),
                    "{}",
                    &text[..cut]
                );
            }
            assert_eq!(from_str::<ServerFrame>(&format!("{text}x")), Err(Unreadable));
        }
        let broken = [
            r#"{"store":{"up":1}}"#,
            r#"{"store":{}}"#,
            r#"{"store":{"up":true,}}"#,
            r#"{"store":{,"up":true}}"#,
            r#"{"stored":{"up":true}}"#,
            r#"{"people":{"count":-1,"people":[]}}"#,
            r#"{"people":{"count":4294967296,"people":[]}}"#,
            r#"{"hello":{"protocol":1,"build":"\ud83e","now":1,"me":{"id":"a","name":"A"}}}"#,
        ];
        for text in broken {
            assert_eq!(from_str::<ServerFrame>(text), Err(Unreadable), "{text}");
        }
        let deep = format!(r#"{{"store":{{"x":{}"up":true}}}}"#, "[".repeat(100_000));
        assert_eq!(from_str::<ServerFrame>(&deep), Err(Unreadable));
    }
}
