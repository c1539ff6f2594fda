//! What the model said of masked inputs, kept so that no input is run twice.

use std::collections::{HashMap, HashSet};

use vitrine_record::{MaskedInput, ModelOutput};

/// What one model said, of one kind of output. All methods share it: SHAP, LIME, occlusion and the curves of
/// faithfulness ask for many inputs that are the same.
#[derive(Clone, Debug, Default)]
pub struct Evaluations {
    model_hash: String,
    output: ModelOutput,
    known: HashMap<MaskedInput, Vec<f32>>,
}

impl Evaluations {
    /// Nothing is known yet of this model, whose weights have this SHA-256.
    pub fn new(model_hash: impl Into<String>, output: ModelOutput) -> Evaluations {
        Evaluations {
            model_hash: model_hash.into(),
            output,
            known: HashMap::new(),
        }
    }

    /// Whether they are of this model and of this output.
    pub fn are_of(&self, model_hash: &str, output: &ModelOutput) -> bool {
        self.model_hash == model_hash && self.output == *output
    }

    /// What is read off the model.
    pub fn output(&self) -> &ModelOutput {
        &self.output
    }

    /// What the model said of an input.
    pub fn get(&self, input: &MaskedInput) -> Option<&[f32]> {
        self.known.get(input).map(Vec::as_slice)
    }

    /// Keeps what the model said of an input.
    pub fn insert(&mut self, input: MaskedInput, output: Vec<f32>) {
        self.known.insert(input, output);
    }

    /// How many inputs are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Those of the inputs that are not known, each once, in the order in which they come.
    pub fn missing<'a>(&self, inputs: impl IntoIterator<Item = &'a MaskedInput>) -> Vec<MaskedInput> {
        let mut seen = HashSet::new();
        let inputs = inputs.into_iter();
        inputs
            .filter(|input| !self.known.contains_key(*input) && seen.insert(*input))
            .cloned()
            .collect()
    }
}
