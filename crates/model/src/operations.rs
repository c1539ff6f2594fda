//! Operations that are quick forwards and keep their gradients.
//!
//! candle's fused layer normalisation and softmax drop gradients without a word, and its composed ones pass over
//! memory five times; these do neither. Its GELU computes an error function in double precision for every value.
//! All work on F32 and F64; layer normalisation and softmax along the last dimension.

use candle_core::{CpuStorage, CustomOp1, CustomOp3, D, Layout, Result, Shape, Tensor, bail};
use num_traits::Float;

/// Softmax over the last dimension. A row's entries of −∞ get exactly 0.
pub fn softmax(scores: &Tensor) -> Result<Tensor> {
    scores.contiguous()?.apply_op1(Softmax)
}

/// `gamma · (x − mean) / √(variance + epsilon) + beta` over the last dimension (Ba et al. 2016, eq. 4).
pub fn layer_norm(x: &Tensor, gamma: &Tensor, beta: &Tensor, epsilon: f64) -> Result<Tensor> {
    x.contiguous()?
        .apply_op3(&gamma.contiguous()?, &beta.contiguous()?, LayerNorm { epsilon })
}

/// `x · Φ(x)` with the normal distribution function Φ (Hendrycks and Gimpel 2016), not its tanh approximation. In F32
/// the error is at most 1e-6, beyond 1 relative to x.
pub fn gelu(x: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op1(Gelu)
}

/// [`gelu`] of each value, in its place.
pub(crate) fn gelu_in_place(values: &mut [f32]) {
    for value in values {
        *value *= normal_distribution(*value);
    }
}

struct Softmax;

fn contiguous<'a, T>(values: &'a [T], layout: &Layout, operation: &str) -> Result<&'a [T]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&values[start..end]),
        None => bail!("{operation} needs contiguous values"),
    }
}

/// A float with an exponential function for arguments that are not above 0.
pub(crate) trait Exponential: Float {
    fn exp_of_nonpositive(self) -> Self;
}

impl Exponential for f32 {
    /// `2ⁿ · exp(r)` with `x = n ln 2 + r` and seven terms of the series: off by at most 3e-7 relative to the result,
    /// and nothing in it keeps the compiler from vectors. Below −87, where numbers cease to be normal, it is 0.
    fn exp_of_nonpositive(self) -> f32 {
        /// Added to a small number, it leaves the nearest integer in the lowest bits.
        const ROUNDING: f32 = 12_582_912.0;
        /// ln 2 in two parts, the first of which an integer below 2⁸ multiplies without rounding.
        const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
        const SERIES: [f32; 7] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
        let rounded = self * std::f32::consts::LOG2_E + ROUNDING;
        let n = rounded - ROUNDING;
        let r = self - n * LN_2[0] - n * LN_2[1];
        let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
        let result = power * SERIES.iter().fold(0.0, |sum, term| sum * r + term);
        if self < -87.0 { 0.0 } else { result }
    }
}

impl Exponential for f64 {
    fn exp_of_nonpositive(self) -> f64 {
        self.exp()
    }
}

/// Softmax of each row of `scale` times its values, in their place.
pub(crate) fn softmax_in_place<T: Exponential>(values: &mut [T], width: usize, scale: T) {
    for row in values.chunks_exact_mut(width.max(1)) {
        let larger = |a, b| if b > a { b } else { a };
        let largest = in_lanes(row, T::neg_infinity(), larger, |value| value);
        for value in row.iter_mut() {
            *value = ((*value - largest) * scale).exp_of_nonpositive();
        }
        let factor = sum_in_lanes(row, |value| value).recip();
        for value in row.iter_mut() {
            *value = *value * factor;
        }
    }
}

fn softmax_rows<T: Exponential>(values: &[T], width: usize) -> Vec<T> {
    let mut output = values.to_vec();
    softmax_in_place(&mut output, width, T::one());
    output
}

/// What the scores' gradient is when that of their softmax is `gradient`.
pub(crate) fn softmax_gradient(probabilities: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    let weighted = (gradient * probabilities)?;
    let total = weighted.sum_keepdim(D::Minus1)?;
    weighted - probabilities.broadcast_mul(&total)?
}

