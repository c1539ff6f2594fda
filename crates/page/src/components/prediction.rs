//! What the classifier says.

use vitrine_picture::shortened;
use vitrine_record::{Analysis, Notice, Prediction};
use yew::prelude::*;

use crate::{
    context::{Context, use_page},
    i18n::Language,
    state::Origin,
};

/// A class in the page's words where it is a known one, else as the model calls it.
fn label_name(language: Language, label: &str) -> String {
    match label {
        "NEGATIVE" => language.t("label.negative").to_owned(),
        "POSITIVE" => language.t("label.positive").to_owned(),
        other => other.to_owned(),
    }
}

/// Probabilities as bars, logits as numbers.
#[component]
pub fn PredictionPanel() -> Html {
    let page = use_page();
    let Some(prediction) = &page.shown.analysis.prediction else {
        return html! { <section class="prediction"><p>{ page.t("prediction.none") }</p></section> };
    };
    // A classifier answers even without a word to go by: that is no prediction.
    let is_empty = page.shown.analysis.notices.contains(&Notice::Empty);
    let content = if is_empty {
        html! { <p class="prediction__text">{ page.t("prediction.nothing") }</p> }
    } else {
        classes_table(&page, prediction)
    };
    // The region is always there, so that what appears in it is announced.
    html! {
        <section class="prediction" aria-labelledby="prediction-title">
            <h2 id="prediction-title">{ page.t("prediction.title") }</h2>
            { content }
            <p class="visually-hidden" role="status">
                { if is_empty { String::new() } else { announcement(&page, prediction) } }
            </p>
        </section>
    }
}

fn classes_table(page: &Context, prediction: &Prediction) -> Html {
    let rows = page
        .shown
        .model
        .labels
        .iter()
        .enumerate()
        .map(|(index, label)| row(page, prediction, index, label));
    html! {
        <>
            <p class="hint">{ page.t("prediction.question") }</p>
            <p class="prediction__text" lang="en">{ quoted(page) }</p>
            <table class="prediction__table">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{ page.t("prediction.class") }</th>
                        <th scope="col">{ page.t("prediction.probability") }</th>
                        <th scope="col">{ page.t("prediction.logit") }</th>
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </>
    }
}

fn row(page: &Context, prediction: &Prediction, index: usize, label: &str) -> Html {
    let style = page.language().numbers();
    let probability = prediction.probabilities.get(index).copied().unwrap_or(0.0);
    let logit = prediction.logits.get(index).copied().unwrap_or(0.0);
    let is_top = prediction.top() == Some(index);
    let sign = if label == "NEGATIVE" {
        "bar--negative"
    } else {
        "bar--positive"
    };
    html! {
        <tr class={classes!(is_top.then_some("prediction__top"))}>
            <th scope="row">{ label_name(page.language(), label) }</th>
            <td class="prediction__share">
                <span class="number">{ style.percent(probability) }</span>
                <svg class="bar" width="100%" height="8" aria-hidden="true">
                    <rect class="bar__ground" width="100%" height="8" rx="4" />
                    <rect class={sign} width={format!("{:.2}%", probability * 100.0)} height="8" rx="4" />
                </svg>
            </td>
            <td class="prediction__logit">
                <span>{ page.t("prediction.logit") }</span>
                { " " }
                <span class="number">{ style.fixed(logit, 2) }</span>
            </td>
        </tr>
    }
}

/// The sentence that the prediction is about: it may not yet be the one in the field.
fn quoted(page: &Context) -> String {
    const MOST: usize = 80;
    let Analysis { text, pair, .. } = &*page.shown.analysis;
    let quoted: Vec<String> = std::iter::once(text)
        .chain(pair)
        .filter(|text| !text.trim().is_empty())
        .map(|text| format!("“{}”", shortened(text, MOST)))
        .collect();
    quoted.join(" + ")
}

fn announcement(page: &Context, prediction: &Prediction) -> String {
    let top = prediction
        .top()
        .and_then(|top| Some((page.shown.model.labels.get(top)?, prediction.probabilities[top])));
    match top {
        Some((label, probability)) if page.shown.origin != Origin::Recorded => page.fill(
            "prediction.announce",
            &[
                ("label", &label_name(page.language(), label)),
                ("probability", &page.language().numbers().percent(probability)),
            ],
        ),
        _ => String::new(),
    }
}
