use proptest::prelude::*;
use vitrine_record::{Percent, TokenId};

use super::*;

/// `[CLS]`, words of two pieces, `[SEP]`, and the same again as a second text without `[CLS]`.
fn tokens() -> Vec<Token> {
    let token = |piece: &str, segment, special| Token {
        text: if special {
            String::new()
        } else {
            piece.trim_start_matches("##").to_owned()
        },
        piece: piece.to_owned(),
        id: TokenId(0),
        start: 0,
        end: 0,
        segment,
        special,
    };
    vec![
        token("[CLS]", Segment::A, true),
        token("un", Segment::A, false),
        token("##kind", Segment::A, false),
        token("film", Segment::A, false),
        token("[SEP]", Segment::A, true),
        token("good", Segment::B, false),
        token("[SEP]", Segment::B, true),
    ]
}

const TOKENS: usize = 7;

prop_compose! {
    fn any_attention()(
        scores in proptest::collection::vec(-4.0f32..4.0, 3 * TOKENS * TOKENS),
    ) -> LayerAttention {
        let mut probabilities = Vec::new();
        for row in scores.chunks_exact(TOKENS) {
            let exponentials: Vec<f32> = row.iter().map(|score| score.exp()).collect();
            let sum: f32 = exponentials.iter().sum();
            probabilities.extend(exponentials.iter().map(|value| value / sum));
        }
        LayerAttention::new(LayerIdx(2), 3, TOKENS, probabilities).unwrap()
    }
}

#[test]
fn what_has_different_units_has_no_difference() {
    let attention = LayerAttention::new(LayerIdx(2), 3, TOKENS, vec![1.0 / 7.0; 3 * 49]).unwrap();
    let whole = slice(&attention, options());
    let merged = AttentionOptions {
        merge_words: true,
        ..options()
    };
    assert!(AttentionSlice::difference(&whole, &slice(&attention, merged), &merged).is_none());
    let heads = BTreeSet::from([HeadIdx(1)]);
    let one = AttentionSlice::new(&attention, &tokens(), Some(&heads), &options()).unwrap();
    assert!(AttentionSlice::difference(&whole, &one, &options()).is_none());
}

fn slice(attention: &LayerAttention, options: AttentionOptions) -> AttentionSlice {
    AttentionSlice::new(attention, &tokens(), None, &options).unwrap()
}

fn options() -> AttentionOptions {
    AttentionOptions::default()
}

