//! Anchors: words whose presence is enough for the prediction to stay what it is, whatever else is missing.

use std::collections::BTreeSet;

use crate::{
    Coalition, CoalitionMethod, NumpyRandom,
    bernoulli::{confidence_bound, confidence_bounds},
    method::{BATCH, assert_one_each},
};

/// How an anchor is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnchorSettings {
    /// The score from which on it speaks for the class. The prediction stays what it is where the score is on the same
    /// side as that of the text itself.
    pub threshold: f64,
    /// How often the prediction must stay what it is, from 0 to 1.
    pub precision: f64,
    /// How likely the search may be wrong at each of its steps: δ.
    pub failure_probability: f64,
    /// By how much the precision of the candidates that are kept may lie below that of the best: τ.
    pub tolerance: f64,
    /// How far the precision of what is found may lie below what is asked for.
    pub margin: f64,
    /// Candidates that are kept of each size.
    pub beam: usize,
    /// Samples that are drawn for a candidate at a time, at least 1.
    pub batch: usize,
    /// Samples after which the search ends without an anchor.
    pub most_evaluations: usize,
    /// Of the samples.
    pub seed: u32,
}

impl Default for AnchorSettings {
    /// Those of the authors' program, except that it draws 10 samples at a time and never gives up.
    fn default() -> AnchorSettings {
        AnchorSettings {
            threshold: 0.5,
            precision: 0.95,
            failure_probability: 0.1,
            tolerance: 0.15,
            margin: 0.05,
            beam: 4,
            batch: 16,
            most_evaluations: 20_000,
            seed: 0,
        }
    }
}

/// Some players, and how often the prediction stays what it is while they are present.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// The players that have to be present.
    pub players: Coalition,
    /// The share of its samples with the prediction of the text itself.
    pub precision: f64,
    /// The lowest precision that the samples are compatible with, at the search's own confidence.
    pub least_precision: f64,
    /// The highest.
    pub most_precision: f64,
    /// How many of all texts with missing words it speaks of: 2 to the power of minus its number of players, exactly.
    pub coverage: f64,
    /// Its samples.
    pub samples: usize,
}

/// What the search knows.
#[derive(Clone, Debug, PartialEq)]
pub struct AnchorsOutcome {
    /// What was found, or, before that, the candidate of the present size with the highest `least_precision`; `None` before
    /// the first sample.
    pub anchor: Option<Anchor>,
    /// Whether it is precise enough. It is not yet while the search goes on, nor where the search gave up.
    pub is_found: bool,
    /// Samples that were asked for so far, and the text itself.
    pub evaluations: usize,
}

/// The search for an anchor (Ribeiro, Singh & Guestrin 2018, "Anchors: High-Precision Model-Agnostic Explanations",
/// algorithms 1 and 2): a beam search over sets of players, in which KL-LUCB (Kaufmann & Kalyanakrishnan 2013, "Information
/// Complexity in Bandit Subset Selection") tells which candidates of a size are the best with as few samples as it takes.
///
/// In a sample each player outside the candidate is present with probability ½. All candidates of a size have therefore the
/// same coverage, the smallest anchors have the largest, and the search ends at the first size that has one; of several the
/// most precise is taken. Samples of a smaller candidate count for a larger one where they agree with it.
///
/// ```
/// use vitrine_explain::{Coalition, explain, anchors::{AnchorSettings, Anchors}};
/// let negation = |present: &Coalition| if present.contains(1) && present.contains(2) { 0.9 } else { 0.2 };
/// let outcome = explain(Anchors::new(4, AnchorSettings::default()), |wanted| {
///     Ok::<_, ()>(wanted.iter().map(negation).collect())
/// }).unwrap();
/// let anchor = outcome.anchor.unwrap();
/// assert!(outcome.is_found);
/// assert_eq!(anchor.players, Coalition::empty(4).with(1).with(2));
/// assert_eq!((anchor.precision, anchor.coverage), (1.0, 0.25));
/// ```
#[derive(Clone, Debug)]
pub struct Anchors {
    players: usize,
    settings: AnchorSettings,
    random: NumpyRandom,
    /// Whether the score of the text itself is on the upper side of the threshold.
    text_is_above: bool,
    stage: Stage,
    /// All of one size.
    candidates: Vec<Candidate>,
    /// How often candidates were compared, at this size.
    rounds: i32,
    samples: Vec<Sample>,
    /// The candidate that each wanted sample is drawn for.
    drawn_for: Vec<usize>,
    wanted: Vec<Coalition>,
    evaluations: usize,
}

