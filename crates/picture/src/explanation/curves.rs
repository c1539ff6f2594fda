//! What becomes of the score while the most important features are taken away, or added, one after the other.

use super::{Measures, Picture, ValueAxis, ValueStyle, picture::SMALL, plot::Plot};
use crate::{Anchor, Paint, Point, Shape, text_width};

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is called: that which gives the order.
    pub name: String,
    /// The score after 0, 1, 2, … features, as far as it is known.
    pub scores: Vec<f64>,
    /// The area under it, where it is whole.
    pub area: Option<f64>,
}

/// What random orders come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The mean score after 0, 1, 2, … features.
    pub mean: Vec<f64>,
    /// The standard deviation of each.
    pub standard_deviation: Vec<f64>,
}

/// Curves that begin at the same text, over as many features.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePanel {
    /// How many features there are.
    pub features: usize,
    /// The curves, the one that it is about first.
    pub curves: Vec<Curve>,
    /// What they have to be told apart from.
    pub random: Option<Band>,
}

/// What is written in a panel.
#[derive(Clone, Copy, Debug)]
pub struct CurveWords<'a> {
    /// Above it.
    pub title: &'a str,
    /// The name of the axis to the right: which share of the features.
    pub share: &'a str,
    /// The name of the axis upwards.
    pub score: &'a str,
    /// The name of the band.
    pub random: &'a str,
    /// The style of scores.
    pub values: ValueStyle,
}

impl CurvePanel {
    /// The axis that all scores and the whole band lie on. Panels beside each other have one that covers both.
    pub fn axis(&self) -> ValueAxis {
        let scores = self.curves.iter().flat_map(|curve| curve.scores.iter().copied());
        let band = self.random.iter().flat_map(|band| {
            let both = band.mean.iter().zip(&band.standard_deviation);
            both.flat_map(|(mean, deviation)| [mean - deviation, mean + deviation])
        });
        ValueAxis::covering(scores.chain(band))
    }
}

/// A panel: the band of random orders as an area of one standard deviation around their mean, the curves over it, each
/// with a mark of its own at every step, and below what is which.
pub fn curve_panel(
    panel: &CurvePanel,
    axis: Option<ValueAxis>,
    measures: Measures,
    words: &CurveWords<'_>,
) -> Picture {
    const SHARE: f32 = 0.5;
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let at = Point { x: 0.0, y: size };
    picture.text(at, Anchor::Start, (1.0, true), Paint::Ink, words.title.to_owned());
    picture.height = 1.2 * size;
    let shares = ValueAxis {
        least: 0.0,
        most: 1.0,
    };
    let styles = (ValueStyle::new(words.values.numbers(), 1.0), words.values);
    let axes = (shares, axis.unwrap_or_else(|| panel.axis()));
    let plot = Plot::new(&mut picture, axes, (words.share, words.score), styles, SHARE);
    let place = |step: usize, score: f64| plot.at(step as f64 / panel.features.max(1) as f64, score);
    if let Some(band) = &panel.random {
        draw_band(&mut picture, band, place);
    }
    // The one that it is about lies on top.
    for (index, curve) in panel.curves.iter().enumerate().rev() {
        let points: Vec<Point> = curve
            .scores
            .iter()
            .enumerate()
            .map(|(step, score)| place(step, *score))
            .collect();
        let width = if index == 0 { 0.16 } else { 0.1 };
        picture.line(points.clone(), size * width, paint(index));
        // Marks that touch say nothing.
        let apart = (plot.right - plot.left) / panel.features.max(1) as f32;
        let every = (0.9 * size / apart.max(0.01)).ceil().max(1.0) as usize;
        for point in points.into_iter().step_by(every) {
            mark(&mut picture, point, index);
        }
    }
    legend(&mut picture, panel, words);
    picture
}

