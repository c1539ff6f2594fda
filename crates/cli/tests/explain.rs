//! `vitrine explain` as a person runs it, on a small model with random weights.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod support;

use std::path::Path;

use serde_json::{Value, json};

use support::{refuse, shipped, vitrine};

/// `[CLS] the film was un ##watch ##able [SEP]`.
const TEXT: &str = "the film was unwatchable";
const TOKENS: usize = 8;

const KEYS: [&str; 12] = [
    "tokens",
    "values",
    "features",
    "base_value",
    "prediction",
    "target",
    "link",
    "evaluations",
    "exact_evaluations",
    "settings",
    "seed",
    "check",
];

fn printed(model: &Path, text: &str, arguments: &[&str]) -> String {
    let output = vitrine(model, &[&["explain", "--text", text], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(model: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(model, TEXT, &[arguments, &["--json"]].concat())).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn sum(values: &Value) -> f64 {
    values.as_array().unwrap().iter().map(number).sum()
}

#[test]
fn every_method_prints_the_same_keys_and_a_value_for_each_token_of_predict() {
    let folder = shipped();
    let predicted = vitrine(folder.path(), &["predict", "--text", TEXT]).stdout;
    let predicted: Value = serde_json::from_slice(&predicted).unwrap();
    for method in METHODS {
        let found = json_of(folder.path(), &["--method", method, "--seed", "7"]);
        for key in KEYS {
            assert!(found.get(key).is_some(), "{method}: {key}");
        }
        assert_eq!(found["tokens"], predicted["tokens"], "{method}");
        assert_eq!(found["values"].as_array().unwrap().len(), TOKENS, "{method}");
        assert_eq!(found["target"], predicted["label"], "{method}");
        assert_eq!(found["seed"], 7, "{method}");
        let likeliest = predicted["probabilities"].as_array().unwrap().iter().map(number);
        let likeliest = likeliest.fold(0.0, f64::max);
        assert!(
            (number(&found["prediction"]) - likeliest).abs() < 1e-6,
            "{method}"
        );
        for feature in found["features"].as_array().unwrap() {
            let first = feature["first_token"].as_u64().unwrap() as usize;
            assert_eq!(found["values"][first], feature["value"], "{method}");
            let (start, end) = (&feature["start"], &feature["end"]);
            let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
            // Every character of this text is one byte.
            if end > start {
                assert_eq!(TEXT[start..end], *feature["text"].as_str().unwrap(), "{method}");
            }
        }
    }
}

#[test]
fn each_method_prints_its_own_check() {
    let folder = shipped();
    for method in ["owen", "exact", "permutation", "kernel"] {
        let found = json_of(folder.path(), &["--method", method]);
        let total = number(&found["base_value"]) + sum(&found["values"]);
        assert!((total - number(&found["prediction"])).abs() < 1e-12, "{method}");
        assert!(number(&found["check"]["residual"]).abs() < 1e-12, "{method}");
    }
    let lime = json_of(folder.path(), &["--method", "lime", "--samples", "200"]);
    assert!(number(&lime["check"]["r2"]) <= 1.0);
    let of_itself = number(&lime["check"]["intercept"]) + features(&lime);
    assert!((of_itself - number(&lime["check"]["local_prediction"])).abs() < 1e-12);
    let path = json_of(folder.path(), &["--method", "ig"]);
    let gap = sum(&path["values"]) - (number(&path["prediction"]) - number(&path["base_value"]));
    assert!((gap - number(&path["check"]["completeness_gap"])).abs() < 1e-12);
    assert!(gap.abs() < 1e-4);
}

fn features(explanation: &Value) -> f64 {
    let features = explanation["features"].as_array().unwrap();
    features.iter().map(|feature| number(&feature["value"])).sum()
}

#[test]
fn options_change_what_they_name() {
    let folder = shipped();
    let owen = |arguments: &[&str]| json_of(folder.path(), &[&["--method", "owen"], arguments].concat());
    let (negative, positive) = (owen(&["--target", "NEGATIVE"]), owen(&["--target", "POSITIVE"]));
    for (one, other) in values(&negative).iter().zip(values(&positive)) {
        assert!((one + other).abs() < 1e-6);
    }
    let odds = owen(&["--target", "POSITIVE", "--link", "logit"]);
    let probability = number(&positive["prediction"]);
    assert!((number(&odds["prediction"]) - (probability / (1.0 - probability)).ln()).abs() < 1e-5);
    assert_eq!(owen(&[])["features"].as_array().unwrap().len(), TOKENS - 2);
    let with_special = owen(&["--special-players"]);
    assert_eq!(with_special["features"].as_array().unwrap().len(), TOKENS);
    let cut = owen(&["--max-evals", "10"]);
    assert_eq!(cut["evaluations"], 10);
    assert!(cut["exact_evaluations"].as_u64().unwrap() > 10);
    let mut base_values: Vec<f64> = [
        &["--masking", "string"][..],
        &["--mask-with", "delete"],
        &["--mask-with", "pad"],
        &["--mask-with", "attention"],
    ]
    .map(|masking| number(&owen(masking)["base_value"]))
    .to_vec();
    // The text without anything but `[MASK]` is cut into the same tokens as the ids are.
    assert!((base_values[0] - number(&owen(&[])["base_value"])).abs() < 1e-6);
    base_values.sort_by(f64::total_cmp);
    assert!(base_values.windows(2).all(|pair| pair[1] - pair[0] > 1e-6));

    let pairs = json_of(folder.path(), &["--method", "exact", "--interactions"]);
    for (row, feature) in pairs["interactions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(pairs["features"].as_array().unwrap())
    {
        assert!((sum(row) - number(&feature["value"])).abs() < 1e-9);
    }
    let seeds = ["1", "1", "2"].map(|seed| {
        let lime = ["--method", "lime", "--samples", "30", "--seed", seed];
        json_of(folder.path(), &lime)["values"].clone()
    });
    assert_eq!(seeds[0], seeds[1]);
    assert_ne!(seeds[0], seeds[2]);
    let few = json_of(folder.path(), &["--method", "lime", "--features", "2"]);
    assert_eq!(few["features"].as_array().unwrap().len(), 2);
}

fn values(explanation: &Value) -> Vec<f64> {
    explanation["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect()
}

#[test]
fn the_words_of_lime_are_bags_or_places() {
    let folder = shipped();
    let lime = |words: &str| -> Value {
        let arguments = ["--method", "lime", "--lime-words", words, "--json"];
        serde_json::from_str(&printed(folder.path(), "not bad, not good", &arguments)).unwrap()
    };
    let texts = |explanation: &Value| -> Vec<Value> {
        let features = explanation["features"].as_array().unwrap();
        features.iter().map(|feature| feature["text"].clone()).collect()
    };
    let bag = lime("bow");
    assert_eq!(texts(&bag), [json!("not"), json!("bad"), json!("good")]);
    // Both occurrences stand for the one value.
    assert_eq!(bag["values"][1], bag["values"][4]);
    assert_eq!(
        texts(&lime("positional")),
        [json!("not"), json!("bad"), json!("not"), json!("good")]
    );
}

#[test]
fn figures_say_what_they_show() {
    let folder = shipped();
    for (method, expect) in [
        ("owen", "Owen values (Partition) for "),
        ("exact", "Shapley values, exact for "),
        ("lime", "R² "),
        ("ig", "Integrated gradients for "),
        ("occlusion", "[MASK] stands for a missing token"),
    ] {
        let svg = printed(folder.path(), TEXT, &["--method", method, "--svg"]);
        let document = roxmltree::Document::parse(&svg).unwrap();
        let texts: Vec<&str> = document
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .filter_map(|node| node.text())
            .collect();
        assert!(
            texts.iter().any(|text| text.contains(expect)),
            "{method}: {texts:?}"
        );
        assert!(
            texts.iter().any(|text| text.contains(TEXT)),
            "{method}: {texts:?}"
        );
    }
    let dark = ["--method", "owen", "--svg", "--theme", "dark"];
    assert_ne!(
        printed(folder.path(), TEXT, &dark),
        printed(folder.path(), TEXT, &dark[..3])
    );
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let folder = shipped();
    let check = |arguments: &[&str], expect: &str| {
        refuse(
            folder.path(),
            &[&["explain", "--json"], arguments].concat(),
            expect,
        );
    };
    check(
        &["--method", "owen", "--text", TEXT, "--target", "MAYBE"],
        "choose one of NEGATIVE, POSITIVE",
    );
    check(&["--method", "owen", "--text", ""], "type some words");
    check(&["--method", "ig", "--text", " "], "type some words");
    check(&["--method", "lime", "--text", "?!"], "type some words");
    check(
        &[
            "--method",
            "owen",
            "--text",
            TEXT,
            "--masking",
            "string",
            "--mask-with",
            "attention",
        ],
        "choose mask, delete or pad",
    );
    let long = ["bad"; 21].join(" ");
    check(&["--method", "exact", "--text", &long], "choose a shorter text");
    let without_head =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/random/old-names-bf16");
    for method in METHODS {
        let arguments = ["explain", "--method", method, "--text", TEXT, "--json"];
        refuse(&without_head, &arguments, "no classifier");
    }
}

const METHODS: [&str; 10] = [
    "owen",
    "exact",
    "permutation",
    "kernel",
    "lime",
    "ig",
    "gradxinput",
    "gradnorm",
    "gradxattention",
    "occlusion",
];
