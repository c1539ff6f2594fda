//! What is read off the model for many inputs of which parts may be missing.

use std::collections::HashMap;

use candle_core::{DType, Tensor};
use vitrine_record::message::TextInput;
use vitrine_record::{MaskedInput, MaskedToken, ModelOutput};

use crate::error::{ModelError, Result};
use crate::input::{EncoderInput, TokenBatch, TokenSequence};
use crate::model::Model;
use crate::trace::Trace;

/// So many tokens at most go through the encoder at once: enough that its products are as quick as they get, and few
/// enough that a batch of long texts fits into a tab.
const MOST_TOKENS_AT_ONCE: usize = 1024;

/// Reads one output off a model, for as many inputs as are wanted: what belongs to the output alone, such as the
/// embedding of the text that others are compared with, is computed once.
pub struct Evaluator {
    output: ModelOutput,
    reading: Reading,
}

/// How the output is read off.
pub(crate) enum Reading {
    Logits,
    /// The cosine between the pooled last hidden state and this vector `[H]` of unit length.
    Cosine(Vec<f64>),
    /// Their inner product.
    Along(Vec<f64>),
}

impl Evaluator {
    /// Prepares to read off an output.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the model has no classifier to take logits from, or if two texts have one embedding, so
    /// that there is no direction from one to the other; those of the forward pass.
    pub fn new(model: &Model, output: &ModelOutput) -> Result<Evaluator> {
        let embedding = |text: &TextInput| {
            let encoding = model.tokenize(&text.text, text.pair.as_deref())?;
            let embeddings = embeddings(model, &[TokenSequence::from(&encoding)])?;
            Ok::<_, ModelError>(embeddings.into_iter().next().unwrap_or_default())
        };
        let reading = match output {
            ModelOutput::Logits if !model.encoder().has_classifier() => {
                return Err(model.lacks_classifier());
            }
            ModelOutput::Logits => Reading::Logits,
            ModelOutput::SimilarityTo(text) => {
                let unit = of_unit_length(embedding(text)?);
                Reading::Cosine(unit.ok_or_else(|| {
                    ModelError::Input(
                        "the text that others are compared with has an embedding of zeros".into(),
                    )
                })?)
            }
            ModelOutput::Direction { from, to } => {
                let (from, to) = (embedding(from)?, embedding(to)?);
                let difference = to.iter().zip(&from).map(|(to, from)| to - from).collect();
                Reading::Along(of_unit_length(difference).ok_or_else(|| {
                    ModelError::Input(
                        "the two texts have one embedding, so that no direction leads from one to the other"
                            .into(),
                    )
                })?)
            }
        };
        let output = output.clone();
        Ok(Evaluator { output, reading })
    }

    pub(crate) fn into_reading(self) -> Reading {
        self.reading
    }

    /// What it reads off.
    pub fn output(&self) -> &ModelOutput {
        &self.output
    }

    /// The output for each input, in their order.
    ///
    /// Inputs that are the same tokens are run once. Those of one length share a batch, and no batch has inputs of
    /// unlike lengths, so that nothing is ever filled up and no output depends, beyond rounding, on what it was
    /// computed together with.
    ///
    /// # Errors
    /// [`ModelError::Input`] for tokens that do not fit the model, with the number of the input; those of tokenizing
    /// and of the forward pass. A text that is too long is cut, as everywhere.
    pub fn evaluate(&self, model: &Model, inputs: &[MaskedInput]) -> Result<Vec<Vec<f32>>> {
        let mut distinct: Vec<TokenSequence> = Vec::new();
        let mut numbers: HashMap<TokenSequence, usize> = HashMap::new();
        let mut places = Vec::with_capacity(inputs.len());
        for (number, input) in inputs.iter().enumerate() {
            let sequence = sequence(model, input).map_err(|error| match error {
                ModelError::Input(message) => {
                    ModelError::Input(format!("input {number} of {}, from 0: {message}", inputs.len()))
                }
                other => other,
            })?;
            let place = *numbers.entry(sequence).or_insert_with_key(|sequence| {
                distinct.push(sequence.clone());
                distinct.len() - 1
            });
            places.push(place);
        }
        let outputs = self.read_off(model, &distinct)?;
        Ok(places.into_iter().map(|place| outputs[place].clone()).collect())
    }

    fn read_off(&self, model: &Model, sequences: &[TokenSequence]) -> Result<Vec<Vec<f32>>> {
        let unit = match &self.reading {
            Reading::Logits => return logits(model, sequences),
            Reading::Cosine(unit) | Reading::Along(unit) => unit,
        };
        let is_cosine = matches!(self.reading, Reading::Cosine(_));
        let number = |embedding: Vec<f64>| {
            let length = if is_cosine { norm(&embedding) } else { 1.0 };
            // An embedding of zeros is like nothing.
            let number = if length > 0.0 {
                inner_product(&embedding, unit) / length
            } else {
                0.0
            };
            vec![number as f32]
        };
        Ok(embeddings(model, sequences)?.into_iter().map(number).collect())
    }
}

