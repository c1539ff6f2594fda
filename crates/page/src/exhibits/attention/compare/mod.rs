//! Comparing: two pictures on one scale, or what one has more than the other.

mod pictures;
mod strip;
mod words;

pub use pictures::{Pictures, shared_limit, use_shared_limit};
pub use strip::{ComparePicker, CompareStrip};
pub use words::{
    Place, caption_of_texts, layer_of, missing_text, name, note, place_beside, place_of, texts, trust,
};
