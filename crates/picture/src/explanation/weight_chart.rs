//! The weights of a local surrogate, with how far they scatter over seeds.

use vitrine_record::Explanation;

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf,
    part::text_of,
    signed_bars::{SignedBar, signed_bars},
};

/// One weight.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightRow {
    /// The feature, by its place in [`Explanation::features`].
    pub feature: usize,
    /// What stands in the text there.
    pub text: String,
    /// Its weight.
    pub value: f64,
    /// The lowest and the highest that it is over several seeds, where that is known. A fit that left the feature out has a
    /// weight of 0 for it.
    pub range: Option<(f64, f64)>,
}

/// Signed weights, the largest first, whatever its sign.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightChart {
    /// From above to below.
    pub rows: Vec<WeightRow>,
    /// How many features of the text the surrogate does without.
    pub left_out: usize,
}

impl WeightChart {
    /// The weights of a surrogate; `ranges`, if there are any, has the lowest and the highest weight of each feature over
    /// several seeds.
    pub fn new(explanation: &Explanation, ranges: &[(f64, f64)]) -> WeightChart {
        let row = |feature: usize| WeightRow {
            feature,
            text: text_of(explanation, feature..feature + 1),
            value: explanation.features[feature].value,
            range: ranges.get(feature).copied(),
        };
        let mut rows: Vec<WeightRow> = (0..explanation.features.len())
            .map(row)
            .filter(|row| row.value != 0.0)
            .collect();
        rows.sort_by(|one, other| other.value.abs().total_cmp(&one.value.abs()));
        WeightChart {
            left_out: explanation.features.len() - rows.len(),
            rows,
        }
    }

    /// The scale that all weights are on: to the largest.
    pub fn scale(&self) -> SignedScale {
        SignedScale::of_values(self.rows.iter().map(|row| row.value))
    }

    /// A bar for each weight, and over it a line from the lowest to the highest over the seeds.
    pub fn picture(&self, scale: SignedScale, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
        let bar = |row: &WeightRow| SignedBar {
            name: row.text.clone(),
            is_name: true,
            value: row.value,
            range: row.range,
            target: TargetOf::Features(vec![row.feature]),
        };
        let bars: Vec<SignedBar> = self.rows.iter().map(bar).collect();
        signed_bars(&bars, scale, measures, words, words.range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, whiskers, words},
        },
    };

    const RANGES: [(f64, f64); 4] = [(0.2, 0.26), (-0.02, 0.03), (-0.12, -0.05), (-0.11, -0.1)];

    #[test]
    fn weights_keep_their_signs_and_the_largest_comes_first() {
        let mut explanation = fixture::surrogate();
        explanation.features[1].value = 0.0;
        let chart = WeightChart::new(&explanation, &[]);
        let rows: Vec<_> = chart
            .rows
            .iter()
            .map(|row| (row.text.as_str(), row.value, row.range))
            .collect();
        assert_eq!(
            rows,
            [("great", 0.24, None), ("bad", -0.11, None), ("not", -0.08, None)]
        );
        assert_eq!(chart.left_out, 1);
    }

    #[test]
    fn lines_reach_from_the_lowest_to_the_highest() {
        for measures in TRIED {
            let chart = WeightChart::new(&fixture::surrogate(), &RANGES);
            let scale = chart.scale();
            let picture = chart.picture(scale, measures, &words(scale));
            check_picture(&picture);
            let bars: Vec<(f32, f32)> = picture
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rectangle { corner, width, .. } => Some((corner.x, *width)),
                    _ => None,
                })
                .collect();
            let unit = bars[0].1 / chart.rows[0].value as f32;
            let zero = bars[0].0;
            for ((start, end), row) in whiskers(&picture).into_iter().zip(&chart.rows) {
                let (lowest, highest) = row.range.unwrap();
                assert_eq!((lowest, highest), RANGES[row.feature]);
                assert!((start - zero - lowest as f32 * unit).abs() < 0.01, "{row:?}");
                assert!((end - zero - highest as f32 * unit).abs() < 0.01, "{row:?}");
            }
        }
    }
}
