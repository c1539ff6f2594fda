//! What the link asks of the browser.

use gloo::utils::{document, window};
use wasm_bindgen::{JsCast, JsValue};

/// An address relative to the page's base, made absolute; as it is if the base cannot be read.
pub fn resolved(relative: &str) -> String {
    let base = document().base_uri().ok().flatten();
    base.and_then(|base| web_sys::Url::new_with_base(relative, &base).ok())
        .map_or_else(|| relative.to_owned(), |url| url.href())
}

/// An error of the browser in its own words.
pub fn described(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// How many threads the machine can run at once, as far as the browser says.
pub fn hardware_concurrency() -> usize {
    // The property is a number of type double.
    window().navigator().hardware_concurrency() as usize
}

/// Gibibytes of memory that the machine has, of which browsers tell a rounded number and most none.
pub fn device_memory() -> Option<f64> {
    let navigator = window().navigator();
    js_sys::Reflect::get(&navigator, &"deviceMemory".into())
        .ok()
        .and_then(|memory| memory.as_f64())
}

/// Milliseconds since the page began.
pub fn now() -> f64 {
    window()
        .performance()
        .map_or_else(js_sys::Date::now, |clock| clock.now())
}
