use super::*;
use crate::{
    Axis,
    explanation::{
        SignedScale, fixture,
        picture::{TRIED, check_picture, extent, words},
    },
};

fn all() -> [Explanation; 5] {
    let mut with_gap = fixture::exact();
    with_gap.prediction += 0.02;
    let mut one_sided = fixture::exact();
    for feature in &mut one_sided.features {
        feature.value = feature.value.abs();
    }
    let sum: f64 = one_sided.features.iter().map(|feature| feature.value).sum();
    one_sided.prediction = one_sided.base_value + sum;
    [
        fixture::exact(),
        fixture::truncated(),
        fixture::surrogate(),
        with_gap,
        one_sided,
    ]
}

#[test]
fn the_bar_covers_exactly_what_lies_between_base_value_and_prediction() {
    for explanation in all() {
        for smallest in [0.0, 0.03, 0.2, 1.0] {
            let bar = ForceBar::new(&explanation, smallest);
            for pair in bar.chevrons.windows(2) {
                assert!((pair[0].end - pair[1].start).abs() < 1e-12, "they touch");
            }
            let (left, right): (Vec<&Chevron>, Vec<&Chevron>) =
                bar.chevrons.iter().partition(|chevron| chevron.is_towards());
            assert!(left.iter().all(|chevron| chevron.end <= bar.prediction + 1e-12));
            assert!(
                right
                    .iter()
                    .all(|chevron| chevron.start >= bar.prediction - 1e-12)
            );
            let length = |side: &[&Chevron]| side.iter().map(|one| one.end - one.start).sum::<f64>();
            let (up, down) = (length(&left), length(&right));
            assert!((bar.start + up - down - bar.prediction).abs() < 1e-12);
            for chevron in &bar.chevrons {
                let value = chevron.contribution.value;
                assert!((chevron.end - chevron.start - value.abs()).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn the_largest_are_nearest_to_the_prediction_and_tiny_ones_are_one() {
    let explanation = fixture::exact();
    let bar = ForceBar::new(&explanation, 0.02);
    let seen: Vec<(String, usize)> = bar
        .chevrons
        .iter()
        .map(|chevron| {
            let words = words(SignedScale::of([&explanation]));
            (
                words.name(&chevron.contribution, &bar.parts),
                chevron.features.len(),
            )
        })
        .collect();
    let expect = [
        ("2 others", 2),
        ("film", 1),
        ("not", 1),
        ("ly", 1),
        ("love", 1),
        ("able", 1),
        ("watch", 1),
        ("un", 1),
        (",", 1),
    ];
    assert_eq!(seen, expect.map(|(name, features)| (name.to_owned(), features)));
    let every = ForceBar::new(&explanation, 0.0);
    assert_eq!(every.chevrons.len(), 10);
    let mut nothing = explanation;
    nothing.prediction -= nothing.features[3].value;
    nothing.features[3].value = 0.0;
    assert_eq!(
        ForceBar::new(&nothing, 0.0).chevrons.len(),
        9,
        "what is 0 has no place"
    );
}

#[test]
fn what_is_not_accounted_for_is_at_the_far_end() {
    let [_, _, surrogate, with_gap, _] = all();
    let bar = ForceBar::new(&with_gap, 0.1);
    assert_eq!(bar.chevrons[0].contribution.of, ContributionOf::Remainder);
    let bar = ForceBar::new(&surrogate, 0.0);
    let sum: f64 = surrogate.features.iter().map(|feature| feature.value).sum();
    let remainder = surrogate.prediction - bar.start - sum;
    let at = if remainder > 0.0 {
        0
    } else {
        bar.chevrons.len() - 1
    };
    assert_eq!(bar.chevrons[at].contribution.of, ContributionOf::Remainder);
}

#[test]
fn no_name_lies_on_another_and_tips_are_exact() {
    for measures in TRIED {
        for explanation in all() {
            let words = words(SignedScale::of([&explanation]));
            let bar = ForceBar::for_measures(&explanation, measures);
            let picture = bar.picture(None, measures, &words);
            check_picture(&picture);
            let axis = bar.axis();
            let place = |value: f64| axis.place(value, (0.0, measures.width));
            let drawn = picture
                .shapes
                .iter()
                .filter(|shape| matches!(shape, Shape::Polygon { .. }));
            for (shape, chevron) in drawn.zip(&bar.chevrons) {
                let (start, end) = shape.extent(Axis::Across);
                let tip = if chevron.is_towards() { end } else { start };
                let expect = place(if chevron.is_towards() {
                    chevron.end
                } else {
                    chevron.start
                });
                assert!((tip - expect).abs() < 0.01, "{chevron:?}");
            }
            for (target, chevron) in picture.targets.iter().zip(&bar.chevrons) {
                assert!((target.corner.x - place(chevron.start)).abs() < 0.01);
                assert!((target.corner.x + target.width - place(chevron.end)).abs() < 0.01);
            }
        }
    }
}

#[test]
fn the_axis_has_numbers_at_every_width() {
    for measures in TRIED {
        for explanation in all() {
            let words = words(SignedScale::of([&explanation]));
            let bar = ForceBar::for_measures(&explanation, measures);
            let picture = bar.picture(None, measures, &words);
            let contents = picture.shapes.iter().filter_map(|shape| match shape {
                Shape::Text { content, .. } => Some(content.as_str()),
                _ => None,
            });
            let contents: Vec<&str> = contents.collect();
            let ticks = contents.iter().filter(|content| content.parse::<f64>().is_ok());
            assert!(ticks.count() >= 2, "{contents:?}");
            for (name, score) in [("base value", bar.start), ("f(x)", bar.prediction)] {
                let label = format!("{name} = {}", words.values.score(score));
                assert!(contents.contains(&label.as_str()), "{label}");
            }
        }
    }
}

#[test]
fn lines_to_names_cross_no_name() {
    let explanation = fixture::exact();
    let words = words(SignedScale::of([&explanation]));
    let picture = ForceBar::new(&explanation, 0.0).picture(None, TRIED[0], &words);
    let lines: Vec<(f32, f32)> = picture
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Polyline {
                points,
                paint: Paint::Hairline,
                ..
            } => Some((points[0].x, points[1].y)),
            _ => None,
        })
        .collect();
    assert!(!lines.is_empty());
    for shape in &picture.shapes {
        let Shape::Text { at, content, .. } = shape else {
            continue;
        };
        let [start, _, end, _] = extent(shape);
        let crossed = lines
            .iter()
            .any(|(x, bottom)| (start..end).contains(x) && at.y < *bottom);
        let is_above = at.y < picture.targets[0].corner.y + picture.targets[0].height;
        assert!(is_above || !crossed, "{content}");
    }
}

#[test]
fn nothing_to_explain_is_no_trouble() {
    let mut explanation = fixture::exact();
    for feature in &mut explanation.features {
        feature.value = 0.0;
    }
    explanation.prediction = explanation.base_value;
    let bar = ForceBar::for_measures(&explanation, Measures::EXPORT);
    assert!(bar.chevrons.is_empty());
    check_picture(&bar.picture(None, Measures::EXPORT, &words(SignedScale::of([&explanation]))));
}
