//! Linear layers, and who multiplies for them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use candle_core::quantized::QTensor;
use candle_core::{
    CpuStorage, CustomOp1, CustomOp2, D, DType, Layout, Result as CandleResult, Shape, Tensor, bail,
};

use crate::error::Result;
use crate::kernel::{Panels, Rows, RowsMut, WIDTH, multiply_panels};
use crate::operations;
use crate::weights::{Weight, Weights};

/// Who multiplies the weights of an encoder with its hidden states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplier {
    /// candle: the quicker one natively, and the only one for F64.
    Candle,
    /// This crate's own kernel, over weights in panels: the quicker one in WebAssembly.
    Panels,
}

impl Default for Multiplier {
    fn default() -> Multiplier {
        if cfg!(target_arch = "wasm32") {
            Multiplier::Panels
        } else {
            Multiplier::Candle
        }
    }
}

/// `x Wᵀ + b`.
#[derive(Clone, Debug)]
pub(crate) enum Linear {
    /// The weights are constants, and lie inside the operation: no gradient is ever computed for them.
    Packed(Arc<Packed>),
    /// The weights are tensors like any other, which gradients reach.
    Tensors {
        /// `[to, from]`.
        weight: Tensor,
        /// `[to]`.
        bias: Tensor,
    },
}

/// The weights and biases of a linear layer, in the order in which they are read.
#[derive(Debug)]
pub(crate) struct Packed {
    panels: Panels,
    bias: Vec<f32>,
    /// The weights in four times the memory, once they are kept so.
    unpacked: OnceLock<Panels>,
}

/// A product with fewer rows waits for memory, and reads weights in eight bits where there are such.
const ROWS_FOR_UNPACKED: usize = 32;

impl Linear {
    /// Takes one layer's weights out of `weights`.
    pub(crate) fn take(weights: &mut Weights, name: &str, from: usize, to: usize) -> Result<Linear> {
        Linear::take_side_by_side(weights, &[name], from, to)
    }

    /// Takes the weights of several layers of one width that read the same, and makes one layer of them: its output
    /// has theirs side by side.
    pub(crate) fn take_side_by_side(
        weights: &mut Weights,
        names: &[impl AsRef<str>],
        from: usize,
        to: usize,
    ) -> Result<Linear> {
        let mut matrices = Vec::new();
        let mut biases = Vec::new();
        for name in names.iter().map(AsRef::as_ref) {
            matrices.push(weights.take_stored(&format!("{name}.weight"), &[to, from])?);
            biases.push(weights.take(&format!("{name}.bias"), &[to])?);
        }
        let constant = !matrices.iter().any(Weight::track_op) && !biases.iter().any(Tensor::track_op);
        if constant && weights.multiplier() == Multiplier::Panels && weights.dtype() == DType::F32 {
            return Ok(Linear::Packed(Arc::new(pack(matrices, &biases, from, to)?)));
        }
        let joined = |tensors: Vec<Tensor>| match tensors.as_slice() {
            [single] => Ok(single.clone()),
            several => Tensor::cat(several, 0),
        };
        let matrices = matrices
            .into_iter()
            .map(|matrix| matrix.into_tensor(weights.dtype()))
            .collect::<CandleResult<_>>()?;
        Ok(Linear::Tensors {
            weight: joined(matrices)?,
            bias: joined(biases)?,
        })
    }

    /// Who multiplies.
    pub(crate) fn multiplier(&self) -> Multiplier {
        match self {
            Linear::Packed(_) => Multiplier::Panels,
            Linear::Tensors { .. } => Multiplier::Candle,
        }
    }

    /// Whether gradients of its weights are kept.
    pub(crate) fn tracks_gradients(&self) -> bool {
        match self {
            Linear::Packed(_) => false,
            Linear::Tensors { weight, bias } => weight.track_op() || bias.track_op(),
        }
    }

    /// Keeps weights that lie in eight bits unpacked as well.
    pub(crate) fn keep_unpacked(&self) {
        if let Linear::Packed(packed) = self
            && packed.panels.has_tiles()
        {
            packed.unpacked.get_or_init(|| packed.panels.unpacked());
        }
    }

