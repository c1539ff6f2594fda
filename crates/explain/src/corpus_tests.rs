use proptest::prelude::*;
use vitrine_record::{ExplanationDetail, ExplanationSettings, Segment, Token, TokenId, message::TextInput};

use super::*;

const PIECES: [&str; 7] = ["good", "##ly", "##ish", "film", "not", "!", "[UNK]"];

/// A text of these pieces with these values, between special tokens that have values too.
fn explained(pieces: &[(usize, f64)]) -> Explanation {
    let token = |piece: &str, special| Token {
        text: if special {
            String::new()
        } else {
            piece.trim_start_matches("##").to_owned()
        },
        piece: piece.into(),
        id: TokenId(0),
        start: 0,
        end: 0,
        segment: Segment::A,
        special,
    };
    let typed = pieces
        .iter()
        .map(|(piece, value)| (token(PIECES[*piece], false), *value));
    let ends = |piece| std::iter::once((token(piece, true), 0.0));
    let (tokens, values): (Vec<Token>, Vec<f64>) = ends("[CLS]").chain(typed).chain(ends("[SEP]")).unzip();
    let sum: f64 = values.iter().sum();
    Explanation {
        model_hash: String::new(),
        input: TextInput::default(),
        settings: ExplanationSettings::default(),
        tokens,
        values,
        features: Vec::new(),
        base_value: 0.25,
        prediction: 0.25 + sum,
        evaluations: 10,
        exact_evaluations: Some(if pieces.len() > 4 { 20 } else { 10 }),
        check: ExplanationCheck::Additivity { residual: sum * 1e-9 },
        detail: ExplanationDetail::Nothing,
    }
}

fn any_text() -> impl Strategy<Value = Explanation> {
    prop::collection::vec((0..PIECES.len(), -1.0..1.0f64), 1..8).prop_map(|pieces| explained(&pieces))
}

fn any_unit() -> impl Strategy<Value = TokenUnit> {
    prop::sample::select(TokenUnit::ALL)
}

fn corpus(unit: TokenUnit, texts: &[(usize, &Explanation)]) -> Corpus {
    let mut corpus = Corpus::new(unit);
    for (place, text) in texts {
        corpus.add(*place, text);
    }
    corpus
}

fn placed(texts: &[Explanation]) -> Vec<(usize, &Explanation)> {
    texts.iter().enumerate().collect()
}

/// The same but for rounding.
fn are_alike(one: &Corpus, other: &Corpus) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() <= 1e-12;
    let tokens = one.tokens.iter().zip(&other.tokens);
    one.texts == other.texts
        && one.tokens.len() == other.tokens.len()
        && tokens.into_iter().all(|((name, one), (other_name, other))| {
            name == other_name
                && (one.occurrences, one.texts) == (other.occurrences, other.texts)
                && near(one.mean, other.mean)
                && near(one.mean_size, other.mean_size)
                && one.largest_size == other.largest_size
                && near(one.squared_deviations, other.squared_deviations)
        })
}

