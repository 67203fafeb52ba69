//! EchoNest's use cases: the only place where a rule meets Redis or a music source.
//!
//! One file per use case, each a few methods on [`Engine`]. The rules themselves stand in the `nests` crate; the wire that
//! brings a wish here (server function, socket, REST) is of no interest to this one.

pub mod accounts;
mod acting;
mod adding;
mod address;
pub mod apps;
mod bender;
mod building;
mod calendar;
mod cards;
mod cleanup;
mod clock;
mod deleting;
mod digest;
mod directory;
mod discretion;
mod emoji;
mod engine;
mod error;
pub mod hearing;
pub mod history;
pub mod live;
mod looking_up;
mod membership;
pub mod migration;
pub mod own_app;
mod pace;
pub mod pasting;
mod playing;
mod playlists;
pub mod plays;
mod random;
mod renaming;
mod restarting;
mod seal;
mod searching;
mod secret;
mod sessions;
mod settings;
pub mod source;
pub mod store;
mod switching;
mod tv;
mod visits;
mod waiting;

pub use acting::Done;
pub use adding::Outcome;
pub use address::AddressKey;
pub use building::NewNest;
pub use calendar::{HouseZone, HouseZoneError};
pub use clock::Clock;
pub use discretion::is_discreet;
pub use engine::{Engine, StartError};
pub use error::EngineError;
pub use live::nest::People;
pub use live::{CloseReason, Frame, Seat, SeatEvent, Since};
pub use renaming::Alteration;
pub use restarting::{RestartMode, RestartWish, Restarted};
pub use seal::Seal;
pub use secret::{RedisUrl, SessionId, SpotifySecret, TvToken};
pub use sessions::Session;
pub use settings::{EngineSettings, RedisWhere, SpotifyAt, SpotifySettings};
pub use tv::Screen;
pub use visits::KnownNest;
