//! The worker's ties to the browser: its messages, its event loop, and how it says that it has come to an end.

mod allocation;
mod cache;
mod failure;
mod patience;
mod site;
mod turns;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Array, Uint8Array};
use vitrine_model::Model;
use vitrine_record::BUILD_ID;
use vitrine_record::message::{FromWorker, Problem, ProblemKind, ToWorker, decode, encode};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use self::site::BrowserSite;
use self::turns::Turns;
use crate::load::load_weights;
use crate::{Dispatch, Session, Todo};

/// Starts to listen, and says so by [`FromWorker::Hello`]. Called once, when the module is loaded.
pub fn start() {
    failure::report_failures();
    let worker = Rc::new_cyclic(|worker: &Weak<Worker>| {
        let worker = Weak::clone(worker);
        Worker {
            dispatch: RefCell::default(),
            turns: Turns::new(move || {
                if let Some(worker) = worker.upgrade() {
                    worker.step();
                }
            }),
        }
    });
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        match decode(&bytes) {
            Ok(message) => worker.receive(message),
            Err(error) => {
                let problem = Problem {
                    kind: ProblemKind::WorkerOutdated,
                    detail: error.to_string(),
                };
                post(FromWorker::Failed { id: None, problem });
            }
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It listens as long as the worker lives.
    on_message.forget();
    post(FromWorker::Hello {
        build_id: BUILD_ID.to_owned(),
    });
}

struct Worker {
    dispatch: RefCell<Dispatch<Session>>,
    /// Hand the thread back to the event loop, so that what has come is heard before the next step.
    turns: Turns,
}

impl Worker {
    fn receive(self: &Rc<Self>, message: ToWorker) {
        let todo = self.dispatch.borrow_mut().receive(message, post);
        self.carry_on(todo);
    }

    fn carry_on(self: &Rc<Self>, todo: Todo) {
        match todo {
            Todo::Nothing => {}
            Todo::Step => self.turns.ask(),
            Todo::Load { manifest_url } => {
                let worker = Rc::clone(self);
                spawn_local(async move { worker.load(&manifest_url).await });
            }
        }
    }

    fn step(self: &Rc<Self>) {
        let todo = self.dispatch.borrow_mut().step(post);
        self.carry_on(todo);
    }

    async fn load(self: &Rc<Self>, manifest_url: &str) {
        let weights = match load_weights(&BrowserSite, manifest_url, post).await {
            Ok(weights) => weights,
            Err(problem) => return self.dispatch.borrow_mut().load_failed(problem, post),
        };
        let model = match Model::from_gguf(&weights.bytes, weights.manifest.sha256.clone()) {
            Ok(model) => model,
            Err(error) => {
                let problem = Problem {
                    kind: ProblemKind::ModelUnreadable,
                    detail: error.to_string(),
                };
                return self.dispatch.borrow_mut().load_failed(problem, post);
            }
        };
        post(FromWorker::ModelReady {
            model: model.info().clone(),
            source: weights.source,
        });
        let todo = self.dispatch.borrow_mut().loaded(Session::new(model));
        self.carry_on(todo);
        cache::keep(weights).await;
    }
}

/// Sends a message to the page. Its bytes are handed over, not copied.
fn post(message: FromWorker) {
    let bytes = match encode(&message) {
        Ok(bytes) => bytes,
        Err(error) => return web_sys::console::error_1(&error.to_string().into()),
    };
    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
    if let Err(error) = scope().post_message_with_transfer(&buffer, &Array::of1(&buffer)) {
        web_sys::console::error_1(&error);
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
