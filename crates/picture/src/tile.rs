//! Tokens as tiles: what stands on each, and which of them touch.

use std::ops::Range;

use vitrine_record::{Position, Token};

/// A token as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Where it stands.
    pub position: Position,
    /// What stands on it: the word piece without the marks of continuation.
    pub text: String,
    /// Whether it continues the word of the tile before it.
    pub continues: bool,
    /// Whether the template added it.
    pub special: bool,
}

/// The tiles of a list of tokens, in order.
pub fn tiles(tokens: &[Token]) -> Vec<Tile> {
    tokens
        .iter()
        .enumerate()
        .map(|(index, token)| {
            // The first tile has nothing to continue, whatever its piece looks like.
            let continues = index > 0 && token.continues_word();
            let text = if token.continues_word() {
                &token.piece[2..]
            } else {
                &token.piece
            };
            Tile {
                position: Position(index),
                text: text.to_owned(),
                continues,
                special: token.special,
            }
        })
        .collect()
}

/// The ranges of tiles that belong to one word; together they cover all tiles in order.
pub fn words(tiles: &[Tile]) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (index, tile) in tiles.iter().enumerate() {
        match words.last_mut() {
            Some(word) if tile.continues => word.end = index + 1,
            _ => words.push(index..index + 1),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture;

    #[test]
    fn pieces_of_a_word_touch() {
        let tiles = tiles(&fixture::tokens(&[
            "[CLS]", "un", "##believ", "##able", "film", "[SEP]",
        ]));
        assert_eq!(tiles[2].text, "believ");
        assert_eq!(words(&tiles), [0..1, 1..4, 4..5, 5..6]);
    }

    proptest! {
        #[test]
        fn words_cover_all_tiles_in_order(pieces in proptest::collection::vec("(##)?[a-z#]{0,4}", 0..12)) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let tiles = tiles(&fixture::tokens(&pieces));
            let covered: Vec<usize> = words(&tiles).into_iter().flatten().collect();
            prop_assert_eq!(covered, (0..tiles.len()).collect::<Vec<_>>());
        }
    }
}
