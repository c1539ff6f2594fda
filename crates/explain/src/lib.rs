//! Explains a prediction by what becomes of it when parts of the input are missing.
//!
//! A method ([`CoalitionMethod`]) knows no model. It asks for the values of [coalitions](Coalition), a few hundred at a
//! time, is told them, and can at any time say what it knows so far; whoever drives it may compute the values at once,
//! ask several workers for them, pause, or stop. [`explain`] drives a method over a plain function.
//!
//! # Example
//!
//! Three words and what a model makes of any of them: "good" is worth 2 points, "very" adds 1 to it, and "not" turns
//! everything round. The Shapley values say what each word contributes, and sum to what the model makes of all of them.
//!
//! ```
//! use vitrine_explain::{Coalition, ExactShapley, explain};
//!
//! fn model(words: &Coalition) -> f64 {
//!     let [not, very, good] = [0, 1, 2].map(|word| words.contains(word));
//!     let score = if good { 2.0 } else { 0.0 } + if good && very { 1.0 } else { 0.0 };
//!     if not { -score } else { score }
//! }
//!
//! let outcome = explain(ExactShapley::new(3, false)?, |coalitions| {
//!     Ok::<_, std::convert::Infallible>(coalitions.iter().map(model).collect())
//! });
//! let words = outcome.unwrap().players;
//! assert_eq!((words.base_value, words.prediction), (0.0, -3.0));
//! for (value, expect) in words.values.iter().zip([-8.0 / 3.0, -1.0 / 6.0, -1.0 / 6.0]) {
//!     assert!((value - expect).abs() < 1e-15, "{:?}", words.values);
//! }
//! assert!(words.residual().abs() < 1e-15);
//! # Ok::<(), vitrine_explain::ExplainError>(())
//! ```

mod additive;
pub mod agreement;
pub mod anchors;
mod bernoulli;
mod binding;
mod coalition;
mod corpus;
mod error;
mod evaluations;
mod exact;
pub mod faithfulness;
mod faithfulness_run;
mod gap_level;
mod gradient;
mod hierarchy;
mod kernel;
mod kernel_selection;
pub mod least_angle;
pub mod least_squares;
pub mod lime;
mod link;
mod masking;
mod merge_score;
mod method;
mod moments;
mod numpy_random;
mod occlusion;
mod owen;
mod permutation;
mod planned;
mod run;
mod salience;
mod segments;
pub mod stability;
mod subsets;
mod word_character;

pub use additive::AdditiveValues;
pub use coalition::Coalition;
pub use corpus::{Corpus, CorpusText, Occurrence, RankedToken, TextPick, TokenStatistics, occurrences};
pub use error::ExplainError;
pub use evaluations::Evaluations;
pub use exact::{ExactOutcome, ExactShapley, MOST_EXACT_PLAYERS};
pub use faithfulness_run::{AttributionOfWords, FaithfulnessRun};
pub use gap_level::propose_gap_levels;
pub use gradient::{IntegratedGradients, gauss_legendre, gradient_norm, gradient_times_input};
pub use hierarchy::{Merge, MergeTree};
pub use kernel::{KernelOutcome, KernelShap};
pub use link::{class_logit, target_score};
pub use masking::{ExplainedText, TokenMasker};
pub use method::{CoalitionMethod, explain};
pub use numpy_random::NumpyRandom;
pub use occlusion::{Occlusion, OcclusionOutcome};
pub use owen::{OwenContexts, OwenOutcome, OwenSettings, OwenValues, owen_evaluations};
pub use permutation::{PermutationOutcome, PermutationShapley};
pub use run::{ExplanationRun, RunStep};
pub use salience::explanation_of_salience;
pub use segments::{labels_of_segments, text_segments};
pub use vitrine_record::KernelSelection;

/// The example there is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
