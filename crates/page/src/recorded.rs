//! The example that the page carries with it, recorded from the model by `vitrine record`.

use serde::Deserialize;
use vitrine_record::{Analysis, ModelInfo};

/// A recorded analysis and the model that said it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Recording {
    /// The model.
    pub model: ModelInfo,
    /// What it said.
    pub analysis: Analysis,
}

/// The recorded example.
#[allow(
    clippy::expect_used,
    reason = "the file is part of the build, and a test reads it"
)]
pub fn example() -> Recording {
    // build.rs says how to make the file where it is missing.
    serde_json::from_str(include_str!("../../../www/recorded/example.json"))
        .expect("www/recorded/example.json is a recording of this build's format")
}

#[cfg(test)]
mod tests {
    use vitrine_record::LayerIdx;

    #[test]
    fn the_example_is_whole() {
        let recording = super::example();
        assert!(recording.analysis.is_consistent());
        assert_eq!(recording.analysis.model_hash, recording.model.hash);
        for layer in 0..recording.model.layers {
            let attention = recording
                .analysis
                .layer(LayerIdx(layer))
                .expect("all layers are recorded");
            assert_eq!(attention.heads(), recording.model.heads);
            assert!(attention.largest_row_sum_error() < 1e-3);
        }
        assert_eq!(
            recording
                .analysis
                .prediction
                .map(|prediction| prediction.probabilities.len()),
            Some(recording.model.labels.len()),
        );
    }
}
