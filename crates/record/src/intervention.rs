//! Changes to a forward pass, as data.

use serde::{Deserialize, Serialize};

use crate::{HeadIdx, HiddenStateIdx, LayerIdx, NeuronIdx, Position};

/// One change to a forward pass. Several apply together; their order does not matter, but for two patches of the
/// same place, of which the later holds. All sequences of a batch are changed alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Intervention {
    /// Multiplies what a head adds by a factor: 0 ablates the head, 1 changes nothing.
    ScaleHead {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
        /// The factor.
        factor: f32,
    },
    /// Multiplies an MLP neuron, after its activation, by a factor: 0 ablates it.
    ScaleNeuron {
        /// The layer.
        layer: LayerIdx,
        /// The neuron within it.
        neuron: NeuronIdx,
        /// The factor.
        factor: f32,
    },
    /// Hides a token from all queries of a layer: its score becomes −∞, and the rest of each row is renormalised
    /// by the softmax.
    HideKey {
        /// The layer.
        layer: LayerIdx,
        /// The token that is not seen.
        key: Position,
    },
    /// Puts given values into a hidden state at one position.
    PatchHiddenState {
        /// Which hidden state.
        state: HiddenStateIdx,
        /// Which token's.
        position: Position,
        /// `H` values.
        values: Vec<f32>,
    },
}

impl Intervention {
    /// Whether its numbers are finite: an infinite one makes no prediction but only numbers that are none.
    pub fn is_finite(&self) -> bool {
        match self {
            Intervention::ScaleHead { factor, .. } | Intervention::ScaleNeuron { factor, .. } => {
                factor.is_finite()
            }
            Intervention::HideKey { .. } => true,
            Intervention::PatchHiddenState { values, .. } => values.iter().all(|value| value.is_finite()),
        }
    }
}
