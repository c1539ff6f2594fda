//! Pointing at a token: with the pointer, the keyboard or a finger.

use vitrine_picture::Focus;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::state::{Action, State, WhichText};

/// What a button that stands for a token listens to.
pub struct Pointing {
    /// A mouse over it looks at its token.
    pub onpointerenter: Callback<PointerEvent>,
    /// So does the keyboard's focus.
    pub onfocus: Callback<FocusEvent>,
    /// A click, a tap or the enter key selects it; with Ctrl, Shift or the command key besides those that are selected.
    pub onclick: Callback<MouseEvent>,
    /// The enter key with Ctrl or the command key, which browsers make no click of.
    pub onkeydown: Callback<KeyboardEvent>,
}

/// The listeners of a button that stands for a token of a text. A finger has no hover to leave by, so it only selects.
pub fn pointing(dispatcher: &UseReducerDispatcher<State>, text: WhichText, focus: Focus) -> Pointing {
    pointing_by(dispatcher, text, focus, Action::Hover(Some(focus)))
}

/// The same, where pointing does something else than to look at the token alone.
pub fn pointing_by(
    dispatcher: &UseReducerDispatcher<State>,
    text: WhichText,
    focus: Focus,
    look: Action,
) -> Pointing {
    let sends = |action: Action| {
        let (dispatcher, action) = (dispatcher.clone(), text.action(action));
        move || dispatcher.dispatch(action.clone())
    };
    let (on_pointer, on_focus) = (sends(look.clone()), sends(look));
    let (on_click, on_extending_click) = (sends(Action::Select(focus)), sends(Action::SelectAlso(focus)));
    let on_extending_key = on_extending_click.clone();
    Pointing {
        onpointerenter: Callback::from(move |event: PointerEvent| {
            if event.pointer_type() == "mouse" {
                on_pointer();
            }
        }),
        onfocus: Callback::from(move |event: FocusEvent| {
            let element = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            if element.is_some_and(|element| element.matches(":focus-visible").unwrap_or(false)) {
                on_focus();
            }
        }),
        onclick: Callback::from(move |event: MouseEvent| {
            if event.ctrl_key() || event.shift_key() || event.meta_key() {
                on_extending_click();
            } else {
                on_click();
            }
        }),
        onkeydown: Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                on_extending_key();
            }
        }),
    }
}
