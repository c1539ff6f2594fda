//! A number between two others, and something that is on or off.

use std::ops::RangeInclusive;

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Properties of [`Slider`].
#[derive(Properties, PartialEq)]
pub struct SliderProps {
    /// What the number is.
    pub name: AttrValue,
    /// What it does, in a sentence.
    pub hint: AttrValue,
    /// The number.
    pub value: u16,
    /// What it can be.
    pub range: RangeInclusive<u16>,
    /// By how much an arrow key changes it.
    #[prop_or(1)]
    pub step: u16,
    /// How the number is said.
    pub said: AttrValue,
    /// Told when it changes.
    pub on_change: Callback<u16>,
}

/// A slider with its number beside it.
#[component]
pub fn Slider(props: &SliderProps) -> Html {
    let oninput = props.on_change.reform(|event: InputEvent| value(&event));
    html! {
        <label class="slider" title={props.hint.clone()}>
            <span class="control__name">{ &props.name }</span>
            <input
                type="range" min={props.range.start().to_string()} max={props.range.end().to_string()}
                step={props.step.to_string()} value={props.value.to_string()}
                aria-valuetext={props.said.clone()} {oninput}
            />
            <span class="slider__value number" aria-hidden="true">{ &props.said }</span>
        </label>
    }
}

/// What the slider stands at: browsers keep it to a whole number in its range.
fn value(event: &InputEvent) -> u16 {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value_as_number())
        .filter(|value| value.is_finite())
        .map_or(0, |value| value as u16)
}

/// Properties of [`Switch`].
#[derive(Properties, PartialEq)]
pub struct SwitchProps {
    /// What is on or off.
    pub name: AttrValue,
    /// What it does, in a sentence.
    pub hint: AttrValue,
    /// Whether it is on.
    pub is_on: bool,
    /// Told whether it is to be on.
    pub on_change: Callback<bool>,
}

/// A check box with its name.
#[component]
pub fn Switch(props: &SwitchProps) -> Html {
    let is_on = props.is_on;
    let onchange = props.on_change.reform(move |_: Event| !is_on);
    html! {
        <label class="tick" title={props.hint.clone()}>
            <input type="checkbox" checked={is_on} {onchange} />
            <span>{ &props.name }</span>
        </label>
    }
}
