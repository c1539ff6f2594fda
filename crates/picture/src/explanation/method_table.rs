//! What several methods say of the same words, side by side.

use std::collections::BTreeSet;

use super::{
    Measures, Picture, SignedScale, TargetOf, ValueScale,
    matrix::Matrix,
    picture::SMALL,
    scale::{sequential_ramp, signed_ramp},
};
use crate::{Anchor, NumberStyle, Paint, Point, Shape, fitting, text_width};

/// A table of words and methods. What is compared is which words matter and in which direction: methods have units of
/// their own, so that each column can have a scale of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodTable {
    /// The words.
    pub words: Vec<String>,
    /// The methods, as people call them.
    pub methods: Vec<String>,
    /// The methods, by their places, whose values say how much, but not for or against.
    pub without_sides: BTreeSet<usize>,
    /// `[method][word]`; none where a method gives a word no value.
    pub values: Vec<Vec<Option<f64>>>,
    /// Words that the methods disagree about.
    pub marked: BTreeSet<usize>,
}

/// How the table is drawn and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodTableWords {
    /// The style of numbers.
    pub numbers: NumberStyle,
    /// Whether all columns are on one scale.
    pub is_shared_scale: bool,
}

/// What the colours of the table mean.
#[derive(Clone, Copy, Debug)]
pub struct MethodLegend<'a> {
    /// The one end of the signed scale.
    pub towards: &'a str,
    /// The other.
    pub away: &'a str,
    /// What the scale is of that has no sides; `{methods}` stands for the methods.
    pub without_sides: &'a str,
}

impl MethodTable {
    /// What a method says of a word.
    pub fn value(&self, word: usize, method: usize) -> Option<f64> {
        self.values.get(method)?.get(word).copied().flatten()
    }

    /// The scale of each method.
    pub fn scales(&self, words: MethodTableWords) -> Vec<ValueScale> {
        let of = |values: &mut dyn Iterator<Item = f64>| SignedScale::of_values(values);
        let shared = of(&mut self.values.iter().flatten().filter_map(|value| *value));
        let own = |values: &Vec<Option<f64>>| of(&mut values.iter().filter_map(|value| *value));
        let scale = |(method, values)| {
            let scale = if words.is_shared_scale {
                shared
            } else {
                own(values)
            };
            match self.without_sides.contains(&method) {
                true => ValueScale::unsigned(scale, words.numbers),
                false => ValueScale::signed(scale, words.numbers),
            }
        };
        self.values.iter().enumerate().map(scale).collect()
    }

    /// A row for each word, marked ones with a bold name, and a column for each method; below each the ends of its scale.
    pub fn picture(&self, measures: Measures, words: MethodTableWords) -> Picture {
        let size = measures.type_size;
        let scales = self.scales(words);
        let matrix = Matrix {
            rows: &self.words,
            columns: &self.methods,
            scales: &scales,
            marked: &self.marked,
        };
        let value = |row, column| self.value(row, column);
        let mut picture = matrix.picture(measures, value, |row, column| TargetOf::Cell { row, column });
        let (left, wide) = matrix.columns_from(measures);
        let limits: Vec<String> = scales.iter().map(|scale| scale.limits()).collect();
        let widest = limits
            .iter()
            .map(|limit| text_width(limit, size * SMALL.0))
            .fold(0.0, f32::max);
        if widest <= wide {
            for (column, limit) in limits.into_iter().enumerate() {
                let at = Point {
                    x: left + (column as f32 + 0.5) * wide,
                    y: picture.height + 1.1 * size,
                };
                picture.text(at, Anchor::Middle, SMALL, Paint::Quiet, limit);
            }
            picture.height += 1.5 * size;
        }
        picture
    }

