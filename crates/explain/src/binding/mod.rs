//! What binds a method, which knows players only, to a text.

mod tokens;
mod words;

use vitrine_record::{
    ExplainedFeature, ExplanationCheck, ExplanationDetail, ExplanationMethod, ExplanationSettings,
    MaskedInput, message::TextInput,
};

use crate::{Coalition, ExplainError, ExplainedText};

/// What is known of a text so far.
pub(crate) struct Findings {
    /// What has a value, in the order of the text.
    pub features: Vec<ExplainedFeature>,
    /// The values that stand at tokens; those at one token are summed.
    pub token_values: Vec<(usize, f64)>,
    /// The score where everything is missing.
    pub base_value: f64,
    /// The score of the text.
    pub prediction: f64,
    /// How far to trust it.
    pub check: ExplanationCheck,
    /// What else is known.
    pub detail: ExplanationDetail,
}

/// A method together with the text whose parts are its players.
pub(crate) trait Binding {
    /// The coalitions whose values come next; none at the end.
    fn wanted(&self) -> &[Coalition];
    /// Takes their values.
    fn receive(&mut self, values: &[f64]);
    /// What the model reads when only a coalition is there.
    fn input(&self, present: &Coalition) -> MaskedInput;
    /// The same as a text to look at.
    fn shown(&self, present: &Coalition) -> TextInput;
    /// Evaluations that were used so far, where these are not all that were asked for.
    fn evaluations(&self) -> Option<usize> {
        None
    }
    /// Evaluations that the exact result costs.
    fn exact_evaluations(&self) -> Option<usize>;
    /// Evaluations that will be used at most.
    fn planned_evaluations(&self) -> Option<usize>;
    /// What is known so far.
    fn findings(&self) -> Findings;
}

/// Binds the method of the settings to a text.
pub(crate) fn bind(
    text: &ExplainedText,
    settings: &ExplanationSettings,
) -> Result<Box<dyn Binding>, ExplainError> {
    match settings.method {
        ExplanationMethod::Lime => Ok(Box::new(words::WordsBinding::new(text, settings)?)),
        ExplanationMethod::Owen
        | ExplanationMethod::Exact
        | ExplanationMethod::Permutation
        | ExplanationMethod::Kernel
        | ExplanationMethod::Occlusion => Ok(Box::new(tokens::TokensBinding::new(text, settings)?)),
        method @ (ExplanationMethod::IntegratedGradients
        | ExplanationMethod::GradientTimesInput
        | ExplanationMethod::GradientNorm
        | ExplanationMethod::GradientTimesAttention) => Err(ExplainError::NeedsGradients(method)),
    }
}