    /// The part of the weights that multiplies some of what is read, `[inputs.len(), to]` in row-major order.
    pub(crate) fn weights_of(&self, inputs: Range<usize>) -> Result<Vec<f32>> {
        match self {
            Linear::Packed(packed) => Ok(inputs.flat_map(|input| packed.panels.row(input)).collect()),
            Linear::Tensors { weight, .. } => Ok(weight
                .narrow(1, inputs.start, inputs.len())?
                .t()?
                .flatten_all()?
                .to_dtype(DType::F32)?
                .to_vec1()?),
        }
    }

    /// `[to]`.
    pub(crate) fn bias(&self) -> Result<Vec<f32>> {
        match self {
            Linear::Packed(packed) => Ok(packed.bias.clone()),
            Linear::Tensors { bias, .. } => Ok(bias.to_dtype(DType::F32)?.to_vec1()?),
        }
    }

    /// `[…, from]` to `[…, to]`. All leading dimensions are rows of one matrix product.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Linear::Packed(packed) => {
                let product = Product {
                    packed: packed.clone(),
                    columns: packed.columns(),
                    activated: false,
                };
                Ok(x.contiguous()?.apply_op1(product)?)
            }
            Linear::Tensors { weight, bias } => Ok(product(x, weight, bias)?),
        }
    }

    /// The same for some columns of the output only, without a way back: `[…, from]` to `[…, columns.len()]`.
    pub(crate) fn forward_columns(&self, x: &Tensor, columns: Range<usize>) -> Result<Tensor> {
        match self {
            Linear::Packed(packed) if packed.are_panels(&columns) => {
                Ok(x.contiguous()?.apply_op1_no_bwd(&Product {
                    packed: packed.clone(),
                    columns,
                    activated: false,
                })?)
            }
            Linear::Packed(_) => {
                let all = self.forward(x)?;
                Ok(all
                    .narrow(D::Minus1, columns.start, columns.len())?
                    .contiguous()?)
            }
            Linear::Tensors { weight, bias } => {
                let part = |tensor: &Tensor| tensor.narrow(0, columns.start, columns.len());
                Ok(product(x, &part(weight)?, &part(bias)?)?)
            }
        }
    }

    /// The same, and `residual` `[…, to]` added.
    pub(crate) fn forward_plus(&self, x: &Tensor, residual: &Tensor) -> Result<Tensor> {
        match self {
            Linear::Packed(packed) => {
                let product = ProductPlus(packed.clone());
                Ok(x.contiguous()?.apply_op2(&residual.contiguous()?, product)?)
            }
            Linear::Tensors { .. } => Ok((self.forward(x)? + residual)?),
        }
    }

    /// The same as [`Linear::forward`], through [`operations::gelu`].
    pub(crate) fn forward_gelu(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            // The way back needs what went into the activation, so it is not skipped where gradients are tracked.
            Linear::Packed(packed) if !x.track_op() => Ok(x.contiguous()?.apply_op1_no_bwd(&Product {
                packed: packed.clone(),
                columns: packed.columns(),
                activated: true,
            })?),
            _ => Ok(operations::gelu(&self.forward(x)?)?),
        }
    }
}

/// `x Wᵀ + b` by candle.
fn product(x: &Tensor, weight: &Tensor, bias: &Tensor) -> CandleResult<Tensor> {
    let (to, from) = weight.dims2()?;
    let rows = x.elem_count() / from;
    let product = x
        .reshape((rows, from))?
        .matmul(&weight.t()?)?
        .broadcast_add(bias)?;
    let mut shape = x.dims().to_vec();
    if let Some(last) = shape.last_mut() {
        *last = to;
    }
    product.reshape(shape)
}

