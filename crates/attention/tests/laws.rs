//! What holds for any attention.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use common::{attention, layers, token, tokens};
use proptest::prelude::*;
use vitrine_attention::{
    AttentionFlow, HeadStatisticsAccumulator, ShapeError, TokenMatrix, add_divergences, attention_flow,
    attention_rollout, attention_with_residual, head_divergences, head_map, head_scores, property_share,
    template_score,
};
use vitrine_record::{HeadIdx, HeadMetric, HeadScores, LayerAttention, LayerIdx, PerMetric, Segment, Token};

/// Probabilities are in single precision, so rows sum to 1 and shares to their whole only as far as that goes.
const SINGLE: f64 = 1e-6;
/// What is compared with the same numbers in another order.
const DOUBLE: f64 = 1e-12;

fn identity(layer: usize, tokens: usize) -> LayerAttention {
    attention(
        layer,
        2,
        tokens,
        |_, destination, source| if destination == source { 1.0 } else { 0.0 },
    )
}

fn uniform(layer: usize, tokens: usize) -> LayerAttention {
    attention(layer, 2, tokens, |_, _, _| 1.0 / tokens as f64)
}

/// The scores of the first head.
fn scores(attention: &LayerAttention, tokens: &[Token]) -> PerMetric<Option<f64>> {
    head_scores(std::slice::from_ref(attention), tokens).unwrap()[0].scores
}

#[track_caller]
fn check(scores: &PerMetric<Option<f64>>, metric: HeadMetric, expect: Option<f64>) {
    match (scores[metric], expect) {
        (Some(found), Some(expect)) => assert!(
            (found - expect).abs() < SINGLE,
            "{metric:?}: {found}, not {expect}"
        ),
        (found, expect) => assert_eq!(found, expect, "{metric:?}"),
    }
}

#[test]
fn uniform_attention_has_the_scores_that_follow_from_the_number_of_tokens() {
    for count in 2..12 {
        let scores = scores(&uniform(0, count), &tokens(&"word ".repeat(count - 2)));
        let number = count as f64;
        for metric in [
            HeadMetric::Previous,
            HeadMetric::Next,
            HeadMetric::Itself,
            HeadMetric::ToCls,
            HeadMetric::ToSep,
        ] {
            check(&scores, metric, Some(1.0 / number));
        }
        check(&scores, HeadMetric::Entropy, Some(number.ln()));
        check(&scores, HeadMetric::NormalisedEntropy, Some(1.0));
        check(&scores, HeadMetric::EffectiveTokens, Some(number));
        check(
            &scores,
            HeadMetric::Distance,
            Some((number * number - 1.0) / (3.0 * number)),
        );
    }
}

#[test]
fn attention_to_oneself_is_no_other_pattern() {
    let scores = scores(&identity(0, 6), &tokens("good , good film"));
    check(&scores, HeadMetric::Itself, Some(1.0));
    check(&scores, HeadMetric::SepToSep, Some(1.0));
    check(&scores, HeadMetric::ToCls, Some(1.0 / 6.0));
    check(&scores, HeadMetric::ToPunctuation, Some(1.0 / 6.0));
    check(&scores, HeadMetric::EffectiveTokens, Some(1.0));
    for metric in [
        HeadMetric::Previous,
        HeadMetric::Next,
        HeadMetric::RestToSep,
        HeadMetric::SameWord,
        HeadMetric::Entropy,
        HeadMetric::Distance,
    ] {
        check(&scores, metric, Some(0.0));
    }
}

#[test]
fn a_text_without_valid_rows_has_no_score() {
    let plain = scores(&uniform(0, 4), &tokens("good film"));
    check(&plain, HeadMetric::ToPunctuation, None);
    check(&plain, HeadMetric::SameWord, None);
    let dashes = token("--", 1, Segment::A, true);
    check(
        &scores(&uniform(0, 1), &[dashes]),
        HeadMetric::ToPunctuation,
        None,
    );

    let alone = scores(&uniform(0, 1), &[token("film", 3, Segment::A, false)]);
    for metric in [
        HeadMetric::Previous,
        HeadMetric::Next,
        HeadMetric::ToCls,
        HeadMetric::ToSep,
        HeadMetric::SepToSep,
        HeadMetric::RestToSep,
        HeadMetric::NormalisedEntropy,
    ] {
        check(&alone, metric, None);
    }
    check(&alone, HeadMetric::Itself, Some(1.0));
    check(&alone, HeadMetric::Distance, Some(0.0));

    let nothing = scores(&uniform(0, 0), &[]);
    for metric in HeadMetric::ALL {
        check(&nothing, metric, None);
    }
}