proptest! {
    #[test]
    fn statistics_are_those_of_all_occurrences(texts in prop::collection::vec(any_text(), 1..6), unit in any_unit()) {
        let corpus = corpus(unit, &placed(&texts));
        let mut occurrences_in_all = 0;
        for (name, token) in corpus.ranked(TokenOrder::MeanSize, 1) {
            let found = corpus.occurrences_of(name);
            let values: Vec<f64> = found.iter().map(|(_, occurrence)| occurrence.value).collect();
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            let size = values.iter().map(|value| value.abs()).sum::<f64>() / count;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            let mut places: Vec<usize> = found.iter().map(|(place, _)| *place).collect();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!((token.occurrences, token.texts), (values.len(), places.len()));
            prop_assert!((token.mean - mean).abs() < 1e-12 && (token.mean_size - size).abs() < 1e-12);
            let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
            prop_assert_eq!(token.largest_size, largest);
            prop_assert!((token.squared_deviations - squares).abs() < 1e-12);
            prop_assert_eq!(token.standard_deviation().is_some(), values.len() > 1);
            prop_assert!(values.is_sorted_by(|one, other| one >= other));
            occurrences_in_all += values.len();
        }
        prop_assert_eq!(corpus.occurrence_count(), occurrences_in_all);
        prop_assert_eq!(corpus.texts().map(|text| text.occurrences.len()).sum::<usize>(), occurrences_in_all);
    }

    #[test]
    fn the_order_of_texts_and_how_they_are_put_together_do_not_matter(
        texts in prop::collection::vec(any_text(), 1..7), unit in any_unit(), cut in 0..7usize,
    ) {
        let placed = placed(&texts);
        let whole = corpus(unit, &placed);
        let reversed: Vec<_> = placed.iter().rev().copied().collect();
        prop_assert!(are_alike(&whole, &corpus(unit, &reversed)));
        let (one, other) = placed.split_at(cut.min(placed.len()));
        let (one, other) = (corpus(unit, one), corpus(unit, other));
        let (mut forth, mut back) = (one.clone(), other.clone());
        forth.merge(&other);
        back.merge(&one);
        prop_assert!(are_alike(&whole, &forth) && are_alike(&whole, &back));
    }

    #[test]
    fn all_values_lead_from_base_values_to_predictions(
        texts in prop::collection::vec(any_text(), 1..6), unit in any_unit(),
    ) {
        let corpus = corpus(unit, &placed(&texts));
        let values: f64 = corpus
            .tokens
            .values()
            .map(|token| token.mean * token.occurrences as f64)
            .sum();
        let way: f64 = corpus.texts().map(|text| text.prediction - text.base_value).sum();
        prop_assert!((values - way).abs() < 1e-9);
        let sizes: f64 = corpus.tokens.values().map(TokenStatistics::total_size).sum();
        prop_assert!(values.abs() <= sizes + 1e-9);
    }

    #[test]
    fn a_text_counts_once(texts in prop::collection::vec(any_text(), 1..4), unit in any_unit()) {
        let once = corpus(unit, &placed(&texts));
        let twice: Vec<_> = placed(&texts).into_iter().chain(placed(&texts)).collect();
        prop_assert_eq!(&once, &corpus(unit, &twice));
    }

    #[test]
    fn orders_hold_every_text_once(texts in prop::collection::vec(any_text(), 0..9), unit in any_unit()) {
        let corpus = corpus(unit, &placed(&texts));
        let predictions: Vec<f64> =
            corpus.by_prediction().iter().map(|place| texts[*place].prediction).collect();
        prop_assert!(predictions.is_sorted_by(|one, other| one >= other));
        for mut order in [corpus.by_prediction(), corpus.by_likeness()] {
            order.sort_unstable();
            prop_assert_eq!(order, (0..texts.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_word_has_the_values_of_its_pieces(text in any_text()) {
        let words = occurrences(&text, TokenUnit::Words);
        let pieces = occurrences(&text, TokenUnit::Pieces);
        let positions = |found: &[Occurrence]| -> Vec<usize> {
            found.iter().flat_map(|occurrence| occurrence.positions.clone()).collect()
        };
        prop_assert_eq!(positions(&words), positions(&pieces));
        for word in words {
            let own: f64 = pieces
                .iter()
                .filter(|piece| word.positions.contains(&piece.positions.start))
                .map(|piece| piece.value)
                .sum();
            prop_assert!((own - word.value).abs() < 1e-12);
        }
    }
}

#[test]
fn tokens_are_ranked_by_mean_or_by_sum_and_rare_ones_can_be_left_out() {
    let texts = [
        explained(&[(3, 0.2), (4, -0.5)]),
        explained(&[(3, -0.2), (0, 0.3), (3, 0.4)]),
    ];
    let corpus = corpus(TokenUnit::Words, &placed(&texts));
    let names = |order, least| -> Vec<&str> {
        let ranked = corpus.ranked(order, least);
        ranked.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(TokenOrder::MeanSize, 1), ["not", "good", "film"]);
    assert_eq!(names(TokenOrder::TotalSize, 1), ["film", "not", "good"]);
    assert_eq!(names(TokenOrder::LargestSize, 1), ["not", "film", "good"]);
    assert_eq!(names(TokenOrder::Mean, 1), ["not", "good", "film"]);
    assert_eq!(names(TokenOrder::MeanSize, 2), ["film"]);
    assert_eq!(corpus.token("not").unwrap().rank(TokenOrder::Mean), -0.5);
    let film = corpus.token("film").unwrap();
    assert_eq!(film.rank(TokenOrder::LargestSize), 0.4);
    assert_eq!((film.occurrences, film.texts), (3, 2));
}

#[test]
fn texts_in_which_the_same_tokens_matter_alike_stand_together() {
    let texts = [
        explained(&[(0, 0.9), (3, 0.1)]),
        explained(&[(4, -0.8), (3, 0.1)]),
        explained(&[(0, 0.5), (3, 0.1)]),
        explained(&[(4, -0.4)]),
    ];
    assert_eq!(
        corpus(TokenUnit::Pieces, &placed(&texts)).by_likeness(),
        [0, 2, 1, 3]
    );
}

#[test]
fn the_texts_that_together_show_most_are_picked_one_after_the_other() {
    let texts = [
        explained(&[(0, 0.9)]),
        explained(&[(0, 0.8), (3, 0.1)]),
        explained(&[(4, -0.36)]),
    ];
    let corpus = corpus(TokenUnit::Pieces, &placed(&texts));
    // The importance of a token is the root of the sum of its sizes: √1.7, √0.1 and √0.36.
    let importance = [1.7f64, 0.1, 0.36].map(f64::sqrt);
    let all: f64 = importance.iter().sum();
    let one = corpus.pick(1);
    assert_eq!(one.places, [1]);
    assert!((one.share - (importance[0] + importance[1]) / all).abs() < 1e-12);
    let two = corpus.pick(2);
    assert_eq!(two.places, [1, 2]);
    assert!((two.share - 1.0).abs() < 1e-12);
    assert_eq!(
        Corpus::new(TokenUnit::Words).pick(5),
        TextPick {
            places: vec![],
            share: 0.0
        }
    );
}

#[test]
fn of_a_long_text_its_largest_values_are_shown() {
    let mut long: Vec<(usize, f64)> = (0..5).map(|piece| (piece, 0.5)).collect();
    long.push((5, 0.1));
    let texts = [explained(&long), explained(&[(5, 0.2)])];
    let picked = corpus(TokenUnit::Pieces, &placed(&texts)).pick(1);
    assert_eq!(picked.places, [0]);
    assert!(picked.share < 1.0, "\"!\" is not among the first five");
}

#[test]
fn values_of_special_tokens_are_in_the_sum_of_their_text() {
    let mut text = explained(&[(0, 0.5), (3, -0.25)]);
    (text.values[0], text.values[3]) = (0.0625, -0.125);
    text.prediction = text.base_value + text.values.iter().sum::<f64>();
    let corpus = corpus(TokenUnit::Words, &placed(&[text]));
    let known = corpus.text(0).unwrap();
    assert_eq!(known.sum, 0.1875);
    assert_eq!(known.base_value + known.sum, known.prediction);
    assert_eq!(known.occurrences.len(), 2);
}

#[test]
fn what_was_not_computed_in_full_is_counted() {
    let texts = [explained(&[(0, 0.5); 3]), explained(&[(0, -0.5); 6])];
    let corpus = corpus(TokenUnit::Pieces, &placed(&texts));
    assert_eq!(corpus.truncated_texts(), 1);
    assert!((corpus.largest_residual().unwrap() - 3e-9).abs() < 1e-15);
    assert_eq!(Corpus::new(TokenUnit::Words).largest_residual(), None);
}

#[test]
#[should_panic(expected = "each text is in one of them")]
fn a_text_cannot_be_merged_twice() {
    let texts = [explained(&[(0, 0.5)])];
    let mut one = corpus(TokenUnit::Words, &placed(&texts));
    one.merge(&one.clone());
}
