//! The most that a tab's thread could do: multiply-adds of numbers that never leave the registers.

use core::arch::wasm32::{f32x4_add, f32x4_extract_lane, f32x4_splat, v128};

/// As many sums as keep the units for multiply-adds busy and leave registers over.
const SUMS: usize = 12;
const UNROLLED: usize = 4;

#[cfg(target_feature = "relaxed-simd")]
fn plus_product(sum: v128, a: v128, b: v128) -> v128 {
    core::arch::wasm32::f32x4_relaxed_madd(a, b, sum)
}

// The product is not one of two constants, which a compiler would compute once.
#[cfg(not(target_feature = "relaxed-simd"))]
fn plus_product(sum: v128, a: v128, b: v128) -> v128 {
    f32x4_add(core::arch::wasm32::f32x4_mul(sum, a), b)
}

/// How many operations [`run`] does in so many turns; a multiply-add counts as two.
pub fn operations(turns: u32) -> f64 {
    f64::from(turns) * (SUMS * UNROLLED * 4 * 2) as f64
}

/// Does them, and returns what keeps the compiler from leaving them out.
pub fn run(turns: u32, seed: f32) -> f32 {
    let (a, b) = (f32x4_splat(seed), f32x4_splat(seed * 0.5));
    let mut sums: [v128; SUMS] = std::array::from_fn(|index| f32x4_splat(index as f32));
    for _ in 0..turns {
        for _ in 0..UNROLLED {
            for sum in &mut sums {
                *sum = plus_product(*sum, a, b);
            }
        }
    }
    let all = sums.into_iter().reduce(|a, b| f32x4_add(a, b)).unwrap_or(a);
    f32x4_extract_lane::<0>(all)
}
