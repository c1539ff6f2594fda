//! The product of a few rows with a panel, in registers, and whole products made of such blocks.
//!
//! Six rows by eight columns keep twelve sums, two lanes of the panel and one number of the left side in fifteen
//! registers, as many as V8 gives away. It then reaches the processor's rate of multiply-adds; with seven rows, or
//! four by twelve columns, it moves sums to memory and back and falls below four by eight. Reading rows where they
//! are is as quick as packing them first. The compiler must leave the instructions in their order:
//! `.cargo/config.toml` sees to it.

use std::ops::Range;

use super::lanes::Lanes;
use super::panels::{Panel, Panels, Strip, WIDTH, ZEROS, padded};
use super::tiles::{self, Tile};

/// The most rows of a block. A product that is added by an instruction of its own needs a register between.
const ROWS: usize = if cfg!(all(target_arch = "wasm32", not(target_feature = "relaxed-simd"))) {
    5
} else {
    6
};

/// The most rows that are multiplied with all panels before the next: at the largest depth of a small BERT they stay in
/// the second cache.
const ROWS_AT_ONCE: usize = 64;

/// Above so many rows, it is quicker to unpack all of a matrix first than a part of it for every [`ROWS_AT_ONCE`].
const ROWS_FOR_PARTS: usize = 5 * ROWS_AT_ONCE;

/// The most rows of a block that is multiplied while a panel is unpacked, for which that takes registers as well.
const ROWS_IN_PASSING: usize = if ROWS < 6 { 2 } else { 4 };

/// Tiles that are unpacked at once: with the rows of a block they fit in the smallest first cache.
const TILES_AT_ONCE: usize = 16;

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

    /// The rows without their first numbers.
    fn after(&self, count: usize) -> Rows<'a> {
        Rows {
            values: &self.values[count..],
            stride: self.stride,
        }
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
///
/// The products of a sum are added in the order of their depths, whatever the rows are and whichever way the panels
/// are stored.
pub(crate) fn multiply(
    left: Rows<'_>,
    rows: usize,
    right: &Panels,
    bias: Option<&[f32]>,
    output: &mut RowsMut<'_>,
    finish: impl FnMut(Range<usize>, &mut RowsMut<'_>),
) {
    let panels = 0..right.columns().div_ceil(WIDTH);
    multiply_panels(left, rows, right, panels, bias, output, finish);
}

/// The same for the columns of some panels only: those of `bias` and `output` begin with the first of them.
pub(crate) fn multiply_panels(
    left: Rows<'_>,
    rows: usize,
    right: &Panels,
    panels: Range<usize>,
    bias: Option<&[f32]>,
    output: &mut RowsMut<'_>,
    mut finish: impl FnMut(Range<usize>, &mut RowsMut<'_>),
) {
    let unpacked;
    let right = if rows > ROWS_FOR_PARTS && right.has_tiles() {
        unpacked = right.unpacked();
        &unpacked
    } else {
        right
    };
    let mut buffer = Vec::new();
    // In equal parts: a small last one would have panels unpacked for few rows.
    let at_once = rows.div_ceil(rows.div_ceil(ROWS_AT_ONCE).max(1)).max(1);
    for first in (0..rows).step_by(at_once) {
        let last = rows.min(first + at_once);
        let blocks = Blocks::of(first..last, right.has_tiles());
        for index in panels.clone() {
            let column = (index - panels.start) * WIDTH;
            let width = WIDTH.min(right.columns() - index * WIDTH);
            let place = Place {
                column,
                width,
                continued: false,
                bias: bias.map_or(ZEROS, |bias| padded(&bias[column..column + width])),
            };
            match right.panel(index) {
                Panel::Strips(strips) => blocks.multiply(left, strips, &place, output),
                Panel::Tiles(tiles) => blocks.multiply_tiles(left, tiles, &mut buffer, place, output),
            }
        }
        finish(first..last, output);
    }
}

/// Rows in blocks of nearly equal height: eight rows are two blocks of four, and not six and two.
struct Blocks {
    /// These fill no block and are multiplied while a panel is unpacked, which the processor does beside.
    passing: Range<usize>,
    height: usize,
    /// These are in blocks of one row more.
    higher: Range<usize>,
    lower: Range<usize>,
}

impl Blocks {
    fn of(rows: Range<usize>, are_unpacked: bool) -> Blocks {
        let over = rows.len() % ROWS;
        let passing = if are_unpacked && over <= ROWS_IN_PASSING {
            over
        } else {
            0
        };
        let first = rows.start + passing;
        let count = rows.end - first;
        let blocks = count.div_ceil(ROWS).max(1);
        let (height, higher) = (count / blocks, count % blocks);
        let middle = first + higher * (height + 1);
        Blocks {
            passing: rows.start..first,
            height,
            higher: first..middle,
            lower: middle..rows.end,
        }
    }

    fn multiply(&self, left: Rows<'_>, panel: &[Strip], place: &Place, output: &mut RowsMut<'_>) {
        for (height, rows) in [(self.height + 1, &self.higher), (self.height, &self.lower)] {
            let rows = rows.clone();
            match height {
                _ if rows.is_empty() => {}
                1 => rows_by_panel::<1>(left, rows, panel, place, output),
                2 => rows_by_panel::<2>(left, rows, panel, place, output),
                3 => rows_by_panel::<3>(left, rows, panel, place, output),
                4 => rows_by_panel::<4>(left, rows, panel, place, output),
                5 => rows_by_panel::<5>(left, rows, panel, place, output),
                _ => rows_by_panel::<6>(left, rows, panel, place, output),
            }
        }
    }

    /// Unpacks a panel part by part to `buffer`, and multiplies each part with all rows.
    fn multiply_tiles(
        &self,
        left: Rows<'_>,
        panel: &[Tile],
        buffer: &mut Vec<Strip>,
        place: Place,
        output: &mut RowsMut<'_>,
    ) {
        let parts = panel.len().div_ceil(TILES_AT_ONCE);
        let length = panel.len().div_ceil(parts);
        buffer.resize(length * tiles::DEPTHS, ZEROS);
        for (part, tiles) in panel.chunks(length).enumerate() {
            let left = left.after(part * length * tiles::DEPTHS);
            let place = Place {
                continued: part > 0,
                bias: if part + 1 == parts { place.bias } else { ZEROS },
                ..place
            };
            let strips = &mut buffer[..tiles.len() * tiles::DEPTHS];
            let first = self.passing.start;
            match self.passing.len() {
                1 => rows_by_tiles::<1>(left, first, tiles, strips, &place, output),
                2 => rows_by_tiles::<2>(left, first, tiles, strips, &place, output),
                3 if ROWS_IN_PASSING >= 3 => rows_by_tiles::<3>(left, first, tiles, strips, &place, output),
                4 if ROWS_IN_PASSING >= 4 => rows_by_tiles::<4>(left, first, tiles, strips, &place, output),
                _ => tiles::unpack(tiles, strips),
            }
            self.multiply(left, strips, &place, output);
        }
    }
}

/// Where a panel's sums go, and what is added to them.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    width: usize,
    /// Whether the sums are begun there already.
    continued: bool,
    bias: Strip,
}

impl Place {
    /// What the sums of `R` rows are so far.
    #[inline(always)]
    fn sums<const R: usize>(&self, first: usize, output: &RowsMut<'_>) -> [Strip; R] {
        if self.continued {
            std::array::from_fn(|row| {
                padded(&output.values[(first + row) * output.stride + self.column..][..self.width])
            })
        } else {
            [ZEROS; R]
        }
    }

    #[inline(always)]
    fn write<const R: usize>(&self, sums: [Strip; R], first: usize, output: &mut RowsMut<'_>) {
        for (row, [low, high]) in sums.into_iter().enumerate() {
            let numbers = [
                low.plus(self.bias[0]).to_array(),
                high.plus(self.bias[1]).to_array(),
            ];
            let output = &mut output.values[(first + row) * output.stride + self.column..][..self.width];
            // Two stores: a copy of a length that is not known is a call out of the program.
            if let Ok(output) = <&mut [f32; WIDTH]>::try_from(&mut *output) {
                output.copy_from_slice(numbers.as_flattened());
            } else {
                output.copy_from_slice(&numbers.as_flattened()[..self.width]);
            }
        }
    }
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
        let mut sums = place.sums::<R>(first, output);
        let left = std::array::from_fn(|row| left.row(first + row, panel.len()));
        add_products(&mut sums, left, panel);
        place.write(sums, first, output);
    }
}

