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
/// assert_eq!(Coalition::full(70).without(3).without(69).union(&pair), Coalition::full(70));
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

    /// Whether all who are present are present in another coalition of the same players too.
    pub fn is_subset(&self, other: &Coalition) -> bool {
        self.words.iter().zip(&other.words).all(|(a, b)| a & !b == 0)
    }

    /// Those that are present in either of two coalitions of the same players.
    #[must_use]
    pub fn union(&self, other: &Coalition) -> Coalition {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a | b);
        Coalition {
            players: self.players,
            words: words.collect(),
        }
    }

    /// Those that are present, in their order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.players).filter(|player| self.contains(*player))
    }
}
