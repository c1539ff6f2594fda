//! The head view: who looks at whom in one layer, a line from every query to every key, a hue per head.

use std::collections::BTreeSet;

use vitrine_record::{Analysis, HeadIdx, LayerAttention, LayerIdx, Position, Side};

use crate::{Paint, Point, Shape, Strand, combined_opacity};

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

/// The heads of a layer that are in a choice, in order; all of them for `None`.
pub fn chosen_heads<'a>(
    attention: &LayerAttention,
    chosen: Option<&'a BTreeSet<HeadIdx>>,
) -> impl Iterator<Item = HeadIdx> + use<'a> {
    (0..attention.heads())
        .map(HeadIdx)
        .filter(move |head| chosen.is_none_or(|chosen| chosen.contains(head)))
}

/// One layer laid out: destinations (queries) at the left, sources (keys) at the right.
#[derive(Clone, Debug)]
pub struct HeadView<'a> {
    pub(crate) analysis: &'a Analysis,
    attention: &'a LayerAttention,
    heads: Vec<HeadIdx>,
    pub(crate) focus: Option<Focus>,
    pub(crate) metrics: Metrics,
}

impl<'a> HeadView<'a> {
    /// Lays out the given heads of a layer, all of them for `None`. There is nothing to lay out if the analysis
    /// lacks the layer or its shapes do not agree. Heads that the layer lacks and a focus outside the tokens
    /// are left out.
    pub fn new(
        analysis: &'a Analysis,
        layer: LayerIdx,
        heads: Option<&BTreeSet<HeadIdx>>,
        focus: Option<Focus>,
        metrics: Metrics,
    ) -> Option<Self> {
        let attention = analysis.layer(layer).filter(|_| analysis.is_consistent())?;
        let heads = chosen_heads(attention, heads).collect();
        let focus = focus.filter(|focus| focus.position.0 < attention.tokens());
        Some(HeadView {
            analysis,
            attention,
            heads,
            focus,
            metrics,
        })
    }

    /// The heads that are drawn.
    pub fn heads(&self) -> &[HeadIdx] {
        &self.heads
    }

    /// Height of all rows in pixels.
    pub fn height(&self) -> f32 {
        self.attention.tokens() as f32 * self.metrics.row_height
    }

    /// Mean over the drawn heads of the attention from `destination` to `source`.
    pub fn mean(&self, destination: usize, source: usize) -> f32 {
        if self.heads.is_empty() {
            return 0.0;
        }
        let sum: f32 = self
            .heads
            .iter()
            .map(|head| self.attention.at(head.0, destination, source))
            .sum();
        sum / self.heads.len() as f32
    }

    /// What stands at the tokens opposite the focus, in their order: the mean over the drawn heads. A row sums
    /// to 1, a column to anything up to the number of tokens.
    pub fn numbers(&self) -> Option<(Side, Vec<f32>)> {
        let Focus {
            position: Position(at),
            side,
        } = self.focus?;
        let tokens = 0..self.attention.tokens();
        Some(match side {
            Side::Destination => (Side::Source, tokens.map(|source| self.mean(at, source)).collect()),
            Side::Source => (
                Side::Destination,
                tokens.map(|destination| self.mean(destination, at)).collect(),
            ),
        })
    }

    pub(crate) fn middle(&self, row: usize) -> f32 {
        (row as f32 + 0.5) * self.metrics.row_height
    }

    /// The lines, faint ones first so that strong ones lie on top.
    ///
    /// Without a focus the lines of all heads lie on each other for each pair of tokens, as strands of one, and the
    /// opacity of a strand is weight divided by the square root of the number of drawn heads: divided by the number
    /// itself, the lines of a layer whose heads disagree are too faint to be seen, and undivided they hide each other.
    /// Of more than [`MOST_LINES`] the strongest are drawn. With a focus only its row or column is drawn; there are
    /// few lines then, so they fan out by head at the far end, and opacity is the weight itself.
    pub fn lines(&self) -> Vec<Shape> {
        match self.focus {
            Some(focus) => self.lines_of(focus),
            None => self.lines_of_all(),
        }
    }

