//! Explanations of a prediction, with the check that belongs to them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{ExplanationMethod, ExplanationSettings, MissingTokens, Segment, Token, message::TextInput};

/// A part of the text that has a value of its own: a token, or a word of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainedFeature {
    /// What was typed there; of a special token, which nobody typed, its piece.
    pub text: String,
    /// First Unicode scalar value of it.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The text that it belongs to.
    pub segment: Segment,
    /// The tokens of the input that it consists of; empty where the tokenizer made none of it.
    pub tokens: Range<usize>,
    /// Its attribution.
    pub value: f64,
}

/// How far an explanation can be trusted: what its own method says of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExplanationCheck {
    /// Base value and attributions do not sum to the prediction by this much.
    Additivity {
        /// Prediction − base value − sum of the values.
        residual: f64,
    },
    /// How well a local surrogate imitates the model.
    Surrogate(SurrogateFit),
    /// Attributions of a path do not sum to the difference of its ends by this much.
    Completeness {
        /// Sum of the values − (prediction − base value).
        gap: f64,
    },
    /// The method promises nothing that could be checked.
    Nothing,
}

impl ExplanationCheck {
    /// The fit, where it is that of a surrogate.
    pub fn surrogate(&self) -> Option<SurrogateFit> {
        match self {
            ExplanationCheck::Surrogate(fit) => Some(*fit),
            _ => None,
        }
    }
}

/// How well a local surrogate imitates the model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurrogateFit {
    /// Weighted coefficient of determination.
    pub r2: f64,
    /// What the surrogate says where everything is missing.
    pub intercept: f64,
    /// What the surrogate says of the text itself.
    pub local_prediction: f64,
}

/// A group of neighbouring features in a merge tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergedGroup {
    /// The features, by their places in [`Explanation::features`].
    pub features: Range<usize>,
    /// When it was merged, from 0 to 1: its share of all features.
    pub height: f64,
    /// The sum of its features' values.
    pub value: f64,
    /// Whether its two parts were told apart. Where they were not yet, its value is spread evenly over its features.
    pub is_resolved: bool,
}

/// One perturbed sample of a local surrogate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurrogateSample {
    /// The tokens that are missing.
    pub missing: MissingTokens,
    /// Its weight in the fit, from 0 to 1.
    pub proximity: f64,
    /// The model's score.
    pub score: f64,
    /// The surrogate's.
    pub surrogate: f64,
}

/// What a method knows beyond a value for each feature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum ExplanationDetail {
    /// Nothing.
    #[default]
    Nothing,
    /// The groups of Owen values, each after its two parts, single features left out; the last one is the whole text.
    MergeTree(Vec<MergedGroup>),
    /// Interactions of pairs of features, `[feature, feature]` in row-major order, symmetric; the rows sum to the values
    /// (Shapley–Taylor index of order 2, Dhamdhere et al. 2020).
    Interactions(Vec<f64>),
    /// The standard error of each feature's value, where it was estimated from what was drawn by chance.
    StandardErrors(Vec<f64>),
    /// The samples of a surrogate, the text itself first.
    Samples(Vec<SurrogateSample>),
}

/// Why a text's score is what it is, token by token.
///
/// Every number in a picture or a file of an explanation is read from here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// SHA-256 of the weights, as in [`ModelInfo::hash`](crate::ModelInfo::hash).
    pub model_hash: String,
    /// What was explained.
    pub input: TextInput,
    /// How.
    pub settings: ExplanationSettings,
    /// The model's input.
    pub tokens: Vec<Token>,
    /// One for each token; the value of a word of several stands at its first, wherever it occurs. Where it has none, 0.
    pub values: Vec<f64>,
    /// What has values, in the order of the text. Of a word that occurs several times and has one value, only the first
    /// occurrence; of a local surrogate only those that it is made of.
    pub features: Vec<ExplainedFeature>,
    /// The score where everything is missing; of a local surrogate what it says of that, its intercept; of integrated
    /// gradients the score of the baseline.
    pub base_value: f64,
    /// The score of the text itself.
    pub prediction: f64,
    /// Inputs that were asked for so far, those that were known already included.
    pub evaluations: usize,
    /// Inputs that the exact result would need, where that is known.
    pub exact_evaluations: Option<usize>,
    /// How far to trust it.
    pub check: ExplanationCheck,
    /// What else the method knows.
    pub detail: ExplanationDetail,
}

impl Explanation {
    /// Whether chance has a part in its values, so that another seed may say otherwise. Kernel SHAP that was told of all
    /// coalitions drew none.
    pub fn is_by_chance(&self) -> bool {
        match self.settings.method {
            ExplanationMethod::Permutation => true,
            ExplanationMethod::Kernel => self
                .exact_evaluations
                .is_none_or(|exact| self.evaluations < exact),
            ExplanationMethod::Lime => self.settings.lime.samples.is_some(),
            _ => false,
        }
    }

    /// Whether there is a value for each token and every feature lies within the tokens; what arrives in a message or a
    /// file is held to this.
    pub fn is_consistent(&self) -> bool {
        let tokens = self.tokens.len();
        self.values.len() == tokens
            && self
                .features
                .iter()
                .all(|feature| feature.tokens.start <= feature.tokens.end && feature.tokens.end <= tokens)
    }
}
