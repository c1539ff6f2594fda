//! The kernel held to plain loops in double precision, natively and in a browser.

use half::f16;

use super::{Panels, Rows, RowsMut, multiply, tiles};

/// Depths of a right side in eight bits are a multiple of a block's, and at most so many blocks: of more than are
/// unpacked at once.
const MOST_BLOCKS: usize = 40;

/// What the rows' gaps and the rows after the last one hold before a product is written between them.
const UNTOUCHED: f32 = 7.0;

/// A product of random numbers between −1 and 1, `[rows, depth]` with `[depth, columns]`.
#[derive(Clone, Copy, Debug)]
pub struct ProductCase {
    /// Rows of the left side, at least 1.
    pub rows: usize,
    /// Products in a sum, at least 1.
    pub depth: usize,
    /// Columns of the right side, at least 1.
    pub columns: usize,
    /// Numbers between the end of a row of the left side and the next row.
    pub left_gap: usize,
    /// Numbers between the end of a row of the output and the next row.
    pub output_gap: usize,
    /// The same seed gives the same numbers.
    pub seed: u32,
}

/// Numbers between −1 and 1 that look random.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// A sum of `terms` products of numbers below 1: each of the additions may round by half a unit in the last place.
fn compare(value: f32, expected: f64, terms: usize, place: impl Fn() -> String) -> Result<(), String> {
    let tolerance = 1e-7 * (terms + 8) as f64;
    if (f64::from(value) - expected).abs() <= tolerance {
        Ok(())
    } else {
        Err(format!("{}: {value} in place of {expected}", place()))
    }
}

impl ProductCase {
    /// Multiplies, the right side packed from its columns and a bias added, and again, packed from its rows, without;
    /// then computes with panels the way back to the left side. All of it with a right side in eight bits as well, of
    /// so many columns but a depth of its own.
    ///
    /// # Errors
    /// Says where a number is not the one that three plain loops give, or what was written that should not have been.
    pub fn check(&self) -> Result<(), String> {
        let &ProductCase {
            depth, columns, seed, ..
        } = self;
        // Column after column.
        let right = numbers(columns * depth, seed.wrapping_add(1));
        let bias = numbers(columns, seed.wrapping_add(2));
        let transposed: Vec<f32> = (0..depth * columns)
            .map(|index| right[index % columns * depth + index / columns])
            .collect();
        let mut panels = Panels::empty();
        panels.pack_columns(depth, columns, |column| &right[column * depth..]);
        self.check_product(&panels, &right, Some(&bias))?;
        self.check_way_back(&panels, &right)?;
        for at in [0, depth - 1] {
            if panels.row(at) != transposed[at * columns..][..columns] {
                return Err(format!("{self:?}: panels do not give back row {at}"));
            }
        }
        panels.pack_rows(depth, columns, |row| &transposed[row * columns..]);
        self.check_product(&panels, &right, None)?;
        self.check_blocks(&bias)
    }

