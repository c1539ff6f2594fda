//! Every occurrence of a token as a point, so that no mean hides what it is a mean of.

use super::{
    Corpus, ExplanationWords, Measures, Picture, SignedScale, TargetOf, ValueAxis,
    corpus::Occurrence,
    picture::{MIDDLE_OF_TYPE, NAME, SMALL},
    signed_bars::names_width,
};
use crate::{Anchor, Paint, Point, Shape, fitting, text_width};

/// A row for each of the tokens with the largest means: a point for each occurrence, at its value from left to right.
/// Points that would lie on each other lie above and below each other; in a row that is too low for all of them they
/// come nearer, but each is drawn.
pub fn beeswarm(
    corpus: &Corpus,
    most: usize,
    scale: SignedScale,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    const HEIGHT: f32 = 2.6;
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let shown = corpus.tokens.len().min(most);
    let names: Vec<String> = (0..shown)
        .map(|token| corpus.counted_name(token, words))
        .collect();
    let left = names_width(names.iter().map(String::as_str), measures);
    let radius = size * 0.24;
    let axis = ValueAxis {
        least: -scale.limit().max(f64::MIN_POSITIVE),
        most: scale.limit().max(f64::MIN_POSITIVE),
    };
    let ends = (left + 2.0 * radius, measures.width - 2.0 * radius);
    let height = HEIGHT * size;
    let bottom = shown as f32 * height;
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
        let occurrences = &corpus.tokens[row].occurrences;
        let places: Vec<f32> = occurrences
            .iter()
            .map(|one| axis.place(one.value, ends))
            .collect();
        let reach = height / 2.0 - radius - 1.0;
        for (occurrence, (x, lift)) in occurrences
            .iter()
            .zip(places.iter().zip(swarm(&places, radius, reach)))
        {
            point(
                &mut picture,
                occurrence,
                Point {
                    x: *x,
                    y: middle + lift,
                },
                radius,
                scale,
            );
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

fn point(picture: &mut Picture, occurrence: &Occurrence, centre: Point, radius: f32, scale: SignedScale) {
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
        paint: scale.paint(occurrence.value),
        opacity: 1.0,
    });
    let corner = Point {
        x: centre.x - radius,
        y: centre.y - radius,
    };
    let of = TargetOf::OfText {
        text: occurrence.text,
        feature: occurrence.feature,
    };
    picture.target(of, corner, 2.0 * radius, 2.0 * radius);
}

/// How far each point is moved up or down so that none lies on another, the nearest free place first. If one would have to
/// be moved further than `reach`, all are moved less, in the same proportion.
fn swarm(places: &[f32], radius: f32, reach: f32) -> Vec<f32> {
    let distance = 2.0 * radius;
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|one, other| places[*one].total_cmp(&places[*other]));
    let mut lifts = vec![0.0f32; places.len()];
    let mut first = 0;
    for (rank, point) in order.iter().enumerate() {
        while places[*point] - places[order[first]] >= distance {
            first += 1;
        }
        // Each neighbour to the left keeps a stretch of heights to itself.
        let taken: Vec<(f32, f32)> = order[first..rank]
            .iter()
            .map(|other| {
                let beside = places[*point] - places[*other];
                let needed = (distance * distance - beside * beside).max(0.0).sqrt();
                (lifts[*other] - needed, lifts[*other] + needed)
            })
            .collect();
        let is_free = |lift: f32| {
            taken
                .iter()
                .all(|(low, high)| lift <= low + 1e-3 || lift >= high - 1e-3)
        };
        let edges = taken.iter().flat_map(|(low, high)| [*low, *high]);
        let free = std::iter::once(0.0).chain(edges).filter(|lift| is_free(*lift));
        lifts[*point] = free
            .min_by(|one, other| one.abs().total_cmp(&other.abs()))
            .unwrap_or(0.0);
    }
    let largest = lifts.iter().fold(0.0f32, |largest, lift| largest.max(lift.abs()));
    if largest > reach {
        let less = reach.max(0.0) / largest;
        lifts.iter_mut().for_each(|lift| *lift *= less);
    }
    lifts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::explanation::{
        fixture,
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
    fn every_occurrence_is_a_point_at_its_value() {
        let mut explanations = vec![
            fixture::exact(),
            fixture::surrogate(),
            fixture::with_special_players(),
        ];
        explanations.extend((0..40).map(|_| fixture::exact()));
        let scale = SignedScale::of(&explanations);
        let corpus = Corpus::new(&explanations, 1);
        for measures in TRIED {
            let mut picture = beeswarm(&corpus, 6, scale, measures, &words(scale));
            let expect: usize = corpus.tokens[..6]
                .iter()
                .map(|token| token.occurrences.len())
                .sum();
            assert_eq!(picture.targets.len(), expect);
            let centre = |target: &crate::explanation::Target| target.corner.x + target.width / 2.0;
            let mut by_value: Vec<(f64, f32)> = corpus.tokens[..6]
                .iter()
                .flat_map(|token| &token.occurrences)
                .map(|one| one.value)
                .zip(picture.targets.iter().map(centre))
                .collect();
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
        check_picture(&beeswarm(&Corpus::new(&[], 1), 6, scale, TRIED[0], &words(scale)));
    }
}
