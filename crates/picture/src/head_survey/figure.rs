//! The survey as a figure that stands alone: the scores of all heads, and the map of those that are alike.

use vitrine_record::{HeadMetric, HeadSurvey};

use super::{cells, map_places, size};
use crate::{Anchor, FigureWords, Paint, Point, Scene, Shape, figure::Frame};

/// Sides of a cell, room for the numbers of layers and heads beside them, and the rows of what is written, in pixels.
const CELL: (f32, f32) = (56.0, 40.0);
const LABELS: f32 = 28.0;
const ROW_HEIGHT: f32 = 28.0;
const TYPE: f32 = ROW_HEIGHT * 0.5;
/// Sides of the map, the room around its points, and the side of a point's mark.
const MAP: (f32, f32) = (680.0, 440.0);
const MARGIN: f32 = 28.0;
const MARK: f32 = 10.0;

/// The picture as it is exported: a grid of cells with the means of a metric, and below it, once all sentences are read,
/// the map, with a mark in the hue of each head and its layer and head beside it.
pub fn scene(survey: &HeadSurvey, metric: HeadMetric, words: &FigureWords) -> Scene {
    let (rows, columns) = size(survey);
    let mut shapes = cells(survey, metric, CELL, Some(words.numbers));
    for shape in &mut shapes {
        shape.shift(LABELS, LABELS);
    }
    let label = |x: f32, y: f32, paint: Paint, content: String| Shape::Text {
        at: Point { x, y },
        anchor: Anchor::End,
        size: TYPE,
        turned: false,
        bold: true,
        paint,
        content,
    };
    for row in 0..rows {
        let y = LABELS + (row as f32 + 0.5) * CELL.1 + TYPE * 0.32;
        shapes.push(label(LABELS - 8.0, y, Paint::Ink, row.to_string()));
    }
    for column in 0..columns {
        let x = LABELS + (column as f32 + 0.5) * CELL.0 + TYPE * 0.5;
        let paint = Paint::Head(vitrine_record::HeadIdx(column));
        shapes.push(label(x, LABELS - 10.0, paint, column.to_string()));
    }
    let mut width = LABELS + columns as f32 * CELL.0;
    let mut height = LABELS + rows as f32 * CELL.1;
    if let Some(likeness) = &survey.likeness {
        let top = height + ROW_HEIGHT;
        shapes.push(Shape::Rectangle {
            corner: Point { x: 0.0, y: top - 1.0 },
            width: MAP.0,
            height: 1.0,
            paint: Paint::Hairline,
            opacity: 1.0,
        });
        for (layer, head, at) in map_places(&likeness.map, MAP, MARGIN) {
            let (x, y) = (at.x, at.y + top);
            shapes.push(Shape::Rectangle {
                corner: Point {
                    x: x - MARK / 2.0,
                    y: y - MARK / 2.0,
                },
                width: MARK,
                height: MARK,
                paint: Paint::Head(head),
                opacity: 1.0,
            });
            shapes.push(Shape::Text {
                at: Point {
                    x: x + MARK * 0.7,
                    y: y + TYPE * 0.3,
                },
                anchor: Anchor::Start,
                size: TYPE * 0.7,
                turned: false,
                bold: false,
                paint: Paint::Ink,
                content: format!("{layer}.{head}"),
            });
        }
        width = width.max(MAP.0);
        height = top + MAP.1;
    }
    Frame {
        words: *words,
        legend: &[],
        row_height: ROW_HEIGHT,
    }
    .around(shapes, width, height)
}

#[cfg(test)]
mod tests {
    use vitrine_record::{
        HeadDivergences, HeadIdx, HeadLikeness, HeadMap, HeadPoint, HeadStatistics, LayerIdx, PerMetric,
        ScoreStatistics,
    };

    use super::*;
    use crate::{NumberStyle, Palette, Theme, svg};

    #[test]
    fn every_head_has_a_cell_and_a_place_on_the_map_within_the_figure() {
        let places: Vec<_> = (0..6)
            .map(|index| (LayerIdx(index / 3), HeadIdx(index % 3)))
            .collect();
        let statistics = |&(layer, head): &(LayerIdx, HeadIdx)| HeadStatistics {
            layer,
            head,
            scores: PerMetric::from_fn(|_| ScoreStatistics {
                texts: 2,
                mean: 0.5,
                squared_deviations: 0.0,
            }),
        };
        let point = |(index, &(layer, head)): (usize, &(LayerIdx, HeadIdx))| HeadPoint {
            layer,
            head,
            x: index as f64,
            y: -(index as f64),
        };
        let survey = HeadSurvey {
            sentences: 2,
            cut: 0,
            statistics: places.iter().map(statistics).collect(),
            likeness: Some(HeadLikeness {
                divergences: HeadDivergences::new(places.clone(), vec![0.0; 36]).unwrap(),
                map: HeadMap {
                    points: places.iter().enumerate().map(point).collect(),
                    shown: 0.5,
                },
            }),
            mean_attention: None,
        };
        let words = FigureWords {
            heading: "heading",
            note: "note",
            numbers: NumberStyle::English,
        };
        let whole = scene(&survey, HeadMetric::Previous, &words);
        let marks = |scene: &Scene| {
            let shapes = scene.shapes.iter();
            let is_mark = |shape: &&Shape| {
                matches!(
                    shape,
                    Shape::Rectangle {
                        paint: Paint::Head(_),
                        ..
                    }
                )
            };
            shapes.filter(is_mark).count()
        };
        assert_eq!(marks(&whole), 6);
        for shape in &whole.shapes {
            let (left, right) = shape.extent(crate::Axis::Across);
            let (top, bottom) = shape.extent(crate::Axis::Down);
            assert!(left >= 0.0 && top >= 0.0, "{shape:?}");
            assert!(right <= whole.width && bottom <= whole.height, "{shape:?}");
        }
        let document = svg::document(&whole, Palette::built_in(), Theme::Light);
        assert!(roxmltree::Document::parse(&document).is_ok());
        let partial = HeadSurvey {
            likeness: None,
            ..survey
        };
        assert_eq!(marks(&scene(&partial, HeadMetric::Previous, &words)), 0);
    }
}
