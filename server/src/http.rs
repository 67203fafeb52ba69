//! The HTTP transport: one file per thing that can be asked for, and one per rule that all requests share.
//!
//! Files that answer: read the request, make one engine call, map the answer. No rule of the product lives here.

pub mod audio;
pub mod card;
pub mod commands;
pub mod covers;
pub mod health;
pub mod history;
pub mod library;
pub mod nests;
pub mod own_app;
pub mod pages;
pub mod player;
pub mod public_queue;
pub mod qr;
pub mod restart;
pub mod search;
pub mod short_link;
pub mod site;
pub mod spotify;
pub mod tv;
pub mod waking;

pub mod bounds;
pub mod client_address;
pub mod error;
pub mod form_body;
pub mod json_body;
pub mod own_address;
pub mod plain_page;
pub mod query;
pub mod redirect;
pub mod request_log;
pub mod same_origin;
pub mod same_shape;
pub mod security_headers;
pub mod song_list;
