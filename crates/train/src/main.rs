//! How Vitrine's model is made. See `README.md` of this crate for the recipe, command by command.

mod base;
mod data;
mod evaluate;
mod finetune;
mod masking;
mod optimiser;

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
        /// Hugging Face folder of the base model.
        #[arg(long)]
        base: PathBuf,
        /// The rated sentences, tab-separated.
        #[arg(long)]
        data: PathBuf,
        /// Where checkpoint and result go.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        recipe: finetune::Recipe,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Finetune {
            base,
            data,
            out,
            recipe,
        } => finetune::run(&base, &data::read(&data)?, &out, &recipe),
    }
}
