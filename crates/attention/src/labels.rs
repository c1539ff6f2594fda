//! Which patterns a head is named after.

use vitrine_record::{HeadMetric, HeadStatistics};

/// A head whose mean reaches this is named after the pattern; nothing for metrics that no head is named after. A share
/// has to be the larger part of the head's attention. Of entropy, spread over nearly all tokens is what is called
/// broad.
pub fn label_from(metric: HeadMetric) -> Option<f64> {
    match metric {
        HeadMetric::Previous
        | HeadMetric::Next
        | HeadMetric::Itself
        | HeadMetric::ToCls
        | HeadMetric::ToSep
        | HeadMetric::ToPunctuation
        | HeadMetric::SameWord => Some(0.5),
        HeadMetric::NormalisedEntropy => Some(0.9),
        HeadMetric::SepToSep
        | HeadMetric::RestToSep
        | HeadMetric::Entropy
        | HeadMetric::EffectiveTokens
        | HeadMetric::Distance => None,
    }
}

/// The patterns whose mean reaches [`label_from`], in the order of the metrics. A name says nothing without the mean and
/// spread that it was given for.
///
/// ```
/// # use vitrine_attention::pattern_labels;
/// # use vitrine_record::{HeadIdx, HeadMetric, HeadStatistics, LayerIdx, PerMetric, ScoreStatistics};
/// let mut scores = PerMetric::<ScoreStatistics>::default();
/// scores[HeadMetric::Previous] = ScoreStatistics { texts: 9, mean: 0.8, squared_deviations: 0.1 };
/// scores[HeadMetric::Entropy] = ScoreStatistics { texts: 9, mean: 0.8, squared_deviations: 0.1 };
/// let head = HeadStatistics { layer: LayerIdx(2), head: HeadIdx(3), scores };
/// assert_eq!(pattern_labels(&head), [HeadMetric::Previous]);
/// ```
pub fn pattern_labels(head: &HeadStatistics) -> Vec<HeadMetric> {
    let reaches = |metric: &HeadMetric| {
        let mean = head.scores[*metric].mean();
        mean.zip(label_from(*metric))
            .is_some_and(|(mean, from)| mean >= from)
    };
    HeadMetric::ALL.into_iter().filter(reaches).collect()
}
