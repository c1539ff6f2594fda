//! Made-up analyses for the tests of this crate.

use std::collections::BTreeSet;

use vitrine_attention::AttentionSlice;
use vitrine_record::{
    Analysis, AttentionOptions, HeadIdx, LayerAttention, LayerIdx, ModelInfo, Position, Prediction, Segment,
    Side, Token, TokenId,
};

use crate::{Metrics, Selection};

/// Tokens with the given pieces; those in brackets are special.
pub fn tokens(pieces: &[&str]) -> Vec<Token> {
    pieces
        .iter()
        .enumerate()
        .map(|(index, piece)| {
            let special = matches!(*piece, "[CLS]" | "[SEP]");
            Token {
                text: if special {
                    String::new()
                } else {
                    piece.trim_start_matches("##").to_owned()
                },
                piece: (*piece).to_owned(),
                id: TokenId(index as u32),
                start: 0,
                end: 0,
                segment: Segment::A,
                special,
            }
        })
        .collect()
}

/// One layer whose rows follow from `weight(head, destination, source)`, scaled to sum to 1.
pub fn layer(heads: usize, tokens: usize, weight: impl Fn(usize, usize, usize) -> f32) -> LayerAttention {
    let mut probabilities = Vec::new();
    for head in 0..heads {
        for destination in 0..tokens {
            let row: Vec<f32> = (0..tokens)
                .map(|source| weight(head, destination, source))
                .collect();
            let sum: f32 = row.iter().sum();
            probabilities.extend(row.iter().map(|weight| weight / sum));
        }
    }
    LayerAttention::new(LayerIdx(0), heads, tokens, probabilities).unwrap()
}

/// An analysis of one layer over the given pieces.
pub fn analysis(pieces: &[&str], attention: LayerAttention) -> Analysis {
    Analysis {
        model_hash: "0".repeat(64),
        text: pieces.join(" "),
        pair: None,
        tokens: tokens(pieces),
        prediction: Some(Prediction {
            logits: vec![-0.5, 0.5],
            probabilities: vec![0.27, 0.73],
        }),
        attention: vec![attention],
        thumbnails: Vec::new(),
        notices: Vec::new(),
    }
}

/// A layer of an analysis as it is looked at.
pub fn slice(
    analysis: &Analysis,
    layer: LayerIdx,
    heads: Option<&BTreeSet<HeadIdx>>,
    options: AttentionOptions,
) -> AttentionSlice {
    AttentionSlice::new(analysis.layer(layer).unwrap(), &analysis.tokens, heads, &options).unwrap()
}

/// The whole of the first layer as it is.
pub fn whole(analysis: &Analysis) -> AttentionSlice {
    slice(analysis, LayerIdx(0), None, AttentionOptions::default())
}

/// One token looked at from one end.
pub fn selected(position: usize, side: Side) -> Selection {
    Selection {
        positions: BTreeSet::from([Position(position)]),
        side,
    }
}

/// A model of one layer that fits [`analysis`].
pub fn model(heads: usize) -> ModelInfo {
    ModelInfo {
        id: "made-up".into(),
        hash: "0".repeat(64),
        layers: 1,
        heads,
        hidden: 4 * heads,
        intermediate: 16 * heads,
        max_tokens: 128,
        labels: vec!["NEGATIVE".into(), "POSITIVE".into()],
    }
}

/// The sizes of a small head view.
pub const METRICS: Metrics = Metrics {
    width: 300.0,
    row_height: 20.0,
    column_width: 80.0,
    line_width: 2.0,
};

/// The pieces of [`uneven`].
pub const PIECES: [&str; 4] = ["[CLS]", "good", "film", "[SEP]"];

/// An analysis whose heads and rows all differ.
pub fn uneven(heads: usize) -> Analysis {
    analysis(
        &PIECES,
        layer(heads, 4, |head, row, column| {
            1.0 + (head * 7 + row * 3 + column) as f32 % 5.0
        }),
    )
}
