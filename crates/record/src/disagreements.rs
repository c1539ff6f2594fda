//! Sentences in which attention and ablation disagree, as they were found with a model.

use serde::{Deserialize, Serialize};

use crate::{Position, TokenMeasure};

/// What was found, and over what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disagreements {
    /// What the file is: [`Disagreements::FORMAT`].
    pub format: String,
    /// The version of that format.
    pub version: u32,
    /// The model's name.
    pub model: String,
    /// SHA-256 of its weights, in lower-case hexadecimal.
    pub model_hash: String,
    /// What was taken of attention as a token's importance.
    pub measure: TokenMeasure,
    /// How many sentences were looked at.
    pub sentences: usize,
    /// In how many of them attention and ablation disagree.
    pub found: usize,
    /// Those of them where they do most, in the order of [`Disagreement::score`], the largest first.
    pub examples: Vec<Disagreement>,
}

impl Disagreements {
    /// What a file of them is called.
    pub const FORMAT: &'static str = "vitrine-disagreements";
    /// The version that this build writes and reads.
    pub const VERSION: u32 = 1;
}

/// One sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// The sentence.
    pub text: String,
    /// How many tokens it has, special ones included.
    pub tokens: usize,
    /// The class that is predicted, as the model calls it.
    pub label: String,
    /// Its probability.
    pub probability: f32,
    /// Of the tokens that were typed, the one with most attention.
    pub most_attention: TokenInDisagreement,
    /// Of the tokens that were typed and have little attention, the one whose hiding does most.
    pub most_effect: TokenInDisagreement,
    /// How much more, in probability, hiding the latter does than hiding the former.
    pub score: f32,
    /// Rank correlation of attention and the size of the effect over all tokens: Kendall's τ-b. None where one of the
    /// two is the same for all.
    pub kendall_tau: Option<f64>,
}

/// One token of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenInDisagreement {
    /// Where it stands.
    pub position: Position,
    /// The word piece.
    pub piece: String,
    /// Its attention, 0 to 1.
    pub attention: f32,
    /// The probability of the predicted class when it is hidden, minus the one when it is not.
    pub probability_change: f32,
    /// The same of its logit.
    pub logit_change: f32,
}
