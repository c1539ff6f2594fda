//! What attention gains and loses from one run to another: the same pictures on a scale that is symmetric about zero.

use vitrine_attention::AttentionSlice;
use vitrine_record::{HeadIdx, Side};

use crate::{Colour, HeadView, Paint, Palette, Theme, Thumbnail, ThumbnailStyle, units_of};

/// The scale of differences reaches at least this far to both sides, so that what is next to nothing looks like it.
pub const LEAST_LIMIT_OF_DIFFERENCES: f32 = 0.01;

/// Where the scale of differences ends on both sides, if the largest of them is so large.
pub fn limit_of_differences(largest: f32) -> f32 {
    largest.abs().max(LEAST_LIMIT_OF_DIFFERENCES)
}

/// The paint of a line that stands for a difference: its sign. The size is the line's opacity.
pub(crate) fn sign(difference: f32) -> Paint {
    Paint::Signed(1f32.copysign(difference))
}

/// The line of a difference that changes most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DifferenceReading {
    /// The head.
    pub head: HeadIdx,
    /// The unit that asks, by its place in the slice.
    pub destination: usize,
    /// The unit that answers, by its place in the slice.
    pub source: usize,
    /// By how much its weight grows; negative where it shrinks.
    pub difference: f32,
}

/// What changes most of what is selected in a view of a difference, or of all of it without a selection. Nothing
/// where nothing changes.
pub fn difference_reading(view: &HeadView) -> Option<DifferenceReading> {
    let slice = view.slice;
    let looked_at = |side| -> Vec<usize> {
        match view.selected(side) {
            [] => (0..units_of(slice, side).len()).collect(),
            selected => selected.to_vec(),
        }
    };
    let (destinations, sources) = (looked_at(Side::Destination), looked_at(Side::Source));
    let mut largest: Option<DifferenceReading> = None;
    for (place, &head) in slice.heads().iter().enumerate() {
        for &destination in &destinations {
            for &source in &sources {
                let difference = slice.weight(place, destination, source);
                if difference.abs() > largest.map_or(0.0, |largest| largest.difference.abs()) {
                    largest = Some(DifferenceReading {
                        head,
                        destination,
                        source,
                        difference,
                    });
                }
            }
        }
    }
    largest
}

impl Thumbnail {
    /// What is drawn of a difference, of the head at a place, on a scale that ends at a limit on both sides.
    pub fn of_difference(slice: &AttentionSlice, place: usize, limit: f32) -> Thumbnail {
        let limit = limit_of_differences(limit);
        let of_sign = |sign: f32| {
            Thumbnail::of_weights(slice, |row, column| {
                slice.drawn_weight(place, row, column) * sign / limit
            })
        };
        let mut thumbnail = of_sign(1.0);
        thumbnail.losses = Some(Box::new(of_sign(-1.0)));
        thumbnail
    }

    /// The thumbnail as a bitmap: red, green, blue and alpha, row by row. Weights have the paint of their head,
    /// differences that of their sign.
    pub fn pixels(
        &self,
        style: ThumbnailStyle,
        (width, height): (usize, usize),
        head: HeadIdx,
        theme: Theme,
    ) -> Vec<u8> {
        let palette = Palette::built_in();
        let ground = palette.colour(Paint::Paper, theme);
        let coverage = self.coverage(style, width, height);
        let Some(losses) = &self.losses else {
            return coloured(&coverage, palette.colour(Paint::Head(head), theme), ground);
        };
        let hues = [1.0, -1.0].map(|sign| palette.colour(Paint::Signed(sign), theme));
        let losses = losses.coverage(style, width, height);
        let pairs = coverage.into_iter().zip(losses);
        pairs
            .flat_map(|(gain, loss)| {
                rgba(
                    mixed(hues, [gain, loss]),
                    ground,
                    1.0 - (1.0 - gain) * (1.0 - loss),
                )
            })
            .collect()
    }
}

/// Two hues in the proportion in which they cover a pixel, whichever lies on top.
fn mixed([one, other]: [Colour; 2], [share, other_share]: [f32; 2]) -> Colour {
    let sum = share + other_share;
    let weight = if sum > 0.0 { share / sum } else { 0.5 };
    Colour {
        red: between(other.red, one.red, weight),
        green: between(other.green, one.green, weight),
        blue: between(other.blue, one.blue, weight),
    }
}

