//! What the gradients of one score say about each token of a text, a few forward and backward passes at a time.

use candle_core::{D, DType, Device, Tensor, Var};
use vitrine_explain::{IntegratedGradients, gradient_norm, gradient_times_input, target_score};
use vitrine_record::message::TextInput;
use vitrine_record::{
    ExplanationTarget, GradientBaseline, MaskedToken, ModelOutput, OutputLink, Salience, TokenId,
};

use crate::error::{ModelError, Result};
use crate::evaluate::{Evaluator, Reading};
use crate::input::{EncoderInput, TokenBatch, TokenSequence};
use crate::model::Model;
use crate::operations;
use crate::pass::ForwardPass;
use crate::tokenize::Encoding;
use crate::trace::{EncoderOutput, Trace};

/// So many tokens at most go forwards and backwards in one step, but for one sequence that is longer: a gradient takes
/// about three times as long as a score, and whoever types meanwhile waits for a step.
const MOST_TOKENS_OF_A_STEP: usize = 64;

/// The gradient methods' values of one text, step by step.
///
/// ```
/// use vitrine_model::{SalienceComputation, testing};
/// use vitrine_record::{ExplanationTarget, GradientBaseline, Salience, message::TextInput};
///
/// let model = testing::model(testing::Shape::default(), 1)?;
/// let text = TextInput { text: "not bad".into(), pair: None };
/// let target = ExplanationTarget { index: 1, ..ExplanationTarget::default() };
/// let mut computation = SalienceComputation::new(&model, &text, &target, 50, GradientBaseline::Pad)?;
/// while !computation.is_done() {
///     computation.advance(&model)?;
/// }
/// let salience: &Salience = computation.so_far();
/// // Four tokens, of which the special ones are the same all along the path.
/// let values = salience.integrated_gradients.as_ref().expect("they are done");
/// assert_eq!((values.len(), values[0], values[3]), (4, 0.0, 0.0));
/// assert!(salience.gap().expect("they are done").abs() < 1e-5);
/// # Ok::<(), vitrine_model::ModelError>(())
/// ```
pub struct SalienceComputation {
    target: ExplanationTarget,
    reading: Reading,
    sequence: TokenSequence,
    /// `[N · H]`: the word embeddings of the text, and those of the baseline.
    words: Vec<f64>,
    baseline: Vec<f64>,
    path: IntegratedGradients,
    is_begun: bool,
    so_far: Salience,
}

impl SalienceComputation {
    /// A computation of which nothing is done yet.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the model has no such class or no classifier, if its vocabulary lacks what the baseline is
    /// made of, and for no steps or more than [`Salience::MOST_STEPS`]; those of tokenizing and of [`Evaluator::new`].
    pub fn new(
        model: &Model,
        input: &TextInput,
        target: &ExplanationTarget,
        steps: usize,
        baseline: GradientBaseline,
    ) -> Result<SalienceComputation> {
        if !(1..=Salience::MOST_STEPS).contains(&steps) {
            return Err(ModelError::Input(format!(
                "a path of integrated gradients has from 1 to {} steps, not {steps}",
                Salience::MOST_STEPS
            )));
        }
        let outputs = match target.output {
            ModelOutput::Logits => model.info().labels.len(),
            ModelOutput::SimilarityTo(_) | ModelOutput::Direction { .. } => 1,
        };
        let reading = Evaluator::new(model, &target.output)?.into_reading();
        if target.index >= outputs {
            return Err(ModelError::Input(format!(
                "output {} is to be explained, but there are {outputs}, from 0",
                target.index
            )));
        }
        let encoding = model.tokenize(&input.text, input.pair.as_deref())?;
        let words = word_embeddings(model, &TokenSequence::from(&encoding))?;
        let baseline = baseline_of(model, &encoding, &words, baseline)?;
        let tokens = encoding.tokens.len();
        Ok(SalienceComputation {
            target: target.clone(),
            reading,
            sequence: TokenSequence::from(&encoding),
            path: IntegratedGradients::new(words.clone(), baseline.clone(), tokens, steps),
            words,
            baseline,
            is_begun: false,
            so_far: Salience {
                steps,
                ..Salience::default()
            },
        })
    }

