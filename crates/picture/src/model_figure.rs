//! The model view as a figure that stands alone: layers as rows, heads as columns in their hues, one bitmap each.

use vitrine_attention::AttentionSlice;
use vitrine_record::{HeadIdx, LayerIdx};

use crate::{
    Anchor, Bitmap, FigureWords, Paint, Point, Scene, Shape, Thumbnail, ThumbnailStyle, figure::Frame,
};

/// Sides of thumbnails and the room around them, in pixels.
const SIDE: f32 = 96.0;
const GAP: f32 = 12.0;
/// Room for the numbers of layers at the left and of heads above.
const LABELS: f32 = 28.0;
const ROW_HEIGHT: f32 = 28.0;
/// Pixels of a bitmap across, and down: twice as many as it is wide, so that it is sharp in print.
const PIXELS: u32 = 192;

/// The thumbnails of heads, to be drawn in a grid. It is one shape for each head, however long the text is.
#[derive(Clone, Debug)]
pub struct ModelFigure {
    rows: Vec<LayerIdx>,
    columns: Vec<HeadIdx>,
    images: Vec<(LayerIdx, HeadIdx, Bitmap)>,
}

impl ModelFigure {
    /// Draws thumbnails. Layers and heads stand in their order, and a head that is missing leaves its place empty.
    pub fn new<'a>(
        thumbnails: impl IntoIterator<Item = (LayerIdx, HeadIdx, &'a Thumbnail)>,
        style: ThumbnailStyle,
    ) -> ModelFigure {
        let images: Vec<_> = thumbnails
            .into_iter()
            .filter_map(|(layer, head, thumbnail)| Some((layer, head, bitmap(thumbnail, style)?)))
            .collect();
        let mut rows: Vec<LayerIdx> = images.iter().map(|image| image.0).collect();
        rows.sort_unstable();
        rows.dedup();
        let mut columns: Vec<HeadIdx> = images.iter().map(|image| image.1).collect();
        columns.sort_unstable();
        columns.dedup();
        ModelFigure {
            rows,
            columns,
            images,
        }
    }

    /// Draws the heads of slices, which are of a layer each.
    pub fn of_slices(slices: &[AttentionSlice], style: ThumbnailStyle) -> ModelFigure {
        let thumbnails: Vec<(LayerIdx, HeadIdx, Thumbnail)> = slices
            .iter()
            .flat_map(|slice| {
                slice.heads().iter().enumerate().map(|(place, head)| {
                    let thumbnail = Thumbnail::of_slice(slice, place);
                    (slice.layer(), *head, thumbnail)
                })
            })
            .collect();
        let borrowed = thumbnails
            .iter()
            .map(|(layer, head, thumbnail)| (*layer, *head, thumbnail));
        ModelFigure::new(borrowed, style)
    }

    /// The whole picture, as it is exported.
    pub fn scene(&self, words: &FigureWords) -> Scene {
        let text = |at: Point, paint: Paint, content: String| Shape::Text {
            at,
            anchor: Anchor::End,
            size: ROW_HEIGHT * 0.5,
            turned: false,
            bold: true,
            paint,
            content,
        };
        let (right, below) = (at(self.columns.len()) - GAP, at(self.rows.len()) - GAP);
        let mut shapes = self.rules(right, below);
        for (row, layer) in self.rows.iter().enumerate() {
            let place = Point {
                x: LABELS - 8.0,
                y: at(row) + SIDE / 2.0 + ROW_HEIGHT * 0.16,
            };
            shapes.push(text(place, Paint::Ink, layer.to_string()));
        }
        for (column, head) in self.columns.iter().enumerate() {
            let place = Point {
                x: at(column) + SIDE / 2.0 + ROW_HEIGHT * 0.25,
                y: LABELS - 10.0,
            };
            shapes.push(text(place, Paint::Head(*head), head.to_string()));
        }
        for (layer, head, bitmap) in &self.images {
            // Both are there: the lists were made from the images.
            let (Ok(row), Ok(column)) = (self.rows.binary_search(layer), self.columns.binary_search(head))
            else {
                continue;
            };
            let corner = Point {
                x: at(column),
                y: at(row),
            };
            shapes.push(Shape::Image {
                corner,
                width: SIDE,
                height: SIDE,
                paint: Paint::Head(*head),
                bitmap: bitmap.clone(),
            });
        }
        Frame {
            words: *words,
            legend: &[],
            row_height: ROW_HEIGHT,
        }
        .around(shapes, right, below)
    }

    /// Rules between rows and between columns, as long as the grid is high and wide.
    fn rules(&self, right: f32, below: f32) -> Vec<Shape> {
        let rule = |corner: Point, width: f32, height: f32| Shape::Rectangle {
            corner,
            width,
            height,
            paint: Paint::Hairline,
            opacity: 1.0,
        };
        let between = |place: usize| at(place) - GAP / 2.0;
        let across = (1..self.rows.len()).map(|row| {
            let corner = Point {
                x: LABELS,
                y: between(row),
            };
            rule(corner, right - LABELS, 1.0)
        });
        let down = (1..self.columns.len()).map(|column| {
            let corner = Point {
                x: between(column),
                y: LABELS,
            };
            rule(corner, 1.0, below - LABELS)
        });
        across.chain(down).collect()
    }
}

/// Where a row or a column begins.
fn at(place: usize) -> f32 {
    LABELS + place as f32 * (SIDE + GAP)
}

