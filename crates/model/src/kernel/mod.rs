//! Matrix products for WebAssembly, where a thread has four lanes and sixteen registers.
//!
//! The right side of a product lies in [`Panels`], in single precision or in the eight bits that it came in; the left
//! side is read where it is, row by row. Natively the same code runs on lanes of plain Rust, and is tested so, but is
//! not how the encoder multiplies there.

mod block;
mod lanes;
mod panels;
mod reference;
mod tiles;

#[cfg(test)]
mod tests;

pub(crate) use block::{Rows, RowsMut, multiply, multiply_panels};
pub(crate) use panels::{Panels, WIDTH};
pub use reference::ProductCase;
