//! What of a text belongs to each token, and what the clustering of the tokens reads of it.
//!
//! Source of both: the text masker of the shap package,
//! <https://github.com/shap/shap/blob/v0.51.0/shap/maskers/_text.py> (`Text.token_segments`, `Text.clustering`).

use vitrine_record::{Segment, Token, message::TextInput};

use crate::word_character::is_word_character;

/// What was typed from each token up to the next one of its text, so that white space belongs to the token before it;
/// nothing of special tokens. Tokens that overlap share characters.
///
/// ```
/// # use vitrine_record::{Segment, Token, TokenId, message::TextInput};
/// # let token = |piece: &str, start, end, special| Token {
/// #     text: String::new(), piece: piece.into(), id: TokenId(0), start, end, segment: Segment::A, special,
/// # };
/// use vitrine_explain::{labels_of_segments, text_segments};
/// let input = TextInput { text: "A lovely film".into(), pair: None };
/// let tokens = [
///     token("[CLS]", 0, 0, true),
///     token("a", 0, 1, false),
///     token("love", 2, 6, false),
///     token("##ly", 6, 8, false),
///     token("film", 9, 13, false),
///     token("[SEP]", 0, 0, true),
/// ];
/// let segments = text_segments(&input, &tokens);
/// assert_eq!(segments, ["", "A ", "love", "ly ", "film", ""]);
/// assert_eq!(labels_of_segments(&segments, &tokens), ["", "A", "love", "##ly", "film", ""]);
/// ```
pub fn text_segments(input: &TextInput, tokens: &[Token]) -> Vec<String> {
    let first: Vec<char> = input.text.chars().collect();
    let second: Vec<char> = input.pair.iter().flat_map(|pair| pair.chars()).collect();
    let segment = |(at, token): (usize, &Token)| {
        if token.special {
            return String::new();
        }
        let next = tokens.get(at + 1);
        let next = next.filter(|next| next.segment == token.segment && !next.special);
        let end = next.map_or(token.end, |next| next.start.max(token.end));
        let characters = match token.segment {
            Segment::A => &first,
            Segment::B => &second,
        };
        let characters = characters.get(token.start..end).unwrap_or_default();
        characters.iter().collect()
    };
    tokens.iter().enumerate().map(segment).collect()
}

/// What the scores of [`MergeTree::by_scores`](crate::MergeTree::by_scores) read of each token: its segment without white
/// space at the ends, after `##` if it continues a word. It is taken to do so if it begins with a letter from A to Z and
/// what is before it ends in a character of a word. The special token between two texts is read as its name, as if it had
/// been typed between them; that is how a pair is given to the package. Others are empty.
pub fn labels_of_segments(segments: &[String], tokens: &[Token]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::with_capacity(segments.len());
    for (at, segment) in segments.iter().enumerate() {
        let is_between_texts =
            tokens.get(at).is_some_and(|token| token.special) && at > 0 && at + 1 < tokens.len();
        if is_between_texts {
            labels.push(tokens[at].piece.clone());
            continue;
        }
        let before = segments[..at].last().filter(|_| !labels[at - 1].is_empty());
        let continues = before
            .is_some_and(|before| before.chars().next_back().is_some_and(is_word_character))
            && segment.starts_with(|first: char| first.is_ascii_alphabetic());
        let label = segment.trim();
        labels.push(if continues {
            format!("##{label}")
        } else {
            label.to_owned()
        });
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use vitrine_record::TokenId;

    /// Cuts a pair whose tokens are given as pieces with their range, special ones without.
    fn check(
        text: &str,
        pair: Option<&str>,
        tokens: &[(&str, Option<(usize, usize)>)],
        expect: &[(&str, &str)],
    ) {
        let mut segment = Segment::A;
        let mut cut = Vec::new();
        for (at, (piece, range)) in tokens.iter().enumerate() {
            let (start, end) = range.unwrap_or_default();
            let special = range.is_none();
            cut.push(Token {
                text: String::new(),
                piece: (*piece).to_owned(),
                id: TokenId(0),
                start,
                end,
                segment,
                special,
            });
            if special && at > 0 {
                segment = Segment::B;
            }
        }
        let input = TextInput {
            text: text.to_owned(),
            pair: pair.map(str::to_owned),
        };
        let segments = text_segments(&input, &cut);
        let labels = labels_of_segments(&segments, &cut);
        let found: Vec<_> = segments
            .iter()
            .map(String::as_str)
            .zip(labels.iter().map(String::as_str))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn white_space_belongs_to_the_token_before_it() {
        check(
            " so  bad\n",
            None,
            &[
                ("[CLS]", None),
                ("so", Some((1, 3))),
                ("bad", Some((5, 8))),
                ("[SEP]", None),
            ],
            &[("", ""), ("so  ", "so"), ("bad", "bad"), ("", "")],
        );
    }

    #[test]
    fn the_token_between_two_texts_is_read_as_its_name() {
        check(
            "bad",
            Some("a well"),
            &[
                ("[CLS]", None),
                ("bad", Some((0, 3))),
                ("[SEP]", None),
                ("a", Some((0, 1))),
                ("well", Some((2, 6))),
                ("[SEP]", None),
            ],
            &[
                ("", ""),
                ("bad", "bad"),
                ("", "[SEP]"),
                ("a ", "a"),
                ("well", "well"),
                ("", ""),
            ],
        );
    }

    #[test]
    fn what_no_token_covers_belongs_to_the_one_before_it_and_what_two_share_to_both() {
        check(
            "한 a\u{301}b",
            None,
            &[
                ("ᄒ", Some((0, 1))),
                ("##ᅡ", Some((0, 1))),
                ("a", Some((2, 3))),
                ("##b", Some((4, 5))),
            ],
            &[("한", "한"), ("한 ", "한"), ("a\u{301}", "a\u{301}"), ("b", "b")],
        );
    }

    #[test]
    fn ranges_beyond_the_text_hold_nothing() {
        check(
            "ab",
            None,
            &[("a", Some((1, 9))), ("b", Some((7, 3)))],
            &[("", ""), ("", "")],
        );
    }
}
