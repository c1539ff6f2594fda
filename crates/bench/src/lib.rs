//! Times the forward pass of the encoder beside candle's own `BertModel` on the same weights.
//!
//! The weights are pseudo-random and of the shape of the shipped model: the time of a forward pass does not
//! depend on their values. Peers take turns within one run, so that a machine that is busy for a while is busy
//! for all of them.

mod peers;
mod timing;

pub use peers::{Input, Peer, Peers};
pub use timing::{SHAPES, Shape, Timing, measure};

#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

    /// Measures everything and returns a JSON array of [`super::Timing`].
    ///
    /// # Errors
    /// A sentence if a peer cannot be built or run, or if there is no clock.
    #[wasm_bindgen]
    pub fn run(milliseconds_per_shape: f64) -> Result<String, JsValue> {
        console_error_panic_hook::set_once();
        let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into())?;
        let now: js_sys::Function = js_sys::Reflect::get(&performance, &"now".into())?.dyn_into()?;
        let clock = || {
            now.call0(&performance)
                .ok()
                .and_then(|time| time.as_f64())
                .unwrap_or(f64::NAN)
        };
        let json = super::Peers::new().and_then(|peers| {
            Ok(serde_json::to_string(&super::measure(
                &peers,
                milliseconds_per_shape,
                clock,
            )?)?)
        });
        json.map_err(|error| JsValue::from_str(&format!("{error:#}")))
    }
}
