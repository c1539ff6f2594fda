//! What the shap package computed for games without a table is computed here: runs that are cut short, samples and walks
//! that are drawn.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use common::{assert_close, values_of};
use serde::Deserialize;
use vitrine_explain::{
    Coalition, KernelSelection, KernelShap, MergeTree, OwenContexts, OwenSettings, OwenValues,
    PermutationShapley,
};

const EXACT: f64 = 1e-12;
/// Both sides solve equations, each in its own way.
const LEAST_SQUARES: f64 = 1e-10;

#[derive(Deserialize)]
struct Recorded {
    clusterings: Vec<Clustering>,
    partition: Partition,
    kernels: Vec<Kernel>,
    kernel_selections: Vec<KernelOfSome>,
    permutations: Vec<Permutation>,
}

#[derive(Deserialize)]
struct Clustering {
    labels: Vec<String>,
    clustering: Vec<[f64; 4]>,
}

#[derive(Deserialize)]
struct Partition {
    labels: Vec<String>,
    runs: Vec<PartitionRun>,
}

#[derive(Deserialize)]
struct PartitionRun {
    most_evaluations: usize,
    context: Option<u8>,
    evaluations: usize,
    values: Vec<f64>,
    own_values: Vec<f64>,
}

#[derive(Deserialize)]
struct Kernel {
    players: usize,
    samples: Option<usize>,
    seed: u32,
    samples_taken: usize,
    values: Vec<f64>,
}

/// Kernel SHAP with one of its selections.
#[derive(Deserialize)]
struct KernelOfSome {
    players: usize,
    samples: Option<usize>,
    seed: u32,
    selection: String,
    values: Vec<f64>,
}

#[derive(Deserialize)]
struct Permutation {
    players: usize,
    most_evaluations: usize,
    seed: u32,
    values: Vec<f64>,
    spreads: Vec<f64>,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("../../../tests/fixtures/explain/shapley.json")).unwrap()
}

/// The game of the recorder, in the same order of operations.
fn worth(coalition: &Coalition) -> f64 {
    let mut total = 0.0;
    for player in coalition.iter() {
        let own = ((player * 37 + 11) % 23) as f64 - 11.0;
        let own = own / 23.0;
        total += own;
        if player > 0 && coalition.contains(player - 1) {
            total += own / if player % 2 == 1 { 2.0 } else { -4.0 };
        }
        if player > 6 && coalition.contains(player - 5) && !coalition.contains(player - 3) {
            total -= own / 8.0;
        }
    }
    total / (1.0 + f64::abs(total))
}

#[test]
fn clusterings_of_any_labels_are_those_of_the_package() {
    let clusterings = recorded().clusterings;
    assert_eq!(clusterings.len(), 72);
    for Clustering { labels, clustering } in clusterings {
        let tree = MergeTree::by_scores(&labels);
        assert_eq!(tree.merges().len(), clustering.len());
        for (merge, [left, right, height, size]) in tree.merges().iter().zip(clustering) {
            let nodes = [merge.left, merge.right, merge.size].map(|number| number as f64);
            assert_eq!(nodes, [left, right, size], "{labels:?}");
            assert!((merge.height - height).abs() < 1e-15, "{labels:?}");
        }
    }
}

#[test]
fn owen_values_that_are_cut_short_are_those_of_the_package() {
    let partition = recorded().partition;
    let tree = MergeTree::by_scores(&partition.labels);
    assert_eq!(partition.runs.len(), 27);
    for run in partition.runs {
        let settings = OwenSettings {
            most_evaluations: Some(run.most_evaluations),
            contexts: match run.context {
                None => OwenContexts::Both,
                Some(0) => OwenContexts::Without,
                Some(_) => OwenContexts::With,
            },
        };
        let mut asked = 0;
        let outcome = values_of(OwenValues::new(tree.clone(), settings), |coalition| {
            asked += 1;
            worth(coalition)
        });
        let what = format!("{:?}", settings);
        assert_eq!(outcome.leaves.evaluations, run.evaluations, "{what}");
        assert_close(&outcome.leaves.values, &run.values, EXACT, &what);
        assert_close(&outcome.own_values, &run.own_values, EXACT, &what);
        assert!(asked <= run.evaluations + 8, "{what}: {asked} were asked for");
    }
}

#[test]
fn samples_of_kernel_shap_are_those_of_the_package() {
    for run in recorded().kernels {
        let what = format!(
            "{} players, {:?} samples, seed {}",
            run.players, run.samples, run.seed
        );
        let method = KernelShap::new(run.players, run.samples, run.seed);
        assert_eq!(method.evaluations(), run.samples_taken + 2, "{what}");
        let outcome = values_of(method, worth);
        assert!(outcome.is_unique && !outcome.is_complete, "{what}");
        assert_close(&outcome.players.values, &run.values, LEAST_SQUARES, &what);
    }
}

#[test]
fn players_selected_by_kernel_shap_are_those_of_the_package() {
    let runs = recorded().kernel_selections;
    assert_eq!(runs.len(), 30);
    for run in runs {
        let selection = match run.selection.as_str() {
            "aic" => KernelSelection::Aic,
            "bic" => KernelSelection::Bic,
            "num_features(1)" => KernelSelection::Features(1),
            "num_features(4)" => KernelSelection::Features(4),
            _ => KernelSelection::Features(10),
        };
        let what = format!("{} players, {selection:?}", run.players);
        let method = KernelShap::with_selection(run.players, run.samples, run.seed, selection);
        let outcome = values_of(method, worth);
        let chosen = (0..run.players).filter(|player| run.values[*player] != 0.0);
        assert_eq!(outcome.selected, chosen.collect::<Vec<_>>(), "{what}");
        assert_close(&outcome.players.values, &run.values, LEAST_SQUARES, &what);
    }
}

#[test]
fn walks_of_many_batches_are_those_of_the_package() {
    for run in recorded().permutations {
        let what = format!("{} players, {} evaluations", run.players, run.most_evaluations);
        let method = PermutationShapley::new(run.players, run.most_evaluations, run.seed).unwrap();
        let outcome = values_of(method, worth);
        assert_eq!(
            outcome.walks,
            run.most_evaluations / (2 * run.players + 1),
            "{what}"
        );
        assert_close(&outcome.players.values, &run.values, EXACT, &what);
        assert_close(&outcome.spreads, &run.spreads, EXACT, &what);
    }
}
