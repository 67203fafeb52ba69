//! The program from outside: real Redis, real files, real sockets. One binary, so that it links once.

mod accounts;
mod bad_input;
mod bearer;
mod commands;
mod contract;
mod documented;
mod full_disk;
mod history;
mod live;
mod music;
mod nests_api;
mod own_app;
mod pages;
mod paste;
mod playing_here;
mod presence;
mod public_queue;
mod restart;
mod settings_page;
mod sharing;
mod signing_in;
mod spotify;
mod starting;
mod stopping;
mod support;
mod tv;
