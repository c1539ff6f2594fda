//! What holds of LIME's surrogate in every game.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use proptest::prelude::*;
use vitrine_explain::{
    Coalition, CoalitionMethod, ExplainError, explain,
    lime::{FeatureSelection, Lime, LimeOutcome, LinearSurrogate, SurrogateFitter, SurrogateSettings},
};

const WORDS: usize = 4;

fn all_words() -> SurrogateSettings {
    SurrogateSettings {
        selection: FeatureSelection::All,
        ..SurrogateSettings::default()
    }
}

fn mask(present: &Coalition) -> usize {
    present.iter().map(|word| 1 << word).sum()
}

fn outcome(lime: Lime, score: impl Fn(&Coalition) -> f64) -> LimeOutcome {
    explain(lime, |wanted| Ok::<_, ()>(wanted.iter().map(&score).collect())).unwrap()
}

fn expected(scores: &[f64]) -> LinearSurrogate {
    let lime = Lime::expected(WORDS, 5000, all_words()).unwrap();
    outcome(lime, |present| scores[mask(present)]).surrogate.unwrap()
}

fn coefficients(surrogate: &LinearSurrogate) -> Vec<f64> {
    let mut by_word = vec![0.0; WORDS];
    for (word, coefficient) in &surrogate.coefficients {
        by_word[*word] = *coefficient;
    }
    by_word
}

/// The same game with words 0 and 1 in each other's place.
fn exchanged(scores: &[f64]) -> Vec<f64> {
    (0..scores.len())
        .map(|mask| scores[mask & !3 | (mask & 1) << 1 | (mask & 2) >> 1])
        .collect()
}

/// Gaussian elimination with the largest pivot of each column.
fn solved(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let unknowns = rows.len();
    for column in 0..unknowns {
        let pivot = (column..unknowns)
            .max_by(|one, other| rows[*one][column].abs().total_cmp(&rows[*other][column].abs()))
            .unwrap();
        rows.swap(column, pivot);
        let of_pivot = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = row[column] / of_pivot[column];
            for (element, of_pivot) in row.iter_mut().zip(&of_pivot) {
                *element -= factor * of_pivot;
            }
        }
    }
    (0..unknowns)
        .map(|row| rows[row][unknowns] / rows[row][row])
        .collect()
}

/// A weighted ridge regression by its normal equations in one piece: the intercept, which is not penalised, and one
/// coefficient for each of the words.
fn regression(samples: &[(Coalition, f64, f64)], words: &[usize], penalty: f64) -> Vec<f64> {
    let row = |present: &Coalition| -> Vec<f64> {
        let of_words = words
            .iter()
            .map(|word| f64::from(u8::from(present.contains(*word))));
        std::iter::once(1.0).chain(of_words).collect()
    };
    let mut equations = vec![vec![0.0; words.len() + 2]; words.len() + 1];
    for (present, value, weight) in samples {
        let row = row(present);
        for (one, equation) in row.iter().zip(&mut equations) {
            for (sum, other) in equation.iter_mut().zip(row.iter().chain([value])) {
                *sum += weight * one * other;
            }
        }
    }
    for (at, equation) in equations.iter_mut().enumerate().skip(1) {
        equation[at] += penalty;
    }
    solved(equations)
}

/// What a regression leaves of the values.
fn residual(samples: &[(Coalition, f64, f64)], words: &[usize]) -> f64 {
    let found = regression(samples, words, 0.0);
    samples
        .iter()
        .map(|(present, value, weight)| {
            let of_words = words
                .iter()
                .zip(&found[1..])
                .filter(|(word, _)| present.contains(**word));
            weight * (value - found[0] - of_words.map(|(_, found)| found).sum::<f64>()).powi(2)
        })
        .sum()
}

