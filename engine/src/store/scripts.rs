//! The Lua scripts, compiled into the program; Redis gets each one once and is then asked by hash.

use std::sync::LazyLock;

use redis::Script;

type Lazy = LazyLock<Script>;

pub(crate) static COMMIT: Lazy = LazyLock::new(|| with_event(include_str!("scripts/commit.lua")));
pub(crate) static AWAKEN: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/awaken.lua")));
pub(crate) static CREATE: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/create.lua")));
pub(crate) static COUNT_NAMES: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/count_names.lua")));
pub(crate) static RENAME: Lazy = LazyLock::new(|| with_event(include_str!("scripts/rename.lua")));
pub(crate) static EMOJI: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/emoji.lua")));
pub(crate) static DELETE: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/delete.lua")));
pub(crate) static SLEEP: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/sleep.lua")));
pub(crate) static RESTART: Lazy = LazyLock::new(|| with_effects(include_str!("scripts/restart.lua")));
pub(crate) static LEAVE: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/leave.lua")));
pub(crate) static JOIN: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/join.lua")));
pub(crate) static DEADLINE: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/deadline.lua")));
pub(crate) static IDEAS: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/ideas.lua")));
pub(crate) static LEASE: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/lease.lua")));
pub(crate) static PEOPLE: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/people.lua")));
pub(crate) static MOVE_KEY: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/move_key.lua")));
pub(crate) static ADOPT: Lazy = LazyLock::new(|| with_effects(include_str!("scripts/adopt.lua")));
pub(crate) static OFFER_TV: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/offer_tv.lua")));
pub(crate) static KEEP_ACCOUNT: Lazy =
    LazyLock::new(|| Script::new(include_str!("scripts/keep_account.lua")));
pub(crate) static ACCOUNT_WITHDRAWN: Lazy =
    LazyLock::new(|| Script::new(include_str!("scripts/account_withdrawn.lua")));
pub(crate) static KEEP_SEAT: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/keep_seat.lua")));
pub(crate) static OWN_APP: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/own_app.lua")));
pub(crate) static LEAD: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/lead.lua")));
pub(crate) static PUT_PLAYER: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/put_player.lua")));
pub(crate) static TAKE_OVER: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/take_over.lua")));
pub(crate) static FOOTING: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/footing.lua")));
pub(crate) static HAND_BACK: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/hand_back.lua")));
pub(crate) static REST: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/rest.lua")));
pub(crate) static PAIR_TV: Lazy = LazyLock::new(|| Script::new(include_str!("scripts/pair_tv.lua")));

/// A script that writes an event and its effects.
fn with_event(script: &str) -> Script {
    with_effects(&[include_str!("scripts/append.lua"), script].concat())
}

/// A script that takes effects: what carries them out stands in front of it.
fn with_effects(script: &str) -> Script {
    Script::new(&[include_str!("scripts/carry_out.lua"), script].concat())
}
