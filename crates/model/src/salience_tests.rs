use candle_core::DType;
use vitrine_record::MaskedInput;

use super::*;
use crate::evaluate::evaluate;
use crate::testing::{self, Shape};
use crate::{BertTokenizer, ModelFiles, Multiplier};

const TEXT: &str = "the film was not bad";

fn text(text: &str) -> TextInput {
    TextInput {
        text: text.to_owned(),
        pair: None,
    }
}

fn model(dtype: DType, multiplier: Multiplier) -> Model {
    let files = testing::files(Shape::default(), 8).unwrap();
    let weights = files.weights.to_dtype(dtype).with_multiplier(multiplier);
    Model::new(ModelFiles { weights, ..files }).unwrap()
}

fn targets() -> Vec<ExplanationTarget> {
    let class = |link| ExplanationTarget {
        output: ModelOutput::Logits,
        index: 1,
        link,
    };
    let pooled = |output| ExplanationTarget {
        output,
        ..ExplanationTarget::default()
    };
    let (from, to) = (text("bad"), text("good film"));
    vec![
        class(OutputLink::Probability),
        class(OutputLink::Logit),
        pooled(ModelOutput::SimilarityTo(text("good plot"))),
        pooled(ModelOutput::Direction { from, to }),
    ]
}

fn compute(
    model: &Model,
    input: &TextInput,
    target: &ExplanationTarget,
    steps: usize,
    baseline: GradientBaseline,
) -> Salience {
    let mut computation = SalienceComputation::new(model, input, target, steps, baseline).unwrap();
    let mut parts = Vec::new();
    while !computation.is_done() {
        computation.advance(model).unwrap();
        parts.push(computation.so_far().clone());
    }
    let whole = computation.so_far().clone();
    computation.advance(model).unwrap();
    assert_eq!(*computation.so_far(), whole, "nothing is left");
    assert_eq!(parts[0].steps_done, 0);
    assert!(parts.is_sorted_by_key(|part| part.steps_done));
    let (last, before) = parts.split_last().unwrap();
    assert!(
        before
            .iter()
            .all(|part| part.integrated_gradients.is_none() && part.is_consistent())
    );
    assert_eq!((last.steps_done, last.steps), (steps, steps));
    assert!(last.is_consistent());
    whole
}

#[test]
fn scores_are_those_of_an_evaluation_and_the_path_leads_from_one_to_the_other() {
    for (dtype, multiplier) in [
        (DType::F32, Multiplier::Panels),
        (DType::F32, Multiplier::Candle),
        (DType::F64, Multiplier::Candle),
    ] {
        let model = model(dtype, multiplier);
        for target in targets() {
            let salience = compute(&model, &text(TEXT), &target, 50, GradientBaseline::Mask);
            let score = |input: &str| {
                let inputs = [MaskedInput::Text(text(input))];
                let outputs = evaluate(&model, &inputs, &target.output).unwrap();
                target_score(&outputs[0], &target).unwrap()
            };
            assert!((salience.prediction - score(TEXT)).abs() < 1e-5, "{target:?}");
            let masked = "[MASK] [MASK] [MASK] [MASK] [MASK]";
            assert!((salience.base_value - score(masked)).abs() < 1e-5, "{target:?}");
            let gap = salience.gap().unwrap();
            assert!(gap.abs() < 1e-4, "{target:?}: {gap}");
            let values = salience.integrated_gradients.unwrap();
            assert_eq!(
                [values[0], values[6]],
                [0.0, 0.0],
                "special tokens are the same all along the path"
            );
            assert!(values[1..6].iter().all(|value| value.abs() > 1e-6), "{values:?}");
        }
    }
}

/// In double precision, where differences have digits enough.
#[test]
fn gradients_are_those_of_finite_differences() {
    let model = model(DType::F64, Multiplier::Candle);
    for target in targets() {
        let computation =
            SalienceComputation::new(&model, &text(TEXT), &target, 1, GradientBaseline::Zero).unwrap();
        let salience = compute(&model, &text(TEXT), &target, 1, GradientBaseline::Zero);
        let width = model.encoder().config().hidden_size;
        for token in 0..7 {
            // Along the word embedding: of the gradient times the input, the slope where the word is scaled.
            const STEP: f64 = 1e-4;
            let at = |factor: f64| {
                let mut words = computation.words.clone();
                words[token * width..][..width]
                    .iter_mut()
                    .for_each(|value| *value *= factor);
                let words = computation.tensor(&model, &words, 1).unwrap();
                let output = computation.begin_at(&model, &words, 1).unwrap().finish().unwrap();
                let score = computation.scores(&output).unwrap();
                score.get(0).unwrap().to_scalar::<f64>().unwrap()
            };
            let slope = (at(1.0 + STEP) - at(1.0 - STEP)) / (2.0 * STEP);
            let value = salience.gradient_times_input[token];
            assert!(
                (slope - value).abs() < 1e-5 * (1.0 + value.abs()),
                "{target:?}: {slope} {value}"
            );
            let word = &computation.words[token * width..][..width];
            let length = word.iter().map(|value| value * value).sum::<f64>().sqrt();
            assert!(
                salience.gradient_norm[token] * length >= value.abs() - 1e-9,
                "Cauchy and Schwarz"
            );
        }
    }
}

#[test]
fn a_text_without_words_is_its_own_baseline() {
    let model = model(DType::F32, Multiplier::Panels);
    let salience = compute(&model, &text(""), &targets()[0], 3, GradientBaseline::Pad);
    assert_eq!(salience.prediction, salience.base_value);
    assert_eq!(salience.integrated_gradients, Some(vec![0.0, 0.0]));
}

#[test]
fn what_cannot_be_computed_is_refused() {
    let refused = |model: &Model, target: &ExplanationTarget, steps, baseline| {
        let computation = SalienceComputation::new(model, &text(TEXT), target, steps, baseline);
        computation.err().expect("it is refused").to_string()
    };
    let whole = model(DType::F32, Multiplier::Panels);
    let third = ExplanationTarget {
        index: 2,
        ..ExplanationTarget::default()
    };
    let pad = GradientBaseline::Pad;
    let message = refused(&whole, &third, 50, pad);
    assert!(
        message.contains("output 2") && message.contains("there are 2"),
        "{message}"
    );
    for steps in [0, Salience::MOST_STEPS + 1] {
        assert!(refused(&whole, &targets()[0], steps, pad).contains(&format!("not {steps}")));
    }
    let mut files = testing::files(Shape::default(), 8).unwrap();
    let vocabulary = testing::VOCABULARY.replace("[PAD]", "pad");
    files.tokenizer = BertTokenizer::from_vocabulary(&vocabulary, true).unwrap();
    let lacking = Model::new(files).unwrap();
    assert!(refused(&lacking, &targets()[0], 50, pad).contains("no [PAD]"));
}
