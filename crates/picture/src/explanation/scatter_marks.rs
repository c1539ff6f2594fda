//! What is drawn in the scatter of a surrogate's samples besides their points.

use super::{Measures, Picture, picture::SMALL};
use crate::{Anchor, Paint, Point, Shape, fitting, text_width};

/// What is drawn besides points.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    /// The line of means.
    Mean,
    /// The text itself.
    TextItself,
    /// What the model says of the chosen sample.
    Chosen,
    /// What the surrogate says of it.
    ChosenSurrogate,
}

impl Mark {
    /// Draws it around a place.
    pub fn draw(self, picture: &mut Picture, centre: Point) {
        let size = picture.measures.type_size;
        let across = |half: f32| {
            [-half, half].map(|x| Point {
                x: centre.x + x * size,
                y: centre.y,
            })
        };
        match self {
            Mark::Mean => picture.line(across(0.8), size * 0.14, Paint::Ink),
            Mark::TextItself => {
                for (radius, paint) in [
                    (0.5, Paint::Ink),
                    (0.38, Paint::Paper),
                    (0.26, Paint::Sequential(1.0)),
                ] {
                    picture.shapes.push(Shape::Circle {
                        centre,
                        radius: size * radius,
                        paint,
                        opacity: 1.0,
                    });
                }
            }
            Mark::Chosen => {
                let corner = |x: f32, y: f32| Point {
                    x: centre.x + x * 0.62 * size,
                    y: centre.y + y * 0.62 * size,
                };
                let frame = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
                let frame = frame.map(|(x, y)| corner(x, y));
                picture.line(frame, size * 0.26, Paint::Paper);
                picture.line(frame, size * 0.12, Paint::Ink);
            }
            Mark::ChosenSurrogate => {
                picture.line(across(0.56), size * 0.42, Paint::Paper);
                picture.line(across(0.5), size * 0.26, Paint::Ink);
            }
        }
    }
}

/// Marks with their names below a picture, beside each other as far as there is room.
pub(crate) fn legend<'a>(picture: &mut Picture, entries: impl Iterator<Item = (Mark, &'a str)>) {
    const BEFORE: f32 = 2.0;
    const BETWEEN: f32 = 1.4;
    const ROW: f32 = 1.5;
    let Measures {
        width,
        type_size: size,
    } = picture.measures;
    let (mut x, mut y) = (0.0, picture.height + 0.6 * size);
    for (mark, name) in entries {
        let name = fitting(name, width - BEFORE * size, size * SMALL.0);
        let needed = BEFORE * size + text_width(&name, size * SMALL.0);
        if x > 0.0 && x + needed > width {
            (x, y) = (0.0, y + ROW * size);
        }
        mark.draw(picture, Point { x: x + 0.8 * size, y });
        let at = Point {
            x: x + BEFORE * size,
            y: y + 0.3 * size,
        };
        picture.text(at, Anchor::Start, SMALL, Paint::Quiet, name);
        x += needed + BETWEEN * size;
    }
    picture.height = y + 0.8 * size;
}