    /// What is computed. Before the first step it has no tokens.
    pub fn so_far(&self) -> &Salience {
        &self.so_far
    }

    /// Whether all is.
    pub fn is_done(&self) -> bool {
        self.is_begun && self.path.is_done()
    }

    /// Computes what needs the gradient at the text alone, or a few steps of the path.
    ///
    /// # Errors
    /// Those of the forward pass and of the way back.
    pub fn advance(&mut self, model: &Model) -> Result<()> {
        if !self.is_begun {
            self.begin(model)?;
            self.is_begun = true;
            return Ok(());
        }
        let at_once = (MOST_TOKENS_OF_A_STEP / self.tokens()).max(1);
        let points = self.path.next_points(at_once);
        if points.is_empty() {
            return Ok(());
        }
        let count = points.len();
        let words = Var::from_tensor(&self.tensor(model, &points.concat(), count)?)?;
        let pass = self.begin_at(model, words.as_tensor(), count)?;
        let scores = self.scores(&pass.finish()?)?;
        // Sequences of a batch do not know of each other: the gradient of the sum is that of each score.
        let gradient = gradient_at(&scores, &words)?;
        let gradients: Vec<Vec<f64>> = gradient
            .chunks_exact(self.words.len().max(1))
            .map(<[f64]>::to_vec)
            .collect();
        self.path.receive(&gradients);
        self.so_far.steps_done = self.path.steps_done();
        if self.path.is_done() {
            self.so_far.integrated_gradients = Some(self.path.values());
        }
        Ok(())
    }

    fn begin(&mut self, model: &Model) -> Result<()> {
        let tokens = self.tokens();
        let baseline = self.tensor(model, &self.baseline, 1)?;
        let base = self.begin_at(model, &baseline, 1)?.finish()?;
        let words = Var::from_tensor(&self.tensor(model, &self.words, 1)?)?;
        let mut pass = self.begin_at(model, words.as_tensor(), 1)?;
        // candle keeps the gradients of variables only. That of a factor 1 on each probability is the product of the
        // probability and its gradient.
        let heads = model.encoder().config().num_attention_heads;
        let mut factors = Vec::new();
        while pass.next_layer().is_some() {
            let ones = Var::ones((1, heads, tokens, tokens), model.encoder().dtype(), &Device::Cpu)?;
            pass.multiply_attention(ones.as_tensor().clone());
            pass.advance(&mut Trace::off())?;
            factors.push(ones);
        }
        let output = pass.finish()?;
        let gradients = self.scores(&output)?.sum_all()?.backward()?;
        let gradient = numbers(gradients.get(&words).ok_or_else(unreached)?)?;
        let mut received = vec![0.0; tokens];
        for ones in &factors {
            // `[A, N, N]`: head, destination, source.
            let product = gradients.get(ones).ok_or_else(unreached)?.get(0)?;
            for (sum, value) in received.iter_mut().zip(numbers(&product.sum((0, 1))?)?) {
                *sum += value;
            }
        }
        self.so_far = Salience {
            prediction: self.score(&output)?,
            base_value: self.score(&base)?,
            gradient_times_input: gradient_times_input(&gradient, &self.words, tokens),
            gradient_norm: gradient_norm(&gradient, tokens),
            gradient_times_attention: received,
            ..std::mem::take(&mut self.so_far)
        };
        Ok(())
    }

    fn tokens(&self) -> usize {
        self.sequence.ids.len()
    }

    /// `[count, N, H]`, in the encoder's type.
    fn tensor(&self, model: &Model, words: &[f64], count: usize) -> Result<Tensor> {
        let shape = (count, self.tokens(), model.encoder().config().hidden_size);
        Ok(Tensor::from_slice(words, shape, &Device::Cpu)?.to_dtype(model.encoder().dtype())?)
    }

