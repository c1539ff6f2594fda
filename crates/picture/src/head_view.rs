//! The head view: who looks at whom in one layer, a line from every query to every key, a hue per head.

use std::collections::BTreeSet;

use vitrine_attention::{AttentionSlice, Unit};
use vitrine_record::{Drawing, HeadIdx, Position, Side};

use crate::{Axis, Paint, Point, Quantity, Shape, Strand, TokenEnds, combined_opacity, difference::sign};

/// Lines fainter than this change no pixel of an 8-bit canvas, and are left out.
pub const SMALLEST_VISIBLE_OPACITY: f32 = 0.5 / 255.0;

/// More lines than this no one tells apart and no browser draws while one waits.
pub const MOST_LINES: usize = 20_000;

/// The token that is looked at, and from which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The token.
    pub position: Position,
    /// Its row (as destination) or its column (as source).
    pub side: Side,
}

/// Sizes in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Width of the whole picture.
    pub width: f32,
    /// Height of a token's row.
    pub row_height: f32,
    /// Width of each of the two columns of tokens.
    pub column_width: f32,
    /// Width of a line.
    pub line_width: f32,
}

impl Metrics {
    /// The sizes of an exported figure.
    pub const EXPORT: Metrics = Metrics {
        width: 720.0,
        row_height: 28.0,
        column_width: 190.0,
        line_width: 2.0,
    };
}

/// The tokens that are looked at, all from the same end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The tokens.
    pub positions: BTreeSet<Position>,
    /// Their rows (as destinations) or their columns (as sources).
    pub side: Side,
}

impl From<Focus> for Selection {
    fn from(focus: Focus) -> Selection {
        Selection {
            positions: BTreeSet::from([focus.position]),
            side: focus.side,
        }
    }
}

/// One layer laid out: destinations (queries) at the left, sources (keys) at the right, or above and below.
#[derive(Clone, Debug)]
pub struct HeadView<'a> {
    pub(crate) slice: &'a AttentionSlice,
    pub(crate) ends: TokenEnds<'a>,
    side: Side,
    /// Which of the units of that side are selected, in order.
    selected: Vec<usize>,
    /// The weight that is drawn opaque.
    limit: f32,
    is_across: bool,
    pub(crate) metrics: Metrics,
}

impl<'a> HeadView<'a> {
    /// Lays out a slice of the attention between the tokens at its ends. A selection of which nothing is in the slice is none.
    /// Metrics are those of a picture whose lines run from left to right; for [`Drawing::LinesAcross`] it is turned.
    pub fn new(
        slice: &'a AttentionSlice,
        ends: impl Into<TokenEnds<'a>>,
        selection: Option<&Selection>,
        drawing: Drawing,
        metrics: Metrics,
    ) -> Self {
        let side = selection.map_or_else(Side::default, |selection| selection.side);
        let is_selected = |unit: &Unit| {
            selection.is_some_and(|selection| selection.positions.iter().any(|at| unit.contains(*at)))
        };
        let units = units_of(slice, side);
        HeadView {
            slice,
            ends: ends.into(),
            side,
            selected: (0..units.len()).filter(|&at| is_selected(&units[at])).collect(),
            limit: Quantity::of(slice).limit_of_lines(|| slice.largest_drawn()),
            is_across: drawing == Drawing::LinesAcross,
            metrics,
        }
    }

    /// The same on a scale that another picture has as well.
    pub fn with_limit(self, limit: Option<f32>) -> Self {
        let limit = limit.unwrap_or(self.limit);
        HeadView { limit, ..self }
    }

    /// The weight that is drawn opaque: 1 of shares, else the largest.
    pub fn limit(&self) -> f32 {
        self.limit
    }

    /// What can be negative has the paint of its sign, the weight of a head that of the head, and that of all heads
    /// together ink.
    fn paint(&self, head: HeadIdx, weight: f32) -> Paint {
        if self.slice.is_signed() {
            sign(weight)
        } else if self.slice.variant().joins_heads() {
            Paint::Ink
        } else {
            Paint::Head(head)
        }
    }

    /// Whether each head has its hue.
    pub(crate) fn has_hues(&self) -> bool {
        !self.slice.is_signed() && !self.slice.variant().joins_heads()
    }

