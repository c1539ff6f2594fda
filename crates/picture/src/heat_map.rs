//! Attention as a heat map: a row for each unit that asks, a column for each that answers.

use vitrine_attention::AttentionSlice;
use vitrine_record::Side;

use crate::{
    Anchor, Colour, FigureWords, NumberStyle, Paint, Palette, Point, Quantity, Scene, Selection, Shape,
    Theme, TokenEnds,
    figure::{Frame, MOST_CHARACTERS_OF_A_LABEL},
    head_view::{SMALLEST_VISIBLE_OPACITY, units_of},
    text::shortened,
    tile::unit_tiles,
};

/// Numbers are written into the cells of a picture of up to so many rows and columns.
const MOST_NUMBERED: usize = 24;

/// Smaller numbers would be written as 0, which their cell says better.
const SMALLEST_NUMBER: f32 = 0.005;

/// The mean over the heads of a slice, cell by cell. The scale runs from 0 to [`HeatMap::limit`]; where
/// weights can be negative, from minus the limit over 0 to the limit.
#[derive(Clone, Debug)]
pub struct HeatMap<'a> {
    slice: &'a AttentionSlice,
    ends: TokenEnds<'a>,
    selection: Option<&'a Selection>,
    limit: f32,
}

impl<'a> HeatMap<'a> {
    /// Lays out a slice of the attention between the tokens at its ends.
    pub fn new(
        slice: &'a AttentionSlice,
        ends: impl Into<TokenEnds<'a>>,
        selection: Option<&'a Selection>,
    ) -> Self {
        let mut limit = 0.0f32;
        for destination in 0..slice.destinations().len() {
            for source in 0..slice.sources().len() {
                limit = limit.max(slice.drawn_mean(destination, source).abs());
            }
        }
        HeatMap {
            slice,
            ends: ends.into(),
            selection,
            limit: Quantity::of(slice).limit(limit),
        }
    }

    /// The same on a scale that another picture has as well.
    pub fn with_limit(self, limit: Option<f32>) -> Self {
        let limit = limit.unwrap_or(self.limit);
        HeatMap { limit, ..self }
    }

    /// The largest mean that is drawn, without its sign: the end of the scale.
    pub fn limit(&self) -> f32 {
        self.limit
    }

    /// Rows and columns.
    pub fn size(&self) -> (usize, usize) {
        (self.slice.destinations().len(), self.slice.sources().len())
    }

    /// Where a cell stands on the scale: 0 to 1, or −1 to 1.
    fn place(&self, destination: usize, source: usize) -> f32 {
        if self.limit > 0.0 {
            self.slice.drawn_mean(destination, source) / self.limit
        } else {
            0.0
        }
    }

    /// One pixel for each cell, row by row, as red, green, blue and alpha.
    pub fn pixels(&self, palette: &Palette, theme: Theme) -> Vec<u8> {
        let (rows, columns) = self.size();
        let is_signed = self.slice.is_signed();
        let ramp: Vec<Colour> = if is_signed {
            palette.signed_ramp(theme).into()
        } else {
            palette.sequential_ramp(theme).into()
        };
        let zero = if is_signed { 1.0 } else { 0.0 };
        (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .flat_map(|(row, column)| {
                // A place and its zero come to a number between 0 and the end of the ramp.
                let step = ((zero + self.place(row, column)) * 255.0).round() as usize;
                let Colour { red, green, blue } = ramp[step.min(ramp.len() - 1)];
                [red, green, blue, u8::MAX]
            })
            .collect()
    }

    /// The cells as shapes of a size, those at 0 left out; with a style, and if there are few enough of them, each with
    /// its number. What is no share can have too many digits for a cell.
    pub fn cells(&self, cell: f32, numbers: Option<NumberStyle>) -> Vec<Shape> {
        let (rows, columns) = self.size();
        let is_signed = self.slice.is_signed();
        let quantity = Quantity::of(self.slice);
        let numbers = numbers.filter(|_| self.is_numbered() && quantity.variant.is_share());
        let mut shapes = Vec::new();
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let place = self.place(row, column);
            if place.abs() < SMALLEST_VISIBLE_OPACITY {
                continue;
            }
            let corner = Point {
                x: column as f32 * cell,
                y: row as f32 * cell,
            };
            shapes.push(Shape::Rectangle {
                corner,
                width: cell,
                height: cell,
                paint: if is_signed {
                    Paint::Signed(place)
                } else {
                    Paint::Sequential(place)
                },
                opacity: 1.0,
            });
            let mean = self.slice.drawn_mean(row, column);
            shapes.extend(
                numbers
                    .filter(|_| mean.abs() >= SMALLEST_NUMBER)
                    .map(|style| Shape::Text {
                        at: Point {
                            x: corner.x + cell * 0.9,
                            y: corner.y + cell * 0.63,
                        },
                        anchor: Anchor::End,
                        size: cell * 0.38,
                        turned: false,
                        bold: false,
                        paint: if is_signed {
                            Paint::OnSigned(place)
                        } else {
                            Paint::OnSequential(place)
                        },
                        content: style.exact_weight(mean, quantity, 2),
                    }),
            );
        }
        shapes
    }

