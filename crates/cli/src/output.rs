//! Writing results to standard output.

use std::io::{BufWriter, Write};

use serde::Serialize;
use vitrine_picture::{Palette, Scene, Theme, svg};

use crate::error::CliError;

/// Writes the parts of a result one after the other.
pub fn write(parts: impl IntoIterator<Item = String>) -> Result<(), CliError> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = parts
        .into_iter()
        .try_for_each(|part| out.write_all(part.as_bytes()))
        .and_then(|()| out.flush());
    written.map_err(|source| CliError::Write {
        place: "standard output".to_owned(),
        source,
    })
}

/// Writes a value as JSON that people can read, and ends the line.
pub fn write_json(value: &impl Serialize) -> Result<(), CliError> {
    let json = serde_json::to_string_pretty(value).map_err(|error| CliError::Format(error.to_string()))?;
    write([json, "\n".to_owned()])
}

/// Writes a figure as an SVG document.
pub fn write_svg(scene: &Scene, theme: Theme) -> Result<(), CliError> {
    write([svg::document(scene, Palette::built_in(), theme)])
}
