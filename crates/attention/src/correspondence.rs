//! Which parts of two texts correspond to each other.

use vitrine_record::{AttentionOptions, Position, Token, TokenId};

use crate::{Unit, units::units};

/// The units of two texts that correspond: a longest common subsequence of them (Wagner and Fischer 1974, section 6).
/// Two units are the same if their tokens are, by their numbers in the vocabulary.
///
/// What both texts begin and end with corresponds in any case, and so do `[CLS]` and `[SEP]` around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correspondence {
    /// Units of the first text and of the second, in the order of both.
    pairs: Vec<(Unit, Unit)>,
}

impl Correspondence {
    /// The correspondence of two texts, of their words if options merge pieces to words, else of their tokens. What
    /// else options leave out corresponds as well.
    pub fn new(one: &[Token], other: &[Token], options: &AttentionOptions) -> Correspondence {
        let (units_of_one, units_of_other) = (units(one, options), units(other, options));
        let one = keys(one, &units_of_one);
        let other = keys(other, &units_of_other);
        let pairs = longest_common_subsequence(&one, &other)
            .into_iter()
            .map(|(at, at_other)| (units_of_one[at].clone(), units_of_other[at_other].clone()))
            .collect();
        Correspondence { pairs }
    }

    /// The units that correspond, in the order of both texts.
    pub fn pairs(&self) -> &[(Unit, Unit)] {
        &self.pairs
    }

    /// The unit of the second text that a unit of the first corresponds to.
    pub fn in_second(&self, unit: &Unit) -> Option<&Unit> {
        let pair = self.pairs.iter().find(|(one, _)| one == unit);
        pair.map(|(_, other)| other)
    }

    /// Where a token of the first text is in the second.
    pub fn position_in_second(&self, position: Position) -> Option<Position> {
        let pair = self.pairs.iter().find(|(one, _)| one.contains(position));
        pair.map(|(one, other)| moved(position, one, other))
    }

    /// Where a token of the second text is in the first.
    pub fn position_in_first(&self, position: Position) -> Option<Position> {
        let pair = self.pairs.iter().find(|(_, other)| other.contains(position));
        pair.map(|(one, other)| moved(position, other, one))
    }
}

fn moved(position: Position, from: &Unit, to: &Unit) -> Position {
    Position(position.0 - from.first.0 + to.first.0)
}

fn keys<'a>(tokens: &'a [Token], units: &[Unit]) -> Vec<Vec<&'a TokenId>> {
    let key = |unit: &Unit| tokens[unit.positions()].iter().map(|token| &token.id).collect();
    units.iter().map(key).collect()
}

