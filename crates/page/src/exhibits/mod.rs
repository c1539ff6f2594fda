//! The exhibits.

mod attention;
pub mod canvas;
mod data_set;
mod explanation;
mod lime;
mod shap;

pub use attention::Attention;
pub use data_set::DataSetExhibit;
pub use lime::Lime;
pub use shap::Shap;
