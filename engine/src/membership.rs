//! Who is in a nest.
//!
//! A person is in while at least one of their sockets is open, anywhere. Each process vouches for the people whose sockets
//! it holds by a heartbeat; whoever nobody vouches for is gone after [`HEARTBEAT_LIFE`]. A lost connection has a grace
//! before the others are told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use nests::hearing::Hears;
use nests::nest::member::Listener;
use nests::nest::{MemberId, NestId, Person};
use nests::time::Millis;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::error::EngineError;
use crate::live::nest::{People, named};
use crate::live::present::{Ears, Present};
use crate::live::{LiveNest, Seat, Since, news};
use crate::store::keys::{HEARTBEAT_LIFE, VISITED_LIFE, channel, member_prefix};
use crate::store::{Key, scripts};
use crate::visits::VISITS_REMEMBERED;

const HEARTBEAT: Duration = Duration::from_secs(30);
/// Coming and going within this time is told once: a thousand people who come at once make four lists a second, not a
/// thousand.
const GATHER: Duration = Duration::from_millis(250);

/// As it stands in the store, for all processes that vouch for the person.
#[derive(Serialize, Deserialize)]
struct Heartbeat {
    person: Person,
    since: Millis,
    /// By process. Where all of them only look there is none.
    #[serde(default)]
    hears: BTreeMap<String, Heard>,
}

/// How somebody hears the nest by the sockets of one process, and until when its word counts.
#[derive(Serialize, Deserialize)]
struct Heard {
    how: Hears,
    until: Millis,
}

impl Heartbeat {
    fn listener(self, now: Millis) -> Listener {
        let live = self.hears.into_values().filter(|heard| heard.until > now);
        Listener {
            person: self.person,
            since: self.since,
            hears: Hears::together(live.map(|heard| Some(heard.how))),
        }
    }
}

impl Engine {
    /// Takes a place in a nest for one socket of `by`.
    pub async fn join(&self, nest: &NestId, by: &Person, since: Option<Since>) -> Result<Seat, EngineError> {
        let live = self.open(nest).await?;
        let listener = {
            let mut present = live.present();
            let entry = present.entry(by.id.clone()).or_insert_with(|| {
                Present::new(Listener {
                    person: by.clone(),
                    since: self.now(),
                    hears: None,
                })
            });
            entry.sockets += 1;
            entry.listener.clone()
        };
        // From here on the seat's drop takes the socket out again, also when the store refuses.
        let seat = Seat::take(self.clone(), live.clone(), by.id.clone(), since);
        match self.vouch(&live, &listener).await? {
            -1 => return Err(EngineError::NestAsleep),
            // Somebody new: the news reaches us over the channel as well, but the list should not wait for it.
            1 => self.inner.hub.people_changed(nest),
            _ if live.people().is_none() => self.inner.hub.people_changed(nest),
            _ => {}
        }
        if self.has_spotify(nest).await? {
            self.accompany(nest, &by.id);
        }
        Ok(seat)
    }

    /// -1: the nest is not alive; 1: new in the nest; 0: known.
    async fn vouch(&self, live: &LiveNest, listener: &Listener) -> Result<i64, EngineError> {
        let (nest, member) = (&live.id, &listener.person.id);
        let heartbeat = Heartbeat {
            person: listener.person.clone(),
            since: listener.since,
            hears: BTreeMap::new(), // the script keeps what other processes say
        };
        let heartbeat =
            serde_json::to_string(&heartbeat).map_err(|error| EngineError::Unreadable(error.to_string()))?;
        let mut join = scripts::JOIN.key(Key::Log(nest).name());
        join.key(Key::Members(nest).name())
            .key(Key::Member(nest, member).name())
            .key(Key::LastActivity(nest).name());
        // Everybody comes by the Main Nest: that is no visit to remember.
        if !nest.is_main() {
            join.key(Key::Visited(member).name());
        }
        join.arg(member.as_str())
            .arg(heartbeat)
            .arg(HEARTBEAT_LIFE.as_millis() as u64)
            .arg(self.now().0);
        join.arg(channel(nest)).arg(news::PEOPLE);
        join.arg(self.inner.player.holder())
            .arg(listener.hears.map_or("", Hears::as_str));
        join.arg(nest.as_str())
            .arg(VISITS_REMEMBERED)
            .arg(VISITED_LIFE.as_secs());
        Ok(self.inner.store.script(&join).await?)
    }

