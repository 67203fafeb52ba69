//! The house's own Redis, spoken to past the program: what it holds, and how often it is asked. As much of its language as that
//! takes: the server's tests have no client of it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use engine::store::private_redis;

use super::house::PATIENCE;

/// All keys with their values as Redis stores them, without their lives: in one script, so that nothing comes in between.
const DUMP_ALL: &str = "local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = key \
                        all[#all + 1] = redis.call('DUMP', key) end return all";

pub struct Store(BufReader<UnixStream>);

/// What Redis answers. Numbers come as their digits, "there is none" as nothing.
enum Reply {
    One(Vec<u8>),
    Many(Vec<Reply>),
}

impl Reply {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(_) => panic!("a list, where one value was expected"),
        }
    }

    fn text(self) -> String {
        String::from_utf8(self.bytes()).expect("text")
    }
}

impl Store {
    /// The private one of that data folder.
    pub fn of(data_dir: &Path) -> Self {
        let url = private_redis::url_of(data_dir).expect("a place");
        let socket = url.strip_prefix("unix://").expect("a socket");
        let stream = UnixStream::connect(socket).expect("it runs");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        Self(BufReader::new(stream))
    }

    /// Every key and its value.
    pub fn dump(&mut self) -> BTreeMap<String, Vec<u8>> {
        let Reply::Many(all) = self.ask(&["EVAL", DUMP_ALL, "0"]) else {
            panic!("not a list")
        };
        let mut all = all.into_iter();
        let mut dump = BTreeMap::new();
        while let (Some(key), Some(value)) = (all.next(), all.next()) {
            dump.insert(key.text(), value.bytes());
        }
        dump
    }

    /// The names of the keys that have `part` in theirs.
    pub fn keys_with(&mut self, part: &str) -> Vec<String> {
        self.dump().into_keys().filter(|key| key.contains(part)).collect()
    }

    /// What a string holds.
    pub fn get(&mut self, key: &str) -> String {
        self.ask(&["GET", key]).text()
    }

    pub fn reset_counters(&mut self) {
        assert_eq!(self.ask(&["CONFIG", "RESETSTAT"]).text(), "OK");
    }

    /// How often which command was carried out since the counters were reset, inside scripts and out.
    pub fn counted(&mut self) -> BTreeMap<String, u64> {
        let stats = self.ask(&["INFO", "commandstats"]).text();
        let calls = stats.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            Some((name.to_owned(), rest.split(',').next()?.parse().ok()?))
        });
        calls.collect()
    }

    fn ask(&mut self, words: &[&str]) -> Reply {
        let mut request = format!("*{}\r\n", words.len());
        for word in words {
            request += &format!("${}\r\n{word}\r\n", word.len());
        }
        self.0.get_mut().write_all(request.as_bytes()).expect("asked");
        self.reply()
    }

    fn reply(&mut self) -> Reply {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("an answer");
        let line = line.trim_end();
        let (kind, rest) = line.split_at_checked(1).expect("an answer");
        match kind {
            "+" | ":" => Reply::One(rest.as_bytes().to_vec()),
            "$" => {
                let Ok(length) = rest.parse() else {
                    return Reply::One(Vec::new());
                };
                let mut value = vec![0; length];
                self.0.read_exact(&mut value).expect("the value");
                self.0.read_exact(&mut [0; 2]).expect("its end");
                Reply::One(value)
            }
            "*" => {
                let length = rest.parse().unwrap_or(0);
                Reply::Many((0..length).map(|_| self.reply()).collect())
            }
            _ => panic!("Redis answered {line}"),
        }
    }
}
