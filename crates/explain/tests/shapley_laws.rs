//! What holds of Shapley and Owen values of any game.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use common::{assert_close, values_of};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest},
};
use vitrine_explain::{
    AdditiveValues, Coalition, CoalitionMethod, ExactShapley, ExplainError, KernelShap, MergeTree,
    OwenContexts, OwenSettings, OwenValues, PermutationShapley, class_logit, owen_evaluations, target_score,
};
use vitrine_record::{ExplanationTarget, OutputLink};

/// The value of each coalition of some players, by its bits.
#[derive(Clone, Debug)]
struct Game {
    players: usize,
    table: Vec<f64>,
}

impl Game {
    fn value(&self, coalition: &Coalition) -> f64 {
        self.table[coalition.iter().map(|player| 1 << player).sum::<usize>()]
    }

    /// For each number of players what is worth most, for or against, of the coalitions of so many.
    fn largest_by_size(&self) -> Vec<f64> {
        let mut largest = vec![0.0_f64; self.players + 1];
        for (bits, value) in self.table.iter().enumerate() {
            let largest = &mut largest[bits.count_ones() as usize];
            *largest = largest.max(value.abs());
        }
        largest
    }

    /// The same game by another rule: of the bits of a coalition.
    fn with(&self, rule: impl Fn(&[f64], usize) -> f64) -> Game {
        Game {
            players: self.players,
            table: (0..self.table.len())
                .map(|bits| rule(&self.table, bits))
                .collect(),
        }
    }
}

fn games(players: std::ops::Range<usize>) -> impl Strategy<Value = Game> {
    let table = |players: usize| (Just(players), vec(-1.0..1.0_f64, 1 << players));
    players
        .prop_flat_map(table)
        .prop_map(|(players, table)| Game { players, table })
}

fn trees(leaves: usize) -> impl Strategy<Value = MergeTree> {
    let gaps: Vec<usize> = (1..leaves).map(|right| right - 1).collect();
    Just(gaps)
        .prop_shuffle()
        .prop_map(move |order| MergeTree::by_gap_order(leaves, &order).unwrap())
}

fn games_with_trees() -> impl Strategy<Value = (Game, MergeTree)> {
    games(1..8).prop_flat_map(|game| (Just(game.clone()), trees(game.players)))
}

/// The methods that compute Shapley values of a game to rounding.
fn shapley_values(game: &Game) -> [Vec<f64>; 2] {
    let exact = ExactShapley::new(game.players, false).unwrap();
    let kernel = KernelShap::new(game.players, None, 1);
    [
        values_of(exact, |coalition| game.value(coalition)).players.values,
        values_of(kernel, |coalition| game.value(coalition))
            .players
            .values,
    ]
}

fn owen_values(game: &Game, tree: &MergeTree) -> Vec<f64> {
    let method = OwenValues::new(tree.clone(), OwenSettings::default());
    values_of(method, |coalition| game.value(coalition)).leaves.values
}

/// How far numbers of such a size may be from a sum that should be theirs: each addition rounds by half an ε of what is
/// added up at most (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, equation 4.4), and so did whatever
/// made a value and the difference.
fn allowed(values: &AdditiveValues, others: &[f64]) -> f64 {
    let sizes = values.values.iter().chain(others).map(|value| value.abs());
    let sizes = values.base_value.abs() + values.prediction.abs() + sizes.sum::<f64>();
    (values.values.len() + 2) as f64 * f64::EPSILON / 2.0 * sizes
}

const EXACT: f64 = 1e-12;
const LEAST_SQUARES: f64 = 1e-10;

/// Runs a method and looks at it after each answer.
fn watch<M: CoalitionMethod>(mut method: M, game: &Game, mut look: impl FnMut(&M::Outcome)) {
    look(&method.outcome());
    while !method.wanted().is_empty() {
        let values: Vec<f64> = method
            .wanted()
            .iter()
            .map(|coalition| game.value(coalition))
            .collect();
        method.receive(&values);
        look(&method.outcome());
    }
}

/// A game of ten players, whose coalitions come in several batches.
fn large_game() -> Game {
    Game {
        players: 10,
        table: (0..1024_u32)
            .map(|bits| f64::from(bits * bits % 1013).sin())
            .collect(),
    }
}

