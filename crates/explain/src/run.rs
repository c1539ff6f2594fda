//! A method bound to a text: what the command line and the page drive.

use std::collections::HashSet;

use vitrine_record::{Explanation, ExplanationSettings, MaskedInput, message::TextInput};

use crate::{
    Coalition, Evaluations, ExplainError, ExplainedText,
    binding::{Binding, bind},
    target_score,
};

/// What a step of a run came to.
#[derive(Clone, Debug, PartialEq)]
pub enum RunStep {
    /// These inputs, each of them once, have to be computed before it can go on.
    Missing(Vec<MaskedInput>),
    /// It went a little further, and can go on.
    Advanced,
    /// The explanation is final.
    Finished,
}

/// A method bound to a text. It computes nothing of the model itself: it says which inputs it needs, and reads what
/// the model said of them from [`Evaluations`] that all runs share. What it finds depends on these numbers alone, and
/// not on when they come or how many at a time.
///
/// Whoever drives it may stop between two steps, go on later, or drop it.
pub struct ExplanationRun {
    text: ExplainedText,
    settings: ExplanationSettings,
    binding: Box<dyn Binding>,
    /// The inputs of the coalitions that the method waits for.
    inputs: Vec<MaskedInput>,
    asked: Vec<Coalition>,
    /// Those of `asked`, to find them.
    known: HashSet<Coalition>,
    /// Values that came, also those that were asked for ahead.
    received: usize,
}

impl ExplanationRun {
    /// Begins; nothing is computed yet.
    ///
    /// # Errors
    /// Says what of the settings does not fit the text or each other.
    pub fn new(text: ExplainedText, settings: ExplanationSettings) -> Result<ExplanationRun, ExplainError> {
        let binding = bind(&text, &settings)?;
        let mut run = ExplanationRun {
            text,
            settings,
            binding,
            inputs: Vec::new(),
            asked: Vec::new(),
            known: HashSet::new(),
            received: 0,
        };
        run.ask();
        Ok(run)
    }

    /// What determines it besides the text.
    pub fn settings(&self) -> &ExplanationSettings {
        &self.settings
    }

    /// What is explained.
    pub fn text(&self) -> &ExplainedText {
        &self.text
    }

    /// Evaluations that were used so far, inputs that are the same counted as often as they were asked for.
    pub fn evaluations(&self) -> usize {
        self.binding.evaluations().unwrap_or(self.received)
    }

    /// Inputs that the exact result needs, those that are the same counted as often as they are asked for; `None`
    /// where that is not known.
    pub fn exact_evaluations(&self) -> Option<usize> {
        self.binding.exact_evaluations()
    }

    /// What [`evaluations`](Self::evaluations) will come to at most, where that is known. A few inputs more may be asked for
    /// where Owen values are cut short: these are asked for ahead of their turn.
    pub fn planned_evaluations(&self) -> Option<usize> {
        self.binding.planned_evaluations()
    }

    /// The coalitions whose values it asked for so far, each once, in the order of asking.
    pub fn asked(&self) -> &[Coalition] {
        &self.asked
    }

    /// What the model is given to read when only a coalition is there.
    pub fn input(&self, present: &Coalition) -> MaskedInput {
        self.binding.input(present)
    }

    /// What a coalition leaves of the text, to look at.
    pub fn shown(&self, present: &Coalition) -> TextInput {
        self.binding.shown(present)
    }

    /// Goes one round further, if all that it needs is known: a bounded amount of work, so that a page can do other
    /// things in between.
    ///
    /// # Errors
    /// [`ExplainError::NoSuchOutput`] if the model has said nothing at the place that the target names,
    /// [`ExplainError::ScoreIsNoNumber`] if what it said is infinite or not a number, and
    /// [`ExplainError::EvaluationsOfAnotherModel`] if it was another model that said it.
    pub fn step(&mut self, evaluations: &Evaluations) -> Result<RunStep, ExplainError> {
        if self.inputs.is_empty() {
            return Ok(RunStep::Finished);
        }
        if !evaluations.are_of(&self.text.model_hash, &self.settings.target.output) {
            return Err(ExplainError::EvaluationsOfAnotherModel);
        }
        let outputs: Option<Vec<&[f32]>> = self.inputs.iter().map(|input| evaluations.get(input)).collect();
        let Some(outputs) = outputs else {
            return Ok(RunStep::Missing(evaluations.missing(&self.inputs)));
        };
        let target = &self.settings.target;
        let score = |output: &[f32]| match target_score(output, target) {
            Some(score) if score.is_finite() => Ok(score),
            Some(score) => Err(ExplainError::ScoreIsNoNumber(score.to_string())),
            None => Err(ExplainError::NoSuchOutput {
                index: target.index,
                outputs: output.len(),
            }),
        };
        let values: Vec<f64> = outputs.into_iter().map(score).collect::<Result<_, _>>()?;
        self.received += values.len();
        self.binding.receive(&values);
        self.ask();
        Ok(RunStep::Advanced)
    }

    /// Goes as far as known values lead. Returns what has to be computed next; nothing once the explanation is final.
    ///
    /// # Errors
    /// Those of [`step`](Self::step).
    pub fn advance(&mut self, evaluations: &Evaluations) -> Result<Vec<MaskedInput>, ExplainError> {
        loop {
            match self.step(evaluations)? {
                RunStep::Missing(inputs) => return Ok(inputs),
                RunStep::Advanced => {}
                RunStep::Finished => return Ok(Vec::new()),
            }
        }
    }

    /// Whether the explanation is final.
    pub fn is_finished(&self) -> bool {
        self.inputs.is_empty()
    }

    /// What is known so far.
    pub fn explanation(&self) -> Explanation {
        let findings = self.binding.findings();
        let mut values = vec![0.0; self.text.tokens.len()];
        for (token, value) in &findings.token_values {
            values[*token] += *value;
        }
        Explanation {
            model_hash: self.text.model_hash.clone(),
            input: self.text.input.clone(),
            settings: self.settings.clone(),
            tokens: self.text.tokens.clone(),
            values,
            features: findings.features,
            base_value: findings.base_value,
            prediction: findings.prediction,
            evaluations: self.evaluations(),
            exact_evaluations: self.exact_evaluations(),
            check: findings.check,
            detail: findings.detail,
        }
    }

    /// Finds the inputs of the coalitions that the method waits for.
    fn ask(&mut self) {
        let binding = &self.binding;
        self.inputs = binding
            .wanted()
            .iter()
            .map(|present| binding.input(present))
            .collect();
        for present in binding.wanted() {
            if self.known.insert(present.clone()) {
                self.asked.push(present.clone());
            }
        }
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
