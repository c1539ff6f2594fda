//! From queries, keys and values to the outputs of all heads (Vaswani et al. 2017, eq. 1).

use candle_core::{
    CpuStorage, CustomOp1, CustomOp2, DType, Layout, Result as CandleResult, Shape, Tensor, bail,
};

use crate::error::Result;
use crate::kernel::{Panels, Rows, RowsMut, multiply};
use crate::linear::Multiplier;
use crate::operations;

/// Queries, keys and values of all heads, as one projection leaves them: `[B, N, 3H]`, and in each third the heads
/// side by side.
pub(crate) struct Projected {
    pub values: Tensor,
    pub heads: usize,
}

/// What attention comes to.
pub(crate) struct Attended {
    /// `[B, A, N, N]`: head, destination, source; rows sum to 1, but for factors.
    pub probabilities: Tensor,
    /// `[B, N, H]`: the heads' outputs side by side.
    pub outputs: Tensor,
}

/// Which third of the projection.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Query,
    Key,
    Value,
}

impl Projected {
    /// `[B, A, N, D]`.
    pub(crate) fn by_head(&self, part: Part) -> CandleResult<Tensor> {
        let (batch, tokens, width) = self.values.dims3()?;
        let hidden = width / 3;
        self.values
            .narrow(2, part as usize * hidden, hidden)?
            .reshape((batch, tokens, self.heads, hidden / self.heads))?
            .transpose(1, 2)?
            .contiguous()
    }

    /// What the products of queries and keys are multiplied by, `1 / √D`.
    fn scale(&self) -> CandleResult<f64> {
        let head_size = self.values.dim(2)? / 3 / self.heads;
        Ok((head_size as f64).sqrt().recip())
    }

    /// `[B, A, N, N]`: scaled products of queries and keys, and `mask`, `[B or 1, 1, 1, N]`, added to them.
    pub(crate) fn scores(&self, mask: Option<&Tensor>) -> CandleResult<Tensor> {
        let query = (self.by_head(Part::Query)? * self.scale()?)?;
        let scores = query.matmul(&self.by_head(Part::Key)?.t()?)?;
        match mask {
            Some(mask) => scores.broadcast_add(mask),
            None => Ok(scores),
        }
    }

    /// Attention under `mask`, `[B or 1, 1, 1, N]`, which is 0 or −∞, its probabilities multiplied by `factors`,
    /// `[B, A, N, N]`.
    pub(crate) fn attend(
        &self,
        mask: Option<&Tensor>,
        factors: Option<&Tensor>,
        multiplier: Multiplier,
    ) -> Result<Attended> {
        if multiplier == Multiplier::Panels && self.values.dtype() == DType::F32 {
            return self.attend_in_place(mask, factors);
        }
        let probabilities = multiplied(operations::softmax(&self.scores(mask)?)?, factors)?;
        let outputs = probabilities.matmul(&self.by_head(Part::Value)?)?;
        let (batch, tokens, width) = self.values.dims3()?;
        Ok(Attended {
            probabilities,
            outputs: outputs.transpose(1, 2)?.reshape((batch, tokens, width / 3))?,
        })
    }

    /// The same without a copy that only reorders: queries, keys and values are read where the projection left them.
    fn attend_in_place(&self, mask: Option<&Tensor>, factors: Option<&Tensor>) -> Result<Attended> {
        let values = self.values.contiguous()?;
        let mask = match mask {
            Some(mask) => Some(mask.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?),
            None => None,
        };
        let probabilities = values.apply_op1(Probabilities {
            heads: self.heads,
            scale: self.scale()?,
            mask,
        })?;
        let probabilities = multiplied(probabilities, factors)?;
        let outputs = probabilities.apply_op2(&values, WeightedValues { heads: self.heads })?;
        Ok(Attended {
            probabilities,
            outputs,
        })
    }
}

/// What attention needs where only the first token's query asks.
pub(crate) struct FirstProjected {
    /// `[B, 1, H]`: the heads side by side.
    pub query: Tensor,
    /// `[B, N, 2H]`: keys and then values, and in each half the heads side by side.
    pub keys_values: Tensor,
    pub heads: usize,
}

