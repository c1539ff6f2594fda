//! A pool of workers, and a single one, for a page of its own, on which browser tests check what they compute and the
//! benchmark times it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use js_sys::{Array, Float32Array, Float64Array, Function, Promise};
use vitrine_link::{JobId, Link, LinkEvent, Outputs, Pool, PoolSize};
use vitrine_record::{
    ExplanationTarget, GradientBaseline, MaskedInput, ModelOutput,
    message::{Reply, Request, TextInput},
};
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

/// A promise of what gradients of a class's probability say about a text: the probability, that of a baseline of `[PAD]`,
/// the number of parts that came before the answer, and the integrated gradients of each token. It is rejected with a
/// sentence.
#[wasm_bindgen]
pub fn salience(text: String, class: usize, steps: usize) -> Promise {
    let request = Request::ComputeSalience {
        input: TextInput { text, pair: None },
        target: ExplanationTarget {
            index: class,
            ..ExplanationTarget::default()
        },
        steps,
        baseline: GradientBaseline::Pad,
    };
    Promise::new(&mut |resolve, reject| {
        let link: Rc<RefCell<Option<Link>>> = Rc::default();
        let kept = Rc::clone(&link);
        let parts = Cell::new(0);
        let on_event = move |event| {
            let told = match event {
                LinkEvent::Part { .. } => {
                    parts.set(parts.get() + 1);
                    return;
                }
                LinkEvent::Reply {
                    reply: Reply::Salience(salience),
                    ..
                } => {
                    let mut numbers = vec![salience.prediction, salience.base_value, f64::from(parts.get())];
                    numbers.extend(salience.integrated_gradients.unwrap_or_default());
                    resolve.call1(&JsValue::NULL, &Float64Array::from(numbers.as_slice()))
                }
                LinkEvent::RequestFailed { problem, .. } | LinkEvent::Failed(problem) => {
                    reject.call1(&JsValue::NULL, &format!("{problem:?}").into())
                }
                _ => return,
            };
            // Neither function of a promise throws.
            let _ = told;
            // A link is not ended by its own event.
            let ended = kept.borrow_mut().take();
            Timeout::new(0, move || drop(ended)).forget();
        };
        *link.borrow_mut() = Some(Link::start(Rc::new(on_event)));
        if let Some(link) = &*link.borrow() {
            link.request(request.clone());
        }
    })
}

fn inputs(texts: Vec<String>) -> Vec<MaskedInput> {
    let input = |text| MaskedInput::Text(TextInput { text, pair: None });
    texts.into_iter().map(input).collect()
}
