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
}