    /// Panels of a right side in blocks of Q8_0 hold and give, to the last bit, what panels of the numbers do that the
    /// blocks stand for.
    fn check_blocks(&self, bias: &[f32]) -> Result<(), String> {
        let count = 1 + self.depth % MOST_BLOCKS;
        let case = ProductCase {
            depth: count * tiles::DEPTHS,
            ..*self
        };
        let mut values = Vec::new();
        let mut bytes = Vec::new();
        let scales = numbers(self.columns * count, self.seed.wrapping_add(3));
        let integers = numbers(self.columns * case.depth, self.seed.wrapping_add(4));
        for (scale, integers) in scales.into_iter().zip(integers.chunks(tiles::DEPTHS)) {
            let scale = f16::from_f32(scale / 128.0);
            bytes.extend(scale.to_le_bytes());
            let integers = integers.iter().map(|number| (number * 128.0).floor() as i8);
            bytes.extend(integers.clone().map(i8::cast_unsigned));
            values.extend(integers.map(|integer| f32::from(integer) * scale.to_f32()));
        }
        let (mut panels, mut expected) = (Panels::empty(), Panels::empty());
        let row = bytes.len() / self.columns;
        panels.pack_blocks(case.depth, self.columns, |column| &bytes[column * row..][..row]);
        expected.pack_columns(case.depth, self.columns, |column| &values[column * case.depth..]);

        let compare = |what: &str, found: &[f32], expected: &[f32]| {
            if found
                .iter()
                .map(|x| x.to_bits())
                .eq(expected.iter().map(|x| x.to_bits()))
            {
                Ok(())
            } else {
                Err(format!("{case:?}: in eight bits, {what}"))
            }
        };
        for at in 0..case.depth {
            compare("another row", &panels.row(at), &expected.row(at))?;
        }
        let product = |panels| case.product(panels, Some(bias), &mut vec![]);
        compare("another product", &product(&panels), &product(&expected))?;
        let gradient = numbers(self.rows * self.columns, self.seed);
        compare(
            "another way back",
            &panels.multiply_transposed(&gradient),
            &expected.multiply_transposed(&gradient),
        )
    }

    /// The left side, its gaps filled.
    fn left(&self) -> Vec<f32> {
        numbers(self.rows * (self.depth + self.left_gap), self.seed)
    }

    /// The product with what was there before between its rows and below them, and the finished rows in order.
    fn product(&self, panels: &Panels, bias: Option<&[f32]>, finished: &mut Vec<usize>) -> Vec<f32> {
        let stride = self.columns + self.output_gap;
        let mut output = vec![UNTOUCHED; (self.rows + 1) * stride];
        multiply(
            Rows {
                values: &self.left(),
                stride: self.depth + self.left_gap,
            },
            self.rows,
            panels,
            bias,
            &mut RowsMut {
                values: &mut output,
                stride,
            },
            |rows, _| finished.extend(rows),
        );
        output
    }

    fn check_product(&self, panels: &Panels, right: &[f32], bias: Option<&[f32]>) -> Result<(), String> {
        let &ProductCase {
            rows, depth, columns, ..
        } = self;
        let (left_stride, output_stride) = (depth + self.left_gap, columns + self.output_gap);
        let left = self.left();
        let mut finished = vec![];
        let output = self.product(panels, bias, &mut finished);
        if !finished.iter().copied().eq(0..rows) {
            return Err(format!("{self:?}: the finished rows are {finished:?}"));
        }
        for (row, output) in output.chunks(output_stride).enumerate() {
            for (column, &value) in output.iter().enumerate() {
                let place = || format!("{self:?}, row {row}, column {column}");
                if row < rows && column < columns {
                    let sum: f64 = (0..depth)
                        .map(|at| {
                            f64::from(left[row * left_stride + at]) * f64::from(right[column * depth + at])
                        })
                        .sum();
                    let bias = bias.map_or(0.0, |bias| f64::from(bias[column]));
                    compare(value, sum + bias, depth, place)?;
                } else if value != UNTOUCHED {
                    return Err(format!("{}: written, and not of the product", place()));
                }
            }
        }
        Ok(())
    }

    fn check_way_back(&self, panels: &Panels, right: &[f32]) -> Result<(), String> {
        let &ProductCase {
            rows, depth, columns, ..
        } = self;
        let gradient = numbers(rows * columns, self.seed);
        let output = panels.multiply_transposed(&gradient);
        if output.len() != rows * depth {
            return Err(format!("{self:?}: {} numbers on the way back", output.len()));
        }
        for (index, &value) in output.iter().enumerate() {
            let (row, at) = (index / depth, index % depth);
            let expected = (0..columns)
                .map(|column| {
                    f64::from(gradient[row * columns + column]) * f64::from(right[column * depth + at])
                })
                .sum();
            let place = || format!("{self:?}, on the way back, row {row}, depth {at}");
            compare(value, expected, columns, place)?;
        }
        Ok(())
    }
}
