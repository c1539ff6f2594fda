//! A forward pass that goes layer by layer, so that it can be left, looked at and begun at any of them.

use std::ops::Range;

use candle_core::{DType, Tensor};
use vitrine_record::{HiddenStateIdx, LayerIdx, Position};

use crate::encoder::Encoder;
use crate::error::{ModelError, Result};
use crate::input::{EncoderInput, Repeats};
use crate::intervention::{Intervention, Interventions};
use crate::trace::{EncoderOutput, Trace};

/// A forward pass under way. It stands at a hidden state.
pub struct ForwardPass<'a> {
    encoder: &'a Encoder,
    interventions: Interventions<'a>,
    mask: Option<Tensor>,
    state: HiddenStateIdx,
    hidden: Tensor,
    /// Which rows of this hidden state are the same, where that is known.
    repeats: Option<Repeats>,
}

impl<'a> ForwardPass<'a> {
    /// Stands where the input says.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the input has another shape than the batch and the model, if there is no such hidden
    /// state, if an intervention names what the model or the input does not have, or hides all tokens of a sequence
    /// from a layer.
    pub(crate) fn new(
        encoder: &'a Encoder,
        input: EncoderInput<'_>,
        interventions: &'a [Intervention],
    ) -> Result<ForwardPass<'a>> {
        let config = encoder.config();
        let batch = input.batch();
        let interventions = Interventions::check(interventions, config, batch, encoder.dtype())?;
        let mask = batch.mask(encoder.dtype())?;
        let (count, tokens) = batch.ids().dims2()?;
        let needed = [count, tokens, config.hidden_size];
        let refuse_shape = |what: &str, given: &Tensor| {
            if given.dims() == needed {
                return Ok(());
            }
            Err(ModelError::Input(format!(
                "{what} have shape {:?}, but the batch and the model need {needed:?}",
                given.dims()
            )))
        };
        let embedded = |words: &Tensor| {
            let hidden = encoder.embeddings().complete(words, batch)?;
            interventions.patch(HiddenStateIdx(0), hidden)
        };
        let mut repeats = None;
        let (state, hidden) = match input {
            EncoderInput::Tokens(batch) => {
                let words = encoder.word_embeddings(batch)?;
                if !interventions.patches(HiddenStateIdx(0)) && !words.track_op() {
                    repeats = batch.repeats()?;
                }
                (HiddenStateIdx(0), embedded(&words)?)
            }
            EncoderInput::Embeddings { words, .. } => {
                refuse_shape("word embeddings", words)?;
                (HiddenStateIdx(0), embedded(words)?)
            }
            EncoderInput::HiddenState { state, hidden, .. } => {
                refuse_shape("hidden states", hidden)?;
                (state, hidden.clone())
            }
        };
        if state.0 > config.num_hidden_layers {
            return Err(ModelError::Input(format!(
                "there is no hidden state {state}: the model has {}, from 0",
                config.num_hidden_layers + 1
            )));
        }
        Ok(ForwardPass {
            encoder,
            interventions,
            mask,
            state,
            hidden,
            repeats,
        })
    }

    /// `[B, N, H]`: the hidden state that it stands at, with its patches.
    pub fn hidden(&self) -> &Tensor {
        &self.hidden
    }

    /// The layer that reads this hidden state; none after the last.
    pub fn next_layer(&self) -> Option<LayerIdx> {
        (self.state.0 < self.encoder.layers().len()).then_some(LayerIdx(self.state.0))
    }

    /// Runs the next layer, if there is one, and records of it what `trace` asks for.
    pub fn advance(&mut self, trace: &mut Trace) -> Result<()> {
        let Some(layer) = self.encoder.layers().get(self.state.0) else {
            return Ok(());
        };
        let (at, mask) = (LayerIdx(self.state.0), self.mask.as_ref());
        let repeats = self.repeats.take();
        let next = layer.forward(
            at,
            &self.hidden,
            repeats.as_ref(),
            mask,
            &self.interventions,
            trace,
        )?;
        self.state.0 += 1;
        self.hidden = self.interventions.patch(self.state, next)?;
        if trace.request.hidden_states {
            trace.hidden_states.push(self.hidden.clone());
        }
        Ok(())
    }

    /// Makes several sequences of one: the next layer ablates, besides what the interventions say, one of these heads
    /// in each of them. What is the same for all of them is computed once.
    pub(crate) fn ablate_each(&mut self, heads: Range<usize>) {
        self.interventions.ablate_each(LayerIdx(self.state.0), heads);
    }

    /// The next layer multiplies its attention probabilities by these factors, `[B, A, N, N]`, so that a variable among
    /// them gets their gradient.
    pub(crate) fn multiply_attention(&mut self, factors: Tensor) {
        self.interventions
            .multiply_attention(LayerIdx(self.state.0), factors);
    }

    /// Makes several sequences of one: all layers that are left hide, besides what the interventions say, one of these
    /// tokens in each of them.
    pub(crate) fn hide_each(&mut self, keys: &[Position]) -> Result<()> {
        self.hidden = self.hidden.repeat((keys.len(), 1, 1))?;
        self.repeats = None;
        self.interventions.hide_each(keys);
        Ok(())
    }

    /// Runs the layers that are left for the logits alone, `[B, C]`; `None` for a model without a classifier. They are read
    /// off the first token, so the last layer computes nothing else that no logit depends on: of a layer of a BERT that
    /// is five sixths of the work. They are those of [`ForwardPass::finish`], up to rounding.
    pub fn classify(mut self) -> Result<Option<Tensor>> {
        let layers = self.encoder.layers();
        while self.state.0 + 1 < layers.len() {
            self.advance(&mut Trace::off())?;
        }
        let at = LayerIdx(self.state.0);
        let is_plain = self.hidden.dtype() == DType::F32 && !self.hidden.track_op();
        if let Some(layer) = layers.get(at.0)
            && is_plain
            && !layer.tracks_gradients()
            && self.interventions.lets_first_alone(at)
        {
            let mask = self.mask.as_ref();
            let first = layer.forward_first(at, &self.hidden, mask, &self.interventions)?;
            return Ok(self.encoder.read_out(first)?.logits);
        }
        Ok(self.finish()?.logits)
    }

    /// Runs the layers that are left, and reads the last hidden state out.
    pub fn finish(mut self) -> Result<EncoderOutput> {
        while self.next_layer().is_some() {
            self.advance(&mut Trace::off())?;
        }
        self.encoder.read_out(self.hidden)
    }
}
