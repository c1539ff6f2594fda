//! One layer of the encoder: self-attention and MLP, each followed by a residual sum and a normalisation
//! (Devlin et al. 2019; post-LayerNorm as in Vaswani et al. 2017).

use candle_core::{DType, Tensor};
use vitrine_record::{LayerIdx, LayerNormalisation};

use crate::attention::{Attended, FirstProjected, Part, Projected};
use crate::config::BertConfig;
use crate::error::Result;
use crate::input::Repeats;
use crate::intervention::Interventions;
use crate::linear::Linear;
use crate::operations;
use crate::trace::Trace;
use crate::weights::Weights;

/// Layer normalisation with its gain and shift.
#[derive(Clone, Debug)]
pub(crate) struct Normalisation {
    gamma: Tensor,
    beta: Tensor,
    epsilon: f64,
}

impl Normalisation {
    pub(crate) fn take(weights: &mut Weights, name: &str, config: &BertConfig) -> Result<Normalisation> {
        let width = config.hidden_size;
        Ok(Normalisation {
            gamma: weights.take(&format!("{name}.weight"), &[width])?,
            beta: weights.take(&format!("{name}.bias"), &[width])?,
            epsilon: config.layer_norm_eps,
        })
    }

    /// Its numbers as plain data.
    pub(crate) fn plain(&self) -> Result<LayerNormalisation> {
        Ok(LayerNormalisation {
            gain: self.gamma.to_dtype(DType::F32)?.to_vec1()?,
            shift: self.beta.to_dtype(DType::F32)?.to_vec1()?,
            epsilon: self.epsilon as f32,
        })
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(operations::layer_norm(x, &self.gamma, &self.beta, self.epsilon)?)
    }
}

/// The parts of a layer, under their Hugging Face names.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Query, key and value side by side.
    projections: Linear,
    attention_output: Linear,
    attention_normalisation: Normalisation,
    intermediate: Linear,
    output: Linear,
    output_normalisation: Normalisation,
    heads: usize,
}

impl Layer {
    pub(crate) fn take(weights: &mut Weights, index: LayerIdx, config: &BertConfig) -> Result<Layer> {
        let (hidden, neurons) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        Ok(Layer {
            projections: Linear::take_side_by_side(
                weights,
                &["query", "key", "value"].map(|part| name(&format!("attention.self.{part}"))),
                hidden,
                hidden,
            )?,
            attention_output: Linear::take(weights, &name("attention.output.dense"), hidden, hidden)?,
            attention_normalisation: Normalisation::take(
                weights,
                &name("attention.output.LayerNorm"),
                config,
            )?,
            intermediate: Linear::take(weights, &name("intermediate.dense"), hidden, neurons)?,
            output: Linear::take(weights, &name("output.dense"), neurons, hidden)?,
            output_normalisation: Normalisation::take(weights, &name("output.LayerNorm"), config)?,
            heads: config.num_attention_heads,
        })
    }

    /// Whether its weights are among what gradients are kept for.
    pub(crate) fn tracks_gradients(&self) -> bool {
        self.projections.tracks_gradients()
    }

    /// See [`crate::Encoder::keep_unpacked`].
    pub(crate) fn keep_unpacked(&self) {
        for linear in [
            &self.projections,
            &self.attention_output,
            &self.intermediate,
            &self.output,
        ] {
            linear.keep_unpacked();
        }
    }

    /// What joins the outputs of the heads.
    pub(crate) fn attention_output(&self) -> &Linear {
        &self.attention_output
    }

    /// What follows the sum of the attention's output and the residual.
    pub(crate) fn attention_normalisation(&self) -> &Normalisation {
        &self.attention_normalisation
    }

    /// Hidden state `[B, N, H]`, with what is known of rows that are the same, to hidden state `[B, N, H]`. `mask` is added
    /// to the attention scores.
    pub(crate) fn forward(
        &self,
        index: LayerIdx,
        hidden: &Tensor,
        repeats: Option<&Repeats>,
        mask: Option<&Tensor>,
        interventions: &Interventions<'_>,
        trace: &mut Trace,
    ) -> Result<Tensor> {
        let attended = self.attend(index, hidden, repeats, mask, interventions, trace)?;
        self.after_attention(index, &attended, hidden, interventions, trace)
    }

