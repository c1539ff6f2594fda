//! What holds for surveys of heads over many texts.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use common::{attention, layers, tokens};
use proptest::prelude::*;
use vitrine_attention::{
    HeadStatisticsAccumulator, HeadSurveyor, MeanAttentionAccumulator, ShapeError, add_divergences,
    head_divergences, head_map, head_scores,
};
use vitrine_record::{HeadDivergences, LayerAttention, MeanAttention, MeanPosition};

/// Probabilities are in single precision, so rows sum to 1 only as far as that goes.
const SINGLE: f32 = 2e-6;

/// Texts of unlike lengths that the same three layers of two heads read.
fn texts(most_tokens: usize) -> impl Strategy<Value = Vec<Vec<LayerAttention>>> {
    prop::collection::vec(layers(3..4, 2..3, 2..most_tokens), 1..5)
}

fn tokens_of(text: &[LayerAttention]) -> Vec<vitrine_record::Token> {
    tokens(&"word ".repeat(text[0].tokens() - 2))
}

fn surveyed(texts: &[Vec<LayerAttention>]) -> HeadSurveyor {
    let mut surveyor = HeadSurveyor::default();
    for text in texts {
        surveyor.read(text.clone(), &tokens_of(text), false).unwrap();
        while !surveyor.compare().unwrap() {}
    }
    surveyor
}

proptest! {
    #[test]
    fn rows_of_the_mean_sum_to_one_whatever_the_lengths(texts in texts(24)) {
        let mut accumulator = MeanAttentionAccumulator::default();
        prop_assert!(accumulator.mean().is_none());
        for text in &texts {
            accumulator.add_text(text).unwrap();
        }
        let mean = accumulator.mean().unwrap();
        for layer in &mean.layers {
            prop_assert!(layer.largest_row_sum_error() < SINGLE);
        }
        let longest = texts.iter().map(|text| text[0].tokens()).max().unwrap();
        let own = (longest - 2).min(MeanAttention::OWN_POSITIONS);
        let has_later = longest - 2 > MeanAttention::OWN_POSITIONS;
        prop_assert_eq!(mean.positions.len(), own + 2 + usize::from(has_later));
        prop_assert_eq!(mean.positions.contains(&MeanPosition::Later), has_later);
        for (position, sentences) in mean.positions.iter().zip(&mean.sentences) {
            let has = |tokens: usize| match position {
                MeanPosition::Opening | MeanPosition::Closing => true,
                MeanPosition::Token(at) => at + 1 < tokens,
                MeanPosition::Later => tokens - 2 > MeanAttention::OWN_POSITIONS,
            };
            let expect = texts.iter().filter(|text| has(text[0].tokens())).count();
            prop_assert_eq!(*sentences as usize, expect);
        }
    }

    #[test]
    fn the_mean_of_short_texts_of_one_length_is_that_of_each_weight(
        texts in prop::collection::vec(layers(2..3, 2..3, 7..8), 1..5),
    ) {
        let mut accumulator = MeanAttentionAccumulator::default();
        for text in &texts {
            accumulator.add_text(text).unwrap();
        }
        let mean = accumulator.mean().unwrap();
        for (layer, head, row, column) in (0..2 * 2 * 49).map(|i| (i / 98, i / 49 % 2, i / 7 % 7, i % 7)) {
            let of = |layers: &[LayerAttention]| layers[layer].at(head, row, column);
            let expect = texts.iter().map(|text| of(text)).sum::<f32>() / texts.len() as f32;
            prop_assert!((of(&mean.layers) - expect).abs() < SINGLE);
        }
    }

    #[test]
    fn a_survey_is_what_each_of_its_parts_comes_to_alone(texts in texts(9)) {
        let surveyor = surveyed(&texts);
        let survey = surveyor.finish();
        prop_assert!(survey.is_consistent());
        prop_assert_eq!(survey.sentences as usize, texts.len());
        let mut statistics = HeadStatisticsAccumulator::default();
        let mut sums: Option<HeadDivergences> = None;
        for text in &texts {
            statistics.add_text(&head_scores(text, &tokens_of(text)).unwrap());
            let divergences = head_divergences(text).unwrap();
            sums = Some(match sums {
                Some(sums) => add_divergences(&sums, &divergences).unwrap(),
                None => divergences,
            });
        }
        prop_assert_eq!(&survey.statistics, &statistics.statistics());
        let likeness = survey.likeness.unwrap();
        let sums = sums.unwrap();
        for (mean, sum) in likeness.divergences.values().iter().zip(sums.values()) {
            prop_assert!((mean * texts.len() as f64 - sum).abs() < 1e-12);
        }
        prop_assert_eq!(likeness.map, head_map(&likeness.divergences));
        prop_assert!(surveyor.so_far().likeness.is_none());
    }
}

#[test]
fn later_tokens_are_summed_as_keys_and_averaged_as_queries() {
    let own = MeanAttention::OWN_POSITIONS;
    let count = own + 5;
    // Every token gives all to the token after it, the last to itself.
    let next = attention(0, 1, count, |_, destination, source| {
        if source == (destination + 1).min(count - 1) {
            1.0
        } else {
            0.0
        }
    });
    let mut accumulator = MeanAttentionAccumulator::default();
    accumulator.add_text(&[next]).unwrap();
    let mean = accumulator.mean().unwrap();
    let row = |at: usize| mean.layers[0].row(0, at).to_vec();
    let (later, closing) = (own + 1, own + 2);
    // Three tokens are later: two of them look at later ones, the third at the closing token.
    assert!(
        (row(later)[later] - 2.0 / 3.0).abs() < SINGLE && (row(later)[closing] - 1.0 / 3.0).abs() < SINGLE
    );
    assert_eq!(row(own)[later], 1.0);
    assert_eq!(row(0)[1], 1.0);
    assert_eq!(row(closing)[closing], 1.0);
}

#[test]
fn texts_of_another_model_and_missing_layers_are_refused() {
    let of = |layer, heads| attention(layer, heads, 4, |_, _, _| 0.25);
    let mut surveyor = surveyed(&[vec![of(0, 2), of(1, 2)]]);
    let before = surveyor.finish();
    let four = tokens("a b");
    assert_eq!(
        surveyor.read(vec![of(0, 3), of(1, 3)], &four, false),
        Err(ShapeError::HeadsDiffer)
    );
    assert!(matches!(
        surveyor.read(vec![of(1, 2), of(0, 2)], &four, false),
        Err(ShapeError::LayerMissing { .. })
    ));
    assert!(matches!(
        surveyor.read(vec![of(0, 2), of(1, 2)], &tokens("a"), false),
        Err(ShapeError::TokensDiffer { .. })
    ));
    assert_eq!(surveyor.finish(), before);
}

#[test]
fn comparing_the_heads_of_a_long_text_takes_several_steps() {
    let count = 128;
    let layers: Vec<LayerAttention> = (0..6)
        .map(|layer| attention(layer, 12, count, |_, _, _| 1.0 / count as f64))
        .collect();
    let mut surveyor = HeadSurveyor::default();
    surveyor
        .read(layers, &tokens(&"a ".repeat(count - 2)), true)
        .unwrap();
    let mut steps = 1;
    while !surveyor.compare().unwrap() {
        steps += 1;
    }
    assert!(steps > 10, "{steps}");
    let survey = surveyor.finish();
    assert_eq!((survey.sentences, survey.cut), (1, 1));
    assert!(
        survey
            .likeness
            .unwrap()
            .divergences
            .values()
            .iter()
            .all(|value| *value < 1e-9)
    );
}
