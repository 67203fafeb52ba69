//! The live socket: one per browser tab, a thin door to the engine's seats.
//!
//! Everything about who hears what is the engine's; here are the WebSocket's own matters: upgrade, pace, close codes.

pub mod incoming;
pub mod pace;
pub mod places;
pub mod socket;
pub mod upgrade;
pub mod websocket;
pub mod wishes;
