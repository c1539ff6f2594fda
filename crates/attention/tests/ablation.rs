//! Importance by attention, rank correlation and marks: what holds for any numbers, and scipy's numbers.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use common::{attention, layers, tokens};
use proptest::prelude::*;
use serde::Deserialize;
use vitrine_attention::{
    ImportanceError, LITTLE_EFFECT, MUCH_EFFECT, Mark, TokenRoles, attention_rollout, find_disagreement,
    head_confidence, kendall_tau, marks, places, token_importance,
};
use vitrine_record::{AblationEffect, HeadIdx, LayerIdx, Position, Prediction, TokenEffects, TokenMeasure};

/// Probabilities are in single precision.
const SINGLE: f64 = 1e-6;

/// Both sides divide whole numbers by the root of whole numbers in double precision.
const DOUBLE: f64 = 1e-15;

#[derive(Deserialize)]
struct Recorded {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    one: Vec<f64>,
    other: Vec<f64>,
    kendall_tau: Option<f64>,
}

#[test]
fn rank_correlations_are_those_of_scipy() {
    let recorded = include_str!("../../../tests/fixtures/attention/rank_correlation.json");
    let recorded: Recorded = serde_json::from_str(recorded).unwrap();
    assert!(recorded.cases.len() > 30);
    for case in recorded.cases {
        match (kendall_tau(&case.one, &case.other), case.kendall_tau) {
            (Some(ours), Some(theirs)) => {
                assert!(
                    (ours - theirs).abs() <= DOUBLE,
                    "{}: {ours}, not {theirs}",
                    case.name
                );
            }
            (ours, theirs) => assert_eq!(ours, theirs, "{}", case.name),
        }
    }
}

#[test]
fn where_there_is_no_order_there_is_no_correlation() {
    for (one, other) in [
        (&[][..], &[][..]),
        (&[1.0], &[1.0]),
        (&[1.0, 2.0], &[1.0]),
        (&[1.0, f64::NAN], &[1.0, 2.0]),
    ] {
        assert_eq!(kendall_tau(one, other), None, "{one:?} {other:?}");
    }
}

fn two_lists() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let number = || (-3i32..4).prop_map(f64::from);
    proptest::collection::vec((number(), number()), 2..12).prop_map(|pairs| pairs.into_iter().unzip())
}