proptest! {
    #[test]
    fn by_default_nothing_is_changed(attention in any_attention(), chosen in 0usize..3) {
        let heads = BTreeSet::from([HeadIdx(chosen), HeadIdx(9)]);
        let slice = AttentionSlice::new(&attention, &tokens(), Some(&heads), &options()).unwrap();
        prop_assert_eq!(slice.heads(), [HeadIdx(chosen)]);
        prop_assert_eq!(slice.not_drawn(), 0);
        for destination in 0..TOKENS {
            for source in 0..TOKENS {
                let expect = attention.at(chosen, destination, source);
                prop_assert_eq!(slice.weight(0, destination, source), expect);
                prop_assert_eq!(slice.mean(destination, source), expect);
            }
        }
        prop_assert_eq!(slice.weight(1, 0, 0), 0.0);
    }

    #[test]
    fn rows_over_words_and_at_any_temperature_still_sum_to_one(
        attention in any_attention(), temperature in AttentionOptions::TEMPERATURES, merge_words in any::<bool>(),
    ) {
        let options = AttentionOptions { temperature: Percent(temperature), merge_words, ..options() };
        let slice = slice(&attention, options);
        let (smallest, largest) = slice.row_sums().unwrap();
        prop_assert!((smallest - 1.0).abs() < 1e-5 && (largest - 1.0).abs() < 1e-5);
        prop_assert_eq!(slice.destinations().len(), if merge_words { TOKENS - 1 } else { TOKENS });
    }

    #[test]
    fn temperature_divides_the_scores(attention in any_attention(), temperature in 25u16..300) {
        let tempered = slice(&attention, AttentionOptions { temperature: Percent(temperature), ..options() });
        // Differences of logarithms of probabilities are differences of scores.
        let score = |weight: f32| f64::from(weight).ln();
        for source in 1..TOKENS {
            let before = score(attention.at(1, 3, source)) - score(attention.at(1, 3, 0));
            let after = score(tempered.weight(1, 3, source)) - score(tempered.weight(1, 3, 0));
            let expect = before * 100.0 / f64::from(temperature);
            prop_assert!((after - expect).abs() < 1e-3 * expect.abs().max(1.0), "{after} {expect}");
        }
    }

    #[test]
    fn a_difference_takes_from_a_row_what_it_gives(
        one in any_attention(), other in any_attention(), merge_words in any::<bool>(), top_p in 1u16..=100,
    ) {
        let options = AttentionOptions { merge_words, top_p: Percent(top_p), ..options() };
        let (one, other) = (slice(&one, options), slice(&other, options));
        let gained = AttentionSlice::difference(&one, &other, &options).unwrap();
        let lost = AttentionSlice::difference(&other, &one, &options).unwrap();
        prop_assert!(gained.is_signed() && !one.is_signed());
        let (smallest, largest) = gained.row_sums().unwrap();
        prop_assert!(smallest.abs() < 1e-5 && largest.abs() < 1e-5);
        let mut strongest = 0.0f32;
        for (index, weight) in gained.weights.iter().enumerate() {
            prop_assert_eq!(*weight, other.weights[index] - one.weights[index]);
            prop_assert_eq!(*weight, -lost.weights[index]);
            prop_assert_eq!(gained.drawn[index], lost.drawn[index]);
            strongest = strongest.max(weight.abs());
        }
        prop_assert_eq!(gained.largest_drawn(), strongest);
        let none = AttentionSlice::difference(&one, &one, &options).unwrap();
        prop_assert_eq!(none.largest_drawn(), 0.0);
    }

    #[test]
    fn words_sum_sources_and_average_destinations(attention in any_attention()) {
        let slice = slice(&attention, AttentionOptions { merge_words: true, ..options() });
        let into = attention.at(0, 3, 1) + attention.at(0, 3, 2);
        prop_assert!((slice.weight(0, 2, 1) - into).abs() < 1e-6);
        let from = (attention.at(0, 1, 5) + attention.at(0, 2, 5)) / 2.0;
        prop_assert!((slice.weight(0, 1, 4) - from).abs() < 1e-6);
    }

    #[test]
    fn the_strongest_of_a_row_are_few_enough_and_grow_with_their_share(
        attention in any_attention(), less in 1u16..100, more in 1u16..100,
    ) {
        let (less, more) = (less.min(more), less.max(more));
        let of = |top_p| slice(&attention, AttentionOptions { top_p: Percent(top_p), ..options() });
        let (few, many) = (of(less), of(more));
        for head in 0..3 {
            for row in 0..TOKENS {
                let drawn: Vec<f32> = (0..TOKENS).map(|to| few.drawn_weight(head, row, to)).collect();
                let sum: f32 = drawn.iter().sum();
                let wanted = f32::from(less) / 100.0;
                prop_assert!(sum >= wanted - 1e-5);
                let weakest = drawn.iter().copied().filter(|weight| *weight > 0.0).fold(1.0, f32::min);
                prop_assert!(sum - weakest < wanted + 1e-5);
                for (source, drawn) in drawn.iter().enumerate() {
                    prop_assert!(*drawn == 0.0 || many.drawn_weight(head, row, source) == *drawn);
                }
            }
        }
    }

    #[test]
    fn what_is_below_the_threshold_is_not_drawn(attention in any_attention(), threshold in 0u16..=100) {
        let slice = slice(&attention, AttentionOptions { threshold: Percent(threshold), ..options() });
        for (index, weight) in slice.weights.iter().enumerate() {
            prop_assert_eq!(slice.drawn[index], *weight >= f32::from(threshold) / 100.0);
        }
    }

    #[test]
    fn what_is_left_out_is_missing_from_the_sums(attention in any_attention()) {
        let whole = slice(&attention, AttentionOptions { segments: SegmentFilter::AToA, ..options() });
        let other = slice(&attention, AttentionOptions { segments: SegmentFilter::AToB, ..options() });
        prop_assert_eq!((whole.sources().len(), other.sources().len()), (5, 2));
        for row in 0..5 {
            let sum: f32 = (0..5).map(|to| whole.weight(1, row, to)).sum();
            let rest: f32 = (0..2).map(|to| other.weight(1, row, to)).sum();
            prop_assert!((sum + rest - 1.0).abs() < 1e-5);
        }
        prop_assert!(whole.row_sums().unwrap().0 < 1.0);
    }
}

