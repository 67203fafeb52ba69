//! The wasm entry. Ten lines for ever: everything else is in `app`.
