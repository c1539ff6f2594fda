//! What can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vitrine_picture::Theme;
use vitrine_record::TokenMeasure;

use crate::attention_arguments::AttentionArguments;
use crate::explain_arguments::ExplainArguments;
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
    /// Look for sentences in which attention and ablation disagree: the word with most attention does little to the
    /// prediction, and one with little attention much.
    Disagreements {
        /// Where, and what is printed.
        #[command(flatten)]
        options: DisagreementArguments,
        /// The model.
        #[command(flatten)]
        model: ModelChoice,
    },
    /// Print how much each token adds to the score of a class, as JSON or as a picture: SHAP, LIME, gradients or
    /// occlusion.
    Explain {
        /// The text.
        #[command(flatten)]
        input: Input,
        /// How it is explained.
        #[command(flatten)]
        options: ExplainArguments,
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

/// Where to look for disagreements, and what is printed of them.
#[derive(Args, Debug)]
pub struct DisagreementArguments {
    /// A tab-separated table whose first line names a column `text`; it may be given several times.
    #[arg(long, value_name = "FILE.tsv", required = true)]
    pub sentences: Vec<PathBuf>,
    /// What is taken of attention as a word's importance.
    #[arg(long, value_enum, default_value_t)]
    pub measure: MeasureChoice,
    /// How many sentences are printed at most.
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub most: usize,
    /// Print JSON instead of lines.
    #[arg(long)]
    pub json: bool,
}

/// A measure of attention that is of no layer that would have to be chosen.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum MeasureChoice {
    /// From [CLS] in the last layer, mean over the heads.
    #[default]
    ClsLast,
    /// From all tokens, mean over tokens, heads and layers.
    Received,
    /// Attention rollout from [CLS] (Abnar and Zuidema 2020).
    Rollout,
}

impl From<MeasureChoice> for TokenMeasure {
    fn from(choice: MeasureChoice) -> TokenMeasure {
        match choice {
            MeasureChoice::ClsLast => TokenMeasure::ClsLast,
            MeasureChoice::Received => TokenMeasure::Received,
            MeasureChoice::Rollout => TokenMeasure::Rollout,
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ThemeName {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl From<ThemeName> for Theme {
    fn from(name: ThemeName) -> Theme {
        match name {
            ThemeName::Light => Theme::Light,
            ThemeName::Dark => Theme::Dark,
        }
    }
}

/// Which model reads it.
#[derive(Args, Debug)]
pub struct ModelChoice {
    /// A Hugging Face folder, or a folder with a manifest.json and packed weights; the shipped model if it is not
    /// given.
    #[arg(long, value_name = "DIR", env = source::VARIABLE)]
    pub model: Option<PathBuf>,
}
