//! Logits without the rest of the last layer are the logits of a whole pass.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use candle_core::{DType, Tensor, Var};
use proptest::prelude::*;
use vitrine_model::testing::{self, Shape};
use vitrine_model::{Encoder, EncoderInput, Intervention, Multiplier, TokenBatch, TokenSequence, Weights};
use vitrine_record::{HeadIdx, HiddenStateIdx, LayerIdx, NeuronIdx, Position};

fn encoder(shape: Shape, multiplier: Multiplier, dtype: DType) -> Encoder {
    let config = testing::config(shape);
    let weights = Weights::new(testing::tensors(&config, 4).expect("they are made"), dtype);
    Encoder::new(config, weights.with_multiplier(multiplier)).expect("it loads")
}

fn sequence(ids: Vec<u32>, hidden: Vec<usize>) -> TokenSequence {
    TokenSequence {
        segments: vec![0; ids.len()],
        ids,
        hidden,
    }
}

fn changes(last: usize) -> Vec<Vec<Intervention>> {
    let layer = LayerIdx(last);
    vec![
        Vec::new(),
        vec![
            Intervention::ScaleHead {
                layer,
                head: HeadIdx(1),
                factor: -0.5,
            },
            Intervention::ScaleNeuron {
                layer,
                neuron: NeuronIdx(3),
                factor: 2.0,
            },
            Intervention::HideKey {
                layer,
                key: Position(1),
            },
        ],
        vec![Intervention::HideKey {
            layer: LayerIdx(0),
            key: Position(0),
        }],
        vec![Intervention::PatchHiddenState {
            state: HiddenStateIdx(last + 1),
            position: Position(0),
            values: vec![0.25; 96],
        }],
    ]
}

#[test]
fn logits_alone_are_those_of_a_whole_pass_whatever_is_changed() {
    // candle adds in an order that depends on how many rows a product has; these random weights, larger than trained
    // ones, make more of its rounding.
    for (multiplier, tolerance) in [(Multiplier::Panels, 1e-6), (Multiplier::Candle, 1e-5)] {
        for dtype in [DType::F32, DType::F64] {
            let encoder = encoder(Shape::default(), multiplier, dtype);
            let sequences = [
                sequence(vec![2, 5, 6, 7, 3], vec![]),
                sequence(vec![2, 4, 6, 3], vec![2]),
                sequence(vec![2, 9, 8, 12, 3], vec![0, 3]),
            ];
            let batch = TokenBatch::of(&sequences.each_ref(), encoder.config()).expect("they fit");
            for changes in changes(1) {
                let begin = || {
                    encoder
                        .begin(EncoderInput::Tokens(&batch), &changes)
                        .expect("it begins")
                };
                let whole = begin().finish().expect("it runs").logits.expect("a classifier");
                let alone = begin().classify().expect("it runs").expect("a classifier");
                assert_eq!(alone.dims(), [3, 2]);
                assert_near(&alone, &whole, tolerance);
            }
        }
    }
}

#[test]
fn logits_alone_keep_gradients_where_there_are_any() {
    let encoder = encoder(Shape::default(), Multiplier::Panels, DType::F32);
    let batch = TokenBatch::of(&[&sequence(vec![2, 5, 6, 3], vec![])], encoder.config()).expect("it fits");
    let words = Var::from_tensor(&encoder.word_embeddings(&batch).expect("words")).expect("a variable");
    let input = EncoderInput::Embeddings {
        words: &words,
        batch: &batch,
    };
    let pass = encoder.begin(input, &[]).expect("it begins");
    let logits = pass.classify().expect("it runs").expect("a classifier");
    let gradients = logits
        .sum_all()
        .and_then(|sum| sum.backward())
        .expect("they are kept");
    assert!(gradients.get(&words).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of any width, so that queries and keys share a panel.
    #[test]
    fn logits_alone_are_those_of_a_whole_pass_in_any_shape(
        heads in 1..4usize, head_size in 1..20usize, tokens in 1..30usize, count in 1..4usize,
    ) {
        let shape = Shape { heads, hidden: heads * head_size, max_tokens: 30, ..Shape::default() };
        let encoder = encoder(shape, Multiplier::Panels, DType::F32);
        let one = sequence((0..tokens as u32).map(|token| token % 20).collect(), vec![]);
        let batch = TokenBatch::of(&vec![&one; count], encoder.config()).expect("they fit");
        let begin = || encoder.begin(EncoderInput::Tokens(&batch), &[]).expect("it begins");
        let whole = begin().finish().expect("it runs").logits.expect("a classifier");
        assert_near(&begin().classify().expect("it runs").expect("a classifier"), &whole, 1e-6);
    }
}

fn assert_near(alone: &Tensor, whole: &Tensor, tolerance: f64) {
    let difference = (alone - whole)
        .and_then(|difference| {
            difference
                .abs()?
                .to_dtype(DType::F64)?
                .flatten_all()?
                .max(0)?
                .to_scalar::<f64>()
        })
        .expect("one number");
    assert!(difference <= tolerance, "{difference}");
}
