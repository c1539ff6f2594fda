//! What the exhibit says and offers of attention that was imported, besides what it does of any.

mod part;
mod words;

pub use part::PartPicker;
pub use words::{computed_by, file_origin, given_most, origin, rows_off};
