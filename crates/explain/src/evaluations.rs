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
    bytes: usize,
}

impl Evaluations {
    /// Nothing is known yet of this model, whose weights have this SHA-256.
    pub fn new(model_hash: impl Into<String>, output: ModelOutput) -> Evaluations {
        Evaluations {
            model_hash: model_hash.into(),
            output,
            known: HashMap::new(),
            bytes: 0,
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
        let bytes = bytes_of(&input) + size_of_val(output.as_slice());
        if self.known.insert(input, output).is_none() {
            self.bytes += bytes;
        }
    }

    /// About how many bytes of memory they take, by which whoever keeps them can tell when they are too many.
    ///
    /// ```
    /// use vitrine_explain::Evaluations;
    /// use vitrine_record::{MaskedInput, message::TextInput};
    /// let mut evaluations = Evaluations::default();
    /// let input = MaskedInput::Text(TextInput { text: "x".repeat(1000), pair: None });
    /// evaluations.insert(input.clone(), vec![0.0; 2]);
    /// evaluations.insert(input, vec![0.0; 2]);
    /// assert!((1008..1200).contains(&evaluations.bytes()));
    /// ```
    pub fn bytes(&self) -> usize {
        self.bytes
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

/// The bytes of an input and of what belongs to it elsewhere.
fn bytes_of(input: &MaskedInput) -> usize {
    let elsewhere = match input {
        MaskedInput::Text(text) => text.text.len() + text.pair.as_ref().map_or(0, String::len),
        MaskedInput::Tokens {
            tokens,
            segments,
            hidden,
        } => {
            size_of_val(tokens.as_slice()) + size_of_val(segments.as_slice()) + size_of_val(hidden.as_slice())
        }
    };
    size_of_val(input) + size_of::<Vec<f32>>() + elsewhere
}
