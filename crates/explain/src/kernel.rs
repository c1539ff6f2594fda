//! Shapley values by weighted least squares: Kernel SHAP.

use std::collections::HashMap;

use vitrine_record::KernelSelection;

use crate::{
    AdditiveValues, Coalition, CoalitionMethod, NumpyRandom,
    kernel_selection::SelectionSums,
    least_squares::{NormalEquations, solve_symmetric},
    method::{assert_one_each, next_batch},
    subsets::{SubsetsOfSize, binomial},
};

/// Samples that can be kept.
const MOST_SAMPLES: usize = 1 << 20;

/// Where the samples leave several solutions, how much a large one is disliked, beside the samples' weight.
const PENALTY: f64 = 1e-9;

/// What is known of Shapley values by least squares.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelOutcome {
    /// One value for each player, of the best fit to the samples so far.
    pub players: AdditiveValues,
    /// The players that were selected to have a value, in their order; that of the others is 0.
    pub selected: Vec<usize>,
    /// Whether no other values fit the samples as well. Where others do, those are given in which players differ least.
    pub is_unique: bool,
    /// Whether all coalitions are samples, so that the values are exact once all have arrived.
    pub is_complete: bool,
}

/// Kernel SHAP (Lundberg & Lee 2017, "A Unified Approach to Interpreting Model Predictions", Theorem 2): the values whose
/// sums over coalitions come closest to what the coalitions are worth, where a coalition of size `k` of `n` counts
/// (n − 1) / (C(n, k) · k · (n − k)), and the sum over all players is exact.
///
/// Which coalitions are samples, and what each counts, is as in the shap package: all of the sizes that the number of samples suffices for, from the outside in; of the others as many
/// as are left, drawn together with their complements, each counted as often as it is drawn.
/// <https://github.com/shap/shap/blob/v0.51.0/shap/explainers/_kernel.py> (`explain`, `solve`). The package draws from
/// NumPy's global generator; after `numpy.random.seed(seed)` it draws the samples that are drawn here. Of itself it gives values to ten players at most,
/// which here has to be asked for ([`KernelShap::with_selection`]).
///
/// ```
/// use vitrine_explain::{Coalition, KernelShap, explain};
/// let value = |coalition: &Coalition| if coalition.contains(0) && coalition.contains(1) { 6.0 } else { 0.0 };
/// let method = KernelShap::new(4, None, 0);
/// let outcome = explain(method, |coalitions| Ok::<_, ()>(coalitions.iter().map(value).collect())).unwrap();
/// assert!(outcome.is_complete && outcome.is_unique);
/// let expect = [3.0, 3.0, 0.0, 0.0];
/// assert!(outcome.players.values.iter().zip(expect).all(|(value, expect)| (value - expect).abs() < 1e-14));
/// ```
#[derive(Clone, Debug)]
pub struct KernelShap {
    players: usize,
    is_complete: bool,
    /// Nobody and everybody, then the samples.
    coalitions: Vec<Coalition>,
    /// What each counts.
    weights: Vec<f64>,
    /// How many have arrived.
    arrived: usize,
    ends: Option<(f64, f64)>,
    /// Of what each player but the last is worth more than the even share.
    equations: NormalEquations,
    /// Where not all players shall have a value.
    selection: Option<SelectionSums>,
}

impl KernelShap {
    /// Begins with a number of samples, nobody and everybody not among them, drawn from a seed as far as they are drawn;
    /// `None` for as many as the package takes, `2 · players + 2048`. More than there are coalitions are not needed, and
    /// more than 2²⁰ not taken.
    pub fn new(players: usize, samples: Option<usize>, seed: u32) -> KernelShap {
        KernelShap::with_selection(players, samples, seed, KernelSelection::All)
    }

    /// The same, of which only some players get values: the shap package's `l1_reg`.
    ///
    /// ```
    /// use vitrine_explain::{Coalition, KernelSelection, KernelShap, explain};
    /// let worth = [4.0, 0.0, 0.25, -2.0];
    /// let value = |coalition: &Coalition| coalition.iter().map(|player| worth[player]).sum();
    /// let method = KernelShap::with_selection(4, None, 0, KernelSelection::Features(2));
    /// let outcome = explain(method, |coalitions| Ok::<_, ()>(coalitions.iter().map(value).collect())).unwrap();
    /// assert_eq!(outcome.selected, [0, 3]);
    /// let values = outcome.players.values;
    /// assert_eq!((values[1], values[2]), (0.0, 0.0));
    /// assert!((values[0] - 4.125).abs() < 1e-14 && (values[3] + 1.875).abs() < 1e-14);
    /// ```
    pub fn with_selection(
        players: usize,
        samples: Option<usize>,
        seed: u32,
        selection: KernelSelection,
    ) -> KernelShap {
        let possible = 1_usize
            .checked_shl(players as u32)
            .map_or(usize::MAX, |all| all.saturating_sub(2));
        let samples = samples
            .unwrap_or(2 * players + 2048)
            .min(MOST_SAMPLES)
            .min(possible);
        let mut drawn = Samples::new(players);
        if players > 1 {
            drawn.choose(samples, seed);
        }
        KernelShap {
            players,
            is_complete: drawn.is_enumerated,
            coalitions: drawn.coalitions,
            weights: drawn.weights,
            arrived: 0,
            ends: None,
            equations: NormalEquations::new(players.saturating_sub(1)),
            selection: (players > 1 && selection != KernelSelection::All)
                .then(|| SelectionSums::new(players, selection)),
        }
    }

