//! What every head does over many sentences, printed.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod support;

use serde_json::Value;

use support::{LAYERS, refuse, shipped, vitrine};

#[test]
fn a_survey_is_printed_as_json_and_as_csv() {
    let folder = shipped();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, "the film was bad\n\nnot bad at all\n").unwrap();
    let list = list.to_str().unwrap();
    let printed = vitrine(folder.path(), &["heads", "--sentences", list, "--json"]);
    let json: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(
        (&json["source"], &json["read"], &json["cut"]),
        (&"own".into(), &2.into(), &0.into())
    );
    assert_eq!(json["sentences"][1], "not bad at all");
    let heads = json["heads"].as_array().unwrap();
    assert_eq!(heads.len(), LAYERS * 3);
    assert_eq!(json["likeness"]["map"].as_array().unwrap().len(), heads.len());

    let printed = vitrine(folder.path(), &["heads", "--sentences", list, "--csv"]);
    let csv = String::from_utf8(printed.stdout).unwrap();
    let line = csv.lines().find(|line| line.starts_with("1,2,self,")).unwrap();
    let mean: f64 = line.split(',').nth(3).unwrap().parse().unwrap();
    assert_eq!(Some(mean), heads[5]["scores"]["self"]["mean"].as_f64());
}

#[test]
fn the_bundled_sentences_are_read_where_no_file_is_named() {
    let folder = shipped();
    let printed = vitrine(folder.path(), &["heads", "--csv"]);
    let said = String::from_utf8(printed.stderr).unwrap();
    assert!(said.contains("cut to their first 24 tokens"), "{said}");
    let csv = String::from_utf8(printed.stdout).unwrap();
    let texts: Vec<u32> = csv
        .lines()
        .filter(|line| line.contains(",entropy,"))
        .map(|line| line.split(',').nth(5).unwrap().parse().unwrap())
        .collect();
    assert!(
        texts.len() == LAYERS * 3 && texts.iter().all(|texts| *texts >= 200),
        "{texts:?}"
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence() {
    let folder = shipped();
    let empty = folder.path().join("empty.txt");
    std::fs::write(&empty, "\n…\n").unwrap();
    refuse(
        folder.path(),
        &["heads", "--sentences", empty.to_str().unwrap(), "--csv"],
        "write one in each line",
    );
    refuse(
        folder.path(),
        &["heads", "--sentences", "missing.txt", "--csv"],
        "missing.txt",
    );
    refuse(folder.path(), &["heads"], "--json");
    refuse(
        folder.path(),
        &["heads", "--json", "--csv"],
        "cannot be used with",
    );
}
