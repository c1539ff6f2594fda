//! What the exhibits of explanations share.

mod choices;
mod draw;
mod files;
mod keys;
mod masked;
mod nearest;
mod picture;
mod progress;
mod surrogate_tables;

pub use choices::{ClassPicker, LinkPicker, MaskPicker, NextSeed, chooses, slides};
pub use draw::{Drawn, DrawnAs, Words, class_name, link_name, mask_key, method_key, picture, picture_name};
pub use files::{
    NOTHING_TO_SAVE, fact, fact_of_link, fact_of_model, figure_heading, figure_menu, files_menu,
};
pub use keys::{after, keys, keys_handler};
pub use masked::MaskedInputs;
pub use nearest::NearestPicture;
pub use picture::{ExplanationPicture, Layout, PictureFrame, Pointed, PointedPicture};
pub use progress::{ExplanationProgress, said_failure, said_seconds};
pub use surrogate_tables::{levels_table, samples_table, weights_table, words_key};
