//! The page's recorded example is what the shipped model says today.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

#[path = "support/shipped_model.rs"]
mod shipped_model;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use shipped_model::printed_by_shipped;
use vitrine_record::{Analysis, ModelInfo};

/// Processors round sums in their own order.
const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct Recording {
    model: ModelInfo,
    analysis: Analysis,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> Recording {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn assert_close(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= TOLERANCE));
}

#[test]
fn the_recorded_example_is_of_the_shipped_model() {
    let committed = read(&root().join("www/recorded/example.json"));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("example.json");
    let text = &committed.analysis.text;
    printed_by_shipped(&["record", "--text", text, "--out", out.to_str().unwrap()]);
    let now = read(&out);
    assert_eq!(
        committed.model, now.model,
        "record the example again: vitrine record --text T --out FILE"
    );
    assert_eq!(committed.analysis.tokens, now.analysis.tokens);
    assert_eq!(committed.analysis.notices, now.analysis.notices);
    let (then, now_said) = (
        committed.analysis.prediction.unwrap(),
        now.analysis.prediction.unwrap(),
    );
    assert_close(&then.logits, &now_said.logits);
    assert_eq!(committed.analysis.attention.len(), committed.model.layers);
    for (then, now) in committed.analysis.attention.iter().zip(&now.analysis.attention) {
        assert_eq!(
            (then.layer, then.heads(), then.tokens()),
            (now.layer, now.heads(), now.tokens())
        );
        for (head, token) in
            (0..then.heads()).flat_map(|head| (0..then.tokens()).map(move |token| (head, token)))
        {
            assert_close(then.row(head, token), now.row(head, token));
        }
    }
}
