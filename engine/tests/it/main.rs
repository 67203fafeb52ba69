//! The engine on a real, private Redis: one per test, on a unix socket in a temporary folder.

mod support;

mod accounts;
mod bender;
mod bender_switch;
mod codes;
mod cost;
mod directory;
mod fencing;
mod hearing;
mod history;
mod in_browser;
mod live;
mod looking_up;
mod migration;
mod outage;
mod own_app;
mod pasting;
mod people;
mod player;
mod plays;
mod queue;
mod races;
mod renaming;
mod restart;
mod seeds;
mod sleep;
mod spotify;
mod store;
mod tv;
