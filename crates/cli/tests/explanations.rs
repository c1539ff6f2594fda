//! What the Python packages shap and lime say of the shipped model, said again by this engine:
//! `tests/fixtures/record_explanations.py` recorded it, and describes each key.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

#[path = "../../model/tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;
use vitrine_explain::lime::{LimeText, sampled_coalitions};
use vitrine_explain::{
    Evaluations, ExplainedText, ExplanationRun, MergeTree, NumpyRandom, labels_of_segments, text_segments,
};
use vitrine_model::{Evaluator, Model, sha256_hex};
use vitrine_record::message::TextInput;
use vitrine_record::{
    Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod, ExplanationSettings,
    ExplanationTarget, LimeSettings, LimeWords, MaskWith, MaskedInput, Masking, MaskingMode, ModelOutput,
    OutputLink,
};

/// On probabilities: each is off by a few millionths, since PyTorch and this engine add in different orders, and a
/// value is a mean of differences of two of them.
const TOLERANCE: f64 = 1e-4;

/// On log-odds, which are off by more the farther they are from 0.
const LOG_ODDS_TOLERANCE: f64 = 5e-4;

/// As in shap's text masker.
const MASKING: Masking = Masking {
    mode: MaskingMode::String,
    with: MaskWith::Mask,
    special_players: true,
};

#[derive(Deserialize)]
struct References {
    texts: Vec<Recorded>,
}

#[derive(Deserialize)]
struct Recorded {
    name: String,
    text: String,
    tokens: Vec<String>,
    segments: Vec<String>,
    clustering: Vec<[f64; 4]>,
    owen: Values,
    owen_50: Option<Values>,
    owen_200: Option<Values>,
    owen_500: Option<Values>,
    owen_log_odds: Option<Values>,
    exact: Option<Values>,
    exact_log_odds: Option<Values>,
    interactions: Option<Vec<Vec<f64>>>,
    lime: Vec<Surrogate>,
}

/// Values by token and class.
#[derive(Deserialize)]
struct Values {
    base_values: Vec<f64>,
    values: Vec<Vec<f64>>,
    prediction: Option<Vec<f64>>,
    evaluations: Option<usize>,
    is_decided: Option<bool>,
    texts_sha256: Option<String>,
    texts: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Surrogate {
    bow: bool,
    features: usize,
    samples: usize,
    seed: u32,
    words: Vec<String>,
    positions: Vec<Vec<usize>>,
    texts: Vec<String>,
    texts_sha256: String,
    selected: Vec<usize>,
    coefficients: Vec<f64>,
    intercept: f64,
    score: f64,
    local_prediction: f64,
    prediction: Vec<f64>,
    is_decided: bool,
}

static MODEL: LazyLock<Model> = LazyLock::new(common::shipped);

/// At least so many texts, so that a recording cannot shrink unseen.
const TEXTS: usize = 14;

fn recorded() -> Vec<Recorded> {
    let References { texts } = common::json("explanations/references.json");
    assert_eq!(texts.len(), TEXTS);
    texts
}

fn explained(text: &str) -> ExplainedText {
    ExplainedText {
        model_hash: MODEL.info().hash.clone(),
        input: TextInput {
            text: text.to_owned(),
            pair: None,
        },
        tokens: MODEL.tokenize(text, None).unwrap().tokens,
    }
}

/// Runs of one model, which share what it said.
struct Engine {
    evaluator: Evaluator,
    evaluations: Evaluations,
    /// The largest difference that was found.
    largest: f64,
}

impl Engine {
    fn new() -> Engine {
        Engine {
            evaluator: Evaluator::new(&MODEL, &ModelOutput::Logits).unwrap(),
            evaluations: Evaluations::new(&MODEL.info().hash, ModelOutput::Logits),
            largest: 0.0,
        }
    }

    fn run(&mut self, text: &str, settings: ExplanationSettings) -> (Explanation, ExplanationRun) {
        let mut run = ExplanationRun::new(explained(text), settings).unwrap();
        loop {
            let inputs = run.advance(&self.evaluations).unwrap();
            if inputs.is_empty() {
                return (run.explanation(), run);
            }
            let outputs = self.evaluator.evaluate(&MODEL, &inputs).unwrap();
            for (input, output) in inputs.into_iter().zip(outputs) {
                self.evaluations.insert(input, output);
            }
        }
    }

    /// Holds two numbers to each other.
    fn hold(&mut self, what: &str, found: f64, expect: f64, tolerance: f64) {
        let difference = (found - expect).abs();
        assert!(difference <= tolerance, "{what}: {found} instead of {expect}");
        self.largest = self.largest.max(difference);
    }

