//! What rows and columns of a picture of attention stand for: tokens, or the words that they are pieces of.

use std::ops::Range;

use vitrine_record::{AttentionOptions, Position, Token};

/// The tokens that one row or column stands for: one, or the pieces of a word. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The first of them.
    pub first: Position,
    /// How many follow each other.
    pub count: usize,
}

impl Unit {
    /// One token.
    pub fn token(position: Position) -> Unit {
        Unit {
            first: position,
            count: 1,
        }
    }

    /// Their positions.
    pub fn positions(&self) -> Range<usize> {
        self.first.0..self.first.0 + self.count
    }

    /// Whether a token is among them.
    pub fn contains(&self, position: Position) -> bool {
        self.positions().contains(&position.0)
    }
}

/// The words of a list of tokens; together they cover all tokens in order. Special tokens are words of their own.
///
/// ```
/// use vitrine_attention::words;
/// assert!(words(&[]).is_empty());
/// ```
pub fn words(tokens: &[Token]) -> Vec<Unit> {
    let mut words: Vec<Unit> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match words.last_mut() {
            // The first token has nothing to continue, whatever its piece looks like.
            Some(word) if token.continues_word() => word.count += 1,
            _ => words.push(Unit::token(Position(index))),
        }
    }
    words
}

/// The words of a list of tokens where options merge their pieces, else the tokens themselves.
pub(crate) fn units(tokens: &[Token], options: &AttentionOptions) -> Vec<Unit> {
    if options.merge_words {
        words(tokens)
    } else {
        (0..tokens.len()).map(|at| Unit::token(Position(at))).collect()
    }
}
