//! The samples of a local surrogate: how near each is to the text, and what the model says of it.

use vitrine_record::{Explanation, ExplanationDetail, SurrogateSample};

use super::{ExplanationWords, Measures, Picture, ValueAxis, ValueStyle, picture::SMALL, plot::Plot};
use crate::{Anchor, Paint, Point, Shape, text_width};

/// Up to so many samples, each is a point of its own; of more, cells say how many lie in each.
pub const MOST_POINTS: usize = 5_000;

/// What is written in the scatter.
#[derive(Clone, Copy, Debug)]
pub struct ScatterWords<'a> {
    /// The name of the axis to the right.
    pub proximity: &'a str,
    /// The name of the axis upwards.
    pub score: &'a str,
    /// The name of the line.
    pub surrogate: &'a str,
    /// The name of the text itself.
    pub text_itself: &'a str,
}

/// All samples of one proximity: as many features are missing from each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProximityLevel {
    /// Their weight in the fit.
    pub proximity: f64,
    /// How many they are.
    pub samples: usize,
    /// The mean of what the model says of them.
    pub mean_score: f64,
    /// The mean of what the surrogate says of them.
    pub mean_surrogate: f64,
}

/// The samples of an explanation, and what the surrogate says of them in the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct SurrogateScatter<'a> {
    /// The text itself first.
    pub samples: &'a [SurrogateSample],
    /// From the farthest to the nearest. A surrogate is a line over what is missing, of which proximity says how much
    /// alone, so its line here goes through its means.
    pub levels: Vec<ProximityLevel>,
}

