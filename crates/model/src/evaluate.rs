//! What is read off the model for many inputs of which parts may be missing.

use std::collections::{HashMap, VecDeque};

use candle_core::{DType, Tensor};
use vitrine_record::message::TextInput;
use vitrine_record::{HiddenStateIdx, LayerIdx, MaskedInput, MaskedToken, ModelOutput};

use crate::error::{ModelError, Result};
use crate::input::{EncoderInput, TokenBatch, TokenSequence};
use crate::model::Model;
use crate::pass::ForwardPass;
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
        let of_text = |text: &TextInput| {
            let encoding = model.tokenize(&text.text, text.pair.as_deref())?;
            embedding(model, &TokenSequence::from(&encoding))
        };
        let reading = match output {
            ModelOutput::Logits if !model.encoder().has_classifier() => {
                return Err(model.lacks_classifier());
            }
            ModelOutput::Logits => Reading::Logits,
            ModelOutput::SimilarityTo(text) => {
                let unit = of_unit_length(of_text(text)?);
                Reading::Cosine(unit.ok_or_else(|| {
                    ModelError::Input(
                        "the text that others are compared with has an embedding of zeros".into(),
                    )
                })?)
            }
            ModelOutput::Direction { from, to } => {
                let (from, to) = (of_text(from)?, of_text(to)?);
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
        let mut evaluation = self.begin(model, inputs)?;
        loop {
            if let Some(outputs) = self.advance(model, &mut evaluation)? {
                return Ok(outputs);
            }
        }
    }

    /// The same, of which nothing is computed yet.
    ///
    /// # Errors
    /// As for [`Evaluator::evaluate`], but for those of the forward pass.
    pub fn begin(&self, model: &Model, inputs: &[MaskedInput]) -> Result<Evaluation> {
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
        let config = model.encoder().config();
        Ok(Evaluation {
            batches: TokenBatch::by_length(&distinct, MOST_TOKENS_AT_ONCE, config)?.into(),
            hidden: None,
            tokens: distinct.iter().map(|sequence| sequence.ids.len()).sum(),
            of_distinct: vec![Vec::new(); distinct.len()],
            places,
        })
    }

    /// Runs one layer of one batch; after the last layer of the last batch, the outputs of all inputs in their order.
    ///
    /// # Errors
    /// Those of the forward pass.
    pub fn advance(&self, model: &Model, evaluation: &mut Evaluation) -> Result<Option<Vec<Vec<f32>>>> {
        let Some((places, batch)) = evaluation.batches.front() else {
            return Ok(Some(evaluation.outputs()));
        };
        let state = evaluation.hidden.take();
        let input = match &state {
            None => EncoderInput::Tokens(batch),
            Some((state, hidden)) => EncoderInput::HiddenState {
                state: *state,
                hidden,
                batch,
            },
        };
        let mut pass = model.encoder().begin(input, &[])?;
        if let Some(LayerIdx(layer)) = pass.next_layer()
            && layer + 1 < model.info().layers
        {
            pass.advance(&mut Trace::off())?;
            evaluation.hidden = Some((HiddenStateIdx(layer + 1), pass.hidden().clone()));
            return Ok(None);
        }
        for (&place, output) in places.iter().zip(self.read_off(model, pass, batch)?) {
            evaluation.of_distinct[place] = output;
        }
        evaluation.batches.pop_front();
        Ok(evaluation.batches.is_empty().then(|| evaluation.outputs()))
    }

    /// Runs the layers that are left, and reads the output of each sequence of the batch off.
    fn read_off(&self, model: &Model, pass: ForwardPass<'_>, batch: &TokenBatch) -> Result<Vec<Vec<f32>>> {
        let number: &dyn Fn(&[f64]) -> f64 = match &self.reading {
            Reading::Logits => {
                let logits = pass.classify()?.ok_or_else(|| model.lacks_classifier())?;
                return Ok(logits.to_dtype(DType::F32)?.to_vec2()?);
            }
            Reading::Along(unit) => &|mean| inner_product(mean, unit),
            // An embedding of zeros is like nothing.
            Reading::Cosine(unit) => &|mean| inner_product(mean, unit) / norm(mean).max(f64::MIN_POSITIVE),
        };
        let means = means(&pass.finish()?.last_hidden_state, batch)?;
        Ok(means.iter().map(|mean| vec![number(mean) as f32]).collect())
    }
}

/// Inputs that are being evaluated.
pub struct Evaluation {
    /// Those that are left, each with the places of its sequences among the distinct ones.
    batches: VecDeque<(Vec<usize>, TokenBatch)>,
    /// Where the first batch stands, if it has been begun.
    hidden: Option<(HiddenStateIdx, Tensor)>,
    /// The outputs of the distinct sequences, so far.
    of_distinct: Vec<Vec<f32>>,
    /// Which of them each input is.
    places: Vec<usize>,
    tokens: usize,
}

impl Evaluation {
    /// Tokens of all inputs together, those that are the same counted once.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    fn outputs(&self) -> Vec<Vec<f32>> {
        let outputs = self.places.iter().map(|&place| self.of_distinct[place].clone());
        outputs.collect()
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

/// `[H]`: the mean of the last hidden states of the tokens that a sequence does not hide.
fn embedding(model: &Model, sequence: &TokenSequence) -> Result<Vec<f64>> {
    let batch = TokenBatch::of(&[sequence], model.encoder().config())?;
    let pass = model.encoder().begin(EncoderInput::Tokens(&batch), &[])?;
    let means = means(&pass.finish()?.last_hidden_state, &batch)?;
    Ok(means.into_iter().flatten().collect())
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
