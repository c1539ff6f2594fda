//! How far something is that takes a while, and what can be done about it.

use yew::prelude::*;

use super::kept_focus::use_kept_focus;

/// Properties of [`ProgressLine`].
#[derive(Properties, PartialEq)]
pub struct ProgressLineProps {
    /// What the bar is of.
    pub label: AttrValue,
    /// How much is done of how much; nothing before anything has begun.
    pub done: Option<(usize, usize)>,
    /// How far it is, in words.
    pub said: AttrValue,
    /// The same without what moves many times a second, for those who are read to.
    pub phase: Option<AttrValue>,
    /// What can be done.
    pub buttons: Html,
}

/// A bar, what is said, and buttons. It is as high before anything has begun, and whatever is said.
#[component]
pub fn ProgressLine(props: &ProgressLineProps) -> Html {
    let (buttons, onfocusin) = use_kept_focus();
    html! {
        <div class="progress">
            if let Some((done, most)) = props.done {
                <progress
                    class="progress__bar" value={done.min(most).to_string()} max={most.max(1).to_string()}
                    aria-label={props.label.clone()}
                />
            } else {
                <div class="progress__bar" />
            }
            <p class="progress__said number">{ &props.said }</p>
            <div class="progress__buttons" ref={buttons} {onfocusin}>{ props.buttons.clone() }</div>
            if let Some(phase) = &props.phase {
                <p class="visually-hidden" role="status">{ phase }</p>
            }
        </div>
    }
}
