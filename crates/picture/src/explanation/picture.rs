//! What all pictures of explanations are made of.

use super::{
    SignedScale, ValueStyle,
    part::{Contribution, ContributionOf, Part},
};
use crate::{Anchor, FigureWords, Paint, Point, Scene, Shape, figure::Frame, fitting};

/// How large a picture is, in pixels. Everything else follows from these two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Its width.
    pub width: f32,
    /// The size of its type.
    pub type_size: f32,
}

impl Measures {
    /// Those of an exported figure.
    pub const EXPORT: Measures = Measures {
        width: 720.0,
        type_size: 14.0,
    };
}

/// What is written in the pictures, and how their numbers are written.
#[derive(Clone, Copy, Debug)]
pub struct ExplanationWords<'a> {
    /// The style of all values and scores.
    pub values: ValueStyle,
    /// The name of what the values are added to.
    pub base_value: &'a str,
    /// The name of the score that is explained.
    pub prediction: &'a str,
    /// The name of several parts that are drawn as one; `{count}` stands for how many they are.
    pub others: &'a str,
    /// The name of what the values do not account for.
    pub remainder: &'a str,
    /// What a positive value means.
    pub towards: &'a str,
    /// What a negative value means.
    pub away: &'a str,
    /// The name of groups that are not told apart yet.
    pub not_resolved: &'a str,
    /// What lines over bars and steps are that reach one standard error to both sides.
    pub standard_error: &'a str,
}

impl ExplanationWords<'_> {
    /// The name of a term.
    pub fn name(&self, contribution: &Contribution, parts: &[Part]) -> String {
        match &contribution.of {
            ContributionOf::Part(part) => parts.get(*part).map(|part| part.text.clone()).unwrap_or_default(),
            ContributionOf::Others(others) => {
                let count = self.values.numbers().count(others.len());
                self.others.replace("{count}", &count)
            }
            ContributionOf::Remainder => self.remainder.to_owned(),
        }
    }
}

/// What of a picture can be pointed at, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it is of.
    pub of: TargetOf,
    /// Its upper left corner.
    pub corner: Point,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

/// What a target is of, by places in the explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetOf {
    /// Features; none for what the values do not account for.
    Features(Vec<usize>),
    /// Two features, or one with itself.
    Pair([usize; 2]),
    /// A group of a merge tree.
    Group {
        /// Its place in [`ExplanationDetail::MergeTree`](vitrine_record::ExplanationDetail).
        group: usize,
        /// Its features.
        features: Vec<usize>,
    },
    /// What one method says of one word.
    Cell {
        /// The word, by its place among the rows.
        row: usize,
        /// The method, by its place among the columns.
        column: usize,
    },
    /// An occurrence in one of several texts.
    OfText {
        /// The text, by its place among all.
        text: usize,
        /// The occurrence, by its place in that.
        occurrence: usize,
    },
    /// One of several texts as a whole, by its place among all.
    Text(usize),
    /// What several texts have in common, by its place among the rows.
    Row(usize),
    /// Samples of a surrogate that lack the same words, by the place of the first of them.
    Sample(usize),
}

impl TargetOf {
    /// The features of the explanation that it is of, by their places; none of what is of several explanations.
    pub fn features(&self) -> &[usize] {
        match self {
            TargetOf::Features(features) | TargetOf::Group { features, .. } => features,
            TargetOf::Pair(features) => features,
            TargetOf::Cell { .. }
            | TargetOf::OfText { .. }
            | TargetOf::Text(_)
            | TargetOf::Row(_)
            | TargetOf::Sample(_) => &[],
        }
    }
}

impl Target {
    /// Whether a place lies in it.
    pub fn contains(&self, at: Point) -> bool {
        (self.corner.x..self.corner.x + self.width).contains(&at.x)
            && (self.corner.y..self.corner.y + self.height).contains(&at.y)
    }

    /// How far a place is from it, which is 0 within, and from its middle.
    fn distance(&self, at: Point) -> (f32, f32) {
        let outside = |at: f32, start: f32, length: f32| (start - at).max(at - start - length).max(0.0);
        let across = outside(at.x, self.corner.x, self.width);
        let down = outside(at.y, self.corner.y, self.height);
        let middle =
            (self.corner.x + self.width / 2.0 - at.x).hypot(self.corner.y + self.height / 2.0 - at.y);
        (across.hypot(down), middle)
    }
}

