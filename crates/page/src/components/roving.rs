//! Groups of buttons that are one stop of the tab key, with arrow keys inside.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::browser;

/// What a button of the group is told about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RovingItem {
    /// Its place in the group.
    pub index: usize,
    /// The value of its `tabindex` attribute.
    pub tab_index: &'static str,
}

/// Properties of [`Roving`].
#[derive(Properties, PartialEq)]
pub struct RovingProps {
    /// What the group is called.
    pub label: AttrValue,
    /// Its classes.
    #[prop_or_default]
    pub class: Classes,
    /// How many buttons it has.
    pub count: usize,
    /// How many of them stand beside each other, if they stand in rows.
    #[prop_or(1)]
    pub columns: usize,
    /// Says where a key leads from a button, where they stand in no even rows; nowhere for keys that do not move.
    #[prop_or_default]
    pub next: Option<Callback<(String, usize), Option<usize>>>,
    /// Draws it from what each button, in order, is told. Each button has to have the attribute `data-roving`.
    pub render: Callback<Vec<RovingItem>, Html>,
    /// Told when a key is pressed that the group does not use itself.
    #[prop_or_default]
    pub on_key: Callback<KeyboardEvent>,
    /// Told when the pointer or the focus leaves the group.
    #[prop_or_default]
    pub on_leave: Callback<()>,
}

/// A toolbar whose buttons share one stop of the tab key.
#[component]
pub fn Roving(props: &RovingProps) -> Html {
    let group = use_node_ref();
    let current = use_state(|| 0);
    let place = |target: Option<web_sys::EventTarget>, group: &NodeRef| -> Option<usize> {
        let target = target?.dyn_into::<Element>().ok()?;
        buttons(group)
            .iter()
            .position(|button| button.contains(Some(&target)))
    };
    let onfocusin = {
        let (group, current) = (group.clone(), current.clone());
        Callback::from(move |event: FocusEvent| {
            if let Some(index) = place(event.target(), &group) {
                current.set(index);
            }
        })
    };
    let onkeydown = {
        let (group, on_key, columns) = (group.clone(), props.on_key.clone(), props.columns);
        let next = props.next.clone();
        Callback::from(move |event: KeyboardEvent| {
            let buttons = buttons(&group);
            let at = place(event.target(), &group);
            let to = at.and_then(|at| match &next {
                Some(next) => next.emit((event.key(), at)),
                None => step(&event.key(), at, buttons.len(), columns),
            });
            match to.and_then(|to| buttons.get(to)) {
                Some(button) if !event.alt_key() && !event.ctrl_key() && !event.meta_key() => {
                    event.prevent_default();
                    browser::focus(button);
                }
                _ => on_key.emit(event),
            }
        })
    };
    let onfocusout = {
        let (group, on_leave) = (group.clone(), props.on_leave.clone());
        Callback::from(move |event: FocusEvent| {
            if place(event.related_target(), &group).is_none() {
                on_leave.emit(());
            }
        })
    };
    let onpointerleave = props.on_leave.reform(|_| ());
    // The number of buttons may have shrunk since one of them had the focus.
    let stop = (*current).min(props.count.saturating_sub(1));
    let items = (0..props.count)
        .map(|index| RovingItem {
            index,
            tab_index: if index == stop { "0" } else { "-1" },
        })
        .collect();
    html! {
        <div
            ref={group} role="toolbar" aria-label={props.label.clone()} class={props.class.clone()}
            {onfocusin} {onfocusout} {onkeydown} {onpointerleave}
        >
            { props.render.emit(items) }
        </div>
    }
}

fn buttons(group: &NodeRef) -> Vec<Element> {
    let Some(group) = group.cast::<Element>() else {
        return Vec::new();
    };
    let Ok(found) = group.query_selector_all("[data-roving]") else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into().ok())
        .collect()
}

/// Where a key leads from a place among `count` in rows of `columns`; nowhere for keys that do not move.
pub fn step(key: &str, at: usize, count: usize, columns: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowRight" => Some((at + 1).min(last)),
        "ArrowLeft" => Some(at.saturating_sub(1)),
        "ArrowDown" => Some(if at + columns <= last { at + columns } else { at }),
        "ArrowUp" => Some(at.checked_sub(columns).unwrap_or(at)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn arrows_stop_at_the_ends() {
        let check =
            |key: &str, at: usize, expect: Option<usize>| assert_eq!(step(key, at, 3, 1), expect, "{key}");
        check("ArrowRight", 0, Some(1));
        check("ArrowDown", 2, Some(2));
        check("ArrowLeft", 0, Some(0));
        check("End", 0, Some(2));
        check("Home", 2, Some(0));
        check("a", 1, None);
        assert_eq!(step("End", 0, 0, 1), None);
    }

    #[test]
    fn arrows_up_and_down_stay_in_their_column() {
        assert_eq!(step("ArrowDown", 1, 6, 3), Some(4));
        assert_eq!(step("ArrowDown", 4, 6, 3), Some(4));
        assert_eq!(step("ArrowUp", 4, 6, 3), Some(1));
        assert_eq!(step("ArrowUp", 1, 6, 3), Some(1));
        assert_eq!(step("ArrowRight", 2, 6, 3), Some(3));
    }
}
