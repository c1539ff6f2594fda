//! What is made of one layer's attention with the model at hand: weighted by values, and times its gradient.

use candle_core::{DType, Device, Tensor, Var};
use vitrine_record::{AttentionVariant, LayerAttention, LayerIdx, VariantAttention};

use crate::error::{ModelError, Result};
use crate::intervention::Intervention;
use crate::model::Model;
use crate::run::Run;
use crate::trace::{Trace, TraceRequest};

impl Run {
    /// Attention weighted by values, at the cost of one layer: `‖A[i,j] · f(x_j)‖` with `f(x) = (x W_V + b_V) W_O`, for
    /// each head with its own parts of the three (Kobayashi et al. 2020, section 3), times the factor that an
    /// intervention scales the head by. The vectors whose lengths these are sum to what the head adds.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the model has no such layer; those of the forward pass.
    pub fn value_weighted_attention(&self, model: &Model, layer: LayerIdx) -> Result<VariantAttention> {
        let mut pass = self.pass_before(model, layer)?;
        let mut trace = Trace::new(TraceRequest {
            attention_probabilities: true,
            queries_keys_values: true,
            ..TraceRequest::default()
        });
        pass.advance(&mut trace)?;
        let config = model.encoder().config();
        let (head_size, hidden) = (config.head_size(), config.hidden_size);
        let output = model.encoder().layers()[layer.0].attention_output();
        let factors = self.head_factors(layer, config.num_attention_heads);
        let mut weights = Vec::new();
        for (head, factor) in factors.into_iter().enumerate() {
            let of_head = |recorded: &[Tensor]| recorded[0].get(0)?.get(head)?.to_dtype(DType::F32);
            let projection = output.weights_of(head * head_size..(head + 1) * head_size)?;
            let projection = Tensor::from_vec(projection, (head_size, hidden), &Device::Cpu)?;
            let moved = of_head(&trace.values)?.matmul(&projection)?;
            let lengths: Vec<f32> = moved.sqr()?.sum(1)?.sqrt()?.to_vec1()?;
            for row in of_head(&trace.attention_probabilities)?.to_vec2::<f32>()? {
                let moved = row.iter().zip(&lengths);
                weights.extend(moved.map(|(probability, length)| probability * length * factor.abs()));
            }
        }
        let attention = self.of_layer(layer, weights)?;
        Ok(VariantAttention {
            variant: AttentionVariant::ValueWeighted,
            attention,
            class: None,
        })
    }

    /// Attention times the gradient of a class's logit with respect to it, `A ∘ ∂y/∂A`, for each head. The cost is that
    /// of this layer and those after it, forwards and backwards.
    ///
    /// Each probability counts as a number of its own, that can change without the others of its row. What a number
    /// says to first order is how much of the logit would be lost if its probability were 0.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the model has no such layer, no classifier or no such class; those of the forward pass.
    pub fn gradient_times_attention(
        &self,
        model: &Model,
        layer: LayerIdx,
        class: usize,
    ) -> Result<VariantAttention> {
        let classes = self
            .prediction()
            .ok_or_else(|| model.lacks_classifier())?
            .logits
            .len();
        if class >= classes {
            return Err(ModelError::Input(format!(
                "there is no class {class}: the model has {classes}, from 0"
            )));
        }
        let tokens = self.tokens();
        let heads = model.encoder().config().num_attention_heads;
        // candle keeps the gradients of variables only. That of a factor 1 on each probability is the product itself.
        let ones = Var::ones((1, heads, tokens, tokens), model.encoder().dtype(), &Device::Cpu)?;
        let mut pass = self.pass_before(model, layer)?;
        pass.multiply_attention(ones.as_tensor().clone());
        let logits = pass.finish()?.logits.ok_or_else(|| model.lacks_classifier())?;
        let gradients = logits.get(0)?.get(class)?.backward()?;
        let product = gradients.get(&ones).ok_or_else(|| {
            ModelError::Input(format!(
                "the gradient does not reach the attention of layer {layer}"
            ))
        })?;
        let values = product.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?;
        Ok(VariantAttention {
            variant: AttentionVariant::GradientTimesAttention,
            attention: self.of_layer(layer, values)?,
            class: Some(class),
        })
    }

    /// `[A]`: what interventions multiply the outputs of a layer's heads by.
    fn head_factors(&self, layer: LayerIdx, heads: usize) -> Vec<f32> {
        let mut factors = vec![1.0; heads];
        for intervention in &self.interventions {
            if let Intervention::ScaleHead {
                layer: at,
                head,
                factor,
            } = intervention
                && *at == layer
                && let Some(product) = factors.get_mut(head.0)
            {
                *product *= factor;
            }
        }
        factors
    }

    /// Numbers of all heads of a layer as its attention.
    fn of_layer(&self, layer: LayerIdx, values: Vec<f32>) -> Result<LayerAttention> {
        let tokens = self.tokens();
        let heads = values.len() / (tokens * tokens).max(1);
        LayerAttention::new(layer, heads, tokens, values).ok_or_else(|| {
            ModelError::Input(format!(
                "layer {layer} has not {tokens} × {tokens} numbers for each head"
            ))
        })
    }
}

#[cfg(test)]
#[path = "variants_tests.rs"]
mod tests;
