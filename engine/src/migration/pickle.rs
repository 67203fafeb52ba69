//! Dates that Python's pickle wrote, protocols 0 to 5, from Python 2 or 3.
//!
//! Unpickling runs whatever the pickle says; this reader can't. It knows the few opcodes that a `datetime` without a time
//! zone is made of, two names (`datetime.datetime`, and `_codecs.encode` with which old protocols spell bytes), and
//! refuses everything else.

use jiff::civil::DateTime;

/// A pickled date has at most about 110 bytes.
const MAX_BYTES: usize = 256;
/// A pickled date remembers at most eight values.
const MAX_MEMO: usize = 16;
/// A date as pickle keeps it: two bytes of year, one each of month, day, hour, minute and second, three of microseconds.
const STATE_BYTES: usize = 10;
/// Python's `datetime.MINYEAR`.
const FIRST_YEAR: i16 = 1;
/// Set on the month for the second of two equal times on the day when clocks go back.
const FOLD: u8 = 0x80;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pickled date")]
pub(super) struct NotADate;

#[derive(Clone)]
enum Value {
    Mark,
    Text(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Value>),
    DatetimeClass,
    EncodeFunction,
    Date(DateTime),
}

/// The date, as the clock on the wall showed it; which wall, the pickle doesn't say.
pub(super) fn read(pickle: &[u8]) -> Result<DateTime, NotADate> {
    if pickle.len() > MAX_BYTES {
        return Err(NotADate);
    }
    let mut reader = Reader {
        rest: pickle,
        stack: Vec::new(),
        memo: Vec::new(),
    };
    while reader.step()? {}
    match (reader.stack.pop(), reader.stack.is_empty(), reader.rest) {
        (Some(Value::Date(date)), true, []) => Ok(date),
        _ => Err(NotADate),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    stack: Vec<Value>,
    memo: Vec<(u32, Value)>,
}

impl Reader<'_> {
    /// One opcode. False: that was the end.
    fn step(&mut self) -> Result<bool, NotADate> {
        match self.byte()? {
            b'.' => return Ok(false),
            0x80 => drop(self.byte()?),  // the protocol's number
            0x95 => drop(self.take(8)?), // the length of what follows
            b'(' => self.stack.push(Value::Mark),
            b't' => self.tuple_since_mark()?,
            0x85 => self.tuple(1)?,
            0x86 => self.tuple(2)?,
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.stack.push(named(&module, &name)?);
            }
            0x93 => {
                let (Value::Text(name), Value::Text(module)) = (self.pop()?, self.pop()?) else {
                    return Err(NotADate);
                };
                self.stack.push(named(module.as_bytes(), name.as_bytes())?);
            }
            b'R' => self.call()?,
            b'V' => {
                let line = self.line()?;
                self.stack.push(Value::Text(unescaped_unicode(&line)?));
            }
            b'X' => {
                let length = self.number(4)?;
                self.text(length)?;
            }
            0x8c => {
                let length = self.number(1)?;
                self.text(length)?;
            }
            b'C' | b'U' => {
                let length = self.number(1)?;
                let bytes = self.take(length as usize)?.to_vec();
                self.stack.push(Value::Bytes(bytes));
            }
            b'S' => {
                let line = self.line()?;
                self.stack.push(Value::Bytes(unquoted(&line)?));
            }
            b'p' => {
                let place = decimal(&self.line()?)?;
                self.remember(place)?;
            }
            b'q' => {
                let place = self.number(1)?;
                self.remember(place)?;
            }
            b'r' => {
                let place = self.number(4)?;
                self.remember(place)?;
            }
            0x94 => self.remember(self.memo.len() as u32)?,
            b'g' => {
                let place = decimal(&self.line()?)?;
                self.recall(place)?;
            }
            b'h' => {
                let place = self.number(1)?;
                self.recall(place)?;
            }
            _ => return Err(NotADate),
        }
        Ok(true)
    }

    fn call(&mut self) -> Result<(), NotADate> {
        let (Value::Tuple(arguments), callee) = (self.pop()?, self.pop()?) else {
            return Err(NotADate);
        };
        let result = match (callee, arguments.as_slice()) {
            (Value::DatetimeClass, [Value::Bytes(state)]) => Value::Date(date(state)?),
            (Value::EncodeFunction, [Value::Text(text), Value::Text(codec)]) if codec == "latin1" => {
                Value::Bytes(latin1(text)?)
            }
            _ => return Err(NotADate),
        };
        self.stack.push(result);
        Ok(())
    }

    fn tuple_since_mark(&mut self) -> Result<(), NotADate> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark));
        let items = self.stack.split_off(mark.ok_or(NotADate)? + 1);
        self.stack.pop();
        self.stack.push(Value::Tuple(items));
        Ok(())
    }

    fn tuple(&mut self, length: usize) -> Result<(), NotADate> {
        let start = self.stack.len().checked_sub(length).ok_or(NotADate)?;
        let items = self.stack.split_off(start);
        self.stack.push(Value::Tuple(items));
        Ok(())
    }

    fn text(&mut self, length: u32) -> Result<(), NotADate> {
        let bytes = self.take(length as usize)?.to_vec();
        self.stack
            .push(Value::Text(String::from_utf8(bytes).map_err(|_| NotADate)?));
        Ok(())
    }

    fn remember(&mut self, place: u32) -> Result<(), NotADate> {
        let value = self.stack.last().cloned().ok_or(NotADate)?;
        if self.memo.len() >= MAX_MEMO {
            return Err(NotADate);
        }
        self.memo.push((place, value));
        Ok(())
    }

    fn recall(&mut self, place: u32) -> Result<(), NotADate> {
        let found = self.memo.iter().rev().find(|(at, _)| *at == place);
        let (_, value) = found.cloned().ok_or(NotADate)?;
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, NotADate> {
        self.stack.pop().ok_or(NotADate)
    }

    fn byte(&mut self) -> Result<u8, NotADate> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, count: usize) -> Result<&[u8], NotADate> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(NotADate)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A little-endian number of so many bytes.
    fn number(&mut self, bytes: usize) -> Result<u32, NotADate> {
        let bytes = self.take(bytes)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn line(&mut self) -> Result<Vec<u8>, NotADate> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').ok_or(NotADate)?;
        let line = self.take(end)?.to_vec();
        self.byte()?;
        Ok(line)
    }
}

