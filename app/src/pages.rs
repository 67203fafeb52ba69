//! The pages, one per address.

pub mod asleep;
pub mod build;
pub mod history;
pub mod join;
pub mod link_preview;
pub mod login;
mod moment;
pub mod my_nests;
pub mod nest;
pub mod not_found;
pub mod out_of_order;
pub mod pair;
pub mod paste;
pub mod settings;
pub mod spotify;
