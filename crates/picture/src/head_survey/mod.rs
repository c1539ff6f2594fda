//! What heads do over many sentences, as numbers on a scale, as places on a map, as a figure and as files.

mod figure;
mod file;
mod template_file;

use vitrine_record::{HeadIdx, HeadMap, HeadMetric, HeadStatistics, HeadSurvey, LayerIdx, ScoreStatistics};

use crate::{NumberStyle, Paint, Point, Shape};

pub use figure::scene;
pub use file::{SurveySettings, csv, json};
pub use template_file::{TemplateMatches, evenly_spread};

/// A score of a head as people read it: shares as percentages.
///
/// ```
/// use vitrine_picture::{NumberStyle, head_survey::score_text};
/// use vitrine_record::HeadMetric;
/// assert_eq!(score_text(0.831, HeadMetric::Previous, NumberStyle::English), "83%");
/// assert_eq!(score_text(1.5, HeadMetric::Distance, NumberStyle::Turkish), "1,50");
/// ```
pub fn score_text(score: f64, metric: HeadMetric, style: NumberStyle) -> String {
    // What is shown has far fewer figures than either.
    let score = score as f32;
    if *metric.range(2).end() == 1.0 && metric != HeadMetric::Distance {
        style.percent(score)
    } else {
        style.significant(score)
    }
}

/// A mean with its spread, the standard deviation; a single text has none. Nothing without a text.
///
/// ```
/// use vitrine_picture::{NumberStyle, head_survey::mean_text};
/// use vitrine_record::{HeadMetric, ScoreStatistics};
/// let mut statistics = ScoreStatistics { texts: 5, mean: 0.83, squared_deviations: 0.01 };
/// let text = |statistics: &_| mean_text(statistics, HeadMetric::Previous, NumberStyle::English);
/// assert_eq!(text(&statistics).as_deref(), Some("83% ± 5.0%"));
/// statistics.texts = 1;
/// assert_eq!(text(&statistics).as_deref(), Some("83%"));
/// ```
pub fn mean_text(statistics: &ScoreStatistics, metric: HeadMetric, style: NumberStyle) -> Option<String> {
    let mean = score_text(statistics.mean()?, metric, style);
    Some(match statistics.standard_deviation() {
        Some(spread) => format!("{mean} ± {}", score_text(spread, metric, style)),
        None => mean,
    })
}

/// The ends of the scale of a metric: the least that it can be, and the largest mean of a head.
pub fn limits(survey: &HeadSurvey, metric: HeadMetric) -> (f64, f64) {
    let least = *metric.range(1).start();
    let means = survey
        .statistics
        .iter()
        .filter_map(|head| head.scores[metric].mean());
    (least, means.fold(least, f64::max))
}

/// Where a mean stands between the ends of its scale, 0 to 1.
pub fn place_on_scale(mean: f64, (least, largest): (f64, f64)) -> f32 {
    if largest > least {
        ((mean - least) / (largest - least)).clamp(0.0, 1.0) as f32
    } else {
        0.0
    }
}

/// A cell for each head of a survey, layers from above to below, `[layer][head]`, each painted by where its mean stands
/// on the scale and, in a style, with its number. A head without a mean has none.
pub fn cells(
    survey: &HeadSurvey,
    metric: HeadMetric,
    (width, height): (f32, f32),
    numbers: Option<NumberStyle>,
) -> Vec<Shape> {
    let limits = limits(survey, metric);
    let cell = |head: &HeadStatistics| {
        let mean = head.scores[metric].mean()?;
        let place = place_on_scale(mean, limits);
        let corner = Point {
            x: head.head.0 as f32 * width,
            y: head.layer.0 as f32 * height,
        };
        let gap = (width.min(height) / 24.0).max(1.0);
        let ground = Shape::Rectangle {
            corner,
            width: width - gap,
            height: height - gap,
            paint: Paint::Sequential(place),
            opacity: 1.0,
        };
        let number = numbers.map(|style| {
            let content = score_text(mean, metric, style);
            let size = (height * 0.36).min(width * 1.6 / content.chars().count().max(4) as f32);
            Shape::Text {
                at: Point {
                    x: corner.x + width * 0.9,
                    y: corner.y + height / 2.0 + size * 0.35,
                },
                anchor: crate::Anchor::End,
                size,
                turned: false,
                bold: false,
                paint: Paint::OnSequential(place),
                content,
            }
        });
        Some([Some(ground), number])
    };
    let cells = survey.statistics.iter().filter_map(cell);
    cells.flatten().flatten().collect()
}

/// Rows and columns of a survey's cells.
pub fn size(survey: &HeadSurvey) -> (usize, usize) {
    let heads = &survey.statistics;
    let layers = heads.iter().map(|head| head.layer.0 + 1).max();
    let columns = heads.iter().map(|head| head.head.0 + 1).max();
    (layers.unwrap_or(0), columns.unwrap_or(0))
}

/// Places of heads in a rectangle, none nearer to its rim than a margin, on one scale for both axes.
pub fn map_places(
    map: &HeadMap,
    (width, height): (f32, f32),
    margin: f32,
) -> Vec<(LayerIdx, HeadIdx, Point)> {
    let extent = |coordinates: fn(&vitrine_record::HeadPoint) -> f64| {
        let all = map.points.iter().map(coordinates);
        let smallest = all.clone().fold(f64::INFINITY, f64::min);
        (smallest, all.fold(f64::NEG_INFINITY, f64::max))
    };
    let (x, y) = (extent(|point| point.x), extent(|point| point.y));
    let scale_for = |(smallest, largest): (f64, f64), room: f32| {
        if largest > smallest {
            f64::from(room - 2.0 * margin) / (largest - smallest)
        } else {
            f64::INFINITY
        }
    };
    let scale = scale_for(x, width).min(scale_for(y, height));
    let scale = if scale.is_finite() { scale } else { 0.0 };
    // The middle of the points is the middle of the rectangle.
    let place = |value: f64, (smallest, largest): (f64, f64), room: f32| {
        room / 2.0 + ((value - (smallest + largest) / 2.0) * scale) as f32
    };
    let points = map.points.iter();
    points
        .map(|point| {
            let at = Point {
                x: place(point.x, x, width),
                y: place(point.y, y, height),
            };
            (point.layer, point.head, at)
        })
        .collect()
}

