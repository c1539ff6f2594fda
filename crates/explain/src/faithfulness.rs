//! Whether the players that an attribution calls important are those that the prediction depends on.

use std::collections::HashMap;

use crate::{
    Coalition, CoalitionMethod, NumpyRandom, lime::sampled_coalitions, moments::Moments,
    planned::PlannedCoalitions,
};

/// What is done to one player after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Perturbation {
    /// Beginning with everybody, they are taken away.
    Remove,
    /// Beginning with nobody, they are added.
    Keep,
}

impl Perturbation {
    /// Both.
    pub const ALL: [Perturbation; 2] = [Perturbation::Remove, Perturbation::Keep];
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlayerOrder {
    /// All players, the highest value first.
    Descending,
    /// Those with positive values only, the highest first; the curve then stays where it is.
    Positive,
    /// Those with negative values only, the lowest first; the curve then stays where it is.
    Negative,
    /// All players, the largest absolute value first.
    Absolute,
}

impl PlayerOrder {
    /// All of them.
    pub const ALL: [PlayerOrder; 4] = [
        PlayerOrder::Descending,
        PlayerOrder::Positive,
        PlayerOrder::Negative,
        PlayerOrder::Absolute,
    ];

    /// The players that are moved, the first of equal ones first.
    fn players(self, values: &[f64]) -> Vec<usize> {
        let key = |player: usize| match self {
            PlayerOrder::Descending | PlayerOrder::Positive => values[player],
            PlayerOrder::Negative => -values[player],
            PlayerOrder::Absolute => values[player].abs(),
        };
        let is_moved = |player: &usize| match self {
            PlayerOrder::Descending | PlayerOrder::Absolute => true,
            PlayerOrder::Positive | PlayerOrder::Negative => key(*player) > 0.0,
        };
        let mut players: Vec<usize> = (0..values.len()).filter(is_moved).collect();
        players.sort_by(|one, other| key(*other).total_cmp(&key(*one)));
        players
    }
}

/// How much is computed beside the curves, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaithfulnessSettings {
    /// Random orders that the curves are compared with.
    pub random_orders: usize,
    /// Random coalitions that infidelity is a mean over.
    pub infidelity_samples: usize,
    /// Of both.
    pub seed: u32,
}

impl Default for FaithfulnessSettings {
    fn default() -> FaithfulnessSettings {
        FaithfulnessSettings {
            random_orders: 10,
            infidelity_samples: 200,
            seed: 0,
        }
    }
}

/// What becomes of the score while players are taken away or added.
#[derive(Clone, Debug, PartialEq)]
pub struct PerturbationCurve {
    /// What is done to them.
    pub perturbation: Perturbation,
    /// In which order.
    pub order: PlayerOrder,
    /// The score after 0, 1, 2, … players; as far as it is known, and one more than there are players in the end.
    pub scores: Vec<f64>,
    /// The area under it, where the players are a way of length 1; `None` while the curve is not whole, and of a text
    /// without players.
    pub area: Option<f64>,
}

/// The same for random orders, which a curve has to be told apart from.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomCurves {
    /// What is done to the players.
    pub perturbation: Perturbation,
    /// The mean score of all orders after 0, 1, 2, … players; empty until all are known.
    pub mean: Vec<f64>,
    /// The standard deviation of each, over the orders.
    pub standard_deviation: Vec<f64>,
    /// The area under each order's curve; empty until all are known.
    pub areas: Vec<f64>,
}

/// How faithful an attribution is.
#[derive(Clone, Debug, PartialEq)]
pub struct Faithfulness {
    /// One for each [`Perturbation`] and each [`PlayerOrder`], in their orders. [`PlayerOrder::Descending`] gives the
    /// deletion and the insertion curve (Petsiuk, Das & Saenko 2018, "RISE"), the other orders those of the shap package's
    /// benchmark ("remove positive" and so on; Lundberg et al. 2020, "From local explanations to global understanding").
    pub curves: Vec<PerturbationCurve>,
    /// One for each [`Perturbation`]; none if no random orders were asked for.
    pub random: Vec<RandomCurves>,
    /// f(x) − f(x without the k highest) for k = 1, 2, …, as far as known: high where they were needed (DeYoung et al.
    /// 2020, "ERASER", equation 1).
    pub comprehensiveness: Vec<f64>,
    /// f(x) − f(the k highest alone) for k = 1, 2, …, as far as known: low where they are enough (equation 2 there).
    pub sufficiency: Vec<f64>,
    /// The mean of the squared difference between the sum of the values that are missing and what the score loses, over
    /// random coalitions: first how many are missing is drawn, then who (Yeh et al. 2019, "On the (In)fidelity and
    /// Sensitivity of Explanations", definition 2.1). `None` until all are known, and where no sample was asked for.
    pub infidelity: Option<f64>,
}

