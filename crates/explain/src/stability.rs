//! How much an attribution depends on chance.

use crate::moments::Moments;

/// What several runs of one method gave a feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean over the runs.
    pub mean: f64,
    /// The standard deviation of one run, estimated from the runs (n − 1); `None` of a single one.
    pub standard_deviation: Option<f64>,
    /// The lowest value.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

impl Spread {
    /// Whether some runs say that the feature speaks for, and others that it speaks against.
    pub fn changes_sign(&self) -> bool {
        self.lowest < 0.0 && self.highest > 0.0
    }
}

/// The spread of each feature over runs that differ in their seed, each with as many values; a run of another length than
/// the first is a mistake of the caller, and what it has beyond the shortest is left out. Nothing comes of no runs.
///
/// ```
/// use vitrine_explain::stability::spread_over_runs;
/// let spread = spread_over_runs(&[vec![1.0, -0.5], vec![2.0, 0.5], vec![3.0, 0.0]]);
/// assert_eq!((spread[0].mean, spread[0].standard_deviation), (2.0, Some(1.0)));
/// assert!(!spread[0].changes_sign() && spread[1].changes_sign());
/// ```
pub fn spread_over_runs(runs: &[Vec<f64>]) -> Vec<Spread> {
    let features = runs.iter().map(Vec::len).min().unwrap_or(0);
    (0..features)
        .map(|feature| {
            let values = runs.iter().map(|run| run[feature]);
            let moments: Moments = values.clone().collect();
            Spread {
                mean: moments.mean(),
                standard_deviation: moments.estimated_deviation(),
                lowest: values.clone().fold(f64::INFINITY, f64::min),
                highest: values.fold(f64::NEG_INFINITY, f64::max),
            }
        })
        .collect()
}
