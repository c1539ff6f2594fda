//! `vitrine explain` of a model without a classifier: how alike a text is to another, and which of two it is nearer to.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vitrine_model::{Model, evaluate};
use vitrine_record::message::TextInput;
use vitrine_record::{ExplanationMethod, MaskedInput, MaskedToken, ModelOutput};

use support::{refuse, shipped, vitrine};

const TEXT: &str = "the film was not bad";
const OTHER: &str = "a good plot";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/random/old-names-bf16")
}

/// What is asked about the text.
fn asked<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["explain", "--text", TEXT], arguments].concat()
}

fn printed_by(folder: &Path, arguments: &[&str]) -> String {
    let output = vitrine(folder, &asked(arguments));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn printed(arguments: &[&str]) -> String {
    printed_by(&folder(), arguments)
}

fn json_by(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed_by(folder, &[arguments, &["--json"]].concat())).unwrap()
}

fn json_of(arguments: &[&str]) -> Value {
    json_by(&folder(), arguments)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn text(text: &str) -> TextInput {
    TextInput {
        text: text.to_owned(),
        pair: None,
    }
}

/// The scores of all coalitions of the text's tokens, `[2ⁿ]`: bit `i` of a place says whether token `i`, special ones not
/// counted, is there. `[MASK]` stands for one that is not.
fn scores_of_all_coalitions(output: &ModelOutput) -> Vec<f64> {
    let model = Model::from_folder(&folder()).unwrap();
    let tokens = model.tokenize(TEXT, None).unwrap().tokens;
    let players = tokens.iter().filter(|token| !token.special).count();
    let input = |coalition: usize| {
        let stands = |(at, token): (usize, &vitrine_record::Token)| {
            let is_there = token.special || coalition >> (at - 1) & 1 == 1;
            if is_there {
                MaskedToken::Kept(token.id)
            } else {
                MaskedToken::Mask
            }
        };
        MaskedInput::Tokens {
            tokens: tokens.iter().enumerate().map(stands).collect(),
            segments: tokens.iter().map(|token| token.segment).collect(),
            hidden: Vec::new(),
        }
    };
    let inputs: Vec<MaskedInput> = (0..1 << players).map(input).collect();
    let outputs = evaluate(&model, &inputs, output).unwrap();
    outputs.iter().map(|output| f64::from(output[0])).collect()
}

/// Each player's mean contribution over all orders, by the definition (Shapley 1953, eq. 12).
fn shapley_values(scores: &[f64]) -> Vec<f64> {
    let players = scores.len().ilog2() as usize;
    let factorial = |number: usize| (1..=number).map(|factor| factor as f64).product::<f64>();
    let value = |player: usize| -> f64 {
        let without = (0..scores.len()).filter(|coalition| coalition >> player & 1 == 0);
        without
            .map(|coalition| {
                let size = coalition.count_ones() as usize;
                let share = factorial(size) * factorial(players - size - 1) / factorial(players);
                share * (scores[coalition | 1 << player] - scores[coalition])
            })
            .sum()
    };
    (0..players).map(value).collect()
}

#[test]
fn exact_values_are_those_of_brute_force_over_all_coalitions() {
    for (arguments, output) in [
        (
            &["--similar-to", OTHER][..],
            ModelOutput::SimilarityTo(text(OTHER)),
        ),
        (
            &["--towards", OTHER, "--away-from", "dull"],
            ModelOutput::Direction {
                from: text("dull"),
                to: text(OTHER),
            },
        ),
    ] {
        let scores = scores_of_all_coalitions(&output);
        let expect = shapley_values(&scores);
        assert!(expect.iter().any(|value| value.abs() > 1e-3), "{expect:?}");
        for method in ["exact", "kernel"] {
            let found = json_of(&[&["--method", method], arguments].concat());
            let (base, whole) = (number(&found["base_value"]), number(&found["prediction"]));
            assert!((base - scores[0]).abs() < 1e-6 && (whole - scores[scores.len() - 1]).abs() < 1e-6);
            let values = numbers(&found["values"]);
            assert_eq!((values[0], values[expect.len() + 1]), (0.0, 0.0));
            for (value, expect) in values[1..].iter().zip(&expect) {
                assert!((value - expect).abs() < 1e-6, "{method}: {value} {expect}");
            }
            assert!(
                (base + values.iter().sum::<f64>() - whole).abs() < 1e-12,
                "{method}"
            );
        }
    }
}

#[test]
fn every_method_explains_a_similarity_and_says_to_what() {
    for method in ExplanationMethod::ALL.iter().map(|method| method.name()) {
        let found = json_of(&["--method", method, "--similar-to", OTHER]);
        assert_eq!(found["target"], format!("similarity to “{OTHER}”"), "{method}");
        assert_eq!(found["link"], Value::Null, "{method}");
        assert_eq!(
            found["settings"]["target"]["output"]["SimilarityTo"]["text"],
            OTHER
        );
        let whole = number(&found["prediction"]);
        assert!((-1.0..=1.0).contains(&whole), "{method}: {whole}");
        assert!(
            numbers(&found["values"]).iter().any(|value| *value != 0.0),
            "{method}"
        );
    }
    let itself = json_of(&["--method", "occlusion", "--similar-to", TEXT]);
    assert!((number(&itself["prediction"]) - 1.0).abs() < 1e-6);
    let towards = json_of(&["--method", "owen", "--towards", "good", "--away-from", "bad"]);
    assert_eq!(towards["target"], "“good” rather than “bad”");
}

#[test]
fn a_model_with_a_classifier_explains_a_similarity_if_it_is_asked_for() {
    let found = json_by(shipped().path(), &["--method", "owen", "--similar-to", TEXT]);
    assert_eq!(found["target"], format!("similarity to “{TEXT}”"));
    assert!((number(&found["prediction"]) - 1.0).abs() < 1e-6);
}

#[test]
fn a_path_and_a_selection_are_in_the_settings() {
    let path =
        |arguments: &[&str]| json_of(&[&["--method", "ig", "--similar-to", OTHER], arguments].concat());
    let zero = path(&["--steps", "20", "--baseline", "zero"]);
    assert_eq!(zero["settings"]["path"], json!({"baseline": "zero", "steps": 20}));
    assert_eq!(zero["evaluations"], 20);
    let pad = path(&[]);
    assert_eq!(pad["settings"]["path"], json!({"baseline": "pad", "steps": 50}));
    assert_ne!(pad["base_value"], zero["base_value"]);
    let kernel = json_of(&[
        "--method",
        "kernel",
        "--similar-to",
        OTHER,
        "--kernel-features",
        "2",
    ]);
    assert_eq!(kernel["settings"]["kernel"], json!({"features": 2}));
    let with_value = numbers(&kernel["values"])
        .iter()
        .filter(|value| **value != 0.0)
        .count();
    assert!((1..=2).contains(&with_value), "{with_value} tokens have a value");
}

#[test]
fn figures_say_what_is_explained() {
    for (arguments, expect) in [
        (&["--method", "owen"][..], "cosines between the means"),
        (&["--method", "lime"], "similarity to “a good plot”"),
        (
            &["--method", "ig", "--steps", "20", "--baseline", "zero"],
            "has 20 points",
        ),
        (
            &["--method", "kernel", "--kernel-features", "2"],
            "At most 2 tokens have a value",
        ),
    ] {
        let svg = printed(&[arguments, &["--similar-to", OTHER, "--svg"]].concat());
        let document = roxmltree::Document::parse(&svg).unwrap();
        let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
        assert!(
            texts.iter().any(|text| text.contains(expect)),
            "{arguments:?}: {texts:?}"
        );
    }
}

#[test]
fn two_texts_of_one_embedding_have_no_direction() {
    let direction = ["--towards", "bad", "--away-from", "Bad"];
    let arguments = [&["--method", "owen", "--json"], &direction[..]].concat();
    refuse(&folder(), &asked(&arguments), "no direction");
}
