//! The one error of this crate.

use std::path::{Path, PathBuf};

/// What went wrong with a model, a file of one, or an input to one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// `config.json`, or the configuration inside a packed file, cannot be used.
    #[error("the model's configuration cannot be used: {0}")]
    Config(String),
    /// The tokenizer cannot be built, or failed on a text.
    #[error("the model's tokenizer cannot be used: {0}")]
    Tokenizer(String),
    /// A manifest does not describe a file of weights.
    #[error(transparent)]
    Manifest(#[from] vitrine_record::UnreadableManifest),
    /// A file of weights is not of its format.
    #[error("the file of weights cannot be read: {0}")]
    WeightsFormat(String),
    /// A tensor that the configuration calls for is absent.
    #[error("the weights have no tensor named {name}, which this configuration needs")]
    WeightMissing {
        /// Hugging Face name of the tensor.
        name: String,
    },
    /// A tensor has another shape than the configuration says.
    #[error("tensor {name} has shape {found:?}, but the configuration needs {expected:?}")]
    WeightShape {
        /// Hugging Face name of the tensor.
        name: String,
        /// The shape in the file.
        found: Vec<usize>,
        /// The shape that was needed.
        expected: Vec<usize>,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// The input to the encoder, or an intervention on it, does not fit the model.
    #[error("this input does not fit the model: {0}")]
    Input(String),
    /// candle failed.
    #[error("the computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

impl ModelError {
    pub(crate) fn file(path: &Path, source: std::io::Error) -> ModelError {
        ModelError::File {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the person's input is at fault, not the model or the machine.
    pub fn is_bad_input(&self) -> bool {
        matches!(self, ModelError::Input(_))
    }
}

/// A result of this crate.
pub type Result<T, E = ModelError> = std::result::Result<T, E>;
