//! The encoder held to candle's own BERT, to finite differences, and to its laws.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use candle_core::{DType, Device, Tensor, Var};
use proptest::prelude::*;
use vitrine_model::testing::{self, Shape};
use vitrine_model::{Encoder, EncoderInput, Intervention, TokenBatch, Trace, TraceRequest, Weights};
use vitrine_record::{HeadIdx, HiddenStateIdx, LayerIdx, NeuronIdx, Position};

fn batch(encoder: &Encoder, ids: &[Vec<u32>]) -> TokenBatch {
    let segments: Vec<Vec<u32>> = ids
        .iter()
        .map(|ids| (0..ids.len()).map(|i| u32::from(i > ids.len() / 2)).collect())
        .collect();
    TokenBatch::from_ids(ids, &segments, encoder.config()).expect("the ids fit")
}

fn run(encoder: &Encoder, batch: &TokenBatch, interventions: &[Intervention]) -> (Tensor, Trace) {
    let mut trace = Trace::new(TraceRequest::everything());
    let output = encoder
        .forward(EncoderInput::Tokens(batch), interventions, &mut trace)
        .expect("it runs");
    (output.logits.expect("it has a classifier"), trace)
}

fn largest_difference(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.dims(), b.dims());
    let difference = a.sub(b).and_then(|d| {
        d.abs()?
            .flatten_all()?
            .max(0)?
            .to_dtype(DType::F64)?
            .to_scalar::<f64>()
    });
    difference.expect("same type")
}

const SENTENCE: [u32; 8] = [2, 5, 6, 7, 8, 9, 16, 3];

#[test]
fn equals_candles_own_bert() {
    for shape in [
        Shape::default(),
        Shape {
            layers: 4,
            heads: 2,
            hidden: 32,
            intermediate: 100,
            max_tokens: 16,
        },
        Shape {
            layers: 1,
            heads: 8,
            hidden: 64,
            intermediate: 32,
            max_tokens: 40,
        },
    ] {
        let encoder = testing::encoder(shape, 1, DType::F32).expect("it loads");
        let tensors = testing::tensors(encoder.config(), 1).expect("they are made");
        let json = encoder.config().to_json().expect("it is written");
        let mut config: serde_json::Value = serde_json::from_slice(&json).expect("it is read");
        for (key, value) in [("hidden_dropout_prob", 0.0), ("initializer_range", 0.02)] {
            config[key] = value.into();
        }
        config["position_embedding_type"] = "absolute".into();
        let config = serde_json::from_value(config).expect("it is candle's configuration");
        let builder = candle_nn::VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let peer = candle_transformers::models::bert::BertModel::load(builder, &config).expect("it loads");

        let ids = [
            SENTENCE.to_vec(),
            vec![2, 10, 11, 3],
            vec![2, 12, 13, 14, 9, 9, 3],
        ];
        let batch = batch(&encoder, &ids);
        let lengths: Vec<u8> = ids
            .iter()
            .flat_map(|row| (0..8).map(|i| u8::from(i < row.len())))
            .collect();
        let mask = Tensor::from_vec(lengths, (3, 8), &Device::Cpu).expect("a mask");
        let theirs = peer
            .forward(batch.ids(), batch.segments(), Some(&mask))
            .expect("it runs");
        let ours = encoder
            .forward(EncoderInput::Tokens(&batch), &[], &mut Trace::off())
            .expect("it runs")
            .last_hidden_state;
        for (row, ids) in ids.iter().enumerate() {
            let valid = |t: &Tensor| t.get(row).and_then(|t| t.narrow(0, 0, ids.len())).expect("a row");
            let difference = largest_difference(&valid(&ours), &valid(&theirs));
            assert!(difference <= 1e-4, "{shape:?}, row {row}: {difference}");
        }
    }
}

