//! Shapley values from all coalitions.

use crate::{
    AdditiveValues, Coalition, CoalitionMethod, ExplainError,
    additive::CompensatedSum,
    method::{assert_one_each, next_batch},
    subsets::{SubsetsOfSize, binomial},
};

/// Players at most: a million coalitions.
pub const MOST_EXACT_PLAYERS: usize = 20;

/// What is known of Shapley values.
#[derive(Clone, Debug, PartialEq)]
pub struct ExactOutcome {
    /// One value for each player. Until all coalitions are known it is made of the sizes of coalitions that are complete,
    /// and among those of other sizes all players are taken to be alike; the sum is right at any time.
    pub players: AdditiveValues,
    /// Interactions `[player, player]` in row-major order, once all coalitions are known and if they were asked for. On
    /// the diagonal stands what a player alone makes of nobody; each row sums to the player's Shapley value.
    pub interactions: Option<Vec<f64>>,
}

/// Shapley values (Shapley 1953) from the values of all coalitions,
///
/// φ_i = (v(N) − v(∅)) / n + 1/n Σ_{0<s<n} (mean of v over the coalitions of size s with i − the same without i),
///
/// which is the usual sum over the differences that `i` makes, with the weight 1 / (n · C(n − 1, s)), in another order
/// (Castro et al. 2017 by strata of size). Coalitions come by size, the smallest and the largest first, and none of their
/// values is kept.
///
/// With interactions, also the Shapley–Taylor index of order 2 (Dhamdhere et al. 2020, "The Shapley Taylor Interaction
/// Index"), half of each pair's at either of its two places: as the shap package's Exact with `interactions=2`,
/// <https://github.com/shap/shap/blob/v0.51.0/shap/explainers/_exact.py> (`_compute_grey_code_row_values_st`).
///
/// ```
/// use vitrine_explain::{Coalition, ExactShapley, explain};
/// // A player is worth its place in the row, and players 0 and 2 are worth 6 more together.
/// let value = |coalition: &Coalition| {
///     let own: usize = coalition.iter().sum();
///     let together = coalition.contains(0) && coalition.contains(2);
///     own as f64 + if together { 6.0 } else { 0.0 }
/// };
/// let method = ExactShapley::new(3, true)?;
/// let outcome = explain(method, |coalitions| Ok::<_, ()>(coalitions.iter().map(value).collect())).unwrap();
/// let are_close = |found: &[f64], expect: &[f64]| found.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-15);
/// assert!(are_close(&outcome.players.values, &[3.0, 1.0, 5.0]));
/// let interactions = outcome.interactions.unwrap();
/// assert!(are_close(&interactions, &[0.0, 0.0, 3.0, 0.0, 1.0, 0.0, 3.0, 0.0, 2.0]), "{interactions:?}");
/// # Ok::<(), vitrine_explain::ExplainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExactShapley {
    players: usize,
    has_interactions: bool,
    wanted: Vec<Coalition>,
    /// The coalitions that come after those that are wanted.
    rest: CoalitionsBySize,
    /// The values of nobody and of everybody.
    ends: Option<(f64, f64)>,
    evaluations: usize,
    /// Of the coalitions of the size at hand.
    sums: SizeSums,
    /// n times what sizes between nobody and everybody add to each player's value.
    corrections: Vec<CompensatedSum>,
    /// Of each pair, `[player, player]`, below the diagonal; what each player alone is worth on it.
    interactions: Vec<CompensatedSum>,
}

/// Sums over coalitions of one size.
#[derive(Clone, Debug, Default)]
struct SizeSums {
    coalitions: usize,
    all: CompensatedSum,
    /// Over those with a player.
    with: Vec<CompensatedSum>,
    /// Over those with both of a pair, below the diagonal.
    with_both: Vec<CompensatedSum>,
}

/// All coalitions but nobody and everybody.
#[derive(Clone, Debug)]
struct CoalitionsBySize {
    players: usize,
    /// How many sizes have begun.
    begun: usize,
    subsets: SubsetsOfSize,
}

impl CoalitionsBySize {
    fn new(players: usize) -> CoalitionsBySize {
        CoalitionsBySize {
            players,
            begun: 0,
            // There is none of this size.
            subsets: SubsetsOfSize::new(0, 1),
        }
    }
}

impl Iterator for CoalitionsBySize {
    type Item = Coalition;

    /// Sizes come as 1, n − 1, 2, n − 2 and so on.
    fn next(&mut self) -> Option<Coalition> {
        loop {
            if let Some(coalition) = self.subsets.next() {
                return Some(coalition);
            }
            if self.begun + 1 >= self.players {
                return None;
            }
            let step = self.begun / 2 + 1;
            let size = if self.begun.is_multiple_of(2) {
                step
            } else {
                self.players - step
            };
            self.subsets = SubsetsOfSize::new(self.players, size);
            self.begun += 1;
        }
    }
}

