//! Numbers that say what an attention head does: for one text, over many, and how alike heads are.

use std::ops::{Index, IndexMut, RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::{HeadIdx, LayerIdx};

/// A number that says in how far a head follows a pattern, in the order in which they are shown.
///
/// A text in which a metric has no valid row has no score for it: one without punctuation, for instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HeadMetric {
    /// Attention to the token before; mean over all rows but the first.
    Previous,
    /// Attention to the token after; mean over all rows but the last.
    Next,
    /// Attention of a token to itself; mean over all rows.
    Itself,
    /// Attention to the special token that opens the input; mean over all rows.
    ToCls,
    /// Attention to the special tokens that close a text, summed; mean over all rows.
    ToSep,
    /// The same, over the rows of those tokens only.
    SepToSep,
    /// The same, over the rows of all other tokens.
    RestToSep,
    /// Attention to punctuation, summed; mean over all rows.
    ToPunctuation,
    /// Attention to other occurrences of the same piece, summed; mean over the rows of pieces that occur more than
    /// once. Special tokens and the unknown piece are no words.
    SameWord,
    /// Entropy of a row in nats; mean over all rows.
    Entropy,
    /// That entropy divided by that of uniform attention, ln N; an input of one token has none.
    NormalisedEntropy,
    /// How many tokens uniform attention of that entropy would be spread over, exp(H).
    EffectiveTokens,
    /// Distance in tokens between destination and source, weighted by attention.
    Distance,
}

impl HeadMetric {
    /// How many there are.
    pub const COUNT: usize = 13;

    /// All of them, in the order in which they are shown.
    pub const ALL: [HeadMetric; HeadMetric::COUNT] = [
        HeadMetric::Previous,
        HeadMetric::Next,
        HeadMetric::Itself,
        HeadMetric::ToCls,
        HeadMetric::ToSep,
        HeadMetric::SepToSep,
        HeadMetric::RestToSep,
        HeadMetric::ToPunctuation,
        HeadMetric::SameWord,
        HeadMetric::Entropy,
        HeadMetric::NormalisedEntropy,
        HeadMetric::EffectiveTokens,
        HeadMetric::Distance,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            HeadMetric::Previous => "previous",
            HeadMetric::Next => "next",
            HeadMetric::Itself => "self",
            HeadMetric::ToCls => "to-cls",
            HeadMetric::ToSep => "to-sep",
            HeadMetric::SepToSep => "sep-to-sep",
            HeadMetric::RestToSep => "rest-to-sep",
            HeadMetric::ToPunctuation => "to-punctuation",
            HeadMetric::SameWord => "same-word",
            HeadMetric::Entropy => "entropy",
            HeadMetric::NormalisedEntropy => "normalised-entropy",
            HeadMetric::EffectiveTokens => "effective-tokens",
            HeadMetric::Distance => "distance",
        }
    }

    /// The metric of a name in a file.
    ///
    /// ```
    /// # use vitrine_record::HeadMetric;
    /// assert_eq!(HeadMetric::from_name("same-word"), Some(HeadMetric::SameWord));
    /// ```
    pub fn from_name(name: &str) -> Option<HeadMetric> {
        HeadMetric::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Whether a large score means that the head follows the pattern strongly. Of entropy and distance both ends are
    /// patterns: narrow and broad, near and far.
    pub fn large_means_strong(self) -> bool {
        !matches!(
            self,
            HeadMetric::Entropy
                | HeadMetric::NormalisedEntropy
                | HeadMetric::EffectiveTokens
                | HeadMetric::Distance
        )
    }

    /// What it can be for inputs of at most so many tokens, if rows sum to 1; rounding may pass it by a little.
    pub fn range(self, most_tokens: usize) -> RangeInclusive<f64> {
        let tokens = most_tokens.max(1) as f64;
        match self {
            HeadMetric::Entropy => 0.0..=tokens.ln(),
            HeadMetric::EffectiveTokens => 1.0..=tokens,
            HeadMetric::Distance => 0.0..=tokens - 1.0,
            _ => 0.0..=1.0,
        }
    }
}

/// One value for each [`HeadMetric`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerMetric<T>([T; HeadMetric::COUNT]);

impl<T> PerMetric<T> {
    /// Asks for the value of each metric.
    pub fn from_fn(mut value: impl FnMut(HeadMetric) -> T) -> PerMetric<T> {
        PerMetric(HeadMetric::ALL.map(&mut value))
    }
}

impl<T> Index<HeadMetric> for PerMetric<T> {
    type Output = T;

    fn index(&self, metric: HeadMetric) -> &T {
        &self.0[metric as usize]
    }
}

impl<T> IndexMut<HeadMetric> for PerMetric<T> {
    fn index_mut(&mut self, metric: HeadMetric) -> &mut T {
        &mut self.0[metric as usize]
    }
}

