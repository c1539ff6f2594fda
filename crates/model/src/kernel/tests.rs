//! The kernel on lanes of plain Rust; those of WebAssembly are held to the same reference in a browser.

use proptest::prelude::*;

use super::ProductCase;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equals_three_plain_loops(
        rows in prop_oneof![8 => 1..70usize, 1 => 300..303usize],
        depth in 1..100usize,
        columns in 1..60usize,
        (left_gap, output_gap) in (0..5usize, 0..5usize),
        seed in 0..1000u32,
    ) {
        let case = ProductCase { rows, depth, columns, left_gap, output_gap, seed };
        case.check().map_err(TestCaseError::fail)?;
    }
}
