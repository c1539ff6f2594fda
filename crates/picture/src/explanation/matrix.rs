//! Cells in the colours of their values, in rows and columns with names.

use std::collections::BTreeSet;

use super::{
    Measures, Picture, TargetOf, ValueScale,
    picture::{MIDDLE_OF_TYPE, NAME},
    signed_bars::names_width,
};
use crate::{Anchor, Paint, Point, Shape, fitting, text_width};

/// What a matrix is drawn from.
pub(crate) struct Matrix<'a> {
    pub rows: &'a [String],
    pub columns: &'a [String],
    /// The scale of each column; the last one is that of those after it as well.
    pub scales: &'a [ValueScale],
    /// The rows whose names are set bold.
    pub marked: &'a BTreeSet<usize>,
}

/// Height of a row and the widest column by the size of type; the type of numbers as a share of it.
const ROW: f32 = 1.7;
const WIDEST: f32 = 5.0;
const NUMBER: f32 = 0.8;

impl Matrix<'_> {
    fn scale(&self, column: usize) -> Option<ValueScale> {
        self.scales.get(column).or(self.scales.last()).copied()
    }

    fn written(&self, column: usize, value: f64) -> Option<String> {
        self.scale(column).map(|scale| scale.written(value))
    }

    /// Names of rows at the left, of columns above, read upwards where they are too long; in each cell that has a value its
    /// number, if there is room in all.
    pub fn picture(
        &self,
        measures: Measures,
        value: impl Fn(usize, usize) -> Option<f64>,
        target: impl Fn(usize, usize) -> TargetOf,
    ) -> Picture {
        let size = measures.type_size;
        let mut picture = Picture::new(measures);
        let (left, wide) = self.columns_from(measures);
        let high = ROW * size;
        let top = self.headings(&mut picture, left, wide);
        let places =
            || (0..self.rows.len()).flat_map(|row| (0..self.columns.len()).map(move |column| (row, column)));
        let written = |row, column| self.written(column, value(row, column)?);
        let widest = places()
            .filter_map(|(row, column)| written(row, column))
            .map(|number| text_width(&number, size * NUMBER))
            .fold(0.0, f32::max);
        let is_numbered = widest + 0.2 * size <= wide;
        let gap = if wide > 0.8 * size { 1.0 } else { 0.0 };
        for (row, name) in self.rows.iter().enumerate() {
            let at = Point {
                x: left - 0.6 * size,
                y: top + (row as f32 + 0.5) * high + size * MIDDLE_OF_TYPE,
            };
            let name = fitting(name, left - 0.6 * size, size);
            let style = (NAME.0, self.marked.contains(&row));
            picture.text(at, Anchor::End, style, Paint::Ink, name);
        }
        for (row, column) in places() {
            let corner = Point {
                x: left + column as f32 * wide,
                y: top + row as f32 * high,
            };
            let Some((value, scale)) = value(row, column).zip(self.scale(column)) else {
                continue;
            };
            picture.rectangle(corner, wide - gap, high - gap, scale.paint(value));
            if is_numbered {
                let at = Point {
                    x: corner.x + (wide - gap) / 2.0,
                    y: corner.y + high / 2.0 + size * NUMBER * MIDDLE_OF_TYPE,
                };
                let number = scale.written(value);
                picture.text(
                    at,
                    Anchor::Middle,
                    (NUMBER, false),
                    scale.text_paint(value),
                    number,
                );
            }
            picture.target(target(row, column), corner, wide, high);
        }
        picture.height = top + self.rows.len() as f32 * high;
        picture
    }

    /// Where the first column begins, and how wide each is.
    pub fn columns_from(&self, measures: Measures) -> (f32, f32) {
        let left = names_width(self.rows.iter().map(String::as_str), measures);
        let room = (measures.width - left) / self.columns.len().max(1) as f32;
        // Where there is room, names of columns need not be turned.
        let longest = self.longest_heading(measures.type_size) + 0.5 * measures.type_size;
        (left, room.min(longest.max(WIDEST * measures.type_size)))
    }

    fn longest_heading(&self, size: f32) -> f32 {
        let lengths = self.columns.iter().map(|name| text_width(name, size));
        lengths.fold(0.0, f32::max)
    }

    /// The names of the columns. Gives where they end.
    fn headings(&self, picture: &mut Picture, left: f32, wide: f32) -> f32 {
        const LONGEST: f32 = 12.0;
        let size = picture.measures.type_size;
        let longest = self.longest_heading(size);
        let turned = longest + 0.3 * size > wide;
        // Turned names of narrow columns are as high as their columns are wide.
        let small = if turned { size.min(wide * 0.95) } else { size };
        let room = if turned {
            (longest * small / size).min(LONGEST * size)
        } else {
            1.2 * size
        };
        for (column, name) in self.columns.iter().enumerate() {
            let middle = left + (column as f32 + 0.5) * wide;
            let (at, anchor) = if turned {
                let at = Point {
                    x: middle + small * MIDDLE_OF_TYPE,
                    y: room,
                };
                (at, Anchor::Start)
            } else {
                (Point { x: middle, y: size }, Anchor::Middle)
            };
            picture.shapes.push(Shape::Text {
                at,
                anchor,
                size: small,
                turned,
                bold: false,
                paint: Paint::Ink,
                content: fitting(name, if turned { room } else { wide }, small),
            });
        }
        room + 0.4 * size
    }
}
