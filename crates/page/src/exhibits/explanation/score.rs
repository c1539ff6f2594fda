//! What the score that is explained is of: a class on some scale, or how alike two texts are, or which of two texts is
//! nearer.

use vitrine_record::{OutputLink, ScoreKind};
use yew::prelude::*;

use super::{choices::chooses, draw::link_key};
use crate::{
    components::{Choice, ChoiceItem, ExhibitField, label_name},
    context::{Context, use_page},
    state::{Action, ExplanationChange},
};

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
    let score = &page.link.explanation.score;
    let (like, unlike) = (score.like.clone(), score.unlike.clone());
    let (like_key, about, has_two) = match page.explained_kind() {
        ScoreKind::Class => return html! { <ClassPicker /> },
        ScoreKind::Similarity => ("score.like", "score.similarity_about", false),
        ScoreKind::Direction => ("score.towards", "score.direction_about", true),
    };
    html! {
        <div class="score-texts">
            <div class="score-texts__fields">
                <ExhibitField
                    id="score-like" label={page.t(like_key)} text={like} epoch={page.field_epoch}
                    on_text={types(&page, ExplanationChange::TypeLike)} described_by="score-about"
                />
                if has_two {
                    <ExhibitField
                        id="score-unlike" label={page.t("score.away_from")} text={unlike} epoch={page.field_epoch}
                        on_text={types(&page, ExplanationChange::TypeUnlike)} described_by="score-about"
                    />
                }
            </div>
            <p id="score-about" class="hint">{ page.t(about) }</p>
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