#[test]
fn values_sum_to_the_difference_while_coalitions_come_in_batches() {
    let game = large_game();
    let mut looks = 0;
    let mut is_additive = |players: &AdditiveValues| {
        looks += 1;
        assert!(players.residual().abs() < 1e-14, "{}", players.residual());
    };
    watch(ExactShapley::new(10, true).unwrap(), &game, |outcome| {
        is_additive(&outcome.players);
        assert_eq!(
            outcome.interactions.is_some(),
            outcome.players.evaluations == 1024
        );
    });
    watch(KernelShap::new(10, Some(700), 3), &game, |outcome| {
        is_additive(&outcome.players)
    });
    let walks = PermutationShapley::new(10, 900, 3).unwrap();
    watch(walks, &game, |outcome| is_additive(&outcome.players));
    assert!(looks > 12);
}

#[test]
fn too_few_samples_treat_players_alike() {
    // Everybody together is worth 6, nobody else anything, and two samples cannot tell the six apart.
    let value = |coalition: &Coalition| if coalition.len() == 6 { 6.0 } else { 0.0 };
    let outcome = values_of(KernelShap::new(6, Some(0), 0), value);
    assert!(!outcome.is_unique && !outcome.is_complete);
    assert_eq!(outcome.players.values, [1.0; 6]);
    let outcome = values_of(KernelShap::new(6, Some(2), 0), |coalition| {
        value(coalition) / 6.0 * coalition.len() as f64
    });
    assert!(!outcome.is_unique);
    assert!(outcome.players.residual().abs() < 1e-14);
}

#[test]
fn what_cannot_be_computed_is_refused() {
    let refused = ExactShapley::new(21, false).unwrap_err();
    assert_eq!(
        refused,
        ExplainError::TooManyPlayers {
            players: 21,
            most: 20
        }
    );
    let refused = PermutationShapley::new(5, 10, 0).unwrap_err();
    assert_eq!(
        refused,
        ExplainError::TooFewEvaluations {
            allowed: 10,
            needed: 11
        }
    );
}

#[test]
fn games_of_nobody_and_of_one_player_are_over_at_once() {
    for players in 0..2 {
        let game = Game {
            players,
            table: [3.0, 5.0][..=players].to_vec(),
        };
        let expect = &[2.0][..players];
        let tree = MergeTree::by_gap_order(players, &[]).unwrap();
        assert_eq!(owen_values(&game, &tree), expect);
        assert_eq!(owen_evaluations(&tree, OwenContexts::Both), Some(2));
        for values in shapley_values(&game) {
            assert_eq!(values, expect);
        }
        let walks = PermutationShapley::new(players, 3, 0).unwrap();
        assert_eq!(
            values_of(walks, |coalition| game.value(coalition)).players.values,
            expect
        );
    }
}

#[test]
fn owen_values_of_a_chain_of_hundreds_say_that_they_cannot_be_counted() {
    let order: Vec<usize> = (0..299).collect();
    let tree = MergeTree::by_gap_order(300, &order).unwrap();
    assert_eq!(owen_evaluations(&tree, OwenContexts::Both), None);
    let settings = OwenSettings {
        most_evaluations: Some(500),
        ..OwenSettings::default()
    };
    let outcome = values_of(OwenValues::new(tree, settings), |coalition| {
        coalition.len() as f64
    });
    assert_eq!(
        (outcome.exact_evaluations, outcome.leaves.evaluations),
        (None, 500)
    );
    assert_close(
        &outcome.leaves.values,
        &[1.0; 300],
        EXACT,
        "each is worth the same",
    );
    let unresolved = outcome.is_resolved.iter().filter(|is| !**is).count();
    assert!(unresolved > 0 && outcome.grouped.iter().filter(|grouped| **grouped > 0.0).count() <= unresolved);
}

