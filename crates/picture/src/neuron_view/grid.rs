//! The numbers of each step as grids of cells, which cell stands where, and what colour it has.

use std::ops::Range;

use vitrine_record::{HeadComputation, HeadIdx, Position};

use super::{Quantity, Step};
use crate::{Colour, Paint, Palette, Theme};

/// More columns than this stand in several blocks one below the other, where there is no room beside each other.
const MOST_COLUMNS_OF_A_BLOCK: usize = 128;

/// What a row of cells belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOf {
    /// One of all tokens.
    Token(Position),
    /// One of all heads of the layer.
    Head(HeadIdx),
    /// One of the dimensions of the head's output.
    Dimension(usize),
    /// The token that asks, or the layer.
    Whole,
}

/// A row of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What its numbers are.
    pub quantity: Quantity,
    /// What it belongs to.
    pub of: RowOf,
}

/// What the colours of a grid mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// From minus this number over zero to this number.
    Signed(f32),
    /// From zero to this number.
    Sequential(f32),
}

impl Scale {
    fn signed<'a>(cells: impl IntoIterator<Item = &'a f32>) -> Scale {
        Scale::Signed(largest(cells))
    }

    /// The smallest and the largest number that the scale has a colour for.
    pub fn limits(self) -> (f32, f32) {
        match self {
            Scale::Signed(limit) => (-limit, limit),
            Scale::Sequential(limit) => (0.0, limit),
        }
    }

    /// The paint of a number; none for one that is not finite.
    pub fn paint(self, number: f32) -> Option<Paint> {
        let place = |limit: f32| if limit > 0.0 { number / limit } else { 0.0 };
        number.is_finite().then(|| match self {
            Scale::Signed(limit) => Paint::Signed(place(limit).clamp(-1.0, 1.0)),
            Scale::Sequential(limit) => Paint::Sequential(place(limit).clamp(0.0, 1.0)),
        })
    }

    /// The scale itself as a row of so many cells, from its smallest to its largest number.
    pub fn ramp(self, cells: usize) -> Vec<f32> {
        let (low, high) = self.limits();
        let step = (high - low) / cells.saturating_sub(1).max(1) as f32;
        (0..cells).map(|cell| low + step * cell as f32).collect()
    }

    /// Numbers as pixels, four bytes each (red, green, blue, opacity). A number that is not finite is clear.
    pub fn pixels(self, numbers: impl IntoIterator<Item = f32>, palette: &Palette, theme: Theme) -> Vec<u8> {
        // As many steps as a channel has; mixing colours anew for each of many thousand cells would be felt.
        const LAST: usize = 255;
        let (low, high) = self.limits();
        let colour = |number: &f32| self.paint(*number).map(|paint| palette.colour(paint, theme));
        let colours: Vec<Option<Colour>> = self.ramp(LAST + 1).iter().map(colour).collect();
        let width = if high > low { high - low } else { 1.0 };
        let pixel = |number: f32| {
            let place = ((number - low) / width * LAST as f32).round();
            let colour = number
                .is_finite()
                .then(|| colours[(place.max(0.0) as usize).min(LAST)]);
            match colour.flatten() {
                Some(Colour { red, green, blue }) => [red, green, blue, 255],
                None => [0; 4],
            }
        };
        numbers.into_iter().flat_map(pixel).collect()
    }
}

/// The largest magnitude among numbers, of those that are finite.
pub(super) fn largest<'a>(numbers: impl IntoIterator<Item = &'a f32>) -> f32 {
    let magnitudes = numbers.into_iter().map(|number| number.abs());
    magnitudes
        .filter(|magnitude| magnitude.is_finite())
        .fold(0.0, f32::max)
}

/// Cells in rows, on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// What its rows are.
    pub rows: Vec<Row>,
    /// How many cells a row has.
    pub columns: usize,
    /// `[rows, columns]`.
    pub cells: Vec<f32>,
    /// What its colours mean.
    pub scale: Scale,
    /// Whether the grid before it in the step has the same scale, because this one is its sum.
    pub is_sum: bool,
}

