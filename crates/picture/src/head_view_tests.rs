use proptest::prelude::*;
use vitrine_record::{Analysis, AttentionOptions, AttentionVariant, LayerAttention, LayerIdx, Percent};

use super::*;
use crate::fixture::{self, METRICS, PIECES, selected, uneven, whole};

/// The opacities of each line's strands.
fn strands(shapes: &[Shape]) -> Vec<Vec<f32>> {
    shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Curve { strands, .. } => Some(strands.iter().map(|strand| strand.opacity).collect()),
            _ => None,
        })
        .collect()
}

fn view<'a>(
    analysis: &'a Analysis,
    slice: &'a AttentionSlice,
    selection: Option<&Selection>,
) -> HeadView<'a> {
    HeadView::new(slice, &analysis.tokens, selection, Drawing::Lines, METRICS)
}

proptest! {
    #[test]
    fn the_opacities_of_all_strands_sum_to_tokens_times_the_root_of_heads(mask in 1u32..16) {
        let analysis = uneven(4);
        let heads = (0..4).filter(|head| mask >> head & 1 == 1).map(HeadIdx).collect();
        let slice = fixture::slice(&analysis, LayerIdx(0), Some(&heads), AttentionOptions::default());
        let sum: f32 = strands(&view(&analysis, &slice, None).lines()).iter().flatten().sum();
        prop_assert!((sum - 4.0 * (mask.count_ones() as f32).sqrt()).abs() < 1e-4, "{sum}");
    }

    #[test]
    fn strong_lines_lie_on_top(heads in 1usize..6) {
        let analysis = uneven(heads);
        let slice = whole(&analysis);
        let lines = view(&analysis, &slice, None).lines();
        let combined: Vec<f32> = strands(&lines).into_iter().map(combined_opacity).collect();
        prop_assert!(combined.is_sorted());
        prop_assert!(strands(&lines).iter().all(|strands| strands.is_sorted()));
    }

    #[test]
    fn the_numbers_of_rows_sum_to_how_many_are_selected(mask in 1u32..16) {
        let analysis = uneven(3);
        let slice = whole(&analysis);
        let selection = Selection {
            positions: (0..4).filter(|at| mask >> at & 1 == 1).map(Position).collect(),
            side: Side::Destination,
        };
        let view = view(&analysis, &slice, Some(&selection));
        let (side, numbers) = view.numbers().unwrap();
        prop_assert_eq!(side, Side::Source);
        let rows = mask.count_ones();
        prop_assert!((numbers.iter().sum::<f32>() - rows as f32).abs() < 1e-5);
        prop_assert_eq!(view.lines().len(), rows as usize * 3 * 4);
        prop_assert_eq!(view.strips().len(), 3 * 4);
    }
}

#[test]
fn a_column_is_drawn_into_its_source() {
    let analysis = uneven(2);
    let (slice, selection) = (whole(&analysis), selected(1, Side::Source));
    let view = view(&analysis, &slice, Some(&selection));
    for line in view.lines() {
        let Shape::Curve { from, to, .. } = line else {
            panic!("not a line")
        };
        assert_eq!(from.x, 80.0);
        assert_eq!(to, Point { x: 220.0, y: 30.0 });
    }
    assert_eq!(view.numbers().unwrap().0, Side::Destination);
}

#[test]
fn the_lines_of_a_row_fan_out_by_head_within_their_rows() {
    let analysis = uneven(4);
    let (slice, selection) = (whole(&analysis), selected(2, Side::Destination));
    let mut ends: Vec<(usize, f32)> = Vec::new();
    for line in view(&analysis, &slice, Some(&selection)).lines() {
        let Shape::Curve {
            from, to, strands, ..
        } = line
        else {
            panic!("not a line")
        };
        let [
            Strand {
                paint: Paint::Head(head),
                opacity,
            },
        ] = strands[..]
        else {
            panic!("not a line of one head")
        };
        let source = (to.y / METRICS.row_height) as usize;
        assert_eq!(from.y, 50.0);
        assert_eq!(opacity, analysis.attention[0].at(head.0, 2, source));
        ends.push((head.0, to.y - source as f32 * METRICS.row_height));
    }
    ends.sort_by_key(|end| end.0);
    assert!(ends.iter().all(|(_, y)| (4.0..=16.0).contains(y)), "{ends:?}");
    assert!(
        ends.windows(2)
            .all(|pair| (pair[0].0 < pair[1].0) == (pair[0].1 < pair[1].1)),
        "{ends:?}"
    );
}

