//! What the shap package computed for small games is computed here.
//!
//! Each recorded game holds the value of every coalition, so that no model takes part: differences are those of rounding.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use std::collections::BTreeMap;

use common::{assert_close, values_of};
use serde::Deserialize;
use serde_json::Value;
use vitrine_explain::{
    Coalition, ExactShapley, ExplainedText, KernelSelection, KernelShap, Merge, MergeTree, OwenContexts,
    OwenOutcome, OwenSettings, OwenValues, PermutationShapley, TokenMasker, labels_of_segments,
    text_segments,
};
use vitrine_record::{MaskWith, Masking, MaskingMode, Segment, Token, TokenId, message::TextInput};

const TABLE_GAME: f64 = 1e-12;
/// Both sides solve equations, each in its own way.
const LEAST_SQUARES: f64 = 1e-10;

#[derive(Deserialize)]
struct PartitionCase {
    text: String,
    segments: Vec<String>,
    clustering: Vec<[f64; 4]>,
    invariants: Vec<bool>,
    maskable_offset: usize,
    v_pos: Vec<f64>,
    runs: BTreeMap<String, PartitionRun>,
    strings: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct PartitionRun {
    args: Value,
    model_rows: usize,
    base_values: [f64; 2],
    values: Vec<[f64; 2]>,
    hierarchical_values: Vec<[f64; 2]>,
}

fn partition_case() -> PartitionCase {
    serde_json::from_str(include_str!(
        "../../../tests/fixtures/explain/a_shap_text_partition.json"
    ))
    .unwrap()
}

impl PartitionCase {
    /// The tokens of the recorded segments.
    fn tokens(&self) -> Vec<Token> {
        let mut start = 0;
        let token = |segment: &String| {
            let text = segment.trim_end();
            let token = Token {
                text: text.to_owned(),
                piece: text.to_owned(),
                id: TokenId(0),
                start,
                end: start + text.chars().count(),
                segment: Segment::A,
                special: text.is_empty(),
            };
            start += segment.chars().count();
            token
        };
        self.segments.iter().map(token).collect()
    }

    fn input(&self) -> TextInput {
        TextInput {
            text: self.text.clone(),
            pair: None,
        }
    }

    fn tree(&self) -> MergeTree {
        let tokens = self.tokens();
        let segments = text_segments(&self.input(), &tokens);
        assert_eq!(segments, self.segments);
        MergeTree::by_scores(&labels_of_segments(&segments, &tokens))
    }

    /// The value of a coalition of all tokens, of which the special ones change nothing.
    fn value(&self, coalition: &Coalition) -> f64 {
        let bits = coalition
            .iter()
            .filter(|player| !self.invariants[*player])
            .map(|player| 1 << (player - self.maskable_offset));
        self.v_pos[bits.sum::<usize>()]
    }
}

fn run(case: &PartitionCase, tree: MergeTree, args: &Value) -> OwenOutcome {
    let settings = OwenSettings {
        most_evaluations: Some(args["max_evals"].as_u64().unwrap_or(500) as usize),
        contexts: match args.get("fixed_context").and_then(Value::as_u64) {
            None => OwenContexts::Both,
            Some(0) => OwenContexts::Without,
            Some(_) => OwenContexts::With,
        },
    };
    values_of(OwenValues::new(tree, settings), |coalition| case.value(coalition))
}

#[test]
fn the_clustering_is_that_of_the_package() {
    let case = partition_case();
    let tree = case.tree();
    let expect = case.clustering.iter().map(|[left, right, height, size]| Merge {
        left: *left as usize,
        right: *right as usize,
        height: *height,
        size: *size as usize,
    });
    assert_eq!(tree.merges(), expect.collect::<Vec<_>>());
}

#[test]
fn masked_texts_are_those_of_the_package() {
    let case = partition_case();
    let text = ExplainedText {
        model_hash: String::new(),
        input: case.input(),
        tokens: case.tokens(),
    };
    let masking = Masking {
        mode: MaskingMode::String,
        with: MaskWith::Mask,
        special_players: false,
    };
    let masker = TokenMasker::new(text, masking).unwrap();
    assert!(case.strings.len() > 20);
    for (bits, expect) in &case.strings {
        let present = Coalition::from_bits(masker.players(), bits.parse().unwrap());
        assert_eq!(masker.shown(&present).text, *expect, "{bits}");
    }
}

#[test]
fn owen_values_are_those_of_the_package_also_where_they_are_cut_short() {
    let case = partition_case();
    assert_eq!(case.runs.len(), 5);
    for (name, expect) in &case.runs {
        let outcome = run(&case, case.tree(), &expect.args);
        assert_eq!(outcome.leaves.evaluations, expect.model_rows, "{name}");
        let of_positive = |values: &[[f64; 2]]| values.iter().map(|value| value[1]).collect::<Vec<_>>();
        assert_close(
            &outcome.leaves.values,
            &of_positive(&expect.values),
            TABLE_GAME,
            name,
        );
        assert_close(
            &outcome.own_values,
            &of_positive(&expect.hierarchical_values),
            TABLE_GAME,
            name,
        );
        assert_close(
            &[outcome.leaves.base_value],
            &expect.base_values[1..],
            TABLE_GAME,
            name,
        );
        assert!(outcome.leaves.residual().abs() < 2e-16, "{name}");
        let is_exact = name != "budget20";
        assert_eq!(
            outcome.exact_evaluations == Some(expect.model_rows),
            is_exact,
            "{name}"
        );
        assert_eq!(outcome.is_resolved.iter().all(|is| *is), is_exact, "{name}");
        assert_eq!(
            outcome.grouped.iter().all(|grouped| *grouped == 0.0),
            is_exact,
            "{name}"
        );
    }
}

#[test]
fn tokens_that_change_nothing_can_be_left_out_and_cost_nothing_then() {
    let case = partition_case();
    let exact = run(&case, case.tree(), &case.runs["exact"].args);
    let tree = case.tree().restricted_to(|leaf| !case.invariants[leaf]);
    let players = tree.leaves();
    let method = OwenValues::new(tree, OwenSettings::default());
    let outcome = values_of(method, |coalition| {
        case.v_pos[coalition.iter().map(|player| 1 << player).sum::<usize>()]
    });
    assert_close(
        &outcome.leaves.values,
        &exact.leaves.values[1..=players],
        TABLE_GAME,
        "without special tokens",
    );
    assert!(outcome.leaves.evaluations < exact.leaves.evaluations);
}

#[derive(Deserialize)]
struct GamesCase {
    games: BTreeMap<String, Game>,
}

#[derive(Deserialize)]
struct Game {
    n: usize,
    v: Vec<f64>,
    base: f64,
    f_x: f64,
    shapley_bruteforce_logit: Vec<f64>,
    exact: Vec<f64>,
    exact_interactions: Option<Vec<Vec<f64>>>,
    permutation_10perm_seed0: Walks,
    kernel_noreg: Fit,
    kernel_default: Fit,
    kernel_aic: Fit,
    kernel_noreg_logit: LogitFit,
}

#[derive(Deserialize)]
struct Walks {
    values: Vec<f64>,
    error_std: Vec<f64>,
}

#[derive(Deserialize)]
struct Fit {
    values: Vec<f64>,
    nsamples_added: usize,
}

#[derive(Deserialize)]
struct LogitFit {
    values: Vec<f64>,
}

fn games() -> BTreeMap<String, Game> {
    let recorded = include_str!("../../../tests/fixtures/explain/b_shap_exact_kernel.json");
    let case: GamesCase = serde_json::from_str(recorded).unwrap();
    assert_eq!(case.games.len(), 2);
    case.games
}

impl Game {
    fn value(&self, coalition: &Coalition) -> f64 {
        self.v[coalition.iter().map(|player| 1 << player).sum::<usize>()]
    }

