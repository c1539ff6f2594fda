//! Ablations in batches that begin in the middle held to whole runs, on both multipliers.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use std::rc::Rc;

use vitrine_model::testing::{self, Shape};
use vitrine_model::{
    Ablatable, AblationRanking, Encoder, EncoderInput, HeadRanking, Intervention, Layers, Model, Multiplier,
    TokenBatch, Trace, TraceRequest, analyse,
};
use vitrine_record::{AblationEffects, HeadIdx, HiddenStateIdx, LayerIdx, NeuronIdx, Position, Prediction};

use common::{TEXT, largest_difference, with_multiplier};

const SHAPE: Shape = Shape {
    layers: 3,
    heads: 5,
    hidden: 40,
    intermediate: 50,
    max_tokens: 60,
};

fn interventions() -> Vec<Intervention> {
    vec![
        Intervention::ScaleHead {
            layer: LayerIdx(1),
            head: HeadIdx(2),
            factor: 0.5,
        },
        Intervention::HideKey {
            layer: LayerIdx(1),
            key: Position(4),
        },
        Intervention::ScaleNeuron {
            layer: LayerIdx(2),
            neuron: NeuronIdx(7),
            factor: 3.0,
        },
        Intervention::PatchHiddenState {
            state: HiddenStateIdx(2),
            position: Position(0),
            values: (0..40).map(|value| value as f32 / 40.0 - 0.5).collect(),
        },
    ]
}

fn predict(model: &Model, text: &str, interventions: &[Intervention]) -> Prediction {
    let (analysis, _) = analyse(model, text, None, interventions, Layers::All).unwrap();
    analysis.prediction.unwrap()
}

/// All heads or tokens, and how many came with each step.
fn rank<Ablated: Ablatable>(
    model: &Model,
    text: &str,
    interventions: &[Intervention],
) -> (AblationEffects<Ablated>, Vec<usize>) {
    let (_, run) = analyse(model, text, None, interventions, Layers::All).unwrap();
    let mut ranking = AblationRanking::<Ablated>::new(model, Rc::new(run)).unwrap();
    let mut steps = Vec::new();
    while !ranking.is_done() {
        steps.push(ranking.advance(model).unwrap().len());
    }
    assert!(ranking.advance(model).unwrap().is_empty());
    (ranking.so_far().clone(), steps)
}

#[test]
fn every_effect_is_that_of_a_whole_run_without_the_head() {
    for multiplier in [Multiplier::Candle, Multiplier::Panels] {
        let model = with_multiplier(testing::files(SHAPE, 11).unwrap(), multiplier);
        let long = "film ".repeat(50);
        for (text, changes, steps) in [
            (TEXT, vec![], vec![5; 3]),
            (TEXT, interventions(), vec![5; 3]),
            (long.as_str(), interventions(), [2, 2, 1].repeat(3)),
        ] {
            let (ranked, taken) = rank::<(LayerIdx, HeadIdx)>(&model, text, &changes);
            assert_eq!(taken, steps);
            assert!(ranked.is_consistent());
            assert_eq!(ranked.prediction, predict(&model, text, &changes));
            let places = (0..SHAPE.layers).flat_map(|layer| (0..SHAPE.heads).map(move |head| (layer, head)));
            assert_eq!(ranked.effects.len(), SHAPE.layers * SHAPE.heads);
            for ((layer, head), effect) in places.zip(&ranked.effects) {
                assert_eq!(effect.ablated, (LayerIdx(layer), HeadIdx(head)));
                let mut without = changes.clone();
                without.push(Intervention::ScaleHead {
                    layer: LayerIdx(layer),
                    head: HeadIdx(head),
                    factor: 0.0,
                });
                let whole = predict(&model, text, &without);
                let moved = largest_difference(&whole.logits, &ranked.prediction.logits);
                assert!(moved > 1e-5, "{layer}.{head} does nothing");
                assert_same(
                    &effect.prediction,
                    &whole,
                    &format!("{multiplier:?}, {layer}.{head}"),
                );
            }
        }
    }
}

#[track_caller]
fn assert_same(ours: &Prediction, theirs: &Prediction, what: &str) {
    for (ours, theirs) in [
        (&ours.logits, &theirs.logits),
        (&ours.probabilities, &theirs.probabilities),
    ] {
        let difference = largest_difference(ours, theirs);
        assert!(difference <= 1e-6, "{what}: {difference}");
    }
}

fn hide(key: Position) -> impl Iterator<Item = Intervention> {
    (0..SHAPE.layers).map(move |layer| Intervention::HideKey {
        layer: LayerIdx(layer),
        key,
    })
}