    /// Which units of a side are selected, in order.
    pub(crate) fn selected(&self, side: Side) -> &[usize] {
        if side == self.side { &self.selected } else { &[] }
    }

    /// Width and height of the picture in pixels.
    pub fn size(&self) -> (f32, f32) {
        let rows = self.slice.destinations().len().max(self.slice.sources().len());
        let height = rows as f32 * self.metrics.row_height;
        if self.is_across {
            (height, self.metrics.width)
        } else {
            (self.metrics.width, height)
        }
    }

    /// What stands at the units opposite the selected ones, in their order: the mean over the drawn heads, summed over
    /// the selected ones. A whole row sums to 1, a column to anything up to the number of tokens.
    pub fn numbers(&self) -> Option<(Side, Vec<f32>)> {
        if self.selected.is_empty() {
            return None;
        }
        let opposite = opposite(self.side);
        let mean = |selected: usize, other: usize| match self.side {
            Side::Destination => self.slice.mean(selected, other),
            Side::Source => self.slice.mean(other, selected),
        };
        let others = 0..units_of(self.slice, opposite).len();
        let sum = |other| self.selected.iter().map(|&selected| mean(selected, other)).sum();
        Some((opposite, others.map(sum).collect()))
    }

    pub(crate) fn middle(&self, row: usize) -> f32 {
        (row as f32 + 0.5) * self.metrics.row_height
    }

    /// The lines, faint ones first so that strong ones lie on top.
    ///
    /// Without a selection the lines of all heads lie on each other for each pair of units, as strands of one, and the
    /// opacity of a strand is weight divided by the square root of the number of drawn heads: divided by the number
    /// itself, the lines of a layer whose heads disagree are too faint to be seen, and undivided they hide each other.
    /// Of more than [`MOST_LINES`] the strongest are drawn. With a selection only its rows or columns are drawn; there
    /// are few lines then, so they fan out by head at the far end, and opacity is the weight itself.
    ///
    /// The weight is its size divided by [`HeadView::limit`]; where it can be negative, the paint says its sign.
    pub fn lines(&self) -> Vec<Shape> {
        let lines = if self.selected.is_empty() {
            self.lines_of_all()
        } else {
            self.lines_of_selected()
        };
        self.turned(lines)
    }

    /// Shapes as the picture has them, made as if its lines ran from left to right.
    pub(crate) fn turned(&self, mut shapes: Vec<Shape>) -> Vec<Shape> {
        if self.is_across {
            shapes.iter_mut().for_each(Shape::transpose);
        }
        shapes
    }