impl CustomOp1 for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let width = layout.dims().last().copied().unwrap_or(1);
        let output = match storage {
            CpuStorage::F32(values) => {
                CpuStorage::F32(softmax_rows(contiguous(values, layout, "softmax")?, width))
            }
            CpuStorage::F64(values) => {
                CpuStorage::F64(softmax_rows(contiguous(values, layout, "softmax")?, width))
            }
            _ => bail!("softmax knows F32 and F64 only"),
        };
        Ok((output, layout.shape().clone()))
    }

    fn bwd(&self, _scores: &Tensor, probabilities: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        softmax_gradient(probabilities, gradient).map(Some)
    }
}

struct LayerNorm {
    epsilon: f64,
}

/// Joins `term` of all values in eight lanes: one running result would forbid the compiler its vector registers. A
/// value's lane is that of its index, so that zeros at a row's end change no bit of its sum.
fn in_lanes<T: Float>(values: &[T], start: T, join: impl Fn(T, T) -> T, term: impl Fn(T) -> T) -> T {
    let mut lanes = [start; 8];
    let (chunks, rest) = values.as_chunks::<8>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = join(*lane, term(value));
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(rest) {
        *lane = join(*lane, term(value));
    }
    lanes.iter().fold(start, |all, &lane| join(all, lane))
}

fn sum_in_lanes<T: Float>(values: &[T], term: impl Fn(T) -> T) -> T {
    in_lanes(values, T::zero(), |sum, value| sum + value, term)
}

fn layer_norm_rows<T: Float>(values: &[T], gamma: &[T], beta: &[T], epsilon: T) -> Vec<T> {
    let width = gamma.len().max(1);
    let count = T::from(width).unwrap_or_else(T::one);
    let mut output = values.to_vec();
    for row in output.chunks_exact_mut(width) {
        let mean = sum_in_lanes(row, |value| value) / count;
        let variance = sum_in_lanes(row, |value| (value - mean) * (value - mean)) / count;
        let scale = (variance + epsilon).sqrt().recip();
        for ((value, &gamma), &beta) in row.iter_mut().zip(gamma).zip(beta) {
            *value = (*value - mean) * scale * gamma + beta;
        }
    }
    output
}

impl CustomOp3 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        gamma: &CpuStorage,
        gamma_layout: &Layout,
        beta: &CpuStorage,
        beta_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let width = x_layout.dims().last().copied().unwrap_or(1);
        if gamma_layout.dims() != [width] || beta_layout.dims() != [width] {
            bail!("layer-norm over {width} values has gamma and beta of another width");
        }
        let output = match (x, gamma, beta) {
            (CpuStorage::F32(x), CpuStorage::F32(gamma), CpuStorage::F32(beta)) => {
                CpuStorage::F32(layer_norm_rows(
                    contiguous(x, x_layout, "layer-norm")?,
                    contiguous(gamma, gamma_layout, "layer-norm")?,
                    contiguous(beta, beta_layout, "layer-norm")?,
                    self.epsilon as f32,
                ))
            }
            (CpuStorage::F64(x), CpuStorage::F64(gamma), CpuStorage::F64(beta)) => {
                CpuStorage::F64(layer_norm_rows(
                    contiguous(x, x_layout, "layer-norm")?,
                    contiguous(gamma, gamma_layout, "layer-norm")?,
                    contiguous(beta, beta_layout, "layer-norm")?,
                    self.epsilon,
                ))
            }
            _ => bail!("layer-norm knows F32 and F64 only, the same for all its arguments"),
        };
        Ok((output, x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gamma: &Tensor,
        _beta: &Tensor,
        _result: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
        let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
        let scale = (variance + self.epsilon)?.sqrt()?.recip()?;
        let normalised = centred.broadcast_mul(&scale)?;
        let rows: Vec<usize> = (0..gradient.rank() - 1).collect();
        let beta_gradient = gradient.sum(rows.as_slice())?;
        let gamma_gradient = (gradient * &normalised)?.sum(rows.as_slice())?;
        let inner = gradient.broadcast_mul(gamma)?;
        let inner_mean = inner.mean_keepdim(D::Minus1)?;
        let projection = (&inner * &normalised)?.mean_keepdim(D::Minus1)?;
        let x_gradient = inner
            .broadcast_sub(&inner_mean)?
            .sub(&normalised.broadcast_mul(&projection)?)?
            .broadcast_mul(&scale)?;
        Ok((Some(x_gradient), Some(gamma_gradient), Some(beta_gradient)))
    }
}

struct Gelu;

/// The derivative of [`gelu`], Φ(x) + x φ(x), which has no gradient of its own.
struct GeluDerivative;

/// A float with its error function.
trait ErrorFunction: Float {
    fn erf(self) -> Self;
}

