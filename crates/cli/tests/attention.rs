//! `vitrine attention` as a person runs it, on a small model with random weights.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod support;

use std::path::Path;

use candle_core::{Device, Tensor, safetensors};
use serde_json::{Value, json};

use support::{LAYERS, refuse, shipped, vitrine};

const HEADS: usize = 3;
const PAIR: [&str; 4] = ["--text", "the film was unwatchable", "--pair", "not bad"];
/// `[CLS] the film was un ##watch ##able [SEP] not bad [SEP]`.
const TOKENS: usize = 11;

/// What a command prints about the pair of texts.
fn printed(model: &Path, arguments: &[&str]) -> String {
    let output = vitrine(model, &[&["attention"], &PAIR[..], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(model: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(model, &[arguments, &["--json"]].concat())).unwrap()
}

fn matrix(value: &Value) -> Vec<Vec<f32>> {
    serde_json::from_value(value.clone()).unwrap()
}

/// `[head, destination, source]` of each layer, as `vitrine trace` writes it.
fn traced(model: &Path) -> Vec<Vec<Vec<Vec<f32>>>> {
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("trace.safetensors");
    let arguments = [&["trace"], &PAIR[..], &["--out", file.to_str().unwrap()]].concat();
    assert!(vitrine(model, &arguments).status.success());
    let tensors = safetensors::load(&file, &Device::Cpu).unwrap();
    let layer = |layer: usize| -> &Tensor { &tensors[&format!("attentions.{layer}")] };
    (0..LAYERS).map(|index| layer(index).to_vec3().unwrap()).collect()
}

fn bits(rows: &[Vec<f32>]) -> Vec<Vec<u32>> {
    let row = |row: &Vec<f32>| row.iter().map(|number| number.to_bits()).collect();
    rows.iter().map(row).collect()
}

#[test]
fn json_has_the_numbers_of_the_trace_to_the_bit() {
    let folder = shipped();
    let traced = traced(folder.path());
    let all = json_of(folder.path(), &["--view", "model"]);
    assert_eq!(all["settings"]["layers"], json!([0, 1]));
    assert_eq!(all["settings"]["quantity"], "attention");
    let heads = all["attention"].as_array().unwrap();
    assert_eq!(heads.len(), LAYERS * HEADS);
    for (index, head) in heads.iter().enumerate() {
        let (layer, place) = (index / HEADS, index % HEADS);
        assert_eq!((&head["layer"], &head["head"]), (&json!(layer), &json!(place)));
        let weights = matrix(&head["weights"]);
        assert_eq!((weights.len(), weights[0].len()), (TOKENS, TOKENS));
        assert_eq!(bits(&weights), bits(&traced[layer][place]));
    }
    let first = json_of(folder.path(), &[]);
    assert_eq!(first["attention"].as_array().unwrap()[..], heads[..HEADS]);
    let one = json_of(folder.path(), &["--layer", "1", "--head", "2"]);
    assert_eq!(one["attention"].as_array().unwrap()[..], heads[5..]);
    let two = json_of(
        folder.path(),
        &["--view", "model", "--layer", "1", "--head", "0,2"],
    );
    assert_eq!(
        *two["attention"].as_array().unwrap(),
        [heads[3].clone(), heads[5].clone()]
    );
}

#[test]
fn csv_has_the_numbers_of_the_json() {
    let folder = shipped();
    for view in ["head", "model", "rollout"] {
        let json = json_of(folder.path(), &["--view", view]);
        let csv = printed(folder.path(), &["--view", view, "--csv"]);
        let mut lines = csv::Reader::from_reader(csv.as_bytes());
        let mut lines = lines.records().map(Result::unwrap);
        for head in json["attention"].as_array().unwrap() {
            for (destination, row) in matrix(&head["weights"]).iter().enumerate() {
                for (source, weight) in row.iter().enumerate() {
                    let line = lines.next().unwrap();
                    let places = [&head["layer"], &head["head"], &json!(destination), &json!(source)];
                    assert!(places.map(Value::to_string).iter().eq(line.iter().take(4)));
                    assert_eq!(line[6], json["settings"]["quantity"]);
                    assert_eq!(line[7].parse::<f32>().unwrap().to_bits(), weight.to_bits());
                }
            }
        }
        assert!(lines.next().is_none());
    }
}

#[test]
fn rows_of_rollout_sum_to_one_and_its_first_layer_is_the_mean_with_the_residual() {
    let folder = shipped();
    let last = json_of(folder.path(), &["--view", "rollout"]);
    assert_eq!(last["settings"]["layers"], json!([LAYERS - 1]));
    assert_eq!(last["settings"]["quantity"], "rollout");
    let first = json_of(folder.path(), &["--view", "rollout", "--layer", "0"]);
    for rollout in [&last, &first] {
        assert_eq!(rollout["attention"].as_array().unwrap().len(), 1);
        for row in matrix(&rollout["attention"][0]["weights"]) {
            assert!((row.iter().map(|weight| f64::from(*weight)).sum::<f64>() - 1.0).abs() < 1e-6);
        }
    }
    let traced = traced(folder.path());
    let weights = matrix(&first["attention"][0]["weights"]);
    for (destination, row) in weights.iter().enumerate() {
        for (source, weight) in row.iter().enumerate() {
            let mean: f32 = (0..HEADS)
                .map(|head| traced[0][head][destination][source])
                .sum::<f32>()
                / 3.0;
            let expect = (mean + if destination == source { 1.0 } else { 0.0 }) / 2.0;
            assert!((weight - expect).abs() < 1e-6);
        }
    }
    assert_ne!(weights, matrix(&last["attention"][0]["weights"]));
}

#[test]
fn every_view_prints_an_svg_that_says_what_it_shows() {
    let folder = shipped();
    let text = "“the film was unwatchable” + “not bad”";
    for (arguments, heading, drawn, expect) in [
        (
            &["--view", "head"][..],
            "Attention in layer 0, all heads: ",
            "path",
            TOKENS * TOKENS,
        ),
        (
            &["--layer", "1", "--head", "2"],
            "Attention in layer 1, head 2: ",
            "path",
            TOKENS * TOKENS,
        ),
        (
            &["--head", "0,2", "--token", "3"],
            "Attention in layer 0, heads 0, 2: ",
            "path",
            2 * TOKENS,
        ),
        (
            &["--drawing", "lines-across", "--merge-words"],
            "Attention in layer 0",
            "path",
            9 * 9,
        ),
        (
            &["--drawing", "heat-map"],
            "Attention in layer 0",
            "rect",
            TOKENS * TOKENS + 1,
        ),
        (
            &["--view", "model"],
            "Attention in all layers, all heads: ",
            "image",
            LAYERS * HEADS,
        ),
        (
            &["--view", "model", "--drawing", "heat-map"],
            "Attention in all layers",
            "image",
            LAYERS * HEADS,
        ),
        (
            &["--view", "rollout"],
            "Attention rollout from layer 0 to layer 1: ",
            "path",
            TOKENS * TOKENS,
        ),
        (
            &["--view", "neuron", "--layer", "1"],
            "Layer 1, head 0: “[CLS]” asks in ",
            "path",
            0,
        ),
        (
            &["--segments", "ab", "--hide-special"],
            "Attention in layer 0",
            "path",
            6 * 2,
        ),
    ] {
        let svg = printed(folder.path(), &[arguments, &["--svg"]].concat());
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let title = parsed
            .descendants()
            .find(|node| node.has_tag_name("title"))
            .unwrap();
        let title = title.text().unwrap();
        assert!(
            title.starts_with(heading) && title.ends_with(text),
            "{arguments:?}: {title}"
        );
        let count = parsed
            .descendants()
            .filter(|node| node.has_tag_name(drawn))
            .count();
        // Lines and cells that no eye could see are not drawn.
        let fewest = if drawn == "image" { expect } else { expect / 3 };
        assert!(
            (fewest..=expect).contains(&count),
            "{arguments:?}: {count} of {expect}"
        );
        assert!(svg.contains("SHA-256"), "{arguments:?}");
    }
}

#[test]
fn a_note_says_what_was_left_out() {
    let folder = shipped();
    let note = |arguments: &[&str]| printed(folder.path(), &[arguments, &["--svg"]].concat());
    for (arguments, said) in [
        (&["--hide-special"][..], "not scaled up: rows sum to between"),
        (&["--top-p", "0.5"], "weights are too weak to be drawn"),
        (
            &["--view", "model", "--threshold", "0.2"],
            "weights are too weak to be drawn",
        ),
        (&["--temperature", "0.5"], "At temperature 0.50"),
    ] {
        assert!(note(arguments).contains(said), "{arguments:?}");
        assert!(!note(&[]).contains(said), "{arguments:?}");
    }
}

#[test]
fn options_are_those_of_the_page_and_themes_have_their_colours() {
    let folder = shipped();
    let arguments = [
        "--segments",
        "ab",
        "--hide-special",
        "--merge-words",
        "--top-p",
        "0.9",
        "--threshold",
        "0.05",
        "--temperature",
        "1.5",
        "--token",
        "5",
        "--drawing",
        "heat-map",
    ];
    let settings = json_of(folder.path(), &arguments)["settings"].clone();
    let options: vitrine_record::AttentionOptions =
        serde_json::from_value(settings["options"].clone()).unwrap();
    let percent = vitrine_record::Percent;
    assert_eq!(
        options,
        vitrine_record::AttentionOptions {
            segments: vitrine_record::SegmentFilter::AToB,
            hide_special: true,
            merge_words: true,
            temperature: percent(150),
            top_p: percent(90),
            threshold: percent(5),
        }
    );
    assert_eq!(settings["selected"], json!([5]));
    assert_eq!(settings["destinations"], json!([[1], [2], [3], [4, 5, 6]]));
    assert_eq!(settings["sources"], json!([[8], [9]]));
    let ground = |theme: &str| {
        let svg = printed(folder.path(), &["--theme", theme, "--svg"]);
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let rect = parsed
            .descendants()
            .find(|node| node.has_tag_name("rect"))
            .unwrap();
        rect.attribute("fill").unwrap().to_owned()
    };
    assert_ne!(ground("light"), ground("dark"));
}

#[test]
fn the_neuron_view_has_the_numbers_of_the_trace() {
    let folder = shipped();
    let arguments = ["--view", "neuron", "--layer", "1", "--head", "2", "--token", "4"];
    let json = json_of(folder.path(), &arguments);
    let computation: vitrine_record::HeadComputation =
        serde_json::from_value(json["computation"].clone()).unwrap();
    assert!(computation.is_consistent());
    let expect = &traced(folder.path())[1][2][4];
    let close = |(one, other): (&f32, &f32)| (one - other).abs() < 1e-6;
    assert!(computation.probabilities.iter().zip(expect).all(close));
    let csv = printed(folder.path(), &[&arguments[..], &["--csv"]].concat());
    let of_softmax = csv.lines().filter(|line| line.contains(",probability,"));
    assert_eq!(of_softmax.count(), TOKENS);
}

#[test]
fn what_is_not_there_is_refused_with_what_there_is() {
    let folder = shipped();
    let check = |arguments: &[&str], complaint: &str| {
        let arguments = [&["attention", "--text", "not bad"], arguments, &["--svg"]].concat();
        refuse(folder.path(), &arguments, complaint);
    };
    check(&["--layer", "2"], "there is no layer 2: the model has 2, from 0");
    check(&["--head", "0,3"], "there is no head 3: the model has 3, from 0");
    check(&["--token", "4"], "there is no token 4: the text has 4, from 0");
    check(
        &["--view", "rollout", "--token", "4"],
        "there is no token 4: the text has 4, from 0",
    );
    check(
        &["--view", "neuron", "--token", "9"],
        "there is no token 9: the text has 4, from 0",
    );
    check(&["--view", "neuron", "--head", "0,1"], "one head");
    check(&["--view", "neuron", "--hide-special"], "leave out");
    check(&["--view", "model", "--token", "1"], "leave out --token");
    check(&["--view", "rollout", "--head", "1"], "leave out --head");
    check(
        &["--view", "rollout", "--temperature", "2"],
        "leave out --temperature",
    );
    check(&["--segments", "ab"], "give one with --pair");
    check(&["--hide-special", "--token", "0"], "token 0 is left out");
    check(
        &["--view", "heads"],
        "possible values: head, model, neuron, rollout",
    );
    check(
        &["--drawing", "line"],
        "possible values: lines, lines-across, heat-map",
    );
    check(&["--segments", "ac"], "possible values: all, aa, ab, ba, bb");
    check(&["--top-p", "70"], "from 0.01 to 1");
    check(&["--temperature", "0"], "from 0.1 to 4");
    check(&["--json"], "cannot be used with");
    refuse(folder.path(), &["attention", "--text", "a"], "--svg");
    refuse(
        folder.path(),
        &["attention", "--text", "", "--hide-special", "--csv"],
        "nothing is left to show",
    );
}
