//! LIME for texts: a linear surrogate of the model around one text (Ribeiro, Singh & Guestrin 2016, ["Why Should I
//! Trust You?"](https://arxiv.org/abs/1602.04938)), as the Python package lime 0.2.0.1 computes it.
//!
//! [`LimeText`] says what the words of a text are and what is left of it without some, [`SampledText`] which a sample lacks;
//! [`Lime`] finds the surrogate, and [`submodular_pick`] picks the explanations that together show most of a model.

mod method;
mod sampled_text;
mod sampling;
mod submodular_pick;
mod surrogate;
mod words;

pub use method::{Lime, LimeOutcome, LimeSample};
pub use sampled_text::{SampledPiece, SampledText};
pub use sampling::sampled_coalitions;
pub use submodular_pick::{SubmodularPick, submodular_pick};
pub use surrogate::{
    FeatureSelection, LinearSurrogate, SurrogateFitter, SurrogateSettings, cosine_distance, proximity,
};
pub use words::{LimeText, LimeWord};