    /// Holds an explanation of one class to what was recorded.
    fn hold_values(&mut self, what: &str, found: &Explanation, expect: &Values) {
        let class = found.settings.target.index;
        let tolerance = match found.settings.target.link {
            OutputLink::Probability => TOLERANCE,
            OutputLink::Logit => LOG_ODDS_TOLERANCE,
        };
        assert_eq!(found.values.len(), expect.values.len(), "{what}");
        for (token, (value, row)) in found.values.iter().zip(&expect.values).enumerate() {
            self.hold(&format!("{what}, token {token}"), *value, row[class], tolerance);
        }
        self.hold(
            &format!("{what}, base"),
            found.base_value,
            expect.base_values[class],
            tolerance,
        );
        if let Some(prediction) = &expect.prediction {
            self.hold(
                &format!("{what}, prediction"),
                found.prediction,
                prediction[class],
                tolerance,
            );
        }
        if let Some(evaluations) = expect.evaluations {
            assert_eq!(found.evaluations, evaluations, "{what}");
        }
        let ExplanationCheck::Additivity { residual } = found.check else {
            panic!("{what}: {:?}", found.check);
        };
        assert!(residual.abs() < 1e-9, "{what}: {residual}");
    }
}

fn settings(method: ExplanationMethod, index: usize, link: OutputLink) -> ExplanationSettings {
    ExplanationSettings {
        method,
        target: ExplanationTarget {
            output: ModelOutput::Logits,
            index,
            link,
        },
        masking: MASKING,
        ..ExplanationSettings::default()
    }
}

fn text_of(input: MaskedInput) -> String {
    match input {
        MaskedInput::Text(TextInput { text, pair: None }) => text,
        other => panic!("{other:?}"),
    }
}

fn digest<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let texts: Vec<&str> = texts.into_iter().map(String::as_str).collect();
    sha256_hex(texts.join("\n").as_bytes())
}

#[test]
fn segments_and_merge_trees_are_those_of_shap() {
    for recorded in recorded() {
        let name = &recorded.name;
        let text = explained(&recorded.text);
        let pieces: Vec<&str> = text.tokens.iter().map(|token| token.piece.as_str()).collect();
        assert_eq!(pieces, recorded.tokens, "{name}");
        let segments = text_segments(&text.input, &text.tokens);
        assert_eq!(segments, recorded.segments, "{name}");
        let tree = MergeTree::by_scores(&labels_of_segments(&segments, &text.tokens));
        let rows = tree.merges().iter();
        let rows = rows.map(|row| (row.left as f64, row.right as f64, row.size as f64, row.height));
        for (row, expect) in rows.zip(&recorded.clustering) {
            let [left, right, height, size] = *expect;
            assert_eq!((row.0, row.1, row.2), (left, right, size), "{name}");
            // What was recorded has nine digits.
            assert!((row.3 - height).abs() < 1e-8, "{name}");
        }
        assert_eq!(tree.merges().len(), recorded.clustering.len(), "{name}");
    }
}

#[test]
fn owen_values_are_those_of_shap() {
    let mut engine = Engine::new();
    for recorded in recorded() {
        let all = [
            (Some(&recorded.owen), None, OutputLink::Probability),
            (recorded.owen_50.as_ref(), Some(50), OutputLink::Probability),
            (recorded.owen_200.as_ref(), Some(200), OutputLink::Probability),
            (recorded.owen_500.as_ref(), Some(500), OutputLink::Probability),
            (recorded.owen_log_odds.as_ref(), None, OutputLink::Logit),
        ];
        for (expect, most_evaluations, link) in all {
            let Some(expect) = expect.filter(|expect| expect.is_decided != Some(false)) else {
                continue;
            };
            for class in 0..MODEL.info().labels.len() {
                let settings = ExplanationSettings {
                    most_evaluations,
                    ..settings(ExplanationMethod::Owen, class, link)
                };
                let (found, run) = engine.run(&recorded.text, settings);
                let what = format!("{}, {most_evaluations:?}, {link:?}, class {class}", recorded.name);
                engine.hold_values(&what, &found, expect);
                if most_evaluations.is_none() {
                    assert_eq!(found.exact_evaluations, expect.evaluations, "{what}");
                    let asked = run.asked().iter().map(|present| text_of(run.input(present)));
                    let asked: BTreeSet<String> = asked.collect();
                    if let Some(texts) = &expect.texts {
                        assert_eq!(asked, *texts, "{what}");
                    }
                    assert_eq!(Some(digest(&asked)), expect.texts_sha256, "{what}");
                }
            }
        }
    }
    println!("largest difference of Owen values: {:e}", engine.largest);
}

