//! The linear model that imitates another around one text.

use crate::{
    Coalition,
    least_angle::{LeastAngleMethod, least_angle_path},
    least_squares::{CentredSums, NormalEquations},
};

/// Penalty on the squares of the coefficients in the fit whose coefficients are shown.
const PENALTY: f64 = 1.0;
/// The same in the fit by which [`FeatureSelection::HighestWeights`] chooses.
const PENALTY_OF_CHOICE: f64 = 0.01;
/// Up to so many features [`FeatureSelection::Auto`] adds one after the other.
const MOST_ADDED_ONE_BY_ONE: usize = 6;
/// What is left of a column's own variation, as a share, below which the columns before it say all that it does.
const DEPENDENT: f64 = 1e-12;

/// Which players the surrogate is made of, where it may not have all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeatureSelection {
    /// [`Forward`](Self::Forward) for at most six features, else [`HighestWeights`](Self::HighestWeights).
    #[default]
    Auto,
    /// All players, however many are asked for.
    All,
    /// One after the other the player with which the fit by least squares is best.
    Forward,
    /// Those with the largest absolute coefficients in a fit with all.
    HighestWeights,
    /// Those of the last corner of the lasso's path that has no more than are asked for.
    LassoPath,
}

/// How a surrogate is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurrogateSettings {
    /// Players in it at most.
    pub features: usize,
    /// How they are chosen.
    pub selection: FeatureSelection,
    /// Width of the [`proximity`] kernel, above 0.
    pub kernel_width: f64,
}

impl Default for SurrogateSettings {
    /// Those of the package.
    fn default() -> SurrogateSettings {
        SurrogateSettings {
            features: 10,
            selection: FeatureSelection::Auto,
            kernel_width: 25.0,
        }
    }
}

/// A hundred times the cosine distance of a text with so many of its words from the text itself, from 0 to 100.
///
/// ```
/// use vitrine_explain::lime::cosine_distance;
/// assert_eq!((cosine_distance(4, 4), cosine_distance(1, 4), cosine_distance(0, 4)), (0.0, 50.0, 100.0));
/// ```
pub fn cosine_distance(present: usize, players: usize) -> f64 {
    if present == players {
        return 0.0;
    }
    100.0 * (1.0 - (present as f64 / players as f64).sqrt())
}

/// The weight of a sample at a distance, √exp(−distance² / width²), from 0 to 1.
pub fn proximity(distance: f64, kernel_width: f64) -> f64 {
    (-distance.powi(2) / kernel_width.powi(2)).exp().sqrt()
}

/// A linear model of the score: intercept plus the coefficients of the words that are present.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearSurrogate {
    /// What it says where all of its words are missing.
    pub intercept: f64,
    /// Its players with their coefficients, the largest absolute one first.
    pub coefficients: Vec<(usize, f64)>,
    /// The weighted coefficient of determination, 1 where it says what the model says; 1 too where the model always says
    /// the same.
    pub r2: f64,
    /// What it says of the text itself.
    pub local_prediction: f64,
}

impl LinearSurrogate {
    /// What it says where these players are present.
    pub fn predict(&self, present: &Coalition) -> f64 {
        let of_present = self
            .coefficients
            .iter()
            .filter(|(player, _)| present.contains(*player));
        self.intercept + of_present.map(|(_, coefficient)| coefficient).sum::<f64>()
    }
}

/// Gathers samples and fits surrogates to them. It keeps sums of products only, so that a fit costs the same however many
/// samples there are.
#[derive(Clone, Debug)]
pub struct SurrogateFitter {
    players: usize,
    samples: usize,
    /// Of a column of ones and one for each player, to what the values are above the first.
    equations: NormalEquations,
    /// The first value: sums of differences from it lose less to rounding than those of the values.
    first_value: f64,
}

impl SurrogateFitter {
    /// Without a sample.
    pub fn new(players: usize) -> SurrogateFitter {
        SurrogateFitter {
            players,
            samples: 0,
            equations: NormalEquations::new(players + 1),
            first_value: 0.0,
        }
    }

    /// Adds a sample: who is present, the model's score, and the sample's weight, which is positive.
    pub fn add(&mut self, present: &Coalition, value: f64, weight: f64) {
        if self.samples == 0 {
            self.first_value = value;
        }
        self.samples += 1;
        let difference = value - self.first_value;
        let mut row = vec![1.0; self.players + 1];
        for (player, entry) in row[1..].iter_mut().enumerate() {
            *entry = if present.contains(player) { 1.0 } else { 0.0 };
        }
        self.equations.add(&row, difference, weight);
    }

