//! A pool of workers for a page of its own, on which a browser test checks it and the benchmark times it.

use js_sys::{Array, Float32Array, Promise};
use vitrine_link::{Pool, PoolSize};
use vitrine_record::{MaskedInput, ModelOutput, message::TextInput};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// A pool.
#[wasm_bindgen]
pub struct PoolProbe {
    pool: Pool,
}

#[wasm_bindgen]
impl PoolProbe {
    /// A pool of so many workers; for 0, of as many as the machine runs threads.
    #[wasm_bindgen(constructor)]
    pub fn new(workers: usize) -> PoolProbe {
        let size = match workers {
            0 => PoolSize::AsTheMachineHas,
            workers => PoolSize::Workers(workers),
        };
        PoolProbe {
            pool: Pool::new(size),
        }
    }

    /// How many workers are ready.
    #[wasm_bindgen(getter)]
    pub fn workers(&self) -> usize {
        self.pool.workers()
    }

    /// A promise of the logits of each text, in order; it is rejected with a sentence.
    pub fn evaluate(&self, texts: Vec<String>) -> Promise {
        let input = |text| MaskedInput::Text(TextInput { text, pair: None });
        let inputs: Vec<MaskedInput> = texts.into_iter().map(input).collect();
        Promise::new(&mut |resolve, reject| {
            let inputs = inputs.clone();
            let on_done = Box::new(move |result: Result<Vec<Vec<f32>>, _>| {
                let told = match result {
                    Ok(outputs) => {
                        let logits: Array = outputs
                            .iter()
                            .map(|logits| Float32Array::from(logits.as_slice()))
                            .collect();
                        resolve.call1(&JsValue::NULL, &logits)
                    }
                    Err(problem) => reject.call1(&JsValue::NULL, &format!("{problem:?}").into()),
                };
                // Neither function of a promise throws.
                let _ = told;
            });
            self.pool.evaluate(inputs, ModelOutput::Logits, on_done);
        })
    }
}
