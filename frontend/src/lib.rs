//! The wasm entry. Ten lines for ever: everything else is in `app`.

use wasm_bindgen::prelude::wasm_bindgen;

/// Wakes up the page that the server has drawn.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::wake();
}
