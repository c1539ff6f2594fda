//! What holds of Kernel SHAP where only some players get values.

mod common;

use common::{assert_close, values_of};
use proptest::{collection::vec, prelude::*};
use vitrine_explain::{Coalition, KernelSelection, KernelShap};

const SELECTIONS: [KernelSelection; 5] = [
    KernelSelection::Features(0),
    KernelSelection::Features(1),
    KernelSelection::Features(3),
    KernelSelection::Aic,
    KernelSelection::Bic,
];

#[test]
fn players_who_add_nothing_to_a_sum_are_left_out() {
    let worth = [0.5, 0.0, -0.25, 0.0, 0.0, 1.0, 0.0];
    for selection in [
        KernelSelection::Aic,
        KernelSelection::Bic,
        KernelSelection::Features(3),
    ] {
        let method = KernelShap::with_selection(worth.len(), None, 0, selection);
        let outcome = values_of(method, |present| present.iter().map(|player| worth[player]).sum());
        assert_eq!(outcome.selected, [0, 2, 5], "{selection:?}");
        assert_close(&outcome.players.values, &worth, 1e-14, "worth");
    }
}

#[test]
fn a_number_of_none_is_one_and_a_number_beyond_all_is_all() {
    let worth = |present: &Coalition| present.iter().map(|player| (player * player) as f64).sum();
    let selected = |features| {
        let method = KernelShap::with_selection(5, None, 0, KernelSelection::Features(features));
        values_of(method, worth).selected
    };
    assert_eq!(selected(0), [4]);
    assert_eq!(selected(9), [1, 2, 3, 4]);
}

#[test]
fn a_model_that_always_says_the_same_leaves_out_nobody() {
    for selection in SELECTIONS {
        let outcome = values_of(KernelShap::with_selection(6, None, 0, selection), |_| 0.7);
        assert_eq!(outcome.selected, [0, 1, 2, 3, 4, 5], "{selection:?}");
        assert_eq!(outcome.players.values, [0.0; 6], "{selection:?}");
    }
}

proptest! {
    #[test]
    fn values_sum_to_the_difference_and_are_given_to_those_selected_only(
        (players, table) in (0..8_usize).prop_flat_map(|players| (Just(players), vec(-1.0..1.0_f64, 1 << players))),
        samples in prop::option::of(0..40_usize),
        seed in any::<u32>(),
    ) {
        let value = |present: &Coalition| table[present.iter().map(|player| 1 << player).sum::<usize>()];
        for selection in SELECTIONS {
            let outcome = values_of(KernelShap::with_selection(players, samples, seed, selection), value);
            let values = outcome.players.values.iter().enumerate();
            for (player, value) in values.filter(|(player, _)| !outcome.selected.contains(player)) {
                prop_assert_eq!(*value, 0.0, "{}", player);
            }
            prop_assert!(outcome.players.residual().abs() < 1e-13);
            prop_assert!(outcome.selected.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(outcome.selected.len() <= players && outcome.selected.is_empty() == (players == 0));
            if let KernelSelection::Features(features) = selection && players > 1 && samples.is_none() {
                prop_assert!(outcome.selected.len() <= features.max(1));
            }
        }
    }

    #[test]
    fn the_values_of_those_selected_fit_the_samples_best(
        table in vec(-1.0..1.0_f64, 1 << 6),
        features in 2..6_usize,
        (one, other) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        step in prop::sample::select(vec![-0.01, 0.01]),
    ) {
        let value = |present: &Coalition| table[present.iter().map(|player| 1 << player).sum::<usize>()];
        let method = KernelShap::with_selection(6, None, 0, KernelSelection::Features(features));
        let outcome = values_of(method, value);
        let unfitted = |values: &[f64]| -> f64 {
            (1..63_u64).map(|bits| {
                let present = Coalition::from_bits(6, bits);
                let weight = 1.0 / [6.0, 15.0, 20.0, 15.0, 6.0][present.len() - 1] / (present.len() * (6 - present.len())) as f64;
                let sum: f64 = present.iter().map(|player| values[player]).sum();
                weight * (value(&present) - table[0] - sum).powi(2)
            }).sum()
        };
        // To give one of them more at the cost of another does no good.
        let mut moved = outcome.players.values.clone();
        let (one, other) = (one.get(&outcome.selected), other.get(&outcome.selected));
        moved[*one] += step;
        moved[*other] -= step;
        prop_assert!(unfitted(&moved) >= unfitted(&outcome.players.values) - 1e-12);
    }
}
