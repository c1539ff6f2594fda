//! What single heads, and single tokens, do to a prediction.

use serde::{Deserialize, Serialize};

use crate::{EffectMeasure, HeadIdx, LayerIdx, Position, Prediction};

/// What the model predicts without one of its heads, or of the tokens that it reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AblationEffect<Ablated> {
    /// What is ablated.
    pub ablated: Ablated,
    /// The prediction of the run without it.
    pub prediction: Prediction,
}

/// The predictions without each of several heads or tokens, beside the prediction with all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AblationEffects<Ablated> {
    /// With all: what the others are held against.
    pub prediction: Prediction,
    /// Without each single one, in order.
    pub effects: Vec<AblationEffect<Ablated>>,
}

/// Of heads, by layer, then by head: what each adds is multiplied by 0.
pub type HeadEffects = AblationEffects<(LayerIdx, HeadIdx)>;

/// Of tokens: each is hidden as a key from all queries of all layers. A token without which nothing would be left to
/// look at is not among them.
pub type TokenEffects = AblationEffects<Position>;

impl<Ablated: PartialEq> AblationEffects<Ablated> {
    /// Whether all predictions are of the same classes; what arrives in a message or a file is held to this.
    pub fn is_consistent(&self) -> bool {
        let classes = self.prediction.logits.len();
        let others = self.effects.iter().map(|effect| &effect.prediction);
        std::iter::once(&self.prediction)
            .chain(others)
            .all(|prediction| prediction.is_consistent() && prediction.logits.len() == classes)
    }

    /// What becomes of a class: for each effect its number without what is ablated, minus its number with all; nothing
    /// where a prediction lacks the class.
    ///
    /// ```
    /// use vitrine_record::{AblationEffect, EffectMeasure, Position, Prediction, TokenEffects};
    /// let prediction = |positive| Prediction { logits: vec![0.0, 2.0], probabilities: vec![1.0 - positive, positive] };
    /// let effects = vec![AblationEffect { ablated: Position(0), prediction: prediction(0.25) }];
    /// let effects = TokenEffects { prediction: prediction(0.75), effects };
    /// assert_eq!(effects.changes(1, EffectMeasure::Probability), Some(vec![-0.5]));
    /// assert_eq!(effects.changes(1, EffectMeasure::Logit), Some(vec![0.0]));
    /// assert_eq!(effects.changes(2, EffectMeasure::Logit), None);
    /// ```
    pub fn changes(&self, class: usize, measure: EffectMeasure) -> Option<Vec<f32>> {
        let number = |prediction: &Prediction| {
            let numbers = match measure {
                EffectMeasure::Probability => &prediction.probabilities,
                EffectMeasure::Logit => &prediction.logits,
            };
            numbers.get(class).copied()
        };
        let before = number(&self.prediction)?;
        let without = self.effects.iter().map(|effect| number(&effect.prediction));
        without.map(|after| Some(after? - before)).collect()
    }

    /// Adds a later part of the same effects. What is there already is replaced: after a new start of the worker parts
    /// come again.
    ///
    /// ```
    /// use vitrine_record::{AblationEffect, AblationEffects, Position, Prediction};
    /// let prediction = |logit| Prediction { logits: vec![logit], probabilities: vec![1.0] };
    /// let effect = |at, logit| AblationEffect { ablated: Position(at), prediction: prediction(logit) };
    /// let part = |effects| AblationEffects { prediction: prediction(0.0), effects };
    /// let mut so_far = part(vec![effect(0, 1.0), effect(1, 2.0)]);
    /// so_far.add(part(vec![effect(1, 3.0), effect(2, 4.0)]));
    /// assert_eq!(so_far, part(vec![effect(0, 1.0), effect(1, 3.0), effect(2, 4.0)]));
    /// ```
    pub fn add(&mut self, part: AblationEffects<Ablated>) {
        self.effects
            .retain(|old| part.effects.iter().all(|new| new.ablated != old.ablated));
        self.effects.extend(part.effects);
        self.prediction = part.prediction;
    }
}