proptest! {
    #[test]
    fn all_ways_to_shapley_values_agree_with_the_sum_over_orders(game in games(0..6)) {
        // The mean over all orders in which the players may come, by counting marginal differences.
        let factorial = |n: usize| (1..=n).map(|factor| factor as f64).product::<f64>();
        let mut expect = vec![0.0; game.players];
        for bits in 0..1_usize << game.players {
            let size = bits.count_ones() as usize;
            for (player, value) in expect.iter_mut().enumerate().filter(|(player, _)| bits >> player & 1 == 0) {
                let orders = factorial(size) * factorial(game.players - size - 1) / factorial(game.players);
                *value += orders * (game.table[bits | 1 << player] - game.table[bits]);
            }
        }
        let [exact, kernel] = shapley_values(&game);
        assert_close(&exact, &expect, EXACT, "exact");
        assert_close(&kernel, &expect, LEAST_SQUARES, "kernel");
    }

    #[test]
    fn owen_values_of_a_tree_are_the_mean_over_the_orders_that_keep_its_groups_together((game, tree) in games_with_trees()) {
        // Either part of each group may come first.
        let mut expect = vec![0.0; game.players];
        let merges = tree.merges().len();
        for turns in 0..1_usize << merges {
            let mut order = Vec::new();
            let mut open = vec![tree.root().unwrap()];
            while let Some(node) = open.pop() {
                match tree.parts(node) {
                    None => order.push(node),
                    Some((left, right)) if turns >> (node - game.players) & 1 == 0 => open.extend([left, right]),
                    Some((left, right)) => open.extend([right, left]),
                }
            }
            let mut bits = 0_usize;
            for player in order {
                let before = game.table[bits];
                bits |= 1 << player;
                expect[player] += (game.table[bits] - before) / (1_u64 << merges) as f64;
            }
        }
        assert_close(&owen_values(&game, &tree), &expect, EXACT, "owen");
    }

    #[test]
    fn values_sum_to_the_difference_at_any_time((game, tree) in games_with_trees(), most in 0..60_usize, seed in any::<u32>()) {
        for contexts in [OwenContexts::Both, OwenContexts::Without, OwenContexts::With] {
            for most_evaluations in [None, Some(most)] {
                let settings = OwenSettings { most_evaluations, contexts };
                watch(OwenValues::new(tree.clone(), settings), &game, |outcome| {
                    let leaves = &outcome.leaves;
                    let allowed = allowed(leaves, &outcome.own_values);
                    assert!(leaves.residual().abs() <= allowed, "{} > {allowed}", leaves.residual());
                    assert!(leaves.evaluations <= most_evaluations.map_or(usize::MAX, |most| most.max(2) + 1));
                });
            }
        }
        // What players add is large where their values cancel: a mean over orders of what coalitions of each size are worth,
        // once with the player and once without.
        let marginal = [game.largest_by_size(), game.largest_by_size()].concat();
        let is_additive = |players: &AdditiveValues| {
            let allowed = allowed(players, &marginal);
            assert!(players.residual().abs() <= allowed, "{} > {allowed}", players.residual());
        };
        watch(ExactShapley::new(game.players, true).unwrap(), &game, |outcome| is_additive(&outcome.players));
        watch(KernelShap::new(game.players, Some(most), seed), &game, |outcome| is_additive(&outcome.players));
        let evaluations = (2 * game.players + 1) * (1 + most / 10);
        let walks = PermutationShapley::new(game.players, evaluations, seed).unwrap();
        watch(walks, &game, |outcome| is_additive(&outcome.players));
    }

    #[test]
    fn players_that_are_alike_have_the_same_value(game in games(2..8)) {
        // Whoever of players 0 and 1 is there alone is worth the same.
        let alike = game.with(|table, bits| if bits & 3 == 2 { table[bits ^ 3] } else { table[bits] });
        for values in shapley_values(&alike) {
            assert_close(&values[..1], &values[1..2], LEAST_SQUARES, "alike");
        }
        // In a tree they are alike if they are one group.
        let order: Vec<usize> = (0..game.players - 1).collect();
        let values = owen_values(&alike, &MergeTree::by_gap_order(game.players, &order).unwrap());
        assert_close(&values[..1], &values[1..2], EXACT, "alike");
    }

    #[test]
    fn a_player_that_changes_nothing_has_no_value((game, tree) in games_with_trees(), player in any::<usize>()) {
        let player = player % game.players;
        let null = game.with(|table, bits| table[bits & !(1 << player)]);
        for values in shapley_values(&null) {
            prop_assert!(values[player].abs() < LEAST_SQUARES);
        }
        let values = owen_values(&null, &tree);
        prop_assert_eq!(values[player], 0.0);
        // Without it the values of the others are the same.
        let others = Game {
            players: game.players - 1,
            table: (0..null.table.len() / 2)
                .map(|bits| {
                    let below = bits & ((1 << player) - 1);
                    null.table[below | (bits - below) << 1]
                })
                .collect(),
        };
        let mut expect = values;
        expect.remove(player);
        let restricted = tree.restricted_to(|leaf| leaf != player);
        assert_close(&owen_values(&others, &restricted), &expect, EXACT, "without the null player");
    }

    #[test]
    fn values_of_a_sum_of_games_are_the_sums_of_values((game, tree) in games_with_trees(), factor in -3.0..3.0_f64) {
        let other = game.with(|table, bits| table[bits].sin() - table[0]);
        let both = game.with(|table, bits| table[bits] + factor * other.table[bits]);
        let sum = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a + factor * b).collect::<Vec<_>>();
        for ((one, other), both) in shapley_values(&game).iter().zip(&shapley_values(&other)).zip(&shapley_values(&both)) {
            assert_close(both, &sum(one, other), LEAST_SQUARES, "sum of games");
        }
        let expect = sum(&owen_values(&game, &tree), &owen_values(&other, &tree));
        assert_close(&owen_values(&both, &tree), &expect, EXACT, "sum of games");
    }

    #[test]
    fn rows_of_interactions_sum_to_the_values(game in games(1..8)) {
        let method = ExactShapley::new(game.players, true).unwrap();
        let outcome = values_of(method, |coalition| game.value(coalition));
        let interactions = outcome.interactions.unwrap();
        let sums: Vec<f64> = interactions.chunks(game.players).map(|row| row.iter().sum()).collect();
        assert_close(&sums, &outcome.players.values, EXACT, "sums of rows");
        for (player, row) in interactions.chunks(game.players).enumerate() {
            prop_assert!((row[player] - (game.table[1 << player] - game.table[0])).abs() < EXACT);
            for other in 0..game.players {
                prop_assert_eq!(row[other], interactions[other * game.players + player]);
            }
        }
    }

    #[test]
    fn interactions_are_the_mean_over_orders_of_what_a_pair_makes_of_those_before_both(
        game in games(2..6),
    ) {
        // Dhamdhere et al. 2020, section 3, over all orders.
        let mut orders = vec![Vec::new()];
        for player in 0..game.players {
            orders = orders
                .into_iter()
                .flat_map(|order: Vec<usize>| (0..=order.len()).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, player);
                    longer
                }))
                .collect();
        }
        let method = ExactShapley::new(game.players, true).unwrap();
        let interactions = values_of(method, |coalition| game.value(coalition)).interactions.unwrap();
        for one in 0..game.players {
            for other in 0..one {
                let pair = 1 << one | 1 << other;
                let of_order = |order: &Vec<usize>| {
                    let before = order.iter().take_while(|player| **player != one && **player != other);
                    let before: usize = before.map(|player| 1 << player).sum();
                    game.table[before | pair] - game.table[before | 1 << one] - game.table[before | 1 << other]
                        + game.table[before]
                };
                let mean = orders.iter().map(of_order).sum::<f64>() / orders.len() as f64;
                // The pair's index stands half at either of its places.
                prop_assert!((interactions[one * game.players + other] - mean / 2.0).abs() < EXACT);
            }
        }
    }

    #[test]
    fn scores_are_numbers(logits in vec(any::<f32>().prop_filter("finite", |logit| logit.is_finite()), 1..5), index in 0..4_usize) {
        for link in [OutputLink::Probability, OutputLink::Logit] {
            let target = ExplanationTarget { index, link, ..ExplanationTarget::default() };
            let score = target_score(&logits, &target);
            prop_assert_eq!(score.is_some(), index < logits.len());
            prop_assert!(score.unwrap_or_default().is_finite());
            if link == OutputLink::Probability && logits.len() > 1 {
                prop_assert!((0.0..=1.0).contains(&score.unwrap_or_default()));
            }
        }
    }

    #[test]
    fn the_two_links_say_the_same(logits in vec(-8.0..8.0_f32, 2..5)) {
        let exponentials: Vec<f64> = logits.iter().map(|logit| f64::from(*logit).exp()).collect();
        for index in 0..logits.len() {
            let target = ExplanationTarget { index, ..ExplanationTarget::default() };
            let probability = target_score(&logits, &target).unwrap();
            prop_assert!((probability - exponentials[index] / exponentials.iter().sum::<f64>()).abs() < 1e-14);
            let odds = (probability / (1.0 - probability)).ln();
            prop_assert!((class_logit(&logits, index).unwrap() - odds).abs() < 1e-8);
        }
    }
}
