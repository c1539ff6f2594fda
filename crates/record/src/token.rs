//! Tokens and where they stand in what the person typed.

use serde::{Deserialize, Serialize};

use crate::TokenId;

/// Which of the two texts of a pair a token belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", from = "u8")]
pub enum Segment {
    /// The first, or only, text.
    #[default]
    A,
    /// The second text.
    B,
}

impl From<Segment> for u8 {
    fn from(segment: Segment) -> u8 {
        match segment {
            Segment::A => 0,
            Segment::B => 1,
        }
    }
}

impl From<u8> for Segment {
    /// Any value but 0 is the second text: BERT knows only two.
    fn from(number: u8) -> Segment {
        if number == 0 { Segment::A } else { Segment::B }
    }
}

/// One token of the model's input.
///
/// `start` and `end` count Unicode scalar values of the text that the token's segment names, as Python's `str`
/// does. Two tokens may share a range (the pieces of a Hangul syllable do), and a text may have characters that
/// no token covers (a combining mark that normalisation drops): never assume that ranges tile the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The slice `start..end` of what was typed; empty for a special token.
    pub text: String,
    /// The vocabulary entry, with `##` where it continues a word.
    pub piece: String,
    /// Its number in the vocabulary.
    pub id: TokenId,
    /// First Unicode scalar value of the slice.
    pub start: usize,
    /// One past the last Unicode scalar value of the slice.
    pub end: usize,
    /// The text that the token belongs to.
    pub segment: Segment,
    /// Whether the template added it (`[CLS]`, `[SEP]`). A `[MASK]` that was typed is not special.
    pub special: bool,
}

impl Token {
    /// The piece that a BERT reads in place of what its vocabulary cannot spell.
    pub const UNKNOWN_PIECE: &str = "[UNK]";

    /// Whether this token continues the word of the token before it.
    ///
    /// ```
    /// # use vitrine_record::{Segment, Token, TokenId};
    /// let token = Token {
    ///     text: "able".into(), piece: "##able".into(), id: TokenId(3085),
    ///     start: 2, end: 6, segment: Segment::A, special: false,
    /// };
    /// assert!(token.continues_word());
    /// ```
    pub fn continues_word(&self) -> bool {
        !self.special && self.piece.len() > 2 && self.piece.starts_with("##") && self.text != self.piece
    }
}

/// A text, or two, as the model reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenizedText {
    /// The model's input, special tokens included.
    pub tokens: Vec<Token>,
    /// What was left out, for each text that was too long.
    pub truncations: Vec<Truncation>,
}

/// Says that a text was longer than the model reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncation {
    /// The text that was cut.
    pub segment: Segment,
    /// The first Unicode scalar value of that text which the model does not read.
    pub unread_from: usize,
    /// How many of its tokens were left out.
    pub tokens_left_out: usize,
}
