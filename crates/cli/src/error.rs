//! What can go wrong, and what the exit code says of it.

use std::path::PathBuf;

use vitrine_explain::ExplainError;
use vitrine_model::ModelError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The model, or the text, cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// `--model` names something that is no model.
    #[error("{} is no model: it has neither a config.json nor a manifest.json", .0.display())]
    NoModel(PathBuf),
    /// The shipped model was looked for and not found.
    #[error(
        "the shipped model was not found: there is no www/models/manifest.json above this program or the current \
         folder; name a Hugging Face folder with --model DIR"
    )]
    NoShippedModel,
    /// Something was asked for that the model, the text or the view lacks.
    #[error("{0}")]
    Choice(String),
    /// The text cannot be explained in this way.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// A result could not be written.
    #[error("{place} cannot be written: {source}")]
    Write {
        /// The file, or standard output.
        place: String,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// A result could not be turned into its format.
    #[error("the result cannot be written down: {0}")]
    Format(String),
}

impl CliError {
    /// 2 where something else must be given, 1 where this program or the machine failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Model(ModelError::Compute(_)) | CliError::Write { .. } | CliError::Format(_) => 1,
            CliError::Model(_)
            | CliError::NoModel(_)
            | CliError::NoShippedModel
            | CliError::Choice(_)
            | CliError::Explain(_) => 2,
        }
    }
}
