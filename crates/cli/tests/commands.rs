//! The program as a person runs it, on a small model with random weights.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod support;

use std::path::{Path, PathBuf};

use candle_core::{Device, safetensors};
use serde_json::{Value, json};

use support::{LAYERS, refuse, shipped, vitrine};

fn predict(model: &Path, arguments: &[&str]) -> Value {
    let output = vitrine(model, &[&["predict"], arguments].concat());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn predict_prints_what_it_promises() {
    let folder = shipped();
    let printed = predict(
        folder.path(),
        &["--text", "the Film\u{301} was unwatchable", "--pair", "not bad"],
    );
    let model = &printed["model"];
    assert_eq!(
        (&model["id"], &model["layers"], &model["heads"]),
        (&json!("tiny"), &json!(2), &json!(3))
    );
    assert_eq!(
        (&model["hidden"], &model["labels"]),
        (&json!(96), &json!(["NEGATIVE", "POSITIVE"]))
    );
    assert_eq!(model["hash"].as_str().unwrap().len(), 64);
    let tokens = printed["tokens"].as_array().unwrap();
    let row = |index: usize| {
        let token = &tokens[index];
        json!([
            token["text"],
            token["piece"],
            token["id"],
            token["start"],
            token["end"],
            token["segment"],
            token["special"]
        ])
    };
    assert_eq!(row(0), json!(["", "[CLS]", 2, 0, 0, 0, true]));
    assert_eq!(row(3), json!(["was", "was", 7, 10, 13, 0, false]));
    assert_eq!(row(5), json!(["watch", "##watch", 13, 16, 21, 0, false]));
    assert_eq!(row(8), json!(["not", "not", 8, 0, 3, 1, false]));
    assert_eq!(row(10), json!(["", "[SEP]", 3, 0, 0, 1, true]));
    assert_eq!(tokens.len(), 11);
    let numbers = |name: &str| -> Vec<f64> {
        printed[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|number| number.as_f64().unwrap())
            .collect()
    };
    let (logits, probabilities) = (numbers("logits"), numbers("probabilities"));
    let expected = 1.0 / (1.0 + (logits[0] - logits[1]).exp());
    assert!(
        (probabilities[1] - expected).abs() < 1e-6
            && (probabilities[0] + probabilities[1] - 1.0).abs() < 1e-6
    );
    let label = if logits[1] > logits[0] {
        "POSITIVE"
    } else {
        "NEGATIVE"
    };
    assert_eq!(printed["label"], json!(label));
}

#[test]
fn a_text_may_begin_with_a_hyphen_and_may_be_empty() {
    let folder = shipped();
    assert_eq!(
        predict(folder.path(), &["--text", "-bad"])["tokens"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        predict(folder.path(), &["--text", ""])["tokens"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_text_that_is_cut_is_warned_about() {
    let folder = shipped();
    let output = vitrine(folder.path(), &["predict", "--text", &"film ".repeat(30)]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("8 of its tokens were left out, from character 110"),
        "{said}"
    );
}

#[test]
fn trace_writes_all_arrays_in_their_shapes() {
    let (folder, out) = (shipped(), tempfile::tempdir().unwrap());
    let file = out.path().join("trace.safetensors");
    let output = vitrine(
        folder.path(),
        &["trace", "--text", "not bad", "--out", file.to_str().unwrap()],
    );
    assert!(output.status.success() && output.stdout.is_empty());
    let tensors = safetensors::load(&file, &Device::Cpu).unwrap();
    let mut expected = vec![("logits".to_owned(), vec![2])];
    expected.extend((0..=LAYERS).map(|state| (format!("hidden_states.{state}"), vec![4, 96])));
    for layer in 0..LAYERS {
        expected.push((format!("attentions.{layer}"), vec![3, 4, 4]));
        expected.push((format!("neurons.{layer}"), vec![4, 64]));
        expected
            .extend(["queries", "keys", "values"].map(|name| (format!("{name}.{layer}"), vec![3, 4, 32])));
    }
    assert_eq!(tensors.len(), expected.len());
    for (name, shape) in expected {
        assert_eq!(tensors[&name].dims(), shape, "{name}");
    }
    // The attention is that of the queries and keys beside it.
    let scores =
        tensors["queries.1"].matmul(&tensors["keys.1"].transpose(1, 2).unwrap().contiguous().unwrap());
    let scores = (scores.unwrap() / 32f64.sqrt()).unwrap().exp().unwrap();
    let rows = scores.broadcast_div(&scores.sum_keepdim(2).unwrap()).unwrap();
    let difference = (rows - &tensors["attentions.1"])
        .unwrap()
        .abs()
        .unwrap()
        .max_all()
        .unwrap();
    assert!(difference.to_scalar::<f32>().unwrap() < 1e-5);
    let logits = predict(folder.path(), &["--text", "not bad"])["logits"].clone();
    let logits: Vec<f32> = serde_json::from_value(logits).unwrap();
    assert_eq!(tensors["logits"].to_vec1::<f32>().unwrap(), logits);
}

#[test]
fn export_gives_the_same_bytes_twice_and_the_same_numbers() {
    let (folder, out) = (shipped(), tempfile::tempdir().unwrap());
    let exports: Vec<PathBuf> = ["a", "b"].map(|name| out.path().join(name)).into();
    for export in &exports {
        let output = vitrine(folder.path(), &["export", "--out", export.to_str().unwrap()]);
        assert!(output.status.success() && output.stdout.is_empty());
    }
    for name in [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt",
    ] {
        let bytes = |export: &PathBuf| std::fs::read(export.join(name)).unwrap();
        assert_eq!(bytes(&exports[0]), bytes(&exports[1]), "{name}");
    }
    for input in [
        &["--text", "not a bad film"][..],
        &["--text", "good!", "--pair", "the plot was dull"],
    ] {
        let (packed, exported) = (predict(folder.path(), input), predict(&exports[0], input));
        for same in ["tokens", "logits", "probabilities", "label"] {
            assert_eq!(packed[same], exported[same], "{same}");
        }
    }
}

#[test]
fn record_writes_the_model_and_an_analysis_of_all_layers() {
    let (folder, out) = (shipped(), tempfile::tempdir().unwrap());
    let file = out.path().join("example.json");
    let output = vitrine(
        folder.path(),
        &["record", "--text", "not bad", "--out", file.to_str().unwrap()],
    );
    assert!(output.status.success());
    let mut recorded: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let model: vitrine_record::ModelInfo = serde_json::from_value(recorded["model"].take()).unwrap();
    let analysis: vitrine_record::Analysis = serde_json::from_value(recorded["analysis"].take()).unwrap();
    assert!(analysis.is_consistent());
    assert_eq!(
        (analysis.attention.len(), &analysis.model_hash),
        (model.layers, &model.hash)
    );
}

#[test]
fn bad_input_is_refused_with_exit_code_2() {
    let (folder, empty) = (shipped(), tempfile::tempdir().unwrap());
    let good = folder.path();
    refuse(good, &[], "Usage");
    refuse(good, &["predict"], "--text");
    refuse(good, &["predict", "--text", "a", "--texts", "b"], "--texts");
    refuse(good, &["draw", "--text", "a"], "draw");
    refuse(good, &["trace", "--text", "a"], "--out");
    refuse(
        good,
        &["predict", "--text", "a", "--model", "/nowhere"],
        "/nowhere is no model",
    );
    refuse(
        empty.path(),
        &["predict", "--text", "a"],
        "neither a config.json nor a manifest.json",
    );
}

#[test]
fn a_damaged_model_is_refused_with_exit_code_2() {
    let folder = shipped();
    let weights = folder.path().join("tiny.gguf");
    let mut bytes = std::fs::read(&weights).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&weights, &bytes).unwrap();
    refuse(folder.path(), &["predict", "--text", "a"], "SHA-256");
    std::fs::write(&weights, &bytes[..1000]).unwrap();
    refuse(folder.path(), &["predict", "--text", "a"], "1000 bytes");
    std::fs::remove_file(&weights).unwrap();
    refuse(folder.path(), &["predict", "--text", "a"], "tiny.gguf");
    std::fs::write(folder.path().join("manifest.json"), "{}").unwrap();
    refuse(folder.path(), &["predict", "--text", "a"], "manifest");
}

#[test]
fn what_cannot_be_written_is_said_with_exit_code_1() {
    let (folder, out) = (shipped(), tempfile::tempdir().unwrap());
    // A file is no folder, whoever runs the tests.
    let file = out.path().join("file");
    std::fs::write(&file, "").unwrap();
    let nowhere = file.join("below");
    for arguments in [
        &["trace", "--text", "a"][..],
        &["record", "--text", "a"],
        &["export"],
    ] {
        let arguments = [arguments, &["--out", nowhere.to_str().unwrap()]].concat();
        let output = vitrine(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("below") && said.contains("cannot be written"),
            "{arguments:?}: {said}"
        );
    }
}
