//! What can be computed from attention probabilities alone, without the model that gave them.
//!
//! Everything reads [`LayerAttention`](vitrine_record::LayerAttention), `[head, destination, source]`: `destination`
//! is the token whose query asks, `source` the one whose key answers. Sums are in double precision.

mod correspondence;
mod disagreement;
mod divergence;
mod flow;
mod importance;
mod labels;
mod map;
mod max_flow;
mod mean_attention;
mod metrics;
mod rank_correlation;
mod rollout;
mod shape_error;
mod slice;
mod statistics;
mod survey;
mod token_matrix;
mod token_roles;
mod units;

pub use correspondence::Correspondence;
pub use disagreement::{LITTLE_EFFECT, MUCH_EFFECT, Mark, find_disagreement, least_effect, marks};
pub use divergence::{add_divergences, head_divergences};
pub use flow::{AttentionFlow, attention_flow};
pub use importance::{ImportanceError, head_confidence, token_importance};
pub use labels::{label_from, pattern_labels};
pub use map::head_map;
pub use mean_attention::MeanAttentionAccumulator;
pub use metrics::{head_scores, property_share, scores_of_head, template_score};
pub use rank_correlation::{kendall_tau, places};
pub use rollout::{AttentionRollout, attention_rollout, attention_with_residual};
pub use shape_error::ShapeError;
pub use slice::{AttentionSlice, chosen_heads};
pub use statistics::HeadStatisticsAccumulator;
pub use survey::HeadSurveyor;
pub use token_matrix::TokenMatrix;
pub use token_roles::{TokenRoles, is_punctuation};
pub use units::{Unit, words};