/// All metrics of one head for one text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadScores {
    /// The layer.
    pub layer: LayerIdx,
    /// The head within it.
    pub head: HeadIdx,
    /// The scores; `None` where the text has no row that the metric is defined for.
    pub scores: PerMetric<Option<f64>>,
}

/// Mean and spread of one score over texts, in the form that more texts can be added to (Welford 1962).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreStatistics {
    /// How many texts had a score.
    pub texts: u32,
    /// Mean over these texts; 0 without any.
    pub mean: f64,
    /// Squared distances from the mean, summed.
    pub squared_deviations: f64,
}

impl ScoreStatistics {
    /// The mean, if there was a score.
    pub fn mean(&self) -> Option<f64> {
        (self.texts > 0).then_some(self.mean)
    }

    /// The sample standard deviation, which divides by one less than the number of texts; one text has none.
    ///
    /// ```
    /// # use vitrine_record::ScoreStatistics;
    /// let statistics = ScoreStatistics { texts: 3, mean: 2.0, squared_deviations: 2.0 }; // of 1, 2 and 3
    /// assert_eq!(statistics.standard_deviation(), Some(1.0));
    /// ```
    pub fn standard_deviation(&self) -> Option<f64> {
        (self.texts > 1).then(|| (self.squared_deviations / f64::from(self.texts - 1)).sqrt())
    }
}

/// All metrics of one head over many texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadStatistics {
    /// The layer.
    pub layer: LayerIdx,
    /// The head within it.
    pub head: HeadIdx,
    /// Mean and spread of each score.
    pub scores: PerMetric<ScoreStatistics>,
}

/// How unlike heads are: for each two of them, the Jensen–Shannon divergence of their rows, in nats, summed over
/// rows and perhaps summed or averaged over texts (Clark et al. 2019, section 6). Symmetric, with zeros on the diagonal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadDivergences {
    heads: Vec<(LayerIdx, HeadIdx)>,
    divergences: Vec<f64>,
}

impl HeadDivergences {
    /// Takes `heads × heads` values in row-major order, or nothing if their number differs.
    pub fn new(heads: Vec<(LayerIdx, HeadIdx)>, divergences: Vec<f64>) -> Option<HeadDivergences> {
        let taken = HeadDivergences { heads, divergences };
        taken.is_consistent().then_some(taken)
    }

    /// The heads, in the order of rows and columns.
    pub fn heads(&self) -> &[(LayerIdx, HeadIdx)] {
        &self.heads
    }

    /// All values, `[head, head]` in row-major order.
    pub fn values(&self) -> &[f64] {
        &self.divergences
    }

    /// Whether the array has the length that its shape says: what arrives in a message may not.
    pub fn is_consistent(&self) -> bool {
        self.divergences.len() == self.heads.len() * self.heads.len()
    }
}

/// A head's place in a map in which heads that are alike lie near each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadPoint {
    /// The layer.
    pub layer: LayerIdx,
    /// The head within it.
    pub head: HeadIdx,
    /// Along the axis on which heads differ most, in nats.
    pub x: f64,
    /// Along the axis on which they differ most besides.
    pub y: f64,
}

/// A map of heads, and how far it can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadMap {
    /// The heads.
    pub points: Vec<HeadPoint>,
    /// Which part of all differences the two axes show, from 0 to 1: the eigenvalues of these axes divided by the
    /// sum of all eigenvalues' magnitudes (Mardia 1978).
    pub shown: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_by_name_and_stand_in_their_order() {
        for (index, metric) in HeadMetric::ALL.into_iter().enumerate() {
            assert_eq!(metric as usize, index, "{metric:?}");
            assert_eq!(HeadMetric::from_name(metric.name()), Some(metric));
        }
        assert_eq!(HeadMetric::from_name("Previous"), None);
    }

    #[test]
    fn each_metric_has_its_own_value() {
        let mut values = PerMetric::from_fn(HeadMetric::name);
        values[HeadMetric::Entropy] = "changed";
        for metric in HeadMetric::ALL {
            let expect = if metric == HeadMetric::Entropy {
                "changed"
            } else {
                metric.name()
            };
            assert_eq!(values[metric], expect);
        }
    }

    #[test]
    fn a_matrix_has_a_value_for_each_two_heads() {
        let heads = vec![(LayerIdx(0), HeadIdx(0)), (LayerIdx(0), HeadIdx(1))];
        assert!(HeadDivergences::new(heads.clone(), vec![0.0; 4]).is_some());
        assert!(HeadDivergences::new(heads, vec![0.0; 3]).is_none());
    }

    #[test]
    fn one_text_has_a_mean_and_no_spread() {
        let one = ScoreStatistics {
            texts: 1,
            mean: 0.5,
            squared_deviations: 0.0,
        };
        assert_eq!((one.mean(), one.standard_deviation()), (Some(0.5), None));
        assert_eq!(ScoreStatistics::default().mean(), None);
    }
}