    /// The same for the first token alone, `[B, N, H]` to `[B, 1, H]`, of F32 and without a way back: it asks all others,
    /// but nothing else is computed for them than their keys and values.
    pub(crate) fn forward_first(
        &self,
        index: LayerIdx,
        hidden: &Tensor,
        mask: Option<&Tensor>,
        interventions: &Interventions<'_>,
    ) -> Result<Tensor> {
        let width = hidden.dim(2)?;
        let first = hidden.narrow(1, 0, 1)?.contiguous()?;
        let projected = FirstProjected {
            query: self.projections.forward_columns(&first, 0..width)?,
            keys_values: self.projections.forward_columns(hidden, width..3 * width)?,
            heads: self.heads,
        };
        let mask = joined(mask, interventions.hidden_keys(index)?)?;
        let outputs = projected.attend(mask.as_ref())?;
        let attended = self.changed_heads(index, outputs, interventions)?;
        self.after_attention(index, &attended, &first, interventions, &mut Trace::off())
    }

    /// From the outputs of all heads side by side, `[B, N, H]`, to the hidden state; `before` is the one that the layer
    /// read.
    fn after_attention(
        &self,
        index: LayerIdx,
        attended: &Tensor,
        before: &Tensor,
        interventions: &Interventions<'_>,
        trace: &mut Trace,
    ) -> Result<Tensor> {
        let several;
        let residual = if attended.dims() == before.dims() {
            before
        } else {
            // One sequence has become several, in each of which another head is ablated.
            several = before.broadcast_as(attended.dims())?;
            &several
        };
        let hidden = self
            .attention_normalisation
            .forward(&self.attention_output.forward_plus(attended, residual)?)?;
        if trace.request.mlp_inputs {
            trace.mlp_inputs.push(hidden.clone());
        }

        let mut neurons = self.intermediate.forward_gelu(&hidden)?;
        if let Some(factors) = interventions.neuron_factors(index, neurons.dim(2)?)? {
            neurons = neurons.broadcast_mul(&factors)?;
        }
        if trace.request.neurons {
            trace.neurons.push(neurons.clone());
        }
        self.output_normalisation
            .forward(&self.output.forward_plus(&neurons, &hidden)?)
    }

    /// The outputs of all heads side by side, `[B, N, H]`, before the output projection.
    fn attend(
        &self,
        index: LayerIdx,
        hidden: &Tensor,
        repeats: Option<&Repeats>,
        mask: Option<&Tensor>,
        interventions: &Interventions<'_>,
        trace: &mut Trace,
    ) -> Result<Tensor> {
        let projected = Projected {
            values: match repeats {
                Some(repeats) => repeats.once(hidden, |rows| self.projections.forward(rows))?,
                None => self.projections.forward(hidden)?,
            },
            heads: self.heads,
        };
        let mask = joined(mask, interventions.hidden_keys(index)?)?;
        let mask = mask.as_ref();
        let Attended {
            probabilities,
            outputs,
        } = projected.attend(
            mask,
            interventions.attention_factors(index),
            self.projections.multiplier(),
        )?;
        let outputs = self.changed_heads(index, outputs, interventions)?;

        if trace.request.queries_keys_values {
            trace.queries.push(projected.by_head(Part::Query)?);
            trace.keys.push(projected.by_head(Part::Key)?);
            trace.values.push(projected.by_head(Part::Value)?);
        }
        if trace.request.attention_scores {
            trace.attention_scores.push(projected.scores(mask)?);
        }
        if trace.request.attention_probabilities {
            trace.attention_probabilities.push(probabilities);
        }
        if trace.request.head_outputs {
            let outputs = self.by_head(&outputs)?.transpose(1, 2)?;
            trace.head_outputs.push(outputs.contiguous()?);
        }
        Ok(outputs)
    }

    /// `[B, N, H]` as `[B, N, A, D]`.
    fn by_head(&self, outputs: &Tensor) -> Result<Tensor> {
        let (batch, tokens, width) = outputs.dims3()?;
        Ok(outputs.reshape((batch, tokens, self.heads, width / self.heads))?)
    }

    /// The outputs of all heads side by side, `[B, N, H]`, after any intervention on heads.
    fn changed_heads(
        &self,
        index: LayerIdx,
        outputs: Tensor,
        interventions: &Interventions<'_>,
    ) -> Result<Tensor> {
        match interventions.head_factors(index, self.heads)? {
            Some(factors) => Ok(self.by_head(&outputs)?.broadcast_mul(&factors)?.flatten_from(2)?),
            None => Ok(outputs),
        }
    }
}

/// One mask of two, each of which may hide keys.
fn joined(mask: Option<&Tensor>, keys: Option<Tensor>) -> Result<Option<Tensor>> {
    match (mask, keys) {
        (Some(mask), Some(keys)) => Ok(Some(mask.broadcast_add(&keys)?)),
        (mask, keys) => Ok(mask.cloned().or(keys)),
    }
}