fn between(from: u8, to: u8, share: f32) -> u8 {
    // Between two bytes.
    (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8
}

fn rgba(hue: Colour, ground: Colour, share: f32) -> [u8; 4] {
    [
        between(ground.red, hue.red, share),
        between(ground.green, hue.green, share),
        between(ground.blue, hue.blue, share),
        u8::MAX,
    ]
}

/// The pixels of a bitmap as red, green, blue and alpha, from how much of each is covered: a hue on a ground.
pub(crate) fn coloured(coverage: &[f32], hue: Colour, ground: Colour) -> Vec<u8> {
    coverage
        .iter()
        .flat_map(|&share| rgba(hue, ground, share))
        .collect()
}

#[cfg(test)]
mod tests {
    use vitrine_record::{Analysis, AttentionOptions, Drawing};

    use super::*;
    use crate::{
        HeatMap, Shape,
        fixture::{self, METRICS, PIECES, selected, whole},
    };

    /// Of one head and four tokens: the second row's attention moves by `moved` from the second to the third column.
    fn difference(moved: f32) -> (Analysis, AttentionSlice) {
        let run = |moved: f32| {
            let attention = fixture::layer(1, 4, |_, row, column| match (row, column) {
                (1, 1) => 0.5 - moved,
                (1, 2) => 0.5 + moved,
                (1, _) => 0.0,
                _ => 1.0,
            });
            fixture::analysis(&PIECES, attention)
        };
        let (from, to) = (run(0.0), run(moved));
        let options = AttentionOptions::default();
        let slice = AttentionSlice::difference(&whole(&from), &whole(&to), &options).unwrap();
        (to, slice)
    }

    #[test]
    fn lines_have_the_paint_of_their_sign_and_the_opacity_of_their_size() {
        let (analysis, slice) = difference(0.25);
        for selection in [None, Some(selected(1, Side::Destination))] {
            let view = HeadView::new(
                &slice,
                &analysis.tokens,
                selection.as_ref(),
                Drawing::Lines,
                METRICS,
            );
            assert_eq!(view.limit(), 0.25);
            let strands: Vec<_> = view
                .lines()
                .into_iter()
                .map(|line| match line {
                    Shape::Curve { strands, to, .. } => (to.y, strands[0].paint, strands[0].opacity),
                    other => panic!("not a line: {other:?}"),
                })
                .collect();
            let row = |at: f32| (at + 0.5) * METRICS.row_height;
            assert_eq!(strands.len(), 2, "what does not change has no line");
            assert!(strands.contains(&(row(1.0), Paint::Signed(-1.0), 1.0)));
            assert!(strands.contains(&(row(2.0), Paint::Signed(1.0), 1.0)));
            assert_eq!(view.strips().len(), if selection.is_some() { 2 } else { 0 });
        }
    }

    #[test]
    fn what_is_next_to_nothing_is_faint() {
        let (analysis, slice) = difference(0.001);
        let view = HeadView::new(&slice, &analysis.tokens, None, Drawing::Lines, METRICS);
        assert_eq!(view.limit(), LEAST_LIMIT_OF_DIFFERENCES);
        for line in view.lines() {
            assert!(matches!(line, Shape::Curve { strands, .. } if (strands[0].opacity - 0.1).abs() < 1e-3));
        }
    }

    #[test]
    fn a_heat_map_is_symmetric_about_zero() {
        let (analysis, slice) = difference(0.25);
        let map = HeatMap::new(&slice, &analysis.tokens, None);
        assert_eq!(map.limit(), 0.25);
        let palette = Palette::built_in();
        for theme in [Theme::Light, Theme::Dark] {
            let pixels = map.pixels(palette, theme);
            let pixel = |row: usize, column: usize| &pixels[4 * (row * 4 + column)..][..3];
            for (column, place) in [(0, 0.0), (1, -1.0), (2, 1.0)] {
                let Colour { red, green, blue } = palette.colour(Paint::Signed(place), theme);
                assert_eq!(pixel(1, column), [red, green, blue]);
            }
        }
        let paints: Vec<_> = map
            .cells(10.0, Some(crate::NumberStyle::English))
            .into_iter()
            .map(|shape| match shape {
                Shape::Rectangle { paint, .. } => format!("{paint:?}"),
                Shape::Text { paint, content, .. } => format!("{content} {paint:?}"),
                other => panic!("{other:?} in a heat map"),
            })
            .collect();
        assert_eq!(
            paints,
            [
                "Signed(-1.0)",
                "−0.25 OnSigned(-1.0)",
                "Signed(1.0)",
                "+0.25 OnSigned(1.0)"
            ]
        );
    }

    #[test]
    fn a_thumbnail_has_one_hue_for_gains_and_one_for_losses() {
        let (_, slice) = difference(0.25);
        let thumbnail = Thumbnail::of_difference(&slice, 0, 0.5);
        let theme = Theme::Light;
        let pixels = thumbnail.pixels(ThumbnailStyle::Cells, (4, 4), HeadIdx(3), theme);
        let palette = Palette::built_in();
        let paper = palette.colour(Paint::Paper, theme);
        for at in 0..16 {
            let (hue, share) = match (at / 4, at % 4) {
                (1, 1) => (palette.colour(Paint::Signed(-1.0), theme), 128.0 / 255.0),
                (1, 2) => (palette.colour(Paint::Signed(1.0), theme), 128.0 / 255.0),
                _ => (paper, 0.0),
            };
            assert_eq!(pixels[4 * at..4 * at + 4], rgba(hue, paper, share));
        }
        let none = Thumbnail::of_difference(&difference(0.0).1, 0, 0.0);
        let pixels = none.pixels(ThumbnailStyle::Lines, (9, 9), HeadIdx(0), theme);
        assert!(
            pixels
                .chunks_exact(4)
                .all(|pixel| pixel == rgba(paper, paper, 0.0))
        );
    }

    #[test]
    fn the_reading_names_what_changes_most() {
        let (analysis, slice) = difference(0.25);
        let read = |selection: Option<crate::Selection>| {
            difference_reading(&HeadView::new(
                &slice,
                &analysis.tokens,
                selection.as_ref(),
                Drawing::Lines,
                METRICS,
            ))
        };
        let reading = read(Some(selected(2, Side::Source))).unwrap();
        assert_eq!((reading.destination, reading.source), (1, 2));
        assert!((reading.difference - 0.25).abs() < 1e-6);
        assert_eq!(read(None).unwrap().difference.abs(), 0.25);
        assert_eq!(read(Some(selected(0, Side::Destination))), None);
    }
}
