//! Attributions with features of their own, compared word by word.

use proptest::prelude::*;
use vitrine_explain::agreement::{WordRange, agreement, disagreements, values_by_word, word_ranges};
use vitrine_record::{ExplainedFeature, Segment, Token, TokenId};

fn token(text: &str, piece: &str, start: usize, segment: Segment) -> Token {
    Token {
        text: text.to_owned(),
        piece: piece.to_owned(),
        id: TokenId(0),
        start,
        end: start + text.chars().count(),
        segment,
        special: text.is_empty(),
    }
}

fn feature(segment: Segment, start: usize, end: usize, value: f64) -> ExplainedFeature {
    ExplainedFeature {
        text: String::new(),
        start,
        end,
        segment,
        tokens: 0..0,
        value,
    }
}

#[test]
fn words_are_those_of_both_texts_and_special_tokens_are_none() {
    let tokens = [
        token("", "[CLS]", 0, Segment::A),
        token("un", "un", 0, Segment::A),
        token("watch", "##watch", 2, Segment::A),
        token("able", "##able", 7, Segment::A),
        token("!", "!", 11, Segment::A),
        token("", "[SEP]", 12, Segment::A),
        token("Ça", "ca", 1, Segment::B),
        token("", "[SEP]", 3, Segment::B),
    ];
    let range = |segment, start, end| WordRange { segment, start, end };
    assert_eq!(
        word_ranges(&tokens),
        [
            range(Segment::A, 0, 11),
            range(Segment::A, 11, 12),
            range(Segment::B, 1, 3)
        ]
    );
}

#[test]
fn features_of_pieces_words_and_phrases_meet_in_words() {
    let words = [(Segment::A, 0, 4), (Segment::A, 5, 9), (Segment::B, 0, 4)]
        .map(|(segment, start, end)| WordRange { segment, start, end });
    // A phrase of both words of the first text, with the space between.
    let phrase = [feature(Segment::A, 0, 9, 0.5), feature(Segment::B, 0, 4, 1.0)];
    assert_eq!(
        values_by_word(&words, &phrase),
        [Some(0.25), Some(0.25), Some(1.0)]
    );
    // Pieces of the first word, white space, and what stands at no word.
    let pieces = [
        feature(Segment::A, 0, 1, 0.5),
        feature(Segment::A, 1, 4, 0.25),
        feature(Segment::A, 4, 5, 8.0),
        feature(Segment::A, 0, 0, 9.0),
        feature(Segment::B, 7, 9, 7.0),
    ];
    assert_eq!(values_by_word(&words, &pieces), [Some(0.75), None, None]);
}

#[test]
fn attributions_without_a_word_in_common_agree_on_nothing() {
    let found = agreement(&[Some(1.0), None], &[None, Some(1.0)], 3);
    assert_eq!((found.words, found.top), (0, 0));
    assert_eq!(
        (found.top_overlap, found.same_sign, found.kendall_tau),
        (None, None, None)
    );
    assert!(disagreements(&[vec![Some(1.0), None], vec![None, Some(1.0)]], 0.0).is_empty());
    assert!(disagreements(&[], 0.0).is_empty());
}

#[test]
fn a_word_that_one_attribution_leaves_out_is_compared_among_the_others_and_places_are_those_of_each() {
    let size = |word: usize| 1.0 / (word + 1) as f64;
    let one: Vec<Option<f64>> = (0..40).map(|word| Some(size(word))).collect();
    // The last word comes second here, and the first speaks the other way.
    let other: Vec<Option<f64>> = (0..40)
        .map(|word| match word {
            0 => Some(-1.0),
            39 => Some(0.9),
            _ => Some(size(word)),
        })
        .collect();
    // It selected three words, not the first.
    let selected = |word: usize| [5, 20, 39].contains(&word).then(|| size(word));
    let few: Vec<Option<f64>> = (0..40).map(selected).collect();
    let found = disagreements(&[one, other, few], 0.1);
    assert_eq!(found.len(), 40);
    assert!(found[0].signs_differ);
    assert_eq!((found[0].highest_place, found[0].lowest_place), (1, 1));
    assert_eq!((found[39].highest_place, found[39].lowest_place), (2, 40));
    assert_eq!((found[5].highest_place, found[5].lowest_place), (1, 7));
}

proptest! {
    #[test]
    fn an_attribution_agrees_with_itself_and_is_the_opposite_of_its_negative(
        values in prop::collection::vec(prop::sample::select(vec![-2.0, -1.0, 0.5, 1.5, 3.0]), 2..12),
        top in 1_usize..6,
    ) {
        let given: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        let negative: Vec<Option<f64>> = values.iter().map(|value| Some(-value)).collect();
        let itself = agreement(&given, &given, top);
        let opposite = agreement(&given, &negative, top);
        prop_assert_eq!((itself.top_overlap, itself.same_sign), (Some(1.0), Some(1.0)));
        prop_assert_eq!((opposite.top_overlap, opposite.same_sign), (Some(1.0), Some(0.0)));
        prop_assert_eq!(opposite.kendall_tau, itself.kendall_tau.map(|tau| -tau));
        prop_assert_eq!(opposite.kendall_tau_of_magnitudes, itself.kendall_tau_of_magnitudes);
        for word in disagreements(&[given.clone(), negative], 0.0) {
            prop_assert!(word.signs_differ && word.place_spread() == 0);
        }
        for word in disagreements(&[given.clone(), given], 0.0) {
            prop_assert!(!word.signs_differ && word.place_spread() == 0);
        }
    }

    #[test]
    fn the_values_of_words_sum_to_those_of_the_features_at_them(
        cuts in prop::collection::btree_set(1_usize..30, 1..8),
        values in prop::collection::vec(-1.0_f64..1.0, 9),
    ) {
        // Words of three characters without space between them, and features that begin and end anywhere.
        let words: Vec<WordRange> = (0..10)
            .map(|word| WordRange { segment: Segment::A, start: 3 * word, end: 3 * word + 3 })
            .collect();
        let mut starts: Vec<usize> = std::iter::once(0).chain(cuts).collect();
        starts.push(30);
        let features: Vec<ExplainedFeature> = starts
            .windows(2)
            .zip(&values)
            .map(|(range, value)| feature(Segment::A, range[0], range[1], *value))
            .collect();
        let sum: f64 = values_by_word(&words, &features).into_iter().flatten().sum();
        let expected: f64 = features.iter().map(|feature| feature.value).sum();
        prop_assert!((sum - expected).abs() < 1e-12);
    }
}
