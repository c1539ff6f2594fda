//! The product of a few rows with a panel, in registers, and whole products made of such blocks.
//!
//! Six rows by eight columns keep twelve sums, two lanes of the panel and one number of the left side in fifteen
//! registers, as many as V8 gives away. It then reaches the processor's rate of multiply-adds; with seven rows, or
//! four by twelve columns, it moves sums to memory and back and falls below four by eight. Reading rows where they
//! are is as quick as packing them first. The compiler must leave the instructions in their order:
//! `.cargo/config.toml` sees to it.

use std::ops::Range;

use super::lanes::Lanes;
use super::panels::{Panels, Strip, WIDTH, ZEROS, padded};

/// The most rows of a block. A product that is added by an instruction of its own needs a register between.
const ROWS: usize = if cfg!(all(target_arch = "wasm32", not(target_feature = "relaxed-simd"))) {
    5
} else {
    6
};

/// Rows that are multiplied with all panels before the next: at the largest depth of a small BERT they stay in the
/// second cache.
const ROWS_AT_ONCE: usize = 60;

/// Rows of one width, evenly spaced.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// From the first number of the first row on.
    pub values: &'a [f32],
    /// From one row's first number to the next row's.
    pub stride: usize,
}

impl<'a> Rows<'a> {
    /// The first `width` numbers of a row.
    #[inline(always)]
    pub(crate) fn row(&self, index: usize, width: usize) -> &'a [f32] {
        &self.values[index * self.stride..][..width]
    }
}

/// Rows of one width, evenly spaced, to be written.
pub(crate) struct RowsMut<'a> {
    /// From the first number of the first row on.
    pub values: &'a mut [f32],
    /// From one row's first number to the next row's.
    pub stride: usize,
}

/// `output = left · right`, plus `bias` of `right`'s columns. After each run of finished rows `finish` is called with
/// their indices, while they are still in a cache.
pub(crate) fn multiply(
    left: Rows<'_>,
    rows: usize,
    right: &Panels,
    bias: Option<&[f32]>,
    output: &mut RowsMut<'_>,
    mut finish: impl FnMut(Range<usize>, &mut RowsMut<'_>),
) {
    for first in (0..rows).step_by(ROWS_AT_ONCE) {
        let last = rows.min(first + ROWS_AT_ONCE);
        // Blocks of nearly equal height: eight rows are two blocks of four, and not six and two.
        let blocks = (last - first).div_ceil(ROWS);
        let (height, higher) = ((last - first) / blocks, (last - first) % blocks);
        let middle = first + higher * (height + 1);
        for (index, panel) in right.iter().enumerate() {
            let column = index * WIDTH;
            let width = WIDTH.min(right.columns() - column);
            let place = Place {
                column,
                width,
                bias: bias.map_or(ZEROS, |bias| padded(&bias[column..column + width])),
            };
            for (height, rows) in [(height + 1, first..middle), (height, middle..last)] {
                match height {
                    1 => rows_by_panel::<1>(left, rows, panel, &place, output),
                    2 => rows_by_panel::<2>(left, rows, panel, &place, output),
                    3 => rows_by_panel::<3>(left, rows, panel, &place, output),
                    4 => rows_by_panel::<4>(left, rows, panel, &place, output),
                    5 => rows_by_panel::<5>(left, rows, panel, &place, output),
                    _ => rows_by_panel::<6>(left, rows, panel, &place, output),
                }
            }
        }
        finish(first..last, output);
    }
}

/// Where a panel's sums go, and what is added to them.
struct Place {
    column: usize,
    width: usize,
    bias: Strip,
}

/// Rows, in blocks of `R`, with one panel.
// A function of its own: V8 finds registers for each of these loops, but not for all of them in one function.
#[inline(never)]
fn rows_by_panel<const R: usize>(
    left: Rows<'_>,
    rows: Range<usize>,
    panel: &[Strip],
    place: &Place,
    output: &mut RowsMut<'_>,
) {
    for first in rows.step_by(R) {
        let left = std::array::from_fn(|row| left.row(first + row, panel.len()));
        let sums = sums_of_products::<R>(left, panel);
        for (row, [low, high]) in sums.into_iter().enumerate() {
            let numbers = [
                low.plus(place.bias[0]).to_array(),
                high.plus(place.bias[1]).to_array(),
            ];
            let output = &mut output.values[(first + row) * output.stride + place.column..][..place.width];
            output.copy_from_slice(&numbers.as_flattened()[..place.width]);
        }
    }
}

#[inline(always)]
fn sums_of_products<const R: usize>(left: [&[f32]; R], panel: &[Strip]) -> [Strip; R] {
    let mut sums = [ZEROS; R];
    let count = panel.len();
    let left = left.map(|row| &row[..count]);
    // Indices up to one length, so that no access is checked.
    for depth in 0..count {
        let (numbers, right) = (left.map(|row| row[depth]), &panel[depth]);
        // Row after row, so that only one number of the left side is in a register at a time.
        for (sum, number) in sums.iter_mut().zip(numbers) {
            let number = Lanes::splat(number);
            *sum = [
                sum[0].plus_product(number, right[0]),
                sum[1].plus_product(number, right[1]),
            ];
        }
    }
    sums
}
