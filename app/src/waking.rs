//! The browser's beginning: finds the room that the server has drawn, and wakes it up.

use leptos::prelude::*;

use crate::json;
use crate::live::browser;
use crate::room::{ROOM, ROOM_DATA, RoomView};
use crate::server_fns::visiting::Room;

/// Pages without a room are plain HTML and need nothing of this; it is in the cache when they lead to one.
pub fn wake() {
    let data = browser::by_id(ROOM_DATA).and_then(|element| element.text_content());
    let room = data.and_then(|text| json::from_str::<Room>(&text).ok());
    if let (Some(element), Some(room)) = (browser::by_id(ROOM), room) {
        leptos::mount::hydrate_from(element, move || view! { <RoomView room/> }).forget();
    }
}
