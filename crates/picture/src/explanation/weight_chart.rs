//! The weights of a local surrogate, with how far they scatter over seeds.

use vitrine_record::Explanation;

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf,
    part::text_of,
    signed_bars::{SignedBar, signed_bars},
};

/// How far a weight scatters over fits that differ in their seeds alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Over how many.
    pub fits: usize,
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, that of a sample.
    pub standard_deviation: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// The spread of some weights; a single one has none.
    ///
    /// ```
    /// use vitrine_picture::explanation::Spread;
    /// let spread = Spread::of(&[1.0, 2.0, 3.0]).unwrap();
    /// assert_eq!((spread.mean, spread.standard_deviation), (2.0, 1.0));
    /// assert_eq!((spread.least, spread.most), (1.0, 3.0));
    /// assert_eq!(Spread::of(&[1.0]), None);
    /// ```
    pub fn of(weights: &[f64]) -> Option<Spread> {
        let fits = weights.len();
        if fits < 2 {
            return None;
        }
        let mean = weights.iter().sum::<f64>() / fits as f64;
        let squares: f64 = weights.iter().map(|weight| (weight - mean).powi(2)).sum();
        Some(Spread {
            fits,
            mean,
            standard_deviation: (squares / (fits - 1) as f64).sqrt(),
            least: weights.iter().copied().fold(f64::INFINITY, f64::min),
            most: weights.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

/// One weight.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightRow {
    /// The feature, by its place in [`Explanation::features`].
    pub feature: usize,
    /// What stands in the text there.
    pub text: String,
    /// Its weight.
    pub value: f64,
    /// How far it scatters, where that is known. A fit that left the feature out has a weight of 0 for it.
    pub spread: Option<Spread>,
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
    /// The weights of a surrogate; `others` are fits of the same text that differ in their seeds. Those of another text
    /// do not count.
    pub fn new(explanation: &Explanation, others: &[Explanation]) -> WeightChart {
        let fits: Vec<&Explanation> = others
            .iter()
            .filter(|other| {
                other.input == explanation.input && other.features.len() == explanation.features.len()
            })
            .collect();
        let row = |feature: usize| {
            let value = |fit: &Explanation| fit.features[feature].value;
            let weights: Vec<f64> = std::iter::once(explanation)
                .chain(fits.iter().copied())
                .map(value)
                .collect();
            WeightRow {
                feature,
                text: text_of(explanation, feature..feature + 1),
                value: value(explanation),
                spread: Spread::of(&weights),
            }
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

    /// A bar for each weight, and over it a line from the smallest to the largest over the seeds.
    pub fn picture(&self, scale: SignedScale, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
        let bar = |row: &WeightRow| SignedBar {
            name: row.text.clone(),
            is_name: true,
            value: row.value,
            range: row.spread.map(|spread| (spread.least, spread.most)),
            target: TargetOf::Features(vec![row.feature]),
        };
        let bars: Vec<SignedBar> = self.rows.iter().map(bar).collect();
        signed_bars(&bars, scale, measures, words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Paint, Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    fn fits() -> Vec<Explanation> {
        [0.02, -0.015, 0.005]
            .map(|by| {
                let mut fit = fixture::surrogate();
                for feature in &mut fit.features {
                    feature.value += by;
                }
                fit
            })
            .into()
    }

    #[test]
    fn weights_keep_their_signs_and_the_largest_comes_first() {
        let mut explanation = fixture::surrogate();
        explanation.features[1].value = 0.0;
        let chart = WeightChart::new(&explanation, &[]);
        let rows: Vec<_> = chart
            .rows
            .iter()
            .map(|row| (row.text.as_str(), row.value, row.spread))
            .collect();
        assert_eq!(
            rows,
            [("great", 0.24, None), ("bad", -0.11, None), ("not", -0.08, None)]
        );
        assert_eq!(chart.left_out, 1);
    }

    #[test]
    fn the_spread_is_that_of_all_seeds() {
        let chart = WeightChart::new(&fixture::surrogate(), &fits());
        let great = chart.rows[0].spread.unwrap();
        assert_eq!(
            (great.fits, great.least, great.most),
            (4, 0.24 - 0.015, 0.24 + 0.02)
        );
        assert!((great.mean - 0.2425).abs() < 1e-12);
        let foreign = WeightChart::new(&fixture::surrogate(), &[fixture::exact()]);
        assert_eq!(foreign.rows[0].spread, None, "another text is no other fit");
    }

    #[test]
    fn lines_reach_from_the_smallest_to_the_largest() {
        for measures in TRIED {
            let chart = WeightChart::new(&fixture::surrogate(), &fits());
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
            let lines = picture.shapes.iter().filter_map(|shape| match shape {
                Shape::Polyline {
                    points,
                    paint: Paint::Ink,
                    ..
                } => Some((points[0].x, points[1].x)),
                _ => None,
            });
            for ((start, end), row) in lines.zip(&chart.rows) {
                let spread = row.spread.unwrap();
                assert!(
                    (start - zero - spread.least as f32 * unit).abs() < 0.01,
                    "{row:?}"
                );
                assert!((end - zero - spread.most as f32 * unit).abs() < 0.01, "{row:?}");
            }
        }
    }
}
