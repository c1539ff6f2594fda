//! Weights that stay in eight bits.
//!
//! The blocks of a GGUF file's Q8_0 are 32 integers of eight bits with one scale, one after the other along the depth
//! of a product (`block_q8_0` in llama.cpp's `ggml-common.h`).

use half::f16;

use super::lanes::Bytes;
use super::panels::{Strip, WIDTH, strip};

/// Depths of a tile: the integers of a block.
pub(crate) const DEPTHS: usize = 32;

/// A block as the file has it: the scale in two bytes, then the integers.
type Block = [u8; 2 + DEPTHS];

/// A part of a panel: one block of each of its columns, in the order in which a product reads it.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    scales: Strip,
    /// Two depths each.
    pairs: [Bytes; DEPTHS / 2],
}

impl Tile {
    /// Columns without a block are zeros.
    fn new(blocks: [Option<&Block>; WIDTH]) -> Tile {
        let scale = |&[low, high, ..]: &Block| f16::from_le_bytes([low, high]).to_f32();
        let integer =
            |at: usize, column: usize| blocks[column].map_or(0, |block| block[2 + at].cast_signed());
        Tile {
            scales: strip(&blocks.map(|block| block.map_or(0.0, scale))),
            pairs: std::array::from_fn(|pair| {
                Bytes::new(std::array::from_fn(|index| {
                    integer(2 * pair + index / WIDTH, index % WIDTH)
                }))
            }),
        }
    }

    /// Two depths: the very numbers that the block stands for, integer times scale.
    #[inline(always)]
    pub(crate) fn pair(&self, pair: usize) -> [Strip; 2] {
        let [a, b, c, d] = self.pairs[pair].to_lanes();
        let [low, high] = self.scales;
        [[a.times(low), b.times(high)], [c.times(low), d.times(high)]]
    }
}

/// The tiles of a panel, from the rows of blocks of at most eight columns.
pub(crate) fn pack<'a>(columns: &[&'a [u8]]) -> impl Iterator<Item = Tile> {
    let blocks: [&'a [Block]; WIDTH] =
        std::array::from_fn(|column| columns.get(column).map_or(&[][..], |bytes| bytes.as_chunks().0));
    (0..blocks[0].len()).map(move |index| Tile::new(blocks.map(|blocks| blocks.get(index))))
}

/// Writes the numbers of `tiles`, 32 strips for each, to `strips`.
#[inline(never)]
pub(crate) fn unpack(tiles: &[Tile], strips: &mut [Strip]) {
    for (tile, strips) in tiles.iter().zip(strips.as_chunks_mut::<DEPTHS>().0) {
        for (pair, strips) in strips.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            *strips = tile.pair(pair);
        }
    }
}

/// The same in a vector of their own.
pub(crate) fn unpacked(tiles: &[Tile]) -> Vec<Strip> {
    let mut strips = Vec::with_capacity(tiles.len() * DEPTHS);
    for tile in tiles {
        strips.extend((0..DEPTHS / 2).flat_map(|pair| tile.pair(pair)));
    }
    strips
}
