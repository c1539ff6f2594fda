//! The encoder over weights in panels held to the encoder over candle's products, natively: there the kernel runs on
//! lanes of plain Rust, and all that surrounds it is what WebAssembly runs.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod common;

use candle_core::{DType, Device, Tensor, Var};
use proptest::prelude::*;
use vitrine_model::testing::{self, Shape};
use vitrine_model::{
    Encoder, EncoderInput, Intervention, Multiplier, TokenBatch, TokenSequence, Trace, TraceRequest, Weights,
};
use vitrine_record::{HeadIdx, HiddenStateIdx, LayerIdx, NeuronIdx, Position};

/// No width is a multiple of a panel's.
const ODD: Shape = Shape {
    layers: 3,
    heads: 3,
    hidden: 33,
    intermediate: 50,
    max_tokens: 72,
};

/// From a packed file: where widths are multiples of 32, its weights are in eight bits.
fn encoder(shape: Shape, seed: u64, multiplier: Multiplier) -> Encoder {
    let files = testing::files(shape, seed).expect("they are made");
    Encoder::new(files.config, files.weights.with_multiplier(multiplier)).expect("it loads")
}

fn batch(encoder: &Encoder, ids: &[Vec<u32>]) -> TokenBatch {
    let segments: Vec<Vec<u32>> = ids.iter().map(|ids| vec![0; ids.len()]).collect();
    TokenBatch::from_ids(ids, &segments, encoder.config()).expect("the ids fit")
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor
        .flatten_all()
        .and_then(|tensor| tensor.to_vec1())
        .expect("F32")
}

fn largest_difference(a: &Tensor, b: &Tensor) -> f32 {
    assert_eq!(a.dims(), b.dims());
    common::largest_difference(&values(a), &values(b))
}

fn interventions() -> [Intervention; 3] {
    [
        Intervention::ScaleHead {
            layer: LayerIdx(0),
            head: HeadIdx(1),
            factor: 0.5,
        },
        Intervention::ScaleNeuron {
            layer: LayerIdx(1),
            neuron: NeuronIdx(3),
            factor: -1.0,
        },
        Intervention::HideKey {
            layer: LayerIdx(1),
            key: Position(1),
        },
    ]
}

#[test]
fn everything_recorded_is_the_same() {
    for shape in [ODD, Shape::default()] {
        let encoders = [Multiplier::Candle, Multiplier::Panels].map(|by| encoder(shape, 7, by));
        let batch = batch(&encoders[0], &[vec![2; 20], vec![2, 12, 13, 14, 3], vec![2, 3]]);
        for interventions in [&[][..], &interventions()[..]] {
            let [(theirs, a), (ours, b)] = encoders.each_ref().map(|encoder| {
                let mut trace = Trace::new(TraceRequest::everything());
                let output = encoder
                    .forward(EncoderInput::Tokens(&batch), interventions, &mut trace)
                    .expect("it runs");
                (output.logits.expect("it has a classifier"), trace)
            });
            assert!(largest_difference(&theirs, &ours) < 1e-5);
            let finite = |scores: &Tensor| scores.maximum(-1e30).expect("they are numbers");
            for layer in 0..shape.layers {
                for (name, theirs, ours) in [
                    ("state", &a.hidden_states[layer], &b.hidden_states[layer]),
                    ("query", &a.queries[layer], &b.queries[layer]),
                    ("key", &a.keys[layer], &b.keys[layer]),
                    ("value", &a.values[layer], &b.values[layer]),
                    (
                        "scores",
                        &finite(&a.attention_scores[layer]),
                        &finite(&b.attention_scores[layer]),
                    ),
                    (
                        "probabilities",
                        &a.attention_probabilities[layer],
                        &b.attention_probabilities[layer],
                    ),
                    ("outputs", &a.head_outputs[layer], &b.head_outputs[layer]),
                    ("neurons", &a.neurons[layer], &b.neurons[layer]),
                ] {
                    let difference = largest_difference(theirs, ours);
                    assert!(
                        difference < 2e-5,
                        "{shape:?}, layer {layer}, {name}: {difference}"
                    );
                }
            }
        }
    }
}

#[test]
fn gradients_are_the_same_and_those_of_finite_differences() {
    for shape in [ODD, Shape::default()] {
        gradients_are_right(shape);
    }
}

