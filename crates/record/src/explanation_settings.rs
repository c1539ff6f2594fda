//! What is asked when a prediction is explained: by which method, of what, and how parts are made missing.

use serde::{Deserialize, Serialize};

use crate::{GradientPath, KernelSelection, ModelOutput, named::named};

named! {
    /// How a prediction is explained.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum ExplanationMethod {
        /// Owen values over a merge tree of the tokens: SHAP's Partition explainer.
        #[default]
        Owen = "owen",
        /// Shapley values from all coalitions.
        Exact = "exact",
        /// Shapley values estimated from permutations, each walked forward and backward.
        Permutation = "permutation",
        /// Shapley values by weighted least squares: Kernel SHAP.
        Kernel = "kernel",
        /// A local linear surrogate.
        Lime = "lime",
        /// Gradients along the straight path from a baseline (Sundararajan et al. 2017).
        IntegratedGradients = "ig",
        /// The gradient times the embedding, summed over its width.
        GradientTimesInput = "gradxinput",
        /// The Euclidean norm of the gradient.
        GradientNorm = "gradnorm",
        /// The gradient times the attention that a token receives, summed over layers, heads and destinations.
        GradientTimesAttention = "gradxattention",
        /// What is lost when each token alone is missing.
        Occlusion = "occlusion",
    }
}

impl ExplanationMethod {
    /// The methods that a gradient or one missing token is enough for, in the order in which they are shown.
    pub const SALIENCE: [ExplanationMethod; 5] = [
        ExplanationMethod::IntegratedGradients,
        ExplanationMethod::GradientTimesInput,
        ExplanationMethod::GradientNorm,
        ExplanationMethod::GradientTimesAttention,
        ExplanationMethod::Occlusion,
    ];

    /// Whether its values say for or against; those of a method without sides say only how much.
    pub fn has_sides(self) -> bool {
        self != ExplanationMethod::GradientNorm
    }

    /// The methods of different families that are compared with each other, in the order in which they are shown.
    pub const COMPARED: [ExplanationMethod; 5] = [
        ExplanationMethod::Owen,
        ExplanationMethod::Lime,
        ExplanationMethod::IntegratedGradients,
        ExplanationMethod::Occlusion,
        ExplanationMethod::GradientTimesAttention,
    ];

    /// The methods of Shapley and Owen values, in the order in which they are offered.
    pub const SHAPLEY: [ExplanationMethod; 4] = [
        ExplanationMethod::Owen,
        ExplanationMethod::Exact,
        ExplanationMethod::Permutation,
        ExplanationMethod::Kernel,
    ];

    /// Whether it can be stopped after some evaluations and still says something.
    pub fn takes_budget(self) -> bool {
        use ExplanationMethod::{Kernel, Owen, Permutation};
        matches!(self, Owen | Permutation | Kernel)
    }

    /// Whether what it finds depends on chance, and so on a seed.
    pub fn is_random(self) -> bool {
        use ExplanationMethod::{Kernel, Lime, Permutation};
        matches!(self, Permutation | Kernel | Lime)
    }
}

named! {
    /// The scale on which a class's score is explained.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum OutputLink {
        /// The probability; of a model without a classifier its number as it is.
        #[default]
        Probability = "prob",
        /// The logarithm of the odds, ln(p / (1 − p)).
        Logit = "logit",
    }
}

named! {
    /// Where parts of the input are taken away.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum MaskingMode {
        /// In the token ids: every other token stays what it was.
        #[default]
        Ids = "ids",
        /// In the text, which is then tokenized again, as the shap package does.
        String = "string",
    }
}

named! {
    /// What stands for a missing part.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum MaskWith {
        /// The token `[MASK]`.
        #[default]
        Mask = "mask",
        /// Nothing: what follows moves up.
        Delete = "delete",
        /// The token `[PAD]`, which other tokens attend to like any other.
        Pad = "pad",
        /// The token itself, which no query can attend to. It exists in [`MaskingMode::Ids`] only.
        Attention = "attention",
    }
}

impl MaskWith {
    /// What can stand for a missing part where it is made missing: attention is hidden from ids only.
    pub fn is_possible_in(self, mode: MaskingMode) -> bool {
        mode == MaskingMode::Ids || self != MaskWith::Attention
    }
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

named! {
    /// What counts as a word where words are made missing by LIME.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum LimeWords {
        /// Each distinct word is one feature; where it is missing all its occurrences are deleted.
        #[default]
        BagOfWords = "bow",
        /// Each occurrence is a feature of its own; where it is missing `[MASK]` stands in its place.
        Positional = "positional",
    }
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
