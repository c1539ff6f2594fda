//! The right side of a product, laid out in the order in which it is read.

use std::borrow::Cow;

use super::lanes::Lanes;
use super::tiles::{self, Tile};

/// Columns in a panel.
pub(crate) const WIDTH: usize = 8;

/// The numbers of one depth of a panel.
pub(crate) type Strip = [Lanes; 2];

/// No sum yet.
pub(crate) const ZEROS: Strip = [Lanes::ZERO; 2];

/// A matrix `[depth, columns]` cut into panels of eight columns; in a panel the eight numbers of each depth lie side
/// by side, and depth follows depth. The last panel is filled up with zeros.
#[derive(Clone, Debug)]
pub(crate) struct Panels {
    numbers: Numbers,
    depth: usize,
    columns: usize,
}

/// What the panels, one after the other, are made of.
#[derive(Clone, Debug)]
enum Numbers {
    /// `depth` strips each.
    Strips(Vec<Strip>),
    /// Tiles of 32 depths each: a quarter of the memory, which is what a product with a few rows waits for.
    Tiles(Vec<Tile>),
}

/// One panel.
pub(crate) enum Panel<'a> {
    /// Its numbers.
    Strips(&'a [Strip]),
    /// Its numbers in eight bits.
    Tiles(&'a [Tile]),
}

#[inline(always)]
pub(crate) fn strip(values: &[f32; WIDTH]) -> Strip {
    let [a, b, c, d, e, f, g, h] = *values;
    [Lanes::new([a, b, c, d]), Lanes::new([e, f, g, h])]
}

/// At most eight numbers, filled up with zeros.
#[inline(always)]
pub(crate) fn padded(values: &[f32]) -> Strip {
    match values.try_into() {
        Ok(values) => strip(values),
        Err(_) => strip(&std::array::from_fn(|index| {
            values.get(index).copied().unwrap_or(0.0)
        })),
    }
}

impl Panels {
    /// No matrix yet; what is packed into it reuses its memory.
    pub(crate) fn empty() -> Panels {
        Panels {
            numbers: Numbers::Strips(Vec::new()),
            depth: 0,
            columns: 0,
        }
    }

    /// Packs a matrix that is given column by column, as `column(index)`, of `depth` numbers each: the weights of a
    /// linear layer `[to, from]` are such columns.
    pub(crate) fn pack_columns<'a>(
        &mut self,
        depth: usize,
        columns: usize,
        column: impl Fn(usize) -> &'a [f32],
    ) {
        let mut strips = self.emptied(depth, columns);
        for first in (0..columns).step_by(WIDTH) {
            let count = WIDTH.min(columns - first);
            let sources: [&[f32]; WIDTH] = std::array::from_fn(|index| {
                if index < count {
                    &column(first + index)[..depth]
                } else {
                    &[]
                }
            });
            strips.extend((0..depth).map(|at| {
                strip(&std::array::from_fn(|index| {
                    sources[index].get(at).copied().unwrap_or(0.0)
                }))
            }));
        }
        *self = Panels {
            numbers: Numbers::Strips(strips),
            depth,
            columns,
        };
    }

    /// Packs a matrix that is given row by row, as `row(index)`, of `columns` numbers each.
    pub(crate) fn pack_rows<'a>(&mut self, depth: usize, columns: usize, row: impl Fn(usize) -> &'a [f32]) {
        let mut strips = self.emptied(depth, columns);
        for first in (0..columns).step_by(WIDTH) {
            let count = WIDTH.min(columns - first);
            strips.extend((0..depth).map(|at| padded(&row(at)[first..first + count])));
        }
        *self = Panels {
            numbers: Numbers::Strips(strips),
            depth,
            columns,
        };
    }

    /// Packs a matrix that is given column by column, as `column(index)`, of `depth` numbers each in blocks of Q8_0:
    /// a multiple of 32.
    pub(crate) fn pack_blocks<'a>(
        &mut self,
        depth: usize,
        columns: usize,
        column: impl Fn(usize) -> &'a [u8],
    ) {
        let mut tiles = Vec::with_capacity(depth / tiles::DEPTHS * columns.div_ceil(WIDTH));
        for first in (0..columns).step_by(WIDTH) {
            let sources: Vec<&[u8]> = (first..columns.min(first + WIDTH)).map(&column).collect();
            tiles.extend(tiles::pack(&sources));
        }
        *self = Panels {
            numbers: Numbers::Tiles(tiles),
            depth,
            columns,
        };
    }

    /// No strips, in the memory of those that were there.
    fn emptied(&mut self, depth: usize, columns: usize) -> Vec<Strip> {
        let mut strips = match std::mem::replace(&mut self.numbers, Numbers::Strips(Vec::new())) {
            Numbers::Strips(strips) => strips,
            Numbers::Tiles(_) => Vec::new(),
        };
        strips.clear();
        strips.reserve_exact(depth * columns.div_ceil(WIDTH));
        strips
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Whether its numbers are in eight bits.
    pub(crate) fn has_tiles(&self) -> bool {
        matches!(self.numbers, Numbers::Tiles(_))
    }

    /// A panel.
    pub(crate) fn panel(&self, index: usize) -> Panel<'_> {
        match &self.numbers {
            Numbers::Strips(strips) => Panel::Strips(&strips[index * self.depth..][..self.depth]),
            Numbers::Tiles(tiles) => {
                let count = self.depth / tiles::DEPTHS;
                Panel::Tiles(&tiles[index * count..][..count])
            }
        }
    }

    /// The numbers of one depth, of all columns: a row of the matrix.
    pub(crate) fn row(&self, depth: usize) -> Vec<f32> {
        let panels = 0..self.columns.div_ceil(WIDTH);
        let strips = panels.map(|index| match self.panel(index) {
            Panel::Strips(strips) => strips[depth],
            Panel::Tiles(tiles) => tiles[depth / tiles::DEPTHS].pair(depth % tiles::DEPTHS / 2)[depth % 2],
        });
        let numbers = strips.flat_map(|strip| strip.map(Lanes::to_array)).flatten();
        numbers.take(self.columns).collect()
    }

    /// The strips of all panels.
    fn strips(&self) -> Cow<'_, [Strip]> {
        match &self.numbers {
            Numbers::Strips(strips) => Cow::Borrowed(strips),
            Numbers::Tiles(tiles) => Cow::Owned(tiles::unpacked(tiles)),
        }
    }

    /// The same numbers in strips.
    pub(crate) fn unpacked(&self) -> Panels {
        Panels {
            numbers: Numbers::Strips(self.strips().into_owned()),
            ..*self
        }
    }

    /// `left · selfᵀ` for `left` `[rows, columns]`: the way back through a linear layer.
    pub(crate) fn multiply_transposed(&self, left: &[f32]) -> Vec<f32> {
        const DEPTHS: usize = 4;
        let rows = left.len() / self.columns.max(1);
        let mut output = vec![0.0; rows * self.depth];
        let right = self.strips();
        for (left, output) in left
            .chunks_exact(self.columns.max(1))
            .zip(output.chunks_exact_mut(self.depth.max(1)))
        {
            let strips: Vec<Strip> = left.chunks(WIDTH).map(padded).collect();
            for (block, output) in output.chunks_mut(DEPTHS).enumerate() {
                let mut sums = [ZEROS; DEPTHS];
                for (left, panel) in strips.iter().zip(right.chunks_exact(self.depth)) {
                    for (sum, right) in sums.iter_mut().zip(&panel[block * DEPTHS..]) {
                        for half in 0..2 {
                            sum[half] = sum[half].plus_product(left[half], right[half]);
                        }
                    }
                }
                for (output, [low, high]) in output.iter_mut().zip(sums) {
                    *output = low.plus(high).sum();
                }
            }
        }
        output
    }
}