    /// The picture with what its colours mean below it: the signed scale, and where there are methods without sides, theirs.
    pub fn with_legend(&self, mut picture: Picture, legend: &MethodLegend<'_>) -> Picture {
        let measures = picture.measures;
        let (size, small) = (measures.type_size, measures.type_size * SMALL.0);
        let ends = text_width(legend.towards, small) + text_width(legend.away, small) + size;
        let width = ends
            .clamp(12.0 * size, measures.width.max(12.0 * size))
            .min(measures.width);
        let names: Vec<&str> = self
            .methods
            .iter()
            .enumerate()
            .filter(|(method, _)| self.without_sides.contains(method))
            .map(|(_, name)| name.as_str())
            .collect();
        let without_sides = legend.without_sides.replace("{methods}", &names.join(", "));
        let signed = [
            (0.0, Anchor::Start, legend.away),
            (width, Anchor::End, legend.towards),
        ];
        let unsigned = [(0.0, Anchor::Start, without_sides.as_str())];
        let room = |names: &[(f32, Anchor, &str)]| measures.width / names.len() as f32;
        let mut add = |ramp: fn(Point, f32, Measures) -> Vec<Shape>, names: &[(f32, Anchor, &str)]| {
            let y = picture.height + 0.6 * size;
            picture.shapes.extend(ramp(Point { x: 0.0, y }, width, measures));
            for (x, anchor, name) in names {
                let at = Point {
                    x: *x,
                    y: y + 1.6 * size,
                };
                picture.text(
                    at,
                    *anchor,
                    SMALL,
                    Paint::Quiet,
                    fitting(name, room(names), small),
                );
            }
            picture.height = y + 2.0 * size;
        };
        if self.without_sides.len() < self.methods.len() {
            add(signed_ramp, &signed);
        }
        if !names.is_empty() {
            add(sequential_ramp, &unsigned);
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explanation::picture::{TRIED, check_picture};

    fn table() -> MethodTable {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        MethodTable {
            words: strings(&["A", "lovely", ",", "not", "unwatchable", "film"]),
            methods: strings(&["SHAP", "LIME", "Integrated gradients", "Occlusion"]),
            values: vec![
                vec![
                    Some(0.01),
                    Some(0.3),
                    Some(0.0),
                    Some(0.02),
                    Some(-0.29),
                    Some(0.02),
                ],
                vec![Some(0.0), Some(0.2), None, Some(-0.05), Some(-0.2), Some(0.01)],
                vec![
                    Some(0.5),
                    Some(2.5),
                    Some(-0.1),
                    Some(-1.5),
                    Some(-4.0),
                    Some(0.0),
                ],
                vec![
                    Some(0.0),
                    Some(0.1),
                    Some(0.0),
                    Some(0.03),
                    Some(-0.1),
                    Some(0.02),
                ],
            ],
            marked: BTreeSet::from([3]),
            without_sides: BTreeSet::new(),
        }
    }

    const LEGEND: MethodLegend<'_> = MethodLegend {
        towards: "towards POSITIVE",
        away: "away",
        without_sides: "{methods}: size only",
    };

    fn words(is_shared_scale: bool) -> MethodTableWords {
        MethodTableWords {
            numbers: NumberStyle::English,
            is_shared_scale,
        }
    }

    #[test]
    fn each_method_has_its_scale_or_all_have_one() {
        let limits = |is_shared| -> Vec<f64> {
            let scales = table().scales(words(is_shared));
            scales.into_iter().map(|scale| scale.scale.limit()).collect()
        };
        assert_eq!(limits(false), [0.3, 0.2, 4.0, 0.1]);
        assert_eq!(limits(true), [4.0; 4]);
    }

    #[test]
    fn a_word_without_a_value_has_no_cell() {
        for measures in TRIED {
            for is_shared in [false, true] {
                let picture = table().picture(measures, words(is_shared));
                check_picture(&picture);
                let cells = picture
                    .shapes
                    .iter()
                    .filter(|shape| matches!(shape, Shape::Rectangle { .. }));
                assert_eq!((cells.count(), picture.targets.len()), (23, 23));
                let bold: Vec<&str> = picture
                    .shapes
                    .iter()
                    .filter_map(|shape| match shape {
                        Shape::Text {
                            bold: true, content, ..
                        } => Some(content.as_str()),
                        _ => None,
                    })
                    .collect();
                assert_eq!(bold, ["not"]);
            }
        }
    }

    #[test]
    fn a_method_without_sides_has_the_scale_of_sizes_and_its_own_legend() {
        let mut table = table();
        table.values[3] = vec![Some(0.1), Some(0.4), Some(0.0), Some(0.2), None, Some(0.3)];
        let paints = |table: &MethodTable, measures| -> Vec<Paint> {
            let picture = table.with_legend(table.picture(measures, words(false)), &LEGEND);
            check_picture(&picture);
            let ground = |shape: &Shape| match shape {
                Shape::Rectangle { paint, .. } => Some(*paint),
                _ => None,
            };
            picture.shapes.iter().filter_map(ground).collect()
        };
        let is_sequential = |paint: &&Paint| matches!(paint, Paint::Sequential(_));
        for measures in TRIED {
            assert_eq!(paints(&table, measures).iter().filter(is_sequential).count(), 0);
            let mut of_sizes = table.clone();
            of_sizes.without_sides = BTreeSet::from([3]);
            let drawn = paints(&of_sizes, measures);
            // Five cells, and the steps of the ramp from nothing to all.
            let sequential: Vec<&Paint> = drawn.iter().filter(is_sequential).collect();
            assert!(sequential.len() > 5 + 8, "{}", sequential.len());
            assert!(sequential[..5].contains(&&Paint::Sequential(0.25)));
            assert_eq!(sequential[5..].first(), Some(&&Paint::Sequential(0.0)));
            assert_eq!(sequential.last(), Some(&&Paint::Sequential(1.0)));
            let scale = of_sizes.scales(words(false))[3];
            assert_eq!(
                (scale.limits().as_str(), scale.written(0.2).as_str()),
                ("0–0.400", "0.200")
            );
        }
    }
}
