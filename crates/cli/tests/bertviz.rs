//! The numbers of BertViz's views of the same pair of texts; `tests/fixtures/record_bertviz.py` says how they were
//! recorded.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

#[path = "support/shipped_model.rs"]
mod shipped_model;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use candle_core::{Device, Tensor, safetensors};
use serde::{Deserialize, de::DeserializeOwned};
use shipped_model::printed_by_shipped;
use vitrine_record::{HeadComputation, HeadIdx, LayerIdx, Token};

/// Processors round sums in their own order, in six layers.
const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct Recorded {
    text: String,
    pair: String,
    layer: usize,
    filters: BTreeMap<String, Filter>,
}

/// The tokens of one of BertViz's segment filters.
#[derive(Deserialize)]
struct Filter {
    left: Vec<String>,
    right: Vec<String>,
}

#[derive(Deserialize)]
struct Drawn {
    settings: Settings,
    tokens: Vec<Token>,
    attention: Vec<Head>,
}

#[derive(Deserialize)]
struct Settings {
    destinations: Vec<Vec<usize>>,
    sources: Vec<Vec<usize>>,
}

#[derive(Deserialize)]
struct Head {
    layer: LayerIdx,
    head: HeadIdx,
    weights: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct Computed {
    computation: HeadComputation,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn recorded() -> (Recorded, std::collections::HashMap<String, Tensor>) {
    let folder = root().join("tests/fixtures/bertviz");
    let about = std::fs::read(folder.join("references.json")).unwrap();
    let arrays = safetensors::load(folder.join("references.safetensors"), &Device::Cpu).unwrap();
    (serde_json::from_slice(&about).unwrap(), arrays)
}

fn printed<T: DeserializeOwned>(recorded: &Recorded, arguments: &[&str]) -> T {
    let of_texts = [
        "attention",
        "--json",
        "--text",
        &recorded.text,
        "--pair",
        &recorded.pair,
    ];
    serde_json::from_slice(&printed_by_shipped(&[&of_texts[..], arguments].concat())).unwrap()
}

fn assert_close(ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() <= TOLERANCE, "{ours} and {theirs}");
    }
}

#[test]
fn every_segment_filter_shows_bertviz_tokens_and_weights() {
    let (recorded, arrays) = recorded();
    for (name, segments) in [
        ("all", "all"),
        ("sentencea->sentencea", "aa"),
        ("sentencea->sentenceb", "ab"),
        ("sentenceb->sentencea", "ba"),
        ("sentenceb->sentenceb", "bb"),
    ] {
        let drawn: Drawn = printed(&recorded, &["--view", "model", "--segments", segments]);
        let pieces = |units: &[Vec<usize>]| -> Vec<String> {
            let position = |unit: &Vec<usize>| drawn.tokens[unit[0]].piece.clone();
            units.iter().map(position).collect()
        };
        let filter = &recorded.filters[name];
        assert_eq!(pieces(&drawn.settings.destinations), filter.left, "{segments}");
        assert_eq!(pieces(&drawn.settings.sources), filter.right, "{segments}");
        let theirs = &arrays[&format!("{name}.attention")];
        let (layers, heads, ..) = theirs.dims4().unwrap();
        assert_eq!(drawn.attention.len(), layers * heads);
        for Head { layer, head, weights } in &drawn.attention {
            let theirs = theirs.get(layer.0).unwrap().get(head.0).unwrap();
            assert_close(
                &weights.concat(),
                &theirs.flatten_all().unwrap().to_vec1().unwrap(),
            );
        }
    }
}

#[test]
fn the_neuron_view_shows_bertviz_queries_keys_scores_and_weights() {
    let (recorded, arrays) = recorded();
    let (heads, tokens, size) = arrays["neuron.queries"].dims3().unwrap();
    let row = |name: &str, head: usize| arrays[name].get(head).unwrap();
    for (head, destination) in [(0, 0), (heads / 2, tokens / 2), (heads - 1, tokens - 1)] {
        let [layer, of_head, token] = [recorded.layer, head, destination].map(|index| index.to_string());
        let arguments = [
            "--view", "neuron", "--layer", &layer, "--head", &of_head, "--token", &token,
        ];
        let HeadComputation {
            query,
            keys,
            scores,
            probabilities,
            ..
        } = printed::<Computed>(&recorded, &arguments).computation;
        let numbers = |tensor: Tensor| -> Vec<f32> { tensor.flatten_all().unwrap().to_vec1().unwrap() };
        let (queries, their_keys) = (row("neuron.queries", head), row("neuron.keys", head));
        assert_close(&query, &numbers(queries.get(destination).unwrap()));
        assert_close(&keys, &numbers(their_keys.clone()));
        let their_query = queries.get(destination).unwrap().unsqueeze(1).unwrap();
        let theirs = (their_keys.matmul(&their_query).unwrap() / (size as f64).sqrt()).unwrap();
        assert_close(&scores, &numbers(theirs));
        let theirs = arrays["neuron.attention"].get(recorded.layer).unwrap();
        let theirs = theirs.get(head).unwrap().get(destination).unwrap();
        assert_close(&probabilities, &numbers(theirs));
    }
}