fn named(module: &[u8], name: &[u8]) -> Result<Value, NotADate> {
    match (module, name) {
        (b"datetime", b"datetime") => Ok(Value::DatetimeClass),
        (b"_codecs", b"encode") => Ok(Value::EncodeFunction),
        _ => Err(NotADate),
    }
}

fn date(state: &[u8]) -> Result<DateTime, NotADate> {
    let &[y1, y2, month, day, hour, minute, second, u1, u2, u3] =
        <&[u8; STATE_BYTES]>::try_from(state).map_err(|_| NotADate)?;
    let year = i16::from_be_bytes([y1, y2]);
    if year < FIRST_YEAR {
        return Err(NotADate);
    }
    let micros = i32::from_be_bytes([0, u1, u2, u3]);
    let [month, day, hour, minute, second] =
        [month & !FOLD, day, hour, minute, second].map(|part| i8::try_from(part).unwrap_or(i8::MAX));
    DateTime::new(
        year,
        month,
        day,
        hour,
        minute,
        second,
        micros.saturating_mul(1000),
    )
    .map_err(|_| NotADate)
}

fn decimal(line: &[u8]) -> Result<u32, NotADate> {
    let text = std::str::from_utf8(line).map_err(|_| NotADate)?;
    text.parse().map_err(|_| NotADate)
}

fn latin1(text: &str) -> Result<Vec<u8>, NotADate> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).map_err(|_| NotADate))
        .collect()
}

/// Latin-1, with what would end the line (and the backslash) as `\u` and four hex digits.
fn unescaped_unicode(line: &[u8]) -> Result<String, NotADate> {
    let mut text = String::new();
    let mut rest = line;
    while let Some((&first, after)) = rest.split_first() {
        if first == b'\\' {
            let digits = after
                .strip_prefix(b"u")
                .and_then(|d| d.get(..4))
                .ok_or(NotADate)?;
            text.push(char::from_u32(hex(digits)?).ok_or(NotADate)?);
            rest = &after[5..];
        } else {
            text.push(char::from(first));
            rest = after;
        }
    }
    Ok(text)
}

/// A string of Python 2 as its `repr` writes it.
fn unquoted(line: &[u8]) -> Result<Vec<u8>, NotADate> {
    let inner = match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => return Err(NotADate),
    };
    let mut bytes = Vec::new();
    let mut rest = inner;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'\\' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let (&escaped, after) = after.split_first().ok_or(NotADate)?;
        rest = after;
        bytes.push(match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'\\' | b'\'' | b'"' => escaped,
            b'x' => {
                let digits = after.get(..2).ok_or(NotADate)?;
                rest = &after[2..];
                u8::try_from(hex(digits)?).map_err(|_| NotADate)?
            }
            _ => return Err(NotADate),
        });
    }
    Ok(bytes)
}

