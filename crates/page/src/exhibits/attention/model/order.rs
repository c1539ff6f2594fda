//! In which order heads stand, and which of them.

use std::collections::BTreeSet;

use vitrine_attention::head_scores;
use vitrine_record::{HeadIdx, HeadMetric, HeadScores, LayerIdx, Side};
use yew::prelude::*;

use super::thumbnails::{Place, Thumbnails};
use crate::{
    components::PickerItem,
    i18n::Language,
    state::{LookedAt, Shared},
};

/// Whether heads can be ordered by what they do: not those of a text whose layers have not all come.
pub fn have_scores(looked_at: &LookedAt, layers: usize) -> bool {
    looked_at.is_within_text() && looked_at.layers().len() == layers
}

/// The scores of all heads of what is looked at, if they are wanted and can be had.
#[hook]
pub fn use_scores(looked_at: LookedAt, are_wanted: bool) -> Shared<Vec<HeadScores>> {
    let scores = use_memo((looked_at, are_wanted), |(looked_at, are_wanted)| {
        let tokens = looked_at.tokens(Side::Destination);
        let scores = are_wanted.then(|| head_scores(looked_at.layers(), tokens).ok());
        Shared::new(scores.flatten().unwrap_or_default())
    });
    (*scores).clone()
}

/// A head that is shown, and what it is shown for.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The head.
    pub place: Place,
    /// Its score, if heads are ordered by one.
    pub score: Option<f64>,
}

/// Which heads are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter<'a> {
    /// Only those of this layer.
    pub layer: Option<LayerIdx>,
    /// Only these of each layer.
    pub heads: Option<&'a BTreeSet<HeadIdx>>,
}

/// The heads in order: by a metric, the largest score first and those without one left out, or as they stand in the
/// model.
pub fn entries(
    thumbnails: &Thumbnails,
    scores: &[HeadScores],
    filter: &Filter,
    metric: Option<HeadMetric>,
) -> Vec<Entry> {
    let is_shown = |place: &Place| {
        filter.layer.is_none_or(|layer| layer == place.layer)
            && filter.heads.is_none_or(|heads| heads.contains(&place.head))
    };
    match metric {
        None => thumbnails
            .places()
            .filter(is_shown)
            .map(|place| Entry { place, score: None })
            .collect(),
        Some(metric) => {
            let entry = |scores: &HeadScores| {
                let (layer, head) = (scores.layer, scores.head);
                let score = scores.scores[metric]?;
                Some(Entry {
                    place: Place { layer, head },
                    score: Some(score),
                })
            };
            let mut entries: Vec<Entry> = scores.iter().filter_map(entry).collect();
            entries.retain(|entry| is_shown(&entry.place));
            entries.sort_by(|one, other| {
                other
                    .score
                    .partial_cmp(&one.score)
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
            entries
        }
    }
}

/// The metrics to choose from.
pub fn metric_items(language: Language) -> impl Iterator<Item = PickerItem> {
    HeadMetric::ALL.into_iter().map(move |metric| PickerItem {
        value: metric.name().into(),
        name: metric_name(language, metric).into(),
    })
}

/// What a metric is called.
pub fn metric_name(language: Language, metric: HeadMetric) -> &'static str {
    language.t(match metric {
        HeadMetric::Previous => "metric.previous",
        HeadMetric::Next => "metric.next",
        HeadMetric::Itself => "metric.self",
        HeadMetric::ToCls => "metric.to_cls",
        HeadMetric::ToSep => "metric.to_sep",
        HeadMetric::SepToSep => "metric.sep_to_sep",
        HeadMetric::RestToSep => "metric.rest_to_sep",
        HeadMetric::ToPunctuation => "metric.to_punctuation",
        HeadMetric::SameWord => "metric.same_word",
        HeadMetric::Entropy => "metric.entropy",
        HeadMetric::NormalisedEntropy => "metric.normalised_entropy",
        HeadMetric::EffectiveTokens => "metric.effective_tokens",
        HeadMetric::Distance => "metric.distance",
    })
}