    /// Evaluations in all, nobody and everybody included.
    pub fn evaluations(&self) -> usize {
        self.coalitions.len()
    }

    /// What each player is worth more than the even share in the best fit that gives values to those that are selected
    /// only; `None` if there are several.
    fn differences(&self, selected: &[usize], penalty: f64) -> Option<Vec<f64>> {
        let (Some(last), Some((on, others))) = (self.players.checked_sub(1), selected.split_last()) else {
            return Some(Vec::new());
        };
        let (base_value, prediction) = self.ends.unwrap_or_default();
        let share = (prediction - base_value) / self.players as f64;
        // Whoever is not selected has nothing, which is `share` less than the even share. The differences sum to 0, so
        // that what the selected ones have more than it the others have less; `on` takes what is left.
        let mut differences = vec![-share; self.players];
        selected.iter().for_each(|player| differences[*player] = 0.0);
        differences[*on] = share * (self.players - selected.len()) as f64;
        // The equations know nothing of the last player, whose difference is that of the others with its sign changed: a
        // player is measured against `on`, which is nothing where that is the last one.
        let gram = |one: usize, other: usize| {
            if one.max(other) < last {
                self.equations.gram(one, other)
            } else {
                0.0
            }
        };
        let product = |player: usize| {
            let known: f64 = (0..last)
                .map(|other| gram(player, other) * differences[other])
                .sum();
            if player < last {
                self.equations.product(player) - known
            } else {
                0.0
            }
        };
        let rest = product(*on);
        let rhs: Vec<f64> = others.iter().map(|player| product(*player) - rest).collect();
        let matrix: Vec<f64> = others
            .iter()
            .flat_map(|one| others.iter().map(move |other| (*one, *other)))
            .map(|(one, other)| {
                let shared = gram(one, other) - gram(one, *on) - gram(*on, other) + gram(*on, *on);
                if one == other { shared + penalty } else { shared }
            })
            .collect();
        let solution = solve_symmetric(&matrix, &rhs)?;
        for (player, difference) in others.iter().zip(&solution) {
            differences[*player] += difference;
        }
        differences[*on] -= solution.iter().sum::<f64>();
        Some(differences)
    }
}

/// Which coalitions are looked at, and what they count.
struct Samples {
    players: usize,
    coalitions: Vec<Coalition>,
    weights: Vec<f64>,
    /// Whether none was drawn by chance.
    is_enumerated: bool,
}

impl Samples {
    fn new(players: usize) -> Samples {
        Samples {
            players,
            coalitions: vec![Coalition::empty(players), Coalition::full(players)],
            weights: vec![0.0; 2],
            is_enumerated: true,
        }
    }

    fn choose(&mut self, samples: usize, seed: u32) {
        let players = self.players;
        // A size and that of the complements are dealt with together; with an even number of players the one in the
        // middle is its own.
        let sizes = players / 2;
        let pairs = (players - 1) / 2;
        let n = players as f64;
        let mut weights: Vec<f64> = (1..=sizes)
            .map(|size| {
                let weight = (n - 1.0) / (size as f64 * (n - size as f64));
                if size <= pairs { 2.0 * weight } else { weight }
            })
            .collect();
        normalise(&mut weights);

        let mut left = samples as f64;
        let mut remaining = weights.clone();
        let mut complete = 0;
        for size in 1..=sizes {
            let is_paired = size <= pairs;
            let subsets = binomial(players, size) * if is_paired { 2.0 } else { 1.0 };
            let share = remaining[size - 1];
            if left * share / subsets < 1.0 - 1e-8 {
                break;
            }
            complete += 1;
            left -= subsets;
            if share < 1.0 {
                remaining.iter_mut().for_each(|weight| *weight /= 1.0 - share);
            }
            let weight = weights[size - 1] / subsets;
            for coalition in SubsetsOfSize::new(players, size) {
                let complement = is_paired.then(|| coalition.complement());
                self.push(coalition, weight);
                if let Some(complement) = complement {
                    self.push(complement, weight);
                }
            }
        }
        if complete < sizes {
            self.is_enumerated = false;
            self.draw(&weights[complete..], complete, pairs, samples, seed);
        }
    }

