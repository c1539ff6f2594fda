//! The largest attributions as bars from zero, the largest first.

use vitrine_record::Explanation;

use super::{
    Measures, Picture, SignedScale, TargetOf,
    part::{Contribution, ContributionOf, Part, error_of, largest, parts},
    picture::ExplanationWords,
    signed_bars::{SignedBar, signed_bars, whisker_with_name},
};

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    /// What it is of, and how long it is.
    pub contribution: Contribution,
    /// The features that it is of.
    pub features: Vec<usize>,
    /// The standard error of its value, where the method knows one and it is of a single feature.
    pub standard_error: Option<f64>,
}

/// Bars for the largest parts, and one for the sum of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct BarChart {
    /// The parts of the text.
    pub parts: Vec<Part>,
    /// From above to below.
    pub rows: Vec<BarRow>,
}

impl BarChart {
    /// Bars for at most so many parts.
    pub fn new(explanation: &Explanation, most: usize) -> BarChart {
        let parts = parts(explanation);
        let rows = largest(&parts, most)
            .into_iter()
            .map(|contribution| {
                let features = contribution.features(&parts);
                BarRow {
                    standard_error: error_of(explanation, &features),
                    features,
                    contribution,
                }
            })
            .collect();
        BarChart { parts, rows }
    }

    /// Names at the left, bars on both sides of zero as far as there are such values, numbers at their ends, and where it is
    /// known, a line one standard error to both sides of a value. Bars of one scale are of one length for one value.
    pub fn picture(&self, scale: SignedScale, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
        let bar = |row: &BarRow| SignedBar {
            name: words.name(&row.contribution, &self.parts),
            is_name: matches!(row.contribution.of, ContributionOf::Part(_)),
            value: row.contribution.value,
            range: row
                .standard_error
                .map(|error| (row.contribution.value - error, row.contribution.value + error)),
            target: TargetOf::Features(row.features.clone()),
        };
        let bars: Vec<SignedBar> = self.rows.iter().map(bar).collect();
        let mut picture = signed_bars(&bars, scale, measures, words);
        if self.rows.iter().any(|row| row.standard_error.is_some()) {
            whisker_with_name(&mut picture, words.standard_error);
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::ExplanationDetail;

    use super::*;
    use crate::{
        Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, whiskers, words},
        },
    };

    fn picture(explanation: &Explanation, most: usize, measures: Measures) -> (BarChart, Picture) {
        let scale = SignedScale::of([explanation]);
        let chart = BarChart::new(explanation, most);
        let picture = chart.picture(scale, measures, &words(scale));
        (chart, picture)
    }

    #[test]
    fn bars_are_as_long_as_their_values_and_begin_at_zero() {
        for measures in TRIED {
            for most in [0, 3, 99] {
                for explanation in [fixture::exact(), fixture::truncated(), fixture::surrogate()] {
                    let (chart, picture) = picture(&explanation, most, measures);
                    check_picture(&picture);
                    let bars: Vec<(f32, f32)> = picture
                        .shapes
                        .iter()
                        .filter_map(|shape| match shape {
                            Shape::Rectangle { corner, width, .. } => Some((corner.x, *width)),
                            _ => None,
                        })
                        .collect();
                    let zero = picture.shapes.iter().find_map(|shape| match shape {
                        Shape::Polyline { points, .. } => Some(points[0].x),
                        _ => None,
                    });
                    let zero = zero.unwrap();
                    assert_eq!(
                        (bars.len(), picture.targets.len()),
                        (chart.rows.len(), chart.rows.len())
                    );
                    let unit = bars[0].1 / chart.rows[0].contribution.value.abs() as f32;
                    for ((start, width), row) in bars.iter().zip(&chart.rows) {
                        let value = row.contribution.value as f32;
                        assert!((width - value.abs() * unit).abs() < 0.01, "{row:?}");
                        let base = if value < 0.0 { start + width } else { *start };
                        assert!(
                            (base - zero).abs() < 0.01,
                            "{row:?} begins at {base}, zero is at {zero}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn bars_of_one_scale_can_be_compared() {
        let explanation = fixture::exact();
        let own = SignedScale::of([&explanation]);
        let double = SignedScale::of_values([2.0 * own.limit()]);
        let chart = BarChart::new(&explanation, 9);
        let first = |scale| match chart.picture(scale, Measures::EXPORT, &words(scale)).shapes[1] {
            Shape::Rectangle { width, .. } => width,
            ref other => panic!("no bar: {other:?}"),
        };
        assert!((first(own) / first(double) - 2.0).abs() < 0.05);
    }

    #[test]
    fn a_row_points_at_all_its_features() {
        let (_, picture) = picture(&fixture::exact(), 2, Measures::EXPORT);
        let features: Vec<usize> = picture
            .targets
            .iter()
            .map(|target| match &target.of {
                TargetOf::Features(features) => features.len(),
                other => panic!("no row: {other:?}"),
            })
            .collect();
        assert_eq!(features, [1, 1, 8]);
    }

    #[test]
    fn standard_errors_are_lines_on_both_sides() {
        let mut explanation = fixture::exact();
        explanation.detail = ExplanationDetail::StandardErrors(vec![0.01; 10]);
        let (chart, picture) = picture(&explanation, 3, Measures::EXPORT);
        check_picture(&picture);
        let errors: Vec<_> = chart.rows.iter().map(|row| row.standard_error).collect();
        assert_eq!(
            errors,
            [Some(0.01), Some(0.01), Some(0.01), None],
            "the others have none"
        );
        assert_eq!(
            whiskers(&picture).len(),
            3 + 1,
            "one for each, and one with its name"
        );
    }
}