#[test]
fn shapley_values_and_interactions_are_those_of_shap() {
    let mut engine = Engine::new();
    let (mut values, mut interactions) = (0, 0);
    for recorded in recorded() {
        let all = [
            (&recorded.exact, OutputLink::Probability),
            (&recorded.exact_log_odds, OutputLink::Logit),
        ];
        for (expect, link) in all {
            let Some(expect) = expect else {
                continue;
            };
            for class in 0..MODEL.info().labels.len() {
                let mut settings = settings(ExplanationMethod::Exact, class, link);
                settings.masking.special_players = false;
                let (found, _) = engine.run(&recorded.text, settings);
                let what = format!("{}, {link:?}, class {class}", recorded.name);
                engine.hold_values(&what, &found, expect);
                values += 1;
            }
        }
        if let Some(expect) = &recorded.interactions {
            let last = MODEL.info().labels.len() - 1;
            let settings = ExplanationSettings {
                interactions: true,
                ..settings(ExplanationMethod::Exact, last, OutputLink::Probability)
            };
            let (found, _) = engine.run(&recorded.text, settings);
            let ExplanationDetail::Interactions(cells) = &found.detail else {
                panic!("{}: {:?}", recorded.name, found.detail);
            };
            assert_eq!(cells.len(), expect.len() * expect.len(), "{}", recorded.name);
            for (cell, expect) in cells.iter().zip(expect.iter().flatten()) {
                engine.hold(&recorded.name, *cell, *expect, TOLERANCE);
            }
            interactions += 1;
        }
    }
    assert!(values >= 10 && interactions >= 3);
    println!("largest difference of Shapley values: {:e}", engine.largest);
}

#[test]
fn surrogates_are_those_of_lime() {
    let mut engine = Engine::new();
    for recorded in recorded() {
        for expect in &recorded.lime {
            let what = format!(
                "{}, bow {}, features {}",
                recorded.name, expect.bow, expect.features
            );
            hold_surrogate(&mut engine, &what, &recorded.text, expect);
        }
    }
    println!("largest difference of surrogates: {:e}", engine.largest);
}

fn hold_surrogate(engine: &mut Engine, what: &str, text: &str, expect: &Surrogate) {
    let words = match expect.bow {
        true => LimeWords::BagOfWords,
        false => LimeWords::Positional,
    };
    let taken = LimeText::new(text, words);
    let written: Vec<&str> = taken.words().iter().map(|word| word.text.as_str()).collect();
    assert_eq!(written, expect.words, "{what}");
    let starts = taken.words().iter();
    let starts: Vec<Vec<usize>> = starts
        .map(|word| word.places.iter().map(|place| place.start).collect())
        .collect();
    assert_eq!(starts, expect.positions, "{what}");
    let mut random = NumpyRandom::new(expect.seed);
    let sampled = sampled_coalitions(taken.words().len(), expect.samples, &mut random);
    let texts: Vec<String> = sampled
        .iter()
        .map(|present| taken.masked(present, "[MASK]"))
        .collect();
    assert_eq!(texts[..expect.texts.len()], expect.texts, "{what}");
    assert_eq!(digest(&texts), expect.texts_sha256, "{what}");

    let settings = ExplanationSettings {
        lime: LimeSettings {
            words,
            samples: Some(expect.samples),
            features: expect.features,
            ..LimeSettings::default()
        },
        seed: expect.seed,
        ..settings(
            ExplanationMethod::Lime,
            expect.prediction.len() - 1,
            OutputLink::Probability,
        )
    };
    let (found, run) = engine.run(text, settings);
    let asked = run.asked().iter().map(|present| text_of(run.input(present)));
    assert_eq!(
        asked.collect::<BTreeSet<String>>(),
        texts.into_iter().collect(),
        "{what}"
    );
    assert!(
        expect.is_decided,
        "{what}: choose a text in which rounding does not decide"
    );
    let kept: BTreeSet<usize> = found
        .features
        .iter()
        .filter(|feature| feature.value != 0.0)
        .map(|feature| feature.start)
        .collect();
    let selected: BTreeSet<usize> = expect.selected.iter().map(|word| starts[*word][0]).collect();
    assert_eq!(kept, selected, "{what}");
    for (word, coefficient) in expect.selected.iter().zip(&expect.coefficients) {
        let start = starts[*word][0];
        let feature = found.features.iter().find(|feature| feature.start == start);
        engine.hold(what, feature.unwrap().value, *coefficient, TOLERANCE);
    }
    let fit = found.check.surrogate().unwrap();
    engine.hold(what, fit.r2, expect.score, TOLERANCE);
    engine.hold(what, fit.intercept, expect.intercept, TOLERANCE);
    engine.hold(what, fit.local_prediction, expect.local_prediction, TOLERANCE);
    let last = expect.prediction.len() - 1;
    engine.hold(what, found.prediction, expect.prediction[last], TOLERANCE);
}
