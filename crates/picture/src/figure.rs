//! The head view as a figure that stands alone: with its tokens, numbers, legend, heading and note.

use vitrine_record::{HeadIdx, Side};

use crate::{
    Anchor, HeadView, Metrics, NumberStyle, Paint, Point, Scene, Shape, head_view::units_of, text::shortened,
    tile::unit_tiles,
};

/// Nothing here can measure type, so a long piece is cut by its number of characters.
pub(crate) const MOST_CHARACTERS_OF_A_LABEL: usize = 20;

/// What is written around a figure, and how its numbers are written.
#[derive(Clone, Copy, Debug)]
pub struct FigureWords<'a> {
    /// Above it.
    pub heading: &'a str,
    /// Below it, in lines.
    pub note: &'a str,
    /// The style of its numbers.
    pub numbers: NumberStyle,
}

/// The heading needs so much room, whatever is drawn below it.
const ROWS_OF_A_HEADING: f32 = 17.0;

/// The sizes of what is written around a picture, in pixels, by the size of its rows.
pub(crate) struct Frame<'a> {
    /// What is written.
    pub words: FigureWords<'a>,
    /// The heads whose hues need a legend.
    pub legend: &'a [HeadIdx],
    /// Height of a row of the picture.
    pub row_height: f32,
}

impl Frame<'_> {
    /// The numbers of the drawn heads, each in its hue: whoever has only the picture learns here which is which.
    fn legend(&self, y: f32, size: f32) -> impl Iterator<Item = Shape> {
        let step = size * 1.8;
        self.legend
            .iter()
            .enumerate()
            .map(move |(place, head)| Shape::Text {
                at: Point {
                    x: place as f32 * step,
                    y,
                },
                anchor: Anchor::Start,
                size,
                turned: false,
                bold: true,
                paint: Paint::Head(*head),
                content: head.to_string(),
            })
    }

    /// Sets the heading and the legend above a picture of a size, and the lines of the note below; heading and note
    /// are its title and description.
    pub(crate) fn around(&self, mut shapes: Vec<Shape>, width: f32, height: f32) -> Scene {
        let FigureWords { heading, note, .. } = self.words;
        let row_height = self.row_height;
        let margin = row_height;
        let top = row_height * 2.2;
        for shape in &mut shapes {
            shape.shift(0.0, top);
        }
        let text = |y: f32, size: f32, bold: bool, paint: Paint, content: &str| Shape::Text {
            at: Point { x: 0.0, y },
            anchor: Anchor::Start,
            size,
            turned: false,
            bold,
            paint,
            content: content.to_owned(),
        };
        let below = top + height + row_height * 0.9;
        let line_height = row_height * 0.5;
        shapes.push(text(
            row_height * 0.6,
            row_height * 0.56,
            true,
            Paint::Ink,
            heading,
        ));
        shapes.extend(self.legend(row_height * 1.4, row_height * 0.45));
        let mut height = below + row_height * 0.1;
        for (index, line) in note.lines().enumerate() {
            let y = below + index as f32 * line_height;
            shapes.push(text(y, row_height * 0.4, false, Paint::Quiet, line));
            height = y + row_height * 0.1;
        }
        for shape in &mut shapes {
            shape.shift(margin, margin);
        }
        Scene {
            width: width.max(ROWS_OF_A_HEADING * row_height) + 2.0 * margin,
            height: height + 2.0 * margin,
            title: heading.to_owned(),
            description: note.to_owned(),
            shapes,
        }
    }
}

