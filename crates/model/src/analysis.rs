//! What a model says about a text, with what should be said beside it: the one way from text to picture that the
//! worker and the command line share.

use candle_core::{DType, Tensor};
use vitrine_record::{Analysis, AttentionThumbnails, LayerIdx, Notice, Prediction, Segment, Token};

use crate::error::Result;
use crate::intervention::Intervention;
use crate::language::looks_english;
use crate::model::Model;
use crate::run::Run;
use crate::tokenize::Encoding;
use crate::trace::EncoderOutput;

/// Below this probability of the likelier of two classes, the model is said to hold a text to be neutral. It was
/// trained on neutral sentences to answer one half, so that a lean of less than a tenth is no opinion.
pub const NEUTRAL_BELOW: f32 = 0.6;

/// The layers whose attention an analysis has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    /// All.
    All,
    /// All of a text of at most [`Analysis::MOST_TOKENS_FOR_ALL_LAYERS`] tokens; of a longer one only this, and
    /// thumbnails of all. One that the model lacks is its last.
    LookedAt(LayerIdx),
}

/// Runs the model on a text, or on a pair of texts, changed by interventions. Of the attention no more is in memory at
/// any time than the analysis has in the end, and one layer.
///
/// # Errors
/// Those of tokenizing and of the forward pass.
pub fn analyse(
    model: &Model,
    text: &str,
    pair: Option<&str>,
    interventions: &[Intervention],
    layers: Layers,
) -> Result<(Analysis, Run)> {
    let (mut attention, mut thumbnails) = (Vec::new(), Vec::new());
    let last = LayerIdx(model.info().layers.saturating_sub(1));
    let run = Run::new(model, text, pair, interventions, |layer| match layers {
        Layers::LookedAt(wanted) if layer.tokens() > Analysis::MOST_TOKENS_FOR_ALL_LAYERS => {
            thumbnails.push(AttentionThumbnails::new(&layer));
            if layer.layer == wanted.min(last) {
                attention.push(layer);
            }
        }
        Layers::All | Layers::LookedAt(_) => attention.push(layer),
    })?;
    let analysis = Analysis {
        model_hash: model.info().hash.clone(),
        text: text.to_owned(),
        pair: pair.map(str::to_owned),
        tokens: run.encoding.tokens.clone(),
        prediction: run.prediction().cloned(),
        attention,
        thumbnails,
        notices: notices(text, pair, &run.encoding, run.prediction()),
    };
    Ok((analysis, run))
}

/// The prediction for the first sequence of a batch; `None` for a model without a classifier.
pub(crate) fn prediction(output: &EncoderOutput) -> Result<Option<Prediction>> {
    let predictions = output.logits.as_ref().map(predictions_of).transpose()?;
    Ok(predictions.and_then(|predictions| predictions.into_iter().next()))
}

/// The predictions of a batch from its logits `[B, classes]`.
pub(crate) fn predictions_of(logits: &Tensor) -> Result<Vec<Prediction>> {
    let rows = logits.to_dtype(DType::F32)?.to_vec2::<f32>()?;
    let prediction = |logits: Vec<f32>| Prediction {
        probabilities: softmax(&logits),
        logits,
    };
    Ok(rows.into_iter().map(prediction).collect())
}

/// In F64, so that the probabilities sum to 1 as closely as F32 can say.
fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit - largest).exp())
        .collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials
        .iter()
        .map(|exponential| (exponential / sum) as f32)
        .collect()
}

