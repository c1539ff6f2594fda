//! What several tests read.
#![allow(dead_code, reason = "each test uses its own part")]

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use vitrine_model::{Model, ModelFiles, Multiplier, check_weights, unpack};
use vitrine_record::Manifest;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A file or folder of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// A JSON file of `tests/fixtures`.
pub fn json<T: DeserializeOwned>(name: &str) -> T {
    let path = fixture(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of the shipped model, held against their manifest.
pub fn shipped_files() -> ModelFiles {
    let folder = root().join("www/models");
    let read =
        |name: &str| std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let manifest = Manifest::from_json(&read("manifest.json")).unwrap();
    let bytes = read(&manifest.file);
    check_weights(&manifest, &bytes).unwrap();
    unpack(&bytes, manifest.sha256).unwrap()
}

/// The shipped model.
pub fn shipped() -> Model {
    Model::new(shipped_files()).unwrap()
}

/// A text of nine tokens for the small models.
pub const TEXT: &str = "the film was not bad at all";

/// A model whose weights a given multiplier multiplies.
pub fn with_multiplier(mut files: ModelFiles, multiplier: Multiplier) -> Model {
    files.weights = files.weights.with_multiplier(multiplier);
    Model::new(files).unwrap()
}

/// The largest distance of two lists of one length; not a number if there is one that is none.
pub fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |largest, difference| {
        if difference <= largest {
            largest
        } else {
            difference
        }
    })
}
