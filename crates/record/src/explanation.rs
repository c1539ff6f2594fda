//! Explanations of a prediction, with the settings and the check that belong to them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{GradientPath, KernelSelection, ModelOutput, Segment, Token, message::TextInput};

/// How a prediction is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplanationMethod {
    /// Owen values over a merge tree of the tokens: SHAP's Partition explainer.
    #[default]
    Owen,
    /// Shapley values from all coalitions.
    Exact,
    /// Shapley values estimated from permutations, each walked forward and backward.
    Permutation,
    /// Shapley values by weighted least squares: Kernel SHAP.
    Kernel,
    /// A local linear surrogate.
    Lime,
    /// Gradients along the straight path from a baseline (Sundararajan et al. 2017).
    IntegratedGradients,
    /// The gradient times the embedding, summed over its width.
    GradientTimesInput,
    /// The Euclidean norm of the gradient.
    GradientNorm,
    /// The gradient times the attention that a token receives, summed over layers, heads and destinations.
    GradientTimesAttention,
    /// What is lost when each token alone is missing.
    Occlusion,
}

/// The scale on which a class's score is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputLink {
    /// The probability; of a model without a classifier its number as it is.
    #[default]
    Probability,
    /// The logarithm of the odds, ln(p / (1 − p)).
    Logit,
}

/// Where parts of the input are taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskingMode {
    /// In the token ids: every other token stays what it was.
    #[default]
    Ids,
    /// In the text, which is then tokenized again, as the shap package does.
    String,
}

/// What stands for a missing part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskWith {
    /// The token `[MASK]`.
    #[default]
    Mask,
    /// Nothing: what follows moves up.
    Delete,
    /// The token `[PAD]`, which other tokens attend to like any other.
    Pad,
    /// The token itself, which no query can attend to. It exists in [`MaskingMode::Ids`] only.
    Attention,
}

/// How parts of the input are made missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Masking {
    /// Where.
    pub mode: MaskingMode,
    /// By what.
    pub with: MaskWith,
    /// Whether `[CLS]` and `[SEP]` are players, as in the shap package; else they are always there.
    pub special_players: bool,
}

/// What of the model's output is explained.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExplanationTarget {
    /// What is read off the model.
    pub output: ModelOutput,
    /// Which of its numbers: a class in label-id order; 0 where there is only one.
    pub index: usize,
    /// On which scale.
    pub link: OutputLink,
}

impl ExplanationTarget {
    /// The scale of a class's score; none of a score of no class, which is a number as it is.
    ///
    /// ```
    /// # use vitrine_record::{ExplanationTarget, ModelOutput, OutputLink};
    /// let mut target = ExplanationTarget::default();
    /// assert_eq!(target.scale(), Some(OutputLink::Probability));
    /// target.output = ModelOutput::SimilarityTo(Default::default());
    /// assert_eq!(target.scale(), None);
    /// ```
    pub fn scale(&self) -> Option<OutputLink> {
        (self.output == ModelOutput::Logits).then_some(self.link)
    }
}

/// What a gap between two neighbours separates. Gaps of lower levels close first, so that what they hold together becomes
/// one group before it meets what lies behind a higher one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapLevel {
    /// Pieces of one word.
    #[default]
    WithinWord,
    /// Words of one phrase.
    WithinPhrase,
    /// Phrases of one sentence.
    BetweenPhrases,
    /// Sentences of one text.
    BetweenSentences,
    /// Texts, and the special tokens around them.
    BetweenTexts,
}

impl GapLevel {
    /// All of them, the lowest first.
    pub const ALL: [GapLevel; 5] = [
        GapLevel::WithinWord,
        GapLevel::WithinPhrase,
        GapLevel::BetweenPhrases,
        GapLevel::BetweenSentences,
        GapLevel::BetweenTexts,
    ];
}

/// What the tree of groups that Owen values are computed over is made by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// The scores of the shap package.
    #[default]
    Scores,
    /// Pieces of a word first, then words of a phrase, phrases of a sentence and sentences, as the text suggests them.
    Proposed,
    /// The same, as a person says it: gap `i` is between tokens `i` and `i + 1`.
    Chosen(Vec<GapLevel>),
}

