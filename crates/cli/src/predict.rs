//! `vitrine predict`.

use serde::Serialize;
use vitrine_model::{Layers, Model, analyse};
use vitrine_record::{Analysis, ModelInfo, Notice, Segment, Token};

use crate::arguments::Input;
use crate::error::CliError;
use crate::output::write_json;

/// What is printed. Arrays are in label-id order; they and the label are null for a model without a classifier.
#[derive(Serialize)]
struct Prediction<'a> {
    model: &'a ModelInfo,
    tokens: &'a [Token],
    logits: Option<&'a [f32]>,
    probabilities: Option<&'a [f32]>,
    label: Option<&'a str>,
}

/// Prints tokens and prediction as JSON.
pub fn predict(model: &Model, input: &Input) -> Result<(), CliError> {
    let (analysis, _) = analyse(model, &input.text, input.pair.as_deref(), &[], Layers::All)?;
    warn(&analysis);
    let prediction = analysis.prediction.as_ref();
    let printed = Prediction {
        model: model.info(),
        tokens: &analysis.tokens,
        logits: prediction.map(|prediction| prediction.logits.as_slice()),
        probabilities: prediction.map(|prediction| prediction.probabilities.as_slice()),
        label: prediction
            .and_then(|prediction| model.info().labels.get(prediction.top()?))
            .map(String::as_str),
    };
    write_json(&printed)
}

/// Says on standard error what was not read, since the numbers alone do not tell.
pub fn warn(analysis: &Analysis) {
    for notice in &analysis.notices {
        if let Notice::Truncated(cut) = notice {
            let option = if cut.segment == Segment::A {
                "--text"
            } else {
                "--pair"
            };
            eprintln!(
                "warning: {option} is too long for the model: {} of its tokens were left out, from character {}",
                cut.tokens_left_out, cut.unread_from
            );
        }
    }
}
