//! LIME as a method that asks for the values of coalitions.

use super::{
    LinearSurrogate, SurrogateFitter, SurrogateSettings, cosine_distance, proximity,
    sampling::{expected_coalitions, sampled_coalitions},
};
use crate::{Coalition, CoalitionMethod, ExplainError, NumpyRandom, planned::PlannedCoalitions};

/// A perturbed text.
#[derive(Clone, Debug, PartialEq)]
pub struct LimeSample {
    /// The words that are present.
    pub present: Coalition,
    /// The weight that its nearness to the text gives it, from 0 to 1.
    pub proximity: f64,
    /// The model's score.
    pub value: f64,
}

/// What LIME knows.
#[derive(Clone, Debug, PartialEq)]
pub struct LimeOutcome {
    /// The surrogate of the samples so far; `None` before the first.
    pub surrogate: Option<LinearSurrogate>,
    /// The samples so far, the text itself first.
    pub samples: Vec<LimeSample>,
}

/// A local surrogate, from samples or from all subsets of the words.
///
/// ```
/// use vitrine_explain::{explain, lime::{Lime, SurrogateSettings}};
/// # fn main() -> Result<(), vitrine_explain::ExplainError> {
/// let lime = Lime::expected(3, 5000, SurrogateSettings::default())?;
/// let outcome = explain(lime, |texts| {
///     let score = |text: &vitrine_explain::Coalition| if text.contains(1) { 0.9 } else { 0.2 };
///     Ok::<_, vitrine_explain::ExplainError>(texts.iter().map(score).collect())
/// })?;
/// let surrogate = outcome.surrogate.unwrap();
/// let (word, coefficient) = surrogate.coefficients[0];
/// assert_eq!(word, 1);
/// assert!((coefficient - 0.7).abs() < 0.01 && surrogate.r2 > 0.999);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Lime {
    settings: SurrogateSettings,
    players: usize,
    plan: PlannedCoalitions,
    /// How often each planned coalition counts.
    times: Vec<f64>,
    fitter: SurrogateFitter,
}

impl Lime {
    /// Words that a text may have at most where all subsets are evaluated: 65,536 of them.
    pub const MOST_WORDS_OF_EXPECTED: usize = 16;

    /// From so many samples, the text itself included, which a seed draws as it does in the package.
    ///
    /// # Errors
    /// If the kernel has no width.
    pub fn sampled(
        players: usize,
        samples: usize,
        seed: u32,
        settings: SurrogateSettings,
    ) -> Result<Lime, ExplainError> {
        let coalitions = sampled_coalitions(players, samples, &mut NumpyRandom::new(seed));
        let times = vec![1.0; coalitions.len()];
        Lime::new(players, coalitions, times, settings)
    }

    /// What the fit to so many samples comes to on average over seeds, but for terms that vanish as samples grow: from
    /// all subsets of the words, each weighted by how often it is drawn. The number of samples only says how much the
    /// penalty on the coefficients counts beside them.
    ///
    /// # Errors
    /// If there are more than [`Lime::MOST_WORDS_OF_EXPECTED`] words, or the kernel has no width.
    pub fn expected(
        players: usize,
        samples: usize,
        settings: SurrogateSettings,
    ) -> Result<Lime, ExplainError> {
        if players > Lime::MOST_WORDS_OF_EXPECTED {
            return Err(ExplainError::TooManyPlayers {
                players,
                most: Lime::MOST_WORDS_OF_EXPECTED,
            });
        }
        let (coalitions, times) = expected_coalitions(players, samples).unzip();
        Lime::new(players, coalitions, times, settings)
    }

    fn new(
        players: usize,
        coalitions: Vec<Coalition>,
        times: Vec<f64>,
        settings: SurrogateSettings,
    ) -> Result<Lime, ExplainError> {
        if !(settings.kernel_width > 0.0 && settings.kernel_width.is_finite()) {
            return Err(ExplainError::NoKernelWidth);
        }
        Ok(Lime {
            settings,
            players,
            plan: PlannedCoalitions::new(coalitions),
            times,
            fitter: SurrogateFitter::new(players),
        })
    }

    /// Samples that are evaluated in all, those that are alike included.
    pub fn evaluations(&self) -> usize {
        self.plan.coalitions().len()
    }

    /// The surrogate of the samples so far; `None` before the first.
    pub fn surrogate(&self) -> Option<LinearSurrogate> {
        self.fitter.fit(self.settings.selection, self.settings.features)
    }

    /// The samples so far, the text itself first: the words that are present, how near they are to the text, from 0 to 1,
    /// and the model's score.
    pub fn samples(&self) -> impl Iterator<Item = (&Coalition, f64, f64)> {
        let known = self.plan.coalitions().iter().zip(self.plan.values());
        known.map(|(present, value)| (present, self.proximity(present), *value))
    }

    fn proximity(&self, present: &Coalition) -> f64 {
        let distance = cosine_distance(present.len(), self.players);
        proximity(distance, self.settings.kernel_width)
    }
}

impl CoalitionMethod for Lime {
    type Outcome = LimeOutcome;

    fn wanted(&self) -> &[Coalition] {
        self.plan.wanted()
    }

    fn receive(&mut self, values: &[f64]) {
        let known = self.plan.values().len();
        self.plan.receive(values);
        for (index, value) in (known..).zip(values) {
            let present = &self.plan.coalitions()[index];
            let weight = self.proximity(present) * self.times[index];
            self.fitter.add(present, *value, weight);
        }
    }

    fn outcome(&self) -> LimeOutcome {
        let sample = |(present, proximity, value): (&Coalition, f64, f64)| LimeSample {
            present: present.clone(),
            proximity,
            value,
        };
        LimeOutcome {
            surrogate: self.surrogate(),
            samples: self.samples().map(sample).collect(),
        }
    }
}
