//! How many sockets are open, whose they are, and how they are asked to leave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use engine::SessionId;
use nests::nest::MemberId;
use nests::wire::{ErrorBody, ErrorCode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::http::error::ApiError;

/// Sockets of this process at once: 10,000 × 8 kB = 80 MB.
pub const MAX_SOCKETS: usize = 10_000;
/// A person's tabs and devices; one person cannot take the room of the others.
pub const MAX_SOCKETS_PER_PERSON: usize = 32;
/// Until sockets have said goodbye when the program stops.
const FAREWELL: Duration = Duration::from_secs(5);
/// Seconds after which it may be worth trying again.
const TRY_AGAIN: u32 = 30;

/// The register of open sockets. A clone is a pointer.
#[derive(Clone)]
pub struct Places(Arc<Register>);

struct Register {
    /// Parent of all sockets' tokens.
    stop: CancellationToken,
    taken: Mutex<Taken>,
    /// How many are open, for whoever waits until none is.
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct Taken {
    by_person: HashMap<MemberId, usize>,
    /// By session: how many, and what tells them that the session ended.
    by_session: HashMap<String, (usize, CancellationToken)>,
}

/// One open socket's entry; dropping it makes room.
pub struct Place {
    register: Arc<Register>,
    member: MemberId,
    session: Option<String>,
    leave: CancellationToken,
}

impl Places {
    pub fn new(stop: CancellationToken) -> Self {
        let (taken, count) = (Mutex::default(), watch::Sender::new(0));
        Self(Arc::new(Register { stop, taken, count }))
    }

    /// # Errors
    /// `rate_limited`, when the person or the whole program has as many as may be.
    pub fn take(&self, member: &MemberId, session: Option<&SessionId>) -> Result<Place, ApiError> {
        let mut taken = self.0.taken();
        let of_person = taken.by_person.get(member).copied().unwrap_or(0);
        if of_person >= MAX_SOCKETS_PER_PERSON {
            return Err(full("You have this open in too many places. Close some of them."));
        }
        if *self.0.count.borrow() >= MAX_SOCKETS {
            return Err(full(
                "There is no room for more listeners right now. Try again in a moment.",
            ));
        }
        taken.by_person.insert(member.clone(), of_person + 1);
        let session = session.map(|session| session.expose().to_owned());
        let leave = match &session {
            Some(session) => {
                let fresh = || (0, self.0.stop.child_token());
                let (count, leave) = taken.by_session.entry(session.clone()).or_insert_with(fresh);
                *count += 1;
                leave.clone()
            }
            None => self.0.stop.child_token(),
        };
        self.0.count.send_modify(|count| *count += 1);
        let (register, member) = (Arc::clone(&self.0), member.clone());
        Ok(Place {
            register,
            member,
            session,
            leave,
        })
    }

    /// Asks the session's sockets to leave.
    pub fn sign_out(&self, session: &SessionId) {
        if let Some((_, leave)) = self.0.taken().by_session.get(session.expose()) {
            leave.cancel();
        }
    }

    /// Waits until every socket is gone, but not for long.
    pub async fn emptied(&self) {
        let mut count = self.0.count.subscribe();
        let emptied = tokio::time::timeout(FAREWELL, count.wait_for(|count| *count == 0));
        if emptied.await.is_err() {
            tracing::warn!(
                "{} sockets did not close in {} s",
                *self.0.count.borrow(),
                FAREWELL.as_secs()
            );
        }
    }

    pub fn count(&self) -> usize {
        *self.0.count.borrow()
    }
}

fn full(message: &str) -> ApiError {
    ErrorBody {
        retry_after: Some(TRY_AGAIN),
        ..ErrorBody::new(ErrorCode::RateLimited, message)
    }
    .into()
}

impl Register {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Place {
    /// Cancelled when the session ends or the program stops.
    pub fn leave(&self) -> CancellationToken {
        self.leave.clone()
    }

    /// Whether it is the program that stops.
    pub fn is_closing_time(&self) -> bool {
        self.register.stop.is_cancelled()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.register.taken();
        if let Some(count) = taken.by_person.get_mut(&self.member) {
            *count -= 1;
            if *count == 0 {
                taken.by_person.remove(&self.member);
            }
        }
        if let Some(session) = &self.session
            && let Some((count, _)) = taken.by_session.get_mut(session)
        {
            *count -= 1;
            if *count == 0 {
                taken.by_session.remove(session);
            }
        }
        drop(taken);
        self.register.count.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: usize) -> MemberId {
        MemberId::parse(&format!("g-{n}")).expect("an id")
    }

    fn session(digit: &str) -> SessionId {
        SessionId::parse(&digit.repeat(64)).expect("a session id")
    }

    #[test]
    fn one_person_cannot_take_everybodys_room_and_leaving_makes_room() {
        let places = Places::new(CancellationToken::new());
        let mut held: Vec<Place> = (0..MAX_SOCKETS_PER_PERSON)
            .flat_map(|_| places.take(&member(1), None))
            .collect();
        let refused = places.take(&member(1), None).err().expect("one too many");
        assert_eq!(
            (refused.0.error, refused.0.retry_after),
            (ErrorCode::RateLimited, Some(TRY_AGAIN))
        );
        assert!(places.take(&member(2), None).is_ok(), "somebody else has room");
        held.pop();
        assert!(places.take(&member(1), None).is_ok());
        held.clear();
        assert_eq!(places.count(), 0);
        assert!(
            places.0.taken().by_person.is_empty(),
            "nothing is remembered of who has gone"
        );
    }

    #[test]
    fn the_whole_house_is_bounded() {
        let places = Places::new(CancellationToken::new());
        let held: Vec<Place> = (0..MAX_SOCKETS)
            .flat_map(|n| places.take(&member(n), None))
            .collect();
        assert_eq!(held.len(), MAX_SOCKETS);
        assert!(places.take(&member(MAX_SOCKETS), None).is_err());
    }

    #[test]
    fn signing_out_asks_only_that_sessions_sockets_to_leave_and_stopping_asks_all() {
        let stop = CancellationToken::new();
        let places = Places::new(stop.clone());
        let take = |digit: &str| {
            places
                .take(&member(1), Some(&session(digit)))
                .unwrap_or_else(|e| panic!("{e:?}"))
        };
        let (here, there) = (take("a"), take("b"));
        places.sign_out(&session("a"));
        assert!(here.leave().is_cancelled() && !there.leave().is_cancelled());
        assert!(!here.is_closing_time());
        stop.cancel();
        assert!(there.leave().is_cancelled() && there.is_closing_time());
        drop((here, there));
        assert!(places.0.taken().by_session.is_empty());
    }
}
