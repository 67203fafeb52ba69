//! The private Redis's own statistics, read over its unix socket.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::process::Process;
use crate::{Failure, Outcome};

const ANSWER_TIME: Duration = Duration::from_secs(5);
/// The statistics are a few kB.
const LONGEST_ANSWER: usize = 256 * 1024;

pub struct RedisStats(BufReader<UnixStream>);

/// Calls by the name of the command.
pub type Calls = BTreeMap<String, u64>;

impl RedisStats {
    pub fn open(socket: &Path) -> Outcome<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(ANSWER_TIME))?;
        stream.set_write_timeout(Some(ANSWER_TIME))?;
        Ok(Self(BufReader::new(stream)))
    }

    pub fn process(&mut self) -> Outcome<Process> {
        let info = self.ask("INFO server")?;
        let pid = info
            .lines()
            .find_map(|line| line.strip_prefix("process_id:")?.trim().parse().ok());
        pid.map(Process)
            .ok_or_else(|| "Redis does not say which process it is".into())
    }

    /// Sets all counters to zero.
    pub fn reset(&mut self) -> Outcome<()> {
        self.ask("CONFIG RESETSTAT").map(drop)
    }

    /// What was called since the reset, inside scripts and out.
    pub fn calls(&mut self) -> Outcome<Calls> {
        let info = self.ask("INFO commandstats")?;
        let calls = info.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            Some((name.to_owned(), rest.split(',').next()?.parse().ok()?))
        });
        Ok(calls.collect())
    }

    /// Sends one line and reads the answer: `+OK`, or `$length` and so many bytes.
    fn ask(&mut self, command: &str) -> Outcome<String> {
        let unexpected =
            |line: &str| -> Failure { format!("Redis answered {command} with {}", line.trim_end()).into() };
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        if line.starts_with('+') {
            return Ok(line);
        }
        let length: usize = match line.strip_prefix('$').map(|length| length.trim_end().parse()) {
            Some(Ok(length)) if length <= LONGEST_ANSWER => length,
            _ => return Err(unexpected(&line)),
        };
        let mut answer = vec![0; length + "\r\n".len()];
        self.0.read_exact(&mut answer)?;
        Ok(String::from_utf8(answer)?)
    }
}
