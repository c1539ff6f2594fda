//! The path of integrated gradients.

use serde::{Deserialize, Serialize};

use crate::{GradientBaseline, Salience};

/// The path of integrated gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GradientPath {
    /// Where it begins.
    pub baseline: GradientBaseline,
    /// Points of it at which the gradient is computed.
    pub steps: u16,
}

impl GradientPath {
    /// Numbers of steps that are offered.
    pub const STEPS: [u16; 5] = [5, 20, 50, 100, 300];
}

impl Default for GradientPath {
    fn default() -> GradientPath {
        GradientPath {
            baseline: GradientBaseline::default(),
            // It is a small number.
            steps: Salience::STEPS as u16,
        }
    }
}
