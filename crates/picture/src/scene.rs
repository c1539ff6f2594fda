//! Pictures as lists of plain shapes, whatever draws them in the end.

use vitrine_record::HeadIdx;

use crate::Bitmap;

/// What a shape is drawn with: a name that a [`Palette`](crate::Palette) turns into a colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    /// The background.
    Paper,
    /// Text and other things to read first.
    Ink,
    /// Text to read second.
    Quiet,
    /// Thin rules.
    Hairline,
    /// The hue of an attention head, the same in all views.
    Head(HeadIdx),
    /// A place on the signed scale, −1 to 1.
    Signed(f32),
    /// Text on a ground that is painted with a place on that scale.
    OnSigned(f32),
    /// A place on the scale of what cannot be negative, 0 to 1.
    Sequential(f32),
    /// Text on a ground that is painted with a place on that scale.
    OnSequential(f32),
}

/// A place in a scene, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// Which way something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// From left to right.
    Across,
    /// From top to bottom.
    Down,
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The first character.
    Start,
    /// The last character.
    End,
    /// Neither: half of it lies on each side.
    Middle,
}

/// One of the paints that lie on each other in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strand {
    /// The paint.
    pub paint: Paint,
    /// Its opacity, 0 to 1.
    pub opacity: f32,
}

/// The opacity of what lies on each other: nothing shines through but what shines through each (Porter and Duff
/// 1984, `over`).
///
/// ```
/// use vitrine_picture::combined_opacity;
/// assert_eq!(combined_opacity([0.5, 0.5]), 0.75);
/// assert_eq!(combined_opacity([]), 0.0);
/// ```
pub fn combined_opacity(opacities: impl IntoIterator<Item = f32>) -> f32 {
    let through = |through: f32, opacity: f32| through * (1.0 - opacity);
    1.0 - opacities.into_iter().fold(1.0, through)
}

/// One thing to draw. Lengths are in pixels, opacities from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line that leaves and arrives along an axis; see [`curve_controls`].
    Curve {
        /// Where it begins.
        from: Point,
        /// Where it ends.
        to: Point,
        /// The axis.
        axis: Axis,
        /// Its width.
        width: f32,
        /// What it is drawn with, one on the other, from back to front; [`Palette::blend`](crate::Palette::blend)
        /// says what that comes to.
        strands: Vec<Strand>,
    },
    /// A filled rectangle.
    Rectangle {
        /// Its upper left corner.
        corner: Point,
        /// Its width.
        width: f32,
        /// Its height.
        height: f32,
        /// Its paint.
        paint: Paint,
        /// Its opacity.
        opacity: f32,
    },
    /// A filled area between points, the last joined to the first.
    Polygon {
        /// Its corners in order.
        points: Vec<Point>,
        /// Its paint.
        paint: Paint,
        /// Its opacity.
        opacity: f32,
    },
    /// A line from point to point.
    Polyline {
        /// Where it begins, bends and ends.
        points: Vec<Point>,
        /// Its width.
        width: f32,
        /// Its paint.
        paint: Paint,
    },
    /// A filled circle.
    Circle {
        /// Its centre.
        centre: Point,
        /// Its radius.
        radius: f32,
        /// Its paint.
        paint: Paint,
        /// Its opacity.
        opacity: f32,
    },
    /// A bitmap, stretched to a rectangle.
    Image {
        /// Its upper left corner.
        corner: Point,
        /// Its width.
        width: f32,
        /// Its height.
        height: f32,
        /// Its paint.
        paint: Paint,
        /// Where the paint is.
        bitmap: Bitmap,
    },
    /// A line of text.
    Text {
        /// Its baseline, at the end that `anchor` names.
        at: Point,
        /// Which end.
        anchor: Anchor,
        /// Size of the type.
        size: f32,
        /// Whether it is turned to be read upwards.
        turned: bool,
        /// Whether it is set bold.
        bold: bool,
        /// Its paint.
        paint: Paint,
        /// The text.
        content: String,
    },
}

impl Scene {
    /// This scene with another at its right.
    #[must_use]
    pub fn beside(mut self, mut other: Scene) -> Scene {
        for shape in &mut other.shapes {
            shape.shift(self.width, 0.0);
        }
        self.shapes.append(&mut other.shapes);
        Scene {
            width: self.width + other.width,
            height: self.height.max(other.height),
            title: format!("{} | {}", self.title, other.title),
            description: format!("{}\n{}", self.description, other.description),
            shapes: self.shapes,
        }
    }
}

