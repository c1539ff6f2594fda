//! How often an element's size has changed.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// Counts how often an element's size has changed.
#[hook]
pub fn use_resizes(node: &NodeRef) -> u32 {
    let resizes = use_state(|| 0);
    let setter = resizes.setter();
    let node = node.clone();
    use_effect_with((), move |()| {
        let mut count = 0;
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            count += 1;
            setter.set(count);
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, node.cast::<Element>()) {
            observer.observe(&element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(on_resize);
        }
    });
    *resizes
}
