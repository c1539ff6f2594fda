//! The exhibits.

mod attention;
pub mod canvas;
mod explanation;
mod lime;
mod shap;

pub use attention::Attention;
pub use lime::Lime;
pub use shap::Shap;
