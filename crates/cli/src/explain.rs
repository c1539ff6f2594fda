//! `vitrine explain`: SHAP, LIME, gradients and occlusion without the page.

use std::thread;

use vitrine_explain::{Evaluations, ExplainError, ExplainedText, ExplanationRun, explanation_of_salience};
use vitrine_model::{Evaluator, Layers, Model, ModelError, SalienceComputation, analyse};
use vitrine_picture::Scene;
use vitrine_picture::explanation::{
    BarChart, ExplanationWords, ForceBar, InteractionMatrix, Measures, Picture, SignedScale, TokenView, json,
};
use vitrine_record::message::TextInput;
use vitrine_record::{
    Explanation, ExplanationMethod, ExplanationSettings, GradientPath, LayerIdx, MaskedInput, ModelInfo,
};

use crate::arguments::Input;
use crate::error::CliError;
use crate::explain_arguments::ExplainArguments;
use crate::explain_words::{Labels, base_value, of_explanation};
use crate::output::{write, write_svg};
use crate::predict::warn;
use crate::words::NUMBERS;

/// An explanation that takes more forward passes than this takes long enough for the number to be said first.
const FEW_EVALUATIONS: usize = 2000;

/// So many of the largest values have a bar of their own.
const MOST_BARS: usize = 20;

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
    let text = ExplainedText {
        model_hash: analysis.model_hash,
        input: TextInput {
            text: analysis.text,
            pair: analysis.pair,
        },
        tokens: analysis.tokens,
    };
    let explanation = match settings.method {
        ExplanationMethod::IntegratedGradients
        | ExplanationMethod::GradientTimesInput
        | ExplanationMethod::GradientNorm
        | ExplanationMethod::GradientTimesAttention => by_gradients(model, text, settings)?,
        ExplanationMethod::Owen
        | ExplanationMethod::Exact
        | ExplanationMethod::Permutation
        | ExplanationMethod::Kernel
        | ExplanationMethod::Lime
        | ExplanationMethod::Occlusion => by_masking(model, text, settings)?,
    };
    if let Some(base_value) = base_value(&explanation, model.info()) {
        eprintln!("note: {base_value}");
    }
    if arguments.format.svg {
        write_svg(&figure(&explanation, model.info()), arguments.theme.into())
    } else {
        let json =
            json(&explanation, &[], model.info()).map_err(|error| CliError::Format(error.to_string()))?;
        write([json, "\n".to_owned()])
    }
}

/// What gradients inside the model say.
fn by_gradients(
    model: &Model,
    text: ExplainedText,
    settings: ExplanationSettings,
) -> Result<Explanation, CliError> {
    if text.tokens.iter().all(|token| token.special) {
        return Err(ExplainError::NothingToExplain.into());
    }
    let GradientPath { baseline, steps } = settings.path;
    let mut computation =
        SalienceComputation::new(model, &text.input, &settings.target, steps.into(), baseline)?;
    loop {
        computation.advance(model)?;
        let so_far = computation.so_far();
        if computation.is_done() || so_far.values(settings.method).is_some() {
            return explanation_of_salience(text, settings, so_far)
                .ok_or_else(|| CliError::Format("the gradients are not those of the text".to_owned()));
        }
    }
}

/// What becomes of the prediction when parts are missing.
fn by_masking(
    model: &Model,
    text: ExplainedText,
    settings: ExplanationSettings,
) -> Result<Explanation, CliError> {
    let output = settings.target.output.clone();
    let evaluator = Evaluator::new(model, &output)?;
    let mut run = ExplanationRun::new(text, settings)?;
    if let Some(planned) = run
        .planned_evaluations()
        .filter(|planned| *planned > FEW_EVALUATIONS)
    {
        eprintln!("note: this takes up to {planned} evaluations of the model");
    }
    let mut evaluations = Evaluations::new(&model.info().hash, output);
    loop {
        let inputs = run.advance(&evaluations)?;
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

/// Where pairs have values, their matrix. Else, where values sum to the prediction, the force bar, or bars; and below
/// them the text on coloured ground.
fn figure(explanation: &Explanation, model: &ModelInfo) -> Scene {
    let measures = Measures::EXPORT;
    let matrix = InteractionMatrix::new(explanation);
    let scale = matrix
        .as_ref()
        .map_or_else(|| SignedScale::of([explanation]), InteractionMatrix::scale);
    let values = scale.values(NUMBERS);
    let labels = Labels::new(explanation, model);
    let words = labels.of_pictures(values);
    let picture = matrix.map_or_else(
        || {
            let text = TokenView::new(explanation).picture(scale, measures, &words, true);
            terms(explanation, scale, measures, &words).above(text)
        },
        |matrix| matrix.picture(scale, measures, &words),
    );
    picture
        .with_legend(scale, &words)
        .scene(&of_explanation(explanation, model, values).of_figure())
}

/// What the values add up to, or else one bar each.
fn terms(
    explanation: &Explanation,
    scale: SignedScale,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    match explanation.settings.method {
        ExplanationMethod::Owen
        | ExplanationMethod::Exact
        | ExplanationMethod::Permutation
        | ExplanationMethod::Kernel => {
            ForceBar::for_measures(explanation, measures).picture(None, measures, words)
        }
        ExplanationMethod::Lime
        | ExplanationMethod::IntegratedGradients
        | ExplanationMethod::GradientTimesInput
        | ExplanationMethod::GradientNorm
        | ExplanationMethod::GradientTimesAttention
        | ExplanationMethod::Occlusion => {
            BarChart::new(explanation, MOST_BARS).picture(scale, measures, words)
        }
    }
}
