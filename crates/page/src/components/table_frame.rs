//! The frame of a table that stands for a picture.

use gloo::utils::document;
use web_sys::Element;
use yew::prelude::*;

use crate::browser;

/// Properties of [`TableFrame`].
#[derive(Properties, PartialEq)]
pub struct TableFrameProps {
    /// The frame: see [`use_focus_while_shown`].
    pub region: NodeRef,
    /// What the table holds.
    pub caption: AttrValue,
    /// Names the caption's element.
    pub caption_id: &'static str,
    /// The `table` element.
    pub children: Html,
}

/// A caption, and under it a table that is scrolled where it is too large.
#[component]
pub fn TableFrame(props: &TableFrameProps) -> Html {
    let id = props.caption_id;
    html! {
        <div class="twin-frame">
            <p class="twin__caption" {id}>{ &props.caption }</p>
            <div class="twin" role="region" tabindex="0" aria-labelledby={id} ref={props.region.clone()}>
                { props.children.clone() }
            </div>
        </div>
    }
}

/// Whoever asks for the table wants to see it, wherever the page is scrolled to, and when it goes, to be where they
/// were.
#[hook]
pub fn use_focus_while_shown() -> NodeRef {
    let region = use_focus_given_back();
    let node = region.clone();
    use_effect_with((), move |()| {
        if let Some(region) = node.cast::<Element>() {
            browser::focus(&region);
        }
    });
    region
}

/// When what has this reference goes while the focus is in it, whoever it is taken from is where they were when it came.
#[hook]
pub fn use_focus_given_back() -> NodeRef {
    let region = use_node_ref();
    let node = region.clone();
    use_effect_with((), move |()| {
        let before = document().active_element();
        let region = node.cast::<Element>();
        move || {
            let now = document().active_element();
            let is_lost = now.is_none_or(|now| {
                now.tag_name() == "BODY" || region.is_some_and(|region| region.contains(Some(&now)))
            });
            if let Some(before) = before.filter(|_| is_lost) {
                browser::focus_again(&before);
            }
        }
    });
    region
}
