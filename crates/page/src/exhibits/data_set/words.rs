//! Sentences made from the texts that are explained.

use vitrine_explain::{TextPick, TokenStatistics};
use vitrine_picture::explanation::stated_residual;
use vitrine_record::{DataSetPicture, TextOrder, TokenOrder, TokenUnit};

use super::{
    controls::{beside_key, order_key, picture_key},
    picture::MOST_TEXTS,
    view::View,
};
use crate::{
    components::label_name,
    context::Context,
    exhibits::{
        explanation::{explained_name, scale_name},
        shap::masking_name,
    },
};

/// What the handle of the controls says where there is no room for them.
pub fn choice(page: &Context) -> String {
    let picture = page.t(picture_key(page.link.data_set.picture));
    page.joined("join.list", [explained_name(page).as_str(), picture])
}

/// What the picture is of.
pub fn heading(page: &Context, view: &View) -> String {
    let key = match (view.choice.picture, view.choice.token_order) {
        (DataSetPicture::Bars, TokenOrder::MeanSize) => "dataset.heading_mean",
        (DataSetPicture::Bars, TokenOrder::TotalSize) => "dataset.heading_sum",
        (DataSetPicture::Bars, TokenOrder::LargestSize) => "dataset.heading_largest",
        (DataSetPicture::Bars, TokenOrder::Mean) => "dataset.heading_signed",
        (DataSetPicture::Swarm, _) => "dataset.heading_swarm",
        (DataSetPicture::HeatMap, _) => "dataset.heading_heat_map",
    };
    let count = page.language().numbers().count(view.corpus.texts().len());
    let label = view.score_name(page);
    let mut heading = page.fill(key, &[("count", &count), ("label", &label)]);
    let predicted = cohort_name(page, view);
    let predicted = predicted.map(|label| page.fill("dataset.of_cohort", &[("label", &label)]));
    let beside = (!view.cohorts.is_empty()).then(|| page.t(beside_key(view.choice.beside)).to_owned());
    for more in predicted.into_iter().chain(beside) {
        heading.push_str(", ");
        heading.push_str(&more);
    }
    heading
}

fn cohort_name(page: &Context, view: &View) -> Option<String> {
    let label = page.shown.model.labels.get(view.choice.cohort?)?;
    Some(label_name(page.language(), label))
}

/// What the buttons of a picture are called together.
pub fn picture_label(page: &Context, view: &View) -> String {
    heading(page, view)
}

/// All that is known of a token.
pub fn about_token(page: &Context, view: &View, token: &str, statistics: &TokenStatistics) -> String {
    let (numbers, values) = (page.language().numbers(), view.values(page));
    let arguments = [
        ("token", token.to_owned()),
        ("count", numbers.count(statistics.occurrences)),
        ("texts", numbers.count(statistics.texts)),
        ("size", values.score(statistics.mean_size)),
        ("mean", values.value(statistics.mean)),
        (
            "spread",
            statistics
                .standard_deviation()
                .map(|spread| values.score(spread))
                .unwrap_or_default(),
        ),
    ];
    let key = match statistics.occurrences {
        1 => "dataset.about_once",
        _ => "dataset.about",
    };
    let arguments = arguments.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut said = vec![page.fill(key, &arguments)];
    said.extend(in_cohorts(page, view, token));
    said.join(" ")
}

/// What a token comes to in each of the cohorts that have it; nothing where all texts stand together.
fn in_cohorts(page: &Context, view: &View, token: &str) -> Option<String> {
    let numbers = page.language().numbers();
    let of_cohorts = view.cohorts.iter().filter_map(|cohort| {
        let statistics = cohort.corpus.token(token)?;
        let (name, value) = (cohort.of.name(page), ranked_value(page, view, statistics));
        let count = numbers.count(statistics.occurrences);
        let arguments = [("cohort", name.as_str()), ("value", &value), ("count", &count)];
        Some(page.fill("dataset.in_cohort", &arguments))
    });
    let said = page.joined("join.clauses", of_cohorts);
    let order = page.t(order_key(view.choice.token_order));
    (!said.is_empty()).then(|| page.fill("dataset.in_cohorts", &[("order", order), ("cohorts", &said)]))
}

/// What a token is in order by, as it is written beside its bar.
pub fn ranked_value(page: &Context, view: &View, statistics: &TokenStatistics) -> String {
    let (values, order) = (view.values(page), view.choice.token_order);
    let value = statistics.rank(order);
    match order {
        TokenOrder::Mean => values.value(value),
        TokenOrder::MeanSize | TokenOrder::TotalSize | TokenOrder::LargestSize => values.score(value),
    }
}