impl ErrorFunction for f32 {
    /// Abramowitz and Stegun 1964, 7.1.28: off by at most 3e-7, and nothing in it keeps the compiler from vectors.
    fn erf(self) -> f32 {
        const COEFFICIENTS: [f32; 6] = [
            0.070_523_08,
            0.042_282_01,
            0.009_270_527,
            0.000_152_014_3,
            0.000_276_567_2,
            0.000_043_063_8,
        ];
        let x = self.abs();
        let polynomial = COEFFICIENTS
            .iter()
            .rev()
            .fold(0.0, |sum, coefficient| (sum + coefficient) * x)
            + 1.0;
        let squared = polynomial * polynomial;
        let fourth = squared * squared;
        let eighth = fourth * fourth;
        (1.0 - 1.0 / (eighth * eighth)).copysign(self)
    }
}

impl ErrorFunction for f64 {
    fn erf(self) -> f64 {
        libm::erf(self)
    }
}

fn normal_distribution<T: ErrorFunction>(x: T) -> T {
    let half = T::one() / (T::one() + T::one());
    half * (T::one() + (x * half.sqrt()).erf())
}

fn gelu_derivative<T: ErrorFunction>(x: T) -> T {
    let two = T::one() + T::one();
    let density = (-x * x / two).exp() / (two * two * T::one().atan() * two).sqrt();
    normal_distribution(x) + x * density
}

fn map(
    storage: &CpuStorage,
    layout: &Layout,
    single: impl Fn(f32) -> f32,
    double: impl Fn(f64) -> f64,
) -> Result<(CpuStorage, Shape)> {
    let output = match storage {
        CpuStorage::F32(values) => CpuStorage::F32(
            contiguous(values, layout, "gelu")?
                .iter()
                .map(|&x| single(x))
                .collect(),
        ),
        CpuStorage::F64(values) => CpuStorage::F64(
            contiguous(values, layout, "gelu")?
                .iter()
                .map(|&x| double(x))
                .collect(),
        ),
        _ => bail!("gelu knows F32 and F64 only"),
    };
    Ok((output, layout.shape().clone()))
}

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        map(
            storage,
            layout,
            |x| x * normal_distribution(x),
            |x| x * normal_distribution(x),
        )
    }

    fn bwd(&self, x: &Tensor, _result: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some((gradient * x.apply_op1_no_bwd(&GeluDerivative)?)?))
    }
}

impl CustomOp1 for GeluDerivative {
    fn name(&self) -> &'static str {
        "gelu-derivative"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        map(storage, layout, gelu_derivative, gelu_derivative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_in_single_precision_is_off_by_at_most_a_millionth() {
        for step in -120_000..=120_000_i32 {
            let x = step as f32 / 10_000.0;
            let exact = f64::from(x) * normal_distribution(f64::from(x));
            let quick = x * normal_distribution(x);
            // Beyond 1 a millionth of x: single precision itself rounds there by a tenth of that.
            let tolerance = 1e-6 * f64::from(x.abs().max(1.0));
            assert!(
                (exact - f64::from(quick)).abs() <= tolerance,
                "at {x}: {quick} for {exact}"
            );
        }
    }

    #[test]
    fn the_quick_exponential_is_off_by_at_most_a_millionth() {
        for step in 0..=870_000_i32 {
            let x = -step as f32 / 10_000.0;
            let exact = f64::from(x).exp();
            let quick = f64::from(x.exp_of_nonpositive());
            assert!(
                (quick - exact).abs() <= 1e-6 * exact,
                "at {x}: {quick} for {exact}"
            );
        }
        for none in [-87.5, -1e3, -1e30, f32::MIN, f32::NEG_INFINITY] {
            assert_eq!(none.exp_of_nonpositive(), 0.0);
        }
        assert_eq!(0.0_f32.exp_of_nonpositive(), 1.0);
        assert!(f32::NAN.exp_of_nonpositive().is_nan());
    }

    #[test]
    fn gelu_of_known_arguments() {
        // x · Φ(x) with Φ(1) = 0.841344746068543 and Φ(−2) = 0.022750131948179 (Abramowitz and Stegun, table 26.1).
        assert!((1.0 * normal_distribution(1.0_f64) - 0.841_344_746_068_543).abs() < 1e-14);
        assert!((-2.0 * normal_distribution(-2.0_f64) + 0.045_500_263_896_358).abs() < 1e-14);
        assert!((gelu_derivative(0.0_f64) - 0.5).abs() < 1e-15);
    }
}