impl ExactShapley {
    /// Begins with a number of players, with interactions of pairs or without.
    ///
    /// # Errors
    /// [`ExplainError::TooManyPlayers`] if they are more than [`MOST_EXACT_PLAYERS`].
    pub fn new(players: usize, has_interactions: bool) -> Result<ExactShapley, ExplainError> {
        if players > MOST_EXACT_PLAYERS {
            return Err(ExplainError::TooManyPlayers {
                players,
                most: MOST_EXACT_PLAYERS,
            });
        }
        Ok(ExactShapley {
            players,
            has_interactions,
            wanted: vec![Coalition::empty(players), Coalition::full(players)],
            rest: CoalitionsBySize::new(players),
            ends: None,
            evaluations: 0,
            sums: SizeSums::default(),
            corrections: vec![CompensatedSum::default(); players],
            interactions: vec![CompensatedSum::default(); players * players],
        })
    }

    /// Coalitions that there are.
    pub fn exact_evaluations(&self) -> usize {
        (1 << self.players).max(2)
    }

    fn add(&mut self, coalition: &Coalition, value: f64) {
        let players = self.players;
        self.sums.with.resize(players, CompensatedSum::default());
        self.sums
            .with_both
            .resize(players * players, CompensatedSum::default());
        self.sums.coalitions += 1;
        self.sums.all.add(value);
        for player in coalition.iter() {
            self.sums.with[player].add(value);
            if self.has_interactions {
                let others = coalition.iter().take_while(|other| *other < player);
                others.for_each(|other| self.sums.with_both[player * players + other].add(value));
            }
        }
        let size = coalition.len();
        if self.sums.coalitions as f64 == binomial(players, size) {
            let sums = std::mem::take(&mut self.sums);
            self.finish_size(size, &sums);
        }
    }

    fn finish_size(&mut self, size: usize, sums: &SizeSums) {
        let players = self.players;
        let all = sums.all.value();
        if 0 < size && size < players {
            for (correction, with) in self.corrections.iter_mut().zip(&sums.with) {
                let with = with.value();
                correction.add(with / binomial(players - 1, size - 1));
                correction.add(-(all - with) / binomial(players - 1, size));
            }
        }
        if !self.has_interactions {
            return;
        }
        // Of a coalition that the difference of a pair begins at.
        let weight = |begin: Option<usize>| {
            begin.map_or(0.0, |size| 1.0 / (players as f64 * binomial(players - 1, size)))
        };
        for player in 0..players {
            for other in 0..player {
                let pair = player * players + other;
                let (one, two) = (sums.with[player].value(), sums.with[other].value());
                let both = sums.with_both[pair].value();
                let interaction = &mut self.interactions[pair];
                interaction.add(weight(size.checked_sub(2)) * both);
                if size < players {
                    interaction.add(-weight(size.checked_sub(1)) * (one + two - 2.0 * both));
                    interaction.add(weight(Some(size)) * (all - one - two + both));
                }
            }
            let alone = &mut self.interactions[player * players + player];
            match size {
                0 => alone.add(-all),
                1 => alone.add(sums.with[player].value()),
                _ => {}
            }
        }
    }
}

impl CoalitionMethod for ExactShapley {
    type Outcome = ExactOutcome;

    fn wanted(&self) -> &[Coalition] {
        &self.wanted
    }

    fn receive(&mut self, values: &[f64]) {
        assert_one_each(&self.wanted, values);
        self.evaluations += values.len();
        let wanted = std::mem::take(&mut self.wanted);
        if self.ends.is_none() {
            self.ends = Some((values[0], values[1]));
        }
        // Without players nobody is everybody, and counts once.
        let distinct = if self.players == 0 { 1 } else { wanted.len() };
        for (coalition, value) in wanted.iter().zip(values).take(distinct) {
            self.add(coalition, *value);
        }
        self.wanted
            .extend(self.rest.by_ref().take(next_batch(self.evaluations)));
    }

    fn outcome(&self) -> ExactOutcome {
        let players = self.players;
        let mut outcome = AdditiveValues::even(players, self.ends.unwrap_or_default(), self.evaluations);
        for (value, correction) in outcome.values.iter_mut().zip(&self.corrections) {
            *value += correction.value() / players as f64;
        }
        let is_known = self.ends.is_some() && self.wanted.is_empty() && self.has_interactions;
        let interaction = |cell: usize| {
            let (player, other) = (cell / players, cell % players);
            self.interactions[player.max(other) * players + player.min(other)].value()
        };
        ExactOutcome {
            players: outcome,
            interactions: is_known.then(|| (0..players * players).map(interaction).collect()),
        }
    }
}
