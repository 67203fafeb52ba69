//! The house's own Redis, looked at past the program.

use std::collections::BTreeMap;
use std::path::Path;

use engine::store::private_redis;
use redis::Connection;

use super::house::PATIENCE;

/// All keys with their values as Redis stores them, without their lives: in one script, so that nothing comes in between.
const DUMP_ALL: &str = "local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = key \
                        all[#all + 1] = redis.call('DUMP', key) end return all";

pub struct Store(Connection);

impl Store {
    /// The private one of that data folder.
    pub fn of(data_dir: &Path) -> Self {
        let url = private_redis::url_of(data_dir).expect("a place");
        let client = redis::Client::open(url).expect("an address");
        let connection = client.get_connection_with_timeout(PATIENCE).expect("it runs");
        connection.set_read_timeout(Some(PATIENCE)).expect("a limit");
        Self(connection)
    }

    /// Every key and its value.
    pub fn dump(&mut self) -> BTreeMap<String, Vec<u8>> {
        let mut dump_all = redis::cmd("EVAL");
        let all: Vec<(String, Vec<u8>)> = dump_all
            .arg(DUMP_ALL)
            .arg(0)
            .query(&mut self.0)
            .expect("all there is");
        all.into_iter().collect()
    }

    /// The names of the keys that have `part` in theirs.
    pub fn keys_with(&mut self, part: &str) -> Vec<String> {
        self.dump().into_keys().filter(|key| key.contains(part)).collect()
    }

    /// What a string holds; nothing where there is none.
    pub fn get(&mut self, key: &str) -> String {
        let text: Option<String> = redis::cmd("GET").arg(key).query(&mut self.0).expect("a string");
        text.unwrap_or_default()
    }

    /// Seconds until the key ends.
    pub fn life_of(&mut self, key: &str) -> i64 {
        redis::cmd("TTL").arg(key).query(&mut self.0).expect("a life")
    }

    /// Makes so many seconds pass for the key.
    pub fn age(&mut self, key: &str, seconds: i64) {
        let left = self.life_of(key) - seconds;
        let kept: bool = redis::cmd("EXPIRE")
            .arg(key)
            .arg(left)
            .query(&mut self.0)
            .expect("a life");
        assert!(kept, "there is a {key}");
    }
}