/// What the texts say: of the token that is chosen, or else of the one that matters most.
pub fn reading(page: &Context, view: &View) -> String {
    if view.choice.picture == DataSetPicture::HeatMap && view.choice.text_order == TextOrder::Pick {
        return of_picked(page, view);
    }
    let chosen = page.data_set.token.as_deref();
    if let Some((token, statistics)) = chosen.and_then(|token| Some((token, view.corpus.token(token)?))) {
        return about_token(page, view, token, statistics);
    }
    let Some((token, statistics)) = view.ranked_at(0) else {
        return String::new();
    };
    let count = page.language().numbers().count(view.corpus.texts().len());
    let key = match view.choice.token_order {
        TokenOrder::MeanSize => "dataset.reading_mean",
        TokenOrder::TotalSize => "dataset.reading_sum",
        TokenOrder::LargestSize => "dataset.reading_largest",
        TokenOrder::Mean => "dataset.reading_signed",
    };
    format!(
        "{} {}",
        page.fill(
            key,
            &[
                ("count", &count),
                ("token", token),
                ("label", &view.score_name(page))
            ]
        ),
        about_token(page, view, token, statistics),
    )
}

/// How much the texts that were picked show.
fn of_picked(page: &Context, view: &View) -> String {
    let (numbers, picked) = (page.language().numbers(), view.picked());
    let arguments = [
        ("count", numbers.count(picked.places.len())),
        ("largest", numbers.count(TextPick::LARGEST)),
        // A percentage is shown to two figures.
        ("share", numbers.percent(picked.share as f32)),
    ];
    let arguments = arguments.each_ref().map(|(name, value)| (*name, value.as_str()));
    page.fill("dataset.reading_picked", &arguments)
}

/// Of how many texts, how far their values sum to their predictions, and which are not exact.
pub fn trust(page: &Context, view: &View) -> String {
    let numbers = page.language().numbers();
    let corpus = &view.corpus;
    let unit = match corpus.unit() {
        TokenUnit::Words => "dataset.trust_words",
        TokenUnit::Pieces => "dataset.trust_pieces",
    };
    let mut sentences = vec![page.fill(
        unit,
        &[
            ("texts", &numbers.count(corpus.texts().len())),
            ("occurrences", &numbers.count(corpus.occurrence_count())),
            ("tokens", &numbers.count(corpus.token_count())),
        ],
    )];
    if !view.cohorts.is_empty() {
        let cohorts = view.cohorts.iter().map(|cohort| {
            let count = numbers.count(cohort.corpus.texts().len());
            let name = cohort.of.name(page);
            page.fill("dataset.cohort_texts", &[("name", &name), ("count", &count)])
        });
        let cohorts = page.joined("join.list", cohorts);
        sentences.push(page.fill("dataset.trust_cohorts", &[("cohorts", &cohorts)]));
    }
    if let Some(residual) = corpus.largest_residual() {
        // It is shown to three figures.
        let residual = numbers.significant(stated_residual(residual) as f32);
        sentences.push(page.fill("dataset.trust_residual", &[("residual", &residual)]));
    }
    let truncated = corpus.truncated_texts();
    let budget = view.asked.settings.most_evaluations.unwrap_or_default();
    let budget = numbers.count(budget);
    sentences.push(match truncated {
        0 => page.t("dataset.trust_exact").to_owned(),
        count => page.fill(
            "dataset.trust_truncated",
            &[("count", &numbers.count(count)), ("budget", &budget)],
        ),
    });
    for (count, key) in [
        (view.asked.cut(), "dataset.trust_cut"),
        (view.asked.skipped, "dataset.trust_skipped"),
    ] {
        if count > 0 {
            sentences.push(page.fill(key, &[("count", &numbers.count(count))]));
        }
    }
    let settings = &view.asked.settings;
    sentences.push(page.fill(
        "shap.trust_masking",
        &[
            ("masking", &masking_name(page.language(), &settings.masking)),
            ("link", scale_name(page, &settings.target)),
        ],
    ));
    sentences.join(" ")
}

/// That not all texts are in the picture, or that only rare tokens are, where it is so.
pub fn warning(page: &Context, view: Option<&View>) -> Option<String> {
    let view = view?;
    let numbers = page.language().numbers();
    let texts = view.corpus.texts().len();
    if view.choice.picture == DataSetPicture::HeatMap && texts > MOST_TEXTS {
        let (most, all) = (numbers.count(MOST_TEXTS), numbers.count(texts));
        return Some(page.fill("dataset.not_all", &[("most", &most), ("count", &all)]));
    }
    let is_of_tokens = view.choice.picture != DataSetPicture::HeatMap;
    if texts > 0 && is_of_tokens && view.ranked_at(0).is_none() {
        let least = numbers.count(view.choice.least_occurrences as usize);
        return Some(page.fill("dataset.all_rare", &[("least", &least)]));
    }
    None
}
