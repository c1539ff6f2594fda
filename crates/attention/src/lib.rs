//! What can be computed from attention probabilities alone, without the model that gave them.
//!
//! Everything reads [`LayerAttention`](vitrine_record::LayerAttention), `[head, destination, source]`: `destination`
//! is the token whose query asks, `source` the token whose key answers.

mod slice;
mod units;

pub use slice::{AttentionSlice, chosen_heads};
pub use units::{Unit, words};
