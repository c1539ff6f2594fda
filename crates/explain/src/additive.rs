//! Values that sum to a prediction.

/// Attributions that sum to the difference between the value of everybody and that of nobody.
///
/// Before the first values have arrived all of it is 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdditiveValues {
    /// The value of nobody.
    pub base_value: f64,
    /// The value of everybody.
    pub prediction: f64,
    /// One for each player.
    pub values: Vec<f64>,
    /// Coalitions whose values went into it. One that came more than once counts as often, and those of nobody and of
    /// everybody count too.
    pub evaluations: usize,
}

impl AdditiveValues {
    /// Prediction − (base value + sum of the values), which is 0 but for rounding. The terms are added one after the other
    /// as they are, so that whoever adds up the same numbers finds the same.
    pub fn residual(&self) -> f64 {
        self.prediction - self.values.iter().fold(self.base_value, |sum, value| sum + value)
    }

    /// Every player has the same share of the difference: what is known when only its ends are.
    pub(crate) fn even(
        players: usize,
        (base_value, prediction): (f64, f64),
        evaluations: usize,
    ) -> AdditiveValues {
        AdditiveValues {
            base_value,
            prediction,
            values: vec![(prediction - base_value) / players as f64; players],
            evaluations,
        }
    }
}

/// A sum that also keeps what its rounding lost (Neumaier 1974), so that thousands of terms cost no digits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    pub(crate) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.lost += if self.sum.abs() >= term.abs() {
            self.sum - sum + term
        } else {
            term - sum + self.sum
        };
        self.sum = sum;
    }

    pub(crate) fn value(&self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compensated_sum_keeps_what_rounding_loses() {
        let mut sum = CompensatedSum::default();
        for term in [1.0, 1e100, 1.0, -1e100] {
            sum.add(term);
        }
        assert_eq!(sum.value(), 2.0);
    }
}
