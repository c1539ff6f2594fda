//! How the worker tells the page that it has come to an end: by a panic, by memory that it did not get, or by a
//! rejected promise that nobody awaited.

use std::sync::atomic::{AtomicBool, Ordering};

use js_sys::Reflect;
use vitrine_record::message::{FromWorker, Problem, ProblemKind};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, PromiseRejectionEvent};

use super::{allocation, post, scope};

/// A panic is followed by the error event of its abort; only the first is told.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Listens for every way to fail.
pub(super) fn report_failures() {
    allocation::keep_reserve();
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        tell(info.to_string());
    }));
    let on_error = Closure::<dyn Fn(ErrorEvent)>::new(|event: ErrorEvent| tell(event.message()));
    let on_rejection = Closure::<dyn Fn(PromiseRejectionEvent)>::new(|event: PromiseRejectionEvent| {
        tell(describe(&event.reason()))
    });
    for (event, listener) in [
        ("error", on_error.into_js_value()),
        ("unhandledrejection", on_rejection.into_js_value()),
    ] {
        if let Err(error) = scope().add_event_listener_with_callback(event, listener.unchecked_ref()) {
            web_sys::console::error_1(&error);
        }
    }
}

fn tell(detail: String) {
    if TOLD.swap(true, Ordering::Relaxed) {
        return;
    }
    let problem = match allocation::refused() {
        Some(bytes) => Problem {
            kind: ProblemKind::OutOfMemory,
            detail: format!("{bytes} bytes were refused: {detail}"),
        },
        None => Problem {
            kind: ProblemKind::WorkerStopped,
            detail,
        },
    };
    post(FromWorker::Failed { id: None, problem });
}

/// What a thrown value says: the message of an error, else the value as text.
pub(super) fn describe(thrown: &JsValue) -> String {
    Reflect::get(thrown, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| format!("{thrown:?}"))
}
