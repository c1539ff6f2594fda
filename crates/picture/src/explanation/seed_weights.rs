//! What several seeds make of the same text: the weights of a surrogate, and how well each of them fits.

use serde::Serialize;
use vitrine_explain::stability::{Spread, spread_over_runs};
use vitrine_record::{ExplainedFeature, Explanation, SurrogateFit};

/// How a surrogate of one seed fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeedFit {
    /// The seed.
    pub seed: u32,
    /// How well it imitates the model.
    #[serde(flatten)]
    pub fit: SurrogateFit,
}

/// A word that at least one seed chose.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedWord {
    /// The word, with the weight of the first seed that chose it.
    pub feature: ExplainedFeature,
    /// Its weight by each seed; `None` where the surrogate does without it, which is no weight of 0.
    pub weights: Vec<Option<f64>>,
}

impl SeedWord {
    /// How many seeds chose it.
    pub fn chosen_by(&self) -> usize {
        self.weights.iter().flatten().count()
    }

    /// Mean, standard deviation, lowest and highest of its weight over the seeds that chose it.
    pub fn spread(&self) -> Option<Spread> {
        spread_of(self.weights.iter().flatten().copied())
    }
}

/// Mean, standard deviation, lowest and highest of some numbers; nothing of none.
pub fn spread_of(numbers: impl IntoIterator<Item = f64>) -> Option<Spread> {
    let runs: Vec<Vec<f64>> = numbers.into_iter().map(|number| vec![number]).collect();
    spread_over_runs(&runs).first().copied()
}

/// The surrogates of several seeds, which differ in nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedWeights {
    /// One for each seed, that on the screen first.
    pub fits: Vec<SeedFit>,
    /// The words of all seeds: those of the first by the size of their weights, then the others by the size of their means.
    pub words: Vec<SeedWord>,
}

impl SeedWeights {
    /// Of explanations by a surrogate; others are left out.
    pub fn new<'a>(explanations: impl IntoIterator<Item = &'a Explanation>) -> SeedWeights {
        let mut fits = Vec::new();
        let mut words: Vec<SeedWord> = Vec::new();
        for explanation in explanations {
            let Some(fit) = explanation.check.surrogate() else {
                continue;
            };
            let seed = fits.len();
            fits.push(SeedFit {
                seed: explanation.settings.seed,
                fit,
            });
            for word in &mut words {
                word.weights.push(None);
            }
            for feature in &explanation.features {
                match words.iter_mut().find(|word| is_same(&word.feature, feature)) {
                    Some(word) => word.weights[seed] = Some(feature.value),
                    None => words.push(SeedWord {
                        feature: feature.clone(),
                        weights: (0..seed).map(|_| None).chain([Some(feature.value)]).collect(),
                    }),
                }
            }
        }
        let size = |word: &SeedWord| {
            let first = word.weights.first().copied().flatten();
            let mean = word.spread().map_or(0.0, |spread| spread.mean);
            (first.is_some(), first.unwrap_or(mean).abs())
        };
        words.sort_by(|one, other| {
            let ((is_first, one), (other_is_first, other)) = (size(one), size(other));
            other_is_first.cmp(&is_first).then(other.total_cmp(&one))
        });
        SeedWeights { fits, words }
    }

    /// What the seeds make of a feature; nothing of one that none of them chose.
    pub fn of(&self, feature: &ExplainedFeature) -> Option<&SeedWord> {
        self.words.iter().find(|word| is_same(&word.feature, feature))
    }

    /// Words that other seeds chose and the first did not.
    pub fn of_others(&self) -> impl Iterator<Item = &SeedWord> {
        let is_of_first = |word: &&SeedWord| word.weights.first().is_some_and(Option::is_some);
        self.words.iter().filter(move |word| !is_of_first(word))
    }
}

fn is_same(one: &ExplainedFeature, other: &ExplainedFeature) -> bool {
    (one.start, one.end, one.segment) == (other.start, other.end, other.segment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explanation::fixture;

    #[test]
    fn a_word_that_a_seed_left_out_does_not_count_as_nothing() {
        let seeds = SeedWeights::new(&fixture::seeds());
        let names: Vec<&str> = seeds
            .words
            .iter()
            .map(|word| word.feature.text.as_str())
            .collect();
        assert_eq!(
            names,
            ["great", "bad", "not", "film"],
            "the last one is of another seed"
        );
        let film = &seeds.words[3];
        assert_eq!(
            (film.chosen_by(), film.weights.as_slice()),
            (1, [None, Some(0.01), None].as_slice())
        );
        let spread = film.spread().unwrap();
        assert_eq!(
            (spread.mean, spread.lowest, spread.standard_deviation),
            (0.01, 0.01, None)
        );
        let great = seeds.words[0].spread().unwrap();
        assert_eq!((great.lowest, great.highest), (0.24, 0.26));
        assert!((great.mean - 0.25).abs() < 1e-12);
        let others: Vec<&str> = seeds.of_others().map(|word| word.feature.text.as_str()).collect();
        assert_eq!(others, ["film"]);
    }

    #[test]
    fn each_seed_adds_up_to_its_local_prediction() {
        let seeds = SeedWeights::new(&fixture::seeds());
        assert_eq!(seeds.fits.len(), 3);
        for (place, SeedFit { fit, .. }) in seeds.fits.iter().enumerate() {
            let weights: f64 = seeds.words.iter().filter_map(|word| word.weights[place]).sum();
            assert!((fit.intercept + weights - fit.local_prediction).abs() < 1e-12);
        }
        assert_eq!(
            SeedWeights::new([&fixture::exact()]).fits,
            [],
            "that is no surrogate"
        );
    }
}
