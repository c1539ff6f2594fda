//! The exhibits.

mod agreement;
mod attention;
pub mod canvas;
mod data_set;
mod explanation;
mod lime;
mod salience;
mod shap;

pub use agreement::Agreement;
pub use attention::Attention;
pub use data_set::DataSetExhibit;
pub use lime::Lime;
pub use salience::Salience;
pub use shap::Shap;