/// What counts as a word where words are made missing by LIME.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimeWords {
    /// Each distinct word is one feature; where it is missing all its occurrences are deleted.
    #[default]
    BagOfWords,
    /// Each occurrence is a feature of its own; where it is missing `[MASK]` stands in its place.
    Positional,
}

impl LimeWords {
    /// How words are made missing, which is no choice of its own: always in the text.
    ///
    /// ```
    /// # use vitrine_record::{LimeWords, MaskWith};
    /// assert_eq!(LimeWords::BagOfWords.masking().with, MaskWith::Delete);
    /// assert_eq!(LimeWords::Positional.masking().with, MaskWith::Mask);
    /// ```
    pub fn masking(self) -> Masking {
        Masking {
            mode: MaskingMode::String,
            with: match self {
                LimeWords::BagOfWords => MaskWith::Delete,
                LimeWords::Positional => MaskWith::Mask,
            },
            special_players: false,
        }
    }
}

/// How many parts of the text LIME's surrogate is made of, and how it is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimeSettings {
    /// What a feature is.
    pub words: LimeWords,
    /// Samples, the text itself included; `None` for the expected fit, which needs no chance.
    pub samples: Option<usize>,
    /// Features of the surrogate at most.
    pub features: usize,
    /// Width of the proximity kernel; distances run from 0 to 100.
    pub kernel_width: f64,
}

impl Default for LimeSettings {
    /// Those of the lime package.
    fn default() -> LimeSettings {
        LimeSettings {
            words: LimeWords::default(),
            samples: Some(5000),
            features: 10,
            kernel_width: 25.0,
        }
    }
}

/// Everything that determines an explanation besides the text and the model.
///
/// What was written before there was a choice of features or of a path is read as what was done then:
///
/// ```
/// use vitrine_record::{ExplanationSettings, GradientPath, KernelSelection};
/// let mut written = serde_json::to_value(ExplanationSettings::default())?;
/// let keys = written.as_object_mut().ok_or("no object")?;
/// (keys.remove("kernel"), keys.remove("path"));
/// let read: ExplanationSettings = serde_json::from_value(written)?;
/// assert_eq!((read.kernel, read.path), (KernelSelection::All, GradientPath::default()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExplanationSettings {
    /// How.
    pub method: ExplanationMethod,
    /// What of the model's output.
    pub target: ExplanationTarget,
    /// How parts are made missing.
    pub masking: Masking,
    /// Inputs that may be asked for at most, by methods that can be stopped early; `None` for as many as the exact
    /// result needs.
    pub most_evaluations: Option<usize>,
    /// The groups of [`ExplanationMethod::Owen`].
    pub grouping: Grouping,
    /// Whether pairs of features get values of their own, where the method is [`ExplanationMethod::Exact`].
    pub interactions: bool,
    /// Which features have a value, where the method is [`ExplanationMethod::Kernel`].
    #[serde(default)]
    pub kernel: KernelSelection,
    /// Of [`ExplanationMethod::Lime`].
    pub lime: LimeSettings,
    /// Of [`ExplanationMethod::IntegratedGradients`].
    #[serde(default)]
    pub path: GradientPath,
    /// The seed of whatever is drawn by chance.
    pub seed: u32,
}

/// A part of the text that has a value of its own: a token, or a word of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainedFeature {
    /// What was typed there.
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
    Surrogate {
        /// Weighted coefficient of determination.
        r2: f64,
        /// What the surrogate says where everything is missing.
        intercept: f64,
        /// What the surrogate says of the text itself.
        local_prediction: f64,
    },
    /// Attributions of a path do not sum to the difference of its ends by this much.
    Completeness {
        /// Sum of the values − (prediction − base value).
        gap: f64,
    },
    /// The method promises nothing that could be checked.
    Nothing,
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
    /// The tokens that are missing, by their places in [`Explanation::tokens`], in their order.
    pub missing: Vec<u32>,
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
