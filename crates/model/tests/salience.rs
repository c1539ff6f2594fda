//! Salience held to what PyTorch's autograd computed in double precision; `tests/fixtures/record_salience.py` recorded it.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use serde::Deserialize;
use vitrine_model::{Model, ModelFiles, Multiplier, SalienceComputation};
use vitrine_record::message::TextInput;
use vitrine_record::{ExplanationMethod, ExplanationTarget, GradientBaseline};

/// Relative to the largest value of a method: both passes are in single precision here, and the reference is in double.
/// Rounding of 6e-8 passes through some dozen operations forwards and backwards, each of which sums hundreds of products.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct References {
    weights_sha256: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    pair: Option<String>,
    target: ExplanationTarget,
    baseline: GradientBaseline,
    steps: usize,
    prediction: f64,
    base_value: f64,
    gradient_times_input: Vec<f64>,
    gradient_norm: Vec<f64>,
    gradient_times_attention: Vec<f64>,
    integrated_gradients: Vec<f64>,
}

fn replay(folder: &str, files: impl Fn() -> ModelFiles, least_cases: usize) {
    let references: References = common::json(&format!("{folder}/salience.json"));
    assert!(references.cases.len() >= least_cases);
    let encoder: serde_json::Value = common::json(&format!("{folder}/references.json"));
    assert_eq!(
        encoder["weights_sha256"], references.weights_sha256,
        "the references are of other weights: run tests/fixtures/record_salience.py"
    );
    for multiplier in [Multiplier::Panels, Multiplier::Candle] {
        let model = common::with_multiplier(files(), multiplier);
        // Natively the products with panels are slow: of a large model they are held to short paths only.
        let is_slow = multiplier == Multiplier::Panels && model.info().hidden > 100;
        let cases = references.cases.iter().filter(|case| !is_slow || case.steps <= 5);
        for case in cases.step_by(if is_slow { 3 } else { 1 }) {
            replay_case(&model, case);
        }
    }
}

fn replay_case(model: &Model, case: &Case) {
    let input = TextInput {
        text: case.text.clone(),
        pair: case.pair.clone(),
    };
    let mut computation =
        SalienceComputation::new(model, &input, &case.target, case.steps, case.baseline).unwrap();
    while !computation.is_done() {
        computation.advance(model).unwrap();
    }
    let computed = computation.so_far();
    for (one, other) in [
        (computed.prediction, case.prediction),
        (computed.base_value, case.base_value),
    ] {
        let difference = (one - other).abs() / other.abs().max(1.0);
        // Written so that a NaN fails as well.
        assert!(difference <= TOLERANCE, "{:?}: {one} {other}", case.target);
    }
    for (method, recorded) in [
        (ExplanationMethod::GradientTimesInput, &case.gradient_times_input),
        (ExplanationMethod::GradientNorm, &case.gradient_norm),
        (
            ExplanationMethod::GradientTimesAttention,
            &case.gradient_times_attention,
        ),
        (ExplanationMethod::IntegratedGradients, &case.integrated_gradients),
    ] {
        let values = computed.values(method).unwrap();
        assert_eq!(values.len(), recorded.len(), "{method:?} of {}", case.text);
        let scale = recorded
            .iter()
            .fold(0.0_f64, |scale, value| scale.max(value.abs()));
        assert!(scale > 1e-6, "{method:?} of {} says something", case.text);
        for (value, recorded) in values.iter().zip(recorded) {
            let difference = (value - recorded).abs() / scale;
            assert!(
                difference <= TOLERANCE,
                "{method:?} of {} for {:?}: {value} {recorded}, of {scale}",
                case.text,
                case.target
            );
        }
    }
}

#[test]
fn small_models_have_the_salience_that_pytorch_computed() {
    for (name, least_cases) in [
        ("two-heads", 12),
        ("three-classes-f16", 12),
        ("old-names-bf16", 6),
    ] {
        let folder = format!("random/{name}");
        let files = || ModelFiles::from_folder(&common::fixture(&folder)).unwrap();
        replay(&folder, files, least_cases);
    }
}

#[test]
fn the_shipped_model_has_the_salience_that_pytorch_computed() {
    replay("shipped", common::shipped_files, 12);
}