#[derive(Clone, Debug)]
enum Stage {
    /// The prediction of the text itself is not known.
    Text,
    /// Some candidates have no sample.
    Begin,
    /// The best candidates are looked for.
    Rank,
    /// These candidates are the best; some may be precise enough.
    Check(Vec<usize>),
    /// This candidate is precise enough; `None` if the search gave up.
    Finished(Option<usize>),
}

#[derive(Clone, Debug)]
struct Candidate {
    players: Coalition,
    samples: usize,
    same: usize,
}

/// A sample, drawn for some players who are present in it for certain.
#[derive(Clone, Debug)]
struct Sample {
    certain: Coalition,
    present: Coalition,
    is_same: bool,
}

impl Candidate {
    fn mean(&self) -> f64 {
        self.same as f64 / self.samples.max(1) as f64
    }

    /// The lowest chance that its samples are compatible with where `towards` is 0, the highest where it is 1.
    fn bound(&self, level: f64, towards: f64) -> f64 {
        confidence_bound(self.same, self.samples, level, towards)
    }

    fn bounds(&self, level: f64) -> (f64, f64) {
        confidence_bounds(self.same, self.samples, level)
    }
}

impl Anchors {
    /// The search in a text of so many players.
    pub fn new(players: usize, settings: AnchorSettings) -> Anchors {
        Anchors {
            players,
            settings,
            random: NumpyRandom::new(settings.seed),
            text_is_above: false,
            stage: Stage::Text,
            candidates: Vec::new(),
            rounds: 0,
            samples: Vec::new(),
            drawn_for: Vec::new(),
            wanted: vec![Coalition::full(players)],
            evaluations: 1,
        }
    }

    /// Goes on until samples are wanted or the search is over.
    fn advance(&mut self) {
        while self.wanted.is_empty() {
            match self.stage.clone() {
                Stage::Text => {
                    self.candidates = vec![self.candidate(Coalition::empty(self.players))];
                    self.stage = Stage::Check(vec![0]);
                }
                Stage::Begin => {
                    let new = (0..self.candidates.len()).filter(|index| self.candidates[*index].samples == 0);
                    let new: Vec<usize> = new.take((BATCH / self.settings.batch.max(1)).max(1)).collect();
                    if new.is_empty() {
                        self.stage = Stage::Rank;
                    } else {
                        self.draw(&new);
                    }
                }
                Stage::Rank => match self.rank() {
                    Ranking::Open(one, other) => {
                        self.rounds += 1;
                        self.draw(&[one, other]);
                    }
                    Ranking::Clear(best) => self.stage = Stage::Check(best),
                },
                Stage::Check(best) => self.check(&best),
                Stage::Finished(_) => return,
            }
        }
    }

    /// Wants a batch of samples for each of some candidates.
    fn draw(&mut self, candidates: &[usize]) {
        let batch = self.settings.batch.max(1);
        if self.evaluations + candidates.len() * batch > self.settings.most_evaluations {
            self.stage = Stage::Finished(None);
            return;
        }
        self.evaluations += candidates.len() * batch;
        for &index in candidates {
            for _ in 0..batch {
                let mut present = self.candidates[index].players.clone();
                for player in 0..self.players {
                    if !present.contains(player) && self.random.randint(0..2) == 1 {
                        present = present.with(player);
                    }
                }
                self.wanted.push(present);
                self.drawn_for.push(index);
            }
        }
    }

    /// A candidate with the samples that were drawn already and agree with it.
    fn candidate(&self, players: Coalition) -> Candidate {
        let agrees =
            |sample: &&Sample| sample.certain.is_subset(&players) && players.is_subset(&sample.present);
        let (mut samples, mut same) = (0, 0);
        for sample in self.samples.iter().filter(agrees) {
            samples += 1;
            same += usize::from(sample.is_same);
        }
        Candidate {
            players,
            samples,
            same,
        }
    }

    /// Whether it is clear which candidates are the best, within the tolerance; else the two whose order is least clear.
    fn rank(&self) -> Ranking {
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by(|one, other| {
            self.candidates[*other]
                .mean()
                .total_cmp(&self.candidates[*one].mean())
        });
        let (best, others) = order.split_at(self.settings.beam.max(1).min(order.len()));
        let choices = 405.5 * self.candidates.len() as f64 * f64::from(self.rounds + 1).powf(1.1);
        let level = (choices / self.settings.failure_probability).ln();
        let level = level + level.ln();
        let low = |index: &usize| self.candidates[*index].bound(level, 0.0);
        let high = |index: &usize| self.candidates[*index].bound(level, 1.0);
        let weakest = best
            .iter()
            .map(|index| (*index, low(index)))
            .min_by(|one, other| one.1.total_cmp(&other.1));
        let strongest = others
            .iter()
            .map(|index| (*index, high(index)))
            .max_by(|one, other| one.1.total_cmp(&other.1));
        match (weakest, strongest) {
            (Some((weakest, low)), Some((strongest, high))) if high - low > self.settings.tolerance => {
                Ranking::Open(weakest, strongest)
            }
            _ => Ranking::Clear(best.to_vec()),
        }
    }

