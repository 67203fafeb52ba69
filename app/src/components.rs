//! The parts that pages are made of, one per file, each drawn with the style sheet of its name in `style/`.
//!
//! Components read the nest's state and write forms; what a form does is the live client's business, or the server's
//! where no script runs.

pub mod again;
pub mod avatar;
pub mod banner;
pub mod bottom_bar;
pub mod build;
pub mod cover;
pub mod dialog;
pub mod icon;
pub mod join;
pub mod keys_help;
pub mod local_time;
pub mod menu;
pub mod nest_bar;
pub mod notice;
pub mod peek;
pub mod people;
pub mod progress;
pub mod queue;
pub mod row;
pub mod search;
pub mod share;
pub mod stage;
pub mod themes;
pub mod toasts;
pub mod track_field;
pub mod tune_in;
pub mod volume;