impl HeadView<'_> {
    fn labels(&self, style: NumberStyle) -> Vec<Shape> {
        let Metrics {
            width,
            row_height,
            column_width,
            ..
        } = self.metrics;
        let size = row_height * 0.5;
        let numbers = self.numbers();
        let number = |side, row: usize| {
            let (_, numbers) = numbers.as_ref().filter(|(at, _)| *at == side)?;
            let number = *numbers.get(row)?;
            Some(style.weight(number, self.slice.variant()))
        };
        let mut labels = Vec::new();
        for (side, x, anchor, edge, edge_anchor) in [
            (
                Side::Destination,
                column_width - 8.0,
                Anchor::End,
                0.0,
                Anchor::Start,
            ),
            (
                Side::Source,
                width - column_width + 8.0,
                Anchor::Start,
                width,
                Anchor::End,
            ),
        ] {
            let tiles = unit_tiles(self.tokens, units_of(self.slice, side));
            for (row, tile) in tiles.into_iter().enumerate() {
                let y = self.middle(row) + size * 0.32;
                labels.extend(number(side, row).map(|content| Shape::Text {
                    at: Point { x: edge, y },
                    anchor: edge_anchor,
                    size: size * 0.8,
                    turned: false,
                    bold: false,
                    paint: Paint::Quiet,
                    content,
                }));
                labels.push(Shape::Text {
                    at: Point { x, y },
                    anchor,
                    size,
                    turned: false,
                    bold: self.selected(side).contains(&row),
                    paint: if tile.special { Paint::Quiet } else { Paint::Ink },
                    content: shortened(&tile.text, MOST_CHARACTERS_OF_A_LABEL),
                });
            }
        }
        self.turned(labels)
    }

    /// The whole picture with its tokens, as it is exported. `words.heading` is set above it, the lines of
    /// `words.note` below; they are its title and description.
    pub fn scene(&self, words: &FigureWords) -> Scene {
        let mut shapes: Vec<Shape> = self.lines();
        shapes.extend(self.strips());
        shapes.extend(self.labels(words.numbers));
        let (width, height) = self.size();
        Frame {
            words: *words,
            legend: if self.has_hues() { self.slice.heads() } else { &[] },
            row_height: self.metrics.row_height,
        }
        .around(shapes, width, height)
    }
}

impl Shape {
    pub(crate) fn shift(&mut self, right: f32, down: f32) {
        let shift = |point: &mut Point| {
            point.x += right;
            point.y += down;
        };
        match self {
            Shape::Curve { from, to, .. } => {
                shift(from);
                shift(to);
            }
            Shape::Rectangle { corner, .. } => shift(corner),
            Shape::Text { at, .. } => shift(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::Drawing;

    use super::*;
    use crate::fixture::{METRICS, selected, uneven, whole};

    fn words<'a>(heading: &'a str, note: &'a str) -> FigureWords<'a> {
        FigureWords {
            heading,
            note,
            numbers: NumberStyle::English,
        }
    }

    #[test]
    fn a_scene_holds_everything_it_draws() {
        for drawing in [Drawing::Lines, Drawing::LinesAcross] {
            check_extent(drawing);
        }
    }

    fn check_extent(drawing: Drawing) {
        let analysis = uneven(12);
        let (slice, selection) = (whole(&analysis), selected(1, Side::Destination));
        let view = HeadView::new(&slice, &analysis.tokens, Some(&selection), drawing, METRICS);
        let scene = view.scene(&words("Layer 0", "from query to key"));
        let inside =
            |point: Point| (0.0..=scene.width).contains(&point.x) && (0.0..=scene.height).contains(&point.y);
        assert_eq!(scene.shapes.len(), 12 * 4 + 12 * 4 + 8 + 4 + 12 + 2);
        for shape in &scene.shapes {
            assert!(match *shape {
                Shape::Curve { from, to, .. } => inside(from) && inside(to),
                Shape::Rectangle {
                    corner,
                    width,
                    height,
                    ..
                } =>
                    inside(corner)
                        && inside(Point {
                            x: corner.x + width,
                            y: corner.y + height
                        }),
                Shape::Text { at, .. } => inside(at),
            });
        }
    }

    #[test]
    fn a_note_has_room_for_its_lines() {
        let analysis = uneven(2);
        let slice = whole(&analysis);
        let view = HeadView::new(&slice, &analysis.tokens, None, Drawing::Lines, METRICS);
        let (one, two) = (
            view.scene(&words("x", "a note")),
            view.scene(&words("x", "a note\nRecorded.")),
        );
        let height = |scene: &Scene, line: &str| {
            scene.shapes.iter().find_map(|shape| match shape {
                Shape::Text { at, content, .. } if content == line => Some(at.y),
                _ => None,
            })
        };
        assert_eq!(height(&one, "a note"), height(&two, "a note"));
        let below = height(&two, "Recorded.").unwrap() - height(&two, "a note").unwrap();
        assert!(below > 0.0 && (two.height - one.height - below).abs() < 1e-3);
    }
}
