//! Every occurrence of a token as a point, so that no mean hides what it is a mean of.

use vitrine_explain::{Corpus, RankedToken};
use vitrine_record::PointColour;

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf, ValueAxis,
    corpus::counted_name,
    picture::{MIDDLE_OF_TYPE, NAME, SMALL},
    scale::sequential_ramp,
    signed_bars::names_width,
};
use crate::{Anchor, Paint, Point, Shape, fitting, text_width};

/// What a swarm is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Swarm<'a> {
    /// The texts.
    pub corpus: &'a Corpus,
    /// The tokens that have rows.
    pub tokens: &'a [RankedToken<'a>],
    /// The scale of the values.
    pub scale: SignedScale,
    /// What the colour of a point says.
    pub colour: PointColour,
}

/// A row for each of some tokens: a point for each occurrence, at its value from left to right. Points that would lie on
/// each other lie above and below each other; in a row that is too low for all of them they come nearer, but each is
/// drawn. Below, what the colours mean.
pub fn beeswarm(swarm: &Swarm<'_>, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
    let mut picture = rows_of_points(swarm, measures, words);
    if swarm.tokens.is_empty() {
        return picture;
    }
    match swarm.colour {
        PointColour::Value => picture.with_legend(swarm.scale, words),
        PointColour::Prediction => {
            let ends = Predictions::new(swarm.corpus);
            ends.legend(&mut picture, words);
            picture
        }
    }
}

fn rows_of_points(
    Swarm {
        corpus,
        tokens,
        scale,
        colour,
    }: &Swarm<'_>,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    const HEIGHT: f32 = 2.6;
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let predictions = Predictions::new(corpus);
    let names: Vec<String> = tokens.iter().map(|token| counted_name(token, words)).collect();
    let left = names_width(names.iter().map(String::as_str), measures);
    let radius = size * 0.24;
    let axis = ValueAxis {
        least: -scale.limit().max(f64::MIN_POSITIVE),
        most: scale.limit().max(f64::MIN_POSITIVE),
    };
    let ends = (left + 2.0 * radius, measures.width - 2.0 * radius);
    let height = HEIGHT * size;
    let bottom = tokens.len() as f32 * height;
    let zero = axis.place(0.0, ends);
    picture.line(
        [Point { x: zero, y: 0.0 }, Point { x: zero, y: bottom }],
        1.0,
        Paint::Quiet,
    );
    for (row, name) in names.into_iter().enumerate() {
        let middle = (row as f32 + 0.5) * height;
        let at = Point {
            x: left - 0.6 * size,
            y: middle + size * MIDDLE_OF_TYPE,
        };
        picture.text(
            at,
            Anchor::End,
            NAME,
            Paint::Ink,
            fitting(&name, left - 0.6 * size, size),
        );
        // For each occurrence its value, its target and its paint.
        let mut occurrences: Vec<(f64, TargetOf, Paint)> = corpus
            .texts()
            .flat_map(|text| {
                let all = text.occurrences.iter().enumerate();
                all.filter(|(_, one)| one.token == tokens[row].0)
                    .map(|(occurrence, one)| {
                        let of = TargetOf::OfText {
                            text: text.place,
                            occurrence,
                        };
                        let paint = match colour {
                            PointColour::Value => scale.paint(one.value),
                            PointColour::Prediction => predictions.paint(text.prediction),
                        };
                        (one.value, of, paint)
                    })
            })
            .collect();
        // Arrow keys go through points from left to right.
        occurrences.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
        let places: Vec<f32> = occurrences
            .iter()
            .map(|(value, ..)| axis.place(*value, ends))
            .collect();
        let reach = height / 2.0 - radius - 1.0;
        let lifts = swarm(&places, radius, reach);
        for ((_, of, paint), (x, lift)) in occurrences.into_iter().zip(places.iter().zip(lifts)) {
            let centre = Point {
                x: *x,
                y: middle + lift,
            };
            point(&mut picture, of, centre, radius, paint);
        }
    }
    let values = words.values;
    let (least, most) = (values.value(-scale.limit()), values.value(scale.limit()));
    let room = (ends.1 - ends.0) / 2.0 - text_width(&least, size).max(text_width(&most, size));
    for (value, anchor, label) in [
        (axis.least, Anchor::Start, least),
        (axis.most, Anchor::End, most),
        (0.0, Anchor::Middle, values.score(0.0)),
    ] {
        let at = Point {
            x: axis.place(value, ends),
            y: bottom + 1.2 * size,
        };
        // A scale without a length has zero alone, and one that is too short its ends.
        let is_written = if value == 0.0 {
            text_width(&label, size) < 2.0 * room
        } else {
            scale.limit() > 0.0
        };
        if is_written {
            picture.text(at, anchor, SMALL, Paint::Quiet, label);
        }
    }
    picture.height = bottom + 1.6 * size;
    picture
}

