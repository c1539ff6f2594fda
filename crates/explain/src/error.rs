//! What can be wrong with a question.

use vitrine_record::ExplanationMethod;

/// Why something cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The text has no token that could be missing.
    #[error("there is no token to explain: type some words")]
    NothingToExplain,
    /// A text has no attention mask.
    #[error(
        "a token can be hidden from attention in the token ids only, not in the text: mask the ids, or choose what stands for a missing token"
    )]
    NoAttentionMaskInText,
    /// All coalitions of so many players are too many.
    #[error(
        "{players} parts have 2^{players} coalitions, too many to go through; at most {most} parts can be: choose a shorter text, or another method"
    )]
    TooManyPlayers {
        /// How many there are.
        players: usize,
        /// How many there may be.
        most: usize,
    },
    /// The proximity kernel of a local surrogate has no width.
    #[error("the kernel width must be a number above 0, as 25 is: choose another")]
    NoKernelWidth,
    /// A method can do nothing with so few evaluations.
    #[error(
        "{allowed} evaluations are too few, this method needs at least {needed} for this text: allow more"
    )]
    TooFewEvaluations {
        /// How many are allowed.
        allowed: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The text has no word in the sense of LIME.
    #[error(
        "there is no word to explain, only punctuation or symbols: type some words, or choose a method that explains tokens"
    )]
    NoWords,
    /// The method does not work by masking.
    #[error("{0:?} is computed from gradients inside the model, not from masked inputs")]
    NeedsGradients(ExplanationMethod),
    /// The model's answer cannot be explained.
    #[error("the model's score is {0}, which is no number to explain: choose another text, class or scale")]
    ScoreIsNoNumber(String),
    /// The evaluations that were given are of another model, or of another of its outputs.
    #[error("the evaluations at hand are of another model or of another of its outputs: begin with new ones")]
    EvaluationsOfAnotherModel,
    /// The target names an output that the model does not have.
    #[error(
        "output {index} was asked for, but the model has {outputs}, counted from 0: choose another class"
    )]
    NoSuchOutput {
        /// What was asked for.
        index: usize,
        /// How many there are.
        outputs: usize,
    },
}
