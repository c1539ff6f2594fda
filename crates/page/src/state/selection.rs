//! The tokens that are chosen, also when the text around them changes.

use vitrine_picture::{Focus, Selection};
use vitrine_record::{Position, Side, Token};

use super::{State, WhichText};

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

impl State {
    /// The tokens that are looked at: the one under the pointer, else the selected ones.
    pub fn focus(&self) -> Option<Selection> {
        self.focus_in(WhichText::First)
    }

    /// Whether a token is under the pointer, by itself or together with others.
    pub fn is_hovered(&self, position: Position) -> bool {
        self.hover
            .is_some_and(|hover| self.hovered_with(hover).positions.contains(&position))
    }

    /// The pointer or the focus is on these tokens, or, where there are none, has left.
    pub(super) fn look_at(&mut self, focuses: Vec<Focus>) {
        self.hover = focuses.first().copied();
        self.hovered_together = focuses.into_iter().map(|focus| focus.position).collect();
        self.other_text.hover = None;
    }

    /// A token under the pointer, with those that are looked at together with it.
    pub(super) fn hovered_with(&self, hover: Focus) -> Selection {
        if self.hovered_together.contains(&hover.position) {
            Selection {
                positions: self.hovered_together.clone(),
                side: hover.side,
            }
        } else {
            hover.into()
        }
    }

    /// The selected tokens.
    pub fn selection(&self) -> Option<Selection> {
        (!self.link.tokens.is_empty()).then(|| Selection {
            positions: self.link.tokens.clone(),
            side: self.link.side,
        })
    }

    pub(super) fn select(&mut self, selection: Selection) {
        let is_of_shown = self.imported().is_some() || self.is_current();
        self.selected_in = (!is_of_shown).then(|| self.shown.analysis.clone());
        self.link.tokens = selection.positions;
        self.link.side = selection.side;
        self.clamp();
        self.chosen();
    }

    pub(super) fn select_also(&mut self, focus: Focus) {
        let mut selection = self.selection().filter(|selection| selection.side == focus.side);
        if let Some(selection) = &mut selection
            && !selection.positions.remove(&focus.position)
        {
            selection.positions.insert(focus.position);
        }
        let selection = selection.unwrap_or_else(|| focus.into());
        if selection.positions.is_empty() {
            self.deselect();
        } else {
            self.select(selection);
        }
    }

    pub(super) fn deselect(&mut self) {
        if !self.link.tokens.is_empty() {
            self.forget_selection();
            self.chosen();
        }
    }

    pub(super) fn forget_selection(&mut self) {
        self.link.tokens.clear();
        self.link.side = Side::default();
        self.selected_in = None;
    }
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