impl Faithfulness {
    /// A curve by what it is.
    pub fn curve(&self, perturbation: Perturbation, order: PlayerOrder) -> Option<&PerturbationCurve> {
        self.curves
            .iter()
            .find(|curve| (curve.perturbation, curve.order) == (perturbation, order))
    }

    /// The area over the perturbation curve of comprehensiveness: its mean over all k; `None` of nothing.
    pub fn comprehensiveness_aopc(&self) -> Option<f64> {
        mean(&self.comprehensiveness)
    }

    /// The same of sufficiency.
    pub fn sufficiency_aopc(&self) -> Option<f64> {
        mean(&self.sufficiency)
    }
}

/// Measures how faithful an attribution is; coalitions that several curves need are asked for once.
///
/// ```
/// use vitrine_explain::{Coalition, explain};
/// use vitrine_explain::faithfulness::*;
/// let worth = [0.5, 0.0, 0.25];
/// let score = |present: &Coalition| present.iter().map(|player| worth[player]).sum::<f64>();
/// let check = FaithfulnessCheck::new(&worth, FaithfulnessSettings::default());
/// let found = explain(check, |wanted| Ok::<_, ()>(wanted.iter().map(score).collect())).unwrap();
/// let deletion = found.curve(Perturbation::Remove, PlayerOrder::Descending).unwrap();
/// assert_eq!(deletion.scores, [0.75, 0.25, 0.0, 0.0]);
/// assert_eq!(deletion.area, Some((0.375 + 0.25) / 3.0));
/// assert_eq!(found.comprehensiveness, [0.5, 0.75, 0.75]);
/// assert_eq!(found.sufficiency, [0.25, 0.0, 0.0]);
/// assert_eq!(found.infidelity, Some(0.0));
/// ```
#[derive(Clone, Debug)]
pub struct FaithfulnessCheck {
    values: Vec<f64>,
    plan: PlannedCoalitions,
    /// Of each curve the places of its coalitions in the plan.
    curves: Vec<(Perturbation, PlayerOrder, Vec<usize>)>,
    /// Of each random order the places of the coalitions of its removal. Read from the end, they are those of keeping
    /// players in the reversed order.
    random: Vec<Vec<usize>>,
    infidelity: Vec<usize>,
}

/// Coalitions without repetitions.
#[derive(Default)]
struct DistinctCoalitions {
    coalitions: Vec<Coalition>,
    places: HashMap<Coalition, usize>,
}

impl DistinctCoalitions {
    fn place(&mut self, coalition: Coalition) -> usize {
        let next = self.coalitions.len();
        let place = *self.places.entry(coalition.clone()).or_insert(next);
        if place == next {
            self.coalitions.push(coalition);
        }
        place
    }

    /// The coalitions while some players are moved one after the other; after the last it stays for the others.
    fn places_of_curve(&mut self, perturbation: Perturbation, moved: &[usize], players: usize) -> Vec<usize> {
        let mut coalition = match perturbation {
            Perturbation::Remove => Coalition::full(players),
            Perturbation::Keep => Coalition::empty(players),
        };
        let mut places = vec![self.place(coalition.clone())];
        for &player in moved {
            coalition = match perturbation {
                Perturbation::Remove => coalition.without(player),
                Perturbation::Keep => coalition.with(player),
            };
            places.push(self.place(coalition.clone()));
        }
        let last = places[places.len() - 1];
        places.resize(players + 1, last);
        places
    }
}