#[inline(always)]
fn add_products<const R: usize>(sums: &mut [Strip; R], left: [&[f32]; R], panel: &[Strip]) {
    let count = panel.len();
    let left = left.map(|row| &row[..count]);
    // Indices up to one length, so that no access is checked.
    for depth in 0..count {
        add_product(sums, left.map(|row| row[depth]), panel[depth]);
    }
}

#[inline(always)]
fn add_product<const R: usize>(sums: &mut [Strip; R], numbers: [f32; R], right: Strip) {
    // Row after row, so that only one number of the left side is in a register at a time.
    for (sum, number) in sums.iter_mut().zip(numbers) {
        let number = Lanes::splat(number);
        *sum = [
            sum[0].plus_product(number, right[0]),
            sum[1].plus_product(number, right[1]),
        ];
    }
}

/// Unpacks `tiles` to `strips` and multiplies `R` rows in passing.
#[inline(never)]
fn rows_by_tiles<const R: usize>(
    left: Rows<'_>,
    first: usize,
    tiles: &[Tile],
    strips: &mut [Strip],
    place: &Place,
    output: &mut RowsMut<'_>,
) {
    let mut sums = place.sums::<R>(first, output);
    let count = tiles.len();
    let left: [&[[f32; tiles::DEPTHS]]; R] =
        std::array::from_fn(|row| left.row(first + row, count * tiles::DEPTHS).as_chunks().0);
    let left = left.map(|row| &row[..count]);
    let strips = &mut strips.as_chunks_mut::<{ tiles::DEPTHS }>().0[..count];
    for index in 0..count {
        let tile = &tiles[index];
        for pair in 0..tiles::DEPTHS / 2 {
            let right = tile.pair(pair);
            for (half, right) in right.into_iter().enumerate() {
                let depth = 2 * pair + half;
                strips[index][depth] = right;
                add_product(&mut sums, left.map(|row| row[index][depth]), right);
            }
        }
    }
    place.write(sums, first, output);
}