    fn heads(&self) -> impl Iterator<Item = (usize, HeadIdx)> + use<'a> {
        self.slice.heads().iter().copied().enumerate()
    }

    fn lines_of_all(&self) -> Vec<Shape> {
        let sharing = (self.slice.heads().len() as f32).sqrt();
        let opacity = |place: usize, destination, source| {
            let weight = self.slice.drawn_weight(place, destination, source);
            (weight.abs() / self.limit / sharing).min(1.0)
        };
        let (destinations, sources) = (self.slice.destinations().len(), self.slice.sources().len());
        let mut pairs: Vec<(f32, usize, usize)> = (0..destinations)
            .flat_map(|destination| (0..sources).map(move |source| (destination, source)))
            .map(|(destination, source)| {
                let opacities = self.heads().map(|(place, _)| opacity(place, destination, source));
                (combined_opacity(opacities), destination, source)
            })
            .filter(|pair| pair.0 >= SMALLEST_VISIBLE_OPACITY)
            .collect();
        pairs.sort_by(|one, two| one.0.total_cmp(&two.0));
        let faintest = pairs.len().saturating_sub(MOST_LINES);
        pairs[faintest..]
            .iter()
            .map(|&(_, destination, source)| {
                let mut strands: Vec<Strand> = self
                    .heads()
                    .map(|(place, head)| Strand {
                        paint: self.paint(head, self.slice.drawn_weight(place, destination, source)),
                        opacity: opacity(place, destination, source),
                    })
                    .filter(|strand| strand.opacity > 0.0)
                    .collect();
                strands.sort_by(|one, two| one.opacity.total_cmp(&two.opacity));
                self.line(self.middle(destination), self.middle(source), strands)
            })
            .collect()
    }

    /// What the selected unit and the other one share, of the head at a place, as far as it is drawn.
    fn shared(&self, place: usize, selected: usize, other: usize) -> f32 {
        match self.side {
            Side::Destination => self.slice.drawn_weight(place, selected, other),
            Side::Source => self.slice.drawn_weight(place, other, selected),
        }
    }

    fn others(&self) -> std::ops::Range<usize> {
        0..units_of(self.slice, opposite(self.side)).len()
    }

    fn lines_of_selected(&self) -> Vec<Shape> {
        let mut ends: Vec<(f32, usize, usize, usize)> = Vec::new();
        for (place, _) in self.heads() {
            for &selected in &self.selected {
                for other in self.others() {
                    let weight = self.shared(place, selected, other);
                    let opacity = weight.abs() / self.limit;
                    if opacity >= SMALLEST_VISIBLE_OPACITY {
                        ends.push((opacity.min(1.0), place, selected, other));
                    }
                }
            }
        }
        ends.sort_by(|one, two| one.0.total_cmp(&two.0));
        ends.into_iter()
            .map(|(opacity, place, selected, other)| {
                let strand = Strand {
                    paint: self.paint(self.slice.heads()[place], self.shared(place, selected, other)),
                    opacity,
                };
                let (here, there) = (self.middle(selected), self.middle(other) + self.fan(place));
                match self.side {
                    Side::Destination => self.line(here, there, vec![strand]),
                    Side::Source => self.line(there, here, vec![strand]),
                }
            })
            .collect()
    }

    /// A line from one height at the left to one at the right.
    fn line(&self, from: f32, to: f32, strands: Vec<Strand>) -> Shape {
        let Metrics {
            width,
            column_width,
            line_width,
            ..
        } = self.metrics;
        Shape::Curve {
            from: Point {
                x: column_width,
                y: from,
            },
            to: Point {
                x: width - column_width,
                y: to,
            },
            axis: Axis::Across,
            width: line_width,
            strands,
        }
    }

    /// How far below the middle of a row the line of the head in this place ends.
    fn fan(&self, place: usize) -> f32 {
        let (spread, heads) = (self.metrics.row_height * 0.6, self.slice.heads().len() as f32);
        (place as f32 + 0.5 - heads / 2.0) * spread / heads
    }

    /// With a selection: under each unit opposite it a strip with a cell per drawn head, whose opacity is the weight,
    /// summed over what is selected.
    pub fn strips(&self) -> Vec<Shape> {
        if self.selected.is_empty() {
            return Vec::new();
        }
        let Metrics {
            width,
            row_height,
            column_width,
            ..
        } = self.metrics;
        let cell = column_width / self.slice.heads().len().max(1) as f32;
        let height = (row_height * 0.16).max(3.0);
        let left = match self.side {
            Side::Destination => width - column_width,
            Side::Source => 0.0,
        };
        let mut strips = Vec::new();
        for other in self.others() {
            for (place, head) in self.heads() {
                let shared = self
                    .selected
                    .iter()
                    .map(|&selected| self.shared(place, selected, other));
                let sum: f32 = shared.sum();
                let opacity = sum.abs() / self.limit;
                if opacity >= SMALLEST_VISIBLE_OPACITY {
                    strips.push(Shape::Rectangle {
                        corner: Point {
                            x: left + place as f32 * cell,
                            y: (other + 1) as f32 * row_height - height - 1.0,
                        },
                        width: cell,
                        height,
                        paint: self.paint(head, sum),
                        opacity: opacity.min(1.0),
                    });
                }
            }
        }
        self.turned(strips)
    }
}

/// The other end.
pub fn opposite(side: Side) -> Side {
    match side {
        Side::Destination => Side::Source,
        Side::Source => Side::Destination,
    }
}

