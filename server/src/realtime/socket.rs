//! One open socket: says hello, brings the browser up to date, then passes frames both ways until one side leaves.
//!
//! Thousands of these wait at once, so what a waiting one holds is kept small: rare and large steps are boxed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::{CloseReason, Engine, EngineError, Frame, Seat, SeatEvent};
use nests::nest::Person;
use nests::wire::frame::{Hello, PROTOCOL, close};
use nests::wire::{ClientFrame, Command, ErrorBody, ErrorCode, ServerFrame};
use tokio::time::{Instant as Tick, sleep, timeout};

use super::incoming;
use super::pace::Pace;
use super::places::Place;
use super::websocket::{Error, Message, WebSocket};
use super::wishes::{Wish, Wishes};
use crate::http::error::ApiError;
use crate::state::{AppState, House};

/// A browser pings every 20 s; one that is silent for three of them has gone without saying so.
const IDLE: Duration = Duration::from_secs(60);
/// Until the other side must have taken a frame. Slower ones start over with a snapshot.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// For the goodbye to somebody who may not be listening any more.
const GOODBYE_TIME: Duration = Duration::from_secs(1);
/// Frames without meaning that are answered before the socket is closed.
const PATIENCE: u8 = 10;
/// RFC 6455, 7.4.1: the other side does not speak WebSocket.
const PROTOCOL_ERROR: u16 = 1002;

/// Whose socket it is and where it leads.
pub struct Guest {
    engine: Engine,
    house: Arc<House>,
    person: Person,
    seat: Seat,
    place: Place,
    pace: Pace,
    wishes: Wishes,
    /// How many frames without meaning came so far.
    riddles: u8,
}

impl Guest {
    pub fn new(state: AppState, person: Person, seat: Seat, place: Place) -> Self {
        let AppState { engine, house, .. } = state;
        let pace = Pace::new(Instant::now());
        Self {
            engine,
            house,
            person,
            seat,
            place,
            pace,
            wishes: Wishes::default(),
            riddles: 0,
        }
    }
}

