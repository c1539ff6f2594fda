//! Texts below each other, however long each is, in one colour scale.

use vitrine_explain::{Corpus, CorpusText};

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf,
    beeswarm::Predictions,
    picture::{MIDDLE_OF_TYPE, SMALL},
};
use crate::{Anchor, Paint, Point, fitting, text_width};

/// Of more texts than this each has a thin strip without words.
pub const MOST_READABLE_STRIPS: usize = 40;

/// A strip for each text, in the order that is given: a cell for each occurrence from left to right, as many as it has,
/// and its prediction at the left. Cells are all of one width, which is that of the longest text's, so that a short text has
/// a short strip. What fits of a token stands in its cell, and each cell can be pointed at; of more than
/// [`MOST_READABLE_STRIPS`] texts only the strips can, and predictions are bars.
pub fn text_strips(
    corpus: &Corpus,
    order: &[usize],
    scale: SignedScale,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    let rows: Vec<&CorpusText> = order.iter().filter_map(|place| corpus.text(*place)).collect();
    let mut picture = Picture::new(measures);
    if rows.is_empty() {
        return picture;
    }
    Strips::new(corpus, &rows, measures, words).draw(&mut picture, &rows, scale, words);
    picture.with_legend(scale, words)
}

/// Heights of a row, and the widest cell, by the size of type.
const READABLE_ROW: f32 = 1.7;
const THIN_ROW: f32 = 0.6;
const WIDEST: f32 = 5.0;

struct Strips {
    is_readable: bool,
    row_height: f32,
    /// Where cells begin.
    left: f32,
    cell_width: f32,
    predictions: Predictions,
}

