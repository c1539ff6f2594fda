//! The invariants of the architecture, as far as a program can check them.

mod colours;
mod files;
mod layers;
mod locales;
mod rust_source;
mod visible_strings;

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{command::output, workspace::Workspace};

/// A text file of the repository.
struct SourceFile {
    /// Its path from the root, with `/` between folders.
    path: String,
    /// What it holds.
    text: String,
}

impl SourceFile {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    fn problem(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Runs all checks and lists everything that they found.
pub fn tidy(workspace: &Workspace) -> Result<()> {
    let sources = sources(workspace)?;
    let mut problems = layers::check(workspace)?;
    problems.extend(files::check(&sources));
    problems.extend(colours::check(&sources));
    problems.extend(locales::check(&sources)?);
    problems.extend(visible_strings::check(&sources)?);
    if !problems.is_empty() {
        bail!(
            "{} invariants are broken:\n{}",
            problems.len(),
            problems.join("\n")
        );
    }
    println!("the invariants hold in {} files", sources.len());
    Ok(())
}

/// All text files that git tracks or would track, but for lock files, which tools write.
fn sources(workspace: &Workspace) -> Result<Vec<SourceFile>> {
    let list = output(Command::new("git").current_dir(&workspace.root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("tidy asks git for the list of files: call it in a clone")?;
    let mut sources = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        let absolute: PathBuf = workspace.root.join(path);
        let is_lock = path.ends_with("Cargo.lock") || path.ends_with("package-lock.json");
        // What is tracked may have been deleted; what is not UTF-8 is not text.
        if let (false, Ok(text)) = (is_lock, fs::read_to_string(&absolute)) {
            sources.push(SourceFile {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(sources)
}