#[test]
fn attention_from_one_text_to_another_has_rows_of_the_one_and_columns_of_the_other() {
    let (asking, asked) = (&tokens()[1..3], &tokens()[..4]);
    let weights = vec![0.1, 0.2, 0.3, 0.4, 0.4, 0.3, 0.2, 0.1];
    let attention = LayerAttention::between(LayerIdx(1), 1, 2, 4, weights).unwrap();
    assert_eq!((attention.row(0, 1)[3], attention.at(0, 2, 0)), (0.1, 0.0));
    let slice = AttentionSlice::between(&attention, asking, asked, None, &options()).unwrap();
    assert_eq!((slice.destinations().len(), slice.sources().len()), (2, 4));
    assert_eq!((slice.weight(0, 0, 3), slice.weight(0, 1, 0)), (0.4, 0.4));
    let merged = AttentionOptions {
        merge_words: true,
        ..options()
    };
    let merged = AttentionSlice::between(&attention, asking, asked, None, &merged).unwrap();
    assert_eq!((merged.destinations().len(), merged.sources().len()), (1, 3));
    assert!((merged.weight(0, 0, 1) - 0.5).abs() < 1e-6);
    assert!(AttentionSlice::new(&attention, asking, None, &options()).is_none());
    assert!(AttentionSlice::between(&attention, asked, asking, None, &options()).is_none());
}

#[test]
fn special_tokens_can_be_left_out_alone_or_with_a_segment() {
    let attention = LayerAttention::new(LayerIdx(0), 1, TOKENS, vec![1.0 / 7.0; TOKENS * TOKENS]).unwrap();
    let check = |segments, from: &[usize], to: &[usize]| {
        let options = AttentionOptions {
            segments,
            hide_special: true,
            ..options()
        };
        let slice = slice(&attention, options);
        let positions = |units: &[Unit]| units.iter().map(|unit| unit.first.0).collect::<Vec<_>>();
        assert_eq!(positions(slice.destinations()), from);
        assert_eq!(positions(slice.sources()), to);
    };
    check(SegmentFilter::All, &[1, 2, 3, 5], &[1, 2, 3, 5]);
    check(SegmentFilter::BToA, &[5], &[1, 2, 3]);
    check(SegmentFilter::BToB, &[5], &[5]);
}

#[test]
fn a_variant_of_all_heads_together_is_there_whichever_head_is_chosen() {
    let attention = LayerAttention::new(LayerIdx(1), 1, TOKENS, vec![0.25; TOKENS * TOKENS]).unwrap();
    let options = AttentionOptions {
        temperature: Percent(20),
        ..options()
    };
    let heads = BTreeSet::from([HeadIdx(2)]);
    let rollout = AttentionVariant::Rollout;
    let slice = AttentionSlice::of_variant(rollout, &attention, &tokens(), Some(&heads), &options).unwrap();
    assert_eq!((slice.heads(), slice.weight(0, 3, 2)), (&[HeadIdx(0)][..], 0.25));
    assert_eq!(slice.variant(), rollout);
    let raw = AttentionSlice::new(&attention, &tokens(), None, &options).unwrap();
    assert!(AttentionSlice::difference(&raw, &slice, &options).is_none());
}

#[test]
fn of_numbers_that_are_no_shares_the_threshold_is_a_share_of_the_largest() {
    let row = [0.01, -0.04, 0.002, -0.001, 0.0, 0.0, 0.03];
    let attention = LayerAttention::new(LayerIdx(1), 1, TOKENS, row.repeat(TOKENS)).unwrap();
    let check = |variant: AttentionVariant, options: AttentionOptions, expect: &[usize]| {
        let slice = AttentionSlice::of_variant(variant, &attention, &tokens(), None, &options).unwrap();
        assert_eq!(slice.largest_drawn(), if expect.is_empty() { 0.0 } else { 0.04 });
        let drawn = (0..TOKENS).filter(|&source| slice.is_drawn(0, 0, source));
        assert_eq!(drawn.collect::<Vec<_>>(), expect);
    };
    let strong = AttentionOptions {
        threshold: Percent(50),
        ..options()
    };
    check(AttentionVariant::GradientTimesAttention, strong, &[1, 6]);
    check(AttentionVariant::ValueWeighted, strong, &[1, 6]);
    check(AttentionVariant::Flow, strong, &[]);
    let few = AttentionOptions {
        top_p: Percent(90),
        ..options()
    };
    check(AttentionVariant::GradientTimesAttention, few, &[0, 1, 6]);
}

