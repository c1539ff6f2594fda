//! `vitrine`: the engine of the page on the command line, for figures in papers and for checking it against other
//! programs. JSON goes to standard output; errors go to standard error, with exit code 2 for bad input.

mod arguments;
mod error;
mod predict;
mod record;
mod source;
mod trace;

use std::process::ExitCode;

use clap::Parser;

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
        Command::Record { input, out, model } => record::record(&source::model(&model)?, &input, &out),
        Command::Export { out, model } => Ok(source::files(&model)?.export_folder(&out)?),
    }
}
