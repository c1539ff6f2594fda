//! How much belongs together what stands on both sides of a gap between tokens.

use vitrine_record::Token;

use crate::segments::is_of_a_word;

/// What a gap between two neighbours separates. Gaps of lower levels close first, so that what they hold together becomes
/// one group before it meets what lies behind a higher one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// Words that begin a phrase, in English and Turkish.
const CONJUNCTIONS: [&str; 19] = [
    "although", "ama", "ancak", "and", "because", "but", "çünkü", "fakat", "nor", "or", "oysa", "though", "unless", "ve",
    "veya", "whereas", "while", "yahut", "yoksa",
];

/// A level for each gap, gap `i` being between tokens `i` and `i + 1`, from what can be seen in the text: pieces of one
/// word, also around an apostrophe or a hyphen and within a number; phrases by punctuation, brackets and conjunctions;
/// sentences by `.`, `?`, `!` and `…`.
///
/// It is a proposal for a person to change. It knows no abbreviations.
pub fn propose_gap_levels(tokens: &[Token]) -> Vec<GapLevel> {
    (1..tokens.len()).map(|right| level_before(tokens, right)).collect()
}

fn level_before(tokens: &[Token], at: usize) -> GapLevel {
    let (left, right) = (&tokens[at - 1], &tokens[at]);
    if left.segment != right.segment || left.special || right.special {
        GapLevel::BetweenTexts
    } else if is_within_word(tokens, at) {
        GapLevel::WithinWord
    } else if ends_sentence(tokens, at) {
        GapLevel::BetweenSentences
    } else if matches!(left.text.as_str(), "," | ";" | ":" | ")" | "]" | "–" | "—" | "-")
        || matches!(right.text.as_str(), "(" | "[" | "–" | "—" | "-")
        || begins_phrase(tokens, at)
    {
        GapLevel::BetweenPhrases
    } else {
        GapLevel::WithinPhrase
    }
}

/// Whether nothing lies between the token and the one before it, which is of the same text.
fn touches(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else {
        return false;
    };
    let here = tokens.get(at);
    here.is_some_and(|here| {
        here.segment == before.segment && !here.special && !before.special && before.end >= here.start
    })
}

fn is_within_word(tokens: &[Token], at: usize) -> bool {
    if !touches(tokens, at) {
        return false;
    }
    let is_word = |at: usize| tokens[at].text.chars().any(is_of_a_word);
    let is_number = |at: usize| tokens[at].text.chars().all(|character| character.is_ascii_digit());
    // Whether the token holds together what is on both sides of it.
    let joins = |at: usize| {
        let holds = match tokens[at].text.as_str() {
            "'" | "’" | "-" | "‐" => is_word,
            "." | "," | ":" | "/" => is_number as fn(&[Token], usize) -> bool,
            _ => return false,
        };
        touches(tokens, at) && touches(tokens, at + 1) && holds(at - 1) && holds(at + 1)
    };
    tokens[at].continues_word() || is_word(at - 1) && is_word(at) || joins(at - 1) || joins(at)
}

/// Whether a sentence ends before a token: there is an end mark, then perhaps quotes and brackets that touch it.
fn ends_sentence(tokens: &[Token], at: usize) -> bool {
    let is_end = |at: usize| tokens[at].text.chars().all(|character| matches!(character, '.' | '?' | '!' | '…'));
    let closes = |at: usize| matches!(tokens[at].text.as_str(), "\"" | "'" | "”" | "’" | "»" | ")" | "]");
    if is_end(at) || closes(at) && touches(tokens, at) {
        return false;
    }
    let mut mark = at - 1;
    while mark > 0 && closes(mark) && touches(tokens, mark) {
        mark -= 1;
    }
    is_end(mark)
}

fn begins_phrase(tokens: &[Token], at: usize) -> bool {
    let goes_on = at + 1 < tokens.len() && is_within_word(tokens, at + 1);
    !goes_on && CONJUNCTIONS.contains(&tokens[at].text.to_lowercase().as_str())
}
