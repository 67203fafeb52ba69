//! Who is here opens at a look as well: a mouse that rests on the button, or the keyboard's focus on it.
//!
//! A tap and a click stay the browser's own business (`popovertarget`). What a look opened closes when the look goes
//! elsewhere, unless a click asked it to stay; what a click opened is no business of this module. On narrow screens, where the
//! list covers what one may be on the way to, a look opens nothing.

use std::time::Duration;

use leptos::ev::{FocusEvent, MouseEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::live::browser;

/// Nothing opens under a mouse that only passes by.
const REST: Duration = Duration::from_millis(120);
/// Between the button and the list there is a gap to cross.
const LINGER: Duration = Duration::from_millis(300);
const OPEN: &str = ":popover-open";

/// A handle; copies are the same look.
#[derive(Clone, Copy)]
pub struct Peek {
    /// The popover's.
    id: &'static str,
    looked_at: StoredValue<bool>,
    /// It was a look that opened it.
    peeked: StoredValue<bool>,
}

impl Peek {
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            looked_at: StoredValue::new(false),
            peeked: StoredValue::new(false),
        }
    }

    pub fn here() -> Self {
        expect_context::<Self>()
    }

    // On the button and on the popover.

    pub fn enter(self, event: &PointerEvent) {
        if is_mouse(event) {
            self.look(true, REST);
        }
    }

    pub fn leave(self, event: &PointerEvent) {
        if is_mouse(event) {
            self.look(false, LINGER);
        }
    }

    // On the button.

    /// A click focuses as well, and is dealt with as a click.
    pub fn focus(self, event: &FocusEvent) {
        let button = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        if button.is_some_and(|button| button.matches(":focus-visible").unwrap_or(false)) {
            self.look(true, REST);
        }
    }

    pub fn blur(self) {
        self.look(false, LINGER);
    }

    /// What is open at a look stays open by a click.
    pub fn click(self, event: &MouseEvent) {
        if self.popover().is_some_and(|popover| is_open(&popover)) && self.peeked.get_value() {
            event.prevent_default();
            self.peeked.set_value(false);
        }
    }

    // On the popover.

    /// Closed by whatever means: it opens at the next look, not by the one that goes on.
    pub fn toggled(self) {
        if self.popover().is_some_and(|popover| !is_open(&popover)) {
            self.looked_at.set_value(false);
            self.peeked.set_value(false);
        }
    }

    fn look(self, at: bool, after: Duration) {
        self.looked_at.set_value(at);
        set_timeout(move || self.settle(), after);
    }

    /// Does what the look of this moment asks for, however many there were in between.
    fn settle(self) {
        let (Some(looked_at), Some(popover)) = (self.looked_at.try_get_value(), self.popover()) else {
            return;
        };
        match (looked_at, is_open(&popover)) {
            // Another popover would be closed by this one.
            (true, false) if browser::is_wide() && !something_is_open() => {
                self.peeked.set_value(popover.show_popover().is_ok());
            }
            (false, true) if self.peeked.get_value() => {
                popover.hide_popover().ok(); // closed in this very moment: as wished
            }
            _ => {}
        }
    }

    fn popover(self) -> Option<HtmlElement> {
        browser::by_id(self.id)
    }
}

/// A finger that touches comes and goes as well, and means a tap.
fn is_mouse(event: &PointerEvent) -> bool {
    event.pointer_type() == "mouse"
}

fn is_open(popover: &HtmlElement) -> bool {
    popover.matches(OPEN).unwrap_or(false)
}

fn something_is_open() -> bool {
    browser::document().query_selector(OPEN).ok().flatten().is_some()
}
