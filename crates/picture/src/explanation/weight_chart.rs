//! The weights of a local surrogate, with how far they scatter over seeds.

use vitrine_record::Explanation;

use super::{
    ExplanationWords, Measures, Picture, SeedWeights, SignedScale, TargetOf,
    part::text_of,
    picture::SMALL,
    signed_bars::{SignedBar, signed_bars, whisker},
};
use crate::{Anchor, Paint, Point, fitting};

/// One weight.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightRow {
    /// The feature, by its place in [`Explanation::features`].
    pub feature: usize,
    /// What stands in the text there.
    pub text: String,
    /// Its weight.
    pub value: f64,
    /// The lowest and the highest that it is over several seeds, those that chose it, where there are several.
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
    /// The weights of a surrogate, and over them what several seeds say, if there are several.
    pub fn new(explanation: &Explanation, seeds: &SeedWeights) -> WeightChart {
        let range = |feature: usize| {
            let word = seeds
                .of(&explanation.features[feature])
                .filter(|_| seeds.fits.len() > 1)?;
            word.spread().map(|spread| (spread.lowest, spread.highest))
        };
        let row = |feature: usize| WeightRow {
            feature,
            text: text_of(explanation, feature..feature + 1),
            value: explanation.features[feature].value,
            range: range(feature),
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

    /// A bar for each weight, and over it a line from the lowest to the highest over the seeds; below, where there are such
    /// lines, what they are.
    pub fn picture(
        &self,
        scale: SignedScale,
        measures: Measures,
        words: &ExplanationWords<'_>,
        range_name: &str,
    ) -> Picture {
        let bar = |row: &WeightRow| SignedBar {
            name: row.text.clone(),
            is_name: true,
            value: row.value,
            range: row.range,
            target: TargetOf::Features(vec![row.feature]),
        };
        let bars: Vec<SignedBar> = self.rows.iter().map(bar).collect();
        let mut picture = signed_bars(&bars, scale, measures, words);
        if self.rows.iter().any(|row| row.range.is_some()) {
            let size = measures.type_size;
            let y = picture.height + size;
            whisker(&mut picture, [0.0, 1.6 * size].map(|x| Point { x, y }));
            let name = fitting(range_name, measures.width - 2.0 * size, size * SMALL.0);
            let at = Point {
                x: 2.0 * size,
                y: y + 0.3 * size,
            };
            picture.text(at, Anchor::Start, SMALL, Paint::Quiet, name);
            picture.height = y + 0.6 * size;
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    #[test]
    fn weights_keep_their_signs_and_the_largest_comes_first() {
        let mut explanation = fixture::surrogate();
        explanation.features[1].value = 0.0;
        let chart = WeightChart::new(&explanation, &SeedWeights::new([&explanation]));
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

    fn says(picture: &Picture, wanted: &str) -> bool {
        let is_it = |shape: &Shape| matches!(shape, Shape::Text { content, .. } if content == wanted);
        picture.shapes.iter().any(is_it)
    }

    #[test]
    fn lines_reach_from_the_lowest_to_the_highest_and_are_named() {
        let all = fixture::seeds();
        for measures in TRIED {
            let chart = WeightChart::new(&all[0], &SeedWeights::new(&all));
            let scale = chart.scale();
            let picture = chart.picture(scale, measures, &words(scale), "over 3 seeds");
            check_picture(&picture);
            assert!(says(&picture, "over 3 seeds"));
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
            let lines: Vec<(f32, f32)> = picture
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Polyline {
                        points,
                        paint: Paint::Ink,
                        ..
                    } => Some((points[0].x, points[1].x)),
                    _ => None,
                })
                .collect();
            assert_eq!(
                lines.len(),
                chart.rows.len() + 1,
                "one for each row, and one with its name"
            );
            // Each seed but the first gives "great" more; what the second left out is between the other two.
            let ranges = [(0.24, 0.26), (-0.11, -0.11), (-0.08, -0.08)];
            for (((start, end), row), expect) in lines.into_iter().zip(&chart.rows).zip(ranges) {
                let (lowest, highest) = row.range.unwrap();
                assert_eq!((lowest, highest), expect, "{row:?}");
                assert!((start - zero - lowest as f32 * unit).abs() < 0.01, "{row:?}");
                assert!((end - zero - highest as f32 * unit).abs() < 0.01, "{row:?}");
            }
        }
    }

    #[test]
    fn of_one_seed_there_is_no_range_to_name() {
        let explanation = fixture::surrogate();
        let chart = WeightChart::new(&explanation, &SeedWeights::new([&explanation]));
        let scale = chart.scale();
        let picture = chart.picture(scale, Measures::EXPORT, &words(scale), "over 1 seed");
        check_picture(&picture);
        assert!(!says(&picture, "over 1 seed"));
    }
}
