//! How unlike heads are.

use vitrine_record::{HeadDivergences, HeadIdx, LayerAttention};

use crate::{
    ShapeError,
    metrics::{entropy, times_own_logarithm},
    rollout::check_tokens,
};

/// For each two heads, the Jensen–Shannon divergence of their rows in nats, summed over the rows of one text (Clark
/// et al. 2019, section 6): between 0 and N ln 2. Of one row, it is the entropy of the mean of both heads' rows less
/// the mean of their entropies (Lin 1991, equation 4.1).
///
/// # Errors
///
/// If the layers' numbers of tokens differ.
pub fn head_divergences(layers: &[LayerAttention]) -> Result<HeadDivergences, ShapeError> {
    let tokens = layers.first().map_or(0, LayerAttention::tokens);
    let mut heads = Vec::new();
    for layer in layers {
        check_tokens(layer, tokens)?;
        heads.extend((0..layer.heads()).map(|head| (layer, head)));
    }
    let entropies: Vec<f64> = heads
        .iter()
        .map(|&(layer, head)| summed_entropy(layer, head))
        .collect();
    let mut divergences = vec![0.0; heads.len() * heads.len()];
    for (a, &(layer_a, head_a)) in heads.iter().enumerate() {
        for (b, &(layer_b, head_b)) in heads.iter().enumerate().take(a) {
            let of_mean: f64 = (0..tokens)
                .map(|row| entropy_of_mean(layer_a.row(head_a, row), layer_b.row(head_b, row)))
                .sum();
            // Rounding may leave a little less than nothing.
            let divergence = (of_mean - (entropies[a] + entropies[b]) / 2.0).max(0.0);
            divergences[a * heads.len() + b] = divergence;
            divergences[b * heads.len() + a] = divergence;
        }
    }
    let names = heads
        .iter()
        .map(|&(layer, head)| (layer.layer, HeadIdx(head)))
        .collect();
    HeadDivergences::new(names, divergences).ok_or(ShapeError::HeadsDiffer)
}

fn summed_entropy(layer: &LayerAttention, head: usize) -> f64 {
    (0..layer.tokens()).map(|row| entropy(layer.row(head, row))).sum()
}

fn entropy_of_mean(a: &[f32], b: &[f32]) -> f64 {
    let means = a
        .iter()
        .zip(b)
        .map(|(&a, &b)| (f64::from(a) + f64::from(b)) / 2.0);
    -means.map(times_own_logarithm).sum::<f64>()
}

/// Adds the divergences of another text, so that many texts make one sum; both are of the same heads in one order.
///
/// # Errors
///
/// If they are not.
pub fn add_divergences(
    total: &HeadDivergences,
    text: &HeadDivergences,
) -> Result<HeadDivergences, ShapeError> {
    if total.heads() != text.heads() {
        return Err(ShapeError::HeadsDiffer);
    }
    let sums = total
        .values()
        .iter()
        .zip(text.values())
        .map(|(a, b)| a + b)
        .collect();
    HeadDivergences::new(total.heads().to_vec(), sums).ok_or(ShapeError::HeadsDiffer)
}