#[test]
fn every_effect_is_that_of_a_whole_run_that_hides_the_token() {
    for multiplier in [Multiplier::Candle, Multiplier::Panels] {
        let model = with_multiplier(testing::files(SHAPE, 11).unwrap(), multiplier);
        let long = "film ".repeat(50);
        for (text, changes, largest_step) in [
            (TEXT, vec![], 128),
            (TEXT, interventions(), 128),
            (long.as_str(), interventions(), 2),
        ] {
            let (ranked, steps) = rank::<Position>(&model, text, &changes);
            let tokens = model.tokenize(text, None).unwrap().tokens.len();
            assert_eq!(steps.iter().sum::<usize>(), tokens, "special tokens too");
            assert_eq!(steps[0], tokens.min(largest_step.min(128 / tokens)));
            assert!(ranked.is_consistent());
            assert_eq!(ranked.prediction, predict(&model, text, &changes));
            for (position, effect) in (0..tokens).map(Position).zip(&ranked.effects) {
                assert_eq!(effect.ablated, position);
                let mut without = changes.clone();
                without.extend(hide(position));
                let whole = predict(&model, text, &without);
                let moved = largest_difference(&whole.logits, &ranked.prediction.logits);
                assert!(moved > 1e-6, "{position} does nothing");
                assert_same(&effect.prediction, &whole, &format!("{multiplier:?}, {position}"));
            }
        }
    }
}

#[test]
fn a_token_without_which_nothing_is_left_to_look_at_is_left_out() {
    let model = with_multiplier(testing::files(SHAPE, 11).unwrap(), Multiplier::Candle);
    let changes: Vec<_> = [0, 2].map(Position).into_iter().flat_map(hide).collect();
    let (ranked, _) = rank::<Position>(&model, "film", &changes);
    let hidden: Vec<usize> = ranked.effects.iter().map(|effect| effect.ablated.0).collect();
    assert_eq!(hidden, [0, 2], "they are hidden already");
    for effect in &ranked.effects {
        assert_same(&effect.prediction, &ranked.prediction, "nothing changes");
    }
}

#[test]
fn a_model_without_a_classifier_ranks_nothing() {
    let mut config = testing::config(SHAPE);
    let tensors = testing::tensors(&config, 1).unwrap();
    config.set_labels(&[]);
    let mut files = testing::files(SHAPE, 1).unwrap();
    let kept = tensors
        .into_iter()
        .filter(|(name, _)| !name.starts_with("classifier"));
    files.weights = vitrine_model::Weights::new(kept.collect(), candle_core::DType::F32);
    files.config = config;
    let model = Model::new(files).unwrap();
    let (_, run) = analyse(&model, TEXT, None, &[], Layers::All).unwrap();
    let error = HeadRanking::new(&model, Rc::new(run)).unwrap_err();
    assert!(
        error.is_bad_input() && error.to_string().contains("no classifier"),
        "{error}"
    );
}

fn encoder_and_batch() -> (Encoder, TokenBatch) {
    let encoder = testing::encoder(SHAPE, 6, candle_core::DType::F32).unwrap();
    let ids = [vec![2, 5, 6, 7, 8, 9, 3], vec![2, 12, 13, 14, 3]];
    let segments = ids.clone().map(|ids| vec![0; ids.len()]);
    let batch = TokenBatch::from_ids(&ids, &segments, encoder.config()).unwrap();
    (encoder, batch)
}

#[test]
fn a_pass_from_any_hidden_state_ends_where_the_whole_one_does() {
    let (encoder, batch) = encoder_and_batch();
    let changes = interventions();
    let mut trace = Trace::new(TraceRequest::everything());
    let whole = encoder
        .forward(EncoderInput::Tokens(&batch), &changes, &mut trace)
        .unwrap();
    let numbers = |tensor: &candle_core::Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for (state, hidden) in trace.hidden_states.iter().enumerate() {
        let state = HiddenStateIdx(state);
        let input = EncoderInput::HiddenState {
            state,
            hidden,
            batch: &batch,
        };
        let mut again = Trace::new(TraceRequest::everything());
        let output = encoder.forward(input, &changes, &mut again).unwrap();
        assert_eq!(again.attention_probabilities.len(), SHAPE.layers - state.0);
        assert_eq!(again.hidden_states.len(), SHAPE.layers - state.0 + 1);
        let (ours, theirs) = (output.logits.unwrap(), whole.logits.clone().unwrap());
        assert!(largest_difference(&numbers(&ours), &numbers(&theirs)) <= 1e-6);
    }
}

#[test]
fn a_hidden_state_that_does_not_fit_is_refused() {
    let (encoder, batch) = encoder_and_batch();
    let zeros = |tokens| {
        candle_core::Tensor::zeros(
            (2, tokens, 40),
            candle_core::DType::F32,
            &candle_core::Device::Cpu,
        )
    };
    for (state, tokens, complaint) in [(4, 7, "no hidden state 4"), (1, 6, "[2, 6, 40]")] {
        let hidden = zeros(tokens).unwrap();
        let input = EncoderInput::HiddenState {
            state: HiddenStateIdx(state),
            hidden: &hidden,
            batch: &batch,
        };
        let error = encoder.forward(input, &[], &mut Trace::off()).unwrap_err();
        assert!(
            error.is_bad_input() && error.to_string().contains(complaint),
            "{error}"
        );
    }
}
