//! One of several, chosen from a list that unfolds.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::keeps_keys;

/// One that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct PickerItem {
    /// What [`PickerProps::on_choose`] is told.
    pub value: &'static str,
    /// What it is called.
    pub name: AttrValue,
}

/// Properties of [`Picker`].
#[derive(Properties, PartialEq)]
pub struct PickerProps {
    /// What is chosen.
    pub name: AttrValue,
    /// What that does, in a sentence.
    pub hint: AttrValue,
    /// What there is to choose from.
    pub items: Vec<PickerItem>,
    /// The value of the one that is chosen.
    pub chosen: &'static str,
    /// Whether nothing can be chosen.
    #[prop_or_default]
    pub is_disabled: bool,
    /// Told the value of what is chosen.
    pub on_choose: Callback<String>,
}

/// A list that unfolds, with its name beside it.
#[component]
pub fn Picker(props: &PickerProps) -> Html {
    let on_choose = props.on_choose.clone();
    let onchange = Callback::from(move |event: Event| {
        let list = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(list) = list {
            on_choose.emit(list.value());
        }
    });
    let items = props.items.iter().map(|item| {
        html! { <option value={item.value} selected={item.value == props.chosen}>{ &item.name }</option> }
    });
    html! {
        <label class="picker">
            <span class="control__name">{ &props.name }</span>
            <select {onchange} onkeydown={keeps_keys()} disabled={props.is_disabled} title={&props.hint}>
                { for items }
            </select>
        </label>
    }
}