impl Grid {
    /// A number.
    pub fn at(&self, row: usize, column: usize) -> f32 {
        self.cells[row * self.columns + column]
    }

    /// The numbers of a row.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// Some of its columns as pixels; see [`Scale::pixels`]. Where there are fewer than `width` of them, the rest of
    /// a row is clear.
    pub fn pixels(&self, columns: Range<usize>, width: usize, palette: &Palette, theme: Theme) -> Vec<u8> {
        let numbers = (0..self.rows.len()).flat_map(|row| {
            let numbers = self.row(row).get(columns.clone()).unwrap_or_default();
            let clear = std::iter::repeat_n(f32::NAN, width.saturating_sub(numbers.len()));
            numbers.iter().copied().chain(clear)
        });
        self.scale.pixels(numbers, palette, theme)
    }
}

/// How columns are cut into blocks of about the same width.
///
/// ```
/// use vitrine_picture::neuron_view::blocks;
/// assert_eq!(blocks(384), [0..128, 128..256, 256..384]);
/// assert_eq!(blocks(312), [0..104, 104..208, 208..312]);
/// assert_eq!(blocks(32), [0..32]);
/// ```
pub fn blocks(columns: usize) -> Vec<Range<usize>> {
    cut(columns, MOST_COLUMNS_OF_A_BLOCK)
}

/// Columns in as few blocks as can be, none with more than `most` of them.
pub(super) fn cut(columns: usize, most: usize) -> Vec<Range<usize>> {
    let width = columns.div_ceil(columns.div_ceil(most.max(1)).max(1)).max(1);
    (0..columns)
        .step_by(width)
        .map(|first| first..(first + width).min(columns))
        .collect()
}

/// Which of `count` cells lies at a place along an extent; the nearest one for a place outside.
///
/// ```
/// use vitrine_picture::neuron_view::index_at;
/// assert_eq!(index_at(25.0, 100.0, 4), Some(1));
/// assert_eq!(index_at(-1.0, 100.0, 4), Some(0));
/// assert_eq!(index_at(100.0, 100.0, 4), Some(3));
/// assert_eq!(index_at(1.0, 0.0, 4), None);
/// ```
pub fn index_at(place: f64, extent: f64, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    // Negative places become 0.
    (extent > 0.0).then(|| ((place / extent * count as f64) as usize).min(last))
}

