//! A forward pass of one text that is kept, so that what is asked about it later begins at the layer asked about.

use candle_core::{DType, Tensor};
use vitrine_record::{HiddenStateIdx, LayerAttention, LayerIdx, Prediction};

use crate::analysis::prediction;
use crate::error::{ModelError, Result};
use crate::input::{EncoderInput, TokenBatch};
use crate::intervention::Intervention;
use crate::model::Model;
use crate::pass::ForwardPass;
use crate::tokenize::Encoding;
use crate::trace::{Trace, TraceRequest};

/// A text, the changes that it was run with, and all its hidden states: `(L + 1) · N · H` numbers, a fraction of the
/// attention probabilities of a long text.
///
/// It holds for the model that it was made with, and has no meaning for another.
#[derive(Clone, Debug)]
pub struct Run {
    pub(crate) encoding: Encoding,
    pub(crate) interventions: Vec<Intervention>,
    batch: TokenBatch,
    /// `[1, N, H]`, of each of `0..=L`.
    hidden_states: Vec<Tensor>,
    prediction: Option<Prediction>,
}

impl Run {
    /// Runs the model on a text, or on a pair of texts, changed by interventions; `see` is given each layer's
    /// attention in turn, so that no more of it need be in memory than is wanted.
    ///
    /// # Errors
    /// Those of tokenizing and of the forward pass.
    pub(crate) fn new(
        model: &Model,
        text: &str,
        pair: Option<&str>,
        interventions: &[Intervention],
        mut see: impl FnMut(LayerAttention),
    ) -> Result<Run> {
        let encoder = model.encoder();
        let encoding = model.tokenize(text, pair)?;
        let batch = TokenBatch::single(&encoding, encoder.config())?;
        let mut pass = encoder.begin(EncoderInput::Tokens(&batch), interventions)?;
        let mut hidden_states = vec![pass.hidden().clone()];
        while let Some(layer) = pass.next_layer() {
            see(advance_seeing(&mut pass, layer)?);
            hidden_states.push(pass.hidden().clone());
        }
        let prediction = prediction(&pass.finish()?)?;
        Ok(Run {
            encoding,
            interventions: interventions.to_vec(),
            batch,
            hidden_states,
            prediction,
        })
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.batch.tokens()
    }

    /// The changes that it was run with.
    pub fn interventions(&self) -> &[Intervention] {
        &self.interventions
    }

    /// The classifier's output; `None` for a model without a classifier.
    pub fn prediction(&self) -> Option<&Prediction> {
        self.prediction.as_ref()
    }

    /// The attention of one layer, at the cost of that layer.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the model has no such layer; those of the forward pass.
    pub fn attention(&self, model: &Model, layer: LayerIdx) -> Result<LayerAttention> {
        advance_seeing(&mut self.pass_before(model, layer)?, layer)
    }

    /// `[H]`: what a layer reads at one position.
    pub(crate) fn residual(&self, layer: LayerIdx, position: usize) -> Result<Vec<f32>> {
        let hidden = &self.hidden_states[layer.0];
        Ok(hidden.get(0)?.get(position)?.to_dtype(DType::F32)?.to_vec1()?)
    }

    /// Whether there is such a layer.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the model has no such layer.
    pub fn check_layer(&self, model: &Model, layer: LayerIdx) -> Result<()> {
        let layers = model.encoder().config().num_hidden_layers;
        if layer.0 < layers.min(self.hidden_states.len()) {
            return Ok(());
        }
        Err(ModelError::Input(format!(
            "there is no layer {layer}: the model has {layers}, from 0"
        )))
    }

    /// A forward pass that stands before a layer.
    pub(crate) fn pass_before<'a>(&'a self, model: &'a Model, layer: LayerIdx) -> Result<ForwardPass<'a>> {
        self.check_layer(model, layer)?;
        let input = EncoderInput::HiddenState {
            state: HiddenStateIdx(layer.0),
            hidden: &self.hidden_states[layer.0],
            batch: &self.batch,
        };
        model.encoder().begin(input, &self.interventions)
    }
}

/// Runs the next layer and takes its attention out, the copy of which is large where a text is long.
pub(crate) fn advance_seeing(pass: &mut ForwardPass<'_>, layer: LayerIdx) -> Result<LayerAttention> {
    let mut trace = Trace::new(TraceRequest::attention());
    pass.advance(&mut trace)?;
    let nothing = || ModelError::Input(format!("layer {layer} left no attention of one sequence"));
    let probabilities = trace.attention_probabilities.pop().ok_or_else(nothing)?;
    let (_, heads, tokens, _) = probabilities.dims4()?;
    let values = probabilities
        .get(0)?
        .flatten_all()?
        .to_dtype(DType::F32)?
        .to_vec1()?;
    LayerAttention::new(layer, heads, tokens, values).ok_or_else(nothing)
}