/// From the smallest prediction to the largest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Predictions {
    least: f64,
    most: f64,
}

impl Predictions {
    pub fn new(corpus: &Corpus) -> Predictions {
        let all = corpus.texts().map(|text| text.prediction);
        let (least, most) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), prediction| {
            (least.min(prediction), most.max(prediction))
        });
        Predictions { least, most }
    }

    /// How far on the way from the smallest to the largest, 0 to 1; in the middle if they are the same.
    pub fn share(self, prediction: f64) -> f32 {
        let length = self.most - self.least;
        if length > 0.0 && length.is_finite() {
            ((prediction - self.least) / length) as f32
        } else {
            0.5
        }
    }

    fn paint(self, prediction: f64) -> Paint {
        Paint::Sequential(self.share(prediction))
    }

    /// A ramp with its ends, below a picture.
    fn legend(self, picture: &mut Picture, words: &ExplanationWords<'_>) {
        let size = picture.measures.type_size;
        let width = (picture.measures.width * 0.5).min(16.0 * size);
        let top = picture.height + 0.6 * size;
        let ramp = sequential_ramp(Point { x: 0.0, y: top }, width, picture.measures);
        picture.shapes.extend(ramp);
        for (x, anchor, prediction) in [(0.0, Anchor::Start, self.least), (width, Anchor::End, self.most)] {
            let at = Point {
                x,
                y: top + 1.6 * size,
            };
            picture.text(at, anchor, SMALL, Paint::Quiet, words.values.score(prediction));
        }
        let at = Point {
            x: 0.0,
            y: top + 2.7 * size,
        };
        let name = fitting(words.prediction, picture.measures.width, size * SMALL.0);
        picture.text(at, Anchor::Start, SMALL, Paint::Quiet, name);
        picture.height = top + 3.1 * size;
    }
}

fn point(picture: &mut Picture, of: TargetOf, centre: Point, radius: f32, paint: Paint) {
    // Near to zero the colour of the scale is that of the paper, so there is a rim.
    picture.shapes.push(Shape::Circle {
        centre,
        radius,
        paint: Paint::Quiet,
        opacity: 1.0,
    });
    picture.shapes.push(Shape::Circle {
        centre,
        radius: radius * 0.8,
        paint,
        opacity: 1.0,
    });
    let corner = Point {
        x: centre.x - radius,
        y: centre.y - radius,
    };
    picture.target(of, corner, 2.0 * radius, 2.0 * radius);
}

/// How far each point is moved up or down so that none lies on another, the nearest free place first. If one would have to
/// be moved further than `reach`, all are moved less, in the same proportion.
fn swarm(places: &[f32], radius: f32, reach: f32) -> Vec<f32> {
    let distance = 2.0 * radius;
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|one, other| places[*one].total_cmp(&places[*other]));
    let mut lifts = if most_beside(places, &order, distance) > MOST_TOLD_APART {
        stacked(places, &order, distance)
    } else {
        packed(places, &order, distance)
    };
    let largest = lifts.iter().fold(0.0f32, |largest, lift| largest.max(lift.abs()));
    if largest > reach {
        let less = reach.max(0.0) / largest;
        lifts.iter_mut().for_each(|lift| *lift *= less);
    }
    lifts
}

/// So many points that might lie on each other still get a place each. Where more do, none could be told apart anyway.
const MOST_TOLD_APART: usize = 150;

/// How many points are nearer than a distance to the left of a point at most.
fn most_beside(places: &[f32], order: &[usize], distance: f32) -> usize {
    let mut first = 0;
    let beside = order.iter().enumerate().map(|(rank, point)| {
        while places[*point] - places[order[first]] >= distance {
            first += 1;
        }
        rank - first
    });
    beside.max().unwrap_or(0)
}

/// Points in columns of a point's width, one above and one below in turn.
fn stacked(places: &[f32], order: &[usize], distance: f32) -> Vec<f32> {
    let mut lifts = vec![0.0f32; places.len()];
    let (mut column, mut height) = (f32::NEG_INFINITY, 0_usize);
    for &point in order {
        if places[point] - column >= distance {
            (column, height) = (places[point], 0);
        }
        let side = if height % 2 == 0 { 1.0 } else { -1.0 };
        lifts[point] = side * distance * height.div_ceil(2) as f32;
        height += 1;
    }
    lifts
}