impl FirstProjected {
    /// `[B, 1, H]`: the heads' outputs side by side, of F32, without a way back. `mask`, `[B or 1, 1, 1, N]`, is 0 or
    /// −∞.
    pub(crate) fn attend(&self, mask: Option<&Tensor>) -> Result<Tensor> {
        let (batch, tokens, width) = self.keys_values.dims3()?;
        let hidden = width / 2;
        let head_size = hidden / self.heads;
        let scale = (head_size as f32).sqrt().recip();
        let queries = self.query.flatten_all()?.to_vec1::<f32>()?;
        let keys_values = self.keys_values.flatten_all()?.to_vec1::<f32>()?;
        let mask = match mask {
            Some(mask) => mask.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?,
            None => vec![0.0; tokens],
        };
        let mut outputs = vec![0.0; batch * hidden];
        let mut probabilities = vec![0.0; tokens];
        for sequence in 0..batch {
            let mask = &mask[sequence * tokens % mask.len()..][..tokens];
            let rows = &keys_values[sequence * tokens * width..][..tokens * width];
            for head in 0..self.heads {
                let place = sequence * hidden + head * head_size;
                let query = &queries[place..][..head_size];
                for ((score, row), mask) in probabilities.iter_mut().zip(rows.chunks_exact(width)).zip(mask) {
                    let key = &row[head * head_size..][..head_size];
                    let product: f32 = query.iter().zip(key).map(|(query, key)| query * key).sum();
                    *score = product + mask;
                }
                operations::softmax_in_place(&mut probabilities, tokens, scale);
                let output = &mut outputs[place..][..head_size];
                for (probability, row) in probabilities.iter().zip(rows.chunks_exact(width)) {
                    let value = &row[hidden + head * head_size..][..head_size];
                    for (sum, value) in output.iter_mut().zip(value) {
                        *sum += probability * value;
                    }
                }
            }
        }
        Ok(Tensor::from_vec(
            outputs,
            (batch, 1, hidden),
            self.keys_values.device(),
        )?)
    }
}

fn multiplied(probabilities: Tensor, factors: Option<&Tensor>) -> CandleResult<Tensor> {
    match factors {
        Some(factors) => probabilities * factors,
        None => Ok(probabilities),
    }
}

/// The sizes of a projection.
struct Sizes {
    batch: usize,
    tokens: usize,
    heads: usize,
    hidden: usize,
    head_size: usize,
}

impl Sizes {
    fn of(layout: &Layout, heads: usize) -> CandleResult<Sizes> {
        let (batch, tokens, width) = layout.shape().dims3()?;
        let hidden = width / 3;
        Ok(Sizes {
            batch,
            tokens,
            heads,
            hidden,
            head_size: hidden / heads,
        })
    }

    /// All heads of all sequences.
    fn each(&self) -> impl Iterator<Item = (usize, usize)> {
        let heads = self.heads;
        (0..self.batch).flat_map(move |sequence| (0..heads).map(move |head| (sequence, head)))
    }

    /// A sequence's queries, keys or values of one head.
    fn rows<'a>(&self, values: &'a [f32], part: Part, sequence: usize, head: usize) -> Rows<'a> {
        let stride = 3 * self.hidden;
        let first = sequence * self.tokens * stride + part as usize * self.hidden + head * self.head_size;
        Rows {
            values: &values[first..],
            stride,
        }
    }

    /// Where a head's probabilities lie.
    fn square(&self, sequence: usize, head: usize) -> std::ops::Range<usize> {
        let size = self.tokens * self.tokens;
        let first = (sequence * self.heads + head) * size;
        first..first + size
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> CandleResult<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => Ok(&values[start..end]),
        _ => bail!("attention in place needs contiguous F32"),
    }
}

/// `[B, N, 3H]` to `[B, A, N, N]`.
struct Probabilities {
    heads: usize,
    scale: f64,
    /// `[B or 1, N]`.
    mask: Option<Vec<f32>>,
}

