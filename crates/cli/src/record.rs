//! `vitrine record`.

use std::path::Path;

use serde::Serialize;
use vitrine_model::{Layers, Model, analyse};
use vitrine_record::{Analysis, ModelInfo};

use crate::arguments::Input;
use crate::error::CliError;
use crate::predict::warn;

#[derive(Serialize)]
struct Recording<'a> {
    model: &'a ModelInfo,
    analysis: &'a Analysis,
}

/// Writes what the page draws at once, before its own model is there.
pub fn record(model: &Model, input: &Input, out: &Path) -> Result<(), CliError> {
    let (analysis, _) = analyse(model, &input.text, input.pair.as_deref(), &[], Layers::All)?;
    warn(&analysis);
    let recording = Recording {
        model: model.info(),
        analysis: &analysis,
    };
    let mut json = serde_json::to_vec(&recording).map_err(|error| CliError::Format(error.to_string()))?;
    json.push(b'\n');
    std::fs::write(out, json).map_err(|source| CliError::Write {
        place: out.display().to_string(),
        source,
    })
}
