//! Curves and measures of faithfulness: games small enough to compute by hand, and laws.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use proptest::prelude::*;
use vitrine_explain::{
    Coalition, CoalitionMethod, explain,
    faithfulness::{Faithfulness, FaithfulnessCheck, FaithfulnessSettings, Perturbation, PlayerOrder},
};

fn check(values: &[f64], settings: FaithfulnessSettings, score: impl Fn(&Coalition) -> f64) -> Faithfulness {
    explain(FaithfulnessCheck::new(values, settings), |wanted| {
        Ok::<_, ()>(wanted.iter().map(&score).collect())
    })
    .unwrap()
}

/// The players are worth 4, −2, 1, and the first two together 8 more.
fn game(present: &Coalition) -> f64 {
    let worth = [4.0, -2.0, 1.0];
    let both = if present.contains(0) && present.contains(1) {
        8.0
    } else {
        0.0
    };
    present.iter().map(|player| worth[player]).sum::<f64>() + both
}

#[test]
fn all_curves_of_a_game_are_those_computed_by_hand() {
    use Perturbation::{Keep, Remove};
    use PlayerOrder::{Absolute, Descending, Negative, Positive};
    let found = check(&[4.0, -2.0, 1.0], FaithfulnessSettings::default(), game);
    for (perturbation, order, scores) in [
        // Players 0, 2, 1.
        (Remove, Descending, [11.0, -1.0, -2.0, 0.0]),
        (Keep, Descending, [0.0, 4.0, 5.0, 11.0]),
        // Players 0, 2.
        (Remove, Positive, [11.0, -1.0, -2.0, -2.0]),
        (Keep, Positive, [0.0, 4.0, 5.0, 5.0]),
        // Player 1.
        (Remove, Negative, [11.0, 5.0, 5.0, 5.0]),
        (Keep, Negative, [0.0, -2.0, -2.0, -2.0]),
        // Players 0, 1, 2.
        (Remove, Absolute, [11.0, -1.0, 1.0, 0.0]),
        (Keep, Absolute, [0.0, 4.0, 10.0, 11.0]),
    ] {
        let curve = found.curve(perturbation, order).unwrap();
        assert_eq!(curve.scores, scores, "{perturbation:?} {order:?}");
        let area = (scores[0] / 2.0 + scores[1] + scores[2] + scores[3] / 2.0) / 3.0;
        assert!((curve.area.unwrap() - area).abs() < 1e-12);
    }
    assert_eq!(found.curves.len(), 8);
    assert_eq!(found.comprehensiveness, [12.0, 13.0, 11.0]);
    assert_eq!(found.sufficiency, [7.0, 6.0, 0.0]);
    assert_eq!(found.comprehensiveness_aopc(), Some(12.0));
    assert_eq!(found.sufficiency_aopc(), Some(13.0 / 3.0));
}

#[test]
fn infidelity_is_what_the_missing_interaction_costs() {
    // Without player 0, or 1, or both the score loses 8 beyond the values; without player 2 alone it does not. Of the
    // coalitions 1/3 miss one player, 1/3 two and 1/3 all: the 8 is kept where player 2 alone is missing, in 1/9.
    let settings = FaithfulnessSettings {
        infidelity_samples: 20_000,
        ..FaithfulnessSettings::default()
    };
    let infidelity = check(&[4.0, -2.0, 1.0], settings, game).infidelity.unwrap();
    assert!((infidelity / 64.0 - 8.0 / 9.0).abs() < 0.01, "{infidelity}");
}

#[test]
fn random_orders_have_the_mean_of_all_orders() {
    let settings = FaithfulnessSettings {
        random_orders: 4000,
        ..FaithfulnessSettings::default()
    };
    let found = check(&[4.0, -2.0, 1.0], settings, game);
    assert_eq!(found.random.len(), 2);
    // Of three players two are left, then one: the mean scores of the three pairs, 10, 5 and −1, and of 4, −2 and 1.
    for (curves, middle) in found.random.iter().zip([[14.0 / 3.0, 1.0], [1.0, 14.0 / 3.0]]) {
        let ends = match curves.perturbation {
            Perturbation::Remove => [11.0, 0.0],
            Perturbation::Keep => [0.0, 11.0],
        };
        assert_eq!([curves.mean[0], curves.mean[3]], ends);
        assert_eq!(
            [curves.standard_deviation[0], curves.standard_deviation[3]],
            [0.0, 0.0]
        );
        for (mean, expected) in curves.mean[1..3].iter().zip(middle) {
            assert!((mean - expected).abs() < 0.25, "{mean}, expected {expected}");
        }
        assert_eq!(curves.areas.len(), 4000);
    }
}

