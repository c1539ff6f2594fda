//! The parts that the page and its exhibits are put together from.

mod chrome;
mod engine;
mod exhibit;
mod head_tiles;
mod input;
mod layer_picker;
mod notices;
mod plate;
mod pointing;
mod prediction;
mod roving;
mod table_frame;
mod token_strip;

pub use chrome::{Footer, Header};
pub use engine::{ProblemBanner, WeightsProgress};
pub use exhibit::{Exhibit, Key, Menu, MenuItem};
pub use head_tiles::HeadTiles;
pub use input::{Examples, InputPanel};
pub use layer_picker::LayerPicker;
pub use notices::{NoticeList, NoticeTopic};
pub use plate::Plate;
pub use pointing::{Pointing, pointing};
pub use prediction::PredictionPanel;
pub use roving::{Roving, RovingItem};
pub use table_frame::{TableFrame, use_focus_while_shown};
pub use token_strip::TokenStrip;
