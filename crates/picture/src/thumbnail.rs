//! One head's attention as a small bitmap: a model has more of them than shapes can be drawn for.

use vitrine_attention::AttentionSlice;

/// The weights of one head in 256 steps, destinations by sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    rows: usize,
    columns: usize,
    values: Vec<u8>,
    /// Of a difference, what is lost; the values are then what is gained.
    pub(crate) losses: Option<Box<Thumbnail>>,
}

/// How a thumbnail is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThumbnailStyle {
    /// A straight line from each destination, at the left, to each source, at the right; opacity is the weight.
    Lines,
    /// A cell for each destination (row) and source (column); opacity is the weight.
    Cells,
}

impl Thumbnail {
    /// Takes `rows × columns` values, or nothing if their number differs.
    pub fn new(rows: usize, columns: usize, values: Vec<u8>) -> Option<Thumbnail> {
        (values.len() == rows * columns).then_some(Thumbnail {
            rows,
            columns,
            values,
            losses: None,
        })
    }

    /// What is drawn of the head at a place of a slice.
    pub fn of_slice(slice: &AttentionSlice, place: usize) -> Thumbnail {
        Thumbnail::of_weights(slice, |row, column| slice.drawn_weight(place, row, column))
    }

    /// Of weights for the rows and columns of a slice; what is below 0 counts as 0.
    pub(crate) fn of_weights(slice: &AttentionSlice, weight: impl Fn(usize, usize) -> f32) -> Thumbnail {
        let (rows, columns) = (slice.destinations().len(), slice.sources().len());
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            // A weight is at most 1, but for rounding.
            let step = |column| (weight(row, column) * 255.0).round() as u8;
            values.extend((0..columns).map(step));
        }
        Thumbnail {
            rows,
            columns,
            values,
            losses: None,
        }
    }

    /// How much of each pixel of a bitmap is covered, 0 to 1, row by row.
    pub fn coverage(&self, style: ThumbnailStyle, width: usize, height: usize) -> Vec<f32> {
        match style {
            ThumbnailStyle::Lines => self.lines(width, height),
            ThumbnailStyle::Cells => self.cells(width, height),
        }
    }

    fn weights(&self) -> impl Iterator<Item = (usize, usize, f32)> {
        let columns = self.columns.max(1);
        self.values
            .iter()
            .enumerate()
            .filter(|(_, value)| **value > 0)
            .map(move |(at, value)| (at / columns, at % columns, f32::from(*value) / 255.0))
    }

    /// Lines lie on each other; each is as wide as its row is high, but at most one pixel, shared between the two pixels
    /// that it passes between.
    fn lines(&self, width: usize, height: usize) -> Vec<f32> {
        let mut through = vec![1.0f32; width * height];
        if width < 2 || height == 0 {
            return vec![0.0; width * height];
        }
        let thickness = (height as f32 / self.rows.max(1) as f32).min(1.0);
        let middle = |at: usize, count: usize| (at as f32 + 0.5) / count as f32 * height as f32 - 0.5;
        for (row, column, weight) in self.weights() {
            let weight = weight * thickness;
            let (from, to) = (middle(row, self.rows), middle(column, self.columns));
            let slope = (to - from) / (width - 1) as f32;
            for x in 0..width {
                let y = (from + slope * x as f32).max(0.0);
                let upper = y as usize;
                let share = y - upper as f32;
                if let Some(through) = through.get_mut(upper * width + x) {
                    *through *= 1.0 - weight * (1.0 - share);
                }
                if upper + 1 < height {
                    through[(upper + 1) * width + x] *= 1.0 - weight * share;
                }
            }
        }
        through.into_iter().map(|through| 1.0 - through).collect()
    }

    /// Where a pixel holds several cells, the strongest of them shows: a mean would hide what a head looks at.
    fn cells(&self, width: usize, height: usize) -> Vec<f32> {
        let mut coverage = vec![0.0f32; width * height];
        let pixels = |at: usize, count: usize, length: usize| {
            let first = at * length / count;
            first..((at + 1) * length / count).max(first + 1).min(length)
        };
        for (row, column, weight) in self.weights() {
            for y in pixels(row, self.rows, height) {
                for x in pixels(column, self.columns, width) {
                    let pixel = &mut coverage[y * width + x];
                    *pixel = pixel.max(weight);
                }
            }
        }
        coverage
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Colour, combined_opacity, difference::coloured, fixture};

    const BLACK: Colour = Colour {
        red: 0,
        green: 0,
        blue: 0,
    };
    const HUE: Colour = Colour {
        red: 200,
        green: 100,
        blue: 0,
    };

    proptest! {
        #[test]
        fn no_pixel_is_covered_more_than_wholly_and_none_without_weights(
            rows in 1usize..9, columns in 1usize..9, seed in 0u8..255, width in 1usize..40, height in 1usize..40,
        ) {
            let values = (0..rows * columns).map(|at| seed.wrapping_mul(at as u8 + 3)).collect();
            let thumbnail = Thumbnail::new(rows, columns, values).unwrap();
            let empty = Thumbnail::new(rows, columns, vec![0; rows * columns]).unwrap();
            for style in [ThumbnailStyle::Lines, ThumbnailStyle::Cells] {
                let coverage = thumbnail.coverage(style, width, height);
                prop_assert_eq!(coverage.len(), width * height);
                prop_assert!(coverage.iter().all(|share| (0.0..=1.0).contains(share)));
                prop_assert!(empty.coverage(style, width, height).iter().all(|share| *share == 0.0));
            }
        }

        #[test]
        fn cells_that_have_room_keep_their_weight(tokens in 1usize..6, scale in 1usize..5, seed in 0u8..255) {
            let values: Vec<u8> = (0..tokens * tokens).map(|at| seed.wrapping_mul(at as u8 + 3)).collect();
            let thumbnail = Thumbnail::new(tokens, tokens, values.clone()).unwrap();
            let side = tokens * scale;
            let coverage = thumbnail.coverage(ThumbnailStyle::Cells, side, side);
            for y in 0..side {
                for x in 0..side {
                    let value = values[y / scale * tokens + x / scale];
                    prop_assert_eq!(coverage[y * side + x], f32::from(value) / 255.0);
                }
            }
        }
    }

    #[test]
    fn of_cells_that_share_a_pixel_the_strongest_shows() {
        let thumbnail = Thumbnail::new(1, 4, vec![10, 255, 0, 51]).unwrap();
        assert_eq!(thumbnail.coverage(ThumbnailStyle::Cells, 2, 1), [1.0, 0.2]);
    }

    #[test]
    fn a_line_runs_from_its_destination_to_its_source() {
        let thumbnail =
            Thumbnail::new(4, 4, (0..16).map(|at| if at == 3 { 255 } else { 0 }).collect()).unwrap();
        let coverage = thumbnail.coverage(ThumbnailStyle::Lines, 4, 4);
        for (at, share) in coverage.iter().enumerate() {
            assert_eq!(*share > 0.99, at / 4 == at % 4, "{coverage:?}");
        }
        let flat = Thumbnail::new(1, 1, vec![128]).unwrap();
        let coverage = flat.coverage(ThumbnailStyle::Lines, 3, 2);
        let half = 128.0 / 255.0 / 2.0;
        assert!(
            coverage.iter().all(|share| (share - half).abs() < 1e-6),
            "{coverage:?}"
        );
    }

    #[test]
    fn lines_with_less_room_than_a_pixel_are_fainter() {
        let tokens = 40;
        let straight = (0..tokens * tokens).map(|at| if at / tokens == at % tokens { 255 } else { 0 });
        let thumbnail = Thumbnail::new(tokens, tokens, straight.collect()).unwrap();
        let coverage = thumbnail.coverage(ThumbnailStyle::Lines, 4, 10);
        // Four of them share a pixel, each a quarter of it wide.
        let shared = combined_opacity([0.25; 4]);
        let inner = &coverage[4..36];
        assert!(
            inner.iter().all(|share| (share - shared).abs() < 0.1),
            "{inner:?}"
        );
    }

    #[test]
    fn lines_that_cross_cover_as_strands_do() {
        let cross = Thumbnail::new(3, 3, vec![0, 0, 128, 0, 0, 0, 64, 0, 0]).unwrap();
        let middle = cross.coverage(ThumbnailStyle::Lines, 3, 3)[4];
        assert!((middle - combined_opacity([128.0 / 255.0, 64.0 / 255.0])).abs() < 1e-6);
    }

    #[test]
    fn a_slice_is_kept_to_half_a_step_and_a_hue_lies_on_its_ground() {
        let analysis = fixture::uneven(2);
        let slice = fixture::whole(&analysis);
        let thumbnail = Thumbnail::of_slice(&slice, 1);
        for (row, column, weight) in thumbnail.weights() {
            assert!((weight - slice.weight(1, row, column)).abs() <= 0.5 / 255.0 + 1e-6);
        }
        assert_eq!(
            coloured(&[0.0, 0.5, 1.0], HUE, BLACK),
            [0, 0, 0, 255, 100, 50, 0, 255, 200, 100, 0, 255]
        );
        assert!(Thumbnail::new(2, 2, vec![0; 3]).is_none());
    }
}