    /// Fills up with coalitions of the sizes after those that are complete, whose weights are given.
    fn draw(&mut self, weights: &[f64], complete: usize, pairs: usize, samples: usize, seed: u32) {
        let mut random = NumpyRandom::new(seed);
        let enumerated = self.coalitions.len();
        let mut left = samples.saturating_sub(enumerated - 2);
        let mut shares: Vec<f64> = (complete + 1..)
            .zip(weights)
            // One of a paired size brings its complement with it.
            .map(|(size, weight)| if size <= pairs { weight / 2.0 } else { *weight })
            .collect();
        normalise(&mut shares);
        let mut up_to: Vec<f64> = shares
            .iter()
            .scan(0.0, |sum, share| {
                *sum += share;
                Some(*sum)
            })
            .collect();
        let total = up_to.last().copied().unwrap_or(1.0);
        up_to.iter_mut().for_each(|bound| *bound /= total);

        let draws: Vec<usize> = (0..4 * left)
            .map(|_| {
                let number = random.random_sample();
                complete + 1 + up_to.partition_point(|bound| *bound <= number)
            })
            .collect();
        let mut places: HashMap<Coalition, usize> = HashMap::new();
        for size in draws {
            if left == 0 {
                break;
            }
            let chosen = random.choice_without_replacement(self.players, size);
            let coalition = chosen
                .into_iter()
                .fold(Coalition::empty(self.players), Coalition::with);
            let known = places.get(&coalition).copied();
            let complement = (size <= pairs).then(|| coalition.complement());
            match known {
                Some(place) => {
                    self.weights[place] += 1.0;
                    // The complement of a sample comes right after it.
                    if complement.is_some() {
                        self.weights[place + 1] += 1.0;
                    }
                }
                None => {
                    places.insert(coalition.clone(), self.coalitions.len());
                    self.push(coalition, 1.0);
                    left -= 1;
                    if let Some(complement) = complement.filter(|_| left > 0) {
                        self.push(complement, 1.0);
                        left -= 1;
                    }
                }
            }
        }
        let drawn = &mut self.weights[enumerated..];
        let scale = weights.iter().sum::<f64>() / drawn.iter().sum::<f64>();
        drawn.iter_mut().for_each(|weight| *weight *= scale);
    }

    fn push(&mut self, coalition: Coalition, weight: f64) {
        self.coalitions.push(coalition);
        self.weights.push(weight);
    }
}

fn normalise(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
}

impl CoalitionMethod for KernelShap {
    type Outcome = KernelOutcome;

    fn wanted(&self) -> &[Coalition] {
        &self.coalitions[self.arrived..(self.arrived + next_batch(self.arrived)).min(self.coalitions.len())]
    }

    fn receive(&mut self, values: &[f64]) {
        assert_one_each(self.wanted(), values);
        let (base_value, prediction) = *self.ends.get_or_insert_with(|| (values[0], values[1]));
        let Some(last) = self.players.checked_sub(1) else {
            self.arrived += values.len();
            return;
        };
        // Values are fitted as differences from an even share, which sum to 0: the last one is what the others leave.
        let share = (prediction - base_value) / self.players as f64;
        let mut row = vec![0.0; last];
        let samples = self.coalitions.iter().zip(&self.weights).skip(self.arrived);
        for ((coalition, weight), value) in samples.zip(values).filter(|((_, weight), _)| **weight > 0.0) {
            let presence = |player| f64::from(u8::from(coalition.contains(player)));
            let of_last = presence(last);
            for (player, cell) in row.iter_mut().enumerate() {
                *cell = presence(player) - of_last;
            }
            let target = value - base_value - share * coalition.len() as f64;
            self.equations.add(&row, target, *weight);
            if let Some(selection) = &mut self.selection {
                selection.add(coalition, *weight, (value - base_value, value - prediction));
            }
        }
        self.arrived += values.len();
    }

    fn outcome(&self) -> KernelOutcome {
        let mut players = AdditiveValues::even(self.players, self.ends.unwrap_or_default(), self.arrived);
        let selected = match &self.selection {
            Some(selection) => selection.select(self.players),
            None => (0..self.players).collect(),
        };
        let unique = self.differences(&selected, 0.0);
        let is_unique = unique.is_some();
        if let Some(differences) = unique.or_else(|| self.differences(&selected, PENALTY)) {
            for (value, difference) in players.values.iter_mut().zip(&differences) {
                *value += difference;
            }
        }
        KernelOutcome {
            players,
            selected,
            is_unique,
            is_complete: self.is_complete,
        }
    }
}
