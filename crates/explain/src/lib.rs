//! Explains a prediction by what becomes of it when parts of the input are missing.
//!
//! A method ([`CoalitionMethod`]) knows no model. It asks for the values of [coalitions](Coalition), a few hundred at a
//! time, is told them, and can at any time say what it knows so far; whoever drives it may compute the values at once,
//! ask several workers for them, pause, or stop. [`explain`] drives a method over a plain function.

mod additive;
mod coalition;
mod error;
mod evaluations;
mod gap_level;
mod hierarchy;
pub mod least_squares;
mod masking;
mod merge_score;
mod method;
mod numpy_random;
mod owen;
mod segments;

pub use additive::AdditiveValues;
pub use coalition::Coalition;
pub use error::ExplainError;
pub use evaluations::Evaluations;
pub use gap_level::{GapLevel, propose_gap_levels};
pub use hierarchy::{Merge, MergeTree};
pub use masking::{ExplainedText, TokenMasker};
pub use method::{CoalitionMethod, explain};
pub use numpy_random::NumpyRandom;
pub use owen::{OwenContexts, OwenOutcome, OwenSettings, OwenValues, owen_evaluations};
pub use segments::{labels_of_segments, text_segments};
