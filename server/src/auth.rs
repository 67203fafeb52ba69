//! Who asks. Every way to sign in ends in a session of the engine and a signed cookie; everything behind that sees a
//! person and never how they came in. Google, Nostr and API tokens will be further files here, next to `guest`.

pub mod bearer;
pub mod developer;
pub mod guest;
pub mod session_cookie;
pub mod sign_in_pace;
pub mod sign_out;
pub mod visitor;
