//! The computation of a head held to the laws of attention, on both multipliers.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use proptest::prelude::*;
use vitrine_model::testing::{self, Shape};
use vitrine_model::{Intervention, Layers, Model, Multiplier, Run, analyse};
use vitrine_record::{HeadComputation, HeadIdx, LayerIdx, Position};

use common::{TEXT, largest_difference, with_multiplier};

/// No width is a multiple of a panel's.
const ODD: Shape = Shape {
    layers: 3,
    heads: 3,
    hidden: 33,
    intermediate: 50,
    max_tokens: 40,
};
const WIDE: Shape = Shape {
    layers: 2,
    heads: 8,
    hidden: 64,
    intermediate: 32,
    max_tokens: 40,
};

fn run(model: &Model, interventions: &[Intervention]) -> Run {
    analyse(model, TEXT, None, interventions, Layers::All).unwrap().1
}

fn hide(layer: usize, key: usize) -> Intervention {
    Intervention::HideKey {
        layer: LayerIdx(layer),
        key: Position(key),
    }
}

fn scale(layer: usize, head: usize, factor: f32) -> Intervention {
    Intervention::ScaleHead {
        layer: LayerIdx(layer),
        head: HeadIdx(head),
        factor,
    }
}

fn compute(model: &Model, run: &Run, layer: usize, head: usize, destination: usize) -> HeadComputation {
    let (layer, head, destination) = (LayerIdx(layer), HeadIdx(head), Position(destination));
    let computation = run.compute_head(model, layer, head, destination).unwrap();
    assert!(computation.is_consistent());
    assert_eq!(
        (computation.layer, computation.head, computation.destination),
        (layer, head, destination)
    );
    computation
}

/// What a head's output comes to, from its weights and rows.
fn combined(weights: &[f32], rows: &[f32]) -> Vec<f32> {
    let width = rows.len() / weights.len();
    let column = |column: usize| {
        let products = weights.iter().enumerate();
        products
            .map(|(row, weight)| f64::from(*weight) * f64::from(rows[row * width + column]))
            .sum::<f64>() as f32
    };
    (0..width).map(column).collect()
}

/// The residual, what the heads add and the bias, normalised.
fn normalised(computation: &HeadComputation) -> Vec<f32> {
    let hidden = computation.hidden_size();
    let sum: Vec<f64> = (0..hidden)
        .map(|at| {
            let heads = computation.contributions.iter().skip(at).step_by(hidden);
            let added: f64 = heads.map(|&value| f64::from(value)).sum();
            f64::from(computation.residual[at]) + added + f64::from(computation.output_bias[at])
        })
        .collect();
    let mean = sum.iter().sum::<f64>() / hidden as f64;
    let variance = sum.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / hidden as f64;
    let by = &computation.normalisation;
    let scale = (variance + f64::from(by.epsilon)).sqrt().recip();
    (0..hidden)
        .map(|at| ((sum[at] - mean) * scale * f64::from(by.gain[at]) + f64::from(by.shift[at])) as f32)
        .collect()
}

/// Every step follows from the ones before it, and the last is what the encoder itself computed.
fn check(computation: &HeadComputation, factor: f32, tolerance: f32) {
    let size = computation.head_size();
    let scores: Vec<f32> = computation
        .keys
        .chunks(size)
        .zip(&computation.scores)
        .map(|(key, &score)| {
            let product: f32 = computation.query.iter().zip(key).map(|(q, k)| q * k).sum();
            // A hidden key has no other score.
            if score == f32::NEG_INFINITY {
                score
            } else {
                product / (size as f32).sqrt()
            }
        })
        .collect();
    let open =
        |scores: &[f32]| -> Vec<f32> { scores.iter().copied().filter(|score| score.is_finite()).collect() };
    assert!(largest_difference(&open(&scores), &open(&computation.scores)) < tolerance);
    let exponentials: Vec<f32> = scores.iter().map(|score| score.exp()).collect();
    let sum: f32 = exponentials.iter().sum();
    let probabilities: Vec<f32> = exponentials.iter().map(|exponential| exponential / sum).collect();
    assert!(largest_difference(&probabilities, &computation.probabilities) < tolerance);

    let output = combined(&computation.probabilities, &computation.values);
    assert!(largest_difference(&output, &computation.head_output) < tolerance);
    let scaled: Vec<f32> = output.iter().map(|value| factor * value).collect();
    let added = combined(&scaled, &computation.output_weight);
    let hidden = computation.hidden_size();
    let contribution = &computation.contributions[computation.head.0 * hidden..][..hidden];
    assert!(largest_difference(&added, contribution) < tolerance);
    assert!(largest_difference(&normalised(computation), &computation.normalised) < tolerance);
}

