//! Rows of a name, a bar from zero and its number, as several pictures have them.

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf, ValueAxis,
    picture::{MIDDLE_OF_TYPE, NAME, SMALL},
};
use crate::{Anchor, Paint, Point, difference::sign, fitting, text_width};

/// One row.
pub(crate) struct SignedBar {
    /// What stands at its left.
    pub name: String,
    /// Whether that is what was typed; other names are set quietly.
    pub is_name: bool,
    /// How long the bar is, and to which side.
    pub value: f64,
    /// A line from one value to another over the bar.
    pub range: Option<(f64, f64)>,
    /// What the row is of.
    pub target: TargetOf,
}

impl SignedBar {
    /// How far the row reaches to the side of a sign.
    fn reach(&self, sign: f64) -> f64 {
        let (least, most) = self.range.unwrap_or((self.value, self.value));
        [self.value, least, most]
            .into_iter()
            .map(|end| end * sign)
            .fold(0.0, f64::max)
    }
}

/// Names at the left, bars on both sides of zero as far as there are such values, numbers at their ends, and below them the
/// axis.
pub(crate) fn signed_bars(
    bars: &[SignedBar],
    scale: SignedScale,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    let row_height = measures.type_size * ROW;
    let mut picture = Picture::new(measures);
    let columns = Columns::new(bars, scale, measures, words);
    let height = bars.len() as f32 * row_height;
    for (place, bar) in bars.iter().enumerate() {
        let top = place as f32 * row_height;
        columns.row(&mut picture, top, bar, words);
        let corner = Point { x: 0.0, y: top };
        picture.target(bar.target.clone(), corner, measures.width, row_height);
    }
    let zero = columns.zero;
    let line = [Point { x: zero, y: 0.0 }, Point { x: zero, y: height }];
    picture.line(line, 1.0, Paint::Quiet);
    picture.height = height;
    if let Some((axis, ends)) = columns.axis() {
        picture.height = axis.draw(
            &mut picture,
            ends,
            height + 0.2 * measures.type_size,
            &[],
            words.values,
        );
    }
    picture
}

/// The name of a row, which ends a little before a point; none where numbers with very many decimals leave no room for even
/// an ellipsis.
pub(crate) fn name_at_left(picture: &mut Picture, name: &str, paint: Paint, before: Point) {
    let size = picture.measures.type_size;
    let x = before.x - 0.6 * size;
    let name = fitting(name, x, size);
    if text_width(&name, size) <= x {
        picture.text(Point { x, ..before }, Anchor::End, NAME, paint, name);
    }
}

/// A line from one value to another: on a bar it is seen by its rim, and beside it by itself.
pub(crate) fn whisker(picture: &mut Picture, line: [Point; 2]) {
    let size = picture.measures.type_size;
    picture.line(line, 0.4 * size, Paint::Paper);
    picture.line(line, 0.16 * size, Paint::Ink);
}

/// Such a line below a picture, with what it is.
pub(crate) fn whisker_with_name(picture: &mut Picture, name: &str) {
    let Measures {
        width,
        type_size: size,
    } = picture.measures;
    let y = picture.height + size;
    whisker(picture, [0.0, 1.6 * size].map(|x| Point { x, y }));
    let name = fitting(name, width - 2.0 * size, size * SMALL.0);
    let at = Point {
        x: 2.0 * size,
        y: y + 0.3 * size,
    };
    picture.text(at, Anchor::Start, SMALL, Paint::Quiet, name);
    picture.height = y + 0.6 * size;
}

/// Heights of a row and of a bar by the size of type.
pub(crate) const ROW: f32 = 1.7;
const BAR: f32 = 1.1;

/// Where names end, where zero is, how long one unit is, and how far values reach to both sides.
struct Columns {
    names: f32,
    zero: f32,
    unit: f64,
    reach: [f64; 2],
}

impl Columns {
    /// Room for the names, for the bars on both sides as far as there are such values, and for a number at each end.
    fn new(
        bars: &[SignedBar],
        scale: SignedScale,
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Columns {
        let size = measures.type_size;
        let names = names_width(bars.iter().map(|bar| bar.name.as_str()), measures);
        let widths = bars
            .iter()
            .map(|bar| text_width(&words.values.value(bar.value), size * SMALL.0));
        let number = widths.fold(0.0, f32::max) + 0.5 * size;
        // The sum of several may be longer than the scale, whose end is the largest alone.
        let reach = |sign: f64| {
            let longest = bars.iter().map(|bar| bar.reach(sign)).fold(0.0, f64::max);
            if longest > 0.0 {
                longest.max(scale.limit())
            } else {
                0.0
            }
        };
        let (left, right) = (reach(-1.0), reach(1.0));
        let room_at_left = if left > 0.0 { number } else { 0.0 };
        // Numbers with many decimals leave less room for names.
        let names = names.min((measures.width - room_at_left - number - size).max(0.0));
        let room = (measures.width - names - room_at_left - number).max(size);
        let length = left + right;
        let unit = if length > 0.0 {
            f64::from(room) / length
        } else {
            0.0
        };
        Columns {
            names,
            zero: names + room_at_left + (left * unit) as f32,
            unit,
            reach: [left, right],
        }
    }

    /// The axis of all bars, and where it begins and ends; none where all values are 0.
    fn axis(&self) -> Option<(ValueAxis, (f32, f32))> {
        let [left, right] = self.reach;
        let axis = ValueAxis {
            least: -left,
            most: right,
        };
        (self.unit > 0.0).then(|| (axis, (self.place(-left), self.place(right))))
    }

    fn place(&self, value: f64) -> f32 {
        self.zero + (value * self.unit) as f32
    }

    fn row(&self, picture: &mut Picture, top: f32, bar: &SignedBar, words: &ExplanationWords<'_>) {
        let size = picture.measures.type_size;
        let middle = top + size * ROW / 2.0;
        let at = |x: f32| Point {
            x,
            y: middle + size * MIDDLE_OF_TYPE,
        };
        let paint = if bar.is_name { Paint::Ink } else { Paint::Quiet };
        name_at_left(picture, &bar.name, paint, at(self.names));
        let end = self.place(bar.value);
        let corner = Point {
            x: self.zero.min(end),
            y: middle - size * BAR / 2.0,
        };
        // The length says how much, so the colour says the sign alone.
        picture.rectangle(
            corner,
            (end - self.zero).abs(),
            size * BAR,
            sign(bar.value as f32),
        );
        if let Some((least, most)) = bar.range {
            let line = [least, most].map(|value| Point {
                x: self.place(value),
                y: middle,
            });
            whisker(picture, line);
        }
        let (side, beside, anchor) = if bar.value < 0.0 {
            (-1.0, -0.3, Anchor::End)
        } else {
            (1.0, 0.3, Anchor::Start)
        };
        let beyond = at(self.place(side * bar.reach(side)) + beside * size);
        picture.text(beyond, anchor, SMALL, Paint::Ink, words.values.value(bar.value));
    }
}

/// As much room as the longest name needs, but no more than about a third.
pub(crate) fn names_width<'a>(names: impl IntoIterator<Item = &'a str>, measures: Measures) -> f32 {
    const LARGEST_SHARE: f32 = 0.36;
    let size = measures.type_size;
    let widest = names
        .into_iter()
        .map(|name| text_width(name, size))
        .fold(0.0, f32::max);
    (widest + 0.7 * size).min(measures.width * LARGEST_SHARE)
}
