//! A chosen token when the text around it changes.

use vitrine_record::{Position, Token};

/// Where the token at `position` of `old` is in `new`, counted from the end of the two that it shares with it: what
/// is typed changes one stretch of a text and leaves what is before and behind it. Nothing if the token is in the
/// stretch that changed.
pub fn follow(old: &[Token], new: &[Token], position: Position) -> Option<Position> {
    let same = |(one, other): &(&Token, &Token)| {
        (&one.piece, one.segment, one.special) == (&other.piece, other.segment, other.special)
    };
    let shared_start = old.iter().zip(new).take_while(same).count();
    if position.0 < shared_start {
        return Some(position);
    }
    let shared_end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let from_end = old.len().checked_sub(position.0)?;
    (1..=shared_end)
        .contains(&from_end)
        .then(|| Position(new.len() - from_end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::state::tests::tokens;

    fn check(old: &str, new: &str, position: usize, expect: Option<usize>) {
        assert_eq!(
            follow(&tokens(old), &tokens(new), Position(position)),
            expect.map(Position),
            "{old} → {new}"
        );
    }

    #[test]
    fn a_choice_follows_its_word_or_is_let_go() {
        let film = "[CLS] not a bad film [SEP]";
        check(film, "[CLS] not a very bad film [SEP]", 1, Some(1));
        check(film, "[CLS] not a very bad film [SEP]", 3, Some(4));
        check(film, "[CLS] a bad film [SEP]", 4, Some(3));
        check(film, "[CLS] a bad film [SEP]", 1, None);
        check(film, "[CLS] not a good film [SEP]", 3, None);
        check(film, "[CLS] not a good film [SEP]", 5, Some(5));
        check(film, film, 4, Some(4));
        check(film, film, 6, None);
        check(film, "", 1, None);
    }

    proptest! {
        #[test]
        fn the_word_stays_the_same(old in "([ab] ){1,6}", new in "([ab] ){1,6}", at in 0usize..6) {
            let (old, new) = (tokens(&old), tokens(&new));
            if let Some(to) = follow(&old, &new, Position(at)) {
                prop_assert_eq!(&old[at].piece, &new[to.0].piece);
            }
        }
    }
}
