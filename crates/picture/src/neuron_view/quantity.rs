//! What the numbers of the neuron view are.

use super::Formula;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Of the token that asks.
    Query,
    /// Of a token.
    Key,
    /// Query times key in one dimension.
    Product,
    /// The sum of the products, divided by √d.
    Score,
    /// Softmax of the scores.
    Probability,
    /// Of a token.
    Value,
    /// A token's value times its probability.
    WeightedValue,
    /// The sum of the weighted values.
    HeadOutput,
    /// The head's rows of the output projection.
    OutputWeight,
    /// What a head adds.
    Contribution,
    /// The bias of the output projection.
    OutputBias,
    /// All contributions and the bias.
    AttentionOutput,
    /// The hidden state before the layer.
    Residual,
    /// Hidden state and attention output.
    Sum,
    /// Of the normalisation.
    Gain,
    /// Of the normalisation.
    Shift,
    /// What the normalisation gives.
    Normalised,
}

impl Quantity {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Query => "query",
            Quantity::Key => "key",
            Quantity::Product => "product",
            Quantity::Score => "score",
            Quantity::Probability => "probability",
            Quantity::Value => "value",
            Quantity::WeightedValue => "weighted_value",
            Quantity::HeadOutput => "head_output",
            Quantity::OutputWeight => "output_weight",
            Quantity::Contribution => "contribution",
            Quantity::OutputBias => "output_bias",
            Quantity::AttentionOutput => "attention_output",
            Quantity::Residual => "residual",
            Quantity::Sum => "sum",
            Quantity::Gain => "gain",
            Quantity::Shift => "shift",
            Quantity::Normalised => "normalised",
        }
    }

    /// Its symbol in formulas.
    pub fn symbol(self) -> Formula {
        Formula::new(match self {
            Quantity::Query => "q",
            Quantity::Key => "k",
            Quantity::Product => "q × k",
            Quantity::Score => "s",
            Quantity::Probability => "p",
            Quantity::Value => "v",
            Quantity::WeightedValue => "p v",
            Quantity::HeadOutput => "z",
            Quantity::OutputWeight => "W_O",
            Quantity::Contribution => "c",
            Quantity::OutputBias => "b_O",
            Quantity::AttentionOutput => "a",
            Quantity::Residual => "x",
            Quantity::Sum => "r",
            Quantity::Gain => "γ",
            Quantity::Shift => "β",
            Quantity::Normalised => "y",
        })
    }
}
