//! What if: changes to the run, the mark that it is changed, and the ranking of heads by what they do.

mod panel;
mod ranking;
mod scale;
mod strip;
mod words;

pub use panel::WhatIf;
pub use ranking::Ranking;
pub use scale::SignedScale;
pub use strip::RunStrip;
pub use words::{
    failure, note, note_of_changes, note_of_computation, reading, trust, written_cell, written_change,
};
