//! Sentences in which attention and ablation disagree: the recorded ones are what the shipped model says today.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

#[path = "support/shipped_model.rs"]
mod shipped_model;
mod support;

use std::path::{Path, PathBuf};

use shipped_model::printed_by_shipped;
use support::{refuse, shipped, vitrine};
use vitrine_record::{Disagreements, TokenInDisagreement};

/// Processors round sums in their own order.
const TOLERANCE: f32 = 1e-4;

/// The tables that were searched.
const TABLES: [&str; 2] = ["www/sentences/free-text.tsv", "www/sentences/opinions.tsv"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sentences(table: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(table)).unwrap();
    let sentence = |line: &str| line.split_once('\t').unwrap().1.to_owned();
    text.lines().skip(1).map(sentence).collect()
}

#[track_caller]
fn assert_close(one: f32, other: f32) {
    assert!((one - other).abs() <= TOLERANCE, "{one} {other}");
}

fn assert_same(one: &TokenInDisagreement, other: &TokenInDisagreement) {
    assert_eq!((one.position, &one.piece), (other.position, &other.piece));
    assert_close(one.attention, other.attention);
    assert_close(one.probability_change, other.probability_change);
    assert_close(one.logit_change, other.logit_change);
}

#[test]
fn what_was_recorded_is_of_the_shipped_model() {
    let recorded = std::fs::read(root().join("www/recorded/disagreements.json")).unwrap();
    let recorded: Disagreements = serde_json::from_slice(&recorded).unwrap();
    let searched: Vec<String> = TABLES.into_iter().flat_map(sentences).collect();
    assert_eq!(recorded.sentences, searched.len());
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("found.tsv");
    let mut lines = String::from("text\n");
    for example in &recorded.examples {
        assert!(searched.contains(&example.text), "{}", example.text);
        lines.push_str(&format!("{}\n", example.text));
    }
    std::fs::write(&table, lines).unwrap();
    let search = [
        "disagreements",
        "--json",
        "--measure",
        recorded.measure.name(),
        "--most",
        "99",
    ];
    let sentences = ["--sentences", table.to_str().unwrap()];
    let printed = printed_by_shipped(&[&search[..], &sentences].concat());
    let now: Disagreements = serde_json::from_slice(&printed).unwrap();
    assert_eq!(
        (&now.model_hash, now.found),
        (&recorded.model_hash, recorded.examples.len()),
        "search again: vitrine disagreements --json --sentences {} --sentences {}",
        TABLES[0],
        TABLES[1]
    );
    for (then, now) in recorded.examples.iter().zip(&now.examples) {
        assert_eq!(
            (&then.text, then.tokens, &then.label),
            (&now.text, now.tokens, &now.label)
        );
        assert_close(then.probability, now.probability);
        assert_close(then.score, now.score);
        assert_same(&then.most_attention, &now.most_attention);
        assert_same(&then.most_effect, &now.most_effect);
        // It counts pairs: rounding may exchange two that are all but equal, of the 55 pairs of the shortest.
        let change = then.kendall_tau.unwrap() - now.kendall_tau.unwrap();
        assert!(change.abs() <= 2.0 / 55.0, "{}: {change}", then.text);
    }
}

#[test]
fn a_table_is_read_by_its_heading() {
    let (model, folder) = (shipped(), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let good = write("good.tsv", "source\ttext\na\tthe film was not bad\nb\tgood\n");
    let output = vitrine(model.path(), &["disagreements", "--sentences", &good, "--json"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: Disagreements = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (found.sentences, found.format.as_str()),
        (2, Disagreements::FORMAT)
    );
    let output = vitrine(
        model.path(),
        &["disagreements", "--sentences", &good, "--sentences", &good],
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("of 4 sentences, attention by cls-last"),
        "{said}"
    );

    let arguments = |file: &str| ["disagreements", "--sentences", file].map(str::to_owned);
    let check = |file: &str, complaint: &str| {
        let arguments = arguments(file);
        refuse(model.path(), &arguments.each_ref().map(String::as_str), complaint);
    };
    check(&write("plain.tsv", "just a sentence\n"), "no column `text`");
    check(&write("short.tsv", "source\ttext\na\tgood\nb\n"), "line 3");
    check("nowhere.tsv", "nowhere.tsv");
}
