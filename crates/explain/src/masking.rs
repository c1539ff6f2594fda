//! What the model is given to read when tokens are missing.

use std::ops::Range;

use vitrine_record::{
    ExplainedFeature, MaskWith, MaskedInput, MaskedToken, Masking, MaskingMode, Position, Segment, Token,
    message::TextInput,
};

use crate::{Coalition, ExplainError, text_segments};

/// A text as the model reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedText {
    /// SHA-256 of the weights, as in [`vitrine_record::ModelInfo::hash`].
    pub model_hash: String,
    /// What was typed.
    pub input: TextInput,
    /// The model's input, special tokens included.
    pub tokens: Vec<Token>,
}

/// Makes tokens missing. Its players are the tokens, without the special ones unless these are wanted; special tokens
/// are always there, so that as players they change nothing.
///
/// In [`MaskingMode::String`] the text is cut into the segments of the shap package: a token and whatever follows it
/// up to the next one. Where a token is missing a space and what stands for it come instead, runs of white space are
/// then made one space, and the ends are trimmed
/// (<https://github.com/shap/shap/blob/v0.51.0/shap/maskers/_text.py>, `Text.__call__`, without collapsing). The model
/// tokenizes the result anew: "lovely" without "love" is read as `[MASK]ly`. Characters that several tokens share, as those
/// of a Hangul syllable do, stay as long as one of these is there; the package writes them once for each, so that it does
/// not explain the text that was typed.
#[derive(Clone, Debug)]
pub struct TokenMasker {
    text: ExplainedText,
    masking: Masking,
    /// The token of each player.
    players: Vec<usize>,
    /// What was typed from each token up to the next one of its text.
    segments: Vec<String>,
}

/// Around what is hidden from attention, where it is only looked at: the token is there, but no other can attend to it.
const HIDDEN: [char; 2] = ['‹', '›'];

/// What stands in a text for a token that is missing.
pub(crate) fn stand_in(with: MaskWith) -> &'static str {
    match with {
        MaskWith::Mask => "[MASK]",
        MaskWith::Pad => "[PAD]",
        MaskWith::Delete | MaskWith::Attention => "",
    }
}

impl TokenMasker {
    /// Binds a text to a way of masking.
    ///
    /// # Errors
    /// [`ExplainError::NothingToExplain`] without a token to mask, and [`ExplainError::NoAttentionMaskInText`] where a
    /// token is to be hidden from attention in the text.
    pub fn new(text: ExplainedText, masking: Masking) -> Result<TokenMasker, ExplainError> {
        if masking.mode == MaskingMode::String && masking.with == MaskWith::Attention {
            return Err(ExplainError::NoAttentionMaskInText);
        }
        if text.tokens.iter().all(|token| token.special) {
            return Err(ExplainError::NothingToExplain);
        }
        let players = 0..text.tokens.len();
        let players = players.filter(|at| masking.special_players || !text.tokens[*at].special);
        Ok(TokenMasker {
            players: players.collect(),
            segments: text_segments(&text.input, &text.tokens),
            text,
            masking,
        })
    }

    /// Number of players.
    pub fn players(&self) -> usize {
        self.players.len()
    }

    /// The token of each player.
    pub fn tokens(&self) -> &[usize] {
        &self.players
    }

    /// The text.
    pub fn text(&self) -> &ExplainedText {
        &self.text
    }

    /// What was typed from each token up to the next one of its text: that which is missing with it.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The players as features without a value.
    pub fn features(&self) -> Vec<ExplainedFeature> {
        let feature = |&at: &usize| {
            let token = &self.text.tokens[at];
            let Range { start, end } = at..at + 1;
            ExplainedFeature {
                text: if token.special {
                    token.piece.clone()
                } else {
                    token.text.clone()
                },
                start: token.start,
                end: token.end,
                segment: token.segment,
                tokens: start..end,
                value: 0.0,
            }
        };
        self.players.iter().map(feature).collect()
    }

    /// What the model reads when only a coalition of the players is there.
    pub fn input(&self, present: &Coalition) -> MaskedInput {
        let is_there = self.is_there(present);
        match self.masking.mode {
            MaskingMode::String => MaskedInput::Text(self.masked_text(&is_there, false)),
            MaskingMode::Ids => self.masked_tokens(&is_there),
        }
    }

    /// The same as a text to look at, however it is masked: what the model would read if it were given words. What is hidden
    /// from attention stands in single angle quotation marks, since it is not taken away.
    pub fn shown(&self, present: &Coalition) -> TextInput {
        self.masked_text(&self.is_there(present), self.masking.mode == MaskingMode::Ids)
    }

    fn is_there(&self, present: &Coalition) -> Vec<bool> {
        let mut is_there = vec![true; self.text.tokens.len()];
        for (player, &at) in self.players.iter().enumerate() {
            is_there[at] = present.contains(player) || self.text.tokens[at].special;
        }
        is_there
    }

    /// The text with what stands for missing tokens; with the white space that was behind these, where it is only looked
    /// at, and without it as the shap package has it.
    fn masked_text(&self, is_there: &[bool], keeps_spaces: bool) -> TextInput {
        let of = |segment: Segment| {
            let mut text = String::new();
            // Up to where the text has been written. Tokens that overlap share characters, which are not written twice.
            let mut written = 0;
            for (at, token) in self.text.tokens.iter().enumerate() {
                if token.segment != segment || token.special {
                    continue;
                }
                let is_hidden = !is_there[at] && self.masking.with == MaskWith::Attention;
                if is_there[at] || is_hidden {
                    let shared = written.max(token.start) - token.start;
                    let shown: String = self.segments[at].chars().skip(shared).collect();
                    written = written.max(token.start + self.segments[at].chars().count());
                    text.push_str(&if is_hidden { hidden(&shown) } else { shown });
                } else {
                    text.push(' ');
                    text.push_str(stand_in(self.masking.with));
                    let segment = &self.segments[at];
                    if keeps_spaces && segment.ends_with(char::is_whitespace) {
                        text.push(' ');
                    }
                }
            }
            with_single_spaces(&text)
        };
        TextInput {
            text: of(Segment::A),
            pair: self.text.input.pair.is_some().then(|| of(Segment::B)),
        }
    }

    fn masked_tokens(&self, is_there: &[bool]) -> MaskedInput {
        let (mut tokens, mut segments, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (token, &is_there)) in self.text.tokens.iter().zip(is_there).enumerate() {
            let kept = MaskedToken::Kept(token.id);
            let stands = match self.masking.with {
                _ if is_there => kept,
                MaskWith::Delete => continue,
                MaskWith::Mask => MaskedToken::Mask,
                MaskWith::Pad => MaskedToken::Pad,
                MaskWith::Attention => {
                    hidden.push(Position(at));
                    kept
                }
            };
            tokens.push(stands);
            segments.push(token.segment);
        }
        MaskedInput::Tokens {
            tokens,
            segments,
            hidden,
        }
    }
}

/// A part of a text with marks around it, the white space after it behind them.
fn hidden(part: &str) -> String {
    let marked = part.trim_end();
    let [open, close] = HIDDEN;
    match marked {
        "" => part.to_owned(),
        _ => format!("{open}{marked}{close}{}", &part[marked.len()..]),
    }
}

/// Runs of what Python calls white space as one space each, none at the ends.
fn with_single_spaces(text: &str) -> String {
    // Python counts the four separators of information among white space, Unicode does not.
    let is_space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let words = text.split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "masking_tests.rs"]
mod tests;
