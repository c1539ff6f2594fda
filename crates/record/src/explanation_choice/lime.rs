//! What the address keeps of LIME.

use crate::{LimePicture, LimeSettings, LimeWords};

/// What a person chose of how LIME explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimeChoice {
    /// What a feature is.
    pub words: LimeWords,
    /// Samples, the text itself included; `None` for the expected fit.
    pub samples: Option<u32>,
    /// Features of the surrogate at most.
    pub features: u16,
    /// Width of the proximity kernel, on distances from 0 to 100.
    pub kernel_width: u16,
    /// How it is drawn.
    pub picture: LimePicture,
}

impl LimeChoice {
    /// Numbers of samples that are offered.
    pub const SAMPLES: [u32; 4] = [200, 1000, 2000, 5000];
    /// Features of the surrogate that can be chosen.
    pub const FEATURES: std::ops::RangeInclusive<u16> = 1..=30;
    /// Kernel widths that can be chosen.
    pub const KERNEL_WIDTHS: std::ops::RangeInclusive<u16> = 5..=100;

    /// The settings of the surrogate.
    pub fn settings(&self) -> LimeSettings {
        LimeSettings {
            words: self.words,
            samples: self.samples.map(|samples| samples as usize),
            features: self.features.into(),
            kernel_width: self.kernel_width.into(),
        }
    }
}

impl Default for LimeChoice {
    /// Those of the lime package, but for the samples: a thousand are there soon.
    fn default() -> LimeChoice {
        LimeChoice {
            words: LimeWords::default(),
            samples: Some(1000),
            features: 10,
            kernel_width: 25,
            picture: LimePicture::default(),
        }
    }
}
