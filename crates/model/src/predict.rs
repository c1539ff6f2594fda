//! The predictions of many inputs at once.

use vitrine_record::{Prediction, message::TextInput};

use crate::analysis::predictions_of;
use crate::error::Result;
use crate::input::{EncoderInput, TokenBatch};
use crate::model::Model;
use crate::tokenize::Encoding;
use crate::trace::{Trace, TraceRequest};

/// So many tokens at most go through the encoder at once: enough that its products are as quick as they get, and few
/// enough that a batch of long texts fits into a tab.
const MOST_TOKENS_AT_ONCE: usize = 1024;

/// The predictions of inputs that have nothing to do with each other, in their order.
///
/// Inputs of one length share a batch, and no batch has inputs of unlike lengths, so that nothing is ever filled up
/// and no prediction depends, beyond rounding, on what it was computed together with.
///
/// # Errors
/// [`ModelError::Input`](crate::ModelError::Input) if the model has no classifier; those of tokenizing and of the forward pass.
pub fn predict(model: &Model, inputs: &[TextInput]) -> Result<Vec<Prediction>> {
    let encodings = inputs
        .iter()
        .map(|input| model.tokenize(&input.text, input.pair.as_deref()))
        .collect::<Result<Vec<Encoding>>>()?;
    let encodings: Vec<&Encoding> = encodings.iter().collect();
    let mut predictions: Vec<Option<Prediction>> = vec![None; inputs.len()];
    for (places, batch) in TokenBatch::by_length(&encodings, MOST_TOKENS_AT_ONCE, model.encoder().config())? {
        let mut trace = Trace::new(TraceRequest::default());
        let output = model
            .encoder()
            .forward(EncoderInput::Tokens(&batch), &[], &mut trace)?;
        let logits = output.logits.ok_or_else(|| model.lacks_classifier())?;
        for (place, prediction) in places.into_iter().zip(predictions_of(&logits)?) {
            predictions[place] = Some(prediction);
        }
    }
    Ok(predictions.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, Shape};

    fn inputs(texts: &[&str]) -> Vec<TextInput> {
        let input = |text: &&str| TextInput {
            text: (*text).to_owned(),
            pair: None,
        };
        texts.iter().map(input).collect()
    }

    #[test]
    fn a_prediction_does_not_depend_on_its_company() {
        let model = testing::model(Shape::default(), 3).unwrap();
        let texts = [
            "the film was bad",
            "not bad at all",
            "the",
            "all the film was not bad",
            "was bad the film",
        ];
        let together = predict(&model, &inputs(&texts)).unwrap();
        assert_eq!(together.len(), texts.len());
        for (text, together) in texts.iter().zip(&together) {
            let alone = predict(&model, &inputs(&[text])).unwrap();
            for (one, other) in alone[0].logits.iter().zip(&together.logits) {
                assert!((one - other).abs() <= 1e-6, "{text}: {one} {other}");
            }
        }
        assert!(predict(&model, &[]).unwrap().is_empty());
    }
}
