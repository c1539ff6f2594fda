//! All coalitions of one size.

use crate::Coalition;

/// The coalitions of some of the players, in lexicographic order.
#[derive(Clone, Debug)]
pub(crate) struct SubsetsOfSize {
    players: usize,
    /// Who is present next; `None` after the last.
    next: Option<Vec<usize>>,
}

impl SubsetsOfSize {
    pub(crate) fn new(players: usize, size: usize) -> SubsetsOfSize {
        SubsetsOfSize {
            players,
            next: (size <= players).then(|| (0..size).collect()),
        }
    }
}

impl Iterator for SubsetsOfSize {
    type Item = Coalition;

    fn next(&mut self) -> Option<Coalition> {
        let present = self.next.as_mut()?;
        let coalition = present
            .iter()
            .copied()
            .fold(Coalition::empty(self.players), Coalition::with);
        // The last one who can step aside does, and those after follow close behind.
        let size = present.len();
        match (0..size).rev().find(|at| present[*at] + size < self.players + at) {
            Some(at) => {
                let first = present[at] + 1;
                for (step, player) in present[at..].iter_mut().enumerate() {
                    *player = first + step;
                }
            }
            None => self.next = None,
        }
        Some(coalition)
    }
}

/// How many subsets of a size there are, rounded to what a float holds.
pub(crate) fn binomial(players: usize, size: usize) -> f64 {
    let smaller = size.min(players.saturating_sub(size));
    let product: f64 = (1..=smaller).fold(1.0, |product, step| {
        product * (players - smaller + step) as f64 / step as f64
    });
    if size > players { 0.0 } else { product.round() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subset_comes_once() {
        let of = |players, size| SubsetsOfSize::new(players, size).collect::<Vec<_>>();
        let expect = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]];
        let expect = expect.map(|[one, other]| Coalition::empty(4).with(one).with(other));
        assert_eq!(of(4, 2), expect);
        assert_eq!(of(3, 0), [Coalition::empty(3)]);
        assert_eq!(of(3, 3), [Coalition::full(3)]);
        assert_eq!(of(3, 4), []);
        assert_eq!(of(0, 0), [Coalition::empty(0)]);
    }

    #[test]
    fn there_are_as_many_as_the_binomial_says() {
        for players in 0..12 {
            for size in 0..14 {
                let subsets = SubsetsOfSize::new(players, size).count();
                assert_eq!(binomial(players, size), subsets as f64, "{players} {size}");
            }
        }
        assert_eq!(binomial(56, 28), 7_648_690_600_760_440.0);
    }
}
