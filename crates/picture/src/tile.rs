//! Tokens as tiles: what stands on each, and which of them touch.

use vitrine_attention::Unit;
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

/// What stands for units of tokens: the tile of a token, or one tile with all pieces of a word.
pub fn unit_tiles(tokens: &[Token], units: &[Unit]) -> Vec<Tile> {
    let tiles = tiles(tokens);
    let joined = |unit: &Unit| {
        let mut pieces = tiles.get(unit.positions())?.iter();
        let mut joined = pieces.next()?.clone();
        joined.continues &= unit.count == 1;
        for piece in pieces {
            joined.text.push_str(&piece.text);
        }
        Some(joined)
    };
    units.iter().filter_map(joined).collect()
}

#[cfg(test)]
mod tests {
    use vitrine_attention::words;

    use super::*;
    use crate::fixture;

    #[test]
    fn pieces_of_a_word_touch_or_are_one() {
        let tokens = fixture::tokens(&["[CLS]", "un", "##believ", "##able", "film", "[SEP]"]);
        let tiles = tiles(&tokens);
        assert_eq!(tiles[2].text, "believ");
        let continuing: Vec<bool> = tiles.iter().map(|tile| tile.continues).collect();
        assert_eq!(continuing, [false, false, true, true, false, false]);
        assert_eq!(unit_tiles(&tokens, &[Unit::token(Position(2))]), tiles[2..3]);
        let words: Vec<_> = unit_tiles(&tokens, &words(&tokens))
            .into_iter()
            .map(|tile| (tile.position.0, tile.text, tile.special))
            .collect();
        let word = |at, text: &str, special| (at, text.to_owned(), special);
        assert_eq!(
            words,
            [
                word(0, "[CLS]", true),
                word(1, "unbelievable", false),
                word(4, "film", false),
                word(5, "[SEP]", true)
            ]
        );
    }
}