/// Why a conversation is over.
enum End {
    /// The other side has left; there is nobody to tell.
    Left,
    Close(u16, &'static str),
}

const TOO_SLOW: End = End::Close(close::TRY_LATER, "too slow");

/// Runs until the browser leaves, is asked to, or falls silent.
pub async fn converse(mut socket: WebSocket, mut guest: Guest) {
    let Err(end) = welcome_and_talk(&mut socket, &mut guest).await;
    let wishes = std::mem::take(&mut guest.wishes);
    match end {
        End::Left => wishes.finish(),
        End::Close(..) => wishes.break_off(),
    }
    // The place in the nest is given up before the goodbye, which may take a while.
    drop(guest);
    if let End::Close(code, reason) = end
        && let Ok(Err(error)) = timeout(GOODBYE_TIME, socket.send_close(code, reason)).await
    {
        tracing::debug!("a socket was gone before the goodbye: {error}");
    }
}

async fn welcome_and_talk(socket: &mut WebSocket, guest: &mut Guest) -> Result<Infallible, End> {
    Box::pin(welcome(socket, guest)).await?;
    let leave = guest.place.leave();
    let leave = leave.cancelled();
    let silence = sleep(IDLE);
    tokio::pin!(leave, silence);
    loop {
        let may_wish = guest.wishes.has_room();
        let frame = tokio::select! {
            biased; // an answer goes before the event that it tells of
            answer = guest.wishes.answer() => {
                // While too many waited nobody heard whether the other side lives.
                silence.as_mut().reset(Tick::now() + IDLE);
                Some(answer)
            }
            () = &mut leave => return Err(match guest.place.is_closing_time() {
                true => End::Close(close::GOING_AWAY, "the server is restarting"),
                false => End::Close(close::SIGNED_OUT, "signed out"),
            }),
            message = socket.receive(), if may_wish => {
                silence.as_mut().reset(Tick::now() + IDLE);
                let message = message.ok_or(End::Left)?.map_err(unreadable)?;
                hear(guest, message)?.as_ref().map(Frame::of)
            }
            () = &mut silence, if may_wish => return Err(End::Close(close::GOING_AWAY, "no sign of life")),
            event = guest.seat.next() => match event {
                SeatEvent::Frame(frame) | SeatEvent::Lagged(frame) => Some(frame),
                SeatEvent::Closed(reason) => return Err(closed(reason)),
            },
        };
        if let Some(frame) = frame {
            let mut sending = std::pin::pin!(pass_on(socket, frame));
            loop {
                tokio::select! {
                    sent = &mut sending => break sent?,
                    () = guest.wishes.carry_out() => {}
                }
            }
        }
    }
}

/// Says hello, and brings the browser up to date.
async fn welcome(socket: &mut WebSocket, guest: &mut Guest) -> Result<(), End> {
    pass_on(socket, Frame::of(&hello(guest))).await?;
    for frame in std::mem::take(&mut guest.seat.opening) {
        pass_on(socket, frame).await?;
    }
    Ok(())
}

fn hello(guest: &Guest) -> ServerFrame {
    ServerFrame::Hello(Hello {
        protocol: PROTOCOL,
        build: guest.house.build.clone(),
        now: guest.engine.now(),
        me: guest.person.clone(),
    })
}

/// Takes one message of the browser and finds the answer, unless that takes a while: then it is one of their wishes.
fn hear(guest: &mut Guest, message: Message) -> Result<Option<ServerFrame>, End> {
    let read = match message {
        Message::Text(text) => incoming::read(text.as_str()),
        Message::Binary(_) => Err(incoming::Unreadable { id: 0 }),
        // Answered below us.
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => return Ok(None),
    };
    let in_pace = guest.pace.admit(Instant::now());
    match read {
        Ok(ClientFrame::Ping { t }) => Ok(in_pace.then(|| ServerFrame::Pong {
            t,
            now: guest.engine.now(),
        })),
        Ok(ClientFrame::Do { id, .. }) if !in_pace => {
            let words = "That was too fast. Wait a second.";
            let error = ErrorBody {
                retry_after: Some(1),
                ..ErrorBody::new(ErrorCode::RateLimited, words)
            };
            // Behind those before it: answers come in the order of the wishes.
            let refused = Frame::of(&ServerFrame::Refused { id, error });
            guest.wishes.push(Box::pin(std::future::ready(Some(refused))));
            Ok(None)
        }
        Ok(ClientFrame::Do { id, command }) => {
            let wish = act(guest, id, command);
            guest.wishes.push(wish);
            Ok(None)
        }
        // A browser paces these itself; of one that doesn't, those within its pace count.
        Ok(ClientFrame::Hears { .. } | ClientFrame::BackInSync {}) if !in_pace => Ok(None),
        Ok(ClientFrame::Hears { how }) => {
            guest.seat.hears(how);
            Ok(None)
        }
        Ok(ClientFrame::BackInSync {}) => {
            let wish = back_in_sync(guest);
            guest.wishes.push(wish);
            Ok(None)
        }
        Err(unreadable) => {
            guest.riddles += 1;
            if guest.riddles > PATIENCE {
                return Err(End::Close(close::UNREADABLE, "too many unreadable frames"));
            }
            let error = ErrorBody::new(ErrorCode::InvalidRequest, "That is not a command.");
            Ok(Some(ServerFrame::Refused {
                id: unreadable.id,
                error,
            }))
        }
    }
}

fn act(guest: &Guest, id: u32, command: Command) -> Wish {
    let acting = guest.seat.act(&guest.person, command);
    Box::pin(async move {
        let answer = match acting.await {
            Ok(done) => ServerFrame::Done {
                id,
                v: done.version,
                note: done.note,
            },
            Err(error) => refused(id, error),
        };
        Some(Frame::of(&answer))
    })
}

/// Answers only where it can't be passed on: as a command with the number 0.
fn back_in_sync(guest: &Guest) -> Wish {
    let wished = guest.seat.back_in_sync(&guest.person);
    Box::pin(async move { wished.await.err().map(|error| Frame::of(&refused(0, error))) })
}

fn refused(id: u32, error: EngineError) -> ServerFrame {
    ServerFrame::Refused {
        id,
        error: ApiError::from(error).0,
    }
}

async fn pass_on(socket: &mut WebSocket, frame: Frame) -> Result<(), End> {
    match timeout(WRITE_TIME, socket.send_text(frame.0)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Left),
        Err(_) => Err(TOO_SLOW),
    }
}

fn closed(reason: CloseReason) -> End {
    match reason {
        CloseReason::NestGone => End::Close(close::NEST_GONE, "this nest is gone"),
        CloseReason::NestAsleep => End::Close(close::NEST_ASLEEP, "this nest fell asleep"),
        CloseReason::NestRestarted => End::Close(close::NEST_RESTARTED, "this nest was restarted"),
        CloseReason::ShuttingDown => End::Close(close::GOING_AWAY, "the server is restarting"),
    }
}

/// What the WebSocket layer could not read, by kind.
fn unreadable(error: Error) -> End {
    match error {
        Error::Capacity(_) => End::Close(close::TOO_BIG, "that frame is too big"),
        Error::Utf8(_) => End::Close(close::UNREADABLE, "that is not UTF-8"),
        Error::Protocol(_) => End::Close(PROTOCOL_ERROR, "that is not WebSocket"),
        _ => End::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_future<F, Future>(_: F) -> usize
    where
        F: FnOnce(WebSocket, Guest) -> Future,
    {
        size_of::<Future>()
    }

    /// The goal is 8 kB a socket in all; what waits in `converse` is the part of it that is ours.
    #[test]
    fn a_waiting_socket_is_small() {
        let (waiting, guest, socket) = (
            size_of_future(converse),
            size_of::<Guest>(),
            size_of::<WebSocket>(),
        );
        assert!(
            waiting <= 2048,
            "{waiting} bytes, with a guest of {guest} and a WebSocket of {socket}"
        );
    }
}
