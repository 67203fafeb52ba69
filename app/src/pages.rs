//! The pages, one per address.

pub mod build;
pub mod join;
pub mod link_preview;
pub mod login;
pub mod nest;
pub mod not_found;
pub mod out_of_order;
pub mod pair;
