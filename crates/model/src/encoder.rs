//! The encoder: embeddings, layers, pooler, classifier.

use candle_core::{DType, Tensor};
use vitrine_record::LayerIdx;

use crate::config::BertConfig;
use crate::embeddings::Embeddings;
use crate::error::Result;
use crate::input::{EncoderInput, TokenBatch};
use crate::intervention::Intervention;
use crate::layer::Layer;
use crate::linear::Linear;
use crate::pass::ForwardPass;
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

    /// Keeps the weights of the layers unpacked besides, where they lie in eight bits in the kernel's panels. It takes five
    /// times their memory, and pays where many large batches follow, each of which would unpack all of them.
    /// Nothing that is computed changes by it.
    pub fn keep_unpacked(&self) {
        for layer in &self.layers {
            layer.keep_unpacked();
        }
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

    pub(crate) fn embeddings(&self) -> &Embeddings {
        &self.embeddings
    }

    pub(crate) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Begins a forward pass that is changed by `interventions`.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) if the input does not fit the model, or an intervention names
    /// what the model or the input does not have, or hides all tokens of a sequence from a layer.
    pub fn begin<'a>(
        &'a self,
        input: EncoderInput<'_>,
        interventions: &'a [Intervention],
    ) -> Result<ForwardPass<'a>> {
        ForwardPass::new(self, input, interventions)
    }

    /// Runs a batch, changed by `interventions`, recording what `trace` asks for.
    ///
    /// # Errors
    /// Those of [`Encoder::begin`].
    pub fn forward(
        &self,
        input: EncoderInput<'_>,
        interventions: &[Intervention],
        trace: &mut Trace,
    ) -> Result<EncoderOutput> {
        let mut pass = self.begin(input, interventions)?;
        if trace.request.hidden_states {
            trace.hidden_states.push(pass.hidden().clone());
        }
        while pass.next_layer().is_some() {
            pass.advance(trace)?;
        }
        pass.finish()
    }

    /// What pooler and classifier make of the last hidden state `[B, N, H]`.
    pub(crate) fn read_out(&self, hidden: Tensor) -> Result<EncoderOutput> {
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
