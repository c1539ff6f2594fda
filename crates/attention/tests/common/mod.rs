//! What several tests read.
#![allow(dead_code, reason = "each test uses its own part")]

use proptest::prelude::*;
use vitrine_record::{LayerAttention, LayerIdx, Segment, Token, TokenId};

/// A token of a vocabulary entry; the template added it if it is special.
pub fn token(piece: &str, id: u32, segment: Segment, special: bool) -> Token {
    let text = match special {
        true => "",
        false => piece.trim_start_matches("##"),
    };
    let (start, end) = (0, text.chars().count());
    Token {
        text: text.into(),
        piece: piece.into(),
        id: TokenId(id),
        start,
        end,
        segment,
        special,
    }
}

/// The tokens of one text: `[CLS]`, the given words, `[SEP]`. Words that are spelt the same have the same number.
pub fn tokens(words: &str) -> Vec<Token> {
    let pieces: Vec<&str> = words.split_whitespace().collect();
    let id = |piece: &str| {
        pieces
            .iter()
            .position(|other| *other == piece)
            .unwrap_or_default() as u32
            + 3
    };
    let mut tokens = vec![token("[CLS]", 1, Segment::A, true)];
    tokens.extend(
        pieces
            .iter()
            .map(|piece| token(piece, id(piece), Segment::A, false)),
    );
    tokens.push(token("[SEP]", 2, Segment::A, true));
    tokens
}

/// Attention of one layer, each probability asked for by head, destination and source.
pub fn attention(
    layer: usize,
    heads: usize,
    tokens: usize,
    probability: impl Fn(usize, usize, usize) -> f64,
) -> LayerAttention {
    let square = tokens * tokens;
    let probabilities = (0..heads * square)
        .map(|index| probability(index / square, index % square / tokens, index % tokens) as f32);
    LayerAttention::new(LayerIdx(layer), heads, tokens, probabilities.collect()).unwrap()
}

/// Layers whose rows are softmaxes of random scores, some of them sharp.
pub fn layers(
    layers: std::ops::Range<usize>,
    heads: std::ops::Range<usize>,
    tokens: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<LayerAttention>> {
    (layers, heads, tokens, 0.1f64..20.0).prop_flat_map(|(layers, heads, tokens, sharpness)| {
        let scores = prop::collection::vec(0.0..1.0f64, heads * tokens * tokens);
        prop::collection::vec(scores, layers).prop_map(move |scores| {
            let layer = |(layer, scores): (usize, Vec<f64>)| {
                let powers: Vec<f64> = scores.iter().map(|score| (score * sharpness).exp()).collect();
                attention(layer, heads, tokens, |head, destination, source| {
                    let row = &powers[(head * tokens + destination) * tokens..][..tokens];
                    row[source] / row.iter().sum::<f64>()
                })
            };
            scores.into_iter().enumerate().map(layer).collect()
        })
    })
}
