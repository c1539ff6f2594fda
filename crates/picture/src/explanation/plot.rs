//! Two axes, and what lies between them.

use super::{
    Picture, ValueAxis, ValueStyle,
    picture::{MIDDLE_OF_TYPE, SMALL},
};
use crate::{Anchor, Paint, Point, text_width};

/// The part of a picture in which values have places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plot {
    /// From left to right.
    pub x: ValueAxis,
    /// From below to above.
    pub y: ValueAxis,
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Plot {
    /// Draws both axes with their names and some round values, below what the picture has so far, as high as a share of
    /// its width. The picture ends below it.
    pub fn new(
        picture: &mut Picture,
        (x, y): (ValueAxis, ValueAxis),
        names: (&str, &str),
        styles: (ValueStyle, ValueStyle),
        share: f32,
    ) -> Plot {
        let (size, width) = (picture.measures.type_size, picture.measures.width);
        let top = picture.height + 1.9 * size;
        let bottom = top + width * share;
        // A handful each.
        let rows = y.labelled_ticks((width * share / (2.2 * size)).min(6.0) as usize, styles.1);
        let widest = rows
            .iter()
            .map(|(_, label)| text_width(label, size * SMALL.0))
            .fold(0.0, f32::max);
        let plot = Plot {
            x,
            y,
            left: widest + 0.6 * size,
            top,
            right: width - 0.5 * size,
            bottom,
        };
        for (tick, label) in rows {
            let level = plot.at_y(tick);
            let line = [
                Point {
                    x: plot.left,
                    y: level,
                },
                Point {
                    x: plot.right,
                    y: level,
                },
            ];
            picture.line(line, 1.0, Paint::Hairline);
            let at = Point {
                x: plot.left - 0.4 * size,
                y: level + size * SMALL.0 * MIDDLE_OF_TYPE,
            };
            picture.text(at, Anchor::End, SMALL, Paint::Quiet, label);
        }
        x.draw(picture, (plot.left, plot.right), bottom, &[], styles.0);
        let name = |x: f32, y: f32| Point { x, y };
        let above = name(0.0, top - 0.9 * size);
        picture.text(above, Anchor::Start, SMALL, Paint::Quiet, names.1.to_owned());
        let below = name(plot.right, bottom + 2.5 * size);
        picture.text(below, Anchor::End, SMALL, Paint::Quiet, names.0.to_owned());
        picture.height = bottom + 3.0 * size;
        plot
    }

    /// Where a value lies from left to right.
    pub fn at_x(&self, value: f64) -> f32 {
        self.x.place(value, (self.left, self.right))
    }

    /// Where a value lies from above to below.
    pub fn at_y(&self, value: f64) -> f32 {
        self.y.place(value, (self.bottom, self.top))
    }

    /// Where a pair of values lies.
    pub fn at(&self, x: f64, y: f64) -> Point {
        Point {
            x: self.at_x(x),
            y: self.at_y(y),
        }
    }
}
