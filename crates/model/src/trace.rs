//! What a forward pass leaves behind for those who ask.

use candle_core::Tensor;

/// What to record. By default nothing, and then nothing is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceRequest {
    /// The embeddings' output and each layer's.
    pub hidden_states: bool,
    /// Scaled and masked products of queries and keys, before the softmax.
    pub attention_scores: bool,
    /// After the softmax.
    pub attention_probabilities: bool,
    /// Queries, keys and values.
    pub queries_keys_values: bool,
    /// Weighted sums of the values, one for each head, before the output projection.
    pub head_outputs: bool,
    /// What the MLP reads: the attention's output with the residual added, normalised.
    pub mlp_inputs: bool,
    /// MLP neurons after their activation.
    pub neurons: bool,
}

impl TraceRequest {
    /// Everything.
    pub fn everything() -> TraceRequest {
        TraceRequest {
            hidden_states: true,
            attention_scores: true,
            attention_probabilities: true,
            queries_keys_values: true,
            head_outputs: true,
            mlp_inputs: true,
            neurons: true,
        }
    }

    /// What the head view draws.
    pub fn attention() -> TraceRequest {
        TraceRequest {
            attention_probabilities: true,
            ..TraceRequest::default()
        }
    }
}

/// What was recorded: for each kind one tensor a layer (`hidden_states`: one more), or none if it was not asked
/// for. `B` counts the batch, `N` tokens, `A` heads, `D` a head's width, `H` the hidden width, `I` neurons.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What to record.
    pub request: TraceRequest,
    /// `[B, N, H]` after layer normalisation; index 0 is the embeddings' output, `l + 1` that of layer `l`.
    pub hidden_states: Vec<Tensor>,
    /// `[B, A, N, N]`: head, destination, source.
    pub attention_scores: Vec<Tensor>,
    /// `[B, A, N, N]`: head, destination, source; rows sum to 1.
    pub attention_probabilities: Vec<Tensor>,
    /// `[B, A, N, D]`.
    pub queries: Vec<Tensor>,
    /// `[B, A, N, D]`.
    pub keys: Vec<Tensor>,
    /// `[B, A, N, D]`.
    pub values: Vec<Tensor>,
    /// `[B, A, N, D]`, after any intervention on heads.
    pub head_outputs: Vec<Tensor>,
    /// `[B, N, H]` after layer normalisation.
    pub mlp_inputs: Vec<Tensor>,
    /// `[B, N, I]`, after any intervention on neurons.
    pub neurons: Vec<Tensor>,
}

impl Trace {
    /// An empty trace that will record what is requested.
    pub fn new(request: TraceRequest) -> Trace {
        Trace {
            request,
            ..Trace::default()
        }
    }

    /// A trace that records nothing.
    pub fn off() -> Trace {
        Trace::default()
    }
}

/// What the encoder ends with.
#[derive(Clone, Debug)]
pub struct EncoderOutput {
    /// `[B, N, H]`: the last hidden state.
    pub last_hidden_state: Tensor,
    /// `[B, H]`: `tanh` of the pooler's projection of the first token; `None` for a model without a pooler.
    pub pooled: Option<Tensor>,
    /// `[B, C]`; `None` for a model without a classifier.
    pub logits: Option<Tensor>,
}
