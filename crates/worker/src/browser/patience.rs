//! Waiting for the browser, but not for ever.

use gloo::timers::callback::Timeout;
use js_sys::{Array, Error, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What a promise came to, or an error if it comes to nothing for this many milliseconds.
pub(super) async fn in_time(promise: &Promise, milliseconds: u32) -> Result<JsValue, JsValue> {
    let mut timer = None;
    let late = Promise::new(&mut |_, reject| {
        timer = Some(Timeout::new(milliseconds, move || {
            let error = Error::new(&format!("nothing came for {} seconds", milliseconds / 1000));
            // The function that rejects a promise throws nothing.
            let _ = reject.call1(&JsValue::UNDEFINED, &error);
        }));
    });
    let result = JsFuture::from(Promise::race(&Array::of2(promise, &late))).await;
    drop(timer);
    result
}
