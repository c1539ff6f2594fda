//! Coalitions that are known from the beginning, handed out a few hundred at a time.

use crate::{
    Coalition,
    method::{assert_one_each, next_batch},
};

/// LIME adds to a sum for each pair of players when it takes a value. A batch comes to so many additions at most, with many
/// players being smaller, so that taking its values is a bounded amount of work.
const MOST_SUMS: usize = 16 << 20;

/// Coalitions and the values of the first of them, as far as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlannedCoalitions {
    coalitions: Vec<Coalition>,
    values: Vec<f64>,
}

impl PlannedCoalitions {
    /// None has a value yet.
    pub(crate) fn new(coalitions: Vec<Coalition>) -> PlannedCoalitions {
        PlannedCoalitions {
            coalitions,
            values: Vec::new(),
        }
    }

    /// Those that come next.
    pub(crate) fn wanted(&self) -> &[Coalition] {
        let known = self.values.len();
        let players = self.coalitions.first().map_or(0, Coalition::players);
        let most = (MOST_SUMS / players.pow(2).max(1)).max(1);
        let batch = next_batch(known).min(most);
        &self.coalitions[known..(known + batch).min(self.coalitions.len())]
    }

    /// Takes the values of those.
    ///
    /// # Panics
    /// If there are not as many.
    pub(crate) fn receive(&mut self, values: &[f64]) {
        assert_one_each(self.wanted(), values);
        self.values.extend_from_slice(values);
    }

    /// All of them.
    pub(crate) fn coalitions(&self) -> &[Coalition] {
        &self.coalitions
    }

    /// The values of the first ones.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_to_what_the_number_of_players_allows() {
        for (players, largest) in [(10, 256), (256, 256), (512, 64)] {
            let mut plan = PlannedCoalitions::new(vec![Coalition::full(players); 2_000]);
            let mut batches = Vec::new();
            while !plan.wanted().is_empty() {
                batches.push(plan.wanted().len());
                plan.receive(&vec![0.0; plan.wanted().len()]);
            }
            assert_eq!(batches.iter().sum::<usize>(), 2_000);
            assert_eq!((batches[0], batches.iter().max()), (16, Some(&largest)));
        }
    }
}
