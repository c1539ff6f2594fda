//! The words of a text, and the text without some of them.

use std::{collections::HashMap, ops::Range};

use vitrine_record::LimeWords;

use crate::{Coalition, word_character::is_word_character};

/// A word that can be missing: one player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimeWord {
    /// How it is written.
    pub text: String,
    /// Where it stands, in Unicode scalar values: all its occurrences in a bag of words, else one.
    pub places: Vec<Range<usize>>,
}

/// A text as LIME takes it apart: words, and what stands between them, which always stays.
///
/// It is cut as the package's `IndexedString` cuts it with `(\W+)|$`: into the longest runs of characters that Python's
/// `\w` matches and those that it does not. It does not match combining marks, so that words of scripts that write vowels
/// with them fall apart, as they do in the package. Case tells words apart.
///
/// ```
/// use vitrine_explain::{Coalition, lime::LimeText};
/// use vitrine_record::LimeWords;
/// let bag = LimeText::new("A film, not a film.", LimeWords::BagOfWords);
/// let words: Vec<&str> = bag.words().iter().map(|word| word.text.as_str()).collect();
/// assert_eq!(words, ["A", "film", "not", "a"]);
/// assert_eq!(bag.words()[1].places, [2..6, 14..18]);
/// let without_film = Coalition::full(4).without(1);
/// assert_eq!(bag.masked(&without_film, "[MASK]"), "A , not a .");
///
/// let positional = LimeText::new("A film, not a film.", LimeWords::Positional);
/// let without_last = Coalition::full(5).without(4);
/// assert_eq!(positional.masked(&without_last, "[MASK]"), "A film, not a [MASK].");
/// ```
#[derive(Clone, Debug)]
pub struct LimeText {
    kind: LimeWords,
    /// Words and what stands between them, in the order of the text; together they are the text.
    pieces: Vec<Piece>,
    words: Vec<LimeWord>,
}

#[derive(Clone, Debug)]
struct Piece {
    text: String,
    /// The word that it is an occurrence of; `None` between words.
    word: Option<usize>,
}

impl LimeText {
    /// Takes a text apart. A text without a word has no players.
    pub fn new(text: &str, kind: LimeWords) -> LimeText {
        let mut taken = LimeText {
            kind,
            pieces: Vec::new(),
            words: Vec::new(),
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut start = 0;
        for (written, is_word) in runs(text) {
            let end = start + written.chars().count();
            let word = is_word.then(|| {
                let new = taken.words.len();
                let index = match kind {
                    LimeWords::BagOfWords => *known.entry(written.to_owned()).or_insert(new),
                    LimeWords::Positional => new,
                };
                if index == new {
                    taken.words.push(LimeWord {
                        text: written.to_owned(),
                        places: Vec::new(),
                    });
                }
                taken.words[index].places.push(start..end);
                index
            });
            taken.pieces.push(Piece {
                text: written.to_owned(),
                word,
            });
            start = end;
        }
        taken
    }

    /// The players, in the order of their first occurrences.
    pub fn words(&self) -> &[LimeWord] {
        &self.words
    }

    /// Words and what stands between them, in the order of the text, each word with its player; together they are the text.
    pub fn pieces(&self) -> impl Iterator<Item = (&str, Option<usize>)> {
        self.pieces.iter().map(|piece| (piece.text.as_str(), piece.word))
    }

    /// The text with the words of a coalition only. A missing word of a bag is deleted, all its occurrences and nothing
    /// around them; elsewhere `mask` stands for it.
    pub fn masked(&self, present: &Coalition, mask: &str) -> String {
        let missing = match self.kind {
            LimeWords::BagOfWords => "",
            LimeWords::Positional => mask,
        };
        self.pieces
            .iter()
            .map(|piece| match piece.word {
                Some(word) if !present.contains(word) => missing,
                _ => &piece.text,
            })
            .collect()
    }
}

/// Cuts a text into the longest runs of characters that are, and are not, part of a word; with whether they are.
fn runs(text: &str) -> Vec<(&str, bool)> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = is_word_character(first);
        let end = rest
            .find(|character| is_word_character(character) != is_word)
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push((run, is_word));
        rest = after;
    }
    runs
}
