//! The force bar: what pushes the score up meets what pushes it down at the prediction.

use vitrine_record::Explanation;

use super::{
    Measures, Picture, TargetOf, ValueAxis,
    part::{Contribution, ContributionOf, Part, parts, remainder, starting_value},
    picture::{ExplanationWords, MIDDLE_OF_TYPE, SMALL, SMALL_BOLD},
};
use crate::{Anchor, Paint, Point, Shape, text_width};

/// One piece of the bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Chevron {
    /// What it is of, and how long it is.
    pub contribution: Contribution,
    /// The features that it is of.
    pub features: Vec<usize>,
    /// The score at its left end.
    pub start: f64,
    /// The score at its right end.
    pub end: f64,
}

impl Chevron {
    /// Whether it pushes the score up, and lies left of the prediction.
    pub fn is_towards(&self) -> bool {
        self.contribution.value > 0.0
    }
}

/// The bar: left of the prediction what pushes it up, right of it what pushes it down, the largest nearest to it. The
/// positive values together reach from its left end to the prediction, the negative ones from there to its right end, and
/// base value and prediction differ by what is more on one side than on the other.
#[derive(Clone, Debug, PartialEq)]
pub struct ForceBar {
    /// The parts of the text.
    pub parts: Vec<Part>,
    /// What the values are added to: the base value, or a surrogate's intercept.
    pub start: f64,
    /// The score that is explained.
    pub prediction: f64,
    /// From left to right.
    pub chevrons: Vec<Chevron>,
}

impl ForceBar {
    /// The bar of an explanation. Parts that are shorter than a share of its whole length are drawn as one on each side,
    /// if there are several; a part whose value is 0 has no place on it.
    pub fn new(explanation: &Explanation, smallest_share: f64) -> ForceBar {
        let parts = parts(explanation);
        let remainder = remainder(explanation, &parts);
        let total: f64 = parts.iter().map(|part| part.value.abs()).sum();
        let total = total + remainder.as_ref().map_or(0.0, |remainder| remainder.value.abs());
        let side = |sign: f64| {
            let mut contributions = side(&parts, sign, smallest_share * total);
            contributions.extend(remainder.clone().filter(|remainder| remainder.value * sign > 0.0));
            contributions.sort_by_key(|contribution| place_from_prediction(&contribution.of));
            contributions
        };
        let chevron = |contribution: Contribution, one: f64, other: f64| Chevron {
            features: contribution.features(&parts),
            contribution,
            start: one.min(other),
            end: one.max(other),
        };
        let mut chevrons = Vec::new();
        for sign in [1.0, -1.0] {
            let mut score = explanation.prediction;
            let of_side = side(sign).into_iter().map(|contribution| {
                let from = score;
                score -= contribution.value;
                chevron(contribution, from, score)
            });
            chevrons.extend(of_side.collect::<Vec<_>>());
            if sign > 0.0 {
                chevrons.reverse();
            }
        }
        ForceBar {
            start: starting_value(explanation),
            prediction: explanation.prediction,
            chevrons,
            parts,
        }
    }

    /// The bar for a picture: what would be less than a few pixels long is drawn as one.
    pub fn for_measures(explanation: &Explanation, measures: Measures) -> ForceBar {
        const SHORTEST: f32 = 0.5;
        ForceBar::new(
            explanation,
            f64::from(SHORTEST * measures.type_size / measures.width),
        )
    }

    /// The axis that the whole bar lies on, with the base value.
    pub fn axis(&self) -> ValueAxis {
        let ends = self
            .chevrons
            .iter()
            .flat_map(|chevron| [chevron.start, chevron.end]);
        ValueAxis::covering(ends.chain([self.start, self.prediction]))
    }