fn draw_band(picture: &mut Picture, band: &Band, place: impl Fn(usize, f64) -> Point) {
    let steps = || band.mean.iter().zip(&band.standard_deviation).enumerate();
    let upper = steps().map(|(step, (mean, deviation))| place(step, mean + deviation));
    let lower = steps()
        .rev()
        .map(|(step, (mean, deviation))| place(step, mean - deviation));
    picture.shapes.push(Shape::Polygon {
        points: upper.chain(lower).collect(),
        paint: Paint::Hairline,
        opacity: 0.7,
    });
    let mean: Vec<Point> = steps().map(|(step, (mean, _))| place(step, *mean)).collect();
    picture.line(mean, picture.measures.type_size * 0.08, Paint::Quiet);
}

/// Curves are told apart by their marks; there are three paints.
fn paint(index: usize) -> Paint {
    [Paint::Sequential(1.0), Paint::Ink, Paint::Quiet][index.min(2)]
}

/// A circle, a square, a triangle, a rhombus.
fn mark(picture: &mut Picture, at: Point, index: usize) {
    let reach = picture.measures.type_size * 0.26;
    let corner = |right: f32, down: f32| Point {
        x: at.x + right * reach,
        y: at.y + down * reach,
    };
    let points = match index % 4 {
        0 => {
            picture.shapes.push(Shape::Circle {
                centre: at,
                radius: reach,
                paint: paint(index),
                opacity: 1.0,
            });
            return;
        }
        1 => vec![
            corner(-0.9, -0.9),
            corner(0.9, -0.9),
            corner(0.9, 0.9),
            corner(-0.9, 0.9),
        ],
        2 => vec![corner(0.0, -1.1), corner(1.1, 0.9), corner(-1.1, 0.9)],
        _ => vec![
            corner(0.0, -1.3),
            corner(1.3, 0.0),
            corner(0.0, 1.3),
            corner(-1.3, 0.0),
        ],
    };
    picture.shapes.push(Shape::Polygon {
        points,
        paint: paint(index),
        opacity: 1.0,
    });
}