proptest! {
    #[test]
    fn rank_correlation_knows_order_only((one, other) in two_lists()) {
        let tau = kendall_tau(&one, &other);
        prop_assert!(tau.is_none_or(|tau| (-1.0..=1.0).contains(&tau)));
        prop_assert_eq!(kendall_tau(&other, &one), tau);
        let stretched: Vec<f64> = one.iter().map(|number| (number / 2.0).exp()).collect();
        prop_assert_eq!(kendall_tau(&stretched, &other), tau);
        let negative: Vec<f64> = one.iter().map(|number| -number).collect();
        prop_assert_eq!(kendall_tau(&negative, &other), tau.map(|tau| -tau));
        let is_flat = one.iter().all(|number| *number == one[0]);
        prop_assert_eq!(kendall_tau(&one, &one), (!is_flat).then_some(1.0));
        let reversed = |numbers: &[f64]| numbers.iter().rev().copied().collect::<Vec<_>>();
        prop_assert_eq!(kendall_tau(&reversed(&one), &reversed(&other)), tau);
    }

    #[test]
    fn places_count_what_is_larger((one, _) in two_lists()) {
        let places = places(&one);
        for (number, place) in one.iter().zip(&places) {
            prop_assert_eq!(one.iter().filter(|other| *other > number).count() + 1, *place);
        }
        prop_assert!(places.contains(&1));
    }

    #[test]
    fn marks_are_given_by_their_rule((attention, effects) in two_lists()) {
        let count = attention.len();
        let largest = effects.iter().fold(0.0_f64, |largest, effect| largest.max(effect.abs()));
        let places = places(&attention);
        for (at, mark) in marks(&attention, &effects, 1.0).into_iter().enumerate() {
            let share = effects[at].abs() / largest;
            match mark {
                _ if largest < 1.0 => prop_assert_eq!(mark, None),
                Some(Mark::MuchAttention) => prop_assert!(places[at] <= count.div_ceil(3) && share <= LITTLE_EFFECT),
                Some(Mark::MuchEffect) => prop_assert!(places[at] > count / 2 && share >= MUCH_EFFECT),
                None => prop_assert!(
                    (share > LITTLE_EFFECT || places[at] > count.div_ceil(3))
                        && (share < MUCH_EFFECT || places[at] <= count.div_ceil(2))
                ),
            }
        }
    }

    #[test]
    fn importance_of_all_tokens_sums_to_one(layers in layers(1..4, 1..4, 1..7), at in 0usize..4) {
        let layer = LayerIdx(at.min(layers.len() - 1));
        for measure in TokenMeasure::ALL {
            let importance = token_importance(&layers, layers.len(), measure, layer).unwrap();
            prop_assert_eq!(importance.len(), layers[0].tokens());
            prop_assert!((importance.iter().sum::<f64>() - 1.0).abs() < SINGLE);
        }
        let rollout = attention_rollout(&layers).unwrap();
        let by_rollout = token_importance(&layers, layers.len(), TokenMeasure::Rollout, layer).unwrap();
        prop_assert_eq!(&by_rollout[..], rollout.last().unwrap().row(0));
    }

    #[test]
    fn confidence_is_between_an_equal_share_and_one(layers in layers(1..2, 1..4, 3..7)) {
        let words = "word ".repeat(layers[0].tokens() - 2);
        let roles = TokenRoles::new(&tokens(&words));
        let only = TokenRoles::new(&[]);
        for head in (0..layers[0].heads()).map(HeadIdx) {
            let confidence = head_confidence(&layers[0], head, &roles).unwrap().unwrap();
            prop_assert!(confidence > 0.0 && confidence <= 1.0 + SINGLE);
            prop_assert!(head_confidence(&layers[0], head, &only).is_err(), "another text");
        }
        prop_assert!(head_confidence(&layers[0], HeadIdx(9), &roles).is_err());
    }
}

/// Two layers of two heads: the first head of the first layer looks back to the first token, the second at the token
/// itself; all of the last layer looks at the last token, `[SEP]`.
fn made_up() -> Vec<vitrine_record::LayerAttention> {
    let first = attention(0, 2, 4, |head, destination, source| {
        f64::from(source == if head == 0 { 0 } else { destination })
    });
    let last = attention(1, 2, 4, |_, _, source| f64::from(source == 3));
    vec![first, last]
}

#[test]
fn each_measure_is_what_it_says() {
    let layers = made_up();
    let check = |measure, layer, expect: [f64; 4]| {
        let found = token_importance(&layers, 2, measure, LayerIdx(layer)).unwrap();
        assert_eq!(found, expect, "{measure:?}");
    };
    check(TokenMeasure::ClsLast, 0, [0.0, 0.0, 0.0, 1.0]);
    check(TokenMeasure::ClsLayer, 0, [1.0, 0.0, 0.0, 0.0]);
    check(TokenMeasure::ClsLayer, 1, [0.0, 0.0, 0.0, 1.0]);
    // Of 16 rows four and one look at the first token, three at themselves, eight at the last.
    check(
        TokenMeasure::Received,
        0,
        [5.0 / 16.0, 1.0 / 16.0, 1.0 / 16.0, 9.0 / 16.0],
    );
    // Half of the last layer stays with the first token, half goes to the last, of which a quarter is the first.
    check(TokenMeasure::Rollout, 0, [0.625, 0.0, 0.0, 0.375]);
}

