//! `vitrine explain`: SHAP, LIME, gradients and occlusion without the page.

use std::thread;

use vitrine_explain::{Evaluations, ExplainedText, ExplanationRun};
use vitrine_model::{Evaluator, Layers, Model, ModelError, analyse};
use vitrine_record::message::TextInput;
use vitrine_record::{Analysis, Explanation, ExplanationSettings, LayerIdx, MaskedInput};

use crate::arguments::Input;
use crate::error::CliError;
use crate::explain_arguments::ExplainArguments;
use crate::explain_json::PrintedExplanation;
use crate::output::write_json;
use crate::predict::warn;

/// An explanation that takes more forward passes than this takes long enough for the number to be said first.
const FEW_EVALUATIONS: usize = 2000;

/// Prints an explanation of the prediction for a text.
pub fn explain(model: &Model, input: &Input, arguments: &ExplainArguments) -> Result<(), CliError> {
    let layers = Layers::LookedAt(LayerIdx(0));
    let (analysis, _) = analyse(model, &input.text, input.pair.as_deref(), &[], layers)?;
    let predicted = analysis
        .prediction
        .as_ref()
        .and_then(|prediction| prediction.top());
    let settings = arguments.settings(model.info(), predicted)?;
    warn(&analysis);
    let explanation = explanation(model, &analysis, settings)?;
    write_json(&PrintedExplanation::new(&explanation, model.info()))
}

fn explanation(
    model: &Model,
    analysis: &Analysis,
    settings: ExplanationSettings,
) -> Result<Explanation, CliError> {
    let text = ExplainedText {
        model_hash: analysis.model_hash.clone(),
        input: TextInput {
            text: analysis.text.clone(),
            pair: analysis.pair.clone(),
        },
        tokens: analysis.tokens.clone(),
    };
    let output = settings.target.output.clone();
    let evaluator = Evaluator::new(model, &output)?;
    let mut run = ExplanationRun::new(text, settings)?;
    if let Some(planned) = run
        .planned_evaluations()
        .filter(|planned| *planned > FEW_EVALUATIONS)
    {
        eprintln!("note: this takes up to {planned} evaluations of the model");
    }
    let mut evaluations = Evaluations::new(&analysis.model_hash, output);
    loop {
        let inputs = run.advance(&evaluations);
        if inputs.is_empty() {
            return Ok(run.explanation());
        }
        let outputs = evaluate(model, &evaluator, &inputs)?;
        for (input, output) in inputs.into_iter().zip(outputs) {
            evaluations.insert(input, output);
        }
    }
}

/// What is read off the model for each input, computed on all cores.
fn evaluate(
    model: &Model,
    evaluator: &Evaluator,
    inputs: &[MaskedInput],
) -> Result<Vec<Vec<f32>>, ModelError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = inputs.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts = inputs.chunks(share);
        let parts: Vec<_> = parts
            .map(|part| scope.spawn(move || evaluator.evaluate(model, part)))
            .collect();
        let mut outputs = Vec::with_capacity(inputs.len());
        for part in parts {
            let part = part
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            outputs.extend(part);
        }
        Ok(outputs)
    })
}