#[test]
fn tokens_of_the_template_and_unknown_ones_are_no_repeated_words() {
    let unknown = tokens("[UNK] film [UNK]");
    check(&scores(&uniform(0, 5), &unknown), HeadMetric::SameWord, None);
    let mut pair = tokens("good film");
    pair.extend([
        token("dull", 9, Segment::B, false),
        token("[SEP]", 2, Segment::B, true),
    ]);
    check(&scores(&uniform(0, 6), &pair), HeadMetric::SameWord, None);
    check(
        &scores(&uniform(0, 6), &pair),
        HeadMetric::SepToSep,
        Some(2.0 / 6.0),
    );
}

#[test]
fn attention_that_does_not_fit_is_refused_with_a_reason() {
    let check = |found: Result<(), ShapeError>, expect: ShapeError| {
        assert_eq!(found, Err(expect));
        assert!(expect.to_string().contains(": give"), "{expect}");
    };
    let other_tokens = ShapeError::TokensDiffer {
        layer: LayerIdx(1),
        expected: 3,
        found: 4,
    };
    let two = [uniform(0, 3), uniform(1, 4)];
    check(attention_rollout(&two).map(drop), other_tokens);
    check(attention_flow(&two).map(drop), other_tokens);
    check(head_divergences(&two).map(drop), other_tokens);
    check(head_scores(&two, &tokens("film")).map(drop), other_tokens);
    check(
        attention_rollout(&[uniform(0, 3), uniform(2, 3)]).map(drop),
        ShapeError::LayerMissing {
            expected: LayerIdx(1),
            found: LayerIdx(2),
        },
    );
    let three = head_divergences(&[uniform(0, 3)]).unwrap();
    let four = head_divergences(&[uniform(1, 3)]).unwrap();
    check(add_divergences(&three, &four).map(drop), ShapeError::HeadsDiffer);

    let headless = attention(0, 0, 3, |_, _, _| 0.0);
    let no_head = ShapeError::HeadMissing {
        layer: LayerIdx(0),
        head: HeadIdx(0),
        heads: 0,
    };
    assert_eq!(attention_rollout(&[headless]).map(drop), Err(no_head));
}

#[test]
fn nothing_gives_nothing() {
    assert!(attention_rollout(&[]).unwrap().is_empty());
    assert!(attention_flow(&[]).unwrap().is_empty());
    assert_eq!(attention_flow(&[uniform(0, 0), uniform(1, 0)]).unwrap().len(), 2);
    assert!(head_map(&head_divergences(&[]).unwrap()).points.is_empty());
}

#[test]
fn probabilities_that_are_no_numbers_end_in_a_result() {
    let attention: Vec<_> = (0..4)
        .map(|layer| attention(layer, 1, 3, |_, i, _| if i == 0 { f64::NAN } else { 1.0 / 3.0 }))
        .collect();
    assert_eq!(attention_flow(&attention).unwrap()[3].row(0), [0.0; 3]);
    assert_eq!(head_map(&head_divergences(&attention).unwrap()).points.len(), 4);
}

#[test]
fn flow_is_finished_row_by_row() {
    let attention: Vec<_> = (0..3).map(|layer| uniform(layer, 4)).collect();
    let mut flow = AttentionFlow::new(&attention).unwrap();
    for row in 0..12 {
        assert_eq!(flow.finished().len(), row / 4);
        assert_eq!(flow.next_row(), Some(LayerIdx(row / 4)));
    }
    assert_eq!(flow.next_row(), None);
    assert_eq!(flow.finished(), attention_flow(&attention).unwrap());
}

#[test]
fn heads_that_look_at_different_tokens_are_as_unlike_as_can_be() {
    let shifted = attention(0, 2, 5, |head, destination, source| {
        if (destination + head) % 5 == source {
            1.0
        } else {
            0.0
        }
    });
    let divergences = head_divergences(&[shifted]).unwrap();
    assert!((divergences.values()[1] - 5.0 * 2.0_f64.ln()).abs() < DOUBLE);
    let map = head_map(&divergences);
    assert!((map.points[0].x - map.points[1].x - 5.0 * 2.0_f64.ln()).abs() < DOUBLE);
    assert!((map.shown - 1.0).abs() < DOUBLE);
}

fn head_with_scores(score: Option<f64>) -> HeadScores {
    let mut scores = PerMetric::from_fn(|_| None);
    scores[HeadMetric::Distance] = score;
    HeadScores {
        layer: LayerIdx(1),
        head: HeadIdx(2),
        scores,
    }
}

