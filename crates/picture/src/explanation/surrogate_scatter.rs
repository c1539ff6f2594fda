//! The samples of a local surrogate: how near each is to the text, and what the model says of it.

use std::collections::HashMap;

use vitrine_record::{Explanation, ExplanationDetail, SurrogateSample};

use super::{
    ExplanationWords, Measures, Picture, TargetOf, ValueAxis, ValueStyle,
    plot::Plot,
    scatter_marks::{Mark, legend},
};
use crate::{Paint, Point, Shape};

/// Up to so many samples, each is a point of its own; of more, cells say how many lie in each.
pub const MOST_POINTS: usize = 5_000;
/// The height of what is meant by the place where it is.
const POINT: f32 = 0.01;

/// What is written in the scatter.
#[derive(Clone, Copy, Debug)]
pub struct ScatterWords<'a> {
    /// The name of the axis to the right.
    pub proximity: &'a str,
    /// The name of the axis upwards.
    pub score: &'a str,
    /// The name of the line, which is no prediction of any sample but the mean of many.
    pub mean_surrogate: &'a str,
    /// The name of the text itself.
    pub text_itself: &'a str,
    /// The name of the mark at what the model says of the chosen sample.
    pub chosen: &'a str,
    /// The name of the mark at what the surrogate says of it.
    pub chosen_surrogate: &'a str,
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

/// Samples that lack the same features: one point, however often it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistinctSample {
    /// The first of them, by its place in [`SurrogateScatter::samples`].
    pub sample: usize,
    /// How many they are.
    pub times: usize,
}

/// The samples of an explanation, and what the surrogate says of them in the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct SurrogateScatter<'a> {
    /// The text itself first.
    pub samples: &'a [SurrogateSample],
    /// Those that differ, the nearest first, and of those of one proximity that with the highest score: the order in which a
    /// keyboard goes through them. The text itself is the first.
    pub distinct: Vec<DistinctSample>,
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
            distinct: distinct(samples),
            samples,
        })
    }

    /// What is known of a distinct sample, by its place among all of them; nothing of one that is like one before it.
    pub fn distinct_at(&self, sample: usize) -> Option<(DistinctSample, &'a SurrogateSample)> {
        let distinct = self.distinct.iter().find(|distinct| distinct.sample == sample)?;
        Some((*distinct, self.samples.get(sample)?))
    }

    /// The place of each distinct sample's proximity among all of them, the nearest first: the column that it stands in.
    pub fn columns(&self) -> Vec<usize> {
        let mut column = 0;
        let mut before = None;
        let of = |distinct: &DistinctSample| {
            let proximity = self.samples[distinct.sample].proximity;
            column += usize::from(before.is_some_and(|before| before != proximity));
            before = Some(proximity);
            column
        };
        self.distinct.iter().map(of).collect()
    }

    fn axes(&self) -> (ValueAxis, ValueAxis) {
        let scores = self
            .samples
            .iter()
            .flat_map(|sample| [sample.score, sample.surrogate]);
        let proximities = self.samples.iter().map(|sample| sample.proximity);
        (
            ValueAxis::covering(proximities.chain([0.0, 1.0])),
            ValueAxis::covering(scores),
        )
    }

    /// A point for each sample, fainter where there are many, or, of more than [`MOST_POINTS`], cells as dark as samples
    /// lie in them; over them the means of what the surrogate says, a ring at the text itself, and where a sample is chosen,
    /// by its place among all of them, how far what the surrogate says of it is from what the model says. Each distinct
    /// sample can be pointed at: what is nearest is meant, for they are small and lie on each other.
    pub fn picture(
        &self,
        chosen: Option<usize>,
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
        let chosen = chosen.and_then(|sample| self.distinct_at(sample));
        if let Some((_, sample)) = chosen {
            let [model, surrogate] =
                [sample.score, sample.surrogate].map(|score| plot.at(sample.proximity, score));
            picture.line([model, surrogate], size * 0.3, Paint::Paper);
            picture.line([model, surrogate], size * 0.1, Paint::Ink);
            Mark::ChosenSurrogate.draw(&mut picture, surrogate);
            Mark::Chosen.draw(&mut picture, model);
        }
        if let Some(text) = self.samples.first() {
            Mark::TextItself.draw(&mut picture, plot.at(text.proximity, text.score));
        }
        for DistinctSample { sample: place, .. } in &self.distinct {
            let sample = &self.samples[*place];
            let at = plot.at(sample.proximity, sample.score);
            picture.target(TargetOf::Sample(*place), at, 0.0, POINT);
        }
        let of_all = [
            (Mark::Mean, words.mean_surrogate),
            (Mark::TextItself, words.text_itself),
        ];
        let of_chosen = [
            (Mark::Chosen, words.chosen),
            (Mark::ChosenSurrogate, words.chosen_surrogate),
        ];
        let of_chosen = of_chosen.into_iter().filter(|_| chosen.is_some());
        legend(&mut picture, of_all.into_iter().chain(of_chosen));
        picture
    }

    fn plot(&self, picture: &mut Picture, words: &ScatterWords<'_>, labels: &ExplanationWords<'_>) -> Plot {
        const SHARE: f32 = 0.5;
        let proximities = ValueStyle::new(labels.values.numbers(), 1.0);
        let names = (words.proximity, words.score);
        Plot::new(picture, self.axes(), names, (proximities, labels.values), SHARE)
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
}

