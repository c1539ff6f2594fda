//! What can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::attention_arguments::AttentionArguments;
use crate::source;

/// See what a BERT does with a text.
#[derive(Debug, Parser)]
#[command(name = "vitrine", version, about)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print tokens, logits and probabilities as JSON.
    Predict {
        /// The text.
        #[command(flatten)]
        input: Input,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
    /// Write hidden states, attention, queries, keys, values, neurons and logits as safetensors.
    Trace {
        /// The text.
        #[command(flatten)]
        input: Input,
        /// The file to write.
        #[arg(long, value_name = "FILE.safetensors")]
        out: PathBuf,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
    /// Print a picture of attention as SVG, or the numbers behind it as JSON or CSV.
    Attention {
        /// The text.
        #[command(flatten)]
        input: Input,
        /// What is looked at, and how.
        #[command(flatten)]
        options: AttentionArguments,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
    /// Print what every head does over many sentences, as JSON or CSV: all metrics, and, as JSON, which heads are alike
    /// and mean attention.
    Heads {
        /// A text file with a sentence in each line; without it, the sentences that come with Vitrine.
        #[arg(long, value_name = "FILE")]
        sentences: Option<PathBuf>,
        /// How it is printed.
        #[command(flatten)]
        format: HeadsFormat,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
    /// Write the model as a Hugging Face folder that PyTorch's transformers load.
    Export {
        /// The folder to write; it is made if it is missing.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
    /// Write what the page draws for a text, all layers, as JSON: its recorded example.
    Record {
        /// The text.
        #[command(flatten)]
        input: Input,
        /// The file to write.
        #[arg(long, value_name = "FILE.json")]
        out: PathBuf,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
}

/// How a survey is printed.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct HeadsFormat {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// As CSV, a line for each head and metric.
    #[arg(long)]
    pub csv: bool,
}

/// What the model reads.
#[derive(Args, Debug)]
pub struct Input {
    /// The text.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub text: String,
    /// A second text, for models of sentence pairs.
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub pair: Option<String>,
}

/// Which model reads it.
#[derive(Args, Debug)]
pub struct ModelChoice {
    /// A Hugging Face folder, or a folder with a manifest.json and packed weights; the shipped model if it is not
    /// given.
    #[arg(long, value_name = "DIR", env = source::VARIABLE)]
    pub model: Option<PathBuf>,
}
