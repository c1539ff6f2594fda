//! Turns what a model said into pictures, without a browser.
//!
//! A view lays an [`Analysis`](vitrine_record::Analysis) out as a [`Scene`] of plain shapes whose paints are names;
//! a [`Palette`] gives the names their colours in a [`Theme`]. The page draws a scene on a canvas; [`svg`] writes
//! the same scene as a file; [`table`] and [`export`] give the numbers behind it.

pub mod ablation;
mod bitmap;
mod colour;
mod difference;
pub mod explanation;
pub mod export;
mod figure;
pub mod head_survey;
mod head_view;
mod heat_map;
mod imported;
mod model_figure;
pub mod neuron_view;
mod number;
mod palette;
mod quantity;
mod ranking;
mod reading;
mod scene;
pub mod svg;
pub mod table;
mod text;
mod thumbnail;
mod tile;
mod token_ends;

#[cfg(test)]
mod fixture;

pub use bitmap::Bitmap;
pub use colour::Colour;
pub use difference::{
    DifferenceReading, LEAST_LIMIT_OF_DIFFERENCES, difference_reading, limit_of_differences,
};
pub use figure::FigureWords;
pub use head_view::{
    Focus, HeadView, MOST_LINES, Metrics, SMALLEST_VISIBLE_OPACITY, Selection, opposite, units_of,
};
pub use heat_map::HeatMap;
pub use imported::{ImportOrigin, imported_csv, imported_file_name, imported_json};
pub use model_figure::ModelFigure;
pub use number::NumberStyle;
pub use palette::{HEAD_HUES, Palette, PaletteError, Theme};
pub use quantity::Quantity;
pub use ranking::{RankedHead, ranked_heads, ranking_csv};
pub use reading::{
    Pattern, PatternReading, SourceReading, TokenReading, pattern_of_heads, pattern_of_layer, source_reading,
    token_reading,
};
pub use scene::{Anchor, Axis, Paint, Point, Scene, Shape, Strand, combined_opacity, curve_controls};
pub use text::{fitting, shortened, text_width};
pub use thumbnail::{Thumbnail, ThumbnailStyle};
pub use tile::{Tile, tiles, unit_tiles};
pub use token_ends::TokenEnds;