/// A laid out picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its measures.
    pub measures: Measures,
    /// Its height.
    pub height: f32,
    /// What is drawn, from back to front.
    pub shapes: Vec<Shape>,
    /// What can be pointed at, in the order in which a keyboard goes through it.
    pub targets: Vec<Target>,
}

impl Picture {
    pub(crate) fn new(measures: Measures) -> Picture {
        Picture {
            measures,
            height: 0.0,
            shapes: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// The picture with the legend of its signed scale below.
    #[must_use]
    pub fn with_legend(mut self, scale: SignedScale, words: &ExplanationWords<'_>) -> Picture {
        let at = Point {
            x: 0.0,
            y: self.height + self.measures.type_size * 0.6,
        };
        let (shapes, height) = scale.legend(words, at, self.measures);
        self.shapes.extend(shapes);
        self.height = at.y + height;
        self
    }

    /// This picture with another below it; their targets stay in this order.
    #[must_use]
    pub fn above(mut self, mut other: Picture) -> Picture {
        let down = self.height + self.measures.type_size;
        for shape in &mut other.shapes {
            shape.shift(0.0, down);
        }
        for target in &mut other.targets {
            target.corner.y += down;
        }
        self.shapes.append(&mut other.shapes);
        self.targets.append(&mut other.targets);
        self.height = down + other.height;
        self
    }

    /// The picture under a title of its own.
    #[must_use]
    pub fn under(self, title: &str) -> Picture {
        let size = self.measures.type_size;
        let mut picture = Picture::new(self.measures);
        let title = fitting(title, self.measures.width, size);
        picture.text(
            Point { x: 0.0, y: size },
            Anchor::Start,
            (1.0, true),
            Paint::Ink,
            title,
        );
        picture.height = 0.4 * size;
        picture.above(self)
    }

    /// The figure that is exported: with a heading above, and below it what is known of how it was made and how far it is
    /// to be trusted, in lines.
    pub fn scene(self, words: &FigureWords<'_>) -> Scene {
        Frame {
            words: *words,
            legend: &[],
            row_height: self.measures.type_size * 2.0,
        }
        .around(self.shapes, self.measures.width, self.height)
    }

    /// The first target that a place lies in.
    pub fn target_at(&self, at: Point) -> Option<&Target> {
        self.targets.iter().find(|target| target.contains(at))
    }

    /// The place among the targets of the one that is nearest to a place, and no further from it than `reach`; of several
    /// that a place lies in, the one whose middle is nearest.
    ///
    /// ```
    /// use vitrine_picture::{Point, explanation::{Measures, Picture, Target, TargetOf}};
    /// let target = |text, x| Target { of: TargetOf::Text(text), corner: Point { x, y: 0.0 }, width: 4.0, height: 4.0 };
    /// let picture = Picture {
    ///     measures: Measures::EXPORT, height: 9.0, shapes: vec![], targets: vec![target(0, 0.0), target(1, 20.0)],
    /// };
    /// let nearest = |x| picture.nearest_target(Point { x, y: 2.0 }, 24.0);
    /// assert_eq!([nearest(9.0), nearest(22.0), nearest(48.0), nearest(49.0)], [Some(0), Some(1), Some(1), None]);
    /// ```
    pub fn nearest_target(&self, at: Point, reach: f32) -> Option<usize> {
        let distances = self.targets.iter().map(|target| target.distance(at)).enumerate();
        let near = distances.filter(|(_, (distance, _))| *distance <= reach);
        let nearest =
            near.min_by(|(_, one), (_, other)| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
        nearest.map(|(place, _)| place)
    }

    pub(crate) fn target(&mut self, of: TargetOf, corner: Point, width: f32, height: f32) {
        self.targets.push(Target {
            of,
            corner,
            width,
            height,
        });
    }

    pub(crate) fn rectangle(&mut self, corner: Point, width: f32, height: f32, paint: Paint) {
        self.shapes.push(Shape::Rectangle {
            corner,
            width,
            height,
            paint,
            opacity: 1.0,
        });
    }

    pub(crate) fn line(&mut self, points: impl Into<Vec<Point>>, width: f32, paint: Paint) {
        self.shapes.push(Shape::Polyline {
            points: points.into(),
            width,
            paint,
        });
    }

    /// Text of a share of the size of type.
    pub(crate) fn text(
        &mut self,
        at: Point,
        anchor: Anchor,
        (share, bold): (f32, bool),
        paint: Paint,
        content: String,
    ) {
        self.shapes.push(Shape::Text {
            at,
            anchor,
            size: self.measures.type_size * share,
            turned: false,
            bold,
            paint,
            content,
        });
    }
}

/// Small type beside what it belongs to, in plain and in bold.
pub(crate) const SMALL: (f32, bool) = (0.86, false);
pub(crate) const SMALL_BOLD: (f32, bool) = (0.86, true);
/// The type of names.
pub(crate) const NAME: (f32, bool) = (1.0, false);

/// How far above its baseline the middle of small letters and digits is, as a share of the size of type.
pub(crate) const MIDDLE_OF_TYPE: f32 = 0.34;

/// The left, upper, right and lower end of a shape, of a text as wide as it is at most.
#[cfg(test)]
pub(crate) fn extent(shape: &Shape) -> [f32; 4] {
    use crate::{Axis, text_width};
    let ((left, right), (top, bottom)) = (shape.extent(Axis::Across), shape.extent(Axis::Down));
    match shape {
        Shape::Text {
            at,
            anchor,
            size,
            turned,
            content,
            ..
        } => {
            let width = text_width(content, *size);
            let (before, after) = match anchor {
                Anchor::Start => (0.0, width),
                Anchor::Middle => (width / 2.0, width / 2.0),
                Anchor::End => (width, 0.0),
            };
            let (above, below) = (0.72 * size, 0.2 * size);
            if *turned {
                [at.x - above, at.y - after, at.x + below, at.y + before]
            } else {
                [at.x - before, at.y - above, at.x + after, at.y + below]
            }
        }
        // A line is as thick as it is, but no longer.
        Shape::Polyline { width, .. } => {
            let half = width / 2.0;
            [left + half, top + half, right - half, bottom - half]
        }
        _ => [left, top, right, bottom],
    }
}

/// Where the lines that say how sure values are begin and end.
#[cfg(test)]
pub(crate) fn whiskers(picture: &Picture) -> Vec<(f32, f32)> {
    let lines = picture.shapes.iter().filter_map(|shape| match shape {
        Shape::Polyline {
            points,
            paint: Paint::Ink,
            ..
        } => Some((points[0].x, points[1].x)),
        _ => None,
    });
    lines.collect()
}

/// Holds a picture to lying within itself, its texts to lying beside each other, and its targets too.
#[cfg(test)]
pub(crate) fn check_picture(picture: &Picture) {
    const ROUNDING: f32 = 0.02;
    let (width, height) = (picture.measures.width, picture.height);
    let are_apart = |one: [f32; 4], other: [f32; 4]| {
        one[2] <= other[0] + ROUNDING
            || other[2] <= one[0] + ROUNDING
            || one[3] <= other[1] + ROUNDING
            || other[3] <= one[1] + ROUNDING
    };
    let mut texts: Vec<([f32; 4], &str)> = Vec::new();
    for shape in &picture.shapes {
        let place = extent(shape);
        let [left, top, right, bottom] = place;
        assert!(
            left >= -ROUNDING && right <= width + ROUNDING && top >= -ROUNDING && bottom <= height + ROUNDING,
            "{shape:?} {place:?} is outside of {width} × {height}"
        );
        if let Shape::Text { content, .. } = shape {
            for (other_place, other) in &texts {
                assert!(are_apart(place, *other_place), "{content:?} lies on {other:?}");
            }
            texts.push((place, content));
        }
    }
    let rectangle = |target: &Target| {
        let Point { x, y } = target.corner;
        [x, y, x + target.width, y + target.height]
    };
    for (place, target) in picture.targets.iter().enumerate() {
        assert!(target.width >= 0.0 && target.height > 0.0, "{target:?}");
        for other in &picture.targets[..place] {
            assert!(
                are_apart(rectangle(target), rectangle(other)),
                "{target:?} lies on {other:?}"
            );
        }
    }
}

/// The widths that pictures are tried in: a phone, a figure and a projector.
#[cfg(test)]
pub(crate) const TRIED: [Measures; 3] = [
    Measures {
        width: 328.0,
        type_size: 13.0,
    },
    Measures::EXPORT,
    Measures {
        width: 1600.0,
        type_size: 24.0,
    },
];

/// Words as a page has them.
#[cfg(test)]
pub(crate) fn words(scale: SignedScale) -> ExplanationWords<'static> {
    ExplanationWords {
        values: scale.values(crate::NumberStyle::English),
        base_value: "base value",
        prediction: "f(x)",
        others: "{count} others",
        remainder: "not accounted for",
        towards: "towards POSITIVE",
        away: "away",
        not_resolved: "not told apart yet",
        standard_error: "Lines: one standard error to both sides",
    }
}
