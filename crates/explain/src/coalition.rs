//! Which players are present.

/// A set of players `0..players`: those that are present. The others are missing, whatever that means to the value
/// function.
///
/// ```
/// use vitrine_explain::Coalition;
/// let pair = Coalition::empty(70).with(3).with(69);
/// assert_eq!((pair.len(), pair.players(), pair.contains(69)), (2, 70, true));
/// assert_eq!(pair.iter().collect::<Vec<_>>(), [3, 69]);
/// assert!(pair.is_subset(&pair.clone().with(5)) && !pair.is_subset(&Coalition::empty(70).with(3)));
/// assert_eq!(Coalition::full(70).without(3).without(69), pair.complement());
/// assert_eq!(pair.complement().union(&pair), Coalition::full(70));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Coalition {
    players: usize,
    /// Player `i` is bit `i % 64` of word `i / 64`; bits of no player are 0.
    words: Vec<u64>,
}

impl Coalition {
    /// Nobody.
    pub fn empty(players: usize) -> Coalition {
        Coalition {
            players,
            words: vec![0; players.div_ceil(64)],
        }
    }

    /// Everybody.
    pub fn full(players: usize) -> Coalition {
        (0..players).fold(Coalition::empty(players), Coalition::with)
    }

    /// Those whose bit is set in a number, the least significant bit being player 0; there are at most 64 players.
    ///
    /// ```
    /// # use vitrine_explain::Coalition;
    /// assert_eq!(Coalition::from_bits(4, 0b1010), Coalition::empty(4).with(1).with(3));
    /// ```
    pub fn from_bits(players: usize, bits: u64) -> Coalition {
        (0..players.min(64))
            .filter(|player| bits >> player & 1 == 1)
            .fold(Coalition::empty(players), Coalition::with)
    }

    /// How many players there are, present or not.
    pub fn players(&self) -> usize {
        self.players
    }

    /// How many are present.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether nobody is present.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether a player is present; one that does not exist is not.
    pub fn contains(&self, player: usize) -> bool {
        player < self.players && self.words[player / 64] >> (player % 64) & 1 == 1
    }

    /// The same with a player who exists.
    #[must_use]
    pub fn with(mut self, player: usize) -> Coalition {
        if player < self.players {
            self.words[player / 64] |= 1 << (player % 64);
        }
        self
    }

    /// The same without a player.
    #[must_use]
    pub fn without(mut self, player: usize) -> Coalition {
        if player < self.players {
            self.words[player / 64] &= !(1 << (player % 64));
        }
        self
    }

    /// Whether all who are present are present in another coalition too.
    pub fn is_subset(&self, other: &Coalition) -> bool {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter().zip(others).all(|(a, b)| a & !b == 0)
    }

    /// Those that are present in either of two coalitions, of as many players as the larger one has.
    #[must_use]
    pub fn union(&self, other: &Coalition) -> Coalition {
        let (mut larger, smaller) = if self.players < other.players {
            (other.clone(), self)
        } else {
            (self.clone(), other)
        };
        for (word, more) in larger.words.iter_mut().zip(&smaller.words) {
            *word |= more;
        }
        larger
    }

    /// Those that are missing.
    #[must_use]
    pub fn complement(&self) -> Coalition {
        let mut complement = Coalition::full(self.players);
        for (word, present) in complement.words.iter_mut().zip(&self.words) {
            *word &= !present;
        }
        complement
    }

    /// Those that are present, in their order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.players).filter(|player| self.contains(*player))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coalitions_of_different_numbers_of_players_are_compared_and_united() {
        let (few, many) = (Coalition::full(3), Coalition::empty(70).with(1).with(69));
        let both = few.union(&many);
        assert_eq!((both.players(), both.len()), (70, 4));
        assert_eq!(both, many.union(&few));
        assert!(few.is_subset(&both) && many.is_subset(&both));
        assert!(!many.is_subset(&few) && !both.is_subset(&many));
    }

    #[test]
    fn what_is_missing_has_no_bits_of_players_who_do_not_exist() {
        for players in [0, 1, 63, 64, 65, 128] {
            let nobody = Coalition::empty(players);
            assert_eq!(nobody.complement(), Coalition::full(players));
            assert_eq!(nobody.complement().len(), players);
            assert_eq!(nobody.with(0).complement().len(), players.saturating_sub(1));
        }
    }
}