#[test]
fn every_step_of_the_shipped_model_follows_from_the_ones_before() {
    for multiplier in [Multiplier::Candle, Multiplier::Panels] {
        let model = with_multiplier(common::shipped_files(), multiplier);
        let text = "Not a bad film at all, though it takes its time.";
        let (analysis, run) = analyse(&model, text, None, &[], Layers::All).unwrap();
        for (layer, head, destination) in [(0, 0, 0), (2, 7, 4), (5, 11, 9)] {
            let computation = compute(&model, &run, layer, head, destination);
            check(&computation, 1.0, 2e-4);
            let row = analysis.layer(LayerIdx(layer)).unwrap().row(head, destination);
            assert!(largest_difference(row, &computation.probabilities) < 1e-6);
        }
    }
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    let model = testing::model(ODD, 1).unwrap();
    let run = run(&model, &[]);
    let tokens = run.tokens();
    for (layer, head, destination, complaint) in [
        (3, 0, 0, "no layer 3"),
        (0, 3, 0, "no head 3"),
        (0, 0, tokens, &format!("no token {tokens}")),
    ] {
        let (layer, head, destination) = (LayerIdx(layer), HeadIdx(head), Position(destination));
        let error = run.compute_head(&model, layer, head, destination).unwrap_err();
        assert!(
            error.is_bad_input() && error.to_string().contains(complaint),
            "{error}"
        );
    }
}

#[test]
fn a_layer_without_heads_adds_its_bias_and_nothing_else() {
    for multiplier in [Multiplier::Candle, Multiplier::Panels] {
        let model = with_multiplier(testing::files(WIDE, 3).unwrap(), multiplier);
        let off: Vec<_> = (0..WIDE.heads).map(|head| scale(1, head, 0.0)).collect();
        let computation = compute(&model, &run(&model, &off), 1, 2, 3);
        assert!(computation.contributions.iter().all(|&value| value == 0.0));
        assert!(computation.output_bias.iter().any(|&value| value != 0.0));
        assert!(largest_difference(&normalised(&computation), &computation.normalised) < 1e-5);
        assert!(computation.head_output.iter().any(|&value| value != 0.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_follows_from_the_ones_before(
        wide in any::<bool>(), panels in any::<bool>(), seed in 0..1000u64,
        place in (0..9usize, 0..9usize, 0..9usize), hidden in 0..9usize, factor in -2.0f32..2.0,
    ) {
        let shape = if wide { WIDE } else { ODD };
        let multiplier = if panels { Multiplier::Panels } else { Multiplier::Candle };
        let model = with_multiplier(testing::files(shape, seed).unwrap(), multiplier);
        let (layer, head, destination) = (place.0 % shape.layers, place.1 % shape.heads, place.2);
        check(&compute(&model, &run(&model, &[]), layer, head, destination), 1.0, 1e-4);
        let changes = [scale(layer, head, factor), hide(layer, hidden), hide(0, (hidden + 1) % 9)];
        let changed = compute(&model, &run(&model, &changes), layer, head, destination);
        prop_assert_eq!(changed.scores[hidden], f32::NEG_INFINITY);
        prop_assert_eq!(changed.probabilities[hidden], 0.0);
        check(&changed, factor, 1e-4);
        let ablated = compute(&model, &run(&model, &[scale(layer, head, 0.0)]), layer, head, destination);
        let width = shape.hidden;
        prop_assert!(ablated.contributions[head * width..(head + 1) * width].iter().all(|&value| value == 0.0));
        check(&ablated, 0.0, 1e-4);
    }

    #[test]
    fn hiding_a_key_renormalises_in_its_layer_and_hides_commute(
        panels in any::<bool>(), seed in 0..1000u64, layer in 0..3usize, keys in (0..9usize, 0..9usize),
    ) {
        let multiplier = if panels { Multiplier::Panels } else { Multiplier::Candle };
        let model = with_multiplier(testing::files(ODD, seed).unwrap(), multiplier);
        let layer_of = |interventions: &[Intervention]| {
            run(&model, interventions).attention(&model, LayerIdx(layer)).unwrap()
        };
        let (plain, without) = (layer_of(&[]), layer_of(&[hide(layer, keys.0)]));
        for (head, destination) in (0..ODD.heads).flat_map(|head| (0..9).map(move |at| (head, at))) {
            let left = 1.0 - plain.at(head, destination, keys.0);
            for source in 0..9 {
                let expected = if source == keys.0 { 0.0 } else { plain.at(head, destination, source) / left };
                let difference = (without.at(head, destination, source) - expected).abs();
                // Nothing is there to compare where nothing is left.
                prop_assert!(left < 1e-2 || difference < 1e-4, "{difference}");
            }
        }
        let (a, b) = (hide(layer, keys.0), hide(0, keys.1));
        let (one, other) = (run(&model, &[a.clone(), b.clone()]), run(&model, &[b, a]));
        prop_assert_eq!(one.prediction(), other.prediction());
        let (nothing, untouched) = (run(&model, &[scale(layer, 0, 1.0)]), run(&model, &[]));
        prop_assert_eq!(nothing.prediction(), untouched.prediction());
    }
}
