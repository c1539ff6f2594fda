//! The exhibits.

mod attention;

pub use attention::{Attention, draw, scale_for};
