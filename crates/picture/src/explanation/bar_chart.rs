//! The largest attributions as bars from zero, the largest first.

use vitrine_record::Explanation;

use super::{
    Measures, Picture, SignedScale, TargetOf,
    part::{Contribution, ContributionOf, Part, largest, parts},
    picture::{ExplanationWords, MIDDLE_OF_TYPE, NAME, SMALL},
};
use crate::{Anchor, Paint, Point, difference::sign, fitting, text_width};

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    /// What it is of, and how long it is.
    pub contribution: Contribution,
    /// The features that it is of.
    pub features: Vec<usize>,
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
            .map(|contribution| BarRow {
                features: contribution.features(&parts),
                contribution,
            })
            .collect();
        BarChart { parts, rows }
    }

    /// Names at the left, bars on both sides of zero as far as there are such values, numbers at their ends. Bars of one
    /// scale are of one length for one value.
    pub fn picture(&self, scale: SignedScale, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
        let named: Vec<(String, f64, bool)> = self
            .rows
            .iter()
            .map(|row| {
                let name = words.name(&row.contribution, &self.parts);
                let is_one = matches!(row.contribution.of, ContributionOf::Part(_));
                (name, row.contribution.value, is_one)
            })
            .collect();
        let targets = self
            .rows
            .iter()
            .map(|row| TargetOf::Features(row.features.clone()));
        signed_bars(&named, targets, scale, measures, words)
    }
}

/// Rows of a name, a bar from zero and its number. The last one says whether it is set as a name, not quietly.
pub(crate) fn signed_bars(
    rows: &[(String, f64, bool)],
    targets: impl IntoIterator<Item = TargetOf>,
    scale: SignedScale,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    let size = measures.type_size;
    let row_height = size * ROW;
    let mut picture = Picture::new(measures);
    let columns = Columns::new(rows, scale, measures, words);
    let height = rows.len() as f32 * row_height;
    for ((place, row), target) in rows.iter().enumerate().zip(targets) {
        let top = place as f32 * row_height;
        let corner = Point { x: 0.0, y: top };
        columns.row(&mut picture, top, row, words);
        picture.target(target, corner, measures.width, row_height);
    }
    let zero = columns.zero;
    picture.line(
        [Point { x: zero, y: 0.0 }, Point { x: zero, y: height }],
        1.0,
        Paint::Quiet,
    );
    picture.height = height;
    picture
}

/// Heights of a row and of a bar by the size of type.
pub(crate) const ROW: f32 = 1.7;
const BAR: f32 = 1.1;

/// Where names end, where zero is, and how long one unit is.
struct Columns {
    names: f32,
    zero: f32,
    unit: f64,
}

impl Columns {
    /// Room for the names, for the bars on both sides as far as there are such values, and for a number at each end.
    fn new(
        rows: &[(String, f64, bool)],
        scale: SignedScale,
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Columns {
        let size = measures.type_size;
        let names = names_width(rows.iter().map(|(name, ..)| name.as_str()), measures);
        let widths = rows
            .iter()
            .map(|(_, value, _)| text_width(&words.values.value(*value), size * SMALL.0));
        let number = widths.fold(0.0, f32::max) + 0.5 * size;
        // The sum of the others may be longer than the scale, whose end is the largest part.
        let reach = |sign: f64| {
            let longest = rows.iter().map(|(_, value, _)| value * sign).fold(0.0, f64::max);
            if longest > 0.0 {
                longest.max(scale.limit())
            } else {
                0.0
            }
        };
        let (left, right) = (reach(-1.0), reach(1.0));
        let room_at_left = if left > 0.0 { number } else { 0.0 };
        let room = (measures.width - names - room_at_left - number).max(size);
        let length = left + right;
        let unit = if length > 0.0 {
            f64::from(room) / length
        } else {
            0.0
        };
        Columns {
            names,
            zero: names + room_at_left + (left * unit) as f32,
            unit,
        }
    }

    fn row(
        &self,
        picture: &mut Picture,
        top: f32,
        (name, value, is_name): &(String, f64, bool),
        words: &ExplanationWords<'_>,
    ) {
        let size = picture.measures.type_size;
        let middle = top + size * ROW / 2.0;
        let baseline = middle + size * MIDDLE_OF_TYPE;
        let end_of_name = self.names - 0.6 * size;
        let at = |x: f32| Point { x, y: baseline };
        let paint = if *is_name { Paint::Ink } else { Paint::Quiet };
        let name = fitting(name, end_of_name, size);
        picture.text(at(end_of_name), Anchor::End, NAME, paint, name);
        let length = (value * self.unit) as f32;
        let corner = Point {
            x: self.zero + length.min(0.0),
            y: middle - size * BAR / 2.0,
        };
        // The length says how much, so the colour says the sign alone.
        picture.rectangle(corner, length.abs(), size * BAR, sign(*value as f32));
        let (beside, anchor) = if *value < 0.0 {
            (-0.3, Anchor::End)
        } else {
            (0.3, Anchor::Start)
        };
        let end = at(self.zero + length + beside * size);
        picture.text(end, anchor, SMALL, Paint::Ink, words.values.value(*value));
    }
}

/// As much room as the longest name needs, but no more than about a third.
pub(crate) fn names_width<'a>(names: impl IntoIterator<Item = &'a str>, measures: Measures) -> f32 {
    const LARGEST_SHARE: f32 = 0.36;
    let size = measures.type_size;
    let widest = names
        .into_iter()
        .map(|name| text_width(name, size))
        .fold(0.0, f32::max);
    (widest + 0.7 * size).min(measures.width * LARGEST_SHARE)
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
            })
            .collect();
        assert_eq!(features, [1, 1, 8]);
    }
}
