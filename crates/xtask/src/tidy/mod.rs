//! The invariants of the architecture, as far as a program can check them.

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// Runs all checks and lists everything that they found.
pub fn tidy(_workspace: &Workspace) -> Result<()> {
    let problems: Vec<String> = Vec::new();
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}
