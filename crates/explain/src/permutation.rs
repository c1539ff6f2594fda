//! Shapley values estimated from orders in which the players come and go.

use crate::{
    AdditiveValues, Coalition, CoalitionMethod, ExplainError, NumpyRandom,
    additive::CompensatedSum,
    method::{assert_one_each, next_batch},
    moments::Moments,
};

/// What is known of Shapley values by walks.
#[derive(Clone, Debug, PartialEq)]
pub struct PermutationOutcome {
    /// One value for each player, the mean over the walks that are complete; before the first one is, all players have the
    /// same.
    pub players: AdditiveValues,
    /// Complete walks, each there and back.
    pub walks: usize,
    /// Standard error of each value, from how much the walks differ; `None` with fewer than two of them, where nothing
    /// can be said of it.
    pub standard_errors: Option<Vec<f64>>,
    /// How much a player's difference varies from one direction of one walk to another: the standard deviation of all of
    /// them, which does not become smaller with their number. The package's `error_std`.
    pub spreads: Vec<f64>,
}

/// Shapley values by walks (Castro et al. 2009), each there and back (Mitchell et al. 2022, "Sampling Permutations for
/// Shapley Value Estimation", antithetic sampling): players come in a random order until all are there, then go in the same
/// order. A player's value is the mean of the differences that its coming and its going make.
///
/// As the shap package does it, orders included:
/// <https://github.com/shap/shap/blob/v0.51.0/shap/explainers/_permutation.py> (`explain_row`).
///
/// ```
/// use vitrine_explain::{Coalition, PermutationShapley, explain};
/// let value = |coalition: &Coalition| if coalition.contains(0) && coalition.contains(1) { 6.0 } else { 0.0 };
/// let method = PermutationShapley::new(3, 70, 0)?;
/// let outcome = explain(method, |coalitions| Ok::<_, ()>(coalitions.iter().map(value).collect())).unwrap();
/// assert_eq!((outcome.walks, &outcome.players.values[..]), (10, &[3.0, 3.0, 0.0][..]));
/// // Of players 0 and 1 the one who comes first makes no difference; there and back both are first once.
/// assert_eq!(outcome.standard_errors.unwrap(), [0.0; 3]);
/// assert_eq!(outcome.spreads, [3.0, 3.0, 0.0]);
/// # Ok::<(), vitrine_explain::ExplainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PermutationShapley {
    players: usize,
    walks: usize,
    /// Walks that are still to begin.
    walks_left: usize,
    random: NumpyRandom,
    /// The order of the walk at hand.
    order: Vec<usize>,
    /// Steps of it that were taken.
    steps: usize,
    /// Who is there after them.
    present: Coalition,
    wanted: Vec<Coalition>,
    /// The steps whose values are wanted, and those between.
    pending: Vec<Step>,
    ends: Option<(f64, f64)>,
    evaluations: usize,
    /// The value before the first of the pending steps.
    last: f64,
    walked: Vec<Walked>,
    complete_walks: usize,
}

/// A player comes or goes.
#[derive(Clone, Copy, Debug)]
struct Step {
    player: usize,
    comes: bool,
    leads_to: LeadsTo,
}

#[derive(Clone, Copy, Debug)]
enum LeadsTo {
    Somebody,
    Everybody,
    /// The end of the walk.
    Nobody,
}

/// What the walks say of one player.
#[derive(Clone, Debug, Default)]
struct Walked {
    /// Twice the sum of the means of the complete walks.
    sum: CompensatedSum,
    /// The two differences of the walk at hand.
    current: CompensatedSum,
    directions: Moments,
    walks: Moments,
}

