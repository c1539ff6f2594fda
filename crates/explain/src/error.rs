//! What can be wrong with a question.

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
}