#[test]
fn what_is_not_known_yet_is_not_shown() {
    let values: Vec<f64> = (0..200).map(|player| f64::from(player) - 90.0).collect();
    let mut method = FaithfulnessCheck::new(&values, FaithfulnessSettings::default());
    let all = method.evaluations();
    assert!(
        method
            .outcome()
            .curves
            .iter()
            .all(|curve| curve.scores.is_empty() && curve.area.is_none())
    );
    let mut received = 0;
    while !method.wanted().is_empty() {
        let scores: Vec<f64> = method
            .wanted()
            .iter()
            .map(|present| present.len() as f64)
            .collect();
        received += scores.len();
        method.receive(&scores);
        let outcome = method.outcome();
        let deletion = outcome
            .curve(Perturbation::Remove, PlayerOrder::Descending)
            .unwrap();
        assert_eq!(outcome.comprehensiveness.len() + 1, deletion.scores.len());
        for curve in &outcome.curves {
            assert_eq!(curve.area.is_some(), curve.scores.len() == 201);
        }
        assert_eq!(outcome.infidelity.is_some(), received == all);
    }
    assert_eq!(received, all);
    // The same coalitions in several curves are asked for once.
    assert!(all < 4 * 200 + 10 * 200 + 200);
}

#[test]
fn texts_of_no_word_and_of_one_word_have_curves() {
    let none = check(&[], FaithfulnessSettings::default(), |_| 0.5);
    assert!(
        none.curves
            .iter()
            .all(|curve| curve.scores == [0.5] && curve.area.is_none())
    );
    assert_eq!((none.comprehensiveness_aopc(), none.infidelity), (None, None));
    let one = check(&[0.25], FaithfulnessSettings::default(), |present| {
        0.25 * present.len() as f64
    });
    assert_eq!(
        one.curve(Perturbation::Remove, PlayerOrder::Absolute)
            .unwrap()
            .scores,
        [0.25, 0.0]
    );
    assert_eq!(one.infidelity, Some(0.0));
}

proptest! {
    #[test]
    fn the_worth_of_players_who_do_not_interact_is_perfectly_faithful(
        worth in prop::collection::vec(-4_i32..=4, 1..9),
        base in -3_i32..3,
        seed in 0_u32..1000,
    ) {
        let worth: Vec<f64> = worth.into_iter().map(|worth| f64::from(worth) / 4.0).collect();
        let score = |present: &Coalition| f64::from(base) + present.iter().map(|player| worth[player]).sum::<f64>();
        let settings = FaithfulnessSettings { random_orders: 6, infidelity_samples: 20, seed, ..FaithfulnessSettings::default() };
        let found = check(&worth, settings, score);
        prop_assert_eq!(found.infidelity, Some(0.0));
        // No order lowers the score faster, and none raises it faster.
        for (random, order) in found.random.iter().zip(Perturbation::ALL) {
            let ours = found.curve(order, PlayerOrder::Descending).unwrap().area.unwrap();
            for area in &random.areas {
                match order {
                    Perturbation::Remove => prop_assert!(ours <= area + 1e-12),
                    Perturbation::Keep => prop_assert!(ours >= area - 1e-12),
                }
            }
        }
        let mut descending = worth.clone();
        descending.sort_by(|one, other| other.total_cmp(one));
        for (k, lost) in found.comprehensiveness.iter().enumerate() {
            prop_assert!((lost - descending[..=k].iter().sum::<f64>()).abs() < 1e-12);
        }
    }

    #[test]
    fn curves_begin_and_end_where_they_must(
        values in prop::collection::vec(-1.0_f64..1.0, 1..8),
        scores in prop::collection::vec(-1.0_f64..1.0, 256),
        seed in 0_u32..1000,
    ) {
        let score = |present: &Coalition| scores[present.iter().map(|player| 1 << player).sum::<usize>()];
        let settings = FaithfulnessSettings { seed, ..FaithfulnessSettings::default() };
        let found = check(&values, settings, score);
        let (nobody, everybody) = (scores[0], scores[(1 << values.len()) - 1]);
        for curve in &found.curves {
            let (first, last) = match curve.perturbation {
                Perturbation::Remove => (everybody, nobody),
                Perturbation::Keep => (nobody, everybody),
            };
            prop_assert_eq!(curve.scores.len(), values.len() + 1);
            prop_assert_eq!(curve.scores[0], first);
            if matches!(curve.order, PlayerOrder::Descending | PlayerOrder::Absolute) {
                prop_assert_eq!(curve.scores[values.len()], last);
            }
        }
        // Removing the highest first leaves the lowest: adding the lowest first, backwards.
        let negated: Vec<f64> = values.iter().map(|value| -value).collect();
        let turned = check(&negated, settings, score);
        let mut backwards = turned.curve(Perturbation::Keep, PlayerOrder::Descending).unwrap().scores.clone();
        backwards.reverse();
        let forwards = &found.curve(Perturbation::Remove, PlayerOrder::Descending).unwrap().scores;
        prop_assert_eq!(&backwards, forwards);
        prop_assert_eq!(found.sufficiency.last().copied(), Some(0.0));
    }
}
