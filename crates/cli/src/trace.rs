//! `vitrine trace`.

use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;
use vitrine_model::{Model, ModelError, Trace, TraceRequest};

use crate::arguments::Input;
use crate::error::CliError;

/// Writes a safetensors file: `hidden_states.{0..L}` `[N, H]`, `attentions.{l}` `[A, N, N]`, `queries.{l}`,
/// `keys.{l}` and `values.{l}` `[A, N, D]`, `neurons.{l}` `[N, I]`, and `logits` `[C]` for a model with a
/// classifier.
pub fn trace(model: &Model, input: &Input, out: &Path) -> Result<(), CliError> {
    let encoding = model.tokenize(&input.text, input.pair.as_deref())?;
    let request = TraceRequest {
        hidden_states: true,
        attention_probabilities: true,
        queries_keys_values: true,
        neurons: true,
        ..TraceRequest::default()
    };
    let mut trace = Trace::new(request);
    let output = model.run(&encoding, &[], &mut trace)?;
    let mut tensors = HashMap::new();
    for (name, layers) in [
        ("hidden_states", &trace.hidden_states),
        ("attentions", &trace.attention_probabilities),
        ("queries", &trace.queries),
        ("keys", &trace.keys),
        ("values", &trace.values),
        ("neurons", &trace.neurons),
    ] {
        for (index, tensor) in layers.iter().enumerate() {
            tensors.insert(format!("{name}.{index}"), first(tensor)?);
        }
    }
    if let Some(logits) = &output.logits {
        tensors.insert("logits".to_owned(), first(logits)?);
    }
    let bytes =
        safetensors::serialize(&tensors, None).map_err(|error| CliError::Format(error.to_string()))?;
    std::fs::write(out, bytes).map_err(|source| CliError::Write {
        place: out.display().to_string(),
        source,
    })
}

/// The only sequence of a batch of one.
fn first(tensor: &Tensor) -> Result<Tensor, ModelError> {
    Ok(tensor.get(0)?.contiguous()?)
}
