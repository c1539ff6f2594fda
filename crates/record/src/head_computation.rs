//! How one attention head comes to what it adds for one token, with every number on the way.

use serde::{Deserialize, Serialize};

use crate::{HeadIdx, LayerIdx, Position};

/// Layer normalisation: `(x − mean) / √(variance + epsilon) · gain + shift` (Ba et al. 2016, eq. 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerNormalisation {
    /// `[H]`.
    pub gain: Vec<f32>,
    /// `[H]`.
    pub shift: Vec<f32>,
    /// Added to the variance.
    pub epsilon: f32,
}

/// One head's attention for one destination (Vaswani et al. 2017, eq. 1), and what becomes of it in its layer.
///
/// `N` counts tokens, `D` is a head's width, `A` the number of heads, `H` the hidden width. Matrices are row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadComputation {
    /// The layer.
    pub layer: LayerIdx,
    /// The head within it.
    pub head: HeadIdx,
    /// The token whose query asks.
    pub destination: Position,
    /// `[D]`: the destination's query.
    pub query: Vec<f32>,
    /// `[N, D]`: the keys of all tokens.
    pub keys: Vec<f32>,
    /// `[N, D]`: the values of all tokens.
    pub values: Vec<f32>,
    /// `[N]`: products of the query with each key, divided by √D; −∞ for a hidden key.
    pub scores: Vec<f32>,
    /// `[N]`: softmax of the scores.
    pub probabilities: Vec<f32>,
    /// `[D]`: the values weighted by the probabilities, and summed; before an intervention scales it.
    pub head_output: Vec<f32>,
    /// `[D, H]`: the part of the output projection that this head's output is multiplied by.
    pub output_weight: Vec<f32>,
    /// `[A, H]`: what each head of the layer adds for the destination, its output times its part of the projection;
    /// after an intervention has scaled it.
    pub contributions: Vec<f32>,
    /// `[H]`: the bias of the output projection.
    pub output_bias: Vec<f32>,
    /// `[H]`: the destination's hidden state before the layer.
    pub residual: Vec<f32>,
    /// What the sum is normalised by.
    pub normalisation: LayerNormalisation,
    /// `[H]`: residual, contributions and bias summed and normalised: what the layer's MLP reads.
    pub normalised: Vec<f32>,
}

impl HeadComputation {
    /// `N`.
    pub fn tokens(&self) -> usize {
        self.scores.len()
    }

    /// `D`.
    pub fn head_size(&self) -> usize {
        self.query.len()
    }

    /// `H`.
    pub fn hidden_size(&self) -> usize {
        self.residual.len()
    }

    /// `A`.
    pub fn heads(&self) -> usize {
        self.contributions.len() / self.hidden_size().max(1)
    }

    /// Whether all shapes agree with each other; what arrives in a message or a file is held to this.
    pub fn is_consistent(&self) -> bool {
        let (tokens, size, hidden) = (self.tokens(), self.head_size(), self.hidden_size());
        let rows = [&self.keys, &self.values];
        let vectors = [
            &self.output_bias,
            &self.normalisation.gain,
            &self.normalisation.shift,
            &self.normalised,
        ];
        size > 0
            && hidden > 0
            && self.destination.0 < tokens
            && rows.iter().all(|rows| rows.len() == tokens * size)
            && vectors.iter().all(|vector| vector.len() == hidden)
            && self.probabilities.len() == tokens
            && self.head_output.len() == size
            && self.output_weight.len() == size * hidden
            && self.contributions.len().is_multiple_of(hidden)
            && self.head.0 < self.heads()
    }
}
