//! The predictions of many inputs at once.

use std::collections::BTreeMap;

use vitrine_record::{Prediction, message::TextInput};

use crate::analysis::predictions_of;
use crate::error::{ModelError, Result};
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
/// [`ModelError::Input`] if the model has no classifier; those of tokenizing and of the forward pass.
pub fn predict(model: &Model, inputs: &[TextInput]) -> Result<Vec<Prediction>> {
    let encodings = inputs
        .iter()
        .map(|input| model.tokenize(&input.text, input.pair.as_deref()))
        .collect::<Result<Vec<Encoding>>>()?;
    let lengths: Vec<usize> = encodings.iter().map(|encoding| encoding.tokens.len()).collect();
    let mut predictions: Vec<Option<Prediction>> = vec![None; inputs.len()];
    for places in batches_by_length(&lengths, MOST_TOKENS_AT_ONCE) {
        let batch: Vec<&Encoding> = places.iter().map(|&place| &encodings[place]).collect();
        let batch = TokenBatch::new(&batch, model.encoder().config())?;
        let mut trace = Trace::new(TraceRequest::default());
        let output = model
            .encoder()
            .forward(EncoderInput::Tokens(&batch), &[], &mut trace)?;
        let logits = output
            .logits
            .ok_or_else(|| ModelError::Input(format!("the model {} has no classifier", model.info().id)))?;
        for (place, prediction) in places.into_iter().zip(predictions_of(&logits)?) {
            predictions[place] = Some(prediction);
        }
    }
    Ok(predictions.into_iter().flatten().collect())
}

/// The places of all lengths, each once, in batches of one length that hold at most `most_tokens` tokens or one place.
fn batches_by_length(lengths: &[usize], most_tokens: usize) -> Vec<Vec<usize>> {
    let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, &length) in lengths.iter().enumerate() {
        by_length.entry(length).or_default().push(place);
    }
    by_length
        .into_iter()
        .flat_map(|(length, places)| {
            let most = (most_tokens / length.max(1)).max(1);
            places.chunks(most).map(<[usize]>::to_vec).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{self, Shape};

    proptest! {
        #[test]
        fn batches_hold_every_place_once_and_only_one_length(
            lengths in proptest::collection::vec(1usize..40, 0..60), most in 1usize..100,
        ) {
            let batches = batches_by_length(&lengths, most);
            let mut places: Vec<usize> = batches.concat();
            places.sort_unstable();
            prop_assert_eq!(places, (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                let length = lengths[batch[0]];
                prop_assert!(batch.iter().all(|&place| lengths[place] == length));
                prop_assert!(batch.len() == 1 || batch.len() * length <= most);
            }
        }
    }

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
