//! Inputs of which parts are missing, and what is read off the model for them.

use serde::{Deserialize, Serialize};

use crate::{Position, Segment, TokenId, message::TextInput};

/// A token of an input of which parts may be missing. What stands for a missing one has a number only the model's
/// tokenizer knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MaskedToken {
    /// This entry of the vocabulary.
    Kept(TokenId),
    /// `[MASK]`.
    Mask,
    /// `[PAD]`.
    Pad,
}

/// What the model is given to read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MaskedInput {
    /// A text, which the model's tokenizer cuts into tokens.
    Text(TextInput),
    /// Tokens as they are, special ones included.
    Tokens {
        /// What stands at each position.
        tokens: Vec<MaskedToken>,
        /// The text that each belongs to; as many as tokens.
        segments: Vec<Segment>,
        /// Tokens that no query of any layer can attend to.
        hidden: Vec<Position>,
    },
}

/// A masked input that was run, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskedRun {
    /// What the model read, as text.
    pub shown: TextInput,
    /// How many features are missing in it.
    pub missing: usize,
    /// The score of the target.
    pub score: f64,
}

impl MaskedRun {
    /// What the model read in one line, of a pair both texts; nothing where nothing is left.
    ///
    /// ```
    /// use vitrine_record::{MaskedRun, message::TextInput};
    /// let run = |text: &str, pair: Option<&str>| MaskedRun {
    ///     shown: TextInput { text: text.to_owned(), pair: pair.map(str::to_owned) },
    ///     missing: 1,
    ///     score: 0.5,
    /// };
    /// assert_eq!(run("not [MASK]", Some("a film")).text().as_deref(), Some("not [MASK] / a film"));
    /// assert_eq!(run(" ", Some("")).text(), None);
    /// ```
    pub fn text(&self) -> Option<String> {
        let texts = [Some(&self.shown.text), self.shown.pair.as_ref()];
        let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
        let is_empty = texts.iter().all(|text| text.trim().is_empty());
        (!is_empty).then(|| texts.join(" / "))
    }
}

/// What is read off the model for each input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ModelOutput {
    /// The logits of a classifier, in label-id order.
    #[default]
    Logits,
    /// One number: the cosine between the input's embedding (the mean of the last hidden states of its tokens that are
    /// not hidden) and that of another text. It needs no classifier.
    SimilarityTo(TextInput),
    /// One number: the input's embedding along the direction of unit length that leads from one text's embedding to
    /// another's. It needs no classifier.
    Direction {
        /// Where the direction begins.
        from: TextInput,
        /// Where it leads to.
        to: TextInput,
    },
}
