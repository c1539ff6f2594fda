//! The encoder held to arrays that PyTorch's transformers computed with eager attention; `tests/fixtures` has the
//! recorder.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use std::collections::HashMap;

use candle_core::{Device, Tensor, safetensors};
use serde::Deserialize;
use vitrine_model::{
    EncoderInput, Encoding, Model, ModelFiles, Multiplier, TokenBatch, Trace, TraceRequest, sha256_hex,
};

/// F32 sums of some hundred products, in another order than PyTorch's.
const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct References {
    weights_sha256: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    inputs: Vec<Input>,
    ids: Vec<Vec<u32>>,
    segments: Vec<Vec<u32>>,
    arrays: Vec<String>,
}

#[derive(Deserialize)]
struct Input {
    text: String,
    pair: Option<String>,
}

fn replay(folder: &str, model: &Model) -> References {
    let references: References = common::json(&format!("{folder}/references.json"));
    let recorded = safetensors::load(
        common::fixture(&format!("{folder}/references.safetensors")),
        &Device::Cpu,
    )
    .unwrap();
    let expected: usize = references.cases.iter().map(|case| case.arrays.len()).sum();
    assert!(
        expected > 0 && expected == recorded.len(),
        "{expected} arrays are listed, {} found",
        recorded.len()
    );
    for case in &references.cases {
        replay_case(folder, model, case, &recorded);
    }
    references
}

fn replay_case(folder: &str, model: &Model, case: &Case, recorded: &HashMap<String, Tensor>) {
    let encodings: Vec<Encoding> = case
        .inputs
        .iter()
        .map(|input| model.tokenize(&input.text, input.pair.as_deref()).unwrap())
        .collect();
    let ids: Vec<Vec<u32>> = encodings
        .iter()
        .map(|row| row.tokens.iter().map(|t| t.id.0).collect())
        .collect();
    let segments: Vec<Vec<u32>> = encodings
        .iter()
        .map(|row| {
            row.tokens
                .iter()
                .map(|token| u8::from(token.segment).into())
                .collect()
        })
        .collect();
    assert_eq!(
        (&ids, &segments),
        (&case.ids, &case.segments),
        "{folder}: {}",
        case.name
    );

    let batch = TokenBatch::new(&encodings.iter().collect::<Vec<_>>(), model.encoder().config()).unwrap();
    let mut trace = Trace::new(TraceRequest::everything());
    let output = model
        .encoder()
        .forward(EncoderInput::Tokens(&batch), &[], &mut trace)
        .unwrap();
    for array in &case.arrays {
        let (kind, index) = array.split_once('.').unwrap_or((array, "0"));
        let index: usize = index.parse().unwrap();
        let computed = match kind {
            "hidden_states" => &trace.hidden_states[index],
            "attentions" => &trace.attention_probabilities[index],
            "pooled" => output.pooled.as_ref().unwrap(),
            "logits" => output.logits.as_ref().unwrap(),
            other => panic!("an array of an unknown kind: {other}"),
        };
        let recorded = &recorded[&format!("{}.{array}", case.name)];
        assert_eq!(
            computed.dims(),
            recorded.dims(),
            "{folder}: {}.{array}",
            case.name
        );
        let difference = (computed - recorded)
            .unwrap()
            .abs()
            .unwrap()
            .max_all()
            .unwrap()
            .to_scalar::<f32>()
            .unwrap();
        // Written so that a NaN fails as well.
        assert!(
            difference <= TOLERANCE,
            "{folder}: {}.{array} differs by {difference}",
            case.name
        );
    }
}

fn by_each(files: impl Fn() -> ModelFiles, folder: &str) -> References {
    let [references, _] = [Multiplier::Candle, Multiplier::Panels]
        .map(|multiplier| replay(folder, &common::with_multiplier(files(), multiplier)));
    references
}

fn replay_random(name: &str) {
    let folder = format!("random/{name}");
    by_each(
        || ModelFiles::from_folder(&common::fixture(&folder)).unwrap(),
        &folder,
    );
}

#[test]
fn a_model_of_two_classes_computes_what_pytorch_did() {
    replay_random("two-heads");
}

#[test]
fn a_model_of_three_classes_in_f16_computes_what_pytorch_did() {
    replay_random("three-classes-f16");
}

#[test]
fn a_model_without_classifier_in_bf16_under_old_names_computes_what_pytorch_did() {
    replay_random("old-names-bf16");
}

#[test]
fn the_shipped_model_computes_what_pytorch_did() {
    let references = by_each(common::shipped_files, "shipped");
    let folder = tempfile::tempdir().unwrap();
    common::shipped_files().export_folder(folder.path()).unwrap();
    let exported = std::fs::read(folder.path().join("model.safetensors")).unwrap();
    assert_eq!(
        sha256_hex(&exported),
        references.weights_sha256,
        "the references are of another model: export this one and run tests/fixtures/record_encoder.py"
    );
}
