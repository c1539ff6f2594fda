//! What the exhibits of explanations share.

mod choices;
mod draw;
mod files;
mod masked;
mod picture;
mod progress;

pub use choices::{ClassPicker, LinkPicker, chooses, slides};
pub use draw::{Drawn, DrawnAs, class_name, link_name, values_of};
pub use files::{figure, menu};
pub use masked::MaskedInputs;
pub use picture::ExplanationPicture;
pub use progress::ExplanationProgress;
