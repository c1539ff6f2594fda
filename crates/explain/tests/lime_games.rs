//! The game that the package lime explained, explained here: strings and rows are equal, numbers to 1e-10.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::collections::BTreeMap;

use serde::Deserialize;
use vitrine_explain::{
    Coalition, NumpyRandom, explain,
    lime::{
        FeatureSelection, Lime, LimeText, LinearSurrogate, SurrogateFitter, SurrogateSettings,
        cosine_distance, proximity, sampled_coalitions,
    },
    stability::spread_over_runs,
};
use vitrine_record::LimeWords;

const TOLERANCE: f64 = 1e-10;

#[derive(Deserialize)]
struct Recorded {
    text: String,
    kernel_width: f64,
    variants: BTreeMap<String, Variant>,
}

#[derive(Deserialize)]
struct Variant {
    bow: bool,
    n: usize,
    words: Vec<String>,
    as_list: Vec<String>,
    /// The pieces of `as_list` that each word is.
    positions: Vec<Vec<usize>>,
    y_pos_by_mask: Vec<f64>,
    strings: BTreeMap<String, String>,
    weight_by_active_count: BTreeMap<String, f64>,
    exhaustive: BTreeMap<String, Fit>,
    #[serde(rename = "sampled_N50_seed42")]
    sampled_50: Fit,
    #[serde(rename = "sampled_N1000_seed42")]
    sampled_1000: Fit,
    #[serde(rename = "expected_N5000_none")]
    expected: Expected,
    #[serde(rename = "N5000_10seeds")]
    ten_seeds: TenSeeds,
}

#[derive(Deserialize)]
struct Fit {
    intercept: f64,
    coef: Vec<(usize, f64)>,
    score: f64,
    local_pred: f64,
    rows: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Expected {
    intercept: f64,
    coef: Vec<f64>,
    score: f64,
}

#[derive(Deserialize)]
struct TenSeeds {
    mean: Vec<f64>,
    std: Vec<f64>,
}

impl Variant {
    fn words_are(&self) -> LimeWords {
        if self.bow {
            LimeWords::BagOfWords
        } else {
            LimeWords::Positional
        }
    }

    fn value(&self, present: &Coalition) -> f64 {
        let mask: usize = present.iter().map(|player| 1 << player).sum();
        self.y_pos_by_mask[mask]
    }

    fn surrogate(&self, lime: Lime) -> LinearSurrogate {
        let values =
            |wanted: &[Coalition]| Ok::<_, ()>(wanted.iter().map(|present| self.value(present)).collect());
        explain(lime, values).unwrap().surrogate.unwrap()
    }
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("../../../tests/fixtures/explain/c_lime_text.json")).unwrap()
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!(
        (ours - theirs).abs() < TOLERANCE,
        "{what}: {ours}, recorded {theirs}"
    );
}

/// Words come in the recorded order; those whose coefficients differ by rounding only may change places.
fn check(ours: &LinearSurrogate, theirs: &Fit, what: &str) {
    close(ours.intercept, theirs.intercept, what);
    close(ours.r2, theirs.score, what);
    close(ours.local_prediction, theirs.local_pred, what);
    assert_eq!(ours.coefficients.len(), theirs.coef.len(), "{what}");
    let weights: BTreeMap<usize, f64> = theirs.coef.iter().copied().collect();
    for ((word, ours), (_, theirs)) in ours.coefficients.iter().zip(&theirs.coef) {
        close(*ours, weights[word], what);
        close(ours.abs(), theirs.abs(), what);
    }
}

#[test]
fn the_text_is_cut_into_the_same_words_and_put_together_to_the_same_strings() {
    let recorded = recorded();
    for variant in recorded.variants.values() {
        let text = LimeText::new(&recorded.text, variant.words_are());
        let words: Vec<&str> = text.words().iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, variant.words);
        let start = |piece: usize| {
            variant.as_list[..piece]
                .iter()
                .map(|piece| piece.chars().count())
                .sum()
        };
        for (word, pieces) in text.words().iter().zip(&variant.positions) {
            let places: Vec<_> = pieces
                .iter()
                .map(|piece| start(*piece)..start(piece + 1))
                .collect();
            assert_eq!(word.places, places);
        }
        assert!(variant.strings.len() > 5);
        for (mask, string) in &variant.strings {
            let present = Coalition::from_bits(variant.n, mask.parse().unwrap());
            assert_eq!(&text.masked(&present, "[MASK]"), string);
        }
    }
}

