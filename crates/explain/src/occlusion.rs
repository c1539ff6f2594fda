//! What is lost when each player alone is missing.

use crate::{Coalition, CoalitionMethod, planned::PlannedCoalitions};

/// What occlusion knows.
#[derive(Clone, Debug, PartialEq)]
pub struct OcclusionOutcome {
    /// The value of everybody; `None` before it came.
    pub prediction: Option<f64>,
    /// The value of nobody, which no other number here depends on; `None` before it came.
    pub base_value: Option<f64>,
    /// One for each player: the value of everybody minus that of everybody else; `None` before it came.
    pub values: Vec<Option<f64>>,
}

/// Leaving out one player at a time (Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks";
/// Li, Monroe & Jurafsky 2016, "Understanding Neural Networks through Representation Erasure").
///
/// ```
/// use vitrine_explain::{Coalition, Occlusion, explain};
/// let score = |present: &Coalition| present.len() as f64 - if present.contains(0) { 0.0 } else { 2.0 };
/// let outcome = explain(Occlusion::new(2), |wanted| Ok::<_, ()>(wanted.iter().map(score).collect())).unwrap();
/// assert_eq!(outcome.values, [Some(3.0), Some(1.0)]);
/// assert_eq!((outcome.prediction, outcome.base_value), (Some(2.0), Some(-2.0)));
/// ```
#[derive(Clone, Debug)]
pub struct Occlusion {
    players: usize,
    /// Everybody, nobody, and everybody without each.
    plan: PlannedCoalitions,
}

impl Occlusion {
    /// Of so many players.
    pub fn new(players: usize) -> Occlusion {
        let full = Coalition::full(players);
        let mut coalitions = vec![full.clone(), Coalition::empty(players)];
        coalitions.extend((0..players).map(|player| full.clone().without(player)));
        Occlusion {
            players,
            plan: PlannedCoalitions::new(coalitions),
        }
    }
}

impl CoalitionMethod for Occlusion {
    type Outcome = OcclusionOutcome;

    fn wanted(&self) -> &[Coalition] {
        self.plan.wanted()
    }

    fn receive(&mut self, values: &[f64]) {
        self.plan.receive(values);
    }

    fn outcome(&self) -> OcclusionOutcome {
        let value = |index: usize| self.plan.values().get(index).copied();
        let prediction = value(0);
        OcclusionOutcome {
            prediction,
            base_value: value(1),
            values: (0..self.players)
                .map(|player| Some(prediction? - value(player + 2)?))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_come_is_not_known() {
        let mut occlusion = Occlusion::new(300);
        assert_eq!(occlusion.outcome().values, vec![None; 300]);
        let first = occlusion.wanted().len();
        assert!(first < 302);
        let values: Vec<f64> = occlusion
            .wanted()
            .iter()
            .map(|present| present.len() as f64)
            .collect();
        occlusion.receive(&values);
        let outcome = occlusion.outcome();
        assert_eq!(outcome.prediction, Some(300.0));
        assert_eq!(outcome.values[first - 3..first - 1], [Some(1.0), None]);
        assert!((1..=302 - first).contains(&occlusion.wanted().len()));
    }
}
