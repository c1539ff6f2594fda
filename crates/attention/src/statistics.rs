//! Scores of heads over many texts.

use std::collections::BTreeMap;

use vitrine_record::{HeadIdx, HeadMetric, HeadScores, HeadStatistics, LayerIdx, PerMetric, ScoreStatistics};

/// Mean and spread of each metric of each head, over texts that come one after the other or in parts.
///
/// A text adds to the heads and metrics that it has scores for.
///
/// ```
/// # use vitrine_attention::HeadStatisticsAccumulator;
/// # use vitrine_record::{HeadIdx, HeadMetric, HeadScores, LayerIdx, PerMetric};
/// let scores = |score| HeadScores {
///     layer: LayerIdx(0), head: HeadIdx(0), scores: PerMetric::from_fn(|_| Some(score)),
/// };
/// let mut accumulator = HeadStatisticsAccumulator::default();
/// accumulator.add_text(&[scores(0.25)]);
/// accumulator.add_text(&[scores(0.75)]);
/// let statistics = accumulator.statistics();
/// assert_eq!(statistics[0].scores[HeadMetric::Previous].mean(), Some(0.5));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadStatisticsAccumulator {
    heads: BTreeMap<(LayerIdx, HeadIdx), PerMetric<ScoreStatistics>>,
}

impl HeadStatisticsAccumulator {
    /// Adds the scores of one text.
    pub fn add_text(&mut self, scores: &[HeadScores]) {
        for head in scores {
            let statistics = self.heads.entry((head.layer, head.head)).or_default();
            for metric in HeadMetric::ALL {
                if let Some(score) = head.scores[metric] {
                    add_score(&mut statistics[metric], score);
                }
            }
        }
    }

    /// Adds the statistics of other texts: the same as if these texts were added one by one.
    pub fn merge(&mut self, others: &[HeadStatistics]) {
        for head in others {
            let statistics = self.heads.entry((head.layer, head.head)).or_default();
            for metric in HeadMetric::ALL {
                merge_scores(&mut statistics[metric], &head.scores[metric]);
            }
        }
    }

    /// The statistics so far, in the order of layers and heads.
    pub fn statistics(&self) -> Vec<HeadStatistics> {
        let heads = self.heads.iter();
        heads
            .map(|(&(layer, head), &scores)| HeadStatistics { layer, head, scores })
            .collect()
    }
}

/// Welford 1962.
fn add_score(statistics: &mut ScoreStatistics, score: f64) {
    statistics.texts += 1;
    let before = score - statistics.mean;
    statistics.mean += before / f64::from(statistics.texts);
    statistics.squared_deviations += before * (score - statistics.mean);
}

/// Chan, Golub and LeVeque 1979.
fn merge_scores(statistics: &mut ScoreStatistics, other: &ScoreStatistics) {
    let texts = statistics.texts.saturating_add(other.texts);
    if other.texts == 0 {
        return;
    }
    let difference = other.mean - statistics.mean;
    let share = f64::from(other.texts) / f64::from(texts);
    statistics.squared_deviations +=
        other.squared_deviations + difference * difference * f64::from(statistics.texts) * share;
    statistics.mean += difference * share;
    statistics.texts = texts;
}
