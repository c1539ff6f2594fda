//! Sentences of the finder.

use vitrine_attention::{label_from, pattern_labels};
use vitrine_picture::head_survey::{mean_text, nearest_heads, score_text};
use vitrine_record::{HeadMetric, HeadStatistics, HeadSurvey};

use super::{
    super::model::{Place, metric_name},
    template::{self, Scored},
};
use crate::{context::Context, state::FinderTool};

/// How many sentences, as a person reads it.
pub fn counted(page: &Context, count: u32) -> String {
    page.language().numbers().count(count as usize)
}

/// What a head scores by a metric, with its spread and the number of sentences.
pub fn scored(page: &Context, head: &HeadStatistics, metric: HeadMetric) -> String {
    let statistics = &head.scores[metric];
    match mean_text(statistics, metric, page.language().numbers()) {
        Some(mean) => page.fill(
            "finder.scored",
            &[("mean", &mean), ("count", &counted(page, statistics.texts))],
        ),
        None => page.t("finder.no_score").to_owned(),
    }
}

/// The names of the patterns that a head follows, each with what it was given for.
pub fn labels(page: &Context, head: &HeadStatistics) -> Vec<String> {
    let label = |metric: HeadMetric| {
        let key = match metric {
            HeadMetric::Previous => "finder.label_previous",
            HeadMetric::Next => "finder.label_next",
            HeadMetric::Itself => "finder.label_self",
            HeadMetric::ToCls => "finder.label_cls",
            HeadMetric::ToSep => "finder.label_sep",
            HeadMetric::ToPunctuation => "finder.label_punctuation",
            HeadMetric::SameWord => "finder.label_same_word",
            HeadMetric::NormalisedEntropy => "finder.label_broad",
            _ => return None,
        };
        Some(format!("{} {}", page.t(key), scored(page, head, metric)))
    };
    pattern_labels(head).into_iter().filter_map(label).collect()
}

/// From where on a head is named after a pattern.
pub fn label_rule(page: &Context) -> String {
    let style = page.language().numbers();
    let from = |metric| {
        let from = label_from(metric).unwrap_or_default();
        score_text(from, metric, style)
    };
    page.fill(
        "finder.label_rule",
        &[
            ("share", &from(HeadMetric::Previous)),
            ("entropy", &from(HeadMetric::NormalisedEntropy)),
        ],
    )
}

/// What there is to say about a head: its place, its score and its names.
pub fn about(page: &Context, head: &HeadStatistics, metric: HeadMetric) -> String {
    let place = Place {
        layer: head.layer,
        head: head.head,
    };
    let name = place.name(page.language());
    let mut about = page.fill(
        "finder.about",
        &[
            ("head", &name),
            ("metric", metric_name(page.language(), metric)),
            ("score", &scored(page, head, metric)),
        ],
    );
    let labels = labels(page, head);
    if !labels.is_empty() {
        let labels = page.fill(
            "finder.labels",
            &[("labels", &page.joined("join.clauses", labels))],
        );
        about = format!("{about} {labels}");
    }
    about
}

/// The three heads that are most like one.
pub fn nearest(page: &Context, survey: &HeadSurvey, place: Place) -> String {
    let style = page.language().numbers();
    let nearest: Vec<String> = nearest_heads(survey, place.layer, place.head)
        .into_iter()
        .take(3)
        .map(|(layer, head, divergence)| format!("{layer}.{head} ({})", style.significant(divergence as f32)))
        .collect();
    page.fill(
        "finder.nearest",
        &[
            ("head", &place.name(page.language())),
            ("heads", &page.joined("join.list", nearest)),
        ],
    )
}

/// The reading line.
pub fn reading(page: &Context, ranked: &[Scored]) -> String {
    if page.finder.tool == FinderTool::Template {
        return template::reading(page, ranked);
    }
    let Some(survey) = page.survey().map(|answer| &*answer.value) else {
        return String::new();
    };
    let metric = page.finder.metric;
    let strongest = survey
        .statistics
        .iter()
        .filter(|head| head.scores[metric].texts > 0)
        .max_by(|one, other| one.scores[metric].mean.total_cmp(&other.scores[metric].mean));
    match (page.finder.tool, strongest) {
        (FinderTool::Metrics, Some(head)) => {
            page.fill("finder.reading", &[("about", &about(page, head, metric))])
        }
        _ => String::new(),
    }
}

/// The trust line.
pub fn trust(page: &Context) -> String {
    if page.finder.tool == FinderTool::Template {
        return page.t("finder.trust_template").to_owned();
    }
    let Some(survey) = page.survey().map(|answer| &*answer.value) else {
        return String::new();
    };
    let style = page.language().numbers();
    let own = match page.finder.tool {
        FinderTool::Metrics => Some(page.t("finder.trust_metrics").to_owned()),
        FinderTool::Map => survey.likeness.as_ref().map(|likeness| {
            let shown = style.percent(likeness.map.shown as f32);
            page.fill("finder.trust_map", &[("share", &shown)])
        }),
        FinderTool::MeanAttention => survey.mean_attention.as_ref().map(|mean| {
            let deviation = mean
                .layers
                .iter()
                .map(vitrine_record::LayerAttention::largest_row_sum_error)
                .fold(0.0, f32::max);
            page.fill(
                "finder.trust_mean",
                &[("deviation", &style.significant(deviation))],
            )
        }),
        FinderTool::Template => None,
    };
    let count = counted(page, survey.sentences);
    let mut parts = vec![page.fill("finder.trust_count", &[("count", &count)])];
    parts.extend(own);
    if survey.cut > 0 {
        let most = HeadSurvey::MOST_TOKENS.min(page.shown.model.max_tokens);
        parts.push(page.fill(
            "finder.cut",
            &[
                ("count", &counted(page, survey.cut)),
                ("tokens", &style.count(most)),
            ],
        ));
    }
    parts.join(" ")
}