proptest! {
    #[test]
    fn scores_are_in_their_range_and_entropy_has_three_forms(attention in layers(1..3, 1..3, 1..9)) {
        let count = attention[0].tokens();
        let pieces = ["film", ",", "good", "film"];
        let text: Vec<&str> = pieces.into_iter().cycle().take(count.saturating_sub(2)).collect();
        let tokens: Vec<Token> = tokens(&text.join(" ")).into_iter().take(count).collect();
        let found = head_scores(&attention, &tokens).unwrap();
        prop_assert_eq!(found.len(), attention.len() * attention[0].heads());
        for head in found {
            for metric in HeadMetric::ALL {
                if let Some(score) = head.scores[metric] {
                    let range = metric.range(count);
                    prop_assert!(score >= range.start() - SINGLE && score <= range.end() + SINGLE, "{metric:?} {score}");
                }
            }
            let entropy = head.scores[HeadMetric::Entropy].unwrap();
            prop_assert_eq!(head.scores[HeadMetric::EffectiveTokens], Some(entropy.exp()));
            if count > 1 {
                prop_assert_eq!(head.scores[HeadMetric::NormalisedEntropy], Some(entropy / (count as f64).ln()));
                // The split by rows is a split of the whole.
                let whole = head.scores[HeadMetric::ToSep].unwrap() * count as f64;
                let parts = head.scores[HeadMetric::SepToSep].unwrap()
                    + head.scores[HeadMetric::RestToSep].unwrap() * (count - 1) as f64;
                prop_assert!((whole - parts).abs() < SINGLE);
            }
        }
    }

    /// Several metrics are shares of a property, where rows sum to 1.
    #[test]
    fn properties_and_templates_agree_with_the_metrics(attention in layers(1..2, 1..3, 2..9)) {
        let attention = &attention[0];
        let (head, count) = (HeadIdx(0), attention.tokens());
        let scores = scores(attention, &tokens(&"a ".repeat(count - 2)));
        let near = |found: Option<f64>, expect: f64| (found.unwrap() - expect).abs() < SINGLE;
        let diagonal = TokenMatrix::from_fn(count, |i, j| if i == j { 1.0 } else { 0.0 });
        prop_assert!(near(template_score(attention, head, &diagonal), scores[HeadMetric::Itself].unwrap()));
        let last = |_: usize, source: usize| if source + 1 == count { 1.0 } else { 0.0 };
        prop_assert!(near(property_share(attention, head, last), scores[HeadMetric::ToSep].unwrap()));
        let previous = |i: usize, j: usize| if j + 1 == i { 1.0 } else { 0.0 };
        let rows = (count - 1) as f64 / count as f64;
        prop_assert!(near(property_share(attention, head, previous), scores[HeadMetric::Previous].unwrap() * rows));
        let all = TokenMatrix::from_fn(count, |_, _| 1.0);
        prop_assert!(near(template_score(attention, head, &all), 1.0));
        let smaller = TokenMatrix::from_fn(count - 1, |_, _| 1.0);
        prop_assert_eq!(template_score(attention, head, &smaller), None);
        prop_assert_eq!(template_score(attention, HeadIdx(attention.heads()), &all), None);
    }

    #[test]
    fn statistics_are_those_of_all_texts_however_they_come(
        texts in prop::collection::vec(prop::option::weighted(0.8, -5.0..5.0f64), 0..20), cut in 0usize..20,
    ) {
        let mut at_once = HeadStatisticsAccumulator::default();
        let mut parts = [HeadStatisticsAccumulator::default(), HeadStatisticsAccumulator::default()];
        for (index, &score) in texts.iter().enumerate() {
            at_once.add_text(&[head_with_scores(score)]);
            parts[usize::from(index >= cut)].add_text(&[head_with_scores(score)]);
        }
        let mut merged = parts[0].clone();
        merged.merge(&parts[1].statistics());
        let present: Vec<f64> = texts.iter().copied().flatten().collect();
        let count = present.len() as f64;
        let mean = present.iter().sum::<f64>() / count;
        let squares: f64 = present.iter().map(|score| (score - mean).powi(2)).sum();
        prop_assert_eq!(at_once.statistics().len(), usize::from(!texts.is_empty()));
        for accumulator in [at_once, merged] {
            for head in accumulator.statistics() {
                let found = head.scores[HeadMetric::Distance];
                prop_assert_eq!(found.texts as usize, present.len());
                prop_assert_eq!(found.mean().is_some(), !present.is_empty());
                prop_assert_eq!(found.standard_deviation().is_some(), present.len() > 1);
                prop_assert!(found.mean().is_none_or(|found| (found - mean).abs() < DOUBLE));
                // A square root near zero keeps half of the digits.
                let deviation = (squares / (count - 1.0)).sqrt();
                prop_assert!(found.standard_deviation().is_none_or(|found| (found - deviation).abs() < 1e-7));
                prop_assert_eq!(head.scores[HeadMetric::Previous].mean(), None);
            }
        }
    }

    #[test]
    fn rows_of_rollout_sum_to_one(attention in layers(1..5, 1..4, 1..9)) {
        for (layer, rollout) in attention_rollout(&attention).unwrap().iter().enumerate() {
            prop_assert!(rollout.to_attention(LayerIdx(layer)).largest_row_sum_error() < SINGLE as f32);
            prop_assert!(rollout.values().iter().all(|&share| (0.0..=1.0 + DOUBLE).contains(&share)));
        }
    }

    #[test]
    fn identity_stays_identity(depth in 1usize..5, tokens in 1usize..7) {
        let attention: Vec<_> = (0..depth).map(|layer| identity(layer, tokens)).collect();
        let expect = TokenMatrix::from_fn(tokens, |i, j| if i == j { 1.0 } else { 0.0 });
        prop_assert!(attention_rollout(&attention).unwrap().iter().all(|found| *found == expect));
        prop_assert!(attention_flow(&attention).unwrap().iter().all(|found| *found == expect));
    }

    #[test]
    fn one_layer_is_its_own_rollout_and_flow(attention in layers(1..2, 1..4, 1..9)) {
        let mixed = attention_with_residual(&attention).unwrap();
        prop_assert_eq!(&attention_rollout(&attention).unwrap(), &mixed);
        prop_assert_eq!(&attention_flow(&attention).unwrap(), &mixed);
    }

    /// Rollout is itself a flow: each node passes on at most 1, in the shares of its row, which fit through its pipes.
    /// So the maximum is at least that, and at most what can leave the destination or enter the source.
    #[test]
    fn flow_is_between_rollout_and_the_nearest_cuts(attention in layers(1..5, 1..3, 1..8)) {
        let mixed = attention_with_residual(&attention).unwrap();
        let rollout = attention_rollout(&attention).unwrap();
        let flow = attention_flow(&attention).unwrap();
        for layer in 0..mixed.len() {
            for destination in 0..mixed[0].tokens() {
                let leaves: f64 = mixed[layer].row(destination).iter().sum();
                for source in 0..mixed[0].tokens() {
                    let enters: f64 = (0..mixed[0].tokens()).map(|node| mixed[0].row(node)[source]).sum();
                    let found = flow[layer].row(destination)[source];
                    prop_assert!(found <= leaves.min(enters) + DOUBLE);
                    prop_assert!(found >= rollout[layer].row(destination)[source] - DOUBLE);
                }
            }
            let sums = flow[layer].clone().with_normalised_rows();
            prop_assert!(sums.to_attention(LayerIdx(layer)).largest_row_sum_error() < SINGLE as f32);
        }
    }

    #[test]
    fn divergences_are_symmetric_bounded_and_zero_for_the_same(attention in layers(1..3, 1..4, 1..7)) {
        let divergences = head_divergences(&attention).unwrap();
        let (count, tokens) = (divergences.heads().len(), attention[0].tokens() as f64);
        for a in 0..count {
            prop_assert_eq!(divergences.values()[a * count + a], 0.0);
            for b in 0..count {
                let found = divergences.values()[a * count + b];
                prop_assert_eq!(found, divergences.values()[b * count + a]);
                prop_assert!((0.0..=tokens * 2.0_f64.ln() + SINGLE).contains(&found));
            }
        }
        let doubled = add_divergences(&divergences, &divergences).unwrap();
        prop_assert!(doubled.values().iter().zip(divergences.values()).all(|(two, one)| *two == 2.0 * one));
    }

    /// The same heads under another number lie at the same place.
    #[test]
    fn the_same_heads_have_the_same_place(attention in layers(1..2, 1..4, 2..7)) {
        let mut copy = attention[0].clone();
        copy.layer = LayerIdx(1);
        let divergences = head_divergences(&[attention[0].clone(), copy]).unwrap();
        let (count, heads) = (divergences.heads().len(), attention[0].heads());
        let map = head_map(&divergences);
        for head in 0..heads {
            prop_assert_eq!(divergences.values()[head * count + head + heads], 0.0);
            let (here, there) = (map.points[head], map.points[head + heads]);
            // Squares of distances in double precision leave half of the digits to distances themselves.
            prop_assert!((here.x - there.x).hypot(here.y - there.y) < 1e-6);
        }
    }
}