#[test]
fn shapes_that_disagree_give_nothing() {
    let attention = LayerAttention::new(LayerIdx(0), 1, 2, vec![0.5; 4]).unwrap();
    assert!(AttentionSlice::new(&attention, &tokens(), None, &options()).is_none());
    let one = slice(
        &LayerAttention::new(LayerIdx(0), 1, TOKENS, vec![0.0; TOKENS * TOKENS]).unwrap(),
        AttentionOptions {
            temperature: Percent(50),
            ..options()
        },
    );
    assert_eq!(one.row_sums(), Some((0.0, 0.0)));
}

/// `[CLS]`, so many films, a word of two pieces if wished, and `[SEP]`; each piece has a number of its own.
fn text(films: u32, kind: bool) -> Vec<Token> {
    let mut numbers = vec![1];
    numbers.extend((0..films).map(|film| 10 + film));
    numbers.extend(kind.then_some([2, 3]).into_iter().flatten());
    numbers.push(4);
    let token = |number: u32| Token {
        id: TokenId(number),
        piece: if number == 3 {
            "##kind".into()
        } else {
            number.to_string()
        },
        special: matches!(number, 1 | 4),
        ..tokens()[1].clone()
    };
    numbers.into_iter().map(token).collect()
}

#[test]
fn a_difference_between_texts_is_of_what_corresponds() {
    let (one, other) = (text(2, true), text(1, true));
    let attention = |count: usize, scale: f32| {
        let numbers = (0..2 * count * count).map(|at| at as f32 * scale).collect();
        LayerAttention::new(LayerIdx(2), 2, count, numbers).unwrap()
    };
    let (of_one, of_other) = (attention(one.len(), 1.0), attention(other.len(), 0.5));
    for (merge_words, expect) in [(false, vec![0, 1, 3, 4, 5]), (true, vec![0, 1, 3, 5])] {
        let options = AttentionOptions {
            merge_words,
            ..options()
        };
        let slices = [(&of_one, &one), (&of_other, &other)]
            .map(|(attention, tokens)| AttentionSlice::new(attention, tokens, None, &options).unwrap());
        let [slice, of_other] = &slices;
        let correspondence = Correspondence::new(&one, &other, &options);
        let difference =
            AttentionSlice::difference_between_texts(of_other, slice, &correspondence, &options).unwrap();
        let firsts = |units: &[Unit]| units.iter().map(|unit| unit.first.0).collect::<Vec<_>>();
        assert_eq!(firsts(difference.destinations()), expect);
        assert_eq!(firsts(difference.sources()), expect);
        assert_eq!(difference.subtracted_layer(), Some(LayerIdx(2)));
        // The film that is left out stands at place 2 of the first text; behind it the second is one place ahead.
        let in_one = |at: usize| if at < 2 { at } else { at + 1 };
        for place in 0..2 {
            for row in 0..expect.len() {
                for column in 0..expect.len() {
                    let found = difference.weight(place, row, column);
                    let expected = slice.weight(place, in_one(row), in_one(column))
                        - of_other.weight(place, row, column);
                    assert_eq!(found, expected);
                }
            }
        }
        let heads = BTreeSet::from([HeadIdx(1)]);
        let one_head = AttentionSlice::new(&of_one, &one, Some(&heads), &options).unwrap();
        let none = AttentionSlice::difference_between_texts(of_other, &one_head, &correspondence, &options);
        assert!(none.is_none());
    }
}

#[test]
fn texts_that_share_nothing_between_their_ends_are_compared_at_these() {
    let (one, other) = (text(2, false), text(0, true));
    let even = |count: usize| LayerAttention::new(LayerIdx(0), 1, count, vec![0.25; count * count]).unwrap();
    let options = AttentionOptions {
        hide_special: true,
        ..options()
    };
    let slice =
        |tokens: &[Token], options| AttentionSlice::new(&even(tokens.len()), tokens, None, options).unwrap();
    let correspondence = Correspondence::new(&one, &other, &options);
    let difference = |options| {
        let (other, one) = (slice(&other, options), slice(&one, options));
        AttentionSlice::difference_between_texts(&other, &one, &correspondence, options).unwrap()
    };
    assert!(difference(&options).destinations().is_empty());
    let whole = difference(&AttentionOptions::default());
    assert_eq!((whole.destinations().len(), whole.largest_drawn()), (2, 0.0));
}