    /// The axis with base value and prediction, the bar below it with names where they fit, and below that the names of
    /// others, each with a line to its piece, as far as they do not lie on each other. An axis may be that of several
    /// explanations.
    pub fn picture(
        &self,
        axis: Option<ValueAxis>,
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Picture {
        let size = measures.type_size;
        let axis = axis.unwrap_or_else(|| self.axis());
        let place = |value: f64| axis.place(value, (0.0, measures.width));
        let mut picture = Picture::new(measures);
        let line = self.scores(&mut picture, place, words);
        let marks = [self.prediction, self.start].map(place);
        let top = axis.draw(&mut picture, (0.0, measures.width), line, &marks, words.values);
        let bottom = top + BAR * size;
        let mut outside: Vec<(usize, f32)> = Vec::new();
        for (index, chevron) in self.chevrons.iter().enumerate() {
            let (start, end) = (place(chevron.start), place(chevron.end));
            let middle = draw_chevron(&mut picture, chevron, (start, end), (top, bottom));
            let name = words.name(&chevron.contribution, &self.parts);
            let room = end - start - (POINT + 0.4) * size;
            match self.fitting_label(&name, chevron, room, size, words) {
                Some(label) => {
                    let at = Point {
                        x: middle,
                        y: (top + bottom) / 2.0 + size * MIDDLE_OF_TYPE,
                    };
                    picture.text(at, Anchor::Middle, LABEL, on_sign(chevron), label);
                }
                None => outside.push((index, middle)),
            }
            let corner = Point { x: start, y: top };
            let features = TargetOf::Features(chevron.features.clone());
            picture.target(features, corner, end - start, bottom - top);
        }
        for score in [self.prediction, self.start] {
            let x = place(score);
            let is_prediction = score == self.prediction;
            let to = if is_prediction { bottom } else { top };
            let points = [Point { x, y: line }, Point { x, y: to }];
            picture.line(points, if is_prediction { 2.0 } else { 1.0 }, Paint::Ink);
        }
        self.labels_below(&mut picture, outside, bottom, words);
        picture
    }

    /// Prediction and base value with their names. Gives where the axis is.
    fn scores(&self, picture: &mut Picture, place: impl Fn(f64) -> f32, words: &ExplanationWords<'_>) -> f32 {
        let (size, width) = (picture.measures.type_size, picture.measures.width);
        let label = |name: &str, score: f64| format!("{name} = {}", words.values.score(score));
        let extent = |content: &str, score: f64, share: f32| {
            let long = text_width(content, size * share).min(width);
            let start = (place(score) - long / 2.0).clamp(0.0, width - long);
            (start, start + long)
        };
        let (prediction, base) = (
            label(words.prediction, self.prediction),
            label(words.base_value, self.start),
        );
        let of_prediction = extent(&prediction, self.prediction, SMALL_BOLD.0);
        let of_base = extent(&base, self.start, SMALL.0);
        let gap = 0.6 * size;
        let is_apart = of_prediction.1 + gap <= of_base.0 || of_base.1 + gap <= of_prediction.0;
        let first = size;
        let second = if is_apart { first } else { first + 1.2 * size };
        for (content, (start, end), y, style, paint) in [
            (prediction, of_prediction, first, SMALL_BOLD, Paint::Ink),
            (base, of_base, second, SMALL, Paint::Quiet),
        ] {
            let x = (start + end) / 2.0;
            picture.text(Point { x, y }, Anchor::Middle, style, paint, content);
        }
        second + 0.5 * size
    }

    /// Name and value, or the name alone, whichever has room.
    fn fitting_label(
        &self,
        name: &str,
        chevron: &Chevron,
        room: f32,
        size: f32,
        words: &ExplanationWords<'_>,
    ) -> Option<String> {
        let full = full_label(name, chevron, words);
        [full, name.to_owned()]
            .into_iter()
            .find(|label| text_width(label, size * LABEL.0) <= room)
    }

    /// Names of the pieces that have no room for theirs, the longest first, in rows below the bar. What has no room there
    /// either has none; the table has it.
    fn labels_below(
        &self,
        picture: &mut Picture,
        mut outside: Vec<(usize, f32)>,
        bottom: f32,
        words: &ExplanationWords<'_>,
    ) {
        const ROWS: usize = 3;
        let (size, width) = (picture.measures.type_size, picture.measures.width);
        let gap = 0.5 * size;
        let length = |index: usize| self.chevrons[index].contribution.value.abs();
        outside.sort_by(|one, other| length(other.0).total_cmp(&length(one.0)));
        // Where each label begins and ends, its row, and where its line comes down.
        let mut placed: Vec<(f32, f32, usize, f32)> = Vec::new();
        let mut labels = Vec::new();
        for (index, middle) in outside {
            let chevron = &self.chevrons[index];
            let name = words.name(&chevron.contribution, &self.parts);
            let candidates = [full_label(&name, chevron, words), name];
            let free = (0..ROWS).flat_map(|row| candidates.iter().map(move |label| (row, label)));
            let found = free
                .filter_map(|(row, label)| {
                    let long = text_width(label, size * LABEL.0);
                    let start = (middle - long / 2.0).clamp(0.0, (width - long).max(0.0));
                    let end = start + long;
                    let is_free = long <= width
                        && placed.iter().all(|&(other_start, other_end, other_row, line)| {
                            // Neither on another label, nor on its line, nor with a line through it.
                            let beside = end + gap <= other_start || other_end + gap <= start;
                            (beside || row != other_row)
                                && (other_row <= row || end <= line || line <= start)
                                && (row <= other_row || middle <= other_start || other_end <= middle)
                        });
                    is_free.then_some((start, end, row, label.clone()))
                })
                .next();
            if let Some((start, end, row, label)) = found {
                placed.push((start, end, row, middle));
                labels.push(((start + end) / 2.0, row, middle, label));
            }
        }
        let baseline = |row: usize| bottom + size * (1.5 + 1.3 * row as f32);
        for (x, row, middle, label) in labels {
            let y = baseline(row);
            let points = [
                Point { x: middle, y: bottom },
                Point {
                    x: middle,
                    y: y - 0.8 * size,
                },
            ];
            picture.line(points, 1.0, Paint::Hairline);
            picture.text(Point { x, y }, Anchor::Middle, LABEL, Paint::Ink, label);
        }
        let rows = placed.iter().map(|(_, _, row, _)| row + 1).max().unwrap_or(0);
        picture.height = bottom + size * (0.5 + 1.4 * rows as f32);
    }
}

/// Height of the bar, depth of a chevron's point, and the type of names on it, by the size of type.
const BAR: f32 = 1.9;
const POINT: f32 = 0.45;
const LABEL: (f32, bool) = (0.92, false);

/// The parts on one side; those that are smaller than `smallest` as one, if there are several.
fn side(parts: &[Part], sign: f64, smallest: f64) -> Vec<Contribution> {
    let order = super::by_size(parts);
    let of_side = order.into_iter().filter(|part| parts[*part].value * sign > 0.0);
    let (mut drawn, mut small): (Vec<usize>, Vec<usize>) =
        of_side.partition(|part| parts[*part].value.abs() >= smallest);
    if small.len() == 1 {
        drawn.append(&mut small);
    }
    let one = |part: usize| Contribution {
        of: ContributionOf::Part(part),
        value: parts[part].value,
    };
    let mut contributions: Vec<Contribution> = drawn.into_iter().map(one).collect();
    if !small.is_empty() {
        contributions.push(Contribution::others(parts, small));
    }
    contributions
}

/// What is nearer to the prediction: single parts, then the others, last what is not accounted for.
fn place_from_prediction(of: &ContributionOf) -> u8 {
    match of {
        ContributionOf::Part(_) => 0,
        ContributionOf::Others(_) => 1,
        ContributionOf::Remainder => 2,
    }
}

fn full_label(name: &str, chevron: &Chevron, words: &ExplanationWords<'_>) -> String {
    format!("{name} {}", words.values.value(chevron.contribution.value))
}

/// The colour says the sign; what stands for several or for nothing is paler.
fn place_on_scale(chevron: &Chevron) -> f32 {
    let size = match chevron.contribution.of {
        ContributionOf::Part(_) => 1.0,
        ContributionOf::Others(_) => 0.6,
        ContributionOf::Remainder => 0.25,
    };
    if chevron.is_towards() { size } else { -size }
}

fn on_sign(chevron: &Chevron) -> Paint {
    Paint::OnSigned(place_on_scale(chevron))
}

/// A piece of the bar between two places: both its ends point to where it pushes, their tips are exactly at the places.
/// Gives the middle of what text can stand on.
fn draw_chevron(
    picture: &mut Picture,
    chevron: &Chevron,
    (start, end): (f32, f32),
    (top, bottom): (f32, f32),
) -> f32 {
    let point = POINT * picture.measures.type_size;
    // Both ends of a piece that is pushed to the right come to a tip at the right.
    let back = if chevron.is_towards() { -point } else { point };
    let middle = (top + bottom) / 2.0;
    let width = picture.measures.width;
    let edge = |x: f32| {
        let behind = (x + back).clamp(0.0, width);
        [
            Point { x: behind, y: top },
            Point { x, y: middle },
            Point { x: behind, y: bottom },
        ]
    };
    let (left, mut right) = (edge(start), edge(end));
    right.reverse();
    picture.shapes.push(Shape::Polygon {
        points: left.into_iter().chain(right).collect(),
        paint: Paint::Signed(place_on_scale(chevron)),
        opacity: 1.0,
    });
    // The end that is away from the prediction divides it from its neighbour.
    let far = if chevron.is_towards() { start } else { end };
    picture.line(edge(far), 1.0, Paint::Paper);
    (start + end) / 2.0 + back / 2.0
}

#[cfg(test)]
#[path = "force_bar_tests.rs"]
mod tests;
