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
    let mut comparison = Comparison::new(layers)?;
    while !comparison.is_done() {
        comparison.advance(layers);
    }
    comparison.finish(layers)
}

/// The divergences of one text under way: head by head, so that whoever has little time at once can stop between two.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// Place of the layer and head of each.
    heads: Vec<(usize, usize)>,
    entropies: Vec<f64>,
    divergences: Vec<f64>,
    compared: usize,
}

impl Comparison {
    /// Nothing is compared yet.
    ///
    /// # Errors
    ///
    /// If the layers' numbers of tokens differ.
    pub(crate) fn new(layers: &[LayerAttention]) -> Result<Comparison, ShapeError> {
        let tokens = layers.first().map_or(0, LayerAttention::tokens);
        let mut heads = Vec::new();
        for (place, layer) in layers.iter().enumerate() {
            check_tokens(layer, tokens)?;
            heads.extend((0..layer.heads()).map(|head| (place, head)));
        }
        let entropies = heads
            .iter()
            .map(|&(layer, head)| summed_entropy(&layers[layer], head))
            .collect();
        Ok(Comparison {
            divergences: vec![0.0; heads.len() * heads.len()],
            heads,
            entropies,
            compared: 0,
        })
    }

    /// Whether all heads are compared.
    pub(crate) fn is_done(&self) -> bool {
        self.compared == self.heads.len()
    }

    /// Compares the next head with those before it, in the layers that this was begun with. Gives back how many weights
    /// were looked at.
    pub(crate) fn advance(&mut self, layers: &[LayerAttention]) -> usize {
        let (a, count) = (self.compared, self.heads.len());
        let Some(&(place_a, head_a)) = self.heads.get(a) else {
            return 0;
        };
        let layer_a = &layers[place_a];
        let tokens = layer_a.tokens();
        for (b, &(place_b, head_b)) in self.heads.iter().enumerate().take(a) {
            let layer_b = &layers[place_b];
            let of_mean: f64 = (0..tokens)
                .map(|row| entropy_of_mean(layer_a.row(head_a, row), layer_b.row(head_b, row)))
                .sum();
            // Rounding may leave a little less than nothing.
            let divergence = (of_mean - (self.entropies[a] + self.entropies[b]) / 2.0).max(0.0);
            self.divergences[a * count + b] = divergence;
            self.divergences[b * count + a] = divergence;
        }
        self.compared += 1;
        a * tokens * tokens
    }

    /// What it came to.
    ///
    /// # Errors
    ///
    /// Only if the layers are others than this was begun with.
    pub(crate) fn finish(self, layers: &[LayerAttention]) -> Result<HeadDivergences, ShapeError> {
        let names = self
            .heads
            .iter()
            .filter_map(|&(place, head)| Some((layers.get(place)?.layer, HeadIdx(head))))
            .collect();
        HeadDivergences::new(names, self.divergences).ok_or(ShapeError::HeadsDiffer)
    }
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
