//! The exhibits.

mod attention;
pub mod canvas;

pub use attention::Attention;