/// Packs matrices `[to, from]` below one another: in eight bits if that is how all are stored. None is kept.
fn pack(matrices: Vec<Weight>, biases: &[Tensor], from: usize, to: usize) -> Result<Packed> {
    let columns = to * matrices.len();
    let mut panels = Panels::empty();
    if let Some(blocks) = matrices.iter().map(Weight::blocks).collect::<Option<Vec<_>>>() {
        let blocks = blocks
            .into_iter()
            .map(QTensor::data)
            .collect::<CandleResult<Vec<_>>>()?;
        panels.pack_blocks(from, columns, |column| {
            let matrix = &blocks[column / to];
            let row = matrix.len() / to;
            &matrix[column % to * row..][..row]
        });
    } else {
        let values = matrices
            .into_iter()
            .map(|matrix| matrix.into_tensor(DType::F32)?.flatten_all()?.to_vec1::<f32>())
            .collect::<CandleResult<Vec<_>>>()?;
        panels.pack_columns(from, columns, |column| &values[column / to][column % to * from..]);
    }
    let mut bias = Vec::new();
    for part in biases {
        bias.extend(part.to_vec1::<f32>()?);
    }
    Ok(Packed {
        panels,
        bias,
        unpacked: OnceLock::new(),
    })
}

/// The product with packed weights as an operation of candle's.
struct Product {
    packed: Arc<Packed>,
    /// Those of the output, which are whole panels.
    columns: Range<usize>,
    /// Whether GELU follows.
    activated: bool,
}

/// The shape of `layout` with another width, and the numbers it covers.
fn rows_of<'a>(
    storage: &'a CpuStorage,
    layout: &Layout,
    from: usize,
    to: usize,
) -> CandleResult<(&'a [f32], Shape)> {
    let mut dims = layout.dims().to_vec();
    match (storage, layout.contiguous_offsets(), dims.last_mut()) {
        (CpuStorage::F32(values), Some((start, end)), Some(last)) if *last == from => {
            *last = to;
            Ok((&values[start..end], Shape::from(dims)))
        }
        _ => bail!(
            "a packed linear layer needs contiguous F32 of the width {from}, not {:?}",
            layout.shape()
        ),
    }
}

impl Packed {
    /// All of them.
    fn columns(&self) -> Range<usize> {
        0..self.panels.columns()
    }

    /// Whether columns are whole panels.
    fn are_panels(&self, columns: &Range<usize>) -> bool {
        let ends = columns.end == self.panels.columns() || columns.end.is_multiple_of(WIDTH);
        columns.start.is_multiple_of(WIDTH) && ends
    }

    /// Multiplies with columns that are whole panels, and does `finish` to rows of the output, which it is told the place
    /// of, as they are ready.
    fn multiply(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
        columns: Range<usize>,
        mut finish: impl FnMut(Range<usize>, &mut [f32]),
    ) -> CandleResult<(CpuStorage, Shape)> {
        let (from, to) = (self.panels.depth(), columns.len());
        let (values, shape) = rows_of(storage, layout, from, to)?;
        let rows = values.len() / from.max(1);
        let left = Rows { values, stride: from };
        let mut output = vec![0.0; rows * to];
        let mut written = RowsMut {
            values: &mut output,
            stride: to,
        };
        let unpacked = self.unpacked.get().filter(|_| rows >= ROWS_FOR_UNPACKED);
        multiply_panels(
            left,
            rows,
            unpacked.unwrap_or(&self.panels),
            columns.start / WIDTH..columns.end.div_ceil(WIDTH),
            Some(&self.bias[columns]),
            &mut written,
            |rows, output| {
                let place = rows.start * to..rows.end * to;
                finish(place.clone(), &mut output.values[place]);
            },
        );
        Ok((CpuStorage::F32(output), shape))
    }

    /// The gradient with respect to what was multiplied.
    fn back(self: &Arc<Packed>, gradient: &Tensor) -> CandleResult<Tensor> {
        gradient
            .contiguous()?
            .apply_op1_no_bwd(&TransposedProduct(self.clone()))
    }
}

impl CustomOp1 for Product {
    fn name(&self) -> &'static str {
        "packed-linear"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> CandleResult<(CpuStorage, Shape)> {
        self.packed
            .multiply(storage, layout, self.columns.clone(), |_, output| {
                if self.activated {
                    operations::gelu_in_place(output);
                }
            })
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, gradient: &Tensor) -> CandleResult<Option<Tensor>> {
        if self.activated {
            bail!(
                "a packed linear layer with its activation has no gradient: they are computed apart for it"
            );
        }
        self.packed.back(gradient).map(Some)
    }
}

