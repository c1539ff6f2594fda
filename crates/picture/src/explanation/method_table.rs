//! What several methods say of the same words, side by side.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    Measures, Picture, SignedScale, TargetOf, ValueStyle, file::number, matrix::Matrix, picture::SMALL,
};
use crate::{Anchor, NumberStyle, Paint, Point, export::quoted, text_width};

/// A table of words and methods. What is compared is which words matter and in which direction: methods have units of
/// their own, so that each column can have a scale of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodTable {
    /// The words.
    pub words: Vec<String>,
    /// The methods, as people call them.
    pub methods: Vec<String>,
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

impl MethodTable {
    /// What a method says of a word.
    pub fn value(&self, word: usize, method: usize) -> Option<f64> {
        self.values.get(method)?.get(word).copied().flatten()
    }

    /// The scale of each method, and how its values are written.
    pub fn scales(&self, words: MethodTableWords) -> Vec<(SignedScale, ValueStyle)> {
        let of = |values: &mut dyn Iterator<Item = f64>| SignedScale::of_values(values);
        let shared = of(&mut self.values.iter().flatten().filter_map(|value| *value));
        let own = |values: &Vec<Option<f64>>| of(&mut values.iter().filter_map(|value| *value));
        let scale = |values| {
            if words.is_shared_scale {
                shared
            } else {
                own(values)
            }
        };
        let scales = self.values.iter().map(scale);
        scales.map(|scale| (scale, scale.values(words.numbers))).collect()
    }

    /// A row for each word, marked ones with a bold name, and a column for each method; below each the end of its scale.
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
        let limits: Vec<String> = scales
            .iter()
            .map(|(scale, values)| format!("±{}", values.score(scale.limit())))
            .collect();
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

    /// A line for each word and method that gives it a value: RFC 4180, lines ended by CRLF. `names` are those of the
    /// methods in files.
    pub fn csv(&self, names: &[String], model_hash: &str) -> String {
        let mut csv = String::from("word,text,method,value,disagreement,model_hash\r\n");
        for (word, text) in self.words.iter().enumerate() {
            for method in 0..self.methods.len() {
                let name = names.get(method).or(self.methods.get(method));
                let Some((value, name)) = self.value(word, method).zip(name) else {
                    continue;
                };
                // Writing to a String cannot fail.
                let _ = write!(
                    csv,
                    "{word},{},{},{},{},{model_hash}\r\n",
                    quoted(text),
                    quoted(name),
                    number(value),
                    self.marked.contains(&word),
                );
            }
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Shape,
        explanation::picture::{TRIED, check_picture},
    };

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
        }
    }

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
            scales.into_iter().map(|(scale, _)| scale.limit()).collect()
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
    fn the_file_has_a_line_for_each_value() {
        let names = ["owen", "lime", "integrated_gradients"].map(str::to_owned);
        let csv = table().csv(&names, "hash");
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 24);
        assert_eq!(lines[1], "0,A,owen,0.01,false,hash");
        assert!(
            lines.contains(&"3,not,Occlusion,0.03,true,hash"),
            "without a name it has the other"
        );
        assert!(lines.contains(&"2,\",\",owen,0,false,hash"));
    }
}
