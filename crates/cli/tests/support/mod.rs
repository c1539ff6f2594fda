//! A small model, and the program run on it.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;
use tempfile::TempDir;
use vitrine_model::sha256_hex;
use vitrine_model::testing::{self, Shape};

/// Layers of the model.
pub const LAYERS: usize = 2;

/// A folder with a packed model as it is shipped.
pub fn shipped() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let packed = testing::packed(
        Shape {
            layers: LAYERS,
            ..Shape::default()
        },
        3,
    )
    .unwrap();
    let manifest =
        json!({"id": "tiny", "file": "tiny.gguf", "bytes": packed.len(), "sha256": sha256_hex(&packed)});
    std::fs::write(folder.path().join("tiny.gguf"), packed).unwrap();
    std::fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    folder
}

/// Runs the program.
pub fn vitrine(model: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_vitrine");
    Command::new(program)
        .args(arguments)
        .env("VITRINE_MODEL", model)
        .output()
        .unwrap()
}

/// Runs a command that must fail with exit code 2 and say so on standard error alone.
pub fn refuse(model: &Path, arguments: &[&str], complaint: &str) {
    let output = vitrine(model, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains(complaint), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
}
