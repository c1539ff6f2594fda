//! Texts below each other, however long each is, in one colour scale.

use vitrine_record::Explanation;

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf,
    part::text_of,
    picture::{MIDDLE_OF_TYPE, SMALL},
};
use crate::{Anchor, Paint, Point, fitting, text_width};

/// A strip for each text, in the order that is given: a cell for each of its features from left to right, as many as it
/// has, and its prediction at the left. Cells are all of one width, which is that of the longest text's, so that a short
/// text has a short strip. What fits of a feature's text stands in its cell.
pub fn text_strips(
    explanations: &[Explanation],
    order: &[usize],
    scale: SignedScale,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    const ROW: f32 = 1.5;
    const WIDEST: f32 = 5.0;
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let rows: Vec<(usize, &Explanation)> = order
        .iter()
        .filter_map(|text| Some((*text, explanations.get(*text)?)))
        .collect();
    let score = |explanation: &Explanation| words.values.score(explanation.prediction);
    let heading = text_width(words.prediction, size * SMALL.0);
    let widest = rows
        .iter()
        .map(|(_, explanation)| text_width(&score(explanation), size * SMALL.0));
    let left = widest.fold(heading, f32::max) + 0.6 * size;
    let longest = rows
        .iter()
        .map(|(_, explanation)| explanation.features.len())
        .max()
        .unwrap_or(0);
    let wide = ((measures.width - left) / longest.max(1) as f32).min(WIDEST * size);
    let gap = if wide > 0.8 * size { 1.0 } else { 0.0 };
    let type_size = size * SMALL.0;
    // A cell has room for the beginning of a word, or for nothing.
    let is_written = wide >= 2.2 * size;
    let top = 1.5 * size;
    let at = Point {
        x: left - 0.6 * size,
        y: size,
    };
    picture.text(at, Anchor::End, SMALL, Paint::Quiet, words.prediction.to_owned());
    for (row, (text, explanation)) in rows.iter().enumerate() {
        let y = top + row as f32 * ROW * size;
        let baseline = y + size * (ROW / 2.0 + SMALL.0 * MIDDLE_OF_TYPE);
        let at = Point {
            x: left - 0.6 * size,
            y: baseline,
        };
        picture.text(at, Anchor::End, SMALL, Paint::Ink, score(explanation));
        for (feature, explained) in explanation.features.iter().enumerate() {
            let corner = Point {
                x: left + feature as f32 * wide,
                y,
            };
            let height = ROW * size - 1.0;
            picture.rectangle(corner, wide - gap, height, scale.paint(explained.value));
            if is_written {
                let name = text_of(explanation, feature..feature + 1);
                let at = Point {
                    x: corner.x + (wide - gap) / 2.0,
                    y: baseline,
                };
                let name = fitting(&name, wide - 0.3 * size, type_size);
                picture.text(at, Anchor::Middle, SMALL, scale.text_paint(explained.value), name);
            }
            let of = TargetOf::OfText { text: *text, feature };
            picture.target(of, corner, wide, ROW * size);
        }
    }
    picture.height = top + rows.len() as f32 * ROW * size;
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    #[test]
    fn texts_of_unequal_length_have_strips_of_unequal_length() {
        let explanations = [
            fixture::exact(),
            fixture::surrogate(),
            fixture::with_special_players(),
        ];
        let scale = SignedScale::of(&explanations);
        for measures in TRIED {
            let picture = text_strips(&explanations, &[2, 0, 1, 9], scale, measures, &words(scale));
            check_picture(&picture);
            let cells: Vec<Paint> = picture
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rectangle { paint, .. } => Some(*paint),
                    _ => None,
                })
                .collect();
            assert_eq!(cells.len(), 12 + 10 + 4);
            for (cell, target) in cells.iter().zip(&picture.targets) {
                let TargetOf::OfText { text, feature } = target.of else {
                    panic!("no cell: {target:?}");
                };
                assert_eq!(*cell, scale.paint(explanations[text].features[feature].value));
            }
            let widths: Vec<f32> = picture.targets.iter().map(|target| target.width).collect();
            assert!(widths.iter().all(|width| *width == widths[0]));
        }
    }

    #[test]
    fn no_text_is_no_trouble() {
        let scale = SignedScale::of_values([]);
        check_picture(&text_strips(&[], &[0], scale, TRIED[0], &words(scale)));
    }
}
