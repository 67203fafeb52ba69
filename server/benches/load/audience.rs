//! Everybody who listens to the Main Nest: who votes, and when the last of them has heard of it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Outcome;
use crate::listener::{self, Arrival, Listener};
use crate::program::Program;
use crate::visitor::Visitor;

/// Connections under way at once: fewer than wait at the port's door.
const OPENING_AT_ONCE: usize = 50;
/// Until a socket has its snapshot.
const JOIN_TIME: Duration = Duration::from_secs(30);
/// Until an event has reached everybody.
const ARRIVAL_TIME: Duration = Duration::from_secs(10);
/// Arrivals nobody has looked at yet: two events in the largest crowd.
const ARRIVALS: usize = 2 * crate::crowd::LARGEST;

pub struct Audience<'a> {
    program: &'a Program,
    people: &'a [Visitor],
    listeners: Vec<Listener>,
    arrivals: mpsc::Receiver<Arrival>,
    report: mpsc::Sender<Arrival>,
    /// The newest version that everybody has.
    version: u64,
    /// Who has voted on what: the next vote takes it back, so that each vote changes something.
    voted: HashSet<(usize, String)>,
}

impl<'a> Audience<'a> {
    /// Nobody yet.
    pub fn of(program: &'a Program, people: &'a [Visitor]) -> Self {
        let (report, arrivals) = mpsc::channel(ARRIVALS);
        Self {
            program,
            people,
            listeners: Vec::new(),
            arrivals,
            report,
            version: 0,
            voted: HashSet::new(),
        }
    }

    pub fn count(&self) -> usize {
        self.listeners.len()
    }

    /// Opens sockets until there are `count`, of the people in turn.
    pub async fn grow_to(&mut self, count: usize) -> Outcome<()> {
        while self.count() < count {
            let mut opening = JoinSet::new();
            for n in self.count()..count.min(self.count() + OPENING_AT_ONCE) {
                let (addr, cookie) = (
                    self.program.addr,
                    self.people[n % self.people.len()].cookie.clone(),
                );
                opening.spawn(async move { (n, timeout(JOIN_TIME, listener::join(addr, &cookie)).await) });
            }
            let mut joined = opening.join_all().await;
            joined.sort_unstable_by_key(|(n, _)| *n);
            for (_, socket) in joined {
                let socket = socket.map_err(|_| "a socket did not get its snapshot in time")??;
                self.listeners.push(Listener::new(socket, self.report.clone()));
            }
        }
        Ok(())
    }

    /// The `n`-th listener votes over the socket; gives how long it took until the last of all listeners had it.
    pub async fn vote(&mut self, n: usize, song: &str) -> Outcome<Duration> {
        let n = n % self.count();
        let vote = self.turn_vote(n % self.people.len(), song);
        let sent = Instant::now();
        self.listeners[n]
            .wish(json!({"do": {"id": 1, "command": vote}}).to_string())
            .await?;
        Ok(self.everybody_has_the_next().await?.duration_since(sent))
    }

    /// The `n`-th person votes over HTTP; returns when the last listener has it.
    pub async fn vote_over_http(&mut self, n: usize, song: &str) -> Outcome<()> {
        let n = n % self.people.len();
        let vote = self.turn_vote(n, song);
        self.people[n].post("/api/nests/main/commands", &vote)?;
        self.everybody_has_the_next().await?;
        Ok(())
    }

    /// Up, or back.
    fn turn_vote(&mut self, voter: usize, song: &str) -> Value {
        let mark = (voter, song.to_owned());
        let vote = if self.voted.remove(&mark) {
            None
        } else {
            Some("up")
        };
        if vote.is_some() {
            self.voted.insert(mark);
        }
        json!({"vote": {"song": song, "vote": vote}})
    }

    /// When the last listener got the next event.
    async fn everybody_has_the_next(&mut self) -> Outcome<Instant> {
        let last = timeout(ARRIVAL_TIME, self.next_arrivals()).await;
        last.map_err(|_| "an event did not reach everybody in time")?
    }

    async fn next_arrivals(&mut self) -> Outcome<Instant> {
        let (mut missing, mut last, mut expected) = (self.count(), None, None);
        while missing > 0 {
            match self.arrivals.recv().await.ok_or("nobody listens any more")? {
                Arrival::Event { version, .. } if version <= self.version => {}
                Arrival::Event { version, at } if *expected.get_or_insert(version) == version => {
                    missing -= 1;
                    last = last.max(Some(at));
                }
                Arrival::Event { .. } => return Err("something else happened in the nest".into()),
                Arrival::Trouble(what) => return Err(what.into()),
            }
        }
        self.version = expected.unwrap_or(self.version);
        Ok(last.ok_or("there is nobody to hear it")?)
    }
}