/// The places of a longest common subsequence in both lists, in order.
fn longest_common_subsequence<T: PartialEq>(one: &[T], other: &[T]) -> Vec<(usize, usize)> {
    let shared = |(a, b): &(&T, &T)| a == b;
    let start = one.iter().zip(other).take_while(shared).count();
    let (rest, other_rest) = (&one[start..], &other[start..]);
    let end = rest
        .iter()
        .rev()
        .zip(other_rest.iter().rev())
        .take_while(shared)
        .count();
    let (rows, columns) = (rest.len() - end, other_rest.len() - end);
    let width = columns + 1;
    // The length of a longest common subsequence of what is behind each place.
    let mut lengths = vec![0u32; (rows + 1) * width];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let at = row * width + column;
            lengths[at] = if rest[row] == other_rest[column] {
                lengths[at + width + 1] + 1
            } else {
                lengths[at + width].max(lengths[at + 1])
            };
        }
    }
    let mut pairs: Vec<_> = (0..start).map(|at| (at, at)).collect();
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        let at = row * width + column;
        if rest[row] == other_rest[column] {
            pairs.push((start + row, start + column));
            (row, column) = (row + 1, column + 1);
        } else if lengths[at + width] >= lengths[at + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs.extend((0..end).map(|at| (start + rows + at, start + columns + at)));
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::Segment;

    use super::*;

    /// A token for each word; the same words have the same number.
    fn tokens(text: &str) -> Vec<Token> {
        let token = |piece: &str| Token {
            text: piece.trim_start_matches("##").into(),
            piece: piece.into(),
            id: TokenId(
                piece
                    .bytes()
                    .fold(7, |id, byte| id * 31 % 65_521 + u32::from(byte)),
            ),
            start: 0,
            end: 0,
            segment: Segment::A,
            special: piece.starts_with('['),
        };
        text.split_whitespace().map(token).collect()
    }

    fn check(one: &str, other: &str, merge_words: bool, expect: &[(usize, usize)]) {
        let options = AttentionOptions {
            merge_words,
            ..AttentionOptions::default()
        };
        let (one, other) = (tokens(one), tokens(other));
        let found = Correspondence::new(&one, &other, &options);
        let positions: Vec<_> = (0..one.len())
            .filter_map(|at| Some((at, found.position_in_second(Position(at))?.0)))
            .collect();
        assert_eq!(positions, expect);
        let back: Vec<_> = (0..other.len())
            .filter_map(|at| Some((found.position_in_first(Position(at))?.0, at)))
            .collect();
        assert_eq!(back, expect);
    }

    #[test]
    fn what_two_texts_share_corresponds() {
        let film = "[CLS] not a bad film [SEP]";
        check(
            film,
            "[CLS] a very bad film [SEP]",
            false,
            &[(0, 0), (2, 1), (3, 3), (4, 4), (5, 5)],
        );
        check(film, "[CLS] [SEP]", false, &[(0, 0), (5, 1)]);
        check(film, "[CLS] film a [SEP]", false, &[(0, 0), (4, 1), (5, 3)]);
        check(film, "", false, &[]);
    }

    #[test]
    fn words_correspond_if_all_of_their_pieces_do() {
        let one = "[CLS] un ##kind ##ly film [SEP]";
        let other = "[CLS] un ##kind film [SEP]";
        check(one, other, false, &[(0, 0), (1, 1), (2, 2), (4, 3), (5, 4)]);
        check(one, other, true, &[(0, 0), (4, 3), (5, 4)]);
        check(one, one, true, &[(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
    }

    /// The length of the longest list that both can be thinned out to, by trying all.
    fn longest(one: &[u8], other: &[u8]) -> usize {
        let is_within = |part: &[u8]| {
            let mut rest = other.iter();
            part.iter().all(|wanted| rest.any(|found| found == wanted))
        };
        (0..1u32 << one.len())
            .map(|mask| {
                let chosen = one.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
                chosen.map(|(_, number)| *number).collect::<Vec<_>>()
            })
            .filter(|part| is_within(part))
            .map(|part| part.len())
            .max()
            .unwrap_or(0)
    }

    proptest! {
        #[test]
        fn what_corresponds_is_the_same_in_order_and_as_much_as_can_be(
            one in proptest::collection::vec(0u8..4, 0..9), other in proptest::collection::vec(0u8..4, 0..9),
        ) {
            let pairs = longest_common_subsequence(&one, &other);
            prop_assert!(pairs.iter().all(|&(a, b)| one[a] == other[b]));
            prop_assert!(pairs.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
            prop_assert_eq!(pairs.len(), longest(&one, &other));
            let turned = longest_common_subsequence(&other, &one);
            prop_assert_eq!(pairs.len(), turned.len());
        }

        #[test]
        fn the_ends_of_long_texts_correspond(
            one in proptest::collection::vec(1u8..9, 0..200), other in proptest::collection::vec(1u8..9, 0..200),
        ) {
            let around = |inner: &[u8]| [&[0], inner, &[10]].concat();
            let (one, other) = (around(&one), around(&other));
            let pairs = longest_common_subsequence(&one, &other);
            prop_assert_eq!(pairs.first(), Some(&(0, 0)));
            prop_assert_eq!(pairs.last(), Some(&(one.len() - 1, other.len() - 1)));
        }
    }
}
