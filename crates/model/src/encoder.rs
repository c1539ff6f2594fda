//! The encoder: embeddings, layers, pooler, classifier.

use candle_core::{DType, Tensor};
use vitrine_record::{HiddenStateIdx, LayerIdx};

use crate::config::BertConfig;
use crate::embeddings::Embeddings;
use crate::error::{ModelError, Result};
use crate::input::{EncoderInput, TokenBatch};
use crate::intervention::{Intervention, Interventions};
use crate::layer::Layer;
use crate::linear::Linear;
use crate::trace::{EncoderOutput, Trace};
use crate::weights::Weights;

/// A BERT encoder, with a pooler and a classifier where the weights have them.
///
/// Every step keeps its gradient, so that `output.backward()` reaches whatever [`candle_core::Var`] went in:
/// word embeddings given by [`EncoderInput::Embeddings`], or the weights themselves in training.
#[derive(Clone, Debug)]
pub struct Encoder {
    config: BertConfig,
    embeddings: Embeddings,
    layers: Vec<Layer>,
    pooler: Option<Linear>,
    classifier: Option<Linear>,
    dtype: DType,
}

impl Encoder {
    /// Takes from `weights` what the configuration calls for. Classes that it does not name are `LABEL_0`, `LABEL_1`
    /// and so on, as in Hugging Face transformers.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(mut config: BertConfig, mut weights: Weights) -> Result<Encoder> {
        config.name_classes(&weights);
        let hidden = config.hidden_size;
        let embeddings = Embeddings::take(&mut weights, &config)?;
        let layers = (0..config.num_hidden_layers)
            .map(|index| Layer::take(&mut weights, LayerIdx(index), &config))
            .collect::<Result<_>>()?;
        let mut optional = |name: &str, to: usize| {
            weights
                .has(&format!("{name}.weight"))
                .then(|| Linear::take(&mut weights, name, hidden, to))
                .transpose()
        };
        let pooler = optional("pooler.dense", hidden)?;
        let classes = config.id2label.len();
        let classifier = if classes > 0 && pooler.is_some() {
            optional("classifier", classes)?
        } else {
            None
        };
        let dtype = weights.dtype();
        Ok(Encoder {
            config,
            embeddings,
            layers,
            pooler,
            classifier,
            dtype,
        })
    }

    /// The configuration.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// The type that it computes in.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Whether a prediction comes out.
    pub fn has_classifier(&self) -> bool {
        self.classifier.is_some()
    }

    /// `[B, N, H]`: the word embeddings of a batch, without position and segment (`inputs_embeds` in Hugging
    /// Face's terms).
    pub fn word_embeddings(&self, batch: &TokenBatch) -> Result<Tensor> {
        self.embeddings.words(batch)
    }

    /// Runs a batch, changed by `interventions`, recording what `trace` asks for.
    ///
    /// # Errors
    /// [`ModelError::Input`] if an intervention names what the model or the input does not have, or hides all
    /// tokens of a sequence from a layer.
    pub fn forward(
        &self,
        input: EncoderInput<'_>,
        interventions: &[Intervention],
        trace: &mut Trace,
    ) -> Result<EncoderOutput> {
        let (words, batch) = match input {
            EncoderInput::Tokens(batch) => (self.embeddings.words(batch)?, batch),
            EncoderInput::Embeddings { words, batch } => (words.clone(), batch),
        };
        let (count, tokens) = batch.ids().dims2()?;
        if words.dims() != [count, tokens, self.config.hidden_size] {
            return Err(ModelError::Input(format!(
                "word embeddings have shape {:?}, but the batch and the model need {:?}",
                words.dims(),
                [count, tokens, self.config.hidden_size]
            )));
        }
        let interventions = Interventions::check(interventions, &self.config, batch, self.dtype)?;
        let mask = batch.mask(self.dtype)?;

        let record = |index: usize, hidden: Tensor, trace: &mut Trace| -> Result<Tensor> {
            let hidden = interventions.patch(HiddenStateIdx(index), hidden)?;
            if trace.request.hidden_states {
                trace.hidden_states.push(hidden.clone());
            }
            Ok(hidden)
        };
        let mut hidden = record(0, self.embeddings.complete(&words, batch)?, trace)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let next = layer.forward(LayerIdx(index), &hidden, mask.as_ref(), &interventions, trace)?;
            hidden = record(index + 1, next, trace)?;
        }

        let pooled = match &self.pooler {
            Some(pooler) => Some(
                pooler
                    .forward(&hidden.narrow(1, 0, 1)?.squeeze(1)?.contiguous()?)?
                    .tanh()?,
            ),
            None => None,
        };
        let logits = match (&self.classifier, &pooled) {
            (Some(classifier), Some(pooled)) => Some(classifier.forward(pooled)?),
            _ => None,
        };
        Ok(EncoderOutput {
            last_hidden_state: hidden,
            pooled,
            logits,
        })
    }
}