impl Strips {
    fn new(
        corpus: &Corpus,
        rows: &[&CorpusText],
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Strips {
        let size = measures.type_size;
        let is_readable = rows.len() <= MOST_READABLE_STRIPS;
        let widest = rows
            .iter()
            .map(|text| text_width(&words.values.score(text.prediction), size * SMALL.0))
            .fold(0.0, f32::max);
        let left = widest + 0.6 * size;
        let longest = rows.iter().map(|text| text.occurrences.len()).max().unwrap_or(0);
        Strips {
            is_readable,
            row_height: size * if is_readable { READABLE_ROW } else { THIN_ROW },
            left,
            cell_width: ((measures.width - left) / longest.max(1) as f32).min(WIDEST * size),
            predictions: Predictions::new(corpus),
        }
    }

    fn draw(
        &self,
        picture: &mut Picture,
        rows: &[&CorpusText],
        scale: SignedScale,
        words: &ExplanationWords<'_>,
    ) {
        let Measures {
            width,
            type_size: size,
        } = picture.measures;
        let top = 1.5 * size;
        let heading = fitting(words.prediction, width, size * SMALL.0);
        picture.text(
            Point { x: 0.0, y: size },
            Anchor::Start,
            SMALL,
            Paint::Quiet,
            heading,
        );
        for (row, text) in rows.iter().enumerate() {
            let y = top + row as f32 * self.row_height;
            self.prediction(picture, y, text, words);
            self.cells(picture, y, text, scale);
            if !self.is_readable {
                let corner = Point { x: 0.0, y };
                picture.target(TargetOf::Text(text.place), corner, width, self.row_height);
            }
        }
        picture.height = top + rows.len() as f32 * self.row_height;
    }

    fn prediction(&self, picture: &mut Picture, y: f32, text: &CorpusText, words: &ExplanationWords<'_>) {
        let size = picture.measures.type_size;
        let room = self.left - 0.6 * size;
        if self.is_readable {
            let at = Point {
                x: room,
                y: self.baseline(y, size),
            };
            let score = words.values.score(text.prediction);
            picture.text(at, Anchor::End, SMALL, Paint::Ink, score);
        } else {
            let corner = Point { x: 0.0, y };
            let length = room * self.predictions.share(text.prediction).max(0.02);
            picture.rectangle(corner, length, self.row_height - 0.5, Paint::Quiet);
        }
    }

    fn cells(&self, picture: &mut Picture, y: f32, text: &CorpusText, scale: SignedScale) {
        let size = picture.measures.type_size;
        let wide = self.cell_width;
        let gap = if wide > 0.8 * size { 1.0 } else { 0.0 };
        // A cell has room for the beginning of a word, or for nothing.
        let is_written = self.is_readable && wide >= 2.2 * size;
        let height = self.row_height - if self.is_readable { 1.0 } else { 0.5 };
        for (occurrence, one) in text.occurrences.iter().enumerate() {
            let corner = Point {
                x: self.left + occurrence as f32 * wide,
                y,
            };
            picture.rectangle(corner, wide - gap, height, scale.paint(one.value));
            if is_written {
                let at = Point {
                    x: corner.x + (wide - gap) / 2.0,
                    y: self.baseline(y, size),
                };
                let name = fitting(&one.token, wide - 0.3 * size, size * SMALL.0);
                picture.text(at, Anchor::Middle, SMALL, scale.text_paint(one.value), name);
            }
            if self.is_readable {
                let of = TargetOf::OfText {
                    text: text.place,
                    occurrence,
                };
                picture.target(of, corner, wide, self.row_height);
            }
        }
    }

    fn baseline(&self, y: f32, size: f32) -> f32 {
        y + self.row_height / 2.0 + size * SMALL.0 * MIDDLE_OF_TYPE
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::TokenUnit;

    use super::*;
    use crate::{
        Shape,
        explanation::{
            fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    /// The paints of what lies below the heading, without the bars of predictions and the legend's ramp.
    fn cells(picture: &Picture, row_height: f32) -> Vec<Paint> {
        let is_cell = |shape: &Shape| match shape {
            Shape::Rectangle { height, paint, .. } => {
                *paint != Paint::Quiet && (height - row_height).abs() < 1.1
            }
            _ => false,
        };
        let all = picture.shapes.iter().filter(|shape| is_cell(shape));
        all.filter_map(|shape| match shape {
            Shape::Rectangle { paint, .. } => Some(*paint),
            _ => None,
        })
        .collect()
    }

    #[test]
    fn texts_of_unequal_length_have_strips_of_unequal_length() {
        let explanations = fixture::several();
        let corpus = fixture::corpus(&explanations, TokenUnit::Pieces);
        let scale = SignedScale::of_corpus(&corpus);
        for measures in TRIED {
            let picture = text_strips(&corpus, &[2, 0, 1, 9], scale, measures, &words(scale));
            check_picture(&picture);
            let cells = cells(&picture, measures.type_size * READABLE_ROW);
            let expect: usize = corpus.texts().map(|text| text.occurrences.len()).sum();
            assert_eq!((cells.len(), picture.targets.len()), (expect, expect));
            for (cell, target) in cells.iter().zip(&picture.targets) {
                let TargetOf::OfText { text, occurrence } = target.of else {
                    panic!("no cell: {target:?}");
                };
                let value = corpus.text(text).unwrap().occurrences[occurrence].value;
                assert_eq!(*cell, scale.paint(value));
            }
            let widths: Vec<f32> = picture.targets.iter().map(|target| target.width).collect();
            assert!(widths.iter().all(|width| *width == widths[0]));
        }
    }

    #[test]
    fn many_texts_have_thin_strips_that_can_be_pointed_at_as_a_whole() {
        let many: Vec<_> = (0..=MOST_READABLE_STRIPS).map(|_| fixture::exact()).collect();
        let corpus = fixture::corpus(&many, TokenUnit::Words);
        let scale = SignedScale::of_corpus(&corpus);
        let order: Vec<usize> = (0..many.len()).rev().collect();
        for measures in TRIED {
            let picture = text_strips(&corpus, &order, scale, measures, &words(scale));
            check_picture(&picture);
            let targets: Vec<&TargetOf> = picture.targets.iter().map(|target| &target.of).collect();
            let expect: Vec<TargetOf> = order.iter().map(|place| TargetOf::Text(*place)).collect();
            assert_eq!(targets, expect.iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_text_is_no_trouble() {
        let scale = SignedScale::of_values([]);
        let none = Corpus::new(TokenUnit::Words);
        check_picture(&text_strips(&none, &[0], scale, TRIED[0], &words(scale)));
    }
}