    fn logit(&self, coalition: &Coalition) -> f64 {
        let value = self.value(coalition);
        (value / (1.0 - value)).ln()
    }
}

#[test]
fn exact_values_and_interactions_are_those_of_the_package() {
    for (name, game) in games() {
        let outcome = values_of(ExactShapley::new(game.n, true).unwrap(), |coalition| {
            game.value(coalition)
        });
        assert_close(&outcome.players.values, &game.exact, TABLE_GAME, &name);
        assert_eq!(
            (outcome.players.base_value, outcome.players.prediction),
            (game.base, game.f_x)
        );
        assert_eq!(outcome.players.evaluations, 1 << game.n);
        let interactions = outcome.interactions.unwrap();
        for (row, value) in interactions.chunks(game.n).zip(&outcome.players.values) {
            assert_close(&[row.iter().sum()], &[*value], TABLE_GAME, "sum of a row");
        }
        if let Some(expect) = &game.exact_interactions {
            assert_close(&interactions, &expect.concat(), TABLE_GAME, &name);
        }
        let logits = values_of(ExactShapley::new(game.n, false).unwrap(), |coalition| {
            game.logit(coalition)
        });
        assert_close(
            &logits.players.values,
            &game.shapley_bruteforce_logit,
            TABLE_GAME,
            &name,
        );
        assert_eq!(logits.interactions, None);
    }
}

#[test]
fn walks_are_those_of_the_package() {
    for (name, game) in games() {
        let method = PermutationShapley::new(game.n, 10 * (2 * game.n + 1), 0).unwrap();
        let outcome = values_of(method, |coalition| game.value(coalition));
        assert_eq!(outcome.walks, 10);
        assert_close(
            &outcome.players.values,
            &game.permutation_10perm_seed0.values,
            TABLE_GAME,
            &name,
        );
        assert_close(
            &outcome.spreads,
            &game.permutation_10perm_seed0.error_std,
            TABLE_GAME,
            &name,
        );
    }
}

#[test]
fn kernel_values_are_those_of_the_package() {
    for (name, game) in games() {
        let method = || KernelShap::new(game.n, None, 0);
        assert_eq!(method().evaluations(), game.kernel_noreg.nsamples_added + 2);
        let outcome = values_of(method(), |coalition| game.value(coalition));
        assert!(outcome.is_unique && outcome.is_complete);
        assert_close(
            &outcome.players.values,
            &game.kernel_noreg.values,
            LEAST_SQUARES,
            &name,
        );
        let logits = values_of(method(), |coalition| game.logit(coalition));
        assert_close(
            &logits.players.values,
            &game.kernel_noreg_logit.values,
            LEAST_SQUARES,
            &name,
        );
    }
}

#[test]
fn selections_of_kernel_shap_are_those_of_the_package() {
    for (name, game) in games() {
        for (selection, expect) in [
            (KernelSelection::Features(10), &game.kernel_default),
            (KernelSelection::Aic, &game.kernel_aic),
        ] {
            let what = format!("{name}, {selection:?}");
            let method = KernelShap::with_selection(game.n, None, 0, selection);
            let outcome = values_of(method, |coalition| game.value(coalition));
            let chosen = (0..game.n).filter(|player| expect.values[*player] != 0.0);
            assert_eq!(outcome.selected, chosen.collect::<Vec<_>>(), "{what}");
            assert_close(&outcome.players.values, &expect.values, LEAST_SQUARES, &what);
            assert!(outcome.players.residual().abs() < 1e-15, "{what}");
        }
    }
}
