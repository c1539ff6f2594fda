//! Fields inside an exhibit.

use yew::prelude::*;

use super::{Field, keeps_keys};

/// Properties of [`ExhibitField`].
#[derive(Properties, PartialEq)]
pub struct ExhibitFieldProps {
    /// Its identifier, which no other element of the page has.
    pub id: &'static str,
    /// What it is for.
    pub label: AttrValue,
    /// Goes into the field only when `epoch` changes, as in [`Field`].
    pub text: AttrValue,
    /// Counts the times that it has to take its text from outside.
    pub epoch: u32,
    /// Told the text after a pause in typing, and when the field is left.
    pub on_text: Callback<String>,
    /// The identifier of what is to be known about it.
    #[prop_or_default]
    pub described_by: Option<&'static str>,
}

/// A field that a text is typed into, of which no letter is a key of the exhibit.
#[component]
pub fn ExhibitField(props: &ExhibitFieldProps) -> Html {
    let node = use_node_ref();
    html! {
        <div class="exhibit-field" onkeydown={keeps_keys()}>
            <Field
                id={props.id} label={props.label.clone()} rows="2" text={props.text.clone()} epoch={props.epoch}
                on_text={props.on_text.clone()} {node} described_by={props.described_by}
            />
        </div>
    }
}