    /// The surrogate of the samples so far: a ridge regression with penalty 1 and an intercept that is not penalised, on
    /// the players that were selected. `None` without a sample, or where values are no numbers.
    pub fn fit(&self, selection: FeatureSelection, features: usize) -> Option<LinearSurrogate> {
        if self.samples == 0 {
            return None;
        }
        let sums = self.equations.centred();
        let selected = select(&sums, selection, features, self.samples)?;
        let coefficients = sums.ridge(&selected, PENALTY)?;
        let weight = self.equations.gram(0, 0);
        let mean = self.first_value + self.equations.product(0) / weight;
        let explained: f64 = selected
            .iter()
            .zip(&coefficients)
            .map(|(player, coefficient)| self.equations.gram(player + 1, 0) / weight * coefficient)
            .sum();
        let intercept = mean - explained;
        let r2 = if sums.total == 0.0 {
            1.0
        } else {
            1.0 - sums.residual(&selected, &coefficients) / sums.total
        };
        let local_prediction = intercept + coefficients.iter().sum::<f64>();
        let mut coefficients: Vec<(usize, f64)> = selected.into_iter().zip(coefficients).collect();
        coefficients.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
        local_prediction.is_finite().then_some(LinearSurrogate {
            intercept,
            coefficients,
            r2,
            local_prediction,
        })
    }
}

fn select(
    sums: &CentredSums,
    selection: FeatureSelection,
    features: usize,
    samples: usize,
) -> Option<Vec<usize>> {
    match selection {
        FeatureSelection::All => Some((0..sums.columns()).collect()),
        FeatureSelection::Auto if features <= MOST_ADDED_ONE_BY_ONE => Some(forward(sums, features)),
        FeatureSelection::Forward => Some(forward(sums, features)),
        FeatureSelection::Auto | FeatureSelection::HighestWeights => highest_weights(sums, features),
        FeatureSelection::LassoPath => Some(on_lasso_path(sums, features, samples)),
    }
}

/// What a player adds to the fit of those chosen before is what its column, cleared of theirs, has in common with the
/// score: the columns are cleared as in Gaussian elimination. A player that adds nothing is as good as any other.
fn forward(sums: &CentredSums, features: usize) -> Vec<usize> {
    let (mut gram, mut products) = (sums.gram.clone(), sums.products.clone());
    let players = sums.columns();
    let mut chosen = Vec::new();
    while chosen.len() < features.min(players) {
        let depends = |player: usize, gram: &[f64]| {
            gram[player * players + player] <= DEPENDENT * sums.gram(player, player)
        };
        let mut best: Option<(usize, f64)> = None;
        for player in (0..players).filter(|player| !chosen.contains(player)) {
            let gain = if depends(player, &gram) {
                0.0
            } else {
                products[player].powi(2) / gram[player * players + player]
            };
            if best.is_none_or(|(_, most)| gain > most) {
                best = Some((player, gain));
            }
        }
        let Some((player, _)) = best else { break };
        chosen.push(player);
        if depends(player, &gram) {
            continue;
        }
        let pivot = gram[player * players..][..players].to_vec();
        let product = products[player];
        for row in 0..players {
            let factor = pivot[row] / pivot[player];
            products[row] -= factor * product;
            for (entry, of_pivot) in gram[row * players..][..players].iter_mut().zip(&pivot) {
                *entry -= factor * of_pivot;
            }
        }
    }
    chosen
}

fn highest_weights(sums: &CentredSums, features: usize) -> Option<Vec<usize>> {
    let all: Vec<usize> = (0..sums.columns()).collect();
    let coefficients = sums.ridge(&all, PENALTY_OF_CHOICE)?;
    let mut ranked = all;
    ranked.sort_by(|one, other| coefficients[*other].abs().total_cmp(&coefficients[*one].abs()));
    ranked.truncate(features);
    Some(ranked)
}

/// Where there is no path, because no word has an effect to speak of, all are selected, as in the package.
fn on_lasso_path(sums: &CentredSums, features: usize, samples: usize) -> Vec<usize> {
    let path = least_angle_path(&sums.gram, &sums.products, samples, LeastAngleMethod::Lasso, 500);
    let mut selected: Vec<usize> = (0..sums.columns()).collect();
    for step in path.steps.iter().skip(1).rev() {
        selected = (0..sums.columns())
            .filter(|player| step.coefficients[*player] != 0.0)
            .collect();
        if selected.len() <= features {
            break;
        }
    }
    selected
}
