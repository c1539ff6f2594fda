//! One layer of the encoder: self-attention and MLP, each followed by a residual sum and a normalisation
//! (Devlin et al. 2019; post-LayerNorm as in Vaswani et al. 2017).

use candle_core::Tensor;
use vitrine_record::LayerIdx;

use crate::config::BertConfig;
use crate::error::Result;
use crate::intervention::Interventions;
use crate::operations;
use crate::trace::Trace;
use crate::weights::Weights;

/// `x Wᵀ + b`.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    pub(crate) fn take(weights: &mut Weights, name: &str, from: usize, to: usize) -> Result<Linear> {
        Ok(Linear {
            weight: weights.take(&format!("{name}.weight"), &[to, from])?,
            bias: weights.take(&format!("{name}.bias"), &[to])?,
        })
    }

    /// `[…, from]` to `[…, to]`. All leading dimensions are rows of one matrix product.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (to, from) = self.weight.dims2()?;
        let rows = x.elem_count() / from;
        let product = x
            .reshape((rows, from))?
            .matmul(&self.weight.t()?)?
            .broadcast_add(&self.bias)?;
        let mut shape = x.dims().to_vec();
        if let Some(last) = shape.last_mut() {
            *last = to;
        }
        Ok(product.reshape(shape)?)
    }
}

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

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(operations::layer_norm(x, &self.gamma, &self.beta, self.epsilon)?)
    }
}

/// The parts of a layer, under their Hugging Face names.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
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
            query: Linear::take(weights, &name("attention.self.query"), hidden, hidden)?,
            key: Linear::take(weights, &name("attention.self.key"), hidden, hidden)?,
            value: Linear::take(weights, &name("attention.self.value"), hidden, hidden)?,
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

    /// Hidden state `[B, N, H]` to hidden state `[B, N, H]`. `mask` is added to the attention scores.
    pub(crate) fn forward(
        &self,
        index: LayerIdx,
        hidden: &Tensor,
        mask: Option<&Tensor>,
        interventions: &Interventions<'_>,
        trace: &mut Trace,
    ) -> Result<Tensor> {
        let attended = self.attend(index, hidden, mask, interventions, trace)?;
        let attended = self.attention_output.forward(&attended)?;
        let hidden = self.attention_normalisation.forward(&(attended + hidden)?)?;

        let mut neurons = operations::gelu(&self.intermediate.forward(&hidden)?)?;
        if let Some(factors) = interventions.neuron_factors(index, neurons.dim(2)?)? {
            neurons = neurons.broadcast_mul(&factors)?;
        }
        if trace.request.neurons {
            trace.neurons.push(neurons.clone());
        }
        self.output_normalisation
            .forward(&(self.output.forward(&neurons)? + hidden)?)
    }

    /// The outputs of all heads side by side, `[B, N, H]`, before the output projection.
    fn attend(
        &self,
        index: LayerIdx,
        hidden: &Tensor,
        mask: Option<&Tensor>,
        interventions: &Interventions<'_>,
        trace: &mut Trace,
    ) -> Result<Tensor> {
        let (batch, tokens, width) = hidden.dims3()?;
        let head_size = width / self.heads;
        let by_head = |linear: &Linear| -> Result<Tensor> {
            let projected = linear
                .forward(hidden)?
                .reshape((batch, tokens, self.heads, head_size))?;
            Ok(projected.transpose(1, 2)?.contiguous()?)
        };
        let (query, key, value) = (by_head(&self.query)?, by_head(&self.key)?, by_head(&self.value)?);

        let scaled_query = (&query * (head_size as f64).sqrt().recip())?;
        let mut scores = scaled_query.matmul(&key.t()?)?;
        for mask in [mask, interventions.hidden_keys(index)?.as_ref()]
            .into_iter()
            .flatten()
        {
            scores = scores.broadcast_add(mask)?;
        }
        let probabilities = operations::softmax(&scores)?;
        let mut head_outputs = probabilities.matmul(&value)?;
        if let Some(factors) = interventions.head_factors(index, self.heads)? {
            head_outputs = head_outputs.broadcast_mul(&factors)?;
        }

        let side_by_side = head_outputs.transpose(1, 2)?.reshape((batch, tokens, width))?;
        if trace.request.queries_keys_values {
            trace.queries.push(query);
            trace.keys.push(key);
            trace.values.push(value);
        }
        if trace.request.attention_scores {
            trace.attention_scores.push(scores);
        }
        if trace.request.attention_probabilities {
            trace.attention_probabilities.push(probabilities);
        }
        if trace.request.head_outputs {
            trace.head_outputs.push(head_outputs);
        }
        Ok(side_by_side)
    }
}