/// The names of curves and band below the plot, as many in a line as fit.
fn legend(picture: &mut Picture, panel: &CurvePanel, words: &CurveWords<'_>) {
    const SAMPLE: f32 = 1.6;
    let (size, width) = (picture.measures.type_size, picture.measures.width);
    let curves = panel.curves.iter().map(|curve| curve.name.clone()).enumerate();
    let band = panel.random.iter().map(|_| words.random.to_owned());
    let names = curves
        .map(|(index, name)| (Some(index), name))
        .chain(band.map(|name| (None, name)));
    let (mut x, mut y) = (0.0, picture.height + 0.6 * size);
    for (index, name) in names {
        let needed = (SAMPLE + 0.4) * size + text_width(&name, size * SMALL.0);
        if x > 0.0 && x + needed > width {
            (x, y) = (0.0, y + 1.3 * size);
        }
        let middle = Point {
            x: x + SAMPLE * size / 2.0,
            y,
        };
        let line = [
            Point { x, y },
            Point {
                x: x + SAMPLE * size,
                y,
            },
        ];
        match index {
            Some(index) => {
                picture.line(line, size * 0.12, paint(index));
                mark(picture, middle, index);
            }
            None => {
                let corner = Point {
                    x,
                    y: y - 0.35 * size,
                };
                picture.rectangle(corner, SAMPLE * size, 0.7 * size, Paint::Hairline);
                picture.line(line, size * 0.08, Paint::Quiet);
            }
        }
        let at = Point {
            x: x + (SAMPLE + 0.4) * size,
            y: y + 0.3 * size,
        };
        picture.text(at, Anchor::Start, SMALL, Paint::Quiet, name);
        x += needed + 1.2 * size;
    }
    picture.height = y + 0.8 * size;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        NumberStyle,
        explanation::picture::{TRIED, check_picture},
    };

    pub(crate) fn panel(features: usize) -> CurvePanel {
        let scores = |fall: f64| {
            (0..=features)
                .map(|step| 0.9 * (-fall * step as f64 / features as f64).exp())
                .collect()
        };
        let curve = |(name, fall): (&str, f64)| Curve {
            name: name.to_owned(),
            scores: scores(fall),
            area: Some(0.4),
        };
        CurvePanel {
            features,
            curves: [
                ("Owen values", 4.0),
                ("LIME", 3.0),
                ("Occlusion", 2.5),
                ("Gradient", 2.0),
            ]
            .map(curve)
            .into(),
            random: Some(Band {
                mean: scores(1.2),
                standard_deviation: (0..=features)
                    .map(|step| 0.02 * step.min(features - step) as f64)
                    .collect(),
            }),
        }
    }

    fn words() -> CurveWords<'static> {
        CurveWords {
            title: "Deletion",
            share: "share of features taken away",
            score: "probability of POSITIVE",
            random: "random orders, mean ± standard deviation",
            values: ValueStyle::new(NumberStyle::English, 0.5),
        }
    }

    #[test]
    fn curves_go_through_their_scores() {
        for measures in TRIED {
            for features in [1, 10, 300] {
                let panel = panel(features);
                let picture = curve_panel(&panel, None, measures, &words());
                check_picture(&picture);
                let lines: Vec<&Vec<Point>> = picture
                    .shapes
                    .iter()
                    .filter_map(|shape| match shape {
                        Shape::Polyline { points, .. } if points.len() == features + 1 => Some(points),
                        _ => None,
                    })
                    .collect();
                let curve = lines
                    .iter()
                    .rev()
                    .find(|points| features == 1 || points.len() > 2)
                    .unwrap();
                if features > 1 {
                    assert_eq!(lines.len(), 5, "four curves and the mean");
                    let first = lines[4];
                    assert!(
                        first
                            .windows(2)
                            .all(|pair| pair[0].x < pair[1].x && pair[0].y < pair[1].y)
                    );
                    let scores = &panel.curves[0].scores;
                    let unit = (first[features].y - first[0].y) / (scores[0] - scores[features]) as f32;
                    for (point, score) in first.iter().zip(scores) {
                        let expect = first[0].y + (scores[0] - score) as f32 * unit;
                        assert!((point.y - expect).abs() < 0.01);
                    }
                }
                assert_eq!(curve.len(), features + 1);
            }
        }
    }

    #[test]
    fn the_band_reaches_one_standard_deviation_to_both_sides() {
        let panel = panel(10);
        let picture = curve_panel(&panel, None, Measures::EXPORT, &words());
        let band = picture.shapes.iter().find_map(|shape| match shape {
            Shape::Polygon {
                points,
                paint: Paint::Hairline,
                ..
            } => Some(points),
            _ => None,
        });
        let band = band.unwrap();
        assert_eq!(band.len(), 22);
        let height = |step: usize| band[21 - step].y - band[step].y;
        let deviation = |step: usize| panel.random.as_ref().unwrap().standard_deviation[step];
        assert!(height(0).abs() < 0.01 && height(10).abs() < 0.01);
        let ratio = height(5) / height(2);
        assert!((f64::from(ratio) - deviation(5) / deviation(2)).abs() < 0.01);
    }

    #[test]
    fn what_is_not_known_yet_is_not_drawn() {
        let mut panel = panel(10);
        panel.curves.truncate(1);
        panel.curves[0].scores.truncate(4);
        panel.random = None;
        let picture = curve_panel(&panel, None, Measures::EXPORT, &words());
        check_picture(&picture);
        let longest = picture.shapes.iter().filter_map(|shape| match shape {
            Shape::Polyline { points, .. } => Some(points.len()),
            _ => None,
        });
        assert_eq!(longest.max(), Some(4));
        panel.curves.clear();
        check_picture(&curve_panel(&panel, None, TRIED[0], &words()));
    }
}
