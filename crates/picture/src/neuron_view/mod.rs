//! The neuron view: how one head comes to what it adds for one token, step by step, with every number.
//!
//! A [`Step`] has a [`Formula`] and one or more [`Grid`]s of cells, each on a scale of its own with limits that are
//! shown. [`reading`] says in numbers what a step came to, [`largest_deviation`] whether it follows from the steps
//! before it; [`scene`] is the whole view as a figure, [`csv`] its numbers.

mod check;
mod figure;
mod file;
mod formula;
mod grid;
mod quantity;
mod reading;

#[cfg(test)]
pub(crate) mod fixture;

pub use check::{Deviation, largest_deviation};
pub use figure::{MOST_TOKENS_OF_A_FIGURE, StepWords, scene};
pub use file::{csv, file_name, json};
pub use formula::{Formula, Script};
pub use grid::{Grid, Row, RowOf, Scale, blocks, grids, index_at};
pub use quantity::Quantity;
pub use reading::{StepReading, precise, reading};

/// One step of the computation, in the order in which the layer takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The query of the token that asks.
    Query,
    /// The keys of all tokens.
    Keys,
    /// Query times key, dimension by dimension.
    Products,
    /// The sums of those products, divided by the square root of the head's width.
    Scores,
    /// Their softmax.
    Probabilities,
    /// The values of all tokens.
    Values,
    /// The values times the probabilities, and their sum: what the head puts out.
    WeightedSum,
    /// The output times the head's rows of the output projection: what the head adds.
    Projection,
    /// What all heads of the layer add, summed with the bias.
    Heads,
    /// That sum and the hidden state before the layer.
    Residual,
    /// Layer normalisation.
    Normalisation,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Step; 11] = [
        Step::Query,
        Step::Keys,
        Step::Products,
        Step::Scores,
        Step::Probabilities,
        Step::Values,
        Step::WeightedSum,
        Step::Projection,
        Step::Heads,
        Step::Residual,
        Step::Normalisation,
    ];

    /// Its number, from 1 on.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// The step after this one.
    pub fn next(self) -> Option<Step> {
        Step::ALL.get(self as usize + 1).copied()
    }

    /// The step before this one.
    pub fn previous(self) -> Option<Step> {
        (self as usize).checked_sub(1).map(|place| Step::ALL[place])
    }

    /// Whether its cells are as many as the head is wide, or one for a token; the others are as many as the hidden
    /// state.
    pub fn is_within_head(self) -> bool {
        self < Step::Projection
    }

    /// Whether it has one number for each token.
    pub fn is_one_number(self) -> bool {
        matches!(self, Step::Scores | Step::Probabilities)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_walked_from_the_first_to_the_last_and_back() {
        let forth: Vec<Step> = std::iter::successors(Some(Step::Query), |step| step.next()).collect();
        assert_eq!(forth, Step::ALL);
        let back: Vec<Step> =
            std::iter::successors(Some(Step::Normalisation), |step| step.previous()).collect();
        assert!(back.iter().rev().eq(&Step::ALL));
        assert!(forth.iter().map(|step| step.number()).eq(1..=11));
    }
}
