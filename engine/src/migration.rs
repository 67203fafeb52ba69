//! Moving an older installation's keys into the Main Nest: `nests migrate-keys`.
//!
//! The older program had one queue, and its keys no nest's name. Each is moved by one script, so that a run that is broken
//! off leaves no key half moved and the next run goes on; nothing that exists is overwritten. Dates that Python pickled
//! become milliseconds on the way. What the moved queue means to this program is [`adoption`]'s business.

pub(crate) mod adoption;
pub(crate) mod date;
mod family;
mod pickle;
pub(crate) mod song;

use std::collections::HashSet;

use jiff::tz::TimeZone;
use nests::nest::NestId;
use nests::time::Millis;
use redis::RedisError;

pub use family::Family;

use crate::clock::Clock;
use crate::secret::RedisUrl;
use crate::store::keys::older;
use crate::store::{Store, scripts};

/// Keys that Redis looks at for one answer.
const SCAN_COUNT: usize = 512;
/// After how many keys looked at the progress is told.
const TELL_EVERY: u64 = 5_000;
/// Times that a value may change under our hands; the older program writes its clock once a second.
const ATTEMPTS: usize = 8;

/// What happens while the keys are moved, for whoever watches.
#[derive(Debug)]
pub enum News<'a> {
    Progress(&'a Summary),
    /// A key stays where it is; `key` is its old name.
    Stays {
        key: String,
        why: Stays,
    },
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stays {
    #[error("the Main Nest has such a key already, which is kept")]
    Taken,
    #[error("it should hold a date, and doesn't")]
    NoDate,
    #[error("it kept changing; is the older program still running?")]
    Busy,
    #[error("Redis refused: {0}")]
    Refused(String),
}

/// What became of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub looked_at: u64,
    /// Moved (in a dry run: to be moved), by family in the order of [`Family::ALL`].
    pub moved: [u64; Family::ALL.len()],
    /// Dates that were pickled or otherwise spelled, and are milliseconds now.
    pub dates: u64,
    /// Not moved because the Main Nest has such a key already.
    pub skipped: u64,
    /// Not moved for another reason.
    pub failed: u64,
}

impl Summary {
    pub fn moved_in_all(&self) -> u64 {
        self.moved.iter().sum()
    }

    pub fn is_complete(&self) -> bool {
        self.skipped == 0 && self.failed == 0
    }
}