fn hex(digits: &[u8]) -> Result<u32, NotADate> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(NotADate);
    }
    let text = std::str::from_utf8(digits).map_err(|_| NotADate)?;
    u32::from_str_radix(text, 16).map_err(|_| NotADate)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use jiff::civil::date as day;

    use super::*;

    /// 2026-02-11 21:42:07.123456, as Python 3 pickles it in protocols 0 to 5.
    const PYTHON_3: [&str; 6] = [
        "Y2RhdGV0aW1lCmRhdGV0aW1lCnAwCihjX2NvZGVjcwplbmNvZGUKcDEKKFYH6gILFSoHAeJACnAyClZsYXRpbjEKcDMKdHA0ClJwNQp0cDYKUnA3Ci4=",
        "Y2RhdGV0aW1lCmRhdGV0aW1lCnEAKGNfY29kZWNzCmVuY29kZQpxAShYDAAAAAfDqgILFSoHAcOiQHECWAYAAABsYXRpbjFxA3RxBFJxBXRxBlJxBy4=",
        "gAJjZGF0ZXRpbWUKZGF0ZXRpbWUKcQBjX2NvZGVjcwplbmNvZGUKcQFYDAAAAAfDqgILFSoHAcOiQHECWAYAAABsYXRpbjFxA4ZxBFJxBYVxBlJxBy4=",
        "gANjZGF0ZXRpbWUKZGF0ZXRpbWUKcQBDCgfqAgsVKgcB4kBxAYVxAlJxAy4=",
        "gASVKgAAAAAAAACMCGRhdGV0aW1llIwIZGF0ZXRpbWWUk5RDCgfqAgsVKgcB4kCUhZRSlC4=",
        "gAWVKgAAAAAAAACMCGRhdGV0aW1llIwIZGF0ZXRpbWWUk5RDCgfqAgsVKgcB4kCUhZRSlC4=",
    ];

    fn decoded(base64: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(base64).expect("base64")
    }

    #[test]
    fn every_protocol_of_python_3_reads_as_the_same_date() {
        let expected = day(2026, 2, 11).at(21, 42, 7, 123_456_000);
        for (protocol, pickle) in PYTHON_3.iter().enumerate() {
            assert_eq!(read(&decoded(pickle)), Ok(expected), "protocol {protocol}");
        }
    }

    #[test]
    fn python_2_spells_the_bytes_as_strings() {
        let expected = day(2026, 2, 11).at(21, 42, 7, 10_000_000);
        let protocol_0 =
            b"cdatetime\ndatetime\np0\n(S'\\x07\\xea\\x02\\x0b\\x15*\\x07\\x00\\'\\x10'\np1\ntp2\nRp3\n.";
        let protocol_2 =
            b"\x80\x02cdatetime\ndatetime\nq\x00U\x0a\x07\xea\x02\x0b\x15*\x07\x00'\x10q\x01\x85q\x02Rq\x03.";
        assert_eq!(read(protocol_0), Ok(expected));
        assert_eq!(read(protocol_2), Ok(expected));
    }

    #[test]
    fn the_mark_of_the_hour_that_comes_twice_is_no_month() {
        let pickle = decoded("gASVKgAAAAAAAACMCGRhdGV0aW1llIwIZGF0ZXRpbWWUk5RDCgfqihkCHgAAAACUhZRSlC4=");
        assert_eq!(read(&pickle), Ok(day(2026, 10, 25).at(2, 30, 0, 0)));
    }

    /// In the older program whoever could write to Redis could run code in it.
    #[test]
    fn fault_dates_stored_as_pickles_could_run_code() {
        let commands = [
            "gASVKwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjBB0b3VjaCAvdG1wL293bmVklIWUUpQu",
            "Y3Bvc2l4CnN5c3RlbQpwMAooVnRvdWNoIC90bXAvb3duZWQKcDEKdHAyClJwMwou",
        ];
        for pickle in commands {
            assert_eq!(read(&decoded(pickle)), Err(NotADate));
        }
    }

    #[test]
    fn everything_that_is_not_exactly_one_date_is_refused() {
        let date = decoded(PYTHON_3[4]);
        let other_class = decoded("gASVIAAAAAAAAACMCGRhdGV0aW1llIwEZGF0ZZSTlEMEB+oBAZSFlFKULg==");
        assert_eq!(read(&other_class), Err(NotADate), "datetime.date");
        for end in 0..date.len() {
            assert_eq!(read(&date[..end]), Err(NotADate), "cut after {end} bytes");
        }
        assert_eq!(
            read(&[&date[..], b"."].concat()),
            Err(NotADate),
            "something behind the end"
        );
        assert_eq!(
            read(&[b"(".as_slice(), &date].concat()),
            Err(NotADate),
            "something below"
        );
        assert_eq!(read(&vec![b'('; MAX_BYTES + 1]), Err(NotADate), "too long");
    }

    #[test]
    fn fault_a_year_before_the_first_is_no_date() {
        let mut bent = decoded(PYTHON_3[4]);
        bent[37] = 217; // the year's high byte: -9,974
        assert_eq!(read(&bent), Err(NotADate));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64), at in 0usize..58, byte in proptest::num::u8::ANY) {
            let mut bent = decoded(PYTHON_3[4]);
            if let Some(place) = bent.get_mut(at) {
                *place = byte;
            }
            for pickle in [&bytes, &bent] {
                if let Ok(date) = read(pickle) {
                    proptest::prop_assert!(date.year() >= 1);
                }
            }
        }
    }
}
