//! Where a model comes from.

use std::path::{Path, PathBuf};

use vitrine_model::{Model, ModelError, ModelFiles, check_weights, unpack};
use vitrine_record::Manifest;

use crate::arguments::ModelChoice;
use crate::error::CliError;

/// The environment variable that stands in for `--model`.
pub const VARIABLE: &str = "VITRINE_MODEL";

const MANIFEST: &str = "manifest.json";
/// Where the shipped model is, seen from a folder above this program: in a source tree, beside a page that was
/// built, and installed.
const SHIPPED: &[&str] = &["www/models", "models", "share/vitrine/models"];

/// Loads the chosen model.
pub fn model(choice: &ModelChoice) -> Result<Model, CliError> {
    Ok(Model::new(files(choice)?)?)
}

/// Reads the files of the chosen model.
pub fn files(choice: &ModelChoice) -> Result<ModelFiles, CliError> {
    let folder = match &choice.model {
        Some(folder) => folder.clone(),
        None => shipped()?,
    };
    if folder.join(MANIFEST).exists() {
        packed_files(&folder)
    } else if folder.join("config.json").exists() {
        Ok(ModelFiles::from_folder(&folder)?)
    } else {
        Err(CliError::NoModel(folder))
    }
}

fn packed_files(folder: &Path) -> Result<ModelFiles, CliError> {
    let manifest = Manifest::from_json(&read(&folder.join(MANIFEST))?).map_err(ModelError::from)?;
    let bytes = read(&folder.join(&manifest.file))?;
    check_weights(&manifest, &bytes)?;
    Ok(unpack(&bytes, manifest.sha256)?)
}

fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    std::fs::read(path).map_err(|source| ModelError::File {
        path: path.to_owned(),
        source,
    })
}

/// The folder of the shipped model: above the program, so that it is found from anywhere, else above the current
/// folder.
fn shipped() -> Result<PathBuf, CliError> {
    let starts = [std::env::current_exe(), std::env::current_dir()];
    starts
        .iter()
        .flatten()
        .flat_map(|start| start.ancestors())
        .flat_map(|folder| SHIPPED.iter().map(|shipped| folder.join(shipped)))
        .find(|folder| folder.join(MANIFEST).is_file())
        .ok_or(CliError::NoShippedModel)
}