/// The heads that are most like one, the most alike first, each with its divergence; none if it is not among them.
pub fn nearest_heads(survey: &HeadSurvey, layer: LayerIdx, head: HeadIdx) -> Vec<(LayerIdx, HeadIdx, f64)> {
    let Some(likeness) = &survey.likeness else {
        return Vec::new();
    };
    let heads = likeness.divergences.heads();
    let Some(at) = heads.iter().position(|place| *place == (layer, head)) else {
        return Vec::new();
    };
    let row = likeness.divergences.values().iter().skip(at * heads.len());
    let mut others: Vec<_> = heads
        .iter()
        .zip(row)
        .filter(|(place, _)| **place != (layer, head))
        .map(|(&(layer, head), &divergence)| (layer, head, divergence))
        .collect();
    others.sort_by(|one, other| one.2.total_cmp(&other.2));
    others
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::{HeadDivergences, HeadLikeness, HeadPoint, PerMetric};

    use super::*;

    fn map(points: &[(f64, f64)]) -> HeadMap {
        let point = |(index, &(x, y)): (usize, &(f64, f64))| HeadPoint {
            layer: LayerIdx(0),
            head: HeadIdx(index),
            x,
            y,
        };
        HeadMap {
            points: points.iter().enumerate().map(point).collect(),
            shown: 1.0,
        }
    }

    proptest! {
        #[test]
        fn places_stay_within_the_margin_and_keep_the_shape(
            points in prop::collection::vec((-5.0..5.0f64, -1.0..1.0f64), 1..20),
        ) {
            let places = map_places(&map(&points), (300.0, 200.0), 20.0);
            prop_assert_eq!(places.len(), points.len());
            for (_, _, at) in &places {
                prop_assert!((20.0 - 1e-3..=280.0 + 1e-3).contains(&at.x), "{at:?}");
                prop_assert!((20.0 - 1e-3..=180.0 + 1e-3).contains(&at.y), "{at:?}");
            }
            if let [one, other, ..] = points[..] {
                let (a, b) = (places[0].2, places[1].2);
                let across = f64::from(b.x - a.x) * (other.1 - one.1);
                let down = f64::from(b.y - a.y) * (other.0 - one.0);
                prop_assert!((across - down).abs() < 1e-2, "both axes have one scale");
            }
        }
    }

    fn survey(means: &[Option<f64>]) -> HeadSurvey {
        let head = |(index, mean): (usize, &Option<f64>)| {
            let mut scores = PerMetric::<ScoreStatistics>::default();
            if let Some(mean) = *mean {
                scores[HeadMetric::Previous] = ScoreStatistics {
                    texts: 3,
                    mean,
                    squared_deviations: 0.02,
                };
            }
            HeadStatistics {
                layer: LayerIdx(index / 2),
                head: HeadIdx(index % 2),
                scores,
            }
        };
        HeadSurvey {
            sentences: 3,
            statistics: means.iter().enumerate().map(head).collect(),
            ..HeadSurvey::default()
        }
    }

    #[test]
    fn the_largest_mean_is_the_end_of_the_scale() {
        let survey = survey(&[Some(0.1), Some(0.4), None, Some(0.2)]);
        assert_eq!(limits(&survey, HeadMetric::Previous), (0.0, 0.4));
        assert_eq!(limits(&survey, HeadMetric::EffectiveTokens), (1.0, 1.0));
        assert_eq!(place_on_scale(0.2, (0.0, 0.4)), 0.5);
        assert_eq!(place_on_scale(1.0, (1.0, 1.0)), 0.0);
        assert_eq!(size(&survey), (2, 2));
        let plain = cells(&survey, HeadMetric::Previous, (30.0, 30.0), None);
        assert_eq!(plain.len(), 3, "a head without a mean has no cell");
        let numbered = cells(
            &survey,
            HeadMetric::Previous,
            (30.0, 30.0),
            Some(NumberStyle::English),
        );
        assert_eq!(numbered.len(), 6);
    }

    #[test]
    fn the_nearest_head_comes_first() {
        let mut survey = survey(&[Some(0.1), Some(0.4), Some(0.3)]);
        let heads: Vec<_> = survey
            .statistics
            .iter()
            .map(|head| (head.layer, head.head))
            .collect();
        assert!(nearest_heads(&survey, LayerIdx(0), HeadIdx(0)).is_empty());
        let values = vec![0.0, 3.0, 1.0, 3.0, 0.0, 2.0, 1.0, 2.0, 0.0];
        survey.likeness = Some(HeadLikeness {
            divergences: HeadDivergences::new(heads, values).unwrap(),
            map: map(&[(0.0, 0.0), (3.0, 0.0), (1.0, 0.0)]),
        });
        assert_eq!(
            nearest_heads(&survey, LayerIdx(0), HeadIdx(1)),
            [(LayerIdx(1), HeadIdx(0), 2.0), (LayerIdx(0), HeadIdx(0), 3.0)]
        );
        assert!(nearest_heads(&survey, LayerIdx(7), HeadIdx(1)).is_empty());
    }
}
