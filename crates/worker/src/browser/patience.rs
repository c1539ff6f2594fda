//! Waiting: for a moment, and for the browser, but not for ever.

use gloo::timers::callback::Timeout;
use js_sys::{Array, Error, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What a promise came to, or an error if it comes to nothing for this many milliseconds.
pub(super) async fn in_time(promise: &Promise, milliseconds: u32) -> Result<JsValue, JsValue> {
    let mut timer = None;
    let late = Promise::new(&mut |_, reject| {
        timer = Some(Timeout::new(milliseconds, move || {
            let error = Error::new(&format!("nothing came for {} seconds", milliseconds / 1000));
            settle(&reject, &error);
        }));
    });
    let result = JsFuture::from(Promise::race(&Array::of2(promise, &late))).await;
    drop(timer);
    result
}

/// Returns after this many milliseconds.
pub(super) async fn pause(milliseconds: u32) {
    let over = Promise::new(&mut |resolve, _| {
        Timeout::new(milliseconds, move || settle(&resolve, &JsValue::UNDEFINED)).forget();
    });
    // Nothing rejects this promise.
    let _ = JsFuture::from(over).await;
}

/// Calls one of the two functions that a promise is made with. They throw nothing.
fn settle(function: &Function, value: &JsValue) {
    let _ = function.call1(&JsValue::UNDEFINED, value);
}
