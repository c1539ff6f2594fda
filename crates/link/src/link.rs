//! One worker, and the conversation with it.

use std::{cell::RefCell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Interval};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use vitrine_record::{
    BUILD_ID,
    message::{FromWorker, ProblemKind, Request, RequestKind, decode, encode},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::{
    browser,
    session::{LinkEvent, Outcome, Session},
};

/// The module that starts the worker, beside the page.
const WORKER_FILE: &str = "vitrine-worker_loader.js";
/// What describes the weights, beside the page.
pub(crate) const MANIFEST_FILE: &str = "models/manifest.json";

/// Told of whatever happens to a worker.
pub type OnLinkEvent = Rc<dyn Fn(LinkEvent)>;

/// A worker and the conversation with it. Dropping the link ends the worker.
pub struct Link {
    inner: Rc<Inner>,
    _listeners: Vec<EventListener>,
    _clock: Interval,
}

struct Inner {
    session: RefCell<Session>,
    worker: RefCell<Option<Worker>>,
    on_event: OnLinkEvent,
}

impl Link {
    /// Starts a worker and has it load the weights. What becomes of it is told by events, also if it cannot be started.
    pub fn start(on_event: OnLinkEvent) -> Link {
        let session = Session::new(browser::resolved(MANIFEST_FILE));
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let address = browser::resolved(&format!("{WORKER_FILE}?v={BUILD_ID}"));
        let worker = Worker::new_with_options(&address, &options);
        let failure = worker.as_ref().err().map(browser::described);
        let worker = worker.ok();
        let inner = Rc::new(Inner {
            session: RefCell::new(session),
            worker: RefCell::new(worker.clone()),
            on_event,
        });
        if let Some(detail) = failure {
            inner.settle(|session| session.lost(ProblemKind::WorkerMissing, detail));
        }
        let listeners = worker.iter().flat_map(|worker| inner.listen(worker)).collect();
        let ticking = Rc::clone(&inner);
        let clock = Interval::new(1000, move || ticking.settle(Session::tick));
        Link {
            inner,
            _listeners: listeners,
            _clock: clock,
        }
    }

    /// Asks for something, in place of whatever of the same kind was asked before, if that
    /// [gives way](Request::gives_way). Requests of other kinds stay.
    pub fn request(&self, request: Request) {
        self.inner.settle(|session| session.request(request));
    }

    /// Wants no answer any more to what was asked of this kind.
    pub fn cancel(&self, kind: RequestKind) {
        self.inner.settle(|session| session.cancel(kind));
    }

    /// Wants no answer any more to one such request.
    pub fn cancel_request(&self, request: &Request) {
        self.inner.settle(|session| session.cancel_request(request));
    }

    /// Wants no answer any more to anything that was asked.
    pub fn cancel_all(&self) {
        self.inner.settle(Session::cancel_all);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.inner.end();
    }
}

impl Inner {
    fn listen(self: &Rc<Self>, worker: &Worker) -> Vec<EventListener> {
        let on_message = Rc::clone(self);
        let on_error = Rc::clone(self);
        let on_message_error = Rc::clone(self);
        vec![
            EventListener::new(worker, "message", move |event| {
                if let Some(event) = event.dyn_ref::<MessageEvent>() {
                    on_message.heard(&event.data());
                }
            }),
            EventListener::new(worker, "error", move |event| {
                let detail = event
                    .dyn_ref::<ErrorEvent>()
                    .map(ErrorEvent::message)
                    .unwrap_or_default();
                on_error.settle(|session| session.error(detail));
            }),
            EventListener::new(worker, "messageerror", move |_| {
                on_message_error.settle(|session| {
                    let detail = "a message of the worker could not be received".to_owned();
                    session.lost(ProblemKind::WorkerStopped, detail)
                });
            }),
        ]
    }

    fn heard(&self, data: &JsValue) {
        let bytes = if data.is_instance_of::<ArrayBuffer>() || data.is_instance_of::<Uint8Array>() {
            Uint8Array::new(data).to_vec()
        } else {
            Vec::new()
        };
        match decode::<FromWorker>(&bytes) {
            Ok(message) => self.settle(|session| session.receive(message)),
            Err(error) => {
                self.settle(|session| session.lost(ProblemKind::WorkerOutdated, error.to_string()));
            }
        }
    }

    /// Lets something happen to the session, and does what follows from it.
    fn settle(&self, happen: impl FnOnce(&mut Session) -> Outcome) {
        let outcome = happen(&mut self.session.borrow_mut());
        self.follow(outcome);
    }

    fn follow(&self, Outcome { send, event }: Outcome) {
        for message in send {
            let sent = encode(&message)
                .map_err(|error| error.to_string())
                .and_then(|bytes| {
                    let bytes = Uint8Array::from(bytes.as_slice());
                    let transfer = Array::of1(&bytes.buffer());
                    match &*self.worker.borrow() {
                        Some(worker) => worker
                            .post_message_with_transfer(&bytes, &transfer)
                            .map_err(|error| browser::described(&error)),
                        None => Ok(()),
                    }
                });
            if let Err(detail) = sent {
                let outcome = self.session.borrow_mut().lost(ProblemKind::WorkerStopped, detail);
                self.follow(outcome);
            }
        }
        if let Some(event) = event {
            if matches!(event, LinkEvent::Failed(_)) {
                self.end();
            }
            (self.on_event)(event);
        }
    }

    fn end(&self) {
        if let Some(worker) = self.worker.borrow_mut().take() {
            worker.terminate();
        }
    }
}
