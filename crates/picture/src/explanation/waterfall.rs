//! From the base value to the prediction, one attribution after the other.

use vitrine_record::Explanation;

use super::{
    Measures, Picture, TargetOf, ValueAxis,
    part::{Contribution, ContributionOf, Part, error_of, largest, parts, remainder, starting_value},
    picture::{ExplanationWords, MIDDLE_OF_TYPE, SMALL, SMALL_BOLD},
    signed_bars::{ROW, name_at_left, names_width, whisker, whisker_with_name},
};
use crate::{Anchor, Paint, Point, Shape, difference::sign, text_width};

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct WaterfallRow {
    /// What it is of, and how long it is.
    pub contribution: Contribution,
    /// The features that it is of.
    pub features: Vec<usize>,
    /// The score before it.
    pub start: f64,
    /// The score after it.
    pub end: f64,
    /// The standard error of its length, where the method knows one and it is of a single feature.
    pub standard_error: Option<f64>,
}

impl WaterfallRow {
    /// Where a line one standard error to both sides of its end begins and ends.
    fn range(&self) -> Option<[f64; 2]> {
        let error = self.standard_error?;
        Some([self.end - error, self.end + error])
    }
}

/// Steps from the base value, at the bottom, to the prediction, at the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Waterfall {
    /// The parts of the text.
    pub parts: Vec<Part>,
    /// Where the lowest step begins: the base value, or a surrogate's intercept.
    pub start: f64,
    /// Where the highest step ends.
    pub prediction: f64,
    /// From above to below. Each begins where the one below it ends.
    pub rows: Vec<WaterfallRow>,
}

impl Waterfall {
    /// Steps of at most so many parts, the largest at the top. What the values do not account for, where that would be
    /// seen, is above all.
    pub fn new(explanation: &Explanation, most: usize) -> Waterfall {
        let parts = parts(explanation);
        let start = starting_value(explanation);
        let mut steps = largest(&parts, most);
        steps.splice(0..0, remainder(explanation, &parts));
        let mut score = start;
        let mut rows: Vec<WaterfallRow> = steps
            .into_iter()
            .rev()
            .map(|contribution| {
                let (start, end) = (score, score + contribution.value);
                score = end;
                let features = contribution.features(&parts);
                WaterfallRow {
                    standard_error: error_of(explanation, &features),
                    features,
                    contribution,
                    start,
                    end,
                }
            })
            .collect();
        rows.reverse();
        Waterfall {
            parts,
            start,
            prediction: explanation.prediction,
            rows,
        }
    }

    /// The axis that all steps lie on.
    pub fn axis(&self) -> ValueAxis {
        let ends = self.rows.iter().flat_map(|row| [row.start, row.end]);
        let errors = self.rows.iter().filter_map(WaterfallRow::range).flatten();
        ValueAxis::covering(ends.chain(errors).chain([self.start, self.prediction]))
    }