/// The grids of a step. The computation has to be [consistent](HeadComputation::is_consistent).
pub fn grids(computation: &HeadComputation, step: Step) -> Vec<Grid> {
    let (tokens, size) = (computation.tokens(), computation.head_size());
    let (hidden, heads) = (computation.hidden_size(), computation.heads());
    let of_tokens = |quantity| -> Vec<Row> {
        let row = |token| Row {
            quantity,
            of: RowOf::Token(Position(token)),
        };
        (0..tokens).map(row).collect()
    };
    let whole = |quantity| Row {
        quantity,
        of: RowOf::Whole,
    };
    let signed = |rows: Vec<Row>, columns: usize, cells: Vec<f32>| Grid {
        rows,
        columns,
        scale: Scale::signed(&cells),
        cells,
        is_sum: false,
    };
    match step {
        Step::Query => vec![signed(
            vec![whole(Quantity::Query)],
            size,
            computation.query.clone(),
        )],
        Step::Keys => vec![signed(of_tokens(Quantity::Key), size, computation.keys.clone())],
        Step::Products => vec![signed(of_tokens(Quantity::Product), size, products(computation))],
        Step::Scores => vec![signed(of_tokens(Quantity::Score), 1, computation.scores.clone())],
        Step::Probabilities => vec![Grid {
            scale: Scale::Sequential(largest(&computation.probabilities)),
            ..signed(
                of_tokens(Quantity::Probability),
                1,
                computation.probabilities.clone(),
            )
        }],
        Step::Values => vec![signed(
            of_tokens(Quantity::Value),
            size,
            computation.values.clone(),
        )],
        Step::WeightedSum => {
            let weighted = signed(
                of_tokens(Quantity::WeightedValue),
                size,
                weighted_values(computation),
            );
            let output = signed(
                vec![whole(Quantity::HeadOutput)],
                size,
                computation.head_output.clone(),
            );
            with_sum(weighted, output)
        }
        Step::Projection => {
            let row = |dimension| Row {
                quantity: Quantity::OutputWeight,
                of: RowOf::Dimension(dimension),
            };
            let head = computation.head;
            let contribution = Row {
                quantity: Quantity::Contribution,
                of: RowOf::Head(head),
            };
            let added = computation.contributions[head.0 * hidden..(head.0 + 1) * hidden].to_vec();
            vec![
                signed(
                    (0..size).map(row).collect(),
                    hidden,
                    computation.output_weight.clone(),
                ),
                signed(vec![contribution], hidden, added),
            ]
        }
        Step::Heads => {
            let row = |head| Row {
                quantity: Quantity::Contribution,
                of: RowOf::Head(HeadIdx(head)),
            };
            let mut rows: Vec<Row> = (0..heads).map(row).collect();
            rows.push(whole(Quantity::OutputBias));
            let cells = [&computation.contributions[..], &computation.output_bias].concat();
            let sum = attention_output(computation);
            with_sum(
                signed(rows, hidden, cells),
                signed(vec![whole(Quantity::AttentionOutput)], hidden, sum),
            )
        }
        Step::Residual => {
            let rows = vec![whole(Quantity::Residual), whole(Quantity::AttentionOutput)];
            let cells = [&computation.residual[..], &attention_output(computation)].concat();
            let sum = signed(vec![whole(Quantity::Sum)], hidden, sum(computation));
            with_sum(signed(rows, hidden, cells), sum)
        }
        Step::Normalisation => {
            let normalisation = &computation.normalisation;
            let rows = vec![whole(Quantity::Sum), whole(Quantity::Normalised)];
            let cells = [&sum(computation)[..], &computation.normalised].concat();
            let trained = [&normalisation.gain[..], &normalisation.shift].concat();
            vec![
                signed(rows, hidden, cells),
                signed(
                    vec![whole(Quantity::Gain), whole(Quantity::Shift)],
                    hidden,
                    trained,
                ),
            ]
        }
    }
}

/// Both grids on the scale of the larger numbers.
fn with_sum(mut parts: Grid, mut sum: Grid) -> Vec<Grid> {
    let scale = Scale::signed(parts.cells.iter().chain(&sum.cells));
    (parts.scale, sum.scale, sum.is_sum) = (scale, scale, true);
    vec![parts, sum]
}

/// `[N, D]`: query times key, dimension by dimension.
pub(super) fn products(computation: &HeadComputation) -> Vec<f32> {
    let query = computation.query.iter().cycle();
    computation
        .keys
        .iter()
        .zip(query)
        .map(|(key, query)| query * key)
        .collect()
}

/// `[N, D]`: values times probabilities.
pub(super) fn weighted_values(computation: &HeadComputation) -> Vec<f32> {
    let rows = computation.values.chunks_exact(computation.head_size());
    rows.zip(&computation.probabilities)
        .flat_map(|(row, probability)| row.iter().map(move |value| probability * value))
        .collect()
}

/// `[H]`: the contributions of all heads and the bias.
pub(super) fn attention_output(computation: &HeadComputation) -> Vec<f32> {
    let hidden = computation.hidden_size();
    let contributions = &computation.contributions;
    let of_heads = |column: usize| -> f64 {
        contributions
            .chunks_exact(hidden)
            .map(|row| f64::from(row[column]))
            .sum()
    };
    let bias = computation.output_bias.iter().enumerate();
    // Rounded once.
    bias.map(|(column, bias)| (of_heads(column) + f64::from(*bias)) as f32)
        .collect()
}

