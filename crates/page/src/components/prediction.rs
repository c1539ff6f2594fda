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
pub fn label_name(language: Language, label: &str) -> String {
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
    let changed = page
        .changed_analysis()
        .and_then(|analysis| analysis.prediction.clone());
    // A classifier answers even without a word to go by: that is no prediction.
    let is_empty = page.shown.analysis.notices.contains(&Notice::Empty);
    let content = if is_empty {
        html! { <p class="prediction__text">{ page.t("prediction.nothing") }</p> }
    } else {
        classes_table(&page, prediction, changed.as_ref())
    };
    // The region is always there, so that what appears in it is announced.
    html! {
        <section class="prediction" aria-labelledby="prediction-title">
            <h2 id="prediction-title">{ page.t("prediction.title") }</h2>
            { content }
            <p class="visually-hidden" role="status">
                { if is_empty { String::new() } else { announcement(&page, prediction, changed.as_ref()) } }
            </p>
        </section>
    }
}

/// The classes with their probabilities as bars, and nothing else: for where the panel is out of sight.
pub fn class_bars(page: &Context) -> Html {
    let Some(prediction) = &page.shown.analysis.prediction else {
        return Html::default();
    };
    let classes = page.shown.model.labels.iter().enumerate().map(|(index, label)| {
        let probability = prediction.probabilities.get(index).copied().unwrap_or(0.0);
        html! {
            <li>
                <span>{ label_name(page.language(), label) }</span>
                { " " }
                <span class="number">{ share(page, probability, false) }</span>
                { bar(page, index, probability, "8") }
            </li>
        }
    });
    html! { <ul class="classes" aria-label={page.t("prediction.title")}>{ for classes }</ul> }
}

fn classes_table(page: &Context, prediction: &Prediction, changed: Option<&Prediction>) -> Html {
    let rows = page.shown.model.labels.iter().enumerate().map(|(index, label)| {
        html! {
            <>
                { row(page, prediction, index, label, changed.is_some()) }
                if let Some(changed) = changed {
                    { changed_row(page, prediction, changed, index, label) }
                }
            </>
        }
    });
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

/// Beside a changed run, shares have the decimals that they are compared by.
fn share(page: &Context, probability: f32, is_compared: bool) -> String {
    let style = page.language().numbers();
    if is_compared {
        style.percent_fixed(probability, 1)
    } else {
        style.percent(probability)
    }
}

/// In the colours that all signed pictures have: those of what speaks for the class that they are about, and against it.
fn bar(page: &Context, class: usize, probability: f32, height: &'static str) -> Html {
    let sign = if class == page.class_of_pictures() {
        "bar--positive"
    } else {
        "bar--negative"
    };
    html! {
        <svg class="bar" width="100%" {height} aria-hidden="true">
            <rect class="bar__ground" width="100%" {height} rx="4" />
            <rect class={sign} width={format!("{:.2}%", probability * 100.0)} {height} rx="4" />
        </svg>
    }
}

fn row(page: &Context, prediction: &Prediction, index: usize, label: &str, is_compared: bool) -> Html {
    let style = page.language().numbers();
    let probability = prediction.probabilities.get(index).copied().unwrap_or(0.0);
    let logit = prediction.logits.get(index).copied().unwrap_or(0.0);
    let is_top = prediction.top() == Some(index);
    html! {
        <tr class={classes!(is_top.then_some("prediction__top"))}>
            <th scope="row">{ label_name(page.language(), label) }</th>
            <td class="prediction__share">
                <span class="number">{ share(page, probability, is_compared) }</span>
                { bar(page, index, probability, "8") }
            </td>
            <td class="prediction__logit">
                <span>{ page.t("prediction.logit") }</span>
                { " " }
                <span class="number">{ style.fixed(logit, 2) }</span>
            </td>
        </tr>
    }
}

/// What becomes of a class in the changed run.
fn changed_row(
    page: &Context,
    untouched: &Prediction,
    changed: &Prediction,
    index: usize,
    label: &str,
) -> Html {
    let at = |values: &[f32]| values.get(index).copied().unwrap_or(0.0);
    let probability = at(&changed.probabilities);
    let points = page
        .language()
        .numbers()
        .points(probability - at(&untouched.probabilities));
    html! {
        <tr class="prediction__changed">
            <th scope="row">
                { page.t("prediction.changed") }
                <span class="visually-hidden">{ format!(" ({})", label_name(page.language(), label)) }</span>
            </th>
            <td class="prediction__share">
                <span class="number">{ share(page, probability, true) }</span>
                { bar(page, index, probability, "4") }
            </td>
            <td class="prediction__logit number">{ page.fill("prediction.points", &[("points", &points)]) }</td>
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
        .map(|text| page.fill("text.quoted", &[("text", &shortened(text, MOST))]))
        .collect();
    page.joined("join.sum", quoted)
}

fn announcement(page: &Context, prediction: &Prediction, changed: Option<&Prediction>) -> String {
    let style = page.language().numbers();
    let top = prediction.top().and_then(|top| {
        Some((
            top,
            page.shown.model.labels.get(top)?,
            prediction.probabilities[top],
        ))
    });
    let name = |label: &str| label_name(page.language(), label);
    let after = changed
        .zip(top)
        .and_then(|(changed, (top, ..))| changed.probabilities.get(top));
    match (top, after) {
        (Some((_, label, before)), Some(after)) => page.fill(
            "prediction.announce_changed",
            &[
                ("label", &name(label)),
                ("before", &share(page, before, true)),
                ("after", &share(page, *after, true)),
                ("points", &style.points(after - before)),
            ],
        ),
        (Some((_, label, probability)), None) if page.shown.origin != Origin::Recorded => page.fill(
            "prediction.announce",
            &[
                ("label", &name(label)),
                ("probability", &style.percent(probability)),
            ],
        ),
        _ => String::new(),
    }
}
