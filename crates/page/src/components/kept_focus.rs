//! The focus, where what had it is taken away.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::browser;

/// What has the focus, and the section that it is in.
struct Focused {
    element: Element,
    section: Option<Element>,
}

/// Keeps the focus near a group of buttons of which some are gone once they are pressed, or once what they are for is
/// over: the first button that is left gets it, or else the section around the group. Returned are the group's node and
/// what it does when the focus comes into it.
#[hook]
pub fn use_kept_focus() -> (NodeRef, Callback<FocusEvent>) {
    let group = use_node_ref();
    let focused = use_mut_ref(|| None::<Focused>);
    let onfocusin = {
        let focused = focused.clone();
        Callback::from(move |event: FocusEvent| {
            let element = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            *focused.borrow_mut() = element.map(|element| Focused {
                section: element.closest("section").ok().flatten(),
                element,
            });
        })
    };
    let node = group.clone();
    use_effect(move || {
        // Who moved the focus elsewhere left the button where it is.
        let gone = focused
            .borrow_mut()
            .take_if(|focused| !focused.element.is_connected());
        let Some(Focused { section, .. }) = gone else {
            return;
        };
        if browser::is_focus_lost(section.as_ref()) {
            let left = node
                .cast::<Element>()
                .and_then(|group| group.query_selector("button").ok().flatten());
            if let Some(next) = left.or(section) {
                browser::focus_in_place(&next);
            }
        }
    });
    (group, onfocusin)
}
