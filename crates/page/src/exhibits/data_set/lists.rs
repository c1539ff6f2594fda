//! The occurrences of a token with their texts, and all texts: from each, a text is opened alone.

use std::{ops::Range, rc::Rc};

use vitrine_record::Explanation;
use yew::prelude::*;

use super::{does, view::View};
use crate::{
    components::{signed_bar, use_focus_given_back},
    context::{Context, use_page},
    state::{DataSetChange, Shared},
};

/// So many rows stand there before someone asks for all.
const FIRST_ROWS: usize = 12;

/// Properties of [`Occurrences`] and [`Texts`].
#[derive(Properties, PartialEq)]
pub struct ListProps {
    /// What is drawn.
    pub view: Shared<View>,
}

/// Where the token that is chosen occurs, the largest value first.
#[component]
pub fn Occurrences(ListProps { view }: &ListProps) -> Html {
    let page = use_page();
    let token = page.data_set.token.as_ref();
    match token.filter(|token| view.corpus.token(token).is_some()) {
        // Each token's list gives the focus back to what it was chosen by.
        Some(token) => {
            html! { <OccurrencesOf key={token.to_string()} view={view.clone()} token={token.clone()} /> }
        }
        None => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct OccurrencesOfProps {
    view: Shared<View>,
    token: Rc<str>,
}

#[component]
fn OccurrencesOf(OccurrencesOfProps { view, token }: &OccurrencesOfProps) -> Html {
    let page = use_page();
    let shows_all = use_state(|| false);
    let region = use_focus_given_back();
    let found = view.corpus.occurrences_of(token);
    let values = view.values(&page);
    let rows = found.iter().take(most(*shows_all)).map(|(place, occurrence)| {
        let known = view.texts.iter().find(|text| text.place == *place);
        let marked = known.map(|text| marked_text(&text.explanation, &occurrence.positions));
        let bar = signed_bar(view.scale.place(occurrence.value), 1.0);
        html! {
            <tr>
                <th scope="row" class="number">{ values.value(occurrence.value) }{ bar }</th>
                <td class="data-set__text" lang="en">{ marked }</td>
                <td>{ open_button(&page, view, *place) }</td>
            </tr>
        }
    });
    let title = page.fill("dataset.where", &[("token", token)]);
    let columns = ["explain.value", "dataset.text_column", "dataset.open_column"];
    let columns = columns.map(|key| html! { <th scope="col">{ page.t(key) }</th> });
    html! {
        <section class="data-set__list" aria-labelledby="data-set-where" ref={region}>
            <div class="data-set__head">
                <h3 id="data-set-where">{ title.clone() }</h3>
                <button
                    type="button" class="button button--small"
                    onclick={does::<MouseEvent>(&page, DataSetChange::ChooseToken(None))}
                >
                    { page.t("dataset.close") }
                </button>
            </div>
            <div class="twin" role="region" tabindex="0" aria-label={title}>
                <table>
                    <thead><tr>{ for columns }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            { toggle(&page, &shows_all, found.len()) }
        </section>
    }
}

/// All texts in the order that is chosen, with base value, sum and prediction.
#[component]
pub fn Texts(ListProps { view }: &ListProps) -> Html {
    let page = use_page();
    let shows_all = use_state(|| false);
    let (numbers, values) = (page.language().numbers(), view.values(&page));
    let order = view.order();
    let rows = order.iter().take(most(*shows_all)).filter_map(|place| {
        let text = view.corpus.text(*place)?;
        let evaluations = if text.is_truncated() {
            page.fill(
                "dataset.truncated",
                &[("count", &numbers.count(text.evaluations))],
            )
        } else {
            numbers.count(text.evaluations)
        };
        Some(html! {
            <tr>
                <th scope="row" class="data-set__text" lang="en">{ view.sentence(*place) }</th>
                <td class="number">{ values.score(text.base_value) }</td>
                <td class="number">{ values.value(text.sum) }</td>
                <td class="number">{ values.score(text.prediction) }</td>
                <td class="number">{ evaluations }</td>
                <td>{ open_button(&page, view, *place) }</td>
            </tr>
        })
    });
    let columns = [
        "dataset.text_column",
        "explain.base_value",
        "explain.sum",
        "explain.prediction",
        "explain.fact_evaluations",
        "dataset.open_column",
    ];
    let columns = columns.map(|key| html! { <th scope="col">{ page.t(key) }</th> });
    let title = page.fill("dataset.texts", &[("count", &numbers.count(order.len()))]);
    html! {
        <details class="more data-set__texts">
            <summary>{ title.clone() }</summary>
            <div class="twin" role="region" tabindex="0" aria-label={title}>
                <table>
                    <thead><tr>{ for columns }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            { toggle(&page, &shows_all, order.len()) }
        </details>
    }
}

fn most(shows_all: bool) -> usize {
    if shows_all { usize::MAX } else { FIRST_ROWS }
}

fn toggle(page: &Context, shows_all: &UseStateHandle<bool>, count: usize) -> Html {
    if count <= FIRST_ROWS {
        return Html::default();
    }
    let onclick = {
        let shows_all = shows_all.clone();
        Callback::from(move |_: MouseEvent| shows_all.set(!*shows_all))
    };
    let count = page.language().numbers().count(count);
    let said = if **shows_all {
        page.t("masked.fewer").to_owned()
    } else {
        page.fill("dataset.show_all", &[("count", &count)])
    };
    html! { <button type="button" class="button button--small" {onclick}>{ said }</button> }
}

/// A button that opens a text in the exhibit of SHAP.
fn open_button(page: &Context, view: &View, place: usize) -> Html {
    let name = page.fill("dataset.open_text", &[("text", view.sentence(place))]);
    html! {
        <button
            type="button" class="button button--small" aria-label={name}
            onclick={does::<MouseEvent>(page, DataSetChange::OpenText(place))}
        >
            { page.t("dataset.open") }
        </button>
    }
}

/// The text with what stands at some tokens of it marked.
fn marked_text(explanation: &Explanation, positions: &Range<usize>) -> Html {
    let tokens = explanation.tokens.get(positions.clone()).unwrap_or_default();
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return html! { { &explanation.input.text } };
    };
    let slice = |from: usize, to: usize| -> String {
        let characters = explanation.input.text.chars();
        characters.skip(from).take(to.saturating_sub(from)).collect()
    };
    html! {
        <>
            { slice(0, first.start) }
            <mark>{ slice(first.start, last.end) }</mark>
            { slice(last.end, usize::MAX) }
        </>
    }
}
