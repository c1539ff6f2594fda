//! Coalitions that are known from the beginning, handed out a few hundred at a time.

use crate::{
    Coalition,
    method::{assert_one_each, next_batch},
};

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
        &self.coalitions[known..(known + next_batch(known)).min(self.coalitions.len())]
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