/// The words that each selection takes, by its definition.
fn selected(samples: &[(Coalition, f64, f64)], selection: FeatureSelection, features: usize) -> Vec<usize> {
    let all: Vec<usize> = (0..WORDS).collect();
    match selection {
        FeatureSelection::HighestWeights => {
            let found = regression(samples, &all, 0.01);
            let mut ranked = all;
            ranked.sort_by(|one, other| found[other + 1].abs().total_cmp(&found[one + 1].abs()));
            ranked.truncate(features);
            ranked
        }
        FeatureSelection::Forward => {
            let mut chosen: Vec<usize> = Vec::new();
            while chosen.len() < features {
                let with = |word: usize| residual(samples, &[&chosen[..], &[word]].concat());
                let left = all.iter().copied().filter(|word| !chosen.contains(word));
                let best = left
                    .min_by(|one, other| with(*one).total_cmp(&with(*other)))
                    .unwrap();
                chosen.push(best);
            }
            chosen
        }
        _ => all,
    }
}

proptest! {
    #[test]
    fn a_surrogate_solves_the_normal_equations_of_the_words_that_its_selection_takes(
        values in prop::collection::vec(0.0_f64..1.0, 1 << WORDS),
        weights in prop::collection::vec(0.05_f64..1.0, 1 << WORDS),
        features in 1_usize..=WORDS,
        selection in prop::sample::select(vec![
            FeatureSelection::All, FeatureSelection::Forward, FeatureSelection::HighestWeights,
        ]),
    ) {
        let samples: Vec<(Coalition, f64, f64)> = (0..1 << WORDS)
            .map(|bits| (Coalition::from_bits(WORDS, bits as u64), values[bits], weights[bits]))
            .collect();
        let mut fitter = SurrogateFitter::new(WORDS);
        for (present, value, weight) in &samples {
            fitter.add(present, *value, *weight);
        }
        let ours = fitter.fit(selection, features).unwrap();
        let words = selected(&samples, selection, features);
        let expect = regression(&samples, &words, 1.0);
        prop_assert!((ours.intercept - expect[0]).abs() < 1e-12);
        prop_assert_eq!(ours.coefficients.len(), words.len());
        for (word, expect) in words.iter().zip(&expect[1..]) {
            let found = ours.coefficients.iter().find(|(of, _)| of == word);
            prop_assert!(found.is_some_and(|(_, found)| (found - expect).abs() < 1e-12), "{word}: {found:?}, {expect}");
        }
    }

    #[test]
    fn the_expected_surrogate_is_linear_in_the_game_and_knows_no_order_of_words(
        one in prop::collection::vec(0.0_f64..1.0, 1 << WORDS),
        other in prop::collection::vec(0.0_f64..1.0, 1 << WORDS),
    ) {
        let sum: Vec<f64> = one.iter().zip(&other).map(|(one, other)| 2.0 * one - other).collect();
        let (first, second, of_sum) = (expected(&one), expected(&other), expected(&sum));
        prop_assert!((2.0 * first.intercept - second.intercept - of_sum.intercept).abs() < 1e-10);
        let parts = coefficients(&first).into_iter().zip(coefficients(&second));
        for ((a, b), whole) in parts.zip(coefficients(&of_sum)) {
            prop_assert!((2.0 * a - b - whole).abs() < 1e-10);
        }
        let (mut ours, turned) = (coefficients(&first), coefficients(&expected(&exchanged(&one))));
        ours.swap(0, 1);
        for (a, b) in ours.into_iter().zip(turned) {
            prop_assert!((a - b).abs() < 1e-10);
        }
    }

    #[test]
    fn the_score_is_that_of_the_residuals_and_coefficients_come_in_order(
        scores in prop::collection::vec(0.0_f64..1.0, 1 << WORDS),
        samples in 2_usize..400,
        seed in 0_u32..1000,
        features in 1_usize..=WORDS,
        selection in prop::sample::select(vec![
            FeatureSelection::Forward, FeatureSelection::HighestWeights, FeatureSelection::LassoPath,
        ]),
    ) {
        let settings = SurrogateSettings { features, selection, ..SurrogateSettings::default() };
        let lime = Lime::sampled(WORDS, samples, seed, settings).unwrap();
        let found = outcome(lime, |present| scores[mask(present)]);
        let surrogate = found.surrogate.unwrap();
        prop_assert_eq!(found.samples.len(), samples);
        prop_assert!(surrogate.coefficients.len() <= WORDS);
        if selection != FeatureSelection::LassoPath {
            prop_assert_eq!(surrogate.coefficients.len(), features);
        }
        prop_assert!(surrogate.coefficients.windows(2).all(|pair| pair[0].1.abs() >= pair[1].1.abs()));
        let weight: f64 = found.samples.iter().map(|sample| sample.proximity).sum();
        let mean = found.samples.iter().map(|sample| sample.proximity * sample.value).sum::<f64>() / weight;
        let squares = |about: &dyn Fn(&Coalition) -> f64| -> f64 {
            let samples = found.samples.iter();
            samples.map(|sample| sample.proximity * (sample.value - about(&sample.present)).powi(2)).sum()
        };
        let (residual, total) = (squares(&|present| surrogate.predict(present)), squares(&|_| mean));
        prop_assert!((surrogate.r2 * total - (total - residual)).abs() < 1e-10);
        // An intercept that is not penalised leaves residuals that sum to zero.
        let sum: f64 = found
            .samples
            .iter()
            .map(|sample| sample.proximity * (sample.value - surrogate.predict(&sample.present)))
            .sum();
        prop_assert!(sum.abs() < 1e-10);
    }
}