/// Each point at the free place that is nearest to the middle, from left to right.
fn packed(places: &[f32], order: &[usize], distance: f32) -> Vec<f32> {
    let mut lifts = vec![0.0f32; places.len()];
    let mut first = 0;
    for (rank, point) in order.iter().enumerate() {
        while places[*point] - places[order[first]] >= distance {
            first += 1;
        }
        // Each neighbour to the left keeps a stretch of heights to itself.
        let mut taken: Vec<(f32, f32)> = order[first..rank]
            .iter()
            .map(|other| {
                let beside = places[*point] - places[*other];
                let needed = (distance * distance - beside * beside).max(0.0).sqrt();
                (lifts[*other] - needed, lifts[*other] + needed)
            })
            .collect();
        let above = nearest_above(&mut taken);
        taken
            .iter_mut()
            .for_each(|(low, high)| (*low, *high) = (-*high, -*low));
        let below = nearest_above(&mut taken);
        lifts[*point] = if above < below { above } else { -below };
    }
    lifts
}

/// The smallest height from 0 on that lies in no stretch.
fn nearest_above(taken: &mut [(f32, f32)]) -> f32 {
    const TOUCHING: f32 = 1e-3;
    taken.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut free = 0.0;
    for (low, high) in taken {
        // All that follow begin further up.
        if free <= *low + TOUCHING {
            break;
        }
        if free < *high - TOUCHING {
            free = *high;
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::{TokenOrder, TokenUnit};

    use super::*;
    use crate::explanation::{
        Target, fixture,
        picture::{TRIED, check_picture, words},
    };

    proptest! {
        #[test]
        fn no_point_lies_on_another_while_there_is_room(places in prop::collection::vec(0.0..100.0f32, 0..60)) {
            let lifts = swarm(&places, 3.0, f32::INFINITY);
            for one in 0..places.len() {
                for other in 0..one {
                    let apart = (places[one] - places[other]).hypot(lifts[one] - lifts[other]);
                    prop_assert!(apart >= 6.0 - 0.01, "{apart}");
                }
            }
            let low = swarm(&places, 3.0, 5.0);
            prop_assert!(low.iter().all(|lift| lift.abs() <= 5.0 + 1e-3));
        }
    }

    #[test]
    fn thousands_of_points_at_one_place_are_stacked() {
        let lifts = swarm(&[40.0; 3_000], 3.0, f32::INFINITY);
        let mut heights = lifts.clone();
        heights.sort_by(f32::total_cmp);
        assert!(heights.is_sorted_by(|one, next| next - one >= 6.0 - 0.01));
        assert!(heights[0] + heights[2_999] <= 6.0, "as many below as above");
        let places: Vec<f32> = (0..3_000).map(|point| point as f32 * 0.002).collect();
        let low = swarm(&places, 3.0, 20.0);
        let largest = low.iter().fold(0.0f32, |largest, lift| largest.max(lift.abs()));
        assert!((largest - 20.0).abs() < 1e-3, "{largest}");
    }

    #[test]
    fn every_occurrence_is_a_point_at_its_value() {
        let mut explanations = fixture::several();
        explanations.extend((0..40).map(|_| fixture::exact()));
        let corpus = fixture::corpus(&explanations, TokenUnit::Words);
        let scale = SignedScale::of_corpus(&corpus);
        let ranked = corpus.ranked(TokenOrder::MeanSize, 1);
        for (measures, colour) in TRIED.into_iter().zip(PointColour::ALL.iter().cycle()) {
            let swarm = Swarm {
                corpus: &corpus,
                tokens: &ranked[..6],
                scale,
                colour: *colour,
            };
            let mut picture = beeswarm(&swarm, measures, &words(scale));
            let expect: usize = ranked[..6].iter().map(|(_, token)| token.occurrences).sum();
            assert_eq!(picture.targets.len(), expect);
            let value = |target: &Target| match target.of {
                TargetOf::OfText { text, occurrence } => {
                    corpus.text(text).unwrap().occurrences[occurrence].value
                }
                _ => panic!("no occurrence: {target:?}"),
            };
            let mut by_value: Vec<(f64, f32)> = picture
                .targets
                .iter()
                .map(|target| (value(target), target.corner.x))
                .collect();
            let mut rest = &picture.targets[..];
            for (_, token) in &ranked[..6] {
                let (row, others) = rest.split_at(token.occurrences);
                assert!(
                    row.is_sorted_by(|one, next| value(one) <= value(next)),
                    "a row goes from left to right"
                );
                rest = others;
            }
            by_value.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(by_value.is_sorted_by(|one, next| one.1 <= next.1 + 1e-3));
            // In a row that is too low, points lie on each other.
            picture.targets.clear();
            check_picture(&picture);
        }
    }

    #[test]
    fn no_text_is_no_trouble() {
        let scale = SignedScale::of_values([]);
        let corpus = Corpus::new(TokenUnit::Words);
        for &colour in PointColour::ALL {
            let swarm = Swarm {
                corpus: &corpus,
                tokens: &[],
                scale,
                colour,
            };
            check_picture(&beeswarm(&swarm, TRIED[0], &words(scale)));
        }
    }
}