#[test]
fn gradients_equal_central_finite_differences() {
    let shape = Shape {
        layers: 2,
        heads: 2,
        hidden: 8,
        intermediate: 12,
        max_tokens: 12,
    };
    let encoder = testing::encoder(shape, 5, DType::F64).expect("it loads");
    let batch = batch(&encoder, &[SENTENCE.to_vec(), vec![2, 12, 13, 14, 3]]);
    let words = encoder.word_embeddings(&batch).expect("they are looked up");
    let interventions = [
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
            key: Position(2),
        },
    ];
    for interventions in [&[][..], &interventions] {
        let target = |words: &Tensor| {
            let input = EncoderInput::Embeddings { words, batch: &batch };
            let output = encoder
                .forward(input, interventions, &mut Trace::off())
                .expect("it runs");
            output
                .logits
                .expect("logits")
                .narrow(1, 1, 1)
                .and_then(|l| l.sum_all())
                .expect("a number")
        };
        let variable = Var::from_tensor(&words).expect("a variable");
        let gradients = target(&variable).backward().expect("it has gradients");
        let gradient = gradients.get(&variable).expect("they reach the embeddings");
        let gradient = gradient
            .flatten_all()
            .and_then(|g| g.to_vec1::<f64>())
            .expect("values");
        let values = words
            .flatten_all()
            .and_then(|w| w.to_vec1::<f64>())
            .expect("values");
        let scale = gradient.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        assert!(scale > 1e-3, "the gradient is not all but zero");
        const STEP: f64 = 1e-5;
        for index in 0..values.len() {
            let at = |delta: f64| {
                let mut moved = values.clone();
                moved[index] += delta;
                let moved = Tensor::from_vec(moved, words.shape(), &Device::Cpu).expect("a tensor");
                target(&moved).to_scalar::<f64>().expect("a number")
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            // Relative to the entry, but for entries that are zero beside the largest.
            let relative = (difference - gradient[index]).abs() / gradient[index].abs().max(1e-3 * scale);
            assert!(
                relative <= 1e-5,
                "entry {index}: {} against {difference}",
                gradient[index]
            );
        }
    }
}

#[test]
fn gradients_reach_the_weights() {
    let config = testing::config(Shape::default());
    let variables: Vec<(String, Var)> = testing::tensors(&config, 2)
        .expect("they are made")
        .into_iter()
        .map(|(name, tensor)| (name, Var::from_tensor(&tensor).expect("a variable")))
        .collect();
    let tensors = variables
        .iter()
        .map(|(name, v)| (name.clone(), v.as_tensor().clone()))
        .collect();
    let encoder = Encoder::new(config, Weights::new(tensors, DType::F32)).expect("it loads");
    let (logits, _) = run(&encoder, &batch(&encoder, &[SENTENCE.to_vec()]), &[]);
    let gradients = logits
        .sum_all()
        .and_then(|sum| sum.backward())
        .expect("it has gradients");
    for (name, variable) in &variables {
        let gradient = gradients
            .get(variable)
            .unwrap_or_else(|| panic!("no gradient reaches {name}"));
        let largest = largest_difference(gradient, &gradient.zeros_like().expect("zeros"));
        // Adding the same to all scores of a row changes no probability, so the key's bias has no gradient.
        assert!(largest > 1e-6 || name.ends_with("key.bias"), "{name}: {largest}");
    }
}

#[test]
fn a_trace_agrees_with_itself() {
    let encoder = testing::encoder(Shape::default(), 3, DType::F32).expect("it loads");
    let batch = batch(&encoder, &[SENTENCE.to_vec()]);
    let (_, trace) = run(&encoder, &batch, &[]);
    assert_eq!(trace.hidden_states.len(), 3);
    for layer in 0..2 {
        let scores = &trace.attention_scores[layer];
        let again = trace.queries[layer]
            .matmul(&trace.keys[layer].t().expect("2-D"))
            .and_then(|s| s / (32.0_f64).sqrt())
            .expect("a product");
        assert!(largest_difference(scores, &again) < 1e-4);
        let probabilities = candle_nn::ops::softmax_last_dim(scores).expect("a softmax");
        assert!(largest_difference(&trace.attention_probabilities[layer], &probabilities) < 1e-6);
        let outputs = probabilities.matmul(&trace.values[layer]).expect("a product");
        assert!(largest_difference(&trace.head_outputs[layer], &outputs) < 1e-5);
        assert_eq!(trace.neurons[layer].dims(), [1, 8, 64]);
    }
}

