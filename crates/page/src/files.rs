//! Files that a person brings.

use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;
use yew::Callback;

/// Reads the bytes of a file; nothing where the browser does not give them, as of a file that has changed since it was
/// chosen.
pub fn read(file: File, on_read: Callback<Option<Vec<u8>>>) {
    spawn_local(async move {
        let bytes = match JsFuture::from(file.array_buffer()).await {
            Ok(buffer) => Some(Uint8Array::new(&buffer).to_vec()),
            Err(error) => {
                gloo::console::error!("a file cannot be read:", error);
                None
            }
        };
        on_read.emit(bytes);
    });
}
