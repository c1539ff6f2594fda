//! Drawings that need no pen.

use std::collections::BTreeSet;

use vitrine_record::Token;

/// A pattern that is drawn at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Each token at the one before it.
    Previous,
    /// Each token at the one after it.
    Next,
    /// Each token at itself.
    Itself,
    /// All at the first token.
    First,
    /// Each piece at its other occurrences.
    SameWord,
}

/// All of them, in the order in which they are offered.
pub const PRESETS: [Preset; 5] = [
    Preset::Previous,
    Preset::Next,
    Preset::Itself,
    Preset::First,
    Preset::SameWord,
];

/// The key of its name.
pub fn key(preset: Preset) -> &'static str {
    match preset {
        Preset::Previous => "finder.preset_previous",
        Preset::Next => "finder.preset_next",
        Preset::Itself => "finder.preset_self",
        Preset::First => "finder.preset_first",
        Preset::SameWord => "finder.preset_same_word",
    }
}

/// Its cells between the tokens of a sentence, `(destination, source)`.
pub fn cells_of(preset: Preset, tokens: &[Token]) -> BTreeSet<(usize, usize)> {
    let is_word = |token: &Token| !token.special && token.piece != Token::UNKNOWN_PIECE;
    let holds = |destination: usize, source: usize| match preset {
        Preset::Previous => source + 1 == destination,
        Preset::Next => source == destination + 1,
        Preset::Itself => source == destination,
        Preset::First => source == 0,
        Preset::SameWord => {
            source != destination
                && tokens[source].piece == tokens[destination].piece
                && is_word(&tokens[source])
        }
    };
    let all = (0..tokens.len()).flat_map(|row| (0..tokens.len()).map(move |column| (row, column)));
    all.filter(|&(destination, source)| holds(destination, source))
        .collect()
}

#[cfg(test)]
mod tests {
    use vitrine_record::{Segment, TokenId};

    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        let token = |piece: &str| Token {
            text: piece.into(),
            piece: piece.into(),
            id: TokenId(0),
            start: 0,
            end: 0,
            segment: Segment::A,
            special: piece.starts_with('['),
        };
        text.split_whitespace().map(token).collect()
    }

    fn check(preset: Preset, expect: &[(usize, usize)]) {
        let cells = cells_of(preset, &tokens("[CLS] a b a [SEP]"));
        assert_eq!(cells, expect.iter().copied().collect(), "{preset:?}");
    }

    #[test]
    fn presets_draw_what_they_are_called() {
        check(Preset::Previous, &[(1, 0), (2, 1), (3, 2), (4, 3)]);
        check(Preset::Next, &[(0, 1), (1, 2), (2, 3), (3, 4)]);
        check(Preset::Itself, &[(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]);
        check(Preset::First, &[(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]);
        check(Preset::SameWord, &[(1, 3), (3, 1)]);
        assert!(cells_of(Preset::Itself, &[]).is_empty());
    }
}
