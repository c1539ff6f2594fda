//! Explains a prediction by what becomes of it when parts of the input are missing.
//!
//! A method ([`CoalitionMethod`]) knows no model. It asks for the values of [coalitions](Coalition), a few hundred at a
//! time, is told them, and can at any time say what it knows so far; whoever drives it may compute the values at once,
//! ask several workers for them, pause, or stop. [`explain`] drives a method over a plain function.

mod coalition;
mod error;
mod evaluations;
mod masking;
mod method;

pub use coalition::Coalition;
pub use error::ExplainError;
pub use evaluations::Evaluations;
pub use masking::{ExplainedText, TokenMasker};
pub use method::{CoalitionMethod, explain};