    fn lines_of_all(&self) -> Vec<Shape> {
        let (tokens, sharing) = (self.attention.tokens(), (self.heads.len() as f32).sqrt());
        let opacity = |head: &HeadIdx, destination, source| {
            (self.attention.at(head.0, destination, source) / sharing).min(1.0)
        };
        let mut pairs: Vec<(f32, usize, usize)> = (0..tokens)
            .flat_map(|destination| (0..tokens).map(move |source| (destination, source)))
            .map(|(destination, source)| {
                let opacities = self.heads.iter().map(|head| opacity(head, destination, source));
                (combined_opacity(opacities), destination, source)
            })
            .filter(|pair| pair.0 >= SMALLEST_VISIBLE_OPACITY)
            .collect();
        pairs.sort_by(|one, two| one.0.total_cmp(&two.0));
        let faintest = pairs.len().saturating_sub(MOST_LINES);
        pairs[faintest..]
            .iter()
            .map(|&(_, destination, source)| {
                let strand = |head: &HeadIdx| Strand {
                    paint: Paint::Head(*head),
                    opacity: opacity(head, destination, source),
                };
                let mut strands: Vec<Strand> = self.heads.iter().map(strand).collect();
                strands.sort_by(|one, two| one.opacity.total_cmp(&two.opacity));
                self.line(self.middle(destination), self.middle(source), strands)
            })
            .collect()
    }

