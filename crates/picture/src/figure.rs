//! The head view as a figure that stands alone: with its tokens, numbers, legend, heading and note.

use vitrine_record::{HeadIdx, Side};

use crate::{
    Anchor, HeadView, Metrics, NumberStyle, Paint, Point, Quantity, Scene, Shape, head_view::units_of,
    text::shortened, tile::unit_tiles,
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

/// Heading and note have at least so much room, whatever is drawn between them.
const ROWS_OF_A_HEADING: f32 = 17.0;

/// Width of a character as a share of the size of its type. Nothing here can measure type; these are widths of wide
/// typefaces, so that what is written has room in all.
const WIDTH_OF_BOLD: f32 = 0.62;
const WIDTH_OF_PLAIN: f32 = 0.54;

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
        let (size_of_heading, size_of_note) = (row_height * 0.56, row_height * 0.4);
        let width_of_heading = heading.chars().count() as f32 * size_of_heading * WIDTH_OF_BOLD;
        let width = width.max(ROWS_OF_A_HEADING * row_height).max(width_of_heading);
        // The quotient is positive, and rounded down.
        let most_characters = (width / (size_of_note * WIDTH_OF_PLAIN)) as usize;
        shapes.push(text(row_height * 0.6, size_of_heading, true, Paint::Ink, heading));
        shapes.extend(self.legend(row_height * 1.4, row_height * 0.45));
        let mut height = below + row_height * 0.1;
        let lines = note.lines().flat_map(|line| wrapped(line, most_characters));
        for (index, line) in lines.enumerate() {
            let y = below + index as f32 * line_height;
            shapes.push(text(y, size_of_note, false, Paint::Quiet, &line));
            height = y + row_height * 0.1;
        }
        for shape in &mut shapes {
            shape.shift(margin, margin);
        }
        Scene {
            width: width + 2.0 * margin,
            height: height + 2.0 * margin,
            title: heading.to_owned(),
            description: note.to_owned(),
            shapes,
        }
    }
}

/// A line in lines of at most so many characters, broken between words. A longer word stands alone.
fn wrapped(line: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let needed = word.chars().count() + 1;
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.chars().count() + needed <= most => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
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
            Some(style.weight(number, Quantity::of(self.slice)))
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
            let tiles = unit_tiles(self.ends.at(side), units_of(self.slice, side));
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
            Shape::Rectangle { corner, .. } | Shape::Image { corner, .. } => shift(corner),
            Shape::Polygon { points, .. } | Shape::Polyline { points, .. } => {
                points.iter_mut().for_each(shift);
            }
            Shape::Circle { centre, .. } => shift(centre),
            Shape::Text { at, .. } => shift(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::Drawing;

    use super::*;
    use crate::{
        Axis,
        fixture::{METRICS, selected, uneven, whole},
    };

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
        assert_eq!(scene.shapes.len(), 12 * 4 + 12 * 4 + 8 + 4 + 12 + 2);
        for (axis, length) in [(Axis::Across, scene.width), (Axis::Down, scene.height)] {
            for shape in &scene.shapes {
                let (first, last) = shape.extent(axis);
                assert!(first >= 0.0 && last <= length, "{shape:?}");
            }
        }
    }

    #[test]
    fn what_is_written_has_room_around_a_narrow_picture() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one", 1), ["one"]);
        assert_eq!(wrapped("a longword b", 3), ["a", "longword", "b"]);
        let analysis = uneven(2);
        let slice = whole(&analysis);
        let view = HeadView::new(&slice, &analysis.tokens, None, Drawing::Lines, METRICS);
        let (heading, note) = ("heading ".repeat(9), "a word and ".repeat(20));
        let scene = view.scene(&words(heading.trim(), note.trim()));
        let mut lines = Vec::new();
        for shape in &scene.shapes {
            if let Shape::Text {
                at, size, content, ..
            } = shape
                && *size < METRICS.row_height * 0.5
                && content.contains(' ')
            {
                let right = at.x + content.chars().count() as f32 * size * WIDTH_OF_PLAIN;
                assert!(right <= scene.width && at.y <= scene.height, "{content}");
                lines.push(content.as_str());
            }
        }
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), note.trim());
        assert_eq!(scene.description, note.trim());
        assert!(scene.width > 71.0 * METRICS.row_height * 0.56 * WIDTH_OF_BOLD);
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