/// What is read off the model for inputs that have nothing to do with each other, in their order; see
/// [`Evaluator::evaluate`].
///
/// # Errors
/// Those of [`Evaluator::new`] and of [`Evaluator::evaluate`].
pub fn evaluate(model: &Model, inputs: &[MaskedInput], output: &ModelOutput) -> Result<Vec<Vec<f32>>> {
    Evaluator::new(model, output)?.evaluate(model, inputs)
}

/// The tokens that an input is, which fit the model.
fn sequence(model: &Model, input: &MaskedInput) -> Result<TokenSequence> {
    let (tokens, segments, hidden) = match input {
        MaskedInput::Text(TextInput { text, pair }) => {
            return Ok(TokenSequence::from(&model.tokenize(text, pair.as_deref())?));
        }
        MaskedInput::Tokens {
            tokens,
            segments,
            hidden,
        } => (tokens, segments, hidden),
    };
    let most = model.info().max_tokens;
    if tokens.len() > most {
        return Err(ModelError::Input(format!(
            "{} tokens are more than {most}",
            tokens.len()
        )));
    }
    let id = |&token: &MaskedToken| Ok(model.token_id(token)?.0);
    let mut hidden: Vec<usize> = hidden.iter().map(|position| position.0).collect();
    hidden.sort_unstable();
    hidden.dedup();
    let sequence = TokenSequence {
        ids: tokens.iter().map(id).collect::<Result<_>>()?,
        segments: segments.iter().map(|&segment| u8::from(segment).into()).collect(),
        hidden,
    };
    sequence.check(model.encoder().config())?;
    Ok(sequence)
}

/// Runs all sequences, batch by batch, and gives what `read` makes of each batch to the places of its sequences.
fn in_batches<T: Clone + Default>(
    model: &Model,
    sequences: &[TokenSequence],
    mut read: impl FnMut(&TokenBatch) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    let mut results = vec![T::default(); sequences.len()];
    let config = model.encoder().config();
    for (places, batch) in TokenBatch::by_length(sequences, MOST_TOKENS_AT_ONCE, config)? {
        for (place, result) in places.into_iter().zip(read(&batch)?) {
            results[place] = result;
        }
    }
    Ok(results)
}

/// `[C]` for each sequence.
fn logits(model: &Model, sequences: &[TokenSequence]) -> Result<Vec<Vec<f32>>> {
    in_batches(model, sequences, |batch| {
        let pass = model.encoder().begin(EncoderInput::Tokens(batch), &[])?;
        let logits = pass.classify()?.ok_or_else(|| model.lacks_classifier())?;
        Ok(logits.to_dtype(DType::F32)?.to_vec2()?)
    })
}

/// `[H]` for each sequence: the mean of the last hidden states of the tokens that it does not hide.
fn embeddings(model: &Model, sequences: &[TokenSequence]) -> Result<Vec<Vec<f64>>> {
    in_batches(model, sequences, |batch| {
        let mut trace = Trace::off();
        let output = model
            .encoder()
            .forward(EncoderInput::Tokens(batch), &[], &mut trace)?;
        means(&output.last_hidden_state, batch)
    })
}

/// `[H]` for each sequence of a batch: the mean of the rows of `states`, `[B, N, H]`, that it does not hide.
fn means(states: &Tensor, batch: &TokenBatch) -> Result<Vec<Vec<f64>>> {
    let (count, tokens, width) = states.dims3()?;
    let states = states.to_dtype(DType::F64)?.flatten_all()?.to_vec1::<f64>()?;
    let mean = |sequence: usize| {
        let shown: Vec<usize> = (0..tokens)
            .filter(|&token| batch.shows(sequence, token))
            .collect();
        let mut mean = vec![0.0; width];
        for &token in &shown {
            let state = &states[(sequence * tokens + token) * width..][..width];
            for (sum, value) in mean.iter_mut().zip(state) {
                *sum += value / shown.len() as f64;
            }
        }
        mean
    };
    Ok((0..count).map(mean).collect())
}

fn inner_product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(vector: &[f64]) -> f64 {
    inner_product(vector, vector).sqrt()
}

/// The vector along the same direction; none for a vector without one.
fn of_unit_length(vector: Vec<f64>) -> Option<Vec<f64>> {
    let length = norm(&vector);
    (length > 0.0).then(|| vector.iter().map(|value| value / length).collect())
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