#[test]
fn turned_it_is_the_same_with_right_and_down_exchanged() {
    let analysis = uneven(2);
    let (slice, selection) = (whole(&analysis), selected(2, Side::Source));
    for selection in [None, Some(&selection)] {
        let upright = view(&analysis, &slice, selection);
        let across = HeadView::new(&slice, &analysis.tokens, selection, Drawing::LinesAcross, METRICS);
        let back = |mut shapes: Vec<Shape>| {
            shapes.iter_mut().for_each(Shape::transpose);
            shapes
        };
        assert_eq!(back(across.lines()), upright.lines());
        assert_eq!(back(across.strips()), upright.strips());
        assert_eq!(across.size(), (80.0, 300.0));
    }
}

#[test]
fn what_is_too_weak_to_be_drawn_has_no_line() {
    let analysis = uneven(2);
    let options = AttentionOptions {
        top_p: Percent(40),
        ..AttentionOptions::default()
    };
    let slice = fixture::slice(&analysis, LayerIdx(0), None, options);
    let drawn = 2 * 16 - slice.not_drawn();
    let all = strands(&view(&analysis, &slice, None).lines());
    assert_eq!(all.iter().flatten().count(), drawn);
    let selection = selected(1, Side::Destination);
    let row = view(&analysis, &slice, Some(&selection));
    assert_eq!(row.lines().len(), row.strips().len());
    assert!(row.lines().len() < 8);
    // The numbers are those of the whole row all the same.
    assert!((row.numbers().unwrap().1.iter().sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn a_signed_line_has_the_colour_of_its_sign_and_a_joined_one_ink() {
    let values = vec![0.0, -0.02, 0.01, 0.0];
    let analysis = fixture::analysis(&["a", "b"], fixture::layer(1, 2, |_, _, _| 1.0));
    let strands_of = |variant, values: Vec<f32>| -> Vec<(Paint, f32)> {
        let attention = LayerAttention::new(LayerIdx(0), 1, 2, values).unwrap();
        let options = AttentionOptions::default();
        let slice =
            AttentionSlice::of_variant(variant, &attention, &analysis.tokens, None, &options).unwrap();
        let lines = view(&analysis, &slice, None).lines();
        let strand = |line: &Shape| match line {
            Shape::Curve { strands, .. } => (strands[0].paint, strands[0].opacity),
            other => panic!("not a line: {other:?}"),
        };
        lines.iter().map(strand).collect()
    };
    let signed = strands_of(AttentionVariant::GradientTimesAttention, values);
    assert_eq!(signed, [(Paint::Signed(1.0), 0.5), (Paint::Signed(-1.0), 1.0)]);
    let joined = strands_of(AttentionVariant::Rollout, vec![1.0, 0.0, 0.25, 0.75]);
    assert!(joined.iter().all(|(paint, _)| *paint == Paint::Ink));
    assert_eq!(
        joined.iter().map(|(_, opacity)| *opacity).collect::<Vec<_>>(),
        [0.25, 0.75, 1.0]
    );
}

#[test]
fn lines_that_change_no_pixel_are_left_out() {
    let attention = fixture::layer(1, 4, |_, row, column| if row == column { 1.0 } else { 1e-4 });
    let analysis = fixture::analysis(&PIECES, attention);
    assert_eq!(view(&analysis, &whole(&analysis), None).lines().len(), 4);
}

#[test]
fn of_too_many_lines_the_strongest_are_drawn() {
    let tokens = 160;
    let pieces = vec!["x"; tokens];
    let attention = fixture::layer(2, tokens, |_, row, column| 1.0 + ((row * 7 + column) % 50) as f32);
    let analysis = fixture::analysis(&pieces, attention);
    let slice = whole(&analysis);
    let lines = view(&analysis, &slice, None).lines();
    assert_eq!(lines.len(), MOST_LINES);
    let weakest = combined_opacity(strands(&lines[..1]).concat());
    let stronger = (0..tokens * tokens)
        .filter(|at| {
            let shares = [0, 1].map(|head| slice.weight(head, at / tokens, at % tokens));
            combined_opacity(shares.map(|share| share / 2f32.sqrt())) > weakest
        })
        .count();
    assert!(stronger < MOST_LINES);
}

#[test]
fn a_selection_of_which_nothing_is_there_is_none() {
    let analysis = uneven(2);
    let slice = whole(&analysis);
    let far = selected(99, Side::Source);
    let view = view(&analysis, &slice, Some(&far));
    assert!(view.numbers().is_none() && view.strips().is_empty());
    assert_eq!(view.lines().len(), 16);
}