fn bitmap(thumbnail: &Thumbnail, style: ThumbnailStyle) -> Option<Bitmap> {
    let coverage = thumbnail.coverage(style, PIXELS as usize, PIXELS as usize);
    // Between 0 and 1, by the documentation of `coverage`.
    let steps = coverage.iter().map(|share| (share * 255.0).round() as u8);
    Bitmap::new(PIXELS, PIXELS, steps.collect())
}

#[cfg(test)]
mod tests {
    use vitrine_record::{AttentionOptions, LayerAttention};

    use super::*;
    use crate::{NumberStyle, Palette, Theme, fixture, svg};

    /// Layers of as many tokens as there are pieces, each with heads that look at one token alone.
    fn slices(layers: usize, heads: usize, pieces: &[&str]) -> Vec<AttentionSlice> {
        let tokens = pieces.len();
        let analysis = fixture::analysis(pieces, fixture::layer(heads, tokens, |_, _, _| 1.0));
        (0..layers)
            .map(|layer| {
                let target = |head: usize| (layer + head) % tokens;
                let weights = (0..heads * tokens * tokens).map(|index| {
                    let (head, source) = (index / (tokens * tokens), index % tokens);
                    if source == target(head) { 1.0 } else { 0.0 }
                });
                let attention = LayerAttention::new(LayerIdx(layer), heads, tokens, weights.collect());
                let options = AttentionOptions::default();
                AttentionSlice::new(&attention.unwrap(), &analysis.tokens, None, &options).unwrap()
            })
            .collect()
    }

    fn scene(figure: &ModelFigure) -> Scene {
        figure.scene(&FigureWords {
            heading: "heading",
            note: "note",
            numbers: NumberStyle::English,
        })
    }

    fn images(scene: &Scene) -> Vec<&Shape> {
        let shapes = scene.shapes.iter();
        shapes
            .filter(|shape| matches!(shape, Shape::Image { .. }))
            .collect()
    }

    #[test]
    fn a_figure_has_one_shape_for_each_head_however_long_the_text_is() {
        for style in [ThumbnailStyle::Lines, ThumbnailStyle::Cells] {
            let short = scene(&ModelFigure::of_slices(&slices(3, 5, &["a"; 2]), style));
            let long = scene(&ModelFigure::of_slices(&slices(3, 5, &["a"; 40]), style));
            assert_eq!(images(&short).len(), 15);
            assert_eq!(short.shapes.len(), long.shapes.len());
        }
    }

    #[test]
    fn each_head_stands_in_its_row_and_column_in_its_hue() {
        let slices = slices(2, 3, &["a", "b", "c", "d"]);
        let scene = scene(&ModelFigure::of_slices(&slices, ThumbnailStyle::Cells));
        let images = images(&scene);
        let place = |shape: &Shape| match shape {
            Shape::Image { corner, paint, .. } => (*corner, *paint),
            _ => unreachable!(),
        };
        let (first, hue) = place(images[0]);
        assert_eq!(hue, Paint::Head(HeadIdx(0)));
        for (index, image) in images.iter().enumerate() {
            let (corner, paint) = place(image);
            let (row, column) = (index / 3, index % 3);
            assert_eq!(paint, Paint::Head(HeadIdx(column)));
            assert_eq!(corner.x, first.x + column as f32 * (SIDE + GAP));
            assert_eq!(corner.y, first.y + row as f32 * (SIDE + GAP));
            assert!(corner.x + SIDE <= scene.width && corner.y + SIDE <= scene.height);
            // The head of this layer looks at one token: one column of cells is full, and the others are empty.
            let Shape::Image { bitmap, .. } = image else {
                unreachable!()
            };
            let pixels = bitmap.pixels(crate::Colour {
                red: 0,
                green: 0,
                blue: 0,
            });
            for token in 0..4 {
                let x = PIXELS as usize * (2 * token + 1) / 8;
                let expect = if token == (row + column) % 4 { 255 } else { 0 };
                assert_eq!(pixels[4 * x + 3], expect, "{row} {column} {token}");
            }
        }
    }

    #[test]
    fn a_missing_head_leaves_its_place_empty() {
        let thumbnail = Thumbnail::new(1, 1, vec![255]).unwrap();
        let at = |layer, head| (LayerIdx(layer), HeadIdx(head), &thumbnail);
        let figure = ModelFigure::new([at(5, 1), at(2, 0), at(2, 7)], ThumbnailStyle::Cells);
        let scene = scene(&figure);
        let corners: Vec<Point> = images(&scene)
            .iter()
            .map(|shape| match shape {
                Shape::Image { corner, .. } => *corner,
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(corners.len(), 3);
        assert!(corners[0].y > corners[1].y && corners[1].y == corners[2].y);
        assert!(corners[1].x < corners[0].x && corners[0].x < corners[2].x);
        let texts = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { content, .. } => Some(content.as_str()),
            _ => None,
        });
        assert!(texts.eq(["2", "5", "0", "1", "7", "heading", "note"]));
    }

    #[test]
    fn its_document_holds_every_image_within_it() {
        let figure = ModelFigure::of_slices(&slices(2, 2, &["a", "b"]), ThumbnailStyle::Lines);
        let svg = svg::document(&scene(&figure), Palette::built_in(), Theme::Dark);
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let images: Vec<_> = parsed
            .descendants()
            .filter(|node| node.has_tag_name("image"))
            .filter_map(|node| node.attribute("href"))
            .collect();
        assert_eq!(images.len(), 4);
        assert!(
            images
                .iter()
                .all(|image| image.starts_with("data:image/png;base64,"))
        );
    }
}
