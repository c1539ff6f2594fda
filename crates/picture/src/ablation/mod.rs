//! Tokens and heads by their attention, beside what becomes of a prediction when each is ablated.

mod figure;
mod file;

use vitrine_attention::{Mark, kendall_tau, least_effect, marks, places};
use vitrine_record::{AblationEffects, AblationOrder, EffectMeasure};

pub use figure::{PanelWords, ablation_scene, change_text};
pub use file::{Settings, csv, file_name, json};

/// What becomes of the class that is predicted: without what is ablated minus with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Of its probability.
    pub probability: f32,
    /// Of its logit.
    pub logit: f32,
}

impl Change {
    /// By a measure.
    pub fn by(self, measure: EffectMeasure) -> f32 {
        match measure {
            EffectMeasure::Probability => self.probability,
            EffectMeasure::Logit => self.logit,
        }
    }
}

/// A token or a head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item<Of> {
    /// Which.
    pub of: Of,
    /// Its attention by some measure, 0 to 1.
    pub attention: f32,
    /// The effect of its ablation, if it is known.
    pub change: Option<Change>,
    /// Its places by attention and by the size of its effect, from 1, the largest first.
    pub places: Option<(usize, usize)>,
    /// How the two disagree about it.
    pub mark: Option<Mark>,
}

/// Tokens or heads, of which attention is known, and effects as far as they have been computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared<Of> {
    /// In the order of the text or of the model.
    pub items: Vec<Item<Of>>,
    /// The measure of effects that places, marks, order and correlation go by.
    pub measure: EffectMeasure,
    /// The largest attention: where its scale ends.
    pub attention_limit: f32,
    /// The size of the largest effect: where its scale ends on both sides.
    pub effect_limit: f32,
    /// Kendall's τ-b of attention and the size of effects; none where it is not defined.
    pub kendall_tau: Option<f64>,
    /// Over how many.
    pub counted: usize,
}

impl<Of: Copy + PartialEq> Compared<Of> {
    /// Compares those whose attention is given, in their order. Places, marks and correlation are of those with an
    /// effect, and there are none before `effects` are whole. Effects are those of the class that is predicted.
    pub fn new(
        attention: impl IntoIterator<Item = (Of, f64)>,
        effects: Option<&AblationEffects<Of>>,
        is_whole: bool,
        measure: EffectMeasure,
    ) -> Compared<Of> {
        let changes = effects.map(changes).unwrap_or_default();
        let change_of = |of| {
            changes
                .iter()
                .find(|(known, _)| *known == of)
                .map(|(_, change)| *change)
        };
        let mut items: Vec<Item<Of>> = attention
            .into_iter()
            .map(|(of, attention)| Item {
                of,
                attention: attention as f32,
                change: change_of(of),
                places: None,
                mark: None,
            })
            .collect();
        let largest = |numbers: &mut dyn Iterator<Item = f32>| numbers.fold(0.0, f32::max);
        let attention_limit = largest(&mut items.iter().map(|item| item.attention));
        let size = |item: &Item<Of>| Some(item.change?.by(measure).abs());
        let effect_limit = largest(&mut items.iter().filter_map(size));
        let (mut kendall_tau, mut counted) = (None, 0);
        if is_whole {
            (kendall_tau, counted) = judge(&mut items, measure);
        }
        Compared {
            items,
            measure,
            attention_limit,
            effect_limit,
            kendall_tau,
            counted,
        }
    }

    /// The places of the items in an order. Those without an effect come last by effect.
    pub fn order(&self, order: AblationOrder) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.items.len()).collect();
        let key = |item: &Item<Of>| match order {
            AblationOrder::Place => 0.0,
            AblationOrder::Attention => item.attention,
            AblationOrder::Effect => item.change.map_or(-1.0, |change| change.by(self.measure).abs()),
        };
        // The sort keeps the order of equal ones.
        places.sort_by(|&one, &other| key(&self.items[other]).total_cmp(&key(&self.items[one])));
        places
    }

    /// Those of the marked whose names have room beside their points in a scatter: the largest effects come first, and a
    /// name that would lie on another is left out.
    pub fn named_in_scatter(&self) -> Vec<usize> {
        const WIDTH_OF_A_NAME: f32 = 0.2;
        const HEIGHT_OF_A_NAME: f32 = 0.18;
        let place = |item: &Item<Of>| {
            let change = item.change.map_or(0.0, |change| change.by(self.measure));
            (
                share(item.attention, self.attention_limit),
                share(change, self.effect_limit),
            )
        };
        let mut named: Vec<usize> = Vec::new();
        for at in self.order(AblationOrder::Effect) {
            let (x, y) = place(&self.items[at]);
            let is_free = named.iter().all(|&other| {
                let (other_x, other_y) = place(&self.items[other]);
                (x - other_x).abs() >= WIDTH_OF_A_NAME || (y - other_y).abs() >= HEIGHT_OF_A_NAME
            });
            if self.items[at].mark.is_some() && is_free {
                named.push(at);
            }
        }
        named
    }

    /// The one with the most attention, or with the largest effect, of those that hold a condition.
    pub fn first(&self, order: AblationOrder, holds: impl Fn(&Item<Of>) -> bool) -> Option<&Item<Of>> {
        let order = self.order(order).into_iter();
        order.map(|at| &self.items[at]).find(|item| holds(item))
    }
}

/// How far along a scale that ends at `limit`; nowhere where the scale has no length.
pub fn share(number: f32, limit: f32) -> f32 {
    if limit > 0.0 { number / limit } else { 0.0 }
}