fn notices(
    text: &str,
    pair: Option<&str>,
    encoding: &Encoding,
    prediction: Option<&Prediction>,
) -> Vec<Notice> {
    let empty = encoding.typed_tokens() == 0;
    let mut notices = Vec::new();
    if empty {
        notices.push(Notice::Empty);
    }
    notices.extend(encoding.truncations.iter().copied().map(Notice::Truncated));
    let looks_english = |text, segment| {
        let tokens: Vec<Token> = encoding
            .tokens
            .iter()
            .filter(|token| token.segment == segment)
            .cloned()
            .collect();
        looks_english(text, &tokens)
    };
    if !looks_english(text, Segment::A) || pair.is_some_and(|pair| !looks_english(pair, Segment::B)) {
        notices.push(Notice::NotEnglish);
    }
    if encoding
        .tokens
        .iter()
        .any(|token| !token.special && token.piece == Token::UNKNOWN_PIECE)
    {
        notices.push(Notice::Unknown);
    }
    if pair.is_some_and(|pair| !pair.is_empty()) {
        notices.push(Notice::Pair);
    }
    let neutral = |prediction: &Prediction| {
        prediction.probabilities.len() == 2
            && prediction
                .probabilities
                .iter()
                .all(|&share| share < NEUTRAL_BELOW)
    };
    if !empty && prediction.is_some_and(neutral) {
        notices.push(Notice::Neutral);
    }
    notices
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::Truncation;

    use super::*;

    #[test]
    fn softmax_bears_any_logits() {
        assert_eq!(softmax(&[0.0, 0.0]), [0.5, 0.5]);
        assert_eq!(softmax(&[1000.0, -1000.0]), [1.0, 0.0]);
        assert_eq!(softmax(&[-1000.0]), [1.0]);
        assert!(softmax(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn softmax_sums_to_one(logits in proptest::collection::vec(-50.0f32..50.0, 1..9)) {
            let sum: f32 = softmax(&logits).iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-6);
        }
    }

    fn token(text: &str, start: usize) -> Token {
        let end = start + text.chars().count();
        let (piece, segment) = (text.to_owned(), Segment::A);
        Token {
            text: text.to_owned(),
            piece,
            id: Default::default(),
            start,
            end,
            segment,
            special: false,
        }
    }

    fn check(text: &str, pair: Option<&str>, tokens: &[Token], positive: f32, expect: &[Notice]) {
        let encoding = Encoding {
            tokens: tokens.to_vec(),
            truncations: vec![],
        };
        let prediction = Prediction {
            logits: vec![0.0; 2],
            probabilities: vec![1.0 - positive, positive],
        };
        assert_eq!(notices(text, pair, &encoding, Some(&prediction)), expect);
    }

    #[test]
    fn what_should_be_said_is_said() {
        let good = [token("good", 0)];
        check("good", None, &good, 0.9, &[]);
        check("good", None, &good, 0.1, &[]);
        check("good", None, &good, 0.59, &[Notice::Neutral]);
        check("good", None, &good, 0.41, &[Notice::Neutral]);
        check("good", None, &good, 0.61, &[]);
        check("good", Some("food"), &good, 0.9, &[Notice::Pair]);
        check("good", Some(""), &good, 0.9, &[]);
        check(
            "good",
            Some("Пища"),
            &good,
            0.9,
            &[Notice::NotEnglish, Notice::Pair],
        );
        check("  ", None, &[], 0.5, &[Notice::Empty]);
        let mut unknown = token("🙂", 5);
        unknown.piece = "[UNK]".to_owned();
        check(
            "good 🙂",
            None,
            &[good[0].clone(), unknown],
            0.9,
            &[Notice::Unknown],
        );
    }

    #[test]
    fn truncation_is_said_and_a_model_of_three_classes_is_never_neutral() {
        let cut = Truncation {
            segment: Segment::A,
            unread_from: 4,
            tokens_left_out: 1,
        };
        let encoding = Encoding {
            tokens: vec![token("good", 0)],
            truncations: vec![cut],
        };
        let prediction = Prediction {
            logits: vec![0.0; 3],
            probabilities: vec![0.3, 0.3, 0.4],
        };
        assert_eq!(
            notices("good food", None, &encoding, Some(&prediction)),
            [Notice::Truncated(cut)]
        );
        assert_eq!(
            notices("good food", None, &encoding, None),
            [Notice::Truncated(cut)]
        );
    }
}
