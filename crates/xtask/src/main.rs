//! The project's commands. `cargo xtask serve` and `cargo xtask test` install what they need and may.

mod bench;
mod build;
mod command;
mod program;
mod server;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use workspace::Workspace;

/// The commands of Vitrine's workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page, serve it from this machine and print the address; build again when a source changes.
    Serve {
        /// The port; the next free one is taken if this is in use.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Check everything: format, lints, invariants, native tests, and the built page in a real browser.
    Test,
    /// Build the folder that a static host gets.
    Dist {
        /// Where the page will live; `./` fits any folder of any host.
        #[arg(long, default_value = "./")]
        public_url: String,
    },
    /// Measure speed and size, natively and in a browser.
    Bench,
    /// Check the invariants of the architecture.
    Tidy,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Serve { port } => server::serve(&workspace, port),
        Task::Test => test::test(&workspace),
        Task::Dist { public_url } => {
            let dist = build::dist(&workspace, &public_url)?;
            println!("built {}", dist.display());
            Ok(())
        }
        Task::Bench => bench::bench(&workspace),
        Task::Tidy => tidy::tidy(&workspace),
    }
}