    fn lines_of(&self, Focus { position, side }: Focus) -> Vec<Shape> {
        let at = position.0;
        let mut ends: Vec<(f32, usize, usize)> = Vec::new();
        for (place, head) in self.heads.iter().enumerate() {
            for other in 0..self.attention.tokens() {
                let weight = match side {
                    Side::Destination => self.attention.at(head.0, at, other),
                    Side::Source => self.attention.at(head.0, other, at),
                };
                if weight >= SMALLEST_VISIBLE_OPACITY {
                    ends.push((weight.min(1.0), place, other));
                }
            }
        }
        ends.sort_by(|one, two| one.0.total_cmp(&two.0));
        ends.into_iter()
            .map(|(opacity, place, other)| {
                let strand = Strand {
                    paint: Paint::Head(self.heads[place]),
                    opacity,
                };
                let (here, there) = (self.middle(at), self.middle(other) + self.fan(place));
                match side {
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
            width: line_width,
            strands,
        }
    }

    /// How far below the middle of a row the line of the head in this place ends.
    fn fan(&self, place: usize) -> f32 {
        let spread = self.metrics.row_height * 0.6;
        (place as f32 + 0.5 - self.heads.len() as f32 / 2.0) * spread / self.heads.len() as f32
    }

    /// With a focus: under each token opposite it a strip with a cell per drawn head, whose opacity is the
    /// weight.
    pub fn strips(&self) -> Vec<Shape> {
        let Some(Focus {
            position: Position(at),
            side,
        }) = self.focus
        else {
            return Vec::new();
        };
        let Metrics {
            width,
            row_height,
            column_width,
            ..
        } = self.metrics;
        let cell = column_width / self.heads.len().max(1) as f32;
        let height = (row_height * 0.16).max(3.0);
        let left = match side {
            Side::Destination => width - column_width,
            Side::Source => 0.0,
        };
        let mut strips = Vec::new();
        for token in 0..self.attention.tokens() {
            for (place, &head) in self.heads.iter().enumerate() {
                let opacity = match side {
                    Side::Destination => self.attention.at(head.0, at, token),
                    Side::Source => self.attention.at(head.0, token, at),
                };
                if opacity >= SMALLEST_VISIBLE_OPACITY {
                    strips.push(Shape::Rectangle {
                        corner: Point {
                            x: left + place as f32 * cell,
                            y: (token + 1) as f32 * row_height - height - 1.0,
                        },
                        width: cell,
                        height,
                        paint: Paint::Head(head),
                        opacity: opacity.min(1.0),
                    });
                }
            }
        }
        strips
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture::{self, METRICS, PIECES, uneven};

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

    fn chosen(heads: &[usize]) -> BTreeSet<HeadIdx> {
        heads.iter().copied().map(HeadIdx).collect()
    }

    proptest! {
        #[test]
        fn the_opacities_of_all_strands_sum_to_tokens_times_the_root_of_heads(mask in 1u32..16) {
            let analysis = uneven(4);
            let heads = (0..4).filter(|head| mask >> head & 1 == 1).map(HeadIdx).collect();
            let view = HeadView::new(&analysis, LayerIdx(0), Some(&heads), None, METRICS).unwrap();
            prop_assert_eq!(view.heads().len() as u32, mask.count_ones());
            let sum: f32 = strands(&view.lines()).iter().flatten().sum();
            prop_assert!((sum - 4.0 * (mask.count_ones() as f32).sqrt()).abs() < 1e-4, "{sum}");
        }

        #[test]
        fn strong_lines_lie_on_top(heads in 1usize..6) {
            let analysis = uneven(heads);
            let view = HeadView::new(&analysis, LayerIdx(0), None, None, METRICS).unwrap();
            let combined: Vec<f32> = strands(&view.lines()).into_iter().map(combined_opacity).collect();
            prop_assert!(combined.is_sorted());
            prop_assert!(strands(&view.lines()).iter().all(|strands| strands.is_sorted()));
        }

        #[test]
        fn the_numbers_of_a_row_sum_to_one(at in 0usize..4) {
            let analysis = uneven(3);
            let focus = Focus { position: Position(at), side: Side::Destination };
            let view = HeadView::new(&analysis, LayerIdx(0), None, Some(focus), METRICS).unwrap();
            let (side, numbers) = view.numbers().unwrap();
            prop_assert_eq!(side, Side::Source);
            prop_assert!((numbers.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            prop_assert_eq!(view.lines().len(), 3 * 4);
            prop_assert_eq!(view.strips().len(), 3 * 4);
        }
    }

    #[test]
    fn a_column_is_drawn_into_its_source() {
        let analysis = uneven(2);
        let focus = Focus {
            position: Position(1),
            side: Side::Source,
        };
        let view = HeadView::new(&analysis, LayerIdx(0), None, Some(focus), METRICS).unwrap();
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
        let focus = Focus {
            position: Position(2),
            side: Side::Destination,
        };
        let view = HeadView::new(&analysis, LayerIdx(0), None, Some(focus), METRICS).unwrap();
        let mut ends: Vec<(usize, f32)> = Vec::new();
        for line in view.lines() {
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
    fn lines_that_change_no_pixel_are_left_out() {
        let attention = fixture::layer(1, 4, |_, row, column| if row == column { 1.0 } else { 1e-4 });
        let analysis = fixture::analysis(&PIECES, attention);
        let view = HeadView::new(&analysis, LayerIdx(0), None, None, METRICS).unwrap();
        assert_eq!(view.lines().len(), 4);
    }

    #[test]
    fn of_too_many_lines_the_strongest_are_drawn() {
        let tokens = 160;
        let pieces = vec!["x"; tokens];
        let attention = fixture::layer(2, tokens, |_, row, column| 1.0 + ((row * 7 + column) % 50) as f32);
        let analysis = fixture::analysis(&pieces, attention);
        let view = HeadView::new(&analysis, LayerIdx(0), None, None, METRICS).unwrap();
        let lines = view.lines();
        assert_eq!(lines.len(), MOST_LINES);
        let weakest = combined_opacity(strands(&lines[..1]).concat());
        let stronger = (0..tokens * tokens)
            .filter(|at| {
                let shares = [0, 1].map(|head| view.attention.at(head, at / tokens, at % tokens));
                combined_opacity(shares.map(|share| share / 2f32.sqrt())) > weakest
            })
            .count();
        assert!(stronger < MOST_LINES);
    }

    #[test]
    fn what_is_not_there_is_not_drawn() {
        let analysis = uneven(2);
        assert!(HeadView::new(&analysis, LayerIdx(1), None, None, METRICS).is_none());
        let far = Focus {
            position: Position(99),
            side: Side::Source,
        };
        let view = HeadView::new(&analysis, LayerIdx(0), Some(&chosen(&[1, 7])), Some(far), METRICS).unwrap();
        assert_eq!(view.heads(), [HeadIdx(1)]);
        assert!(view.numbers().is_none() && view.strips().is_empty());
    }
}
