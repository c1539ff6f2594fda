//! Controls that all exhibits of explanations have: the class, and the scale of its score.

use vitrine_record::{ExplanationChoice, OutputLink};
use yew::prelude::*;

use super::draw::link_key;
use crate::{
    components::{Choice, ChoiceItem, label_name},
    context::{Context, use_page},
    state::{Action, ExplanationChange},
};

/// A callback that changes the choice by what it is told.
pub fn chooses<T: 'static>(
    page: &Context,
    change: impl Fn(&mut ExplanationChoice, T) + 'static,
) -> Callback<T> {
    changes(page, ExplanationChange::Choose, change)
}

/// The same for a control that is drawn on.
pub fn slides<T: 'static>(
    page: &Context,
    change: impl Fn(&mut ExplanationChoice, T) + 'static,
) -> Callback<T> {
    changes(page, ExplanationChange::Slide, change)
}

fn changes<T: 'static>(
    page: &Context,
    how: fn(ExplanationChoice) -> ExplanationChange,
    change: impl Fn(&mut ExplanationChoice, T) + 'static,
) -> Callback<T> {
    let (dispatcher, choice) = (page.state.dispatcher(), page.link.explanation.clone());
    Callback::from(move |value| {
        let mut choice = choice.clone();
        change(&mut choice, value);
        dispatcher.dispatch(Action::Explain(how(choice)));
    })
}

/// The class whose score is explained.
#[component]
pub fn ClassPicker() -> Html {
    let page = use_page();
    let explained = page.explained_class();
    let labels = page.shown.model.labels.iter().enumerate();
    let items: Vec<ChoiceItem> = labels
        .map(|(class, label)| ChoiceItem {
            name: label_name(page.language(), label).into(),
            is_chosen: class == explained,
            on_choose: chooses(&page, move |choice, _: Event| choice.target = Some(class)),
        })
        .collect();
    html! { <Choice name={page.t("explain.class")} group="explained-class" {items} /> }
}

/// The scale of the score.
#[component]
pub fn LinkPicker() -> Html {
    let page = use_page();
    let items: Vec<ChoiceItem> = OutputLink::ALL
        .iter()
        .map(|&link| ChoiceItem {
            name: page.t(link_key(link)).into(),
            is_chosen: page.link.explanation.link == link,
            on_choose: chooses(&page, move |choice, _: Event| choice.link = link),
        })
        .collect();
    html! { <Choice name={page.t("explain.link")} group="explained-link" {items} /> }
}
