//! The matrix kernel with the instructions that it has in a browser, held there to plain loops.

#![cfg(target_arch = "wasm32")]

use vitrine_model::testing::ProductCase;
use wasm_bindgen::{JsError, prelude::wasm_bindgen};

/// Whether the kernel was compiled with relaxed SIMD.
#[wasm_bindgen]
pub fn is_relaxed() -> bool {
    cfg!(target_feature = "relaxed-simd")
}

/// Multiplies random numbers, `[rows, depth]` with `[depth, columns]`.
///
/// # Errors
/// A sentence about the first number that is wrong.
#[wasm_bindgen]
pub fn check(rows: usize, depth: usize, columns: usize, seed: u32) -> Result<(), JsError> {
    let case = ProductCase {
        rows,
        depth,
        columns,
        left_gap: rows % 4,
        output_gap: rows % 3,
        seed,
    };
    case.check().map_err(|problem| JsError::new(&problem))
}
