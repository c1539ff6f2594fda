//! Which words a sample lacks, and what is left of the text.

use vitrine_record::{Explanation, Segment, SurrogateSample, message::TextInput};

use super::{LimeText, LimeWord};
use crate::{Coalition, masking::stand_in};

/// What was explained by LIME, taken apart into the words that its samples lack.
///
/// A sample names the tokens that are missing. A word is missing where all of its tokens are; words of one token, as the
/// parts of a word between combining marks can be, are therefore missing together.
#[derive(Clone, Debug)]
pub struct SampledText {
    texts: Vec<SegmentText>,
    mask: &'static str,
}

#[derive(Clone, Debug)]
struct SegmentText {
    segment: Segment,
    text: LimeText,
    /// The tokens of each word, all its occurrences, by their places in [`Explanation::tokens`].
    tokens: Vec<Vec<u32>>,
}

/// A word, or what stands between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampledPiece<'a> {
    /// As it was typed.
    pub text: &'a str,
    /// The text that it belongs to.
    pub segment: Segment,
    /// Whether the sample lacks it.
    pub is_missing: bool,
}

impl SampledText {
    /// Takes the text of an explanation apart, and its second one where it has one.
    pub fn new(explanation: &Explanation) -> SampledText {
        let kind = explanation.settings.lime.words;
        let input = &explanation.input;
        let texts = [(Segment::A, Some(&input.text)), (Segment::B, input.pair.as_ref())];
        let texts = texts.into_iter().filter_map(|(segment, text)| {
            let text = LimeText::new(text?, kind);
            let tokens = text.words().iter();
            let tokens = tokens.map(|word| tokens_of(explanation, segment, word)).collect();
            Some(SegmentText {
                segment,
                text,
                tokens,
            })
        });
        SampledText {
            texts: texts.collect(),
            mask: stand_in(kind.masking().with),
        }
    }

    /// How many words there are to leave out.
    pub fn len(&self) -> usize {
        self.texts.iter().map(|of| of.tokens.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All words in the order of their first occurrences, each with whether a sample lacks it.
    pub fn words<'a>(&'a self, sample: &'a SurrogateSample) -> impl Iterator<Item = (&'a str, bool)> {
        self.texts.iter().flat_map(|of| {
            let words = of.text.words().iter().enumerate();
            words.map(|(word, written)| (written.text.as_str(), of.is_missing(word, sample)))
        })
    }

    /// What was typed, cut where words begin and end.
    pub fn pieces<'a>(&'a self, sample: &'a SurrogateSample) -> impl Iterator<Item = SampledPiece<'a>> {
        self.texts.iter().flat_map(|of| {
            of.text.pieces().map(|(text, word)| SampledPiece {
                text,
                segment: of.segment,
                is_missing: word.is_some_and(|word| of.is_missing(word, sample)),
            })
        })
    }

    /// What the model read as this sample.
    pub fn read_as(&self, sample: &SurrogateSample) -> TextInput {
        let mut texts = self.texts.iter().map(|of| {
            let words = of.tokens.len();
            let missing = (0..words).filter(|word| of.is_missing(*word, sample));
            let present = missing.fold(Coalition::full(words), Coalition::without);
            of.text.masked(&present, self.mask)
        });
        TextInput {
            text: texts.next().unwrap_or_default(),
            pair: texts.next(),
        }
    }
}

impl SegmentText {
    fn is_missing(&self, word: usize, sample: &SurrogateSample) -> bool {
        let tokens = &self.tokens[word];
        // A sample has them in their order.
        !tokens.is_empty()
            && tokens
                .iter()
                .all(|token| sample.missing.binary_search(token).is_ok())
    }
}

fn tokens_of(explanation: &Explanation, segment: Segment, word: &LimeWord) -> Vec<u32> {
    let all = (0..).zip(&explanation.tokens);
    let of_word = all.filter(|(_, token)| {
        let lies_in = |place: &std::ops::Range<usize>| token.start < place.end && place.start < token.end;
        !token.special && token.segment == segment && word.places.iter().any(lies_in)
    });
    of_word.map(|(place, _)| place).collect()
}
