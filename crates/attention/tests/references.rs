//! Metrics, rollout, flow and divergences against plain implementations in numpy and networkx, on attention that
//! PyTorch gave; `tests/fixtures/record_attention.py` says how they were recorded.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use std::{collections::BTreeMap, path::Path};

use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, de::DeserializeOwned};
use vitrine_attention::{
    HeadStatisticsAccumulator, TokenMatrix, attention_flow, attention_rollout, head_divergences, head_map,
    head_scores, is_punctuation, template_score,
};
use vitrine_record::{HeadIdx, HeadMetric, LayerAttention, LayerIdx, PerMetric, Segment, Token};

/// Both sides compute in double precision from the same probabilities, so that only the order of sums differs.
const ROUNDING: f64 = 1e-12;

/// Eigenvectors turn by as much as rounding of the matrix allows, divided by how far eigenvalues are apart.
const ROUNDING_OF_EIGENVECTORS: f64 = 1e-9;

#[derive(Deserialize)]
struct Recorded {
    metrics: Vec<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    source: String,
    case: String,
    layers: usize,
    tokens: Vec<RecordedToken>,
}

#[derive(Deserialize)]
struct RecordedToken {
    piece: String,
    id: u32,
    segment: u8,
    special: bool,
}

fn read(name: &str) -> Vec<u8> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures")).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The arrays of a file, in double precision.
struct Arrays(Vec<u8>);

impl Arrays {
    fn get(&self, name: &str) -> Vec<f64> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let array = file
            .tensor(name)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        match array.dtype() {
            Dtype::F64 => array
                .data()
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| f64::from_le_bytes(bytes))
                .collect(),
            Dtype::F32 => self.single(name).into_iter().map(f64::from).collect(),
            other => panic!("{name} is of {other:?}"),
        }
    }

    fn single(&self, name: &str) -> Vec<f32> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let array = file
            .tensor(name)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(array.dtype(), Dtype::F32);
        array
            .data()
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect()
    }
}

impl Case {
    fn tokens(&self) -> Vec<Token> {
        let token = |token: &RecordedToken| {
            common::token(
                &token.piece,
                token.id,
                Segment::from(token.segment),
                token.special,
            )
        };
        self.tokens.iter().map(token).collect()
    }

    fn attention(&self) -> Vec<LayerAttention> {
        let arrays = Arrays(read(&format!("{}/references.safetensors", self.source)));
        let tokens = self.tokens.len();
        let layer = |layer| {
            let probabilities = arrays.single(&format!("{}.attentions.{layer}", self.case));
            let heads = probabilities.len() / (tokens * tokens);
            LayerAttention::new(LayerIdx(layer), heads, tokens, probabilities).unwrap()
        };
        (0..self.layers).map(layer).collect()
    }
}

fn recorded() -> (Recorded, Arrays) {
    let recorded: Recorded = json("attention/references.json");
    assert!(recorded.cases.len() > 5);
    (recorded, Arrays(read("attention/references.safetensors")))
}

/// Compares arrays; what is not a number on one side is none on the other.
#[track_caller]
fn check(what: &str, found: &[f64], expect: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expect.len(), "{what}: number of values");
    for (index, (found, expect)) in found.iter().zip(expect).enumerate() {
        let near = (found - expect).abs() <= tolerance * expect.abs().max(1.0);
        assert!(
            near || found.is_nan() && expect.is_nan(),
            "{what}[{index}]: {found}, not {expect}"
        );
    }
}

fn flat<T>(values: &[T], score: impl Fn(&T, HeadMetric) -> Option<f64>) -> Vec<f64> {
    let score = &score;
    let of_head = |head| HeadMetric::ALL.map(|metric| score(head, metric).unwrap_or(f64::NAN));
    values.iter().flat_map(of_head).collect()
}

fn concatenated(matrices: &[TokenMatrix]) -> Vec<f64> {
    matrices.iter().flat_map(TokenMatrix::values).copied().collect()
}

