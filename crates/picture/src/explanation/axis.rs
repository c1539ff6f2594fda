//! A straight axis of values.

use super::{Picture, ValueStyle, picture::SMALL};
use crate::{Anchor, Paint, Point, text_width};

/// Where values lie along a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueAxis {
    /// The value at its beginning.
    pub least: f64,
    /// The value at its end, which is larger.
    pub most: f64,
}

impl ValueAxis {
    /// The shortest axis that all values lie on, with some room at both ends; if they are all the same, it has them in
    /// its middle.
    ///
    /// ```
    /// use vitrine_picture::explanation::ValueAxis;
    /// let axis = ValueAxis::covering([0.2, 0.6]);
    /// assert!(axis.least < 0.2 && axis.most > 0.6);
    /// assert_eq!(ValueAxis::covering([0.5]).share(0.5), 0.5);
    /// ```
    pub fn covering(values: impl IntoIterator<Item = f64>) -> ValueAxis {
        const ROOM: f64 = 0.04;
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (least, most) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        if least > most {
            return ValueAxis {
                least: 0.0,
                most: 1.0,
            };
        }
        let length = most - least;
        let room = if length > 0.0 {
            length * ROOM
        } else {
            0.5 * most.abs().max(1e-6)
        };
        ValueAxis {
            least: least - room,
            most: most + room,
        }
    }

    /// How far along it a value lies: 0 at its beginning, 1 at its end.
    pub fn share(self, value: f64) -> f64 {
        (value - self.least) / (self.most - self.least)
    }

    /// Where a value lies between two places.
    pub fn place(self, value: f64, (start, end): (f32, f32)) -> f32 {
        // Pixels need no more figures.
        (f64::from(start) + self.share(value) * f64::from(end - start)) as f32
    }

    /// Round values on it, in order: as many as come nearest to `most` without being more, but two at least.
    ///
    /// ```
    /// use vitrine_picture::explanation::ValueAxis;
    /// let ticks = ValueAxis { least: 0.19, most: 0.83 }.ticks(4);
    /// assert_eq!(ticks.iter().map(|tick| format!("{tick:.1}")).collect::<Vec<_>>(), ["0.2", "0.4", "0.6", "0.8"]);
    /// ```
    pub fn ticks(self, most: usize) -> Vec<f64> {
        let length = self.most - self.least;
        if !(length > 0.0 && length.is_finite()) {
            return Vec::new();
        }
        let mut decade = 10f64.powf((length / most.max(2) as f64).log10().floor());
        loop {
            for factor in [1.0, 2.0, 5.0] {
                let step = decade * factor;
                let (first, last) = ((self.least / step).ceil(), (self.most / step).floor());
                let count = last - first + 1.0;
                if count <= most.max(2) as f64 {
                    // At most a handful by the condition above.
                    return (0..count.max(0.0) as usize)
                        .map(|tick| (first + tick as f64) * step)
                        .collect();
                }
            }
            decade *= 10.0;
        }
    }

    /// Draws the axis from left to right with round values below it, as many as have room beside each other and beside
    /// `marks`, which something else stands at: where there are two, at least two. Gives where they end.
    pub(crate) fn draw(
        self,
        picture: &mut Picture,
        (start, end): (f32, f32),
        line: f32,
        marks: &[f32],
        values: ValueStyle,
    ) -> f32 {
        const APART: f32 = 5.0;
        const MOST: usize = 24;
        let (size, width) = (picture.measures.type_size, picture.measures.width);
        let horizontal = [Point { x: start, y: line }, Point { x: end, y: line }];
        picture.line(horizontal, 1.0, Paint::Quiet);
        let placed = |most: usize| -> Vec<(f32, f32, Option<String>)> {
            let mut taken = f32::NEG_INFINITY;
            let ticks = self.labelled_ticks(most, values).into_iter();
            ticks
                .map(|(tick, label)| {
                    let x = self.place(tick, (start, end));
                    let half = text_width(&label, size * SMALL.0) / 2.0;
                    let at = x.clamp(half, (width - half).max(half));
                    let is_apart = marks.iter().all(|mark| (mark - at).abs() > half + 0.2 * size);
                    let has_room = is_apart && at - half > taken + 0.3 * size;
                    if has_room {
                        taken = at + half;
                    }
                    (x, at, has_room.then_some(label))
                })
                .collect()
        };
        let labels = |ticks: &[(f32, f32, Option<String>)]| {
            let labelled = ticks.iter().filter(|(.., label)| label.is_some());
            labelled.count()
        };
        // A handful, or as many more as two of them need to be read.
        let first = ((end - start) / (APART * size)) as usize;
        let candidates = (first.max(2)..MOST.max(first + 1)).map(placed);
        let enough = candidates.clone().find(|ticks| labels(ticks) >= 2);
        let ticks = enough.or_else(|| candidates.max_by_key(|ticks| labels(ticks)));
        for (x, at, label) in ticks.into_iter().flatten() {
            let down = [
                Point { x, y: line },
                Point {
                    x,
                    y: line + 0.3 * size,
                },
            ];
            picture.line(down, 1.0, Paint::Quiet);
            if let Some(label) = label {
                let below = Point {
                    x: at,
                    y: line + 1.15 * size,
                };
                picture.text(below, Anchor::Middle, SMALL, Paint::Quiet, label);
            }
        }
        line + 1.6 * size
    }

    /// The ticks with what is written at each: with as many decimals as tell them apart.
    pub(crate) fn labelled_ticks(self, most: usize, values: ValueStyle) -> Vec<(f64, String)> {
        let ticks = self.ticks(most);
        let step = match ticks[..] {
            [one, two, ..] => two - one,
            _ => self.most - self.least,
        };
        // A step is at least a millionth of what matters, so these are few.
        let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize;
        let written = |tick: f64| (tick, values.numbers().fixed(tick, decimals));
        ticks.into_iter().map(written).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ticks_lie_on_the_axis_evenly(least in -5.0..5.0f64, length in 1e-5..20.0f64, most in 2..9usize) {
            let axis = ValueAxis { least, most: least + length };
            let ticks = axis.ticks(most);
            prop_assert!(ticks.len() <= most);
            prop_assert!(!ticks.is_empty() || most < 4, "{axis:?}");
            for tick in &ticks {
                prop_assert!((-1e-9..=1.0 + 1e-9).contains(&axis.share(*tick)));
            }
            let steps: Vec<f64> = ticks.windows(2).map(|pair| pair[1] - pair[0]).collect();
            prop_assert!(steps.iter().all(|step| (step - steps[0]).abs() < 1e-9 * (1.0 + length)));
        }

        #[test]
        fn places_keep_order(values in prop::collection::vec(-3.0..3.0f64, 2..8)) {
            let axis = ValueAxis::covering(values.iter().copied());
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let places: Vec<f32> = sorted.iter().map(|value| axis.place(*value, (10.0, 300.0))).collect();
            prop_assert!(places.is_sorted());
            prop_assert!(places.iter().all(|place| (10.0..=300.0).contains(place)));
        }
    }

    #[test]
    fn no_value_is_no_trouble() {
        let axis = ValueAxis::covering([f64::NAN]);
        assert_eq!((axis.least, axis.most), (0.0, 1.0));
        let same = ValueAxis::covering([0.0, 0.0]);
        assert!(same.least < 0.0 && same.most > 0.0);
        assert!(
            ValueAxis {
                least: f64::NAN,
                most: 1.0
            }
            .ticks(4)
            .is_empty()
        );
    }
}
