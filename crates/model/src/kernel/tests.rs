//! The product held to a plain triple loop.

use proptest::prelude::*;

use super::{Panels, Rows, RowsMut, multiply};

/// Numbers between −1 and 1 that look random.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// Sums of `depth` products of numbers below 1: each of the additions may round by half a unit in the last place.
fn tolerance(depth: usize) -> f64 {
    1e-7 * (depth + 8) as f64
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equals_three_plain_loops(
        rows in 1..70usize,
        depth in 1..100usize,
        columns in 1..60usize,
        gaps in (0..5usize, 0..5usize),
        seed in 0..1000u32,
    ) {
        let (left_stride, output_stride) = (depth + gaps.0, columns + gaps.1);
        let left = numbers(rows * left_stride, seed);
        let right = numbers(columns * depth, seed + 1);
        let bias = numbers(columns, seed + 2);
        let mut by_columns = Panels::empty();
        by_columns.pack_columns(depth, columns, |index| &right[index * depth..]);
        let transposed: Vec<f32> =
            (0..depth * columns).map(|i| right[i % columns * depth + i / columns]).collect();
        let mut by_rows = by_columns.clone();
        by_rows.pack_rows(depth, columns, |index| &transposed[index * columns..]);
        for (panels, index) in [(&by_columns, 0), (&by_rows, depth - 1)] {
            prop_assert_eq!(panels.row(index), &transposed[index * columns..][..columns]);
        }
        for (panels, bias) in [(&by_columns, Some(bias.as_slice())), (&by_rows, None)] {
            let mut output = vec![7.0; rows * output_stride];
            let mut finished = 0;
            multiply(
                Rows { values: &left, stride: left_stride },
                rows,
                panels,
                bias,
                &mut RowsMut { values: &mut output, stride: output_stride },
                |rows, _| {
                    assert_eq!(rows.start, finished);
                    finished = rows.end;
                },
            );
            prop_assert_eq!(finished, rows);
            for (row, output) in output.chunks(output_stride).enumerate() {
                for (column, &value) in output.iter().enumerate() {
                    if column >= columns {
                        prop_assert_eq!(value, 7.0);
                        continue;
                    }
                    let expected = (0..depth)
                        .map(|at| f64::from(left[row * left_stride + at]) * f64::from(right[column * depth + at]))
                        .sum::<f64>()
                        + bias.map_or(0.0, |bias| f64::from(bias[column]));
                    prop_assert!(
                        (f64::from(value) - expected).abs() <= tolerance(depth),
                        "row {}, column {}: {} for {}", row, column, value, expected
                    );
                }
            }
        }
    }

    #[test]
    fn the_way_back_equals_three_plain_loops(
        rows in 1..10usize,
        depth in 1..50usize,
        columns in 1..50usize,
        seed in 0..1000u32,
    ) {
        let left = numbers(rows * columns, seed);
        let right = numbers(columns * depth, seed + 1);
        let mut panels = Panels::empty();
        panels.pack_columns(depth, columns, |index| &right[index * depth..]);
        let output = panels.multiply_transposed(&left);
        prop_assert_eq!(output.len(), rows * depth);
        for (row, output) in output.chunks(depth).enumerate() {
            for (at, &value) in output.iter().enumerate() {
                let expected: f64 = (0..columns)
                    .map(|column| f64::from(left[row * columns + column]) * f64::from(right[column * depth + at]))
                    .sum();
                prop_assert!((f64::from(value) - expected).abs() <= tolerance(columns));
            }
        }
    }
}