/// Moves every key of the nine families to `NEST:main|...`, with type, value and remaining life. A dry run only counts.
///
/// # Errors
/// When Redis can't be reached. What was moved until then stays moved; run it again.
pub async fn migrate_keys(
    redis: &RedisUrl,
    clock: &Clock,
    dry_run: bool,
    tell: impl FnMut(News<'_>) + Send,
) -> Result<Summary, RedisError> {
    let store = Store::connect(redis.expose()).await?;
    let mut migration = Migration {
        store,
        now: clock.now(),
        zone: TimeZone::system(),
        dry_run,
        tell,
        summary: Summary::default(),
    };
    migration.run().await?;
    Ok(migration.summary)
}

struct Migration<T> {
    store: Store,
    now: Millis,
    zone: TimeZone,
    dry_run: bool,
    tell: T,
    summary: Summary,
}

/// How an attempt to move a key ended.
enum Moved {
    Yes {
        dates: u64,
    },
    /// It was moved or its life ended since it was found.
    Gone,
    Stays(Stays),
}

/// A value to be written differently in its new place. `field` is empty for a string.
struct Replacement {
    field: Vec<u8>,
    read: Vec<u8>,
    write: String,
}

impl<T: FnMut(News<'_>) + Send> Migration<T> {
    async fn run(&mut self) -> Result<(), RedisError> {
        // SCAN may name a key twice; a dry run would count it twice.
        let mut found: HashSet<Vec<u8>> = HashSet::new();
        let mut cursor = 0u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("COUNT").arg(SCAN_COUNT);
            let (next, keys): (u64, Vec<Vec<u8>>) = self.store.run(&scan).await?;
            for key in keys {
                self.summary.looked_at += 1;
                if let Some(family) = Family::of(&key)
                    && found.insert(key.clone())
                {
                    self.take(family, &key).await?;
                }
                if self.summary.looked_at.is_multiple_of(TELL_EVERY) {
                    (self.tell)(News::Progress(&self.summary));
                }
            }
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    async fn take(&mut self, family: Family, key: &[u8]) -> Result<(), RedisError> {
        let why = match self.move_key(key).await {
            Ok(Moved::Yes { dates }) => {
                self.summary.moved[family as usize] += 1;
                self.summary.dates += dates;
                return Ok(());
            }
            Ok(Moved::Gone) => return Ok(()),
            Ok(Moved::Stays(why)) => why,
            Err(error) if is_about_the_key(&error) => Stays::Refused(error.to_string()),
            Err(error) => return Err(error),
        };
        match why {
            Stays::Taken => self.summary.skipped += 1,
            Stays::NoDate | Stays::Busy | Stays::Refused(_) => self.summary.failed += 1,
        }
        let key = String::from_utf8_lossy(key).into_owned();
        (self.tell)(News::Stays { key, why });
        Ok(())
    }

    async fn move_key(&self, key: &[u8]) -> Result<Moved, RedisError> {
        let target = older::within(&NestId::main(), key);
        for _ in 0..ATTEMPTS {
            let Some(replacements) = self.replacements(key).await? else {
                return Ok(Moved::Stays(Stays::NoDate));
            };
            let dates = replacements.len() as u64;
            if self.dry_run {
                let taken: bool = self.store.run(redis::cmd("EXISTS").arg(&target)).await?;
                return Ok(if taken {
                    Moved::Stays(Stays::Taken)
                } else {
                    Moved::Yes { dates }
                });
            }
            let mut moving = scripts::MOVE_KEY.key(key);
            moving.key(&target);
            for replacement in replacements {
                moving
                    .arg(replacement.field)
                    .arg(replacement.read)
                    .arg(replacement.write);
            }
            match self.store.script::<String>(&moving).await?.as_str() {
                "moved" => return Ok(Moved::Yes { dates }),
                "taken" => return Ok(Moved::Stays(Stays::Taken)),
                "changed" => {}
                _ => return Ok(Moved::Gone),
            }
        }
        Ok(Moved::Stays(Stays::Busy))
    }

    /// The dates in a key that this program reads as milliseconds. `None`: one of them is no date.
    async fn replacements(&self, key: &[u8]) -> Result<Option<Vec<Replacement>>, RedisError> {
        let Some(dated) = Dated::of(key) else {
            return Ok(Some(Vec::new()));
        };
        let kind: String = self.store.run(redis::cmd("TYPE").arg(key)).await?;
        let values: Vec<(Vec<u8>, Vec<u8>)> = match (dated, kind.as_str()) {
            (Dated::Date | Dated::DateOrFlag, "string") => {
                let value: Option<Vec<u8>> = self.store.run(redis::cmd("GET").arg(key)).await?;
                value.into_iter().map(|value| (Vec::new(), value)).collect()
            }
            (Dated::Song, "hash") => {
                let field = b"added_at".to_vec();
                let value: Option<Vec<u8>> = self.store.run(redis::cmd("HGET").arg(key).arg(&field)).await?;
                value.into_iter().map(|value| (field.clone(), value)).collect()
            }
            (Dated::EveryField, "hash") => self.store.run(redis::cmd("HGETALL").arg(key)).await?,
            _ => Vec::new(),
        };
        let milliseconds = |read: &[u8]| match date::read(read, &self.zone) {
            None if matches!(dated, Dated::DateOrFlag) && !read.is_empty() => Some(self.now),
            at => at,
        };
        let mut replacements = Vec::new();
        for (field, read) in values {
            let Some(at) = milliseconds(&read) else {
                return Ok(None);
            };
            let write = at.0.to_string();
            if write.as_bytes() != read {
                replacements.push(Replacement { field, read, write });
            }
        }
        Ok(Some(replacements))
    }
}

/// Where the older program kept dates.
#[derive(Clone, Copy)]
enum Dated {
    Date,
    /// `1` for "it is so", with no word of since when: since now.
    DateOrFlag,
    /// A song, perhaps with the moment it was asked for.
    Song,
    EveryField,
}

impl Dated {
    fn of(key: &[u8]) -> Option<Self> {
        match key {
            b"MISC|started-on" | b"MISC|bender_streak_start" | b"MISC|current-done" | b"MISC|player-now" => {
                Some(Self::Date)
            }
            b"MISC|paused" => Some(Self::DateOrFlag),
            b"MISC|guest-login-expire" => Some(Self::EveryField),
            _ if key.starts_with(b"QUEUE|VOTE|") => None,
            _ if key.starts_with(b"QUEUE|") => Some(Self::Song),
            _ => None,
        }
    }
}

/// Whether Redis answered, and meant this key; otherwise it is away, or busy, and the others would fare no better.
fn is_about_the_key(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        redis::ErrorKind::Server(_) | redis::ErrorKind::UnexpectedReturnType
    ) && !error.is_io_error()
}