/// What the units of a slice are at one end.
pub fn units_of(slice: &AttentionSlice, side: Side) -> &[Unit] {
    match side {
        Side::Destination => slice.destinations(),
        Side::Source => slice.sources(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::{Analysis, AttentionOptions, AttentionVariant, LayerAttention, LayerIdx, Percent};

    use super::*;
    use crate::fixture::{self, METRICS, PIECES, selected, uneven, whole};

    /// The opacities of each line's strands.
    fn strands(shapes: &[Shape]) -> Vec<Vec<f32>> {
        shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Curve { strands, .. } => Some(strands.iter().map(|strand| strand.opacity).collect()),
                _ => None,
            })
            .collect()
    }

    fn view<'a>(
        analysis: &'a Analysis,
        slice: &'a AttentionSlice,
        selection: Option<&Selection>,
    ) -> HeadView<'a> {
        HeadView::new(slice, &analysis.tokens, selection, Drawing::Lines, METRICS)
    }

    proptest! {
        #[test]
        fn the_opacities_of_all_strands_sum_to_tokens_times_the_root_of_heads(mask in 1u32..16) {
            let analysis = uneven(4);
            let heads = (0..4).filter(|head| mask >> head & 1 == 1).map(HeadIdx).collect();
            let slice = fixture::slice(&analysis, LayerIdx(0), Some(&heads), AttentionOptions::default());
            let sum: f32 = strands(&view(&analysis, &slice, None).lines()).iter().flatten().sum();
            prop_assert!((sum - 4.0 * (mask.count_ones() as f32).sqrt()).abs() < 1e-4, "{sum}");
        }

        #[test]
        fn strong_lines_lie_on_top(heads in 1usize..6) {
            let analysis = uneven(heads);
            let slice = whole(&analysis);
            let lines = view(&analysis, &slice, None).lines();
            let combined: Vec<f32> = strands(&lines).into_iter().map(combined_opacity).collect();
            prop_assert!(combined.is_sorted());
            prop_assert!(strands(&lines).iter().all(|strands| strands.is_sorted()));
        }

        #[test]
        fn the_numbers_of_rows_sum_to_how_many_are_selected(mask in 1u32..16) {
            let analysis = uneven(3);
            let slice = whole(&analysis);
            let selection = Selection {
                positions: (0..4).filter(|at| mask >> at & 1 == 1).map(Position).collect(),
                side: Side::Destination,
            };
            let view = view(&analysis, &slice, Some(&selection));
            let (side, numbers) = view.numbers().unwrap();
            prop_assert_eq!(side, Side::Source);
            let rows = mask.count_ones();
            prop_assert!((numbers.iter().sum::<f32>() - rows as f32).abs() < 1e-5);
            prop_assert_eq!(view.lines().len(), rows as usize * 3 * 4);
            prop_assert_eq!(view.strips().len(), 3 * 4);
        }
    }

    #[test]
    fn a_column_is_drawn_into_its_source() {
        let analysis = uneven(2);
        let (slice, selection) = (whole(&analysis), selected(1, Side::Source));
        let view = view(&analysis, &slice, Some(&selection));
        for line in view.lines() {
            let Shape::Curve { from, to, .. } = line else {
                panic!("not a line")
            };
            assert_eq!(from.x, 80.0);
            assert_eq!(to, Point { x: 220.0, y: 30.0 });
        }
        assert_eq!(view.numbers().unwrap().0, Side::Destination);
    }

    #[test]
    fn the_lines_of_a_row_fan_out_by_head_within_their_rows() {
        let analysis = uneven(4);
        let (slice, selection) = (whole(&analysis), selected(2, Side::Destination));
        let mut ends: Vec<(usize, f32)> = Vec::new();
        for line in view(&analysis, &slice, Some(&selection)).lines() {
            let Shape::Curve {
                from, to, strands, ..
            } = line
            else {
                panic!("not a line")
            };
            let [
                Strand {
                    paint: Paint::Head(head),
                    opacity,
                },
            ] = strands[..]
            else {
                panic!("not a line of one head")
            };
            let source = (to.y / METRICS.row_height) as usize;
            assert_eq!(from.y, 50.0);
            assert_eq!(opacity, analysis.attention[0].at(head.0, 2, source));
            ends.push((head.0, to.y - source as f32 * METRICS.row_height));
        }
        ends.sort_by_key(|end| end.0);
        assert!(ends.iter().all(|(_, y)| (4.0..=16.0).contains(y)), "{ends:?}");
        assert!(
            ends.windows(2)
                .all(|pair| (pair[0].0 < pair[1].0) == (pair[0].1 < pair[1].1)),
            "{ends:?}"
        );
    }

    #[test]
    fn turned_it_is_the_same_with_right_and_down_exchanged() {
        let analysis = uneven(2);
        let (slice, selection) = (whole(&analysis), selected(2, Side::Source));
        for selection in [None, Some(&selection)] {
            let upright = view(&analysis, &slice, selection);
            let across = HeadView::new(&slice, &analysis.tokens, selection, Drawing::LinesAcross, METRICS);
            let back = |mut shapes: Vec<Shape>| {
                shapes.iter_mut().for_each(Shape::transpose);
                shapes
            };
            assert_eq!(back(across.lines()), upright.lines());
            assert_eq!(back(across.strips()), upright.strips());
            assert_eq!(across.size(), (80.0, 300.0));
        }
    }

    #[test]
    fn what_is_too_weak_to_be_drawn_has_no_line() {
        let analysis = uneven(2);
        let options = AttentionOptions {
            top_p: Percent(40),
            ..AttentionOptions::default()
        };
        let slice = fixture::slice(&analysis, LayerIdx(0), None, options);
        let drawn = 2 * 16 - slice.not_drawn();
        let all = strands(&view(&analysis, &slice, None).lines());
        assert_eq!(all.iter().flatten().count(), drawn);
        let selection = selected(1, Side::Destination);
        let row = view(&analysis, &slice, Some(&selection));
        assert_eq!(row.lines().len(), row.strips().len());
        assert!(row.lines().len() < 8);
        // The numbers are those of the whole row all the same.
        assert!((row.numbers().unwrap().1.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_signed_line_has_the_colour_of_its_sign_and_a_joined_one_ink() {
        let values = vec![0.0, -0.02, 0.01, 0.0];
        let analysis = fixture::analysis(&["a", "b"], fixture::layer(1, 2, |_, _, _| 1.0));
        let strands_of = |variant, values: Vec<f32>| -> Vec<(Paint, f32)> {
            let attention = LayerAttention::new(LayerIdx(0), 1, 2, values).unwrap();
            let options = AttentionOptions::default();
            let slice =
                AttentionSlice::of_variant(variant, &attention, &analysis.tokens, None, &options).unwrap();
            let lines = view(&analysis, &slice, None).lines();
            let strand = |line: &Shape| match line {
                Shape::Curve { strands, .. } => (strands[0].paint, strands[0].opacity),
                other => panic!("not a line: {other:?}"),
            };
            lines.iter().map(strand).collect()
        };
        let signed = strands_of(AttentionVariant::GradientTimesAttention, values);
        assert_eq!(signed, [(Paint::Signed(1.0), 0.5), (Paint::Signed(-1.0), 1.0)]);
        let joined = strands_of(AttentionVariant::Rollout, vec![1.0, 0.0, 0.25, 0.75]);
        assert!(joined.iter().all(|(paint, _)| *paint == Paint::Ink));
        assert_eq!(
            joined.iter().map(|(_, opacity)| *opacity).collect::<Vec<_>>(),
            [0.25, 0.75, 1.0]
        );
    }

    #[test]
    fn lines_that_change_no_pixel_are_left_out() {
        let attention = fixture::layer(1, 4, |_, row, column| if row == column { 1.0 } else { 1e-4 });
        let analysis = fixture::analysis(&PIECES, attention);
        assert_eq!(view(&analysis, &whole(&analysis), None).lines().len(), 4);
    }

    #[test]
    fn of_too_many_lines_the_strongest_are_drawn() {
        let tokens = 160;
        let pieces = vec!["x"; tokens];
        let attention = fixture::layer(2, tokens, |_, row, column| 1.0 + ((row * 7 + column) % 50) as f32);
        let analysis = fixture::analysis(&pieces, attention);
        let slice = whole(&analysis);
        let lines = view(&analysis, &slice, None).lines();
        assert_eq!(lines.len(), MOST_LINES);
        let weakest = combined_opacity(strands(&lines[..1]).concat());
        let stronger = (0..tokens * tokens)
            .filter(|at| {
                let shares = [0, 1].map(|head| slice.weight(head, at / tokens, at % tokens));
                combined_opacity(shares.map(|share| share / 2f32.sqrt())) > weakest
            })
            .count();
        assert!(stronger < MOST_LINES);
    }

    #[test]
    fn a_selection_of_which_nothing_is_there_is_none() {
        let analysis = uneven(2);
        let slice = whole(&analysis);
        let far = selected(99, Side::Source);
        let view = view(&analysis, &slice, Some(&far));
        assert!(view.numbers().is_none() && view.strips().is_empty());
        assert_eq!(view.lines().len(), 16);
    }
}
