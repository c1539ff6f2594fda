//! One of a few, each of which is a word.

use yew::prelude::*;

/// One that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceItem {
    /// What it is called.
    pub name: AttrValue,
    /// Whether it is the one that is chosen.
    pub is_chosen: bool,
    /// Told when it is chosen.
    pub on_choose: Callback<Event>,
}

/// Properties of [`Choice`].
#[derive(Properties, PartialEq)]
pub struct ChoiceProps {
    /// What is chosen.
    pub name: AttrValue,
    /// Ties the radio buttons together; no other group of the page has it.
    pub group: &'static str,
    /// What there is to choose from.
    pub items: Vec<ChoiceItem>,
}

/// Radio buttons that look like one row of words.
#[component]
pub fn Choice(props: &ChoiceProps) -> Html {
    let items = props.items.iter().map(|item| {
        html! {
            <label class="choice__item">
                <input
                    type="radio" name={props.group} checked={item.is_chosen} onchange={item.on_choose.clone()}
                />
                <span class="choice__name">{ &item.name }</span>
            </label>
        }
    });
    html! {
        <fieldset class="choice">
            <legend class="control__name">{ &props.name }</legend>
            <div class="choice__items">{ for items }</div>
        </fieldset>
    }
}