fn gradients_are_right(shape: Shape) {
    let [theirs, ours] = [Multiplier::Candle, Multiplier::Panels].map(|by| encoder(shape, 5, by));
    let batch = batch(&ours, &[vec![2, 5, 6, 7, 8, 9, 16, 3], vec![2, 12, 13, 14, 3]]);
    let words = ours.word_embeddings(&batch).expect("they are looked up");
    for interventions in [&[][..], &interventions()[..]] {
        let target = |encoder: &Encoder, words: &Tensor| {
            let input = EncoderInput::Embeddings { words, batch: &batch };
            let output = encoder
                .forward(input, interventions, &mut Trace::off())
                .expect("it runs");
            let logits = output.logits.expect("it has a classifier");
            logits
                .narrow(1, 1, 1)
                .and_then(|l| l.sum_all())
                .expect("a number")
        };
        let gradient = |encoder: &Encoder| {
            let variable = Var::from_tensor(&words).expect("a variable");
            let gradients = target(encoder, &variable).backward().expect("it has gradients");
            gradients.get(&variable).expect("they reach the words").clone()
        };
        let (by_candle, by_panels) = (gradient(&theirs), gradient(&ours));
        let scale = values(&by_candle).iter().fold(0.0_f32, |a, g| a.max(g.abs()));
        assert!(scale > 1e-3, "the gradient is not all but zero");
        assert!(largest_difference(&by_candle, &by_panels) < 2e-5 * scale.max(1.0));

        // Along the gradient, where the difference is largest: single precision leaves three digits of it.
        let length = values(&by_panels).iter().map(|g| g * g).sum::<f32>().sqrt();
        const STEP: f64 = 1e-2;
        let at = |step: f64| {
            let moved = (&words + (&by_panels * (step / f64::from(length))).expect("a step")).expect("a sum");
            f64::from(target(&ours, &moved).to_scalar::<f32>().expect("a number"))
        };
        let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP);
        assert!(
            (slope / f64::from(length) - 1.0).abs() < 1e-2,
            "{slope} along a gradient of the length {length}"
        );
    }
}

#[test]
fn weights_in_eight_bits_compute_to_the_last_bit_what_they_do_unpacked() {
    // Of the second shape, some are in eight bits and some are not.
    let mixed = Shape {
        intermediate: 50,
        ..Shape::default()
    };
    for shape in [Shape::default(), mixed] {
        let files = || testing::files(shape, 11).expect("they are made");
        let unpacked = Weights::new(files().into_tensors().expect("they are unpacked"), DType::F32);
        let [packed, unpacked] = [files().weights, unpacked].map(|weights| {
            Encoder::new(files().config, weights.with_multiplier(Multiplier::Panels)).expect("it loads")
        });
        for copies in [5, 1] {
            let sequences = [vec![2, 12, 13, 14, 5, 6, 7, 3], vec![2, 9, 3]];
            let sequences: Vec<_> = std::iter::repeat_n(sequences, copies).flatten().collect();
            let batch = batch(&packed, &sequences);
            let states = |encoder: &Encoder| {
                let input = EncoderInput::Tokens(&batch);
                let output = encoder.forward(input, &[], &mut Trace::off()).expect("it runs");
                values(&output.last_hidden_state)
            };
            let expected = states(&unpacked);
            assert_eq!(states(&packed), expected, "{copies} copies");
            packed.keep_unpacked();
            assert_eq!(states(&packed), expected, "{copies} copies, kept unpacked");
        }
    }
}

#[test]
fn weights_that_are_variables_get_gradients_whoever_shall_multiply() {
    let config = testing::config(Shape::default());
    let tensors = testing::tensors(&config, 2).expect("they are made");
    let name = "bert.encoder.layer.0.output.dense.weight";
    let variable = Var::from_tensor(&tensors[name]).expect("a variable");
    let mut mixed = tensors;
    mixed.insert(name.to_owned(), variable.as_tensor().clone());
    let weights = Weights::new(mixed, DType::F32).with_multiplier(Multiplier::Panels);
    let encoder = Encoder::new(config, weights).expect("it loads");
    let output = encoder
        .forward(
            EncoderInput::Tokens(&batch(&encoder, &[vec![2, 5, 6, 3]])),
            &[],
            &mut Trace::off(),
        )
        .expect("it runs");
    let gradients = output
        .logits
        .and_then(|logits| logits.sum_all().ok())
        .and_then(|sum| sum.backward().ok())
        .expect("it has gradients");
    let gradient = gradients.get(&variable).expect("it reaches the variable");
    assert!(values(gradient).iter().any(|g| g.abs() > 1e-6));
}

