//! What a process costs, as Linux counts it.

use std::time::Duration;

use crate::Outcome;

/// Linux counts a process's time in hundredths of a second, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

/// In kB of 1,024 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// In memory now, shared libraries and the program's own text included.
    pub resident: u64,
    /// Of that, what the process has written: heap and stacks.
    pub anonymous: u64,
}

impl Process {
    pub fn memory(self) -> Outcome<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let read = || {
            Some(Memory {
                resident: kilobytes("VmRSS:")?,
                anonymous: kilobytes("RssAnon:")?,
            })
        };
        read().ok_or_else(|| "the system does not say how much memory the program has".into())
    }

    /// Time on all cores so far, in the program and in the kernel on its behalf.
    pub fn cpu(self) -> Outcome<Duration> {
        /// Counted after the name, which is in parentheses and may hold anything: user time, then system time.
        const USER_TIME: usize = 11;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        let read = || {
            let mut times = stat.rsplit_once(')')?.1.split_whitespace().skip(USER_TIME);
            Some(times.next()?.parse::<u32>().ok()? + times.next()?.parse::<u32>().ok()?)
        };
        let ticks = read().ok_or("the system does not say how much time the program took")?;
        Ok(TICK * ticks)
    }
}
