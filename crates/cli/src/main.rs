//! `vitrine`: the engine of the page on the command line, for figures in papers and for checking it against other
//! programs. JSON, CSV and SVG go to standard output; errors go to standard error, with exit code 2 for bad
//! input and 1 for output that cannot be written.

mod arguments;
mod attention;
mod attention_arguments;
mod attention_words;
mod disagreements;
mod error;
mod explain;
mod explain_arguments;
mod explain_words;
mod heads;
mod output;
mod predict;
mod record;
mod source;
mod trace;
mod words;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use vitrine_model::{ModelError, ModelFiles};

use crate::arguments::{Arguments, Command};
use crate::error::CliError;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Predict { input, model } => predict::predict(&source::model(&model)?, &input),
        Command::Trace { input, out, model } => trace::trace(&source::model(&model)?, &input, &out),
        Command::Attention {
            input,
            options,
            model,
        } => attention::attention(&source::model(&model)?, &input, &options),
        Command::Heads {
            sentences,
            format,
            model,
        } => heads::heads(&source::model(&model)?, sentences.as_deref(), &format),
        Command::Disagreements { options, model } => {
            disagreements::disagreements(&source::model(&model)?, &options)
        }
        Command::Explain {
            input,
            options,
            model,
        } => explain::explain(&source::model(&model)?, &input, &options),
        Command::Record { input, out, model } => record::record(&source::model(&model)?, &input, &out),
        Command::Export { out, model } => export(source::files(&model)?, &out),
    }
}

/// Writes a Hugging Face folder.
fn export(files: ModelFiles, out: &Path) -> Result<(), CliError> {
    files.export_folder(out).map_err(|error| match error {
        ModelError::File { path, source } => CliError::Write {
            place: path.display().to_string(),
            source,
        },
        other => CliError::Model(other),
    })
}