#[test]
fn interventions_do_what_they_say() {
    let encoder = testing::encoder(Shape::default(), 4, DType::F32).expect("it loads");
    let batch = batch(&encoder, &[SENTENCE.to_vec()]);
    let (plain, trace) = run(&encoder, &batch, &[]);

    let nothing = Intervention::ScaleHead {
        layer: LayerIdx(0),
        head: HeadIdx(0),
        factor: 1.0,
    };
    assert!(largest_difference(&run(&encoder, &batch, &[nothing]).0, &plain) < 1e-6);

    let off: Vec<_> = (0..3)
        .map(|head| Intervention::ScaleHead {
            layer: LayerIdx(1),
            head: HeadIdx(head),
            factor: 0.0,
        })
        .collect();
    let (_, ablated) = run(&encoder, &batch, &off);
    let zeros = ablated.head_outputs[1].zeros_like().expect("zeros");
    assert!(largest_difference(&ablated.head_outputs[1], &zeros) == 0.0);
    assert!(largest_difference(&ablated.head_outputs[0], &trace.head_outputs[0]) == 0.0);

    let neuron = Intervention::ScaleNeuron {
        layer: LayerIdx(0),
        neuron: NeuronIdx(5),
        factor: 0.0,
    };
    let (_, without) = run(&encoder, &batch, &[neuron]);
    let column = without.neurons[0].narrow(2, 5, 1).expect("a column");
    assert!(largest_difference(&column, &column.zeros_like().expect("zeros")) == 0.0);

    // Patching every position of the last hidden state with that of another input gives that input's logits.
    let other = other_batch(&encoder);
    let (other_logits, other_trace) = run(&encoder, &other, &[]);
    let rows = other_trace.hidden_states[2]
        .get(0)
        .and_then(|h| h.to_vec2::<f32>())
        .expect("rows");
    let patches: Vec<_> = rows
        .into_iter()
        .enumerate()
        .map(|(position, values)| Intervention::PatchHiddenState {
            state: HiddenStateIdx(2),
            position: Position(position),
            values,
        })
        .collect();
    assert!(largest_difference(&run(&encoder, &batch, &patches).0, &other_logits) < 1e-6);
}

fn other_batch(encoder: &Encoder) -> TokenBatch {
    batch(encoder, &[vec![2, 12, 13, 14, 15, 9, 9, 3]])
}

#[test]
fn what_does_not_fit_is_refused() {
    let encoder = testing::encoder(Shape::default(), 4, DType::F32).expect("it loads");
    let batch = batch(&encoder, &[SENTENCE.to_vec()]);
    let refused = |interventions: &[Intervention], complaint: &str| {
        let error = encoder
            .forward(EncoderInput::Tokens(&batch), interventions, &mut Trace::off())
            .expect_err("it does not fit");
        assert!(
            error.is_bad_input() && error.to_string().contains(complaint),
            "{error}"
        );
    };
    refused(
        &[Intervention::ScaleHead {
            layer: LayerIdx(2),
            head: HeadIdx(0),
            factor: 0.0,
        }],
        "layer 2",
    );
    refused(
        &[Intervention::ScaleHead {
            layer: LayerIdx(0),
            head: HeadIdx(3),
            factor: 0.0,
        }],
        "head 3",
    );
    refused(
        &[Intervention::HideKey {
            layer: LayerIdx(0),
            key: Position(8),
        }],
        "token 8",
    );
    let everything: Vec<_> = (0..8)
        .map(|key| Intervention::HideKey {
            layer: LayerIdx(1),
            key: Position(key),
        })
        .collect();
    refused(&everything, "all tokens of sequence 0 are hidden from layer 1");
    refused(
        &[Intervention::PatchHiddenState {
            state: HiddenStateIdx(0),
            position: Position(0),
            values: vec![0.0],
        }],
        "1 values",
    );
    refused(
        &[Intervention::ScaleHead {
            layer: LayerIdx(0),
            head: HeadIdx(0),
            factor: f32::INFINITY,
        }],
        "no finite number",
    );
    let config = encoder.config();
    for (ids, segments) in [
        (vec![], vec![]),
        (vec![vec![]], vec![vec![]]),
        (vec![vec![999]], vec![vec![0]]),
        (vec![vec![2]], vec![vec![2]]),
        (vec![vec![2]], vec![vec![0, 0]]),
        (vec![vec![2; 25]], vec![vec![0; 25]]),
    ] {
        assert!(
            TokenBatch::from_ids(&ids, &segments, config).is_err(),
            "{ids:?} {segments:?}"
        );
    }
}

