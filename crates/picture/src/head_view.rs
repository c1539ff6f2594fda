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
#[path = "head_view_tests.rs"]
mod tests;
