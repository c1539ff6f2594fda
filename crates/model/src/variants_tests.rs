use std::collections::HashMap;

use candle_core::Result as CandleResult;
use vitrine_record::{HeadIdx, Position};

use super::*;
use crate::analysis::{Layers, analyse};
use crate::linear::Multiplier;
use crate::operations::{gelu, layer_norm, softmax};
use crate::testing::{self, Shape};
use crate::weights::Weights;

/// No width is a multiple of a panel's.
const ODD: Shape = Shape {
    layers: 3,
    heads: 3,
    hidden: 33,
    intermediate: 50,
    max_tokens: 40,
};

const TEXT: &str = "the film was not bad at all";

fn tensors() -> HashMap<String, Tensor> {
    testing::tensors(&testing::config(ODD), 6).unwrap()
}

fn model(tensors: HashMap<String, Tensor>, dtype: DType, multiplier: Multiplier) -> Model {
    let mut files = testing::files(ODD, 6).unwrap();
    files.weights = Weights::new(tensors, dtype).with_multiplier(multiplier);
    Model::new(files).unwrap()
}

/// In single precision by either multiplier, and in double precision, where candle multiplies.
fn models() -> [Model; 3] {
    [
        (DType::F32, Multiplier::Candle),
        (DType::F32, Multiplier::Panels),
        (DType::F64, Multiplier::Candle),
    ]
    .map(|(dtype, multiplier)| model(tensors(), dtype, multiplier))
}

fn run(model: &Model, interventions: &[Intervention]) -> Run {
    analyse(model, TEXT, None, interventions, Layers::All).unwrap().1
}

fn all(attention: &LayerAttention) -> Vec<f32> {
    let rows = (0..attention.heads()).flat_map(|head| (0..attention.tokens()).map(move |row| (head, row)));
    rows.flat_map(|(head, row)| attention.row(head, row).to_vec())
        .collect()
}

fn assert_close(ours: &LayerAttention, expected: &[f64], tolerance: f64) {
    let ours = all(ours);
    assert_eq!(ours.len(), expected.len());
    let largest = expected.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    assert!(largest > 1e-3, "there is something to compare: {largest}");
    for (at, (&ours, &expected)) in ours.iter().zip(expected).enumerate() {
        let difference = (f64::from(ours) - expected).abs() / largest;
        assert!(difference < tolerance, "at {at}: {ours} instead of {expected}");
    }
}

/// One layer in double precision, written out from the weights by their names.
struct Plain {
    tensors: HashMap<String, Tensor>,
    layer: usize,
}

impl Plain {
    fn weight(&self, name: &str) -> CandleResult<Tensor> {
        let layer = format!("bert.encoder.layer.{}.{name}", self.layer);
        let tensor = self.tensors.get(&layer).or_else(|| self.tensors.get(name));
        tensor.expect("it is among the weights").to_dtype(DType::F64)
    }

    fn linear(&self, x: &Tensor, name: &str) -> CandleResult<Tensor> {
        let weight = self.weight(&format!("{name}.weight"))?;
        x.matmul(&weight.t()?)?
            .broadcast_add(&self.weight(&format!("{name}.bias"))?)
    }

    fn normalise(&self, x: &Tensor, name: &str) -> CandleResult<Tensor> {
        let weight = |part: &str| self.weight(&format!("{name}.{part}"));
        layer_norm(x, &weight("weight")?, &weight("bias")?, 1e-12)
    }

    /// `[A, N, D]` of `[N, H]`.
    fn by_head(&self, x: &Tensor, name: &str) -> CandleResult<Tensor> {
        let projected = self.linear(x, &format!("attention.self.{name}"))?;
        let tokens = x.dim(0)?;
        projected
            .reshape((tokens, ODD.heads, ODD.hidden / ODD.heads))?
            .transpose(0, 1)?
            .contiguous()
    }

    /// `[A, N, N]`.
    fn probabilities(&self, x: &Tensor) -> CandleResult<Tensor> {
        let scores = self
            .by_head(x, "query")?
            .matmul(&self.by_head(x, "key")?.t()?.contiguous()?)?;
        softmax(&(scores / ((ODD.hidden / ODD.heads) as f64).sqrt())?)
    }

