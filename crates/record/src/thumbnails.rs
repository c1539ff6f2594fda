//! Attention made small: what a picture of many heads at once draws, and what travels of a long text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{LayerAttention, LayerIdx};

/// Attention probabilities of one layer, `[head, row, column]` in row-major order, as bytes.
///
/// A row stands for a block of neighbouring destinations, a column for a block of sources; a value is the largest
/// probability in its block, times 255 and rounded. Up to [`AttentionThumbnails::LARGEST_SIDE`] tokens each block is
/// one token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionThumbnails {
    /// The layer.
    pub layer: LayerIdx,
    heads: usize,
    side: usize,
    values: Vec<u8>,
}

impl AttentionThumbnails {
    /// The most rows, and columns, that a thumbnail has.
    pub const LARGEST_SIDE: usize = 128;

    /// The rows, and columns, of a thumbnail of so many tokens.
    pub fn side_of(tokens: usize) -> usize {
        tokens.min(Self::LARGEST_SIDE)
    }

    /// The tokens that a row or a column stands for in a thumbnail of so many; none outside of it.
    ///
    /// ```
    /// use vitrine_record::AttentionThumbnails;
    /// assert_eq!(AttentionThumbnails::block(5, 9), 5..6);
    /// assert_eq!(AttentionThumbnails::block(127, 512), 508..512);
    /// ```
    pub fn block(cell: usize, tokens: usize) -> Range<usize> {
        let side = Self::side_of(tokens);
        if cell >= side {
            return tokens..tokens;
        }
        cell * tokens / side..(cell + 1) * tokens / side
    }

    /// The thumbnails of all heads of a layer, of attention within a text.
    pub fn new(attention: &LayerAttention) -> AttentionThumbnails {
        let (heads, tokens) = (attention.heads(), attention.tokens());
        let side = Self::side_of(tokens);
        let blocks: Vec<Range<usize>> = (0..side).map(|cell| Self::block(cell, tokens)).collect();
        let mut values = Vec::with_capacity(heads * side * side);
        for head in 0..heads {
            for rows in &blocks {
                let mut largest = vec![0.0_f32; side];
                for row in rows.clone().map(|destination| attention.row(head, destination)) {
                    for (largest, columns) in largest.iter_mut().zip(&blocks) {
                        let block = row.get(columns.clone()).unwrap_or_default();
                        *largest = block.iter().copied().fold(*largest, f32::max);
                    }
                }
                values.extend(
                    largest
                        .iter()
                        .map(|&probability| (probability * 255.0).round() as u8),
                );
            }
        }
        AttentionThumbnails {
            layer: attention.layer,
            heads,
            side,
            values,
        }
    }

    /// Number of heads.
    pub fn heads(&self) -> usize {
        self.heads
    }

    /// Number of rows, which is that of columns.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The value of a row and a column, from 0 to 255; 0 outside the array.
    pub fn at(&self, head: usize, row: usize, column: usize) -> u8 {
        let place = row * self.side + column;
        let inside = row < self.side && column < self.side;
        self.of_head(head)
            .get(place)
            .copied()
            .filter(|_| inside)
            .unwrap_or(0)
    }

    /// One head's values, row by row. Empty for a head that is not there.
    pub fn of_head(&self, head: usize) -> &[u8] {
        let size = self.side * self.side;
        self.values
            .get(head.saturating_mul(size)..)
            .and_then(|rest| rest.get(..size))
            .unwrap_or(&[])
    }

    /// Whether the array has the length that its shape says, and the shape that so many tokens have; what arrives in
    /// a message or a file may not.
    pub fn is_consistent(&self, tokens: usize) -> bool {
        self.side == Self::side_of(tokens)
            && Some(self.values.len()) == self.heads.checked_mul(self.side * self.side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each probability tells where it stands.
    fn attention(heads: usize, tokens: usize) -> LayerAttention {
        let count = heads * tokens * tokens;
        let values = (0..count).map(|index| index as f32 / count as f32).collect();
        LayerAttention::new(LayerIdx(1), heads, tokens, values).unwrap()
    }

    #[test]
    fn a_short_text_keeps_every_cell() {
        let attention = attention(2, 5);
        let thumbnails = AttentionThumbnails::new(&attention);
        assert_eq!((thumbnails.side(), thumbnails.heads()), (5, 2));
        for (head, row, column) in [(0, 0, 0), (0, 3, 4), (1, 4, 2), (1, 4, 4)] {
            let expected = (attention.at(head, row, column) * 255.0).round() as u8;
            assert_eq!(thumbnails.at(head, row, column), expected);
        }
        assert_eq!(thumbnails.at(0, 0, 5), 0, "not the next row");
        assert_eq!(thumbnails.at(2, 0, 0), 0);
        assert!(thumbnails.of_head(2).is_empty());
        assert!(thumbnails.is_consistent(5) && !thumbnails.is_consistent(6));
    }

    #[test]
    fn a_cell_of_a_long_text_is_the_largest_of_its_block() {
        for tokens in [129, 200, 300] {
            let attention = attention(1, tokens);
            let thumbnails = AttentionThumbnails::new(&attention);
            assert_eq!(thumbnails.side(), 128);
            for (row, column) in [(0, 0), (64, 3), (127, 127), (10, 127)] {
                let (rows, columns) = (
                    AttentionThumbnails::block(row, tokens),
                    AttentionThumbnails::block(column, tokens),
                );
                let largest = attention.at(0, rows.end - 1, columns.end - 1);
                assert_eq!(thumbnails.at(0, row, column), (largest * 255.0).round() as u8);
            }
            assert!(thumbnails.is_consistent(tokens));
        }
    }

    #[test]
    fn every_token_is_in_one_block() {
        for tokens in 0..400 {
            let blocks = (0..AttentionThumbnails::side_of(tokens))
                .map(|cell| AttentionThumbnails::block(cell, tokens));
            let covered: Vec<usize> = blocks
                .flat_map(|block| {
                    assert!(!block.is_empty());
                    block
                })
                .collect();
            assert_eq!(covered, (0..tokens).collect::<Vec<_>>());
        }
    }
}
