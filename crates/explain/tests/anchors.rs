//! Anchors of small games, beside those that trying all sets and all coalitions gives.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use vitrine_explain::{
    Coalition, CoalitionMethod,
    anchors::{AnchorSettings, Anchors, AnchorsOutcome},
    explain,
};

const PLAYERS: usize = 6;

type Score = fn(u64) -> bool;

/// The share of all coalitions with these players that have the prediction of all players.
fn precision(score: Score, players: u64) -> f64 {
    let all: Vec<u64> = (0..1 << PLAYERS)
        .filter(|mask| mask & players == players)
        .collect();
    let same = all
        .iter()
        .filter(|mask| score(**mask) == score((1 << PLAYERS) - 1));
    same.count() as f64 / all.len() as f64
}

/// The size of the smallest sets that are precise enough.
fn smallest(score: Score) -> u32 {
    (0..1 << PLAYERS)
        .filter(|players| precision(score, *players) >= 0.95)
        .map(u64::count_ones)
        .min()
        .unwrap()
}

fn bits(coalition: &Coalition) -> u64 {
    coalition.iter().map(|player| 1 << player).sum()
}

fn search(score: Score, settings: AnchorSettings) -> AnchorsOutcome {
    let value = |present: &Coalition| if score(bits(present)) { 0.8 } else { 0.1 };
    explain(Anchors::new(PLAYERS, settings), |wanted| {
        Ok::<_, ()>(wanted.iter().map(value).collect())
    })
    .unwrap()
}

fn has(mask: u64, player: u32) -> bool {
    mask >> player & 1 == 1
}

/// In each of them the best sets below the smallest anchor are clearly worse than 0.95.
const GAMES: [(&str, Score); 8] = [
    ("always", |_| true),
    ("never", |_| false),
    ("one word", |mask| has(mask, 3)),
    ("a word and no other", |mask| has(mask, 1) || !has(mask, 4)),
    ("two words", |mask| has(mask, 0) && has(mask, 5)),
    ("either of two pairs", |mask| {
        has(mask, 0) && has(mask, 1) || has(mask, 2) && has(mask, 3)
    }),
    ("most words", |mask| mask.count_ones() > 3),
    ("an even number", |mask| mask.count_ones() % 2 == 0),
];

#[test]
fn what_is_found_is_as_small_as_it_can_be_and_as_precise_as_it_says() {
    for (name, score) in GAMES {
        for seed in 0..10 {
            let outcome = search(
                score,
                AnchorSettings {
                    seed,
                    ..AnchorSettings::default()
                },
            );
            let anchor = outcome.anchor.unwrap();
            assert!(outcome.is_found, "{name}, seed {seed}");
            assert_eq!(
                anchor.players.len() as u32,
                smallest(score),
                "{name}, seed {seed}"
            );
            let truth = precision(score, bits(&anchor.players));
            assert!(truth >= 0.95, "{name}, seed {seed}: {truth}");
            assert!(
                anchor.least_precision <= truth && truth <= anchor.most_precision,
                "{name}, seed {seed}"
            );
            assert_eq!(anchor.coverage, 0.5_f64.powi(anchor.players.len() as i32));
        }
    }
}

#[test]
fn the_most_precise_of_the_smallest_sets_is_taken() {
    // With player 0 the prediction always stays, with player 1 it stays but for one coalition of 32.
    let score = |mask: u64| has(mask, 0) || has(mask, 1) && mask & !3 != 0;
    let outcome = search(score, AnchorSettings::default());
    assert_eq!(outcome.anchor.unwrap().players, Coalition::empty(PLAYERS).with(0));
}

#[test]
fn a_seed_gives_the_same_search_and_a_search_that_gives_up_says_so() {
    let score = GAMES[7].1;
    let settings = AnchorSettings {
        seed: 4,
        ..AnchorSettings::default()
    };
    assert_eq!(search(score, settings), search(score, settings));
    let poor = AnchorSettings {
        most_evaluations: 200,
        ..settings
    };
    let outcome = search(score, poor);
    assert!(!outcome.is_found && outcome.evaluations <= 200);
    assert!(outcome.anchor.unwrap().samples > 0);
}

#[test]
fn a_text_without_words_has_an_anchor_of_none() {
    let mut anchors = Anchors::new(0, AnchorSettings::default());
    assert_eq!(anchors.outcome().anchor, None);
    while !anchors.wanted().is_empty() {
        let values = vec![0.7; anchors.wanted().len()];
        anchors.receive(&values);
    }
    assert!(anchors.outcome().is_found);
}
