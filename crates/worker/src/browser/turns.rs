//! Turns of the event loop: between two steps of long work the worker hears what has come.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue, throw_val};
use web_sys::{MessageChannel, MessagePort};

/// Calls something back in later turns of the event loop. A timer would do, but browsers let timers that set timers
/// wait for 4 ms (<https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps>), half
/// as long as a step may take; messages to oneself come as soon as those before them were heard.
pub(super) struct Turns {
    /// What is sent here comes out at the other end.
    sender: MessagePort,
}

impl Turns {
    /// Nothing is called back before it is asked for.
    pub(super) fn new(on_turn: impl Fn() + 'static) -> Turns {
        // What is thrown is told like every error of the worker.
        let channel = MessageChannel::new().unwrap_or_else(|error| throw_val(error));
        let on_message = Closure::<dyn Fn()>::new(on_turn);
        channel
            .port1()
            .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // It listens as long as the worker lives.
        on_message.forget();
        Turns {
            sender: channel.port2(),
        }
    }

    /// Asks for one call in a later turn.
    pub(super) fn ask(&self) {
        if let Err(error) = self.sender.post_message(&JsValue::NULL) {
            throw_val(error);
        }
    }
}