impl FaithfulnessCheck {
    /// Of the values of all players.
    pub fn new(values: &[f64], settings: FaithfulnessSettings) -> FaithfulnessCheck {
        let players = values.len();
        let mut plan = DistinctCoalitions::default();
        let mut curves = Vec::new();
        // Deletion and insertion come first, for they are looked at first.
        for order in PlayerOrder::ALL {
            for perturbation in Perturbation::ALL {
                let places = plan.places_of_curve(perturbation, &order.players(values), players);
                curves.push((perturbation, order, places));
            }
        }
        let mut generator = NumpyRandom::new(settings.seed);
        let random = (0..settings.random_orders)
            .map(|_| plan.places_of_curve(Perturbation::Remove, &generator.permutation(players), players))
            .collect();
        let sampled = sampled_coalitions(players, settings.infidelity_samples + 1, &mut generator);
        let infidelity = sampled
            .into_iter()
            .skip(1)
            .map(|coalition| plan.place(coalition))
            .collect();
        FaithfulnessCheck {
            values: values.to_vec(),
            plan: PlannedCoalitions::new(plan.coalitions),
            curves,
            random,
            infidelity,
        }
    }

    /// Coalitions that are evaluated in all.
    pub fn evaluations(&self) -> usize {
        self.plan.coalitions().len()
    }

    fn score(&self, place: usize) -> Option<f64> {
        self.plan.values().get(place).copied()
    }

    /// As far as known.
    fn scores(&self, places: &[usize]) -> Vec<f64> {
        places.iter().map_while(|place| self.score(*place)).collect()
    }

    fn random_curves(&self, perturbation: Perturbation) -> RandomCurves {
        let mut curves: Vec<Vec<f64>> = self.random.iter().map(|places| self.scores(places)).collect();
        if curves.iter().any(|scores| scores.len() <= self.values.len()) {
            curves.clear();
        }
        if perturbation == Perturbation::Keep {
            curves.iter_mut().for_each(|scores| scores.reverse());
        }
        let points = curves.first().map_or(0, Vec::len);
        let moments: Vec<Moments> = (0..points)
            .map(|point| curves.iter().map(|scores| scores[point]).collect())
            .collect();
        RandomCurves {
            perturbation,
            mean: moments.iter().map(Moments::mean).collect(),
            standard_deviation: moments.iter().map(Moments::standard_deviation).collect(),
            areas: curves
                .iter()
                .filter_map(|scores| area(scores, self.values.len()))
                .collect(),
        }
    }

    fn infidelity(&self) -> Option<f64> {
        let prediction = self.score(0)?;
        let squares: Option<Vec<f64>> = self
            .infidelity
            .iter()
            .map(|&place| {
                let present = &self.plan.coalitions()[place];
                let missing = (0..self.values.len()).filter(|player| !present.contains(*player));
                let promised: f64 = missing.map(|player| self.values[player]).sum();
                Some((promised - (prediction - self.score(place)?)).powi(2))
            })
            .collect();
        mean(&squares?)
    }
}

impl CoalitionMethod for FaithfulnessCheck {
    type Outcome = Faithfulness;

    fn wanted(&self) -> &[Coalition] {
        self.plan.wanted()
    }

    fn receive(&mut self, values: &[f64]) {
        self.plan.receive(values);
    }

    fn outcome(&self) -> Faithfulness {
        let curves: Vec<PerturbationCurve> = self
            .curves
            .iter()
            .map(|(perturbation, order, places)| {
                let scores = self.scores(places);
                PerturbationCurve {
                    perturbation: *perturbation,
                    order: *order,
                    area: area(&scores, self.values.len()),
                    scores,
                }
            })
            .collect();
        let lost = |perturbation: Perturbation| -> Vec<f64> {
            let is_it = |curve: &&PerturbationCurve| {
                (curve.perturbation, curve.order) == (perturbation, PlayerOrder::Descending)
            };
            let scores = curves.iter().find(is_it).map_or(&[][..], |curve| &curve.scores);
            // The first coalition of the plan is everybody.
            let prediction = self.score(0);
            let after = scores.iter().skip(1);
            after.map_while(|score| Some(prediction? - score)).collect()
        };
        let (comprehensiveness, sufficiency) = (lost(Perturbation::Remove), lost(Perturbation::Keep));
        let random = if self.random.is_empty() {
            Vec::new()
        } else {
            Perturbation::ALL
                .map(|perturbation| self.random_curves(perturbation))
                .to_vec()
        };
        Faithfulness {
            curves,
            random,
            comprehensiveness,
            sufficiency,
            infidelity: self.infidelity(),
        }
    }
}

/// By the trapezoidal rule.
fn area(scores: &[f64], players: usize) -> Option<f64> {
    (players > 0 && scores.len() == players + 1).then(|| {
        let sum: f64 = scores.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).sum();
        sum / players as f64
    })
}

fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
}
