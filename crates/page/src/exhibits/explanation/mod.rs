//! What the exhibits of explanations share.

mod arrows;
mod choices;
mod draw;
mod files;
mod keys;
mod masked;
mod nearest;
mod picture;
mod progress;
mod score;
mod surrogate_tables;
mod tables;

pub use choices::{MaskPicker, NextSeed, chooses, slides};
pub use draw::{
    Drawn, DrawnAs, Words, explained_name, explained_scale, mask_key, method_key, picture, picture_name,
    scale_name, score_name, without_key,
};
pub use files::{
    NOTHING_TO_SAVE, fact, fact_of_model, fact_of_scale, figure_heading, figure_menu, files_menu,
};
pub use keys::{after, keys, keys_handler};
pub use masked::MaskedInputs;
pub use nearest::NearestPicture;
pub use picture::{ExplanationPicture, Layout, PictureFrame, Pointed, PointedPicture};
pub use progress::{ExplanationProgress, said_failure, said_seconds};
pub use score::{ExplainedPicker, ScorePicker, missing_texts_key};
pub use surrogate_tables::{levels_table, samples_table, weights_table, words_key};
pub use tables::{detail_table, value_table};
