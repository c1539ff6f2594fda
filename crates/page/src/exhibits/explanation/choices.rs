//! Controls that all exhibits of explanations have: the class, or another score, and the scale.

use vitrine_record::{ExplanationChoice, OutputLink, ScoreKind};
use yew::prelude::*;

use super::draw::link_key;
use crate::{
    components::{Choice, ChoiceItem, ExhibitField, label_name},
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

/// Why there is nothing that could be explained before more is typed.
pub fn missing_texts_key(page: &Context) -> &'static str {
    match page.explained_kind() {
        ScoreKind::Direction => "score.needs_two_texts",
        _ if page.shown.model.labels.is_empty() => "score.no_classifier",
        _ => "score.needs_text",
    }
}

/// What is explained: a class, or what texts the score is about.
#[component]
pub fn ExplainedPicker() -> Html {
    let page = use_page();
    match page.explained_kind() {
        ScoreKind::Class => html! { <ClassPicker /> },
        ScoreKind::Similarity => html! { <LikeText name="score.like" about="score.similarity_about" /> },
        ScoreKind::Direction => html! {
            <>
                <LikeText name="score.towards" about="score.direction_about" />
                <UnlikeText />
            </>
        },
    }
}

/// Properties of [`LikeText`].
#[derive(Properties, PartialEq)]
struct LikeTextProps {
    /// The key of what its field is called.
    name: &'static str,
    /// The key of what is explained then.
    about: &'static str,
}

/// The text that the explained one is compared with, or that a direction leads to, and what that means.
#[component]
fn LikeText(LikeTextProps { name, about }: &LikeTextProps) -> Html {
    let page = use_page();
    html! {
        <div class="score-text">
            <ExhibitField
                id="score-like" label={page.t(name)} text={page.link.explanation.score.like.clone()}
                epoch={page.field_epoch} described_by="score-about"
                on_text={types(&page, ExplanationChange::TypeLike)}
            />
            <p id="score-about" class="hint">{ page.t(about) }</p>
        </div>
    }
}

#[component]
fn UnlikeText() -> Html {
    let page = use_page();
    html! {
        <div class="score-text">
            <ExhibitField
                id="score-unlike" label={page.t("score.away_from")}
                text={page.link.explanation.score.unlike.clone()} epoch={page.field_epoch}
                on_text={types(&page, ExplanationChange::TypeUnlike)}
            />
        </div>
    }
}

fn types(page: &Context, change: fn(String) -> ExplanationChange) -> Callback<String> {
    let dispatcher = page.state.dispatcher();
    Callback::from(move |text| dispatcher.dispatch(Action::Explain(change(text))))
}

#[component]
fn ClassPicker() -> Html {
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

/// What the score is of, and the scale of a class's.
#[component]
pub fn ScorePicker() -> Html {
    let page = use_page();
    let chosen = page.explained_kind();
    let has_classes = !page.shown.model.labels.is_empty();
    let kinds = ScoreKind::ALL
        .iter()
        .filter(|kind| has_classes || **kind != ScoreKind::Class);
    let items = kinds.map(|&kind| ChoiceItem {
        name: page.t(kind_key(kind)).into(),
        is_chosen: kind == chosen,
        on_choose: chooses(&page, move |choice, _: Event| choice.score.kind = kind),
    });
    html! {
        <>
            <Choice name={page.t("score.kind")} group="explained-score" items={items.collect::<Vec<_>>()} />
            if chosen == ScoreKind::Class {
                <LinkPicker />
            }
        </>
    }
}

fn kind_key(kind: ScoreKind) -> &'static str {
    match kind {
        ScoreKind::Class => "score.class",
        ScoreKind::Similarity => "score.similarity",
        ScoreKind::Direction => "score.direction",
    }
}

/// The scale of a class's score.
#[component]
fn LinkPicker() -> Html {
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
