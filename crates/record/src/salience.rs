//! What gradients say about the tokens of one text.

use serde::{Deserialize, Serialize};

use crate::{ExplanationMethod, named::named};

named! {
    /// What integrated gradients begin at: the embeddings that stand in the place of the tokens that were typed. Special
    /// tokens, positions and segments stay.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum GradientBaseline {
        /// The word embedding of `[PAD]`.
        #[default]
        Pad = "pad",
        /// The word embedding of `[MASK]`.
        Mask = "mask",
        /// A word embedding of zeros.
        Zero = "zero",
    }
}

/// The gradient methods' values of one text, all of one score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Salience {
    /// The score of the text.
    pub prediction: f64,
    /// The score of the baseline.
    pub base_value: f64,
    /// One for each token, special ones included, as all that follow: the gradient times the word embedding, summed
    /// over its width.
    pub gradient_times_input: Vec<f64>,
    /// The Euclidean norm of the gradient with respect to the word embedding.
    pub gradient_norm: Vec<f64>,
    /// Attention times its gradient, summed over layers, heads and destinations: what the attention that a token
    /// receives adds to the score.
    pub gradient_times_attention: Vec<f64>,
    /// Gradients along the straight path from the baseline (Sundararajan et al. 2017, eq. 1); 0 for special tokens,
    /// which are the same all along it. None as long as the path has not been gone to its end.
    pub integrated_gradients: Option<Vec<f64>>,
    /// Points of the path at which the gradient has been computed.
    pub steps_done: usize,
    /// Points of the whole path.
    pub steps: usize,
}

impl Salience {
    /// The most points of a path: a request for more is a mistake.
    pub const MOST_STEPS: usize = 1000;
    /// Points of a path where nobody says otherwise.
    pub const STEPS: usize = 50;

    /// One value for each token; none for a method that has no gradients, or that is not done yet.
    pub fn values(&self, method: ExplanationMethod) -> Option<&[f64]> {
        match method {
            ExplanationMethod::GradientTimesInput => Some(&self.gradient_times_input),
            ExplanationMethod::GradientNorm => Some(&self.gradient_norm),
            ExplanationMethod::GradientTimesAttention => Some(&self.gradient_times_attention),
            ExplanationMethod::IntegratedGradients => self.integrated_gradients.as_deref(),
            _ => None,
        }
    }

    /// By how much integrated gradients miss completeness: their sum − (prediction − base value).
    ///
    /// ```
    /// # use vitrine_record::Salience;
    /// let salience = Salience {
    ///     prediction: 0.9,
    ///     base_value: 0.5,
    ///     integrated_gradients: Some(vec![0.0, 0.5, -0.125, 0.0]),
    ///     ..Salience::default()
    /// };
    /// assert!((salience.gap().unwrap() - -0.025).abs() < 1e-15);
    /// ```
    pub fn gap(&self) -> Option<f64> {
        let sum: f64 = self.integrated_gradients.as_ref()?.iter().sum();
        Some(sum - (self.prediction - self.base_value))
    }

    /// Whether all methods are of equally many tokens, and no more steps are done than there are.
    pub fn is_consistent(&self) -> bool {
        let tokens = self.gradient_norm.len();
        let integrated = self.integrated_gradients.as_ref();
        [&self.gradient_times_input, &self.gradient_times_attention]
            .into_iter()
            .chain(integrated)
            .all(|values| values.len() == tokens)
            && self.steps_done <= self.steps
    }
}
