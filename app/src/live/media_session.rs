//! What the lock screen, the media keys and the like show: the song that plays.
//!
//! The browser's own interface for it is not settled enough for typed bindings, so it is called by name; where it is
//! missing, nothing happens.

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

use super::board::Stage;

pub fn announce(stage: Option<&Stage>) {
    set_metadata(stage).ok(); // a device without a lock screen misses nothing
}

fn set_metadata(stage: Option<&Stage>) -> Result<(), JsValue> {
    let session = Reflect::get(&window().navigator(), &"mediaSession".into())?;
    let metadata = match stage {
        Some(stage) => {
            let class: Function = Reflect::get(&window(), &"MediaMetadata".into())?.dyn_into()?;
            Reflect::construct(&class, &Array::of1(&facts(stage)?.into()))?
        }
        None => JsValue::NULL,
    };
    Reflect::set(&session, &"metadata".into(), &metadata)?;
    Ok(())
}

fn facts(stage: &Stage) -> Result<Object, JsValue> {
    let facts = Object::new();
    let track = &stage.track;
    for (name, value) in [
        ("title", &track.title),
        ("artist", &track.artist),
        ("album", &track.album),
    ] {
        Reflect::set(&facts, &name.into(), &value.as_str().into())?;
    }
    if let Some(cover) = &track.big_img {
        let image = Object::new();
        Reflect::set(&image, &"src".into(), &cover.as_str().into())?;
        Reflect::set(&facts, &"artwork".into(), &Array::of1(&image.into()))?;
    }
    Ok(facts)
}
