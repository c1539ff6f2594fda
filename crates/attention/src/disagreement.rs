//! Where attention and ablation disagree: which is large in one and small in the other.

use vitrine_record::{Disagreement, EffectMeasure, Token, TokenEffects, TokenInDisagreement};

use crate::{kendall_tau, places};

/// An effect is small where its size is at most this share of the largest.
pub const LITTLE_EFFECT: f64 = 0.1;

/// An effect is large where its size is at least this share of the largest.
pub const MUCH_EFFECT: f64 = 0.5;

/// Of effects the largest of which is smaller than this, none is called large or small: there is hardly any. A
/// hundredth of probability, or what changes a probability of one half by about as much.
pub fn least_effect(measure: EffectMeasure) -> f64 {
    match measure {
        EffectMeasure::Probability => 0.01,
        EffectMeasure::Logit => 0.04,
    }
}

/// How attention and ablation disagree about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Much attention, little effect: it is in the first third by attention, and its effect is at most
    /// [`LITTLE_EFFECT`] of the largest.
    MuchAttention,
    /// Little attention, much effect: it is in the second half by attention, and its effect is at least
    /// [`MUCH_EFFECT`] of the largest.
    MuchEffect,
}

impl Mark {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Mark::MuchAttention => "much-attention-little-effect",
            Mark::MuchEffect => "little-attention-much-effect",
        }
    }
}

/// The mark of each of several things by its attention and the effect of its ablation; none where the two do not
/// disagree, or where the largest effect is smaller than `least`. Effects count by their size, whatever their sign.
///
/// ```
/// use vitrine_attention::{Mark, marks};
/// let marks = marks(&[0.5, 0.3, 0.15, 0.05], &[0.01, -0.3, 0.1, -0.6], 0.01);
/// assert_eq!(marks, [Some(Mark::MuchAttention), None, None, Some(Mark::MuchEffect)]);
/// ```
pub fn marks(attention: &[f64], effects: &[f64], least: f64) -> Vec<Option<Mark>> {
    let count = attention.len().min(effects.len());
    let (attention, effects) = (&attention[..count], &effects[..count]);
    let largest = effects
        .iter()
        .fold(0.0_f64, |largest, effect| largest.max(effect.abs()));
    let mark = |(place, effect): (usize, &f64)| {
        let share = effect.abs() / largest;
        // The places before it; those after it begin with itself.
        let before = place - 1;
        if 3 * before < count && share <= LITTLE_EFFECT {
            Some(Mark::MuchAttention)
        } else if 2 * before >= count && share >= MUCH_EFFECT {
            Some(Mark::MuchEffect)
        } else {
            None
        }
    };
    if largest < least || largest == 0.0 {
        return vec![None; count];
    }
    places(attention).into_iter().zip(effects).map(mark).collect()
}

/// Whether attention and ablation disagree about a sentence: of the tokens that were typed, the one with most attention
/// has the mark [`Mark::MuchAttention`], and another the mark [`Mark::MuchEffect`]. Marks are those that [`marks`] gives
/// all tokens, special ones included, by changes of the probability of the class that is predicted.
///
/// `attention` has a number for each token; tokens without an effect make it `None`, as does a model without classes.
pub fn find_disagreement(
    text: &str,
    tokens: &[Token],
    attention: &[f64],
    effects: &TokenEffects,
    labels: &[String],
) -> Option<Disagreement> {
    if attention.len() != tokens.len() || effects.effects.len() != tokens.len() {
        return None;
    }
    let class = effects.prediction.top()?;
    let changes = |measure| -> Option<Vec<f64>> {
        let changes = effects.changes(class, measure)?;
        Some(changes.into_iter().map(f64::from).collect())
    };
    let probabilities = changes(EffectMeasure::Probability)?;
    let logits = changes(EffectMeasure::Logit)?;
    let marks = marks(
        attention,
        &probabilities,
        least_effect(EffectMeasure::Probability),
    );
    let typed = || (0..tokens.len()).filter(|&at| !tokens[at].special);
    let most_attention = typed().max_by(|&one, &other| attention[one].total_cmp(&attention[other]))?;
    let size = |at: usize| probabilities[at].abs();
    let most_effect = typed()
        .filter(|&at| marks[at] == Some(Mark::MuchEffect))
        .max_by(|&one, &other| size(one).total_cmp(&size(other)))?;
    if marks[most_attention] != Some(Mark::MuchAttention) {
        return None;
    }
    let token = |at: usize| TokenInDisagreement {
        position: effects.effects[at].ablated,
        piece: tokens[at].piece.clone(),
        attention: attention[at] as f32,
        probability_change: probabilities[at] as f32,
        logit_change: logits[at] as f32,
    };
    let sizes: Vec<f64> = probabilities.iter().map(|change| change.abs()).collect();
    Some(Disagreement {
        text: text.to_owned(),
        tokens: tokens.len(),
        label: labels.get(class).cloned().unwrap_or_default(),
        probability: effects.prediction.probabilities[class],
        most_attention: token(most_attention),
        most_effect: token(most_effect),
        score: (size(most_effect) - size(most_attention)) as f32,
        kendall_tau: kendall_tau(attention, &sizes),
    })
}