    /// Whether there are few enough cells for each to have its number.
    pub fn is_numbered(&self) -> bool {
        let (rows, columns) = self.size();
        rows.max(columns) <= MOST_NUMBERED
    }

    /// The whole picture with its tokens, as it is exported.
    pub fn scene(&self, words: &FigureWords) -> Scene {
        const CELL: f32 = 28.0;
        const LABELS: f32 = 150.0;
        let (rows, columns) = self.size();
        let size = CELL * 0.5;
        let mut shapes = self.cells(CELL, Some(words.numbers));
        for shape in &mut shapes {
            shape.shift(LABELS, LABELS);
        }
        for side in [Side::Destination, Side::Source] {
            let units = units_of(self.slice, side);
            for (at, tile) in unit_tiles(self.ends.at(side), units).into_iter().enumerate() {
                let is_selected = self.selection.is_some_and(|selection| {
                    selection.side == side
                        && selection
                            .positions
                            .iter()
                            .any(|position| units[at].contains(*position))
                });
                let mut label = Shape::Text {
                    at: Point {
                        x: LABELS - 8.0,
                        y: LABELS + (at as f32 + 0.5) * CELL + size * 0.32,
                    },
                    anchor: Anchor::End,
                    size,
                    turned: false,
                    bold: is_selected,
                    paint: if tile.special { Paint::Quiet } else { Paint::Ink },
                    content: shortened(&tile.text, MOST_CHARACTERS_OF_A_LABEL),
                };
                if side == Side::Source {
                    label.transpose();
                }
                shapes.push(label);
            }
        }
        Frame {
            words: *words,
            legend: &[],
            row_height: CELL,
        }
        .around(
            shapes,
            LABELS + columns as f32 * CELL,
            LABELS + rows as f32 * CELL,
        )
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::{AttentionOptions, AttentionVariant, LayerAttention, LayerIdx, Percent};

    use super::*;
    use crate::fixture;

    #[test]
    fn cells_are_means_over_the_heads_on_a_scale_to_their_largest() {
        let analysis = fixture::uneven(3);
        let slice = fixture::slice(&analysis, LayerIdx(0), None, AttentionOptions::default());
        let map = HeatMap::new(&slice, &analysis.tokens, None);
        assert_eq!(map.size(), (4, 4));
        let means = (0..16).map(|cell| slice.mean(cell / 4, cell % 4));
        assert_eq!(map.limit(), means.fold(0.0, f32::max));
        let places: Vec<f32> = (0..16).map(|cell| map.place(cell / 4, cell % 4)).collect();
        assert!(places.iter().all(|place| (0.0..=1.0).contains(place)) && places.contains(&1.0));
        let pixels = map.pixels(Palette::built_in(), Theme::Light);
        assert_eq!(pixels.len(), 64);
        let full = Palette::built_in().colour(Paint::Sequential(1.0), Theme::Light);
        let at = 4 * places.iter().position(|place| *place == 1.0).unwrap();
        assert_eq!(pixels[at..at + 4], [full.red, full.green, full.blue, 255]);
    }

    #[test]
    fn a_figure_has_a_cell_and_a_number_for_each_weight_that_is_drawn() {
        let analysis = fixture::uneven(1);
        let options = AttentionOptions {
            threshold: Percent(30),
            ..AttentionOptions::default()
        };
        let slice = fixture::slice(&analysis, LayerIdx(0), None, options);
        let scene = HeatMap::new(&slice, &analysis.tokens, None).scene(&FigureWords {
            heading: "heading",
            note: "note",
            numbers: NumberStyle::English,
        });
        let cells = scene
            .shapes
            .iter()
            .filter(|shape| matches!(shape, Shape::Rectangle { .. }))
            .count();
        assert_eq!(cells, 16 - slice.not_drawn());
        assert!(cells > 0 && cells < 16);
        let texts = scene.shapes.len() - cells;
        assert_eq!(texts, cells + 8 + 2);
    }

    #[test]
    fn signed_cells_are_on_a_scale_to_the_largest_on_both_sides() {
        let attention = LayerAttention::new(LayerIdx(0), 1, 2, vec![0.0, -0.02, 0.01, 0.0]).unwrap();
        let tokens = fixture::analysis(&["a", "b"], fixture::layer(1, 2, |_, _, _| 1.0)).tokens;
        let slice = AttentionSlice::of_variant(
            AttentionVariant::GradientTimesAttention,
            &attention,
            &tokens,
            None,
            &AttentionOptions::default(),
        )
        .unwrap();
        let map = HeatMap::new(&slice, &tokens, None);
        assert_eq!(map.limit(), 0.02);
        let paints: Vec<Paint> = map
            .cells(10.0, Some(NumberStyle::English))
            .iter()
            .map(|cell| match cell {
                Shape::Rectangle { paint, .. } => *paint,
                other => panic!("not a cell: {other:?}"),
            })
            .collect();
        assert_eq!(paints, [Paint::Signed(-1.0), Paint::Signed(0.5)]);
        let pixels = map.pixels(Palette::built_in(), Theme::Dark);
        let negative = Palette::built_in().colour(Paint::Signed(-1.0), Theme::Dark);
        assert_eq!(pixels[4..8], [negative.red, negative.green, negative.blue, 255]);
    }

    #[test]
    fn two_pictures_can_have_one_scale_and_stand_beside_each_other() {
        let analysis = fixture::uneven(3);
        let slice = fixture::slice(&analysis, LayerIdx(0), None, AttentionOptions::default());
        let map = HeatMap::new(&slice, &analysis.tokens, None);
        let own = map.limit();
        assert_eq!(map.clone().with_limit(None).limit(), own);
        let shared = map.clone().with_limit(Some(own * 2.0));
        assert_eq!(shared.limit(), own * 2.0);
        assert_eq!(shared.place(0, 0), map.place(0, 0) / 2.0);
        let scene = |map: &HeatMap| {
            map.scene(&FigureWords {
                heading: "heading",
                note: "note",
                numbers: NumberStyle::English,
            })
        };
        let (one, other) = (scene(&map), scene(&shared));
        let (width, shapes) = (one.width, one.shapes.len());
        let both = one.beside(other.clone());
        assert_eq!(both.width, width + other.width);
        assert_eq!(both.height, other.height);
        for (moved, shape) in both.shapes[shapes..].iter().zip(&other.shapes) {
            let mut expected = shape.clone();
            expected.shift(width, 0.0);
            assert_eq!(*moved, expected);
        }
    }

    #[test]
    fn nothing_to_draw_is_no_trouble() {
        let analysis = fixture::uneven(1);
        let options = AttentionOptions {
            threshold: Percent(100),
            ..AttentionOptions::default()
        };
        let slice = fixture::slice(&analysis, LayerIdx(0), None, options);
        let map = HeatMap::new(&slice, &analysis.tokens, None);
        assert_eq!(map.limit(), 0.0);
        assert_eq!(map.pixels(Palette::built_in(), Theme::Dark).len(), 64);
    }
}