/// `[H]`: the hidden state before the layer and the attention output.
pub(super) fn sum(computation: &HeadComputation) -> Vec<f32> {
    let output = attention_output(computation);
    computation
        .residual
        .iter()
        .zip(output)
        .map(|(residual, output)| residual + output)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::neuron_view::fixture;

    proptest! {
        #[test]
        fn every_grid_has_its_cells_and_its_limits(tokens in 1usize..6, size in 1usize..5, heads in 1usize..4) {
            let computation = fixture::computation(tokens, size, heads);
            for step in Step::ALL {
                for grid in grids(&computation, step) {
                    prop_assert_eq!(grid.cells.len(), grid.rows.len() * grid.columns);
                    let (low, high) = grid.scale.limits();
                    prop_assert!(grid.cells.iter().all(|cell| (low..=high).contains(cell)), "{step:?}");
                    match grid.scale {
                        Scale::Signed(_) => prop_assert_eq!(low, -high),
                        Scale::Sequential(_) => prop_assert_eq!((low, step), (0.0, Step::Probabilities)),
                    }
                }
            }
        }

        #[test]
        fn sums_are_the_sums_of_what_stands_above_them(tokens in 1usize..6, size in 1usize..5, heads in 1usize..4) {
            let computation = fixture::computation(tokens, size, heads);
            for step in [Step::WeightedSum, Step::Heads, Step::Residual] {
                let grids = grids(&computation, step);
                let [parts, sum] = &grids[..] else { panic!("{step:?} has a sum") };
                prop_assert!(sum.is_sum && sum.scale == parts.scale);
                for column in 0..parts.columns {
                    let expect: f32 = (0..parts.rows.len()).map(|row| parts.at(row, column)).sum();
                    prop_assert!((sum.at(0, column) - expect).abs() < 1e-4);
                }
            }
        }

        #[test]
        fn blocks_cover_all_columns_in_order(columns in 0usize..2000, most in 1usize..200) {
            let blocks = cut(columns, most);
            prop_assert!(blocks.iter().all(|block| (1..=most).contains(&block.len())));
            prop_assert_eq!(
                blocks.into_iter().flatten().collect::<Vec<_>>(),
                (0..columns).collect::<Vec<_>>()
            );
        }

        #[test]
        fn a_pixel_has_the_colour_of_its_paint(number in -1f32..1.0, limit in 0.5f32..3.0) {
            for scale in [Scale::Signed(limit), Scale::Sequential(limit)] {
                let number = if matches!(scale, Scale::Signed(_)) { number } else { number.abs() };
                let palette = Palette::built_in();
                let pixel = scale.pixels([number], palette, Theme::Light);
                let colour = palette.colour(scale.paint(number).unwrap(), Theme::Light);
                for (channel, expect) in pixel.iter().zip([colour.red, colour.green, colour.blue, 255]) {
                    prop_assert!(channel.abs_diff(expect) <= 2, "{pixel:?} for {colour:?}");
                }
            }
        }
    }

    #[test]
    fn a_hidden_key_has_a_clear_cell_and_no_say_in_the_limits() {
        let mut computation = fixture::computation(3, 2, 1);
        computation.scores = vec![1.0, f32::NEG_INFINITY, -2.0];
        let grid = &grids(&computation, Step::Scores)[0];
        assert_eq!(grid.scale, Scale::Signed(2.0));
        let pixels = grid.pixels(0..1, 1, Palette::built_in(), Theme::Dark);
        let opacities: Vec<u8> = pixels.iter().skip(3).step_by(4).copied().collect();
        assert_eq!(opacities, [255, 0, 255]);
    }

    #[test]
    fn a_short_block_is_filled_up_with_clear_cells() {
        let computation = fixture::computation(2, 3, 1);
        let pixels = grids(&computation, Step::Keys)[0].pixels(2..3, 2, Palette::built_in(), Theme::Light);
        let opacities: Vec<u8> = pixels.iter().skip(3).step_by(4).copied().collect();
        assert_eq!(opacities, [255, 0, 255, 0]);
    }

    #[test]
    fn numbers_that_are_all_zero_have_the_colour_of_zero() {
        for scale in [Scale::Signed(0.0), Scale::Sequential(0.0)] {
            let palette = Palette::built_in();
            let zero = palette.colour(scale.paint(0.0).unwrap(), Theme::Light);
            assert_eq!(
                scale.pixels([0.0], palette, Theme::Light)[..3],
                [zero.red, zero.green, zero.blue]
            );
        }
    }
}
