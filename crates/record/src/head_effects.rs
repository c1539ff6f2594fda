//! What single heads do to a prediction.

use serde::{Deserialize, Serialize};

use crate::{HeadIdx, LayerIdx, Prediction};

/// What the model predicts without one head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadEffect {
    /// The layer.
    pub layer: LayerIdx,
    /// The head within it that is ablated: what it adds is multiplied by 0.
    pub head: HeadIdx,
    /// The prediction of the run without it.
    pub prediction: Prediction,
}

/// The predictions without each of several heads, beside the prediction with all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadEffects {
    /// With all heads: what the others are held against.
    pub prediction: Prediction,
    /// Without each single head, ordered by layer, then by head.
    pub effects: Vec<HeadEffect>,
}

impl HeadEffects {
    /// Whether all predictions are of the same classes; what arrives in a message or a file is held to this.
    pub fn is_consistent(&self) -> bool {
        let classes = self.prediction.logits.len();
        let others = self.effects.iter().map(|effect| &effect.prediction);
        std::iter::once(&self.prediction)
            .chain(others)
            .all(|prediction| prediction.is_consistent() && prediction.logits.len() == classes)
    }
}