impl CustomOp1 for Probabilities {
    fn name(&self) -> &'static str {
        "attention-probabilities"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> CandleResult<(CpuStorage, Shape)> {
        let sizes = Sizes::of(layout, self.heads)?;
        let values = contiguous(storage, layout)?;
        let tokens = sizes.tokens;
        let mut output = vec![0.0; sizes.batch * sizes.heads * tokens * tokens];
        let mut keys = Panels::empty();
        for (sequence, head) in sizes.each() {
            let source = sizes.rows(values, Part::Key, sequence, head);
            keys.pack_columns(sizes.head_size, tokens, |index| {
                source.row(index, sizes.head_size)
            });
            let mask = self.mask.as_ref().map(|mask| {
                let first = sequence * tokens % mask.len();
                &mask[first..first + tokens]
            });
            multiply(
                sizes.rows(values, Part::Query, sequence, head),
                tokens,
                &keys,
                mask,
                &mut RowsMut {
                    values: &mut output[sizes.square(sequence, head)],
                    stride: tokens,
                },
                |rows, output| {
                    let rows = &mut output.values[rows.start * tokens..rows.end * tokens];
                    operations::softmax_in_place(rows, tokens, self.scale as f32);
                },
            );
        }
        let shape = (sizes.batch, sizes.heads, tokens, tokens);
        Ok((CpuStorage::F32(output), shape.into()))
    }

    fn bwd(
        &self,
        values: &Tensor,
        probabilities: &Tensor,
        gradient: &Tensor,
    ) -> CandleResult<Option<Tensor>> {
        let projected = Projected {
            values: values.clone(),
            heads: self.heads,
        };
        let scores = (operations::softmax_gradient(probabilities, gradient)? * self.scale)?;
        let query = scores.matmul(&projected.by_head(Part::Key)?)?;
        let key = scores.t()?.matmul(&projected.by_head(Part::Query)?)?;
        let value = query.zeros_like()?;
        side_by_side(&[query, key, value]).map(Some)
    }
}

/// `[B, A, N, N]` and `[B, N, 3H]` to `[B, N, H]`.
struct WeightedValues {
    heads: usize,
}

impl CustomOp2 for WeightedValues {
    fn name(&self) -> &'static str {
        "attention-outputs"
    }

    fn cpu_fwd(
        &self,
        probabilities: &CpuStorage,
        probabilities_layout: &Layout,
        values: &CpuStorage,
        values_layout: &Layout,
    ) -> CandleResult<(CpuStorage, Shape)> {
        let sizes = Sizes::of(values_layout, self.heads)?;
        let (tokens, hidden) = (sizes.tokens, sizes.hidden);
        let probabilities = contiguous(probabilities, probabilities_layout)?;
        let values = contiguous(values, values_layout)?;
        let mut output = vec![0.0; sizes.batch * tokens * hidden];
        let mut panels = Panels::empty();
        for (sequence, head) in sizes.each() {
            let source = sizes.rows(values, Part::Value, sequence, head);
            panels.pack_rows(tokens, sizes.head_size, |index| {
                source.row(index, sizes.head_size)
            });
            let first = sequence * tokens * hidden + head * sizes.head_size;
            multiply(
                Rows {
                    values: &probabilities[sizes.square(sequence, head)],
                    stride: tokens,
                },
                tokens,
                &panels,
                None,
                &mut RowsMut {
                    values: &mut output[first..],
                    stride: hidden,
                },
                |_, _| {},
            );
        }
        Ok((CpuStorage::F32(output), (sizes.batch, tokens, hidden).into()))
    }

    fn bwd(
        &self,
        probabilities: &Tensor,
        values: &Tensor,
        _result: &Tensor,
        gradient: &Tensor,
    ) -> CandleResult<(Option<Tensor>, Option<Tensor>)> {
        let projected = Projected {
            values: values.clone(),
            heads: self.heads,
        };
        let value = projected.by_head(Part::Value)?;
        let (batch, heads, tokens, head_size) = value.dims4()?;
        let gradient = gradient
            .reshape((batch, tokens, heads, head_size))?
            .transpose(1, 2)?
            .contiguous()?;
        let by_probability = gradient.matmul(&value.t()?)?;
        let by_value = probabilities.t()?.matmul(&gradient)?;
        let zeros = value.zeros_like()?;
        let by_projection = side_by_side(&[zeros.clone(), zeros, by_value])?;
        Ok((Some(by_probability), Some(by_projection)))
    }
}

/// Three `[B, A, N, D]` as one `[B, N, 3H]`.
fn side_by_side(parts: &[Tensor; 3]) -> CandleResult<Tensor> {
    let together = Tensor::stack(parts, 1)?;
    let (batch, thirds, heads, tokens, head_size) = together.dims5()?;
    together
        .permute((0, 3, 1, 2, 4))?
        .reshape((batch, tokens, thirds * heads * head_size))
}