fn distinct(samples: &[SurrogateSample]) -> Vec<DistinctSample> {
    let mut places: HashMap<&[u32], usize> = HashMap::new();
    let mut distinct: Vec<DistinctSample> = Vec::new();
    for (place, sample) in samples.iter().enumerate() {
        let new = distinct.len();
        let known = *places.entry(&sample.missing).or_insert(new);
        if known == new {
            distinct.push(DistinctSample {
                sample: place,
                times: 0,
            });
        }
        distinct[known].times += 1;
    }
    distinct.sort_by(|one, other| {
        let [one, other] = [one, other].map(|distinct| &samples[distinct.sample]);
        let by_proximity = one.proximity.total_cmp(&other.proximity);
        by_proximity.then(one.score.total_cmp(&other.score)).reverse()
    });
    distinct
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
        mean_surrogate: "surrogate, mean at each proximity",
        text_itself: "the text itself",
        chosen: "chosen sample: the model",
        chosen_surrogate: "chosen sample: the surrogate",
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
            for chosen in [None, Some(3)] {
                let picture = scatter.picture(chosen, measures, &WORDS, &labels);
                check_picture(&picture);
                assert_eq!(circles(&picture), 16);
            }
        }
        assert_eq!(SurrogateScatter::new(&fixture::exact()), None);
    }

    #[test]
    fn each_sample_has_its_place_however_often_it_was_drawn() {
        let explanation = repeated(40);
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        assert_eq!(scatter.distinct.len(), 16);
        let times: usize = scatter.distinct.iter().map(|distinct| distinct.times).sum();
        assert_eq!(times, 40);
        let order: Vec<(f64, f64)> = scatter
            .distinct
            .iter()
            .map(|distinct| scatter.distinct_at(distinct.sample).unwrap().1)
            .map(|sample| (sample.proximity, sample.score))
            .collect();
        assert!(order.is_sorted_by(|one, next| one >= next), "{order:?}");
        assert_eq!(
            scatter.distinct[0],
            DistinctSample { sample: 0, times: 3 },
            "the text itself"
        );
        assert_eq!(scatter.distinct_at(16), None, "it is the text itself again");
        assert_eq!(
            scatter.columns(),
            [0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4]
        );
    }

    #[test]
    fn what_the_surrogate_says_of_the_chosen_sample_is_drawn_at_its_height() {
        let explanation = fixture::surrogate();
        let labels = words(SignedScale::of([&explanation]));
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        for place in [0, 5, 15] {
            let (_, sample) = scatter.distinct_at(place).unwrap();
            let picture = scatter.picture(Some(place), Measures::EXPORT, &WORDS, &labels);
            let plot = scatter.plot(&mut Picture::new(Measures::EXPORT), &WORDS, &labels);
            let ends = [sample.score, sample.surrogate].map(|score| plot.at(sample.proximity, score));
            let is_residual = |shape: &&Shape| matches!(shape, Shape::Polyline { points, paint: Paint::Ink, .. } if *points == ends);
            assert_eq!(picture.shapes.iter().filter(is_residual).count(), 1, "{place}");
        }
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
            let picture = scatter.picture(None, measures, &WORDS, &labels);
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
    fn each_distinct_sample_can_be_pointed_at_where_it_is_drawn() {
        let explanation = repeated(40);
        let labels = words(SignedScale::of([&explanation]));
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        let picture = scatter.picture(None, Measures::EXPORT, &WORDS, &labels);
        let plot = scatter.plot(&mut Picture::new(Measures::EXPORT), &WORDS, &labels);
        assert_eq!(picture.targets.len(), 16);
        for (distinct, target) in scatter.distinct.iter().zip(&picture.targets) {
            assert_eq!(target.of, TargetOf::Sample(distinct.sample));
            let sample = &scatter.samples[distinct.sample];
            assert_eq!(target.corner, plot.at(sample.proximity, sample.score));
        }
    }

    #[test]
    fn no_sample_is_no_trouble() {
        let explanation = repeated(0);
        let labels = words(SignedScale::of([&explanation]));
        let scatter = SurrogateScatter::new(&explanation).unwrap();
        check_picture(&scatter.picture(None, TRIED[0], &WORDS, &labels));
    }
}
