//! Small cases that lime and scikit-learn were given, computed here.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use serde::Deserialize;
use vitrine_explain::{
    Coalition,
    least_angle::{LeastAngleMethod, least_angle_path},
    lime::{FeatureSelection, LimeText, SurrogateFitter, cosine_distance, proximity, submodular_pick},
};
use vitrine_record::LimeWords;

#[derive(Deserialize)]
struct Recorded {
    words: Vec<WordsCase>,
    paths: Vec<PathCase>,
    surrogates: Vec<SurrogateCase>,
    picks: Vec<PickCase>,
}

#[derive(Deserialize)]
struct WordsCase {
    text: String,
    bow: bool,
    words: Vec<String>,
    /// Where each occurrence of each word begins.
    places: Vec<Vec<usize>>,
    /// Words that are missing, and what is left.
    without: Vec<(Vec<usize>, String)>,
}

#[derive(Deserialize)]
struct PathCase {
    method: String,
    samples: usize,
    gram: Vec<f64>,
    products: Vec<f64>,
    alphas: Vec<f64>,
    active: Vec<usize>,
    coefficients: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct SurrogateCase {
    rows: Vec<String>,
    scores: Vec<f64>,
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    selection: String,
    features: usize,
    intercept: f64,
    coefficients: Vec<(usize, f64)>,
    r2: f64,
    local_prediction: f64,
}

#[derive(Deserialize)]
struct PickCase {
    wanted: usize,
    explanations: Vec<Vec<(String, f64)>>,
    picks: Vec<usize>,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("../../../tests/fixtures/explain/lime_parts.json")).unwrap()
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() < 1e-10, "{what}: {ours}, recorded {theirs}");
}

#[test]
fn texts_of_all_scripts_are_cut_as_python_cuts_them() {
    let cases = recorded().words;
    assert_eq!(cases.len(), 18);
    for case in cases {
        let kind = if case.bow {
            LimeWords::BagOfWords
        } else {
            LimeWords::Positional
        };
        let text = LimeText::new(&case.text, kind);
        let words: Vec<&str> = text.words().iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, case.words, "{}", case.text);
        for (word, starts) in text.words().iter().zip(&case.places) {
            let length = word.text.chars().count();
            let places: Vec<_> = starts.iter().map(|start| *start..start + length).collect();
            assert_eq!(word.places, places, "{}", case.text);
        }
        for (missing, left) in &case.without {
            let full = Coalition::full(words.len());
            let present = missing.iter().fold(full, |present, word| present.without(*word));
            assert_eq!(&text.masked(&present, "[MASK]"), left);
        }
    }
}

#[test]
fn paths_have_the_recorded_corners() {
    let cases = recorded().paths;
    assert_eq!(cases.len(), 9);
    for case in cases {
        let method = match case.method.as_str() {
            "lasso" => LeastAngleMethod::Lasso,
            _ => LeastAngleMethod::LeastAngle,
        };
        let path = least_angle_path(&case.gram, &case.products, case.samples, method, 500);
        assert_eq!(path.active, case.active, "{}", case.method);
        assert_eq!(path.steps.len(), case.alphas.len());
        for (corner, step) in path.steps.iter().enumerate() {
            close(step.alpha, case.alphas[corner], "alpha");
            for (ours, theirs) in step.coefficients.iter().zip(&case.coefficients[corner]) {
                close(*ours, *theirs, "coefficient");
            }
        }
        // What is stopped early is the beginning of the same path.
        let beginning = least_angle_path(&case.gram, &case.products, case.samples, method, 2);
        let corners = path.steps.len().min(3);
        assert_eq!(beginning.steps, path.steps[..corners]);
    }
}

#[test]
fn surrogates_of_many_words_are_the_recorded_ones() {
    let cases = recorded().surrogates;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let words = case.rows[0].len();
        let mut fitter = SurrogateFitter::new(words);
        for (row, score) in case.rows.iter().zip(&case.scores) {
            let kept = row.bytes().enumerate().filter(|(_, kept)| *kept == b'1');
            let present = kept.fold(Coalition::empty(words), |present, (word, _)| present.with(word));
            fitter.add(
                &present,
                *score,
                proximity(cosine_distance(present.len(), words), 25.0),
            );
        }
        for fit in case.fits {
            let selection = match fit.selection.as_str() {
                "lasso_path" => FeatureSelection::LassoPath,
                "none" => FeatureSelection::All,
                _ => FeatureSelection::Auto,
            };
            let ours = fitter.fit(selection, fit.features).unwrap();
            let what = format!("{} of {words}, {}", fit.features, fit.selection);
            let order: Vec<usize> = fit.coefficients.iter().map(|(word, _)| *word).collect();
            let our_order: Vec<usize> = ours.coefficients.iter().map(|(word, _)| *word).collect();
            assert_eq!(our_order, order, "{what}");
            for ((_, ours), (_, theirs)) in ours.coefficients.iter().zip(&fit.coefficients) {
                close(*ours, *theirs, &what);
            }
            close(ours.intercept, fit.intercept, &what);
            close(ours.r2, fit.r2, &what);
            close(ours.local_prediction, fit.local_prediction, &what);
            close(ours.predict(&Coalition::full(words)), fit.local_prediction, &what);
        }
    }
}

#[test]
fn the_recorded_explanations_are_picked() {
    let cases = recorded().picks;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let picked = submodular_pick(&case.explanations, case.wanted);
        assert_eq!(picked.picks, case.picks);
        assert_eq!(picked.coverage.len(), picked.picks.len());
    }
}
