//! One of several, chosen from a list that unfolds.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::keeps_keys;

/// One that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct PickerItem {
    /// What [`PickerProps::on_choose`] is told.
    pub value: AttrValue,
    /// What it is called.
    pub name: AttrValue,
}

/// Numbers to choose from, by their values: those that are offered, and in its place the one in force, which an address
/// may have though it is not offered.
pub fn number_items<Name: Fn(u32) -> String>(
    offered: &[u32],
    in_force: Option<u32>,
    name: Name,
) -> impl Iterator<Item = PickerItem> + use<Name> {
    let others = in_force.filter(|number| !offered.contains(number));
    let mut numbers: Vec<u32> = offered.iter().copied().chain(others).collect();
    numbers.sort_unstable();
    numbers.into_iter().map(move |number| PickerItem {
        value: number.to_string().into(),
        name: name(number).into(),
    })
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
    pub chosen: AttrValue,
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
        html! { <option value={item.value.clone()} selected={item.value == props.chosen}>{ &item.name }</option> }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_in_force_is_always_there() {
        let values = |in_force| -> Vec<AttrValue> {
            let items = number_items(&[5, 20, 50], in_force, |number| number.to_string());
            items.map(|item| item.value).collect()
        };
        assert_eq!(values(None), ["5", "20", "50"]);
        assert_eq!(values(Some(20)), ["5", "20", "50"]);
        assert_eq!(values(Some(30)), ["5", "20", "30", "50"]);
        assert_eq!(values(Some(1000)), ["5", "20", "50", "1000"]);
    }
}
