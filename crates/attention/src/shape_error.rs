//! What can be wrong with the layers that something is computed from.

use vitrine_record::{HeadIdx, LayerIdx};

/// Attention that does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// A layer stands where another is needed: rollout and flow take all layers from 0, in order.
    LayerMissing {
        /// The layer that belongs here.
        expected: LayerIdx,
        /// The layer that is here.
        found: LayerIdx,
    },
    /// A layer has another number of tokens than the text or the other layers.
    TokensDiffer {
        /// The layer.
        layer: LayerIdx,
        /// How many tokens it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A head beyond those of its layer was asked for, or any head of a layer without heads.
    HeadMissing {
        /// The layer.
        layer: LayerIdx,
        /// The head.
        head: HeadIdx,
        /// How many heads the layer has.
        heads: usize,
    },
    /// Divergences of other heads were to be added.
    HeadsDiffer,
}

impl std::fmt::Display for ShapeError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ShapeError::LayerMissing { expected, found } => write!(
                formatter,
                "layer {expected} is missing, layer {found} stands in its place: give all layers from 0, in order"
            ),
            ShapeError::TokensDiffer {
                layer,
                expected,
                found,
            } => write!(
                formatter,
                "the attention of layer {layer} is of {found} tokens instead of {expected}: give tokens and layers of one text"
            ),
            ShapeError::HeadMissing { layer, head, heads } => write!(
                formatter,
                "layer {layer} has {heads} heads and therefore no head {head}: heads count from 0"
            ),
            ShapeError::HeadsDiffer => write!(
                formatter,
                "divergences of different heads cannot be added: give texts that one model read"
            ),
        }
    }
}

impl std::error::Error for ShapeError {}