    /// The logarithm of one over the chance of being wrong about one of the candidates that are checked, of all sizes.
    fn level_of_check(&self) -> f64 {
        let checked = 1 + (self.settings.beam.max(1) - 1) * self.players;
        (checked as f64 / self.settings.failure_probability).ln()
    }

    /// Ends the search if one of the best candidates is precise enough, draws for those of which that is not clear, or
    /// goes on to candidates with one player more.
    fn check(&mut self, best: &[usize]) {
        let AnchorSettings {
            precision, margin, ..
        } = self.settings;
        let level = self.level_of_check();
        let (mut precise, mut unclear) = (Vec::new(), Vec::new());
        for &index in best {
            let candidate = &self.candidates[index];
            let (low, high) = candidate.bounds(level);
            let seems_precise = candidate.samples > 0 && candidate.mean() >= precision;
            if seems_precise && low > precision - margin {
                precise.push(index);
            } else if candidate.samples == 0 || seems_precise || high >= precision + margin {
                unclear.push(index);
            }
        }
        let most_precise = precise.into_iter().max_by(|one, other| {
            self.candidates[*one]
                .mean()
                .total_cmp(&self.candidates[*other].mean())
        });
        if !unclear.is_empty() {
            self.draw(&unclear);
        } else if most_precise.is_some() {
            self.stage = Stage::Finished(most_precise);
        } else {
            let players = 0..self.players;
            let larger: BTreeSet<Coalition> = best
                .iter()
                .map(|index| &self.candidates[*index].players)
                .flat_map(|of_best| players.clone().map(move |player| (of_best, player)))
                .filter(|(of_best, player)| !of_best.contains(*player))
                .map(|(of_best, player)| of_best.clone().with(player))
                .collect();
            if larger.is_empty() {
                self.stage = Stage::Finished(None);
                return;
            }
            self.candidates = larger
                .into_iter()
                .map(|players| self.candidate(players))
                .collect();
            self.rounds = 0;
            self.stage = Stage::Begin;
        }
    }
}

enum Ranking {
    /// The best candidates, the best first.
    Clear(Vec<usize>),
    /// The weakest of the best and the strongest of the others.
    Open(usize, usize),
}

impl CoalitionMethod for Anchors {
    type Outcome = AnchorsOutcome;

    fn wanted(&self) -> &[Coalition] {
        &self.wanted
    }

    fn receive(&mut self, values: &[f64]) {
        assert_one_each(&self.wanted, values);
        let wanted = std::mem::take(&mut self.wanted);
        let drawn_for = std::mem::take(&mut self.drawn_for);
        if let (Stage::Text, Some(value)) = (&self.stage, values.first()) {
            self.text_is_above = *value >= self.settings.threshold;
        }
        for ((present, value), index) in wanted.into_iter().zip(values).zip(drawn_for) {
            let is_same = (*value >= self.settings.threshold) == self.text_is_above;
            let candidate = &mut self.candidates[index];
            candidate.samples += 1;
            candidate.same += usize::from(is_same);
            let certain = candidate.players.clone();
            self.samples.push(Sample {
                certain,
                present,
                is_same,
            });
        }
        self.advance();
    }

    fn outcome(&self) -> AnchorsOutcome {
        let level = self.level_of_check();
        let sampled = self.candidates.iter().filter(|candidate| candidate.samples > 0);
        let (found, is_found) = match &self.stage {
            Stage::Finished(Some(index)) => (self.candidates.get(*index), true),
            _ => (
                sampled.max_by(|one, other| one.bound(level, 0.0).total_cmp(&other.bound(level, 0.0))),
                false,
            ),
        };
        AnchorsOutcome {
            anchor: found.map(|candidate| {
                let (least_precision, most_precision) = candidate.bounds(level);
                Anchor {
                    players: candidate.players.clone(),
                    precision: candidate.mean(),
                    least_precision,
                    most_precision,
                    coverage: (-(candidate.players.len() as f64)).exp2(),
                    samples: candidate.samples,
                }
            }),
            is_found,
            evaluations: self.evaluations,
        }
    }
}