    /// Names at the left; the prediction above, the base value below, and steps that point to where they lead between
    /// them; the axis below all. Where it is known, a line reaches one standard error to both sides of the end of a step.
    /// An axis may be that of several explanations.
    pub fn picture(
        &self,
        axis: Option<ValueAxis>,
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Picture {
        let size = measures.type_size;
        let axis = axis.unwrap_or_else(|| self.axis());
        let names: Vec<String> = self
            .rows
            .iter()
            .map(|row| words.name(&row.contribution, &self.parts))
            .collect();
        let number = |row: &WaterfallRow| words.values.value(row.contribution.value);
        let widths = self
            .rows
            .iter()
            .map(|row| text_width(&number(row), size * SMALL.0));
        // Beside either end of a step there is room for its number.
        let room = widths.fold(0.0, f32::max) + 0.6 * size;
        // Numbers with many decimals leave less room for names.
        let most = (measures.width - 2.0 * room - size).max(0.0);
        let left = names_width(names.iter().map(String::as_str), measures).min(most);
        let ends = (left + room, (measures.width - room).max(left + room));
        let place = |value: f64| axis.place(value, ends);
        let mut picture = Picture::new(measures);
        let top = size * ROW;
        for (index, (row, name)) in self.rows.iter().zip(&names).enumerate() {
            let y = top + index as f32 * size * ROW;
            let corner = Point { x: 0.0, y };
            let (from, to) = (place(row.start), place(row.end));
            step(&mut picture, (from, to), y, row.contribution.value);
            let baseline = y + size * (ROW / 2.0 + MIDDLE_OF_TYPE);
            let is_part = matches!(row.contribution.of, ContributionOf::Part(_));
            let paint = if is_part { Paint::Ink } else { Paint::Quiet };
            let at = |x: f32| Point { x, y: baseline };
            name_at_left(&mut picture, name, paint, at(left));
            let (mut least, mut most) = (from.min(to), from.max(to));
            if let Some(range) = row.range() {
                let range = range.map(place);
                let y = y + size * ROW / 2.0;
                whisker(&mut picture, range.map(|x| Point { x, y }));
                (least, most) = (least.min(range[0]), most.max(range[1]));
            }
            let (x, anchor) = if row.contribution.value < 0.0 {
                (least - 0.3 * size, Anchor::End)
            } else {
                (most + 0.3 * size, Anchor::Start)
            };
            picture.text(at(x), anchor, SMALL, Paint::Ink, number(row));
            picture.target(
                TargetOf::Features(row.features.clone()),
                corner,
                measures.width,
                size * ROW,
            );
            if index > 0 {
                let above = y - size * ROW / 2.0;
                let points = [
                    Point { x: to, y: above },
                    Point {
                        x: to,
                        y: y + size * ROW / 2.0,
                    },
                ];
                let connector = Shape::Polyline {
                    points: points.into(),
                    width: 1.0,
                    paint: Paint::Quiet,
                };
                picture.shapes.insert(0, connector);
            }
        }
        let bottom = top + self.rows.len() as f32 * size * ROW;
        picture.height = bottom + size * ROW;
        for (score, name, y, from, to) in [
            (
                self.prediction,
                words.prediction,
                0.0,
                top - 0.3 * size,
                top + size * ROW / 2.0,
            ),
            (
                self.start,
                words.base_value,
                bottom,
                bottom - size * ROW / 2.0,
                bottom + 0.3 * size,
            ),
        ] {
            let x = place(score);
            let label = format!("{name} = {}", words.values.score(score));
            let half = text_width(&label, size * SMALL_BOLD.0) / 2.0;
            let at = Point {
                x: x.clamp(
                    half.min(measures.width / 2.0),
                    (measures.width - half).max(measures.width / 2.0),
                ),
                y: y + size * (ROW / 2.0 + MIDDLE_OF_TYPE),
            };
            let line = [Point { x, y: from }, Point { x, y: to }];
            let mark = Shape::Polyline {
                points: line.into(),
                width: 1.0,
                paint: Paint::Quiet,
            };
            picture.shapes.insert(0, mark);
            picture.text(at, Anchor::Middle, SMALL_BOLD, Paint::Ink, label);
        }
        let line = picture.height + 0.2 * size;
        picture.height = axis.draw(&mut picture, ends, line, &[], words.values);
        if self.rows.iter().any(|row| row.standard_error.is_some()) {
            whisker_with_name(&mut picture, words.standard_error);
        }
        picture
    }
}

/// A bar with a point where it leads to.
fn step(picture: &mut Picture, (from, to): (f32, f32), top: f32, value: f64) {
    const HEIGHT: f32 = 1.1;
    let size = picture.measures.type_size;
    let (above, below) = (
        top + size * (ROW - HEIGHT) / 2.0,
        top + size * (ROW + HEIGHT) / 2.0,
    );
    let tip = (size * 0.4).min((to - from).abs()).copysign(to - from);
    let corner = |x: f32, y: f32| Point { x, y };
    picture.shapes.push(Shape::Polygon {
        points: vec![
            corner(from, above),
            corner(to - tip, above),
            corner(to, (above + below) / 2.0),
            corner(to - tip, below),
            corner(from, below),
        ],
        paint: sign(value as f32),
        opacity: 1.0,
    });
}

#[cfg(test)]
mod tests {
    use vitrine_record::ExplanationDetail;

    use super::*;
    use crate::{
        Axis,
        explanation::{
            SignedScale, fixture,
            picture::{TRIED, check_picture, whiskers, words},
        },
    };