impl Shape {
    /// Whether some of it lies between two places along an axis. For a text that is told by its baseline and size, as
    /// if it were as long as it is high.
    ///
    /// ```
    /// use vitrine_picture::{Axis, Point, Shape};
    /// let line = Shape::Curve {
    ///     from: Point { x: 0.0, y: 30.0 },
    ///     to: Point { x: 9.0, y: 10.0 },
    ///     axis: Axis::Across,
    ///     width: 2.0,
    ///     strands: Vec::new(),
    /// };
    /// let down = |from, to| line.overlaps(Axis::Down, from, to);
    /// assert!(down(0.0, 10.0) && down(15.0, 16.0) && down(30.0, 40.0));
    /// assert!(!down(0.0, 8.0) && !down(32.0, 40.0));
    /// assert!(line.overlaps(Axis::Across, 8.0, 9.0) && !line.overlaps(Axis::Across, 11.0, 12.0));
    /// ```
    pub fn overlaps(&self, axis: Axis, start: f32, end: f32) -> bool {
        let (first, last) = self.extent(axis);
        first < end && last > start
    }

    /// Where it begins and ends along an axis; a text as if it were as long as it is high.
    pub(crate) fn extent(&self, axis: Axis) -> (f32, f32) {
        let along = |point: &Point| match axis {
            Axis::Across => point.x,
            Axis::Down => point.y,
        };
        match self {
            // Both controls are level with an end or between the ends, so a curve stays between its ends.
            Shape::Curve { from, to, width, .. } => {
                let (from, to) = (along(from), along(to));
                (from.min(to) - width / 2.0, from.max(to) + width / 2.0)
            }
            Shape::Rectangle {
                corner,
                width,
                height,
                ..
            }
            | Shape::Image {
                corner,
                width,
                height,
                ..
            } => {
                let length = match axis {
                    Axis::Across => width,
                    Axis::Down => height,
                };
                (along(corner), along(corner) + length)
            }
            Shape::Polygon { points, .. } => bounds(points.iter().map(along), 0.0),
            Shape::Polyline { points, width, .. } => bounds(points.iter().map(along), width / 2.0),
            Shape::Circle { centre, radius, .. } => (along(centre) - radius, along(centre) + radius),
            Shape::Text { at, size, .. } => (along(at) - size, along(at) + size),
        }
    }

    /// Exchanges right and down. A text is turned, and the end of it that was nearer to the left is nearer to the top.
    /// A bitmap stays upright in its new place: it is a picture of its own.
    pub(crate) fn transpose(&mut self) {
        let swap = |point: &mut Point| std::mem::swap(&mut point.x, &mut point.y);
        match self {
            Shape::Curve { from, to, axis, .. } => {
                swap(from);
                swap(to);
                *axis = match axis {
                    Axis::Across => Axis::Down,
                    Axis::Down => Axis::Across,
                };
            }
            Shape::Rectangle {
                corner,
                width,
                height,
                ..
            }
            | Shape::Image {
                corner,
                width,
                height,
                ..
            } => {
                swap(corner);
                std::mem::swap(width, height);
            }
            Shape::Polygon { points, .. } | Shape::Polyline { points, .. } => {
                points.iter_mut().for_each(swap);
            }
            Shape::Circle { centre, .. } => swap(centre),
            Shape::Text {
                at, anchor, turned, ..
            } => {
                swap(at);
                *turned = !*turned;
                *anchor = match anchor {
                    Anchor::Start => Anchor::End,
                    Anchor::End => Anchor::Start,
                    Anchor::Middle => Anchor::Middle,
                };
            }
        }
    }
}

/// The smallest and the largest of some places, so much further apart at each end; of none, 0.
fn bounds(places: impl Iterator<Item = f32>, reach: f32) -> (f32, f32) {
    let ends = places.fold(None, |ends: Option<(f32, f32)>, place| {
        let (first, last) = ends.unwrap_or((place, place));
        Some((first.min(place), last.max(place)))
    });
    ends.map_or((0.0, 0.0), |(first, last)| (first - reach, last + reach))
}

/// The two middle points of a curve's cubic Bézier.
pub fn curve_controls(from: Point, to: Point, axis: Axis) -> [Point; 2] {
    let (mut one, mut two) = (from, to);
    match axis {
        Axis::Across => {
            let reach = (to.x - from.x) * 0.42;
            one.x += reach;
            two.x -= reach;
        }
        Axis::Down => {
            let reach = (to.y - from.y) * 0.42;
            one.y += reach;
            two.y -= reach;
        }
    }
    [one, two]
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Width in pixels.
    pub width: f32,
    /// Height in pixels.
    pub height: f32,
    /// What it is called.
    pub title: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// What is drawn, from back to front.
    pub shapes: Vec<Shape>,
}
