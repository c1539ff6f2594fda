//! The parts that the page and its exhibits are put together from.

mod choice;
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
mod resizes;
mod roving;
mod slider;
mod table_frame;
mod table_size;
mod token_strip;

pub use choice::{Choice, ChoiceItem};
pub use chrome::{Footer, Header};
pub use engine::{ProblemBanner, WeightsProgress};
pub use exhibit::{Exhibit, Key, Menu, MenuItem};
pub use head_tiles::HeadTiles;
pub use input::{Examples, InputPanel};
pub use layer_picker::LayerPicker;
pub use notices::{NoticeList, NoticeTopic};
pub use plate::Plate;
pub use pointing::{Pointing, pointing};
pub use prediction::{PredictionPanel, label_name};
pub use resizes::use_resizes;
pub use roving::{Roving, RovingItem};
pub use slider::{Slider, Switch};
pub use table_frame::{TableFrame, use_focus_while_shown};
pub use table_size::use_table_size;
pub use token_strip::TokenStrip;
