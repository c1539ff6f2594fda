//! Attention through layers: the residual connection added, and rollout (Abnar and Zuidema 2020).

use vitrine_record::{HeadIdx, LayerAttention, LayerIdx};

use crate::{ShapeError, TokenMatrix};

/// Attention of each layer with its residual connection: Ã = (mean over heads of A + I) / 2, rows renormalised
/// (Abnar and Zuidema 2020, section 3).
///
/// # Errors
///
/// If the layers are not all from 0 in order, if their numbers of tokens differ, or if one has no heads.
pub fn attention_with_residual(layers: &[LayerAttention]) -> Result<Vec<TokenMatrix>, ShapeError> {
    let tokens = layers.first().map_or(0, LayerAttention::tokens);
    for (index, layer) in layers.iter().enumerate() {
        check_layer(layer, LayerIdx(index), tokens)?;
    }
    Ok(layers.iter().map(with_residual).collect())
}

fn check_layer(layer: &LayerAttention, expected: LayerIdx, tokens: usize) -> Result<(), ShapeError> {
    let found = layer.layer;
    if found != expected {
        return Err(ShapeError::LayerMissing { expected, found });
    }
    check_tokens(layer, tokens)?;
    match layer.heads() {
        0 => Err(ShapeError::HeadMissing {
            layer: found,
            head: HeadIdx(0),
            heads: 0,
        }),
        _ => Ok(()),
    }
}

/// Whether a layer's attention is between so many tokens.
pub(crate) fn check_tokens(layer: &LayerAttention, expected: usize) -> Result<(), ShapeError> {
    let (destinations, sources) = (layer.tokens(), layer.sources());
    match if destinations == expected {
        sources
    } else {
        destinations
    } {
        found if found == expected => Ok(()),
        found => Err(ShapeError::TokensDiffer {
            layer: layer.layer,
            expected,
            found,
        }),
    }
}

fn with_residual(layer: &LayerAttention) -> TokenMatrix {
    let heads = layer.heads() as f64;
    TokenMatrix::from_fn(layer.tokens(), |destination, source| {
        let sum: f64 = (0..layer.heads())
            .map(|head| f64::from(layer.at(head, destination, source)))
            .sum();
        let residual = if destination == source { 1.0 } else { 0.0 };
        (sum / heads + residual) / 2.0
    })
    .with_normalised_rows()
}

/// Attention rollout: for each layer, how much of each input token is in each of the layer's outputs, if attention
/// were all that mixes tokens. R₀ = Ã₀ and Rₗ = Ãₗ Rₗ₋₁ (Abnar and Zuidema 2020, equation 1, with the residual
/// connection of section 3). Rows sum to 1.
///
/// ```
/// # use vitrine_attention::attention_rollout;
/// # use vitrine_record::{LayerAttention, LayerIdx};
/// // Both tokens attend to the first: with the residual connection, half of the second stays at each layer.
/// let layer = |index| LayerAttention::new(LayerIdx(index), 1, 2, vec![1.0, 0.0, 1.0, 0.0]).unwrap();
/// let rollout = attention_rollout(&[layer(0), layer(1)]).unwrap();
/// assert_eq!(rollout[0].row(1), [0.5, 0.5]);
/// assert_eq!(rollout[1].row(1), [0.75, 0.25]);
/// ```
///
/// # Errors
///
/// As [`attention_with_residual`].
pub fn attention_rollout(layers: &[LayerAttention]) -> Result<Vec<TokenMatrix>, ShapeError> {
    let mut rollout = AttentionRollout::default();
    let mut of_layer = |layer| rollout.add(layer).cloned();
    layers.iter().map(&mut of_layer).collect()
}

/// Attention rollout, layer by layer, so that not all layers need be in memory: see [`attention_rollout`].
#[derive(Clone, Debug, Default)]
pub struct AttentionRollout {
    layers: usize,
    last: Option<TokenMatrix>,
}

impl AttentionRollout {
    /// How many layers have been added.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// The rollout of the layer that was added last; none before the first.
    pub fn last(&self) -> Option<&TokenMatrix> {
        self.last.as_ref()
    }

    /// Adds the next layer, and gives back its rollout.
    ///
    /// # Errors
    ///
    /// If it is not the next layer, if its number of tokens differs from those before, or if it has no heads.
    pub fn add(&mut self, layer: &LayerAttention) -> Result<&TokenMatrix, ShapeError> {
        let tokens = self.last.as_ref().map_or(layer.tokens(), TokenMatrix::tokens);
        check_layer(layer, LayerIdx(self.layers), tokens)?;
        let mixed = with_residual(layer);
        let next = match &self.last {
            Some(below) => mixed.times(below),
            None => mixed,
        };
        self.layers += 1;
        Ok(self.last.insert(next))
    }
}