    /// Somebody here hears the nest otherwise than before: the others are told with the next list.
    pub(crate) fn hears(&self, live: &LiveNest, member: &MemberId, change: impl FnOnce(&mut Ears)) {
        if live.hears(member, change) {
            self.inner.hub.people_changed(&live.id);
        }
    }

    /// One socket less, which heard the nest like that. Called from a drop, so it cannot wait: the rest happens after the grace.
    pub(crate) fn leave(self, live: Arc<LiveNest>, member: MemberId, heard: Option<Hears>) {
        let is_last = {
            let mut present = live.present();
            present.get_mut(&member).is_some_and(|entry| {
                entry.sockets = entry.sockets.saturating_sub(1);
                entry.sockets == 0
            })
        };
        self.hears(&live, &member, |ears| ears.browser_left(heard, is_last));
        // A program that ends leaves its people's heartbeats: they are back within seconds, on this process or another.
        if !is_last || self.inner.stop.is_cancelled() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            let leaving = async {
                tokio::time::sleep(self.inner.settings.leave_grace).await;
                self.leave_for_good(&live, &member).await;
            };
            // Also in the middle of it: a store that ends with the program would be waited for in vain.
            tokio::select! {
                () = self.inner.stop.cancelled() => {}
                () = leaving => {}
            }
        });
    }

    async fn leave_for_good(&self, live: &LiveNest, member: &MemberId) {
        {
            let mut present = live.present();
            if present.get(member).is_none_or(|entry| entry.sockets > 0) {
                return; // back already, or gone by another way
            }
            present.remove(member);
        }
        let nest = &live.id;
        self.inner.conductors.nudge(nest, member, None);
        let is_in_the_next_generation = |next: Arc<LiveNest>| next.present().contains_key(member);
        if self.inner.hub.held(nest).is_some_and(is_in_the_next_generation) {
            return; // this one was restarted, and they went along
        }
        let mut leave = scripts::LEAVE.key(Key::Log(nest).name());
        leave
            .key(Key::Members(nest).name())
            .key(Key::Member(nest, member).name())
            .key(Key::LastActivity(nest).name());
        leave
            .arg(member.as_str())
            .arg(self.now().0)
            .arg(channel(nest))
            .arg(news::PEOPLE);
        if let Err(error) = self.inner.store.script::<i64>(&leave).await {
            tracing::warn!(nest.id = %nest, %error, "somebody left and the store was not told; the heartbeat will tell");
        }
    }

    pub async fn people(&self, nest: &NestId) -> Result<People, EngineError> {
        if let Some(people) = self.inner.hub.held(nest).and_then(|live| live.people()) {
            return Ok(people);
        }
        Ok(named(self.read_people(nest).await?))
    }

    pub(crate) async fn read_people(&self, nest: &NestId) -> Result<Vec<Listener>, EngineError> {
        Ok(self.read_heartbeats(nest).await?.0)
    }

    /// Who is here, and how long until the first of their heartbeats ends unless it is renewed.
    async fn read_heartbeats(&self, nest: &NestId) -> Result<(Vec<Listener>, Option<Duration>), EngineError> {
        let mut read = scripts::PEOPLE.key(Key::Members(nest).name());
        read.arg(member_prefix(nest));
        let (first_end, heartbeats): (i64, Vec<String>) = self.inner.store.script(&read).await?;
        let now = self.now();
        let parse = |text: &String| {
            let heartbeat: Heartbeat =
                serde_json::from_str(text).map_err(|e| EngineError::Unreadable(e.to_string()))?;
            Ok(heartbeat.listener(now))
        };
        let listeners = heartbeats
            .iter()
            .map(parse)
            .collect::<Result<Vec<Listener>, EngineError>>()?;
        Ok((
            listeners,
            u64::try_from(first_end).ok().map(Duration::from_millis),
        ))
    }

    /// Keeps the list of who is here right, everywhere, and our people's heartbeats going.
    pub(crate) async fn run_people(&self, mut changed: mpsc::Receiver<NestId>, stop: CancellationToken) {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // When the next heartbeat in a nest ends: renewed in time nearly always; when a process died, that is when its people
        // have left.
        let mut ends: HashMap<NestId, Instant> = HashMap::new();
        loop {
            let mut nests = HashSet::new();
            let next_end = ends.values().min().copied();
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep_until(next_end.unwrap_or_else(Instant::now)), if next_end.is_some() => {
                    let now = Instant::now();
                    nests.extend(ends.iter().filter(|(_, at)| **at <= now).map(|(nest, _)| nest.clone()));
                }
                _ = heartbeat.tick() => nests.extend(self.heartbeat_step().await),
                Some(nest) = changed.recv() => {
                    nests.insert(nest);
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(GATHER) => {}
                    }
                    while let Ok(nest) = changed.try_recv() {
                        nests.insert(nest);
                    }
                }
            }
            for nest in nests {
                ends.remove(&nest);
                match self.refresh_people(&nest).await {
                    Ok(Some(first_end)) => {
                        ends.insert(nest, Instant::now() + first_end + GATHER);
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(nest.id = %nest, %error, "who is here could not be read")
                    }
                }
            }
        }
    }

    /// One heartbeat for everybody who sits here: [`HEARTBEAT_LIFE`] from now on they count as here. Answers the nests in
    /// which somebody does.
    pub async fn heartbeat_step(&self) -> Vec<NestId> {
        self.inner.hub.sweep(self.now()).await;
        let mut nests = Vec::new();
        for live in self.inner.hub.all() {
            let here: Vec<Listener> = live
                .present()
                .values()
                .map(|entry| entry.listener.clone())
                .collect();
            if !here.is_empty() {
                live.touch(self.now());
                nests.push(live.id.clone());
            }
            for listener in here {
                if let Err(error) = self.vouch(&live, &listener).await {
                    tracing::warn!(nest.id = %live.id, %error, "a heartbeat did not get through");
                    break;
                }
            }
        }
        nests
    }

    /// Answers how long until the first heartbeat ends, where the nest is held here and somebody is in it.
    async fn refresh_people(&self, nest: &NestId) -> Result<Option<Duration>, EngineError> {
        let Some(live) = self.inner.hub.held(nest) else {
            return Ok(None);
        };
        // Gathered as coming and going is: however often they change, four times a second at most.
        for listener in live.take_untold() {
            self.vouch(&live, &listener).await?;
        }
        let (mut listeners, first_end) = self.read_heartbeats(nest).await?;
        let known: HashSet<MemberId> = listeners.iter().map(|l| l.person.id.clone()).collect();
        let ours: Vec<Listener> = live
            .present()
            .values()
            .map(|entry| entry.listener.clone())
            .collect();
        // Another process saw the last of its sockets of somebody who still sits here.
        for listener in ours.into_iter().filter(|l| !known.contains(&l.person.id)) {
            if self.vouch(&live, &listener).await? >= 0 {
                listeners.push(listener);
            }
        }
        // By the list alone: whoever came in through this process sits here before they stand in it.
        let knew_of_somebody = live.people().is_some_and(|people| people.count > 0);
        live.set_people(named(listeners));
        let snapshot = live.snapshot();
        let bender_begins = !knew_of_somebody && snapshot.bender.enabled;
        if bender_begins || snapshot.playing.is_none() {
            self.inner.player.poke(nest);
        }
        Ok(first_end)
    }
}
