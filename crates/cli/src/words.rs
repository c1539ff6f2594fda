//! What all figures of the command line say.

use vitrine_picture::{FigureWords, NumberStyle, shortened};
use vitrine_record::ModelInfo;

/// Numbers are written as in the rest of the words.
pub const NUMBERS: NumberStyle = NumberStyle::English;

/// A heading and a note.
pub struct Words {
    /// Above the figure.
    pub heading: String,
    /// Below it, in lines.
    pub note: String,
}

impl Words {
    /// The same as a figure takes them.
    pub fn of_figure(&self) -> FigureWords<'_> {
        FigureWords {
            heading: &self.heading,
            note: &self.note,
            numbers: NUMBERS,
        }
    }
}

/// The beginning of a text, or of both texts of a pair; it stands between quotation marks.
pub fn text_of(text: &str, pair: Option<&str>) -> String {
    const MOST: usize = 48;
    let texts = [Some(text), pair];
    let texts = texts.into_iter().flatten().map(|text| shortened(text, MOST));
    texts.collect::<Vec<_>>().join("” + “")
}

/// How a model is named in a figure.
pub fn signature(model: &ModelInfo) -> String {
    format!("{}, SHA-256 {}…", model.id, model.short_hash())
}