    fn all() -> [Explanation; 4] {
        let mut with_gap = fixture::exact();
        with_gap.prediction += 0.02;
        [
            fixture::exact(),
            fixture::truncated(),
            fixture::surrogate(),
            with_gap,
        ]
    }

    #[test]
    fn steps_lead_from_the_base_value_to_the_prediction_without_a_gap() {
        for explanation in all() {
            for most in [0, 1, 4, 99] {
                let waterfall = Waterfall::new(&explanation, most);
                let rows = &waterfall.rows;
                assert_eq!(rows.last().unwrap().start, starting_value(&explanation));
                assert!((rows[0].end - explanation.prediction).abs() < 1e-12);
                for pair in rows.windows(2) {
                    assert_eq!(pair[0].start, pair[1].end);
                }
                for row in rows {
                    assert!((row.end - row.start - row.contribution.value).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn what_is_not_accounted_for_is_a_step_of_its_own() {
        let count = |explanation: &Explanation| {
            let rows = Waterfall::new(explanation, 99).rows;
            rows.iter()
                .filter(|row| row.contribution.of == ContributionOf::Remainder)
                .count()
        };
        let [exact, truncated, surrogate, with_gap] = all();
        assert_eq!([count(&exact), count(&truncated)], [0, 0]);
        assert_eq!([count(&surrogate), count(&with_gap)], [1, 1]);
    }

    #[test]
    fn standard_errors_are_lines_around_the_ends_of_steps() {
        let mut explanation = fixture::exact();
        explanation.detail = ExplanationDetail::StandardErrors(vec![0.3; 10]);
        for measures in TRIED {
            let waterfall = Waterfall::new(&explanation, 4);
            let errors: Vec<_> = waterfall.rows.iter().map(|row| row.standard_error).collect();
            let known = Some(0.3);
            assert_eq!(errors, [known, known, known, known, None], "the others have none");
            let picture = waterfall.picture(None, measures, &words(SignedScale::of([&explanation])));
            check_picture(&picture);
            let lines = whiskers(&picture);
            assert_eq!(lines.len(), 4 + 1, "one for each, and one with its name");
            let tips = picture.shapes.iter().filter_map(|shape| match shape {
                Shape::Polygon { points, .. } => Some(points[2].x),
                _ => None,
            });
            for ((start, end), tip) in lines.into_iter().zip(tips).take(4) {
                assert!(((start + end) / 2.0 - tip).abs() < 0.01 && end > start);
            }
            let is_said =
                |shape: &Shape| matches!(shape, Shape::Text { content, .. } if content.starts_with("Lines"));
            assert!(picture.shapes.iter().any(is_said), "it is said what they are");
        }
    }

    #[test]
    fn the_axis_has_numbers_at_every_width() {
        for measures in TRIED {
            for explanation in all() {
                let waterfall = Waterfall::new(&explanation, 7);
                let picture = waterfall.picture(None, measures, &words(SignedScale::of([&explanation])));
                let numbers = picture.shapes.iter().filter(|shape| {
                    matches!(shape, Shape::Text { content, paint: Paint::Quiet, .. } if content.parse::<f64>().is_ok())
                });
                assert!(numbers.count() >= 2);
            }
        }
    }

    #[test]
    fn the_picture_is_to_scale_at_every_width() {
        for measures in TRIED {
            for explanation in all() {
                let scale = SignedScale::of([&explanation]);
                let waterfall = Waterfall::new(&explanation, 7);
                let picture = waterfall.picture(None, measures, &words(scale));
                check_picture(&picture);
                let steps: Vec<(f32, f32)> = picture
                    .shapes
                    .iter()
                    .filter(|shape| matches!(shape, Shape::Polygon { .. }))
                    .map(|shape| shape.extent(Axis::Across))
                    .collect();
                assert_eq!(steps.len(), waterfall.rows.len());
                let length: f32 = steps.iter().map(|(start, end)| end - start).sum();
                let sizes: f64 = waterfall
                    .rows
                    .iter()
                    .map(|row| row.contribution.value.abs())
                    .sum();
                for ((start, end), row) in steps.iter().zip(&waterfall.rows) {
                    let expect = row.contribution.value.abs() / sizes * f64::from(length);
                    assert!((f64::from(end - start) - expect).abs() < 0.01, "{row:?}");
                }
            }
        }
    }
}
