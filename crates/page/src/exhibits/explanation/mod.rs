//! What the exhibits of explanations share.

mod choices;
mod draw;
mod files;
mod keys;
mod masked;
mod picture;
mod progress;

pub use choices::{ExplainedPicker, ScorePicker, chooses, missing_texts_key, slides};
pub use draw::{
    Drawn, DrawnAs, Words, explained_name, explained_scale, method_key, picture_name, scale_name, score_name,
};
pub use files::{MOST_OF_A_TEXT, Saves, figure_menu, files_menu};
pub use keys::{after, keys, keys_handler};
pub use masked::MaskedInputs;
pub use picture::{ExplanationPicture, Layout, PictureFrame, Pointed, PointedPicture};
pub use progress::{ExplanationProgress, said_failure, said_seconds};