/// The product with packed weights, and a second tensor added.
struct ProductPlus(Arc<Packed>);

impl CustomOp2 for ProductPlus {
    fn name(&self) -> &'static str {
        "packed-linear-plus"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
        residual: &CpuStorage,
        residual_layout: &Layout,
    ) -> CandleResult<(CpuStorage, Shape)> {
        let to = self.0.panels.columns();
        let (residual, shape) = rows_of(residual, residual_layout, to, to)?;
        if shape.elem_count() / to.max(1) != layout.shape().elem_count() / self.0.panels.depth().max(1) {
            bail!(
                "a packed linear layer of {:?} cannot add {shape:?}",
                layout.shape()
            );
        }
        self.0
            .multiply(storage, layout, self.0.columns(), |place, output| {
                for (output, residual) in output.iter_mut().zip(&residual[place]) {
                    *output += residual;
                }
            })
    }

    fn bwd(
        &self,
        _x: &Tensor,
        _residual: &Tensor,
        _result: &Tensor,
        gradient: &Tensor,
    ) -> CandleResult<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(self.0.back(gradient)?), Some(gradient.clone())))
    }
}

/// The gradient of [`Product`] with respect to its input: `dx = dy W`.
struct TransposedProduct(Arc<Packed>);

impl CustomOp1 for TransposedProduct {
    fn name(&self) -> &'static str {
        "packed-linear-gradient"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> CandleResult<(CpuStorage, Shape)> {
        let panels = &self.0.panels;
        let (values, shape) = rows_of(storage, layout, panels.columns(), panels.depth())?;
        Ok((CpuStorage::F32(panels.multiply_transposed(values)), shape))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use candle_core::Device;
    use candle_core::quantized::GgmlDType;

    use super::*;

    /// Two layers of 64 numbers to 20, side by side, from weights stored as `stored` says of each.
    fn linear(stored: [GgmlDType; 2], multiplier: Multiplier) -> (Linear, Vec<Vec<f32>>) {
        let mut weights = HashMap::new();
        let mut rows = Vec::new();
        for (name, stored) in ["a", "b"].into_iter().zip(stored) {
            let matrix = Tensor::randn(0_f32, 1.0, (20, 64), &Device::Cpu).unwrap();
            let matrix = QTensor::quantize(&matrix, stored).unwrap();
            rows.extend(matrix.dequantize(&Device::Cpu).unwrap().to_vec2::<f32>().unwrap());
            weights.insert(format!("{name}.weight"), Weight::from_quantized(matrix).unwrap());
            let bias = Tensor::zeros(20, DType::F32, &Device::Cpu).unwrap();
            weights.insert(format!("{name}.bias"), bias.into());
        }
        let mut weights = Weights::from_stored(weights, DType::F32).with_multiplier(multiplier);
        let linear = Linear::take_side_by_side(&mut weights, &["a", "b"], 64, 20).unwrap();
        (linear, rows)
    }

    #[test]
    fn weights_in_eight_bits_stay_in_them_and_are_the_numbers_that_candle_unpacks() {
        use GgmlDType::{F32, Q8_0};
        for (stored, in_eight_bits) in [([Q8_0, Q8_0], true), ([Q8_0, F32], false), ([F32, F32], false)] {
            let (linear, rows) = linear(stored, Multiplier::Panels);
            let Linear::Packed(packed) = linear else {
                panic!("{stored:?} is not packed");
            };
            assert_eq!(packed.panels.has_tiles(), in_eight_bits, "{stored:?}");
            for input in 0..64 {
                let expected: Vec<f32> = rows.iter().map(|row| row[input]).collect();
                assert_eq!(packed.panels.row(input), expected, "{stored:?}, input {input}");
            }
        }
    }

    #[test]
    fn candle_gets_weights_in_eight_bits_unpacked() {
        let (linear, rows) = linear([GgmlDType::Q8_0; 2], Multiplier::Candle);
        let Linear::Tensors { weight, .. } = linear else {
            panic!("it is packed");
        };
        assert_eq!(weight.to_vec2::<f32>().unwrap(), rows);
    }
}
