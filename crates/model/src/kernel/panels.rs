//! The right side of a product, laid out in the order in which it is read.

use super::lanes::Lanes;

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
    strips: Vec<Strip>,
    depth: usize,
    columns: usize,
}

#[inline(always)]
pub(crate) fn strip(values: &[f32; WIDTH]) -> Strip {
    let [a, b, c, d, e, f, g, h] = *values;
    [Lanes::new([a, b, c, d]), Lanes::new([e, f, g, h])]
}

/// At most eight numbers, filled up with zeros.
pub(crate) fn padded(values: &[f32]) -> Strip {
    strip(&std::array::from_fn(|index| {
        values.get(index).copied().unwrap_or(0.0)
    }))
}

impl Panels {
    /// No matrix yet; what is packed into it reuses its memory.
    pub(crate) fn empty() -> Panels {
        Panels {
            strips: Vec::new(),
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
        self.begin(depth, columns);
        for first in (0..columns).step_by(WIDTH) {
            let count = WIDTH.min(columns - first);
            let sources: [&[f32]; WIDTH] = std::array::from_fn(|index| {
                if index < count {
                    &column(first + index)[..depth]
                } else {
                    &[]
                }
            });
            self.strips.extend((0..depth).map(|at| {
                strip(&std::array::from_fn(|index| {
                    sources[index].get(at).copied().unwrap_or(0.0)
                }))
            }));
        }
    }

    /// Packs a matrix that is given row by row, as `row(index)`, of `columns` numbers each.
    pub(crate) fn pack_rows<'a>(&mut self, depth: usize, columns: usize, row: impl Fn(usize) -> &'a [f32]) {
        self.begin(depth, columns);
        for first in (0..columns).step_by(WIDTH) {
            let count = WIDTH.min(columns - first);
            self.strips.extend((0..depth).map(|at| {
                let source = &row(at)[first..first + count];
                source.try_into().map_or_else(|_| padded(source), strip)
            }));
        }
    }

    fn begin(&mut self, depth: usize, columns: usize) {
        self.strips.clear();
        self.strips.reserve_exact(depth * columns.div_ceil(WIDTH));
        (self.depth, self.columns) = (depth, columns);
    }

    /// The numbers of one depth, of all columns: a row of the matrix, unpacked.
    pub(crate) fn row(&self, depth: usize) -> Vec<f32> {
        let numbers = self
            .iter()
            .flat_map(|panel| panel[depth].map(Lanes::to_array))
            .flatten();
        numbers.take(self.columns).collect()
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// The panels, each of `depth` strips.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Strip]> {
        self.strips.chunks_exact(self.depth.max(1))
    }

    /// `left · selfᵀ` for `left` `[rows, columns]`: the way back through a linear layer.
    pub(crate) fn multiply_transposed(&self, left: &[f32]) -> Vec<f32> {
        const DEPTHS: usize = 4;
        let rows = left.len() / self.columns.max(1);
        let mut output = vec![0.0; rows * self.depth];
        for (left, output) in left
            .chunks_exact(self.columns.max(1))
            .zip(output.chunks_exact_mut(self.depth.max(1)))
        {
            let strips: Vec<Strip> = left.chunks(WIDTH).map(padded).collect();
            for (block, output) in output.chunks_mut(DEPTHS).enumerate() {
                let mut sums = [ZEROS; DEPTHS];
                for (left, panel) in strips.iter().zip(self.iter()) {
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