    /// A forward pass of the text so many times, each with word embeddings of its own.
    fn begin_at<'a>(&self, model: &'a Model, words: &Tensor, count: usize) -> Result<ForwardPass<'a>> {
        let batch = TokenBatch::of(&vec![&self.sequence; count], model.encoder().config())?;
        let input = EncoderInput::Embeddings { words, batch: &batch };
        model.encoder().begin(input, &[])
    }

    /// `[B]`: the scores, which keep their gradients.
    fn scores(&self, output: &EncoderOutput) -> Result<Tensor> {
        let unit = match &self.reading {
            Reading::Logits => return class_scores(logits(output)?, &self.target),
            Reading::Cosine(unit) | Reading::Along(unit) => unit,
        };
        let embedding = output.last_hidden_state.mean(1)?;
        let unit = Tensor::from_slice(unit, (unit.len(), 1), &Device::Cpu)?.to_dtype(embedding.dtype())?;
        let along = embedding.matmul(&unit)?.squeeze(1)?;
        Ok(match self.reading {
            Reading::Cosine(_) => (along / embedding.sqr()?.sum(1)?.sqrt()?)?,
            Reading::Logits | Reading::Along(_) => along,
        })
    }

    /// The score of a batch of one. Of a class it is computed from the logits as all methods do it.
    fn score(&self, output: &EncoderOutput) -> Result<f64> {
        let numbers: Vec<f32> = match self.reading {
            Reading::Logits => logits(output)?.get(0)?.to_dtype(DType::F32)?.to_vec1()?,
            Reading::Cosine(_) | Reading::Along(_) => self.scores(output)?.to_dtype(DType::F32)?.to_vec1()?,
        };
        target_score(&numbers, &self.target).ok_or_else(unreached)
    }
}

/// `[B]`: what [`target_score`] makes of logits, `[B, C]`, with its gradient.
fn class_scores(logits: &Tensor, target: &ExplanationTarget) -> Result<Tensor> {
    let classes = logits.dim(1)?;
    let of_class = |of: &Tensor| of.narrow(1, target.index, 1)?.squeeze(1);
    if classes == 1 {
        return Ok(of_class(logits)?);
    }
    if target.link == OutputLink::Probability {
        return Ok(of_class(&operations::softmax(logits)?)?);
    }
    let others: Vec<u32> = (0..classes as u32)
        .filter(|&class| class as usize != target.index)
        .collect();
    let others = logits.index_select(&Tensor::new(others, &Device::Cpu)?, 1)?;
    let logarithm = others.log_sum_exp(D::Minus1)?;
    Ok((of_class(logits)? - logarithm)?)
}

fn logits(output: &EncoderOutput) -> Result<&Tensor> {
    output.logits.as_ref().ok_or_else(unreached)
}

fn gradient_at(scores: &Tensor, words: &Var) -> Result<Vec<f64>> {
    let gradients = scores.sum_all()?.backward()?;
    numbers(gradients.get(words).ok_or_else(unreached)?)
}

fn numbers(tensor: &Tensor) -> Result<Vec<f64>> {
    Ok(tensor.to_dtype(DType::F64)?.flatten_all()?.to_vec1()?)
}

fn unreached() -> ModelError {
    ModelError::Input("the gradient does not reach the words of the text".into())
}

/// `[N · H]`.
fn word_embeddings(model: &Model, sequence: &TokenSequence) -> Result<Vec<f64>> {
    let batch = TokenBatch::of(&[sequence], model.encoder().config())?;
    numbers(&model.encoder().word_embeddings(&batch)?)
}

/// `[N · H]`: the word embeddings of a text whose tokens, but for the special ones, are replaced.
fn baseline_of(
    model: &Model,
    encoding: &Encoding,
    words: &[f64],
    baseline: GradientBaseline,
) -> Result<Vec<f64>> {
    let width = model.encoder().config().hidden_size;
    let id = match baseline {
        GradientBaseline::Pad => Some(model.token_id(MaskedToken::Pad)?),
        GradientBaseline::Mask => Some(model.token_id(MaskedToken::Mask)?),
        GradientBaseline::Zero => None,
    };
    let filler = match id {
        None => vec![0.0; width],
        Some(TokenId(id)) => {
            let alone = TokenSequence {
                ids: vec![id],
                segments: vec![0],
                hidden: Vec::new(),
            };
            word_embeddings(model, &alone)?
        }
    };
    let rows = encoding.tokens.iter().zip(words.chunks_exact(width));
    Ok(rows
        .flat_map(|(token, word)| if token.special { word } else { &filler })
        .copied()
        .collect())
}

#[cfg(test)]
#[path = "salience_tests.rs"]
mod tests;