#[test]
fn a_shorter_sequence_keeps_a_key_of_its_own() {
    let encoder = testing::encoder(Shape::default(), 4, DType::F32).expect("it loads");
    let batch = batch(&encoder, &[SENTENCE.to_vec(), vec![2, 12, 3]]);
    assert_eq!(batch.lengths(), [8, 3]);
    let hide = |keys: &[usize]| -> Vec<Intervention> {
        let layer = LayerIdx(1);
        let hide = |&key: &usize| Intervention::HideKey {
            layer,
            key: Position(key),
        };
        keys.iter().map(hide).collect()
    };
    let error = encoder
        .forward(EncoderInput::Tokens(&batch), &hide(&[0, 1, 2]), &mut Trace::off())
        .expect_err("the second sequence has no other token");
    assert!(
        error.is_bad_input() && error.to_string().contains("sequence 1"),
        "{error}"
    );
    // Whatever is hidden of the filling, one token of its own is enough.
    let (logits, trace) = run(&encoder, &batch, &hide(&[0, 2, 3, 4, 5, 6]));
    let values = |tensor: &Tensor| {
        tensor
            .flatten_all()
            .and_then(|t| t.to_vec1::<f32>())
            .expect("values")
    };
    assert!(values(&logits).iter().all(|logit| logit.is_finite()));
    let second = trace.attention_probabilities[1].get(1).expect("a sequence");
    for row in values(&second).chunks(8) {
        assert_eq!(row, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_sum_to_one_and_padding_changes_nothing(
        ids in proptest::collection::vec(proptest::collection::vec(2..30u32, 1..20), 1..4),
        seed in 0..1000u64,
    ) {
        let encoder = testing::encoder(Shape::default(), seed, DType::F32).expect("it loads");
        let (together, trace) = run(&encoder, &batch(&encoder, &ids), &[]);
        for probabilities in &trace.attention_probabilities {
            let sums = probabilities.sum(3).and_then(|s| s.flatten_all()?.to_vec1::<f32>()).expect("sums");
            prop_assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5));
        }
        for (row, ids) in ids.iter().enumerate() {
            let (alone, _) = run(&encoder, &batch(&encoder, std::slice::from_ref(ids)), &[]);
            let together = together.narrow(0, row, 1).expect("a row");
            prop_assert!(largest_difference(&alone, &together) < 1e-4);
        }
    }

    #[test]
    fn hiding_a_key_renormalises_its_rows(seed in 0..1000u64, key in 0..8usize) {
        let encoder = testing::encoder(Shape::default(), seed, DType::F32).expect("it loads");
        let batch = batch(&encoder, &[SENTENCE.to_vec()]);
        let (_, plain) = run(&encoder, &batch, &[]);
        let hide = Intervention::HideKey { layer: LayerIdx(0), key: Position(key) };
        let (_, hidden) = run(&encoder, &batch, &[hide]);
        let values = |trace: &Trace| {
            trace.attention_probabilities[0].flatten_all().and_then(|p| p.to_vec1::<f32>()).expect("values")
        };
        for (before, after) in values(&plain).chunks(8).zip(values(&hidden).chunks(8)) {
            prop_assert_eq!(after[key], 0.0);
            // The rest is what it was, divided by what is left; nothing to compare where nothing is left.
            let left = 1.0 - before[key];
            for (index, (b, a)) in before.iter().zip(after).enumerate() {
                prop_assert!(index == key || left < 1e-3 || (b / left - a).abs() < 1e-4);
            }
        }
    }
}