impl<'a> SurrogateScatter<'a> {
    /// The samples of an explanation that has some.
    pub fn new(explanation: &'a Explanation) -> Option<SurrogateScatter<'a>> {
        let ExplanationDetail::Samples(samples) = &explanation.detail else {
            return None;
        };
        let mut order: Vec<&SurrogateSample> = samples.iter().collect();
        order.sort_by(|one, other| one.proximity.total_cmp(&other.proximity));
        let same = |one: &&SurrogateSample, other: &&SurrogateSample| one.proximity == other.proximity;
        let levels = order.chunk_by(same).map(|samples| {
            let count = samples.len() as f64;
            let mean = |of: fn(&SurrogateSample) -> f64| {
                samples.iter().map(|sample| of(sample)).sum::<f64>() / count
            };
            ProximityLevel {
                proximity: samples[0].proximity,
                samples: samples.len(),
                mean_score: mean(|sample| sample.score),
                mean_surrogate: mean(|sample| sample.surrogate),
            }
        });
        Some(SurrogateScatter {
            levels: levels.collect(),
            samples,
        })
    }

    fn axes(&self) -> (ValueAxis, ValueAxis) {
        let scores = self.samples.iter().map(|sample| sample.score);
        let means = self.levels.iter().map(|level| level.mean_surrogate);
        let proximities = self.samples.iter().map(|sample| sample.proximity);
        (
            ValueAxis::covering(proximities.chain([0.0, 1.0])),
            ValueAxis::covering(scores.chain(means)),
        )
    }

    /// A point for each sample, fainter where there are many, or, of more than [`MOST_POINTS`], cells as dark as samples
    /// lie in them; the line of the surrogate over them, and a ring at the text itself.
    pub fn picture(
        &self,
        measures: Measures,
        words: &ScatterWords<'_>,
        labels: &ExplanationWords<'_>,
    ) -> Picture {
        let size = measures.type_size;
        let mut picture = Picture::new(measures);
        let plot = self.plot(&mut picture, words, labels);
        if self.samples.len() <= MOST_POINTS {
            let opacity = (40.0 / self.samples.len().max(1) as f32).clamp(0.25, 0.8);
            picture
                .shapes
                .extend(self.samples.iter().map(|sample| Shape::Circle {
                    centre: plot.at(sample.proximity, sample.score),
                    radius: size * 0.2,
                    paint: Paint::Sequential(1.0),
                    opacity,
                }));
        } else {
            self.cells(&mut picture, &plot);
        }
        let line: Vec<Point> = self
            .levels
            .iter()
            .map(|level| plot.at(level.proximity, level.mean_surrogate))
            .collect();
        picture.line(line.clone(), size * 0.3, Paint::Paper);
        picture.line(line, size * 0.14, Paint::Ink);
        if let Some(text) = self.samples.first() {
            let centre = plot.at(text.proximity, text.score);
            for (radius, paint) in [
                (0.5, Paint::Ink),
                (0.38, Paint::Paper),
                (0.26, Paint::Sequential(1.0)),
            ] {
                picture.shapes.push(Shape::Circle {
                    centre,
                    radius: size * radius,
                    paint,
                    opacity: 1.0,
                });
            }
        }
        self.legend(&mut picture, words);
        picture
    }

    fn plot(&self, picture: &mut Picture, words: &ScatterWords<'_>, labels: &ExplanationWords<'_>) -> Plot {
        const SHARE: f32 = 0.5;
        let proximities = ValueStyle::new(labels.values.numbers(), 1.0);
        let names = (words.proximity, words.score);
        Plot::new(picture, self.axes(), names, (proximities, labels.values), SHARE)
    }

    /// The line and the ring with their names, below.
    fn legend(&self, picture: &mut Picture, words: &ScatterWords<'_>) {
        let size = picture.measures.type_size;
        let y = picture.height + 0.6 * size;
        let start = Point { x: 0.0, y };
        picture.line([start, Point { x: 1.6 * size, y }], size * 0.14, Paint::Ink);
        let baseline = y + 0.3 * size;
        let text = |x: f32| Point { x, y: baseline };
        let surrogate = words.surrogate.to_owned();
        let mut x = 2.0 * size;
        let end = x + text_width(&surrogate, size * SMALL.0);
        picture.text(text(x), Anchor::Start, SMALL, Paint::Quiet, surrogate);
        let needed = 3.2 * size + text_width(words.text_itself, size * SMALL.0);
        let (mark, baseline) = if end + needed <= picture.measures.width {
            x = end + 1.6 * size;
            (Point { x, y }, baseline)
        } else {
            x = 0.8 * size;
            (Point { x, y: y + 1.3 * size }, baseline + 1.3 * size)
        };
        for (radius, paint) in [
            (0.5, Paint::Ink),
            (0.38, Paint::Paper),
            (0.26, Paint::Sequential(1.0)),
        ] {
            picture.shapes.push(Shape::Circle {
                centre: mark,
                radius: size * radius,
                paint,
                opacity: 1.0,
            });
        }
        let at = Point {
            x: x + 1.2 * size,
            y: baseline,
        };
        picture.text(
            at,
            Anchor::Start,
            SMALL,
            Paint::Quiet,
            words.text_itself.to_owned(),
        );
        picture.height = baseline + 0.5 * size;
    }

    /// How many samples lie in each cell of a grid, row by row, with its rows and columns.
    fn counts(&self, plot: &Plot, side: f32) -> (usize, usize, Vec<usize>) {
        let along = |length: f32| ((length / side) as usize).max(1);
        let (columns, rows) = (along(plot.right - plot.left), along(plot.bottom - plot.top));
        let mut counts = vec![0; columns * rows];
        for sample in self.samples {
            // Both shares are positive, for all samples lie within the axes.
            let column = (plot.x.share(sample.proximity) * columns as f64) as usize;
            let row = ((1.0 - plot.y.share(sample.score)) * rows as f64) as usize;
            counts[row.min(rows - 1) * columns + column.min(columns - 1)] += 1;
        }
        (columns, rows, counts)
    }

    /// Cells with the number of samples in each, on a scale to the largest.
    fn cells(&self, picture: &mut Picture, plot: &Plot) {
        let (columns, rows, counts) = self.counts(plot, picture.measures.type_size * 0.5);
        let wide = (plot.right - plot.left) / columns as f32;
        let high = (plot.bottom - plot.top) / rows as f32;
        let largest = counts.iter().copied().max().unwrap_or(0).max(1);
        for (cell, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let corner = Point {
                x: plot.left + (cell % columns) as f32 * wide,
                y: plot.top + (cell / columns) as f32 * high,
            };
            // One sample is seen as well: the scale begins above its lowest colour.
            let share = 0.15 + 0.85 * (count as f32 / largest as f32).sqrt();
            picture.rectangle(corner, wide, high, Paint::Sequential(share));
        }
    }

    /// The sample that is drawn nearest to a place, if one is near.
    pub fn nearest(
        &self,
        at: Point,
        measures: Measures,
        words: &ScatterWords<'_>,
        labels: &ExplanationWords<'_>,
    ) -> Option<usize> {
        const NEAR: f32 = 1.5;
        let plot = self.plot(&mut Picture::new(measures), words, labels);
        let distance = |sample: &SurrogateSample| {
            let centre = plot.at(sample.proximity, sample.score);
            (centre.x - at.x).hypot(centre.y - at.y)
        };
        let all = self.samples.iter().map(distance).enumerate();
        let nearest = all.min_by(|one, other| one.1.total_cmp(&other.1))?;
        (nearest.1 <= NEAR * measures.type_size).then_some(nearest.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explanation::{
        SignedScale, fixture,
        picture::{TRIED, check_picture, words},
    };

    const WORDS: ScatterWords<'static> = ScatterWords {
        proximity: "proximity to the text",
        score: "probability of POSITIVE",
        surrogate: "surrogate, mean over samples of one proximity",
        text_itself: "the text itself",
    };

    fn circles(picture: &Picture) -> usize {
        let of_samples = |shape: &&Shape| matches!(shape, Shape::Circle { opacity, .. } if *opacity < 1.0);
        picture.shapes.iter().filter(of_samples).count()
    }

    #[test]
    fn every_sample_is_drawn() {
        let explanation = fixture::surrogate();
        let labels = words(SignedScale::of([&explanation]));
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        for measures in TRIED {
            let picture = scatter.picture(measures, &WORDS, &labels);
            check_picture(&picture);
            assert_eq!(circles(&picture), 16);
        }
        assert_eq!(SurrogateScatter::new(&fixture::exact()), None);
    }

    #[test]
    fn the_line_goes_through_the_means_of_the_surrogate() {
        let explanation = fixture::surrogate();
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        let counts: Vec<usize> = scatter.levels.iter().map(|level| level.samples).collect();
        assert_eq!(counts, [1, 4, 6, 4, 1]);
        assert!(
            scatter
                .levels
                .is_sorted_by(|one, next| one.proximity < next.proximity)
        );
        let nearest = scatter.levels.last().unwrap();
        assert_eq!(
            nearest.mean_surrogate,
            explanation.features.iter().map(|one| one.value).sum::<f64>() + 0.52
        );
        let total: f64 = scatter
            .levels
            .iter()
            .map(|level| level.mean_score * level.samples as f64)
            .sum();
        let expect: f64 = scatter.samples.iter().map(|sample| sample.score).sum();
        assert!((total - expect).abs() < 1e-12);
    }

    fn repeated(times: usize) -> Explanation {
        let mut explanation = fixture::surrogate();
        if let ExplanationDetail::Samples(samples) = &mut explanation.detail {
            let all = samples.clone();
            *samples = all.iter().cycle().take(times).cloned().collect();
        }
        explanation
    }

    #[test]
    fn of_too_many_samples_cells_hold_all() {
        let measures = Measures::EXPORT;
        for (times, drawn) in [(MOST_POINTS, MOST_POINTS), (MOST_POINTS + 1, 0)] {
            let explanation = repeated(times);
            let labels = words(SignedScale::of([&explanation]));
            let scatter = SurrogateScatter::new(&explanation).unwrap();
            let picture = scatter.picture(measures, &WORDS, &labels);
            check_picture(&picture);
            assert_eq!(circles(&picture), drawn);
            let cells = picture
                .shapes
                .iter()
                .filter(|shape| matches!(shape, Shape::Rectangle { .. }));
            let plot = scatter.plot(&mut Picture::new(measures), &WORDS, &labels);
            let (columns, rows, counts) = scatter.counts(&plot, measures.type_size * 0.5);
            assert_eq!(
                (columns * rows, counts.iter().sum::<usize>()),
                (counts.len(), times)
            );
            let filled = counts.iter().filter(|count| **count > 0).count();
            assert!(filled > 8 && filled <= 16);
            assert_eq!(cells.count(), if drawn == 0 { filled } else { 0 });
        }
    }

    #[test]
    fn the_nearest_sample_is_found() {
        let explanation = fixture::surrogate();
        let labels = words(SignedScale::of([&explanation]));
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        let picture = scatter.picture(Measures::EXPORT, &WORDS, &labels);
        let centre = |wanted: usize| {
            let circles = picture.shapes.iter().filter_map(|shape| match shape {
                Shape::Circle { centre, opacity, .. } if *opacity < 1.0 => Some(*centre),
                _ => None,
            });
            circles.into_iter().nth(wanted).unwrap()
        };
        for sample in [0, 3, 15] {
            let at = Point {
                x: centre(sample).x + 1.0,
                ..centre(sample)
            };
            assert_eq!(
                scatter.nearest(at, Measures::EXPORT, &WORDS, &labels),
                Some(sample)
            );
        }
        let far = Point { x: -100.0, y: -100.0 };
        assert_eq!(scatter.nearest(far, Measures::EXPORT, &WORDS, &labels), None);
    }

    #[test]
    fn no_sample_is_no_trouble() {
        let explanation = repeated(0);
        let labels = words(SignedScale::of([&explanation]));
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        check_picture(&scatter.picture(TRIED[0], &WORDS, &labels));
    }
}