#[test]
fn what_needs_a_layer_that_is_absent_says_so() {
    let last = &made_up()[1..];
    let importance = |measure| token_importance(last, 2, measure, LayerIdx(1));
    assert!(importance(TokenMeasure::ClsLast).is_ok() && importance(TokenMeasure::ClsLayer).is_ok());
    for measure in [TokenMeasure::Received, TokenMeasure::Rollout] {
        let error = importance(measure).unwrap_err();
        assert_eq!(error, ImportanceError::LayerAbsent(LayerIdx(0)));
        assert!(error.to_string().contains("layer 0"), "{error}");
    }
}

#[test]
fn the_end_of_the_sentence_does_not_count_for_confidence() {
    let roles = TokenRoles::new(&tokens("good film"));
    let layer = &made_up()[1];
    assert_eq!(
        head_confidence(layer, HeadIdx(0), &roles),
        Ok(Some(0.0)),
        "all goes to [SEP]"
    );
    let layer = attention(0, 1, 4, |_, destination, source| match (destination, source) {
        (0, 1) | (1, 0) => 0.5,
        (2, 2) => 0.75,
        (3, 0) => 1.0,
        _ => 0.0,
    });
    let confidence = head_confidence(&layer, HeadIdx(0), &roles).unwrap().unwrap();
    assert!(
        (confidence - (0.5 + 0.5 + 0.75) / 3.0).abs() < SINGLE,
        "{confidence}"
    );
    assert_eq!(
        head_confidence(
            &attention(0, 1, 0, |_, _, _| 0.0),
            HeadIdx(0),
            &TokenRoles::new(&[])
        ),
        Ok(None)
    );
}

fn effects(changes: &[f32]) -> TokenEffects {
    let prediction = |positive: f32| Prediction {
        logits: vec![0.0, 10.0 * positive],
        probabilities: vec![1.0 - positive, positive],
    };
    let effect = |(at, change): (usize, &f32)| AblationEffect {
        ablated: Position(at),
        prediction: prediction(0.75 + change),
    };
    TokenEffects {
        prediction: prediction(0.75),
        effects: changes.iter().enumerate().map(effect).collect(),
    }
}

#[test]
fn a_disagreement_is_between_tokens_that_were_typed() {
    let labels = ["NEGATIVE", "POSITIVE"].map(str::to_owned);
    let typed = tokens("a b c d");
    let find = |attention: [f64; 6], changes: [f32; 6]| {
        find_disagreement("a b c d", &typed, &attention, &effects(&changes), &labels)
    };
    let attention = [0.1, 0.4, 0.1, 0.05, 0.05, 0.3];
    let found = find(attention, [0.0, 0.0, 0.125, -0.5, 0.0, 0.0]).unwrap();
    assert_eq!(
        (found.label.as_str(), found.probability, found.tokens),
        ("POSITIVE", 0.75, 6)
    );
    assert_eq!(
        (found.most_attention.piece.as_str(), found.most_attention.position),
        ("a", Position(1))
    );
    assert_eq!(
        (found.most_effect.piece.as_str(), found.most_effect.position),
        ("c", Position(3))
    );
    assert_eq!(
        (
            found.most_effect.probability_change,
            found.most_effect.logit_change
        ),
        (-0.5, -5.0)
    );
    assert_eq!((found.score, found.most_attention.attention), (0.5, 0.4));
    assert!(found.kendall_tau.unwrap() < 0.0);
    assert_eq!(
        find(attention, [0.0, 0.1, 0.125, -0.5, 0.0, 0.0]),
        None,
        "the first has an effect"
    );
    assert_eq!(
        find(attention, [0.0, 0.0, 0.0, 0.0, 0.0, -0.5]),
        None,
        "only [SEP] has one"
    );
    assert_eq!(
        find(attention, [0.0, 0.0, 0.0, -0.005, 0.0, 0.0]),
        None,
        "nothing has one"
    );
    let most = [0.1, 0.2, 0.1, 0.4, 0.1, 0.1];
    assert_eq!(find(most, [0.0, 0.0, 0.0, -0.5, 0.0, 0.0]), None, "the two agree");
    let fewer = effects(&[0.0; 3]);
    assert_eq!(
        find_disagreement("a", &typed, &attention, &fewer, &labels),
        None,
        "not all are there"
    );
}