#[test]
fn in_double_precision_candle_multiplies() {
    let config = testing::config(ODD);
    let tensors = testing::tensors(&config, 2).expect("they are made");
    let weights = Weights::new(tensors, DType::F64).with_multiplier(Multiplier::Panels);
    let encoder = Encoder::new(config, weights).expect("it loads");
    let words = Tensor::zeros((1, 3, 33), DType::F64, &Device::Cpu).expect("zeros");
    let input = EncoderInput::Embeddings {
        words: &words,
        batch: &batch(&encoder, &[vec![2, 5, 3]]),
    };
    let output = encoder.forward(input, &[], &mut Trace::off()).expect("it runs");
    assert_eq!(output.last_hidden_state.dtype(), DType::F64);
}

#[test]
fn batches_cut_by_length_fill_nothing_up_and_lose_nothing() {
    let model = testing::model(Shape::default(), 3).expect("it loads");
    let texts = ["a film", "good", "not bad at all", "bad", "the plot", "love", ""];
    let sequences =
        texts.map(|text| TokenSequence::from(&model.tokenize(text, None).expect("it is tokenized")));
    let config = model.encoder().config();
    let most_tokens = 8;
    let batches = TokenBatch::by_length(&sequences, most_tokens, config).expect("they fit");
    let mut seen: Vec<usize> = Vec::new();
    for (places, batch) in &batches {
        assert_eq!(batch.lengths().len(), places.len());
        assert!(places.len() == 1 || places.len() * batch.tokens() <= most_tokens);
        for (place, &length) in places.iter().zip(batch.lengths()) {
            assert_eq!((length, length), (batch.tokens(), sequences[*place].ids.len()));
        }
        seen.extend(places);
    }
    assert_eq!(batches.len(), 5);
    seen.sort_unstable();
    assert_eq!(seen, (0..texts.len()).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_company_in_a_batch_changes_nothing(
        ids in proptest::collection::vec(proptest::collection::vec(2..30u32, 1..70), 2..5),
        seed in 0..1000u64,
    ) {
        let encoder = encoder(ODD, seed, Multiplier::Panels);
        let states = |ids: &[Vec<u32>]| {
            encoder
                .forward(EncoderInput::Tokens(&batch(&encoder, ids)), &[], &mut Trace::off())
                .expect("it runs")
                .last_hidden_state
        };
        let together = states(&ids);
        for (row, ids) in ids.iter().enumerate() {
            let alone = states(std::slice::from_ref(ids));
            let among = together.narrow(0, row, 1).and_then(|t| t.narrow(1, 0, ids.len())).expect("its own tokens");
            prop_assert!(largest_difference(&alone, &among) <= 1e-6);
        }
    }

    /// Tokens that several sequences of a batch share are projected once, unless an intervention makes others of them.
    #[test]
    fn masked_versions_of_one_text_are_together_what_they_are_alone(
        text in proptest::collection::vec(5..30u32, 1..24),
        versions in proptest::collection::vec(any::<u32>(), 2..9),
        patched in any::<bool>(),
    ) {
        let encoder = encoder(ODD, 7, Multiplier::Panels);
        let masked = |version: &u32| {
            let token = |(at, id): (usize, &u32)| if version >> at & 1 == 1 { 4 } else { *id };
            text.iter().enumerate().map(token).collect::<Vec<u32>>()
        };
        let versions: Vec<Vec<u32>> = versions.iter().map(masked).collect();
        let patch = Intervention::PatchHiddenState {
            state: HiddenStateIdx(0),
            position: Position(text.len() - 1),
            values: vec![0.25; ODD.hidden],
        };
        let interventions = if patched { vec![patch] } else { Vec::new() };
        let states = |ids: &[Vec<u32>]| {
            encoder
                .forward(EncoderInput::Tokens(&batch(&encoder, ids)), &interventions, &mut Trace::off())
                .expect("it runs")
                .last_hidden_state
        };
        let together = states(&versions);
        for (row, version) in versions.iter().enumerate() {
            let alone = states(std::slice::from_ref(version));
            prop_assert_eq!(values(&alone), values(&together.narrow(0, row, 1).expect("its own row")));
        }
    }
}