impl PermutationShapley {
    /// Begins with as many walks as a number of evaluations allows, each taken to cost `2 · players + 1`, in orders drawn
    /// from a seed. A single player walks nowhere: it needs the values of nobody and of everybody.
    ///
    /// # Errors
    /// [`ExplainError::TooFewEvaluations`] if they do not suffice for one walk.
    pub fn new(
        players: usize,
        most_evaluations: usize,
        seed: u32,
    ) -> Result<PermutationShapley, ExplainError> {
        let has_choice = players > 1;
        let needed = if has_choice { 2 * players + 1 } else { 2 };
        if most_evaluations < needed {
            return Err(ExplainError::TooFewEvaluations {
                allowed: most_evaluations,
                needed,
            });
        }
        let walks = if has_choice { most_evaluations / needed } else { 0 };
        Ok(PermutationShapley {
            players,
            walks,
            walks_left: walks,
            random: NumpyRandom::new(seed),
            order: (0..players).collect(),
            steps: 2 * players,
            present: Coalition::empty(players),
            wanted: vec![Coalition::empty(players), Coalition::full(players)],
            pending: Vec::new(),
            ends: None,
            evaluations: 0,
            last: 0.0,
            walked: vec![Walked::default(); players],
            complete_walks: 0,
        })
    }

    /// Evaluations in all, nobody and everybody included, whose values all walks share.
    pub fn evaluations(&self) -> usize {
        2 + self.walks * (2 * self.players).saturating_sub(2)
    }

    /// Takes steps until enough values are wanted, or all walks are over.
    fn walk(&mut self) {
        loop {
            if self.steps == 2 * self.players {
                if self.walks_left == 0 {
                    return;
                }
                self.walks_left -= 1;
                self.random.shuffle(&mut self.order);
                self.steps = 0;
            }
            let leads_to = if self.steps + 1 == self.players {
                LeadsTo::Everybody
            } else if self.steps + 1 == 2 * self.players {
                LeadsTo::Nobody
            } else if self.wanted.len() < next_batch(self.evaluations) {
                LeadsTo::Somebody
            } else {
                return;
            };
            let player = self.order[self.steps % self.players];
            let comes = self.steps < self.players;
            let present = std::mem::replace(&mut self.present, Coalition::empty(0));
            self.present = if comes {
                present.with(player)
            } else {
                present.without(player)
            };
            if let LeadsTo::Somebody = leads_to {
                self.wanted.push(self.present.clone());
            }
            self.pending.push(Step {
                player,
                comes,
                leads_to,
            });
            self.steps += 1;
        }
    }

    fn take_step(&mut self, step: Step, value: f64) {
        let (after, before) = if step.comes {
            (value, self.last)
        } else {
            (self.last, value)
        };
        let walked = &mut self.walked[step.player];
        walked.current.add(after);
        walked.current.add(-before);
        walked.directions.add(after - before);
        self.last = value;
        if let LeadsTo::Nobody = step.leads_to {
            self.complete_walks += 1;
            for walked in &mut self.walked {
                let both = std::mem::take(&mut walked.current).value();
                walked.sum.add(both);
                walked.walks.add(both / 2.0);
            }
        }
    }
}

impl CoalitionMethod for PermutationShapley {
    type Outcome = PermutationOutcome;

    fn wanted(&self) -> &[Coalition] {
        &self.wanted
    }

    fn receive(&mut self, values: &[f64]) {
        assert_one_each(&self.wanted, values);
        self.evaluations += values.len();
        self.wanted.clear();
        match self.ends {
            None => {
                self.ends = Some((values[0], values[1]));
                self.last = values[0];
            }
            Some((nobody, everybody)) => {
                let mut values = values.iter();
                for step in std::mem::take(&mut self.pending) {
                    let value = match step.leads_to {
                        LeadsTo::Nobody => Some(nobody),
                        LeadsTo::Everybody => Some(everybody),
                        LeadsTo::Somebody => values.next().copied(),
                    };
                    if let Some(value) = value {
                        self.take_step(step, value);
                    }
                }
            }
        }
        self.walk();
    }

    fn outcome(&self) -> PermutationOutcome {
        let walks = self.complete_walks as f64;
        let mut players = AdditiveValues::even(self.players, self.ends.unwrap_or_default(), self.evaluations);
        if self.complete_walks > 0 {
            for (value, walked) in players.values.iter_mut().zip(&self.walked) {
                *value = walked.sum.value() / (2.0 * walks);
            }
        }
        let errors = self.walked.iter().map(|walked| walked.walks.standard_error());
        let spreads = self
            .walked
            .iter()
            .map(|walked| walked.directions.standard_deviation());
        PermutationOutcome {
            players,
            walks: self.complete_walks,
            standard_errors: errors.collect::<Option<_>>().filter(|_| self.complete_walks > 1),
            spreads: spreads.collect(),
        }
    }
}
