//! One's own Spotify in a nest that goes by its host's app: how many seats are taken, and what is told in other words because
//! it is the host who can help.

use engine::own_app::Seats;
use leptos::prelude::*;
use nests::hearing::Footing;
use nests::nest::NestId;

use super::{Line, Told, bad, good};

const ALL_TAKEN: Line = bad(
    "All five seats of this nest's Spotify app are taken, so you can't connect here. You can add songs and vote as before, \
     and hear what isn't Spotify's.",
);
const NOT_ENTERED: Line = bad(
    "This nest's Spotify app doesn't know your account. Ask the nest's host to enter your name and Spotify address at \
     developer.spotify.com: the app's settings, User Management. Until then you can add songs and vote as before.",
);

const NOT_KNOWN: Line = bad(
    "Spotify doesn't know this nest's app any more. Ask the nest's host to enter it again, in the nest's settings. Until then you \
     can add songs and vote as before.",
);

const WERE_ALL_TAKEN: Line = bad(
    "All five seats of this nest's Spotify app were taken a moment ago. One is free by now: connect once more.",
);

/// The nest whose own app it is.
#[derive(Clone, Debug)]
pub(super) struct TheNest {
    pub(super) nest: NestId,
    pub(super) seats: Seats,
}

impl TheNest {
    pub(super) const fn is_full(&self) -> bool {
        self.seats.used >= self.seats.of
    }

    /// What a word in the address stands for here, where that is something else. That all seats are taken is told anyway.
    pub(super) fn sentence(&self, word: &str) -> Option<Line> {
        match word {
            "no-seat" => Some(NOT_ENTERED),
            "app-refused" => Some(NOT_KNOWN),
            "seats-taken" if !self.is_full() => Some(WERE_ALL_TAKEN),
            "disconnected" => Some(good(
                "Disconnected. The house has forgotten your account, and your seat is free.",
            )),
            _ => None,
        }
    }
}

/// Says to the form's other side by which app one connects or disconnects.
pub(super) fn field(by_nest: Option<TheNest>) -> impl IntoView {
    by_nest.map(|by| view! { <input type="hidden" name="nest" value=by.nest.to_string()/> })
}

/// Before one has a seat, and while one has it.
#[component]
pub(super) fn SeatsLine(by: TheNest, #[prop(optional)] is_mine: bool) -> impl IntoView {
    let seats = format!(
        "This nest goes by its host's own Spotify app: {} of {} seats used.",
        by.seats.used, by.seats.of
    );
    let told = (by.is_full() && !is_mine).then_some(ALL_TAKEN);
    view! {
        <p class="card__text" data-testid="seats">{seats}</p>
        {told.map(|told| view! { <Told told/> })}
    }
    .into_any()
}

pub(super) const fn how_it_goes(footing: Footing) -> Option<Line> {
    match footing {
        Footing::NoSeat => Some(NOT_ENTERED),
        Footing::AppRefused => Some(NOT_KNOWN),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_seat_hears_what_the_host_has_to_do() {
        let by = the_nest(3);
        let told = [by.sentence("no-seat"), how_it_goes(Footing::NoSeat)];
        for line in told {
            assert!(line.is_some_and(|line| line.kind == "bad" && line.text.contains("User Management")));
        }
        let gone = [by.sentence("app-refused"), how_it_goes(Footing::AppRefused)];
        for line in gone {
            assert!(line.is_some_and(|line| line.text.contains("nest's host")));
        }
        assert!(how_it_goes(Footing::Off).is_none() && by.sentence("declined").is_none());
    }

    #[test]
    fn that_all_seats_are_taken_is_told_once() {
        assert!(the_nest(5).is_full() && the_nest(5).sentence("seats-taken").is_none());
        let since_then = the_nest(4);
        assert!(!since_then.is_full() && since_then.sentence("seats-taken").is_some());
    }

    fn the_nest(used: usize) -> TheNest {
        TheNest {
            nest: NestId::parse("X7K2P").expect("a code"),
            seats: Seats { used, of: 5 },
        }
    }
}