/// The changes of the class that is predicted.
fn changes<Of: Copy + PartialEq>(effects: &AblationEffects<Of>) -> Vec<(Of, Change)> {
    let by = |measure| effects.changes(effects.prediction.top()?, measure);
    let (Some(probabilities), Some(logits)) = (by(EffectMeasure::Probability), by(EffectMeasure::Logit))
    else {
        return Vec::new();
    };
    let changes = probabilities.into_iter().zip(logits);
    let change = |(effect, (probability, logit)): (&vitrine_record::AblationEffect<Of>, _)| {
        (effect.ablated, Change { probability, logit })
    };
    effects.effects.iter().zip(changes).map(change).collect()
}

/// Gives those with an effect their places and marks; the correlation, and over how many it is.
fn judge<Of>(items: &mut [Item<Of>], measure: EffectMeasure) -> (Option<f64>, usize) {
    let mut known: Vec<&mut Item<Of>> = items.iter_mut().filter(|item| item.change.is_some()).collect();
    let attention: Vec<f64> = known.iter().map(|item| f64::from(item.attention)).collect();
    let effect = |item: &&mut Item<Of>| item.change.map_or(0.0, |change| f64::from(change.by(measure)));
    let effects: Vec<f64> = known.iter().map(effect).collect();
    let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
    let both = places(&attention).into_iter().zip(places(&sizes));
    let marks = marks(&attention, &effects, least_effect(measure));
    for ((item, places), mark) in known.iter_mut().zip(both).zip(marks) {
        item.places = Some(places);
        item.mark = mark;
    }
    (kendall_tau(&attention, &sizes), known.len())
}

#[cfg(test)]
pub(crate) mod tests {
    use vitrine_record::{AblationEffect, Position, Prediction};

    use super::*;

    fn prediction(positive: f32) -> Prediction {
        Prediction {
            logits: vec![0.0, 4.0 * positive],
            probabilities: vec![1.0 - positive, positive],
        }
    }

    /// Of four tokens, the third of which cannot be hidden.
    pub fn compared(is_whole: bool, known: usize, measure: EffectMeasure) -> Compared<Position> {
        let effect = |(at, positive)| AblationEffect {
            ablated: Position(at),
            prediction: prediction(positive),
        };
        let effects = [(0, 0.75), (1, 1.0), (3, 0.25)];
        let effects = AblationEffects {
            prediction: prediction(0.75),
            effects: effects.into_iter().take(known).map(effect).collect(),
        };
        let attention = [0.5, 0.25, 0.125, 0.125];
        let attention = attention.into_iter().enumerate();
        Compared::new(
            attention.map(|(at, attention)| (Position(at), attention)),
            Some(&effects),
            is_whole,
            measure,
        )
    }

    #[test]
    fn both_are_put_beside_each_other() {
        let compared = compared(true, 3, EffectMeasure::Probability);
        let changes: Vec<_> = compared
            .items
            .iter()
            .map(|item| Some(item.change?.probability))
            .collect();
        assert_eq!(changes, [Some(0.0), Some(0.25), None, Some(-0.5)]);
        let places: Vec<_> = compared.items.iter().map(|item| item.places).collect();
        assert_eq!(places, [Some((1, 3)), Some((2, 2)), None, Some((3, 1))]);
        let marks: Vec<_> = compared.items.iter().map(|item| item.mark).collect();
        assert_eq!(
            marks,
            [Some(Mark::MuchAttention), None, None, Some(Mark::MuchEffect)]
        );
        assert_eq!((compared.attention_limit, compared.effect_limit), (0.5, 0.5));
        assert_eq!((compared.kendall_tau, compared.counted), (Some(-1.0), 3));
    }

    #[test]
    fn before_all_effects_are_there_nothing_is_judged() {
        let compared = compared(false, 2, EffectMeasure::Logit);
        let changes: Vec<_> = compared
            .items
            .iter()
            .map(|item| Some(item.change?.logit))
            .collect();
        assert_eq!(changes, [Some(0.0), Some(1.0), None, None]);
        assert!(
            compared
                .items
                .iter()
                .all(|item| item.places.is_none() && item.mark.is_none())
        );
        assert_eq!((compared.kendall_tau, compared.counted), (None, 0));
        assert_eq!((compared.attention_limit, compared.effect_limit), (0.5, 1.0));
    }

    #[test]
    fn orders_go_from_the_largest_to_the_smallest() {
        let compared = compared(true, 3, EffectMeasure::Probability);
        for (order, expect) in [
            (AblationOrder::Place, [0, 1, 2, 3]),
            (AblationOrder::Attention, [0, 1, 2, 3]),
            (AblationOrder::Effect, [3, 1, 0, 2]),
        ] {
            assert_eq!(compared.order(order), expect, "{order:?}");
        }
        let typed = compared.first(AblationOrder::Attention, |item| item.of != Position(0));
        assert_eq!(typed.map(|item| item.of), Some(Position(1)));
    }

    #[test]
    fn names_in_a_scatter_do_not_lie_on_each_other() {
        let mut compared = compared(true, 3, EffectMeasure::Probability);
        assert_eq!(compared.named_in_scatter(), [3, 0]);
        for item in &mut compared.items {
            item.attention = 0.5;
            item.mark = Some(Mark::MuchAttention);
        }
        assert_eq!(
            compared.named_in_scatter(),
            [3, 1, 0],
            "the third lies on the first"
        );
    }

    #[test]
    fn without_effects_there_is_attention_alone() {
        let compared = Compared::new([(Position(0), 1.0)], None, false, EffectMeasure::Probability);
        assert_eq!(compared.items[0].change, None);
        assert_eq!((compared.effect_limit, compared.kendall_tau), (0.0, None));
    }
}