#[test]
fn scores_of_heads_are_those_of_plain_implementations() {
    let (recorded, arrays) = recorded();
    let names: Vec<_> = HeadMetric::ALL.map(HeadMetric::name).into();
    assert_eq!(names, recorded.metrics);
    let mut cases_with_score = PerMetric::<usize>::default();
    for case in &recorded.cases {
        let scores = head_scores(&case.attention(), &case.tokens()).unwrap();
        let found = flat(&scores, |head, metric| head.scores[metric]);
        let name = &case.name;
        check(name, &found, &arrays.get(&format!("{name}.scores")), ROUNDING);
        for metric in HeadMetric::ALL {
            cases_with_score[metric] += usize::from(scores[0].scores[metric].is_some());
        }
    }
    for metric in HeadMetric::ALL {
        assert!(cases_with_score[metric] > 1, "{metric:?} is hardly tested");
    }
    for sometimes in [HeadMetric::SameWord, HeadMetric::ToPunctuation] {
        assert!(
            cases_with_score[sometimes] < recorded.cases.len(),
            "{sometimes:?} always has a score"
        );
    }
}

#[test]
fn statistics_over_texts_are_those_of_numpy() {
    let (recorded, arrays) = recorded();
    let mut of_source = BTreeMap::<_, HeadStatisticsAccumulator>::new();
    for case in &recorded.cases {
        let scores = head_scores(&case.attention(), &case.tokens()).unwrap();
        of_source.entry(&case.source).or_default().add_text(&scores);
    }
    for (source, accumulator) in of_source {
        let statistics = accumulator.statistics();
        let texts = flat(&statistics, |head, metric| {
            Some(f64::from(head.scores[metric].texts))
        });
        let mean = flat(&statistics, |head, metric| head.scores[metric].mean());
        let deviation = flat(&statistics, |head, metric| {
            head.scores[metric].standard_deviation()
        });
        check(source, &texts, &arrays.get(&format!("{source}.texts")), 0.0);
        check(source, &mean, &arrays.get(&format!("{source}.mean")), ROUNDING);
        check(
            source,
            &deviation,
            &arrays.get(&format!("{source}.standard_deviation")),
            ROUNDING,
        );
    }
}

#[test]
fn template_scores_are_those_of_numpy() {
    let (recorded, arrays) = recorded();
    for case in &recorded.cases {
        let name = &case.name;
        let template = TokenMatrix::new(case.tokens.len(), arrays.get(&format!("{name}.template"))).unwrap();
        let mut found = Vec::new();
        for layer in &case.attention() {
            let score = |head| template_score(layer, HeadIdx(head), &template).unwrap();
            found.extend((0..layer.heads()).map(score));
        }
        check(
            name,
            &found,
            &arrays.get(&format!("{name}.template_scores")),
            ROUNDING,
        );
    }
}

#[test]
fn rollout_is_that_of_numpy_and_flow_that_of_networkx() {
    let (recorded, arrays) = recorded();
    assert!(recorded.cases.iter().any(|case| case.layers > 3));
    for case in &recorded.cases {
        let (name, attention) = (&case.name, case.attention());
        let rollout = concatenated(&attention_rollout(&attention).unwrap());
        check(name, &rollout, &arrays.get(&format!("{name}.rollout")), ROUNDING);
        let flow = concatenated(&attention_flow(&attention).unwrap());
        check(name, &flow, &arrays.get(&format!("{name}.flow")), ROUNDING);
    }
}

#[test]
fn divergences_and_map_are_those_of_numpy() {
    let (recorded, arrays) = recorded();
    for case in &recorded.cases {
        let name = &case.name;
        let divergences = head_divergences(&case.attention()).unwrap();
        check(
            name,
            divergences.values(),
            &arrays.get(&format!("{name}.divergences")),
            ROUNDING,
        );
        let map = head_map(&divergences);
        let points: Vec<f64> = map.points.iter().flat_map(|point| [point.x, point.y]).collect();
        check(
            name,
            &points,
            &arrays.get(&format!("{name}.map")),
            ROUNDING_OF_EIGENVECTORS,
        );
        check(
            name,
            &[map.shown],
            &arrays.get(&format!("{name}.shown")),
            ROUNDING,
        );
    }
}

#[test]
fn punctuation_is_that_of_unicode() {
    #[derive(Deserialize)]
    struct Characters {
        blocks: Vec<(u32, u32)>,
        punctuation: Vec<u32>,
    }
    let characters: Characters = json("attention/punctuation.json");
    let all = characters.blocks.iter().flat_map(|&(first, last)| first..=last);
    let found: Vec<u32> = all
        .filter(|&number| char::from_u32(number).is_some_and(is_punctuation))
        .collect();
    assert_eq!(found, characters.punctuation);
}