    /// The logits, if this is the last layer and its probabilities are these.
    fn logits(&self, x: &Tensor, probabilities: &Tensor) -> CandleResult<Tensor> {
        let outputs = probabilities.matmul(&self.by_head(x, "value")?)?;
        let outputs = outputs.transpose(0, 1)?.contiguous()?.reshape(x.shape())?;
        let added = (self.linear(&outputs, "attention.output.dense")? + x)?;
        let hidden = self.normalise(&added, "attention.output.LayerNorm")?;
        let neurons = gelu(&self.linear(&hidden, "intermediate.dense")?)?;
        let added = (self.linear(&neurons, "output.dense")? + &hidden)?;
        let hidden = self.normalise(&added, "output.LayerNorm")?;
        let pooled = self
            .linear(&hidden.narrow(0, 0, 1)?, "bert.pooler.dense")?
            .tanh()?;
        self.linear(&pooled, "classifier")
    }
}

/// What the last layer reads, and the layer written out.
fn last_layer() -> (Tensor, Plain) {
    let exact = model(tensors(), DType::F64, Multiplier::Candle);
    let layer = ODD.layers - 1;
    let run = run(&exact, &[]);
    let pass = run.pass_before(&exact, LayerIdx(layer)).unwrap();
    let hidden = pass.hidden().get(0).unwrap();
    (
        hidden,
        Plain {
            tensors: tensors(),
            layer,
        },
    )
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn values_weigh_attention_by_the_length_of_what_moves() {
    let (x, plain) = last_layer();
    let probabilities = plain.probabilities(&x).unwrap();
    let values = plain.by_head(&x, "value").unwrap();
    let output = plain.weight("attention.output.dense.weight").unwrap();
    let (size, tokens) = (ODD.hidden / ODD.heads, x.dim(0).unwrap());
    let mut expected = Vec::new();
    for head in 0..ODD.heads {
        let part = output.narrow(1, head * size, size).unwrap();
        for row in 0..tokens {
            let row: Vec<f64> = probabilities
                .get(head)
                .unwrap()
                .get(row)
                .unwrap()
                .to_vec1()
                .unwrap();
            let length = |(source, probability): (usize, &f64)| {
                let value = values.get(head).unwrap().narrow(0, source, 1).unwrap();
                let moved = (value.matmul(&part.t().unwrap()).unwrap() * *probability).unwrap();
                numbers(&moved)
                    .iter()
                    .map(|number| number * number)
                    .sum::<f64>()
                    .sqrt()
            };
            expected.extend(row.iter().enumerate().map(length));
        }
    }
    for model in models() {
        let layer = LayerIdx(ODD.layers - 1);
        let ours = run(&model, &[]).value_weighted_attention(&model, layer).unwrap();
        assert!(ours.is_consistent());
        assert_close(&ours.attention, &expected, 1e-4);
    }
}

/// What moves from each source to a destination in a head, `[N][H]`, made of the numbers of the neuron view.
fn moved(computation: &vitrine_record::HeadComputation, factor: f32) -> Vec<Vec<f64>> {
    let (size, hidden) = (computation.head_size(), computation.hidden_size());
    let values = computation.values.chunks_exact(size);
    let one = |(value, probability): (&[f32], &f32)| -> Vec<f64> {
        let product = |column: usize| -> f64 {
            let rows = value.iter().enumerate();
            rows.map(|(row, value)| {
                f64::from(*value) * f64::from(computation.output_weight[row * hidden + column])
            })
            .sum()
        };
        let scale = f64::from(*probability) * f64::from(factor);
        (0..hidden).map(|column| product(column) * scale).collect()
    };
    values.zip(&computation.probabilities).map(one).collect()
}

#[test]
fn what_moves_sums_to_what_the_head_adds_in_a_changed_run_too() {
    let (layer, scaled) = (LayerIdx(1), HeadIdx(2));
    let changes = [
        Intervention::ScaleHead {
            layer,
            head: scaled,
            factor: 0.25,
        },
        Intervention::HideKey {
            layer,
            key: Position(3),
        },
    ];
    for model in models() {
        for interventions in [&[][..], &changes[..]] {
            let run = run(&model, interventions);
            let ours = run.value_weighted_attention(&model, layer).unwrap();
            for (head, destination) in [(0, 0), (2, 1), (2, 4)] {
                let factor = if head == scaled.0 && !interventions.is_empty() {
                    0.25
                } else {
                    1.0
                };
                let computation = run
                    .compute_head(&model, layer, HeadIdx(head), Position(destination))
                    .unwrap();
                let moved = moved(&computation, factor);
                let hidden = computation.hidden_size();
                let added = &computation.contributions[head * hidden..][..hidden];
                for (column, added) in added.iter().enumerate() {
                    let sum: f64 = moved.iter().map(|vector| vector[column]).sum();
                    assert!((sum - f64::from(*added)).abs() < 1e-4, "{sum} {added}");
                }
                let row = ours.attention.row(head, destination);
                for (ours, vector) in row.iter().zip(&moved) {
                    let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
                    assert!((f64::from(*ours) - length).abs() < 1e-4, "{ours} {length}");
                }
                assert_eq!(row[3] == 0.0, !interventions.is_empty());
            }
        }
    }
}

#[test]
fn values_that_are_all_the_same_leave_attention_as_it_is_but_for_its_scale() {
    let mut same = tensors();
    for (name, weight) in &mut same {
        if name.ends_with("attention.self.value.weight") {
            *weight = weight.zeros_like().unwrap();
        }
    }
    for multiplier in [Multiplier::Candle, Multiplier::Panels] {
        let model = model(same.clone(), DType::F32, multiplier);
        let run = run(&model, &[]);
        for layer in (0..ODD.layers).map(LayerIdx) {
            let raw = run.attention(&model, layer).unwrap();
            let ours = run.value_weighted_attention(&model, layer).unwrap().attention;
            let mut expected = Vec::new();
            for head in 0..ODD.heads {
                let length: f32 = ours.row(head, 0).iter().sum();
                let rows = (0..raw.tokens()).flat_map(|row| raw.row(head, row));
                expected.extend(rows.map(|share| f64::from(share * length)));
            }
            assert_close(&ours, &expected, 1e-5);
        }
    }
}

#[test]
fn the_gradient_is_that_of_the_written_out_layer() {
    let (x, plain) = last_layer();
    let probabilities = Var::from_tensor(&plain.probabilities(&x).unwrap()).unwrap();
    let logits = plain
        .logits(&x, probabilities.as_tensor())
        .unwrap()
        .get(0)
        .unwrap();
    for model in models() {
        let run = run(&model, &[]);
        let predicted = run.prediction().unwrap();
        for class in 0..predicted.logits.len() {
            let ours = run
                .gradient_times_attention(&model, LayerIdx(ODD.layers - 1), class)
                .unwrap();
            assert!(ours.is_consistent() && ours.class == Some(class));
            let logit: f64 = logits.get(class).unwrap().to_scalar().unwrap();
            assert!((logit - f64::from(predicted.logits[class])).abs() < 1e-4);
            let gradients = logits.get(class).unwrap().backward().unwrap();
            let gradient = gradients.get(&probabilities).unwrap();
            let expected = numbers(&(gradient * probabilities.as_tensor()).unwrap());
            assert!(expected.iter().any(|&value| value < 0.0) && expected.iter().any(|&value| value > 0.0));
            assert_close(&ours.attention, &expected, 1e-4);
        }
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences_in_a_changed_run_too() {
    let changes = [Intervention::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(1),
        factor: 0.5,
    }];
    let exact = model(tensors(), DType::F64, Multiplier::Candle);
    for interventions in [&[][..], &changes[..]] {
        for layer in (0..ODD.layers).map(LayerIdx) {
            let exact_run = run(&exact, interventions);
            let tokens = exact_run.tokens();
            let class = exact_run.prediction().unwrap().top().unwrap();
            let logit = |at: usize, factor: f64| {
                let mut factors = vec![1.0; ODD.heads * tokens * tokens];
                factors[at] = factor;
                let factors =
                    Tensor::from_vec(factors, (1, ODD.heads, tokens, tokens), &Device::Cpu).unwrap();
                let mut pass = exact_run.pass_before(&exact, layer).unwrap();
                pass.multiply_attention(factors);
                numbers(&pass.finish().unwrap().logits.unwrap())[class]
            };
            const STEP: f64 = 1e-4;
            let slope = |at| (logit(at, 1.0 + STEP) - logit(at, 1.0 - STEP)) / (2.0 * STEP);
            let expected: Vec<f64> = (0..ODD.heads * tokens * tokens).map(slope).collect();
            for model in models() {
                let ours = run(&model, interventions)
                    .gradient_times_attention(&model, layer, class)
                    .unwrap();
                assert_close(&ours.attention, &expected, 1e-3);
            }
        }
    }
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    let model = &models()[1];
    let run = run(model, &[]);
    for refused in [
        run.value_weighted_attention(model, LayerIdx(3)),
        run.gradient_times_attention(model, LayerIdx(3), 0),
    ] {
        let error = refused.unwrap_err();
        assert!(
            error.is_bad_input() && error.to_string().contains("no layer 3"),
            "{error}"
        );
    }
    let error = run.gradient_times_attention(model, LayerIdx(0), 9).unwrap_err();
    assert!(error.to_string().contains("no class 9"), "{error}");
}
