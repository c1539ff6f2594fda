//! A pool of workers for a page of its own, on which a browser test checks it and the benchmark times it.

use js_sys::{Array, Float32Array, Function, Promise};
use vitrine_link::{JobId, Outputs, Pool, PoolSize};
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
        let inputs = inputs(texts);
        Promise::new(&mut |resolve, reject| {
            let on_done = Box::new(move |result: Outputs| {
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
            self.pool.evaluate(inputs.clone(), ModelOutput::Logits, on_done);
        })
    }

    /// Begins a job that tells `on_part` how many texts each part of it has, and at its end 0. Returns its number.
    pub fn begin(&self, texts: Vec<String>, on_part: Function) -> u32 {
        let tell = move |count: usize| {
            // What the test's function throws is seen by the test.
            let _ = on_part.call1(&JsValue::NULL, &JsValue::from(count as u32));
        };
        let tell_end = tell.clone();
        let JobId(id) = self.pool.evaluate_in_parts(
            inputs(texts),
            ModelOutput::Logits,
            Box::new(move |part| tell(part.places.len())),
            Box::new(move |_| tell_end(0)),
        );
        id
    }

    /// Cancels a job.
    pub fn cancel(&self, job: u32) {
        self.pool.cancel(JobId(job));
    }
}

fn inputs(texts: Vec<String>) -> Vec<MaskedInput> {
    let input = |text| MaskedInput::Text(TextInput { text, pair: None });
    texts.into_iter().map(input).collect()
}
