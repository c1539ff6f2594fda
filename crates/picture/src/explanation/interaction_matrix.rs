//! How features work together, pair by pair.

use std::collections::BTreeSet;

use vitrine_record::{Explanation, ExplanationDetail};

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf, ValueScale, matrix::Matrix, part::text_of,
};

/// Interactions of pairs; the diagonal is what a feature does by itself, and each row sums to the feature's value.
#[derive(Clone, Debug, PartialEq)]
pub struct InteractionMatrix<'a> {
    /// What stands in the text where each feature is.
    pub names: Vec<String>,
    /// `[feature, feature]` in row-major order.
    values: &'a [f64],
}

impl<'a> InteractionMatrix<'a> {
    /// The interactions of an explanation that has them, for all pairs of its features.
    pub fn new(explanation: &'a Explanation) -> Option<InteractionMatrix<'a>> {
        let ExplanationDetail::Interactions(values) = &explanation.detail else {
            return None;
        };
        let features = explanation.features.len();
        (values.len() == features * features).then(|| InteractionMatrix {
            names: (0..features)
                .map(|feature| text_of(explanation, feature..feature + 1))
                .collect(),
            values,
        })
    }

    /// The interaction of two features.
    pub fn value(&self, row: usize, column: usize) -> Option<f64> {
        let is_feature = row.max(column) < self.names.len();
        self.values
            .get(row * self.names.len() + column)
            .copied()
            .filter(|_| is_feature)
    }

    /// The scale of all cells: to the largest.
    pub fn scale(&self) -> SignedScale {
        SignedScale::of_values(self.values.iter().copied())
    }

    /// The pair of two different features whose interaction is the largest, whatever its sign.
    pub fn largest_pair(&self) -> Option<(usize, usize, f64)> {
        let features = self.names.len();
        let pairs = (0..features).flat_map(|row| (0..row).map(move |column| (column, row)));
        let valued = pairs.filter_map(|(one, other)| Some((one, other, self.value(one, other)?)));
        valued.max_by(|one, other| one.2.abs().total_cmp(&other.2.abs()))
    }

    /// A cell for each pair.
    pub fn picture(&self, scale: SignedScale, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
        let matrix = Matrix {
            rows: &self.names,
            columns: &self.names,
            scales: &[ValueScale::signed(scale, words.values.numbers())],
            marked: &BTreeSet::new(),
        };
        matrix.picture(
            measures,
            |row, column| self.value(row, column),
            |row, column| TargetOf::Pair([row, column]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Paint, Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    #[test]
    fn rows_sum_to_the_values_and_the_picture_is_symmetric() {
        let explanation = fixture::with_interactions();
        let matrix = InteractionMatrix::new(&explanation).unwrap();
        for (row, feature) in explanation.features.iter().enumerate() {
            let sum: f64 = (0..10).filter_map(|column| matrix.value(row, column)).sum();
            assert!((sum - feature.value).abs() < 1e-12);
        }
        for measures in TRIED {
            let scale = matrix.scale();
            let picture = matrix.picture(scale, measures, &words(scale));
            check_picture(&picture);
            let paints: Vec<Paint> = picture
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rectangle { paint, .. } => Some(*paint),
                    _ => None,
                })
                .collect();
            assert_eq!((paints.len(), picture.targets.len()), (100, 100));
            for (row, column) in [(0, 3), (2, 9), (7, 1)] {
                assert_eq!(paints[row * 10 + column], paints[column * 10 + row]);
                assert_eq!(
                    picture.targets[row * 10 + column].of,
                    TargetOf::Pair([row, column])
                );
            }
        }
    }

    #[test]
    fn the_largest_pair_is_one_of_two_features() {
        let explanation = fixture::with_interactions();
        let matrix = InteractionMatrix::new(&explanation).unwrap();
        let (one, other, value) = matrix.largest_pair().unwrap();
        assert!(one < other);
        for row in 0..10 {
            for column in (0..10).filter(|column| *column != row) {
                assert!(matrix.value(row, column).unwrap().abs() <= value.abs());
            }
        }
        assert_eq!(matrix.value(10, 0), None);
        assert_eq!(matrix.value(0, 10), None);
    }

    #[test]
    fn numbers_that_fit_no_matrix_are_none() {
        let mut explanation = fixture::with_interactions();
        explanation.features.pop();
        assert_eq!(InteractionMatrix::new(&explanation), None);
        assert_eq!(InteractionMatrix::new(&fixture::exact()), None);
    }
}
