//! Room for a picture that is to come.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::resizes::use_resizes;

/// While a picture is to come, its frame stays at least as high as it was with the one before: what stands below does not
/// move to and fro.
#[hook]
pub fn use_kept_room(frame: &NodeRef, is_to_come: bool) {
    let resizes = use_resizes(frame);
    let height = use_mut_ref(|| 0);
    {
        let (frame, height) = (frame.clone(), height.clone());
        use_effect_with(resizes, move |_| {
            let drawn = frame.cast::<HtmlElement>().filter(|frame| has_picture(frame));
            if let Some(frame) = drawn {
                *height.borrow_mut() = frame.offset_height();
            }
        });
    }
    let frame = frame.clone();
    use_effect_with(is_to_come, move |is_to_come| {
        if let Some(frame) = frame.cast::<HtmlElement>() {
            let room = match *height.borrow() {
                before if *is_to_come && before > 0 => format!("{before}px"),
                _ => String::new(),
            };
            // A height that cannot be set leaves the one that the style sheet gives.
            let _ = frame.style().set_property("min-height", &room);
        }
    });
}

fn has_picture(frame: &Element) -> bool {
    frame.query_selector("canvas").ok().flatten().is_some()
}
