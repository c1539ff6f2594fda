//! How one head comes to what it adds for one token.

use candle_core::{DType, Tensor};
use vitrine_record::{HeadComputation, HeadIdx, LayerIdx, Position};

use crate::error::{ModelError, Result};
use crate::model::Model;
use crate::run::Run;
use crate::trace::{Trace, TraceRequest};

impl Run {
    /// One head's attention for one destination, and what becomes of it in its layer, at the cost of that layer.
    ///
    /// # Errors
    /// [`ModelError::Input`] if there is no such layer, head or token; those of the forward pass.
    pub fn compute_head(
        &self,
        model: &Model,
        layer: LayerIdx,
        head: HeadIdx,
        destination: Position,
    ) -> Result<HeadComputation> {
        let config = model.encoder().config();
        for (what, index, count) in [
            ("head", head.0, config.num_attention_heads),
            ("token", destination.0, self.tokens()),
        ] {
            if index >= count {
                return Err(ModelError::Input(format!(
                    "there is no {what} {index}: there are {count}, from 0"
                )));
            }
        }
        let mut pass = self.pass_before(model, layer)?;
        let mut trace = Trace::new(TraceRequest {
            attention_scores: true,
            attention_probabilities: true,
            queries_keys_values: true,
            head_outputs: true,
            mlp_inputs: true,
            ..TraceRequest::default()
        });
        pass.advance(&mut trace)?;

        let of_head = |recorded: &[Tensor], head: usize| recorded[0].get(0)?.get(head);
        let row = |recorded: &[Tensor], head: usize| values(&of_head(recorded, head)?.get(destination.0)?);
        let output = model.encoder().layers()[layer.0].attention_output();
        let normalisation = model.encoder().layers()[layer.0].attention_normalisation();
        let head_size = config.head_size();
        let weight = |head: usize| output.weights_of(head * head_size..(head + 1) * head_size);
        let mut contributions = Vec::with_capacity(config.num_attention_heads * config.hidden_size);
        for head in 0..config.num_attention_heads {
            let scaled = row(&trace.head_outputs, head)?;
            contributions.extend(weighted_sum(&scaled, &weight(head)?));
        }
        let value_rows = values(&of_head(&trace.values, head.0)?)?;
        let probabilities = row(&trace.attention_probabilities, head.0)?;
        Ok(HeadComputation {
            layer,
            head,
            destination,
            query: row(&trace.queries, head.0)?,
            keys: values(&of_head(&trace.keys, head.0)?)?,
            scores: row(&trace.attention_scores, head.0)?,
            head_output: weighted_sum(&probabilities, &value_rows),
            values: value_rows,
            probabilities,
            output_weight: weight(head.0)?,
            contributions,
            output_bias: output.bias()?,
            residual: self.residual(layer, destination.0)?,
            normalisation: normalisation.plain()?,
            normalised: values(&trace.mlp_inputs[0].get(0)?.get(destination.0)?)?,
        })
    }
}

fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    Ok(tensor.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?)
}

/// The rows of a matrix, each multiplied by its weight, summed.
fn weighted_sum(weights: &[f32], rows: &[f32]) -> Vec<f32> {
    let width = rows.len() / weights.len().max(1);
    let mut sum = vec![0.0; width];
    for (weight, row) in weights.iter().zip(rows.chunks_exact(width.max(1))) {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += weight * value;
        }
    }
    sum
}