#[test]
fn samples_weigh_the_same() {
    let recorded = recorded();
    for variant in recorded.variants.values() {
        assert_eq!(variant.weight_by_active_count.len(), variant.n + 1);
        for (present, weight) in &variant.weight_by_active_count {
            let distance = cosine_distance(present.parse().unwrap(), variant.n);
            assert!((proximity(distance, recorded.kernel_width) - weight).abs() < 1e-14);
        }
    }
}

#[test]
fn a_fit_to_all_coalitions_is_the_same_however_words_are_selected() {
    let recorded = recorded();
    for variant in recorded.variants.values() {
        let all = (1 << variant.n) - 1;
        let mut fitter = SurrogateFitter::new(variant.n);
        for mask in std::iter::once(all).chain(0..all) {
            let present = Coalition::from_bits(variant.n, mask);
            let distance = cosine_distance(present.len(), variant.n);
            fitter.add(
                &present,
                variant.value(&present),
                proximity(distance, recorded.kernel_width),
            );
        }
        for (name, selection, features) in [
            ("none", FeatureSelection::All, 99),
            ("auto4_forward", FeatureSelection::Auto, 4),
            ("auto4_forward", FeatureSelection::Forward, 4),
            ("auto7_highest", FeatureSelection::Auto, 7),
            ("auto7_highest", FeatureSelection::HighestWeights, 7),
            ("lasso5", FeatureSelection::LassoPath, 5),
        ] {
            let ours = fitter.fit(selection, features).unwrap();
            check(&ours, &variant.exhaustive[name], name);
        }
    }
}

#[test]
fn a_seed_draws_the_recorded_samples_and_gives_the_recorded_surrogate() {
    for variant in recorded().variants.values() {
        let drawn = sampled_coalitions(variant.n, 50, &mut NumpyRandom::new(42));
        let rows: Vec<String> = drawn
            .iter()
            .map(|present| {
                (0..variant.n)
                    .map(|word| if present.contains(word) { '1' } else { '0' })
                    .collect()
            })
            .collect();
        assert_eq!(&rows, variant.sampled_50.rows.as_ref().unwrap());
        for (samples, fit) in [(50, &variant.sampled_50), (1000, &variant.sampled_1000)] {
            let lime = Lime::sampled(variant.n, samples, 42, SurrogateSettings::default()).unwrap();
            assert_eq!(lime.evaluations(), samples);
            check(&variant.surrogate(lime), fit, "sampled");
        }
    }
}

#[test]
fn without_chance_the_fit_is_the_expected_one() {
    for variant in recorded().variants.values() {
        let settings = SurrogateSettings {
            selection: FeatureSelection::All,
            ..SurrogateSettings::default()
        };
        let ours = variant.surrogate(Lime::expected(variant.n, 5000, settings).unwrap());
        close(ours.intercept, variant.expected.intercept, "intercept");
        close(ours.r2, variant.expected.score, "r2");
        assert_eq!(ours.coefficients.len(), variant.n);
        for (word, coefficient) in ours.coefficients {
            close(coefficient, variant.expected.coef[word], "coefficient");
        }
    }
}

#[test]
fn ten_seeds_scatter_as_recorded() {
    for variant in recorded().variants.values() {
        let settings = SurrogateSettings {
            selection: FeatureSelection::All,
            ..SurrogateSettings::default()
        };
        let runs: Vec<Vec<f64>> = (0..10)
            .map(|seed| {
                let surrogate = variant.surrogate(Lime::sampled(variant.n, 5000, seed, settings).unwrap());
                let mut values = vec![0.0; variant.n];
                for (word, coefficient) in surrogate.coefficients {
                    values[word] = coefficient;
                }
                values
            })
            .collect();
        for (word, spread) in spread_over_runs(&runs).into_iter().enumerate() {
            close(spread.mean, variant.ten_seeds.mean[word], "mean");
            // NumPy's is that of the ten runs, ours of those that they are drawn from.
            let of_the_ten = spread.standard_deviation.unwrap() * 0.9_f64.sqrt();
            close(of_the_ten, variant.ten_seeds.std[word], "standard deviation");
        }
    }
}