#[test]
fn a_surrogate_is_there_from_the_first_batch_on() {
    let mut lime = Lime::sampled(30, 1000, 7, SurrogateSettings::default()).unwrap();
    assert_eq!(lime.outcome().surrogate, None);
    let values: Vec<f64> = lime
        .wanted()
        .iter()
        .map(|present| present.len() as f64 / 30.0)
        .collect();
    lime.receive(&values);
    let outcome = lime.outcome();
    assert_eq!(outcome.samples.len(), values.len());
    assert_eq!(outcome.samples[0].present, Coalition::full(30));
    assert!(outcome.surrogate.unwrap().r2 > 0.0 && !lime.wanted().is_empty());
}

#[test]
fn texts_of_no_word_and_of_one_word_have_a_surrogate() {
    let none = outcome(
        Lime::sampled(0, 100, 1, SurrogateSettings::default()).unwrap(),
        |_| 0.25,
    );
    assert_eq!(none.samples.len(), 1);
    assert_eq!(none.surrogate.unwrap().local_prediction, 0.25);
    for lime in [
        Lime::sampled(1, 100, 1, SurrogateSettings::default()).unwrap(),
        Lime::expected(1, 100, SurrogateSettings::default()).unwrap(),
    ] {
        let one = outcome(lime, |present| present.len() as f64).surrogate.unwrap();
        assert!(one.coefficients[0].1 > 0.0 && one.local_prediction > one.intercept);
    }
}

#[test]
fn a_model_that_always_says_the_same_is_imitated_perfectly() {
    for selection in [
        FeatureSelection::Auto,
        FeatureSelection::Forward,
        FeatureSelection::HighestWeights,
        FeatureSelection::LassoPath,
    ] {
        let settings = SurrogateSettings {
            selection,
            ..SurrogateSettings::default()
        };
        let surrogate = outcome(Lime::sampled(12, 200, 3, settings).unwrap(), |_| 0.7)
            .surrogate
            .unwrap();
        assert_eq!(
            (surrogate.r2, surrogate.intercept, surrogate.local_prediction),
            (1.0, 0.7, 0.7)
        );
        assert!(
            surrogate
                .coefficients
                .iter()
                .all(|(_, coefficient)| *coefficient == 0.0)
        );
    }
}

#[test]
fn what_is_no_number_gives_no_surrogate_and_what_cannot_be_computed_says_why() {
    let lime = Lime::sampled(5, 50, 3, SurrogateSettings::default()).unwrap();
    assert_eq!(outcome(lime, |_| f64::NAN).surrogate, None);
    for kernel_width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let settings = SurrogateSettings {
            kernel_width,
            ..SurrogateSettings::default()
        };
        let error = Lime::sampled(5, 50, 3, settings).unwrap_err();
        assert!(matches!(error, ExplainError::NoKernelWidth) && error.to_string().contains("above 0"));
    }
    let error = Lime::expected(17, 5000, SurrogateSettings::default()).unwrap_err();
    assert_eq!(
        error,
        ExplainError::TooManyPlayers {
            players: 17,
            most: 16
        }
    );
}
