//! How much belongs together what stands on both sides of a gap between tokens.

use vitrine_record::{GapLevel, Token};

use crate::word_character::is_word_character;

/// Words that begin a phrase, in English and Turkish.
const CONJUNCTIONS: [&str; 19] = [
    "although", "ama", "ancak", "and", "because", "but", "çünkü", "fakat", "nor", "or", "oysa", "though",
    "unless", "ve", "veya", "whereas", "while", "yahut", "yoksa",
];

/// A level for each gap, gap `i` being between tokens `i` and `i + 1`, from what can be seen in the text: pieces of one
/// word, also around an apostrophe or a hyphen and within a number; phrases by punctuation, brackets and conjunctions;
/// sentences by `.`, `?`, `!` and `…`.
///
/// It is a proposal for a person to change. It knows no abbreviations.
pub fn propose_gap_levels(tokens: &[Token]) -> Vec<GapLevel> {
    (1..tokens.len())
        .map(|right| level_before(tokens, right))
        .collect()
}

fn level_before(tokens: &[Token], at: usize) -> GapLevel {
    let (left, right) = (&tokens[at - 1], &tokens[at]);
    if left.segment != right.segment || left.special || right.special {
        GapLevel::BetweenTexts
    } else if is_within_word(tokens, at) {
        GapLevel::WithinWord
    } else if ends_sentence(tokens, at) {
        GapLevel::BetweenSentences
    } else if matches!(right.text.as_str(), "," | ";" | ":" | "." | "?" | "!" | "…") {
        GapLevel::WithinPhrase
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

fn is_word(token: &Token) -> bool {
    token.text.chars().any(is_word_character)
}

fn is_number(token: &Token) -> bool {
    !token.text.is_empty() && token.text.chars().all(|character| character.is_ascii_digit())
}

fn is_within_word(tokens: &[Token], at: usize) -> bool {
    if !touches(tokens, at) {
        return false;
    }
    // Whether the token holds together what is on both sides of it.
    let joins = |at: usize| {
        let holds = match tokens[at].text.as_str() {
            "'" | "’" | "-" | "‐" => is_word,
            "." | "," | ":" | "/" => is_number,
            _ => return false,
        };
        touches(tokens, at) && touches(tokens, at + 1) && holds(&tokens[at - 1]) && holds(&tokens[at + 1])
    };
    let both_are_words = is_word(&tokens[at - 1]) && is_word(&tokens[at]);
    tokens[at].continues_word() || both_are_words || joins(at - 1) || joins(at)
}

/// Whether a sentence ends before a token: there is an end mark, then perhaps quotes and brackets that touch it.
fn ends_sentence(tokens: &[Token], at: usize) -> bool {
    let is_end = |at: usize| {
        let text = &tokens[at].text;
        !text.is_empty()
            && text
                .chars()
                .all(|character| matches!(character, '.' | '?' | '!' | '…'))
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use vitrine_record::{Segment, TokenId};

    /// The levels of a text that is written with a `|` before each token, as one digit for each gap.
    fn check(text: &str, expect: &str) {
        let mut tokens = Vec::new();
        let mut start = 0;
        for part in text.split('|') {
            let word = part.trim_end();
            let piece = if word.ends_with('+') { "##piece" } else { word };
            let word = word.trim_end_matches('+');
            let end = start + word.chars().count();
            tokens.push(Token {
                text: word.to_owned(),
                piece: piece.to_owned(),
                id: TokenId(0),
                start,
                end,
                segment: Segment::A,
                special: word.is_empty(),
            });
            start = end + part.chars().filter(|character| *character == ' ').count();
        }
        let levels: String = propose_gap_levels(&tokens)
            .into_iter()
            .map(|level| (level as u8).to_string())
            .collect();
        assert_eq!(levels, expect, "{text}");
    }

    #[test]
    fn pieces_phrases_and_sentences_are_told_apart() {
        check("|A |love|ly+|, |not |un|watch+|able+ |film|.|", "41012100114");
        check("don|'|t |go", "001");
        check("a |well|-|made |film |- |or |not", "1001221");
        check("it |cost |3|.|50|.", "11001");
        check("it |cost |3|. |He |left", "11131");
        check("\"|Good|.|\" |he |said|. |And |left", "11131131");
        check(
            "good |and |bad|; |(|very |bad|)|. |Or|ange+ |juice",
            "21121111301",
        );
        check("Really|?|! |Yes|…", "1131");
        check("güzel |ama |uzun|, |çünkü |...", "21121");
        check("çok|'|a", "00");
        check("", "");
    }
}
