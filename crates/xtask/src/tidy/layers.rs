//! Who may depend on whom.
//!
//! Dependencies are those that cargo would build for the target that the package is made for: this machine for
//! the core, WebAssembly for what runs in the browser. A core package may therefore have a dependency that names
//! js-sys for WebAssembly only (getrandom does), but it never names the browser's packages itself, for any target.

use std::process::Command;

use anyhow::Result;

use crate::{
    command::output,
    workspace::{WASM_TARGET, Workspace},
};

/// Packages that only make sense in a browser.
const BROWSER: &[&str] = &[
    "yew",
    "gloo",
    "web-sys",
    "js-sys",
    "wasm-bindgen",
    "wasm-bindgen-futures",
];
/// Packages that compute with models.
const ENGINE: &[&str] = &[
    "candle-core",
    "candle-nn",
    "candle-transformers",
    "tokenizers",
    "vitrine-model",
    "vitrine-worker",
];

enum Side {
    /// Runs natively; the second list is forbidden besides the browser's packages.
    Core(&'static [&'static str]),
    /// Runs in the browser; the list is forbidden.
    Browser(&'static [&'static str]),
    /// Tools of the project, which may depend on anything.
    Tool,
}

/// Where each package of the workspace stands. A new package takes its place here first.
const PLACES: &[(&str, Side)] = &[
    ("vitrine-record", Side::Core(ENGINE)),
    ("vitrine-picture", Side::Core(ENGINE)),
    (
        "vitrine-model",
        Side::Core(&["vitrine-picture", "vitrine-page", "vitrine-worker"]),
    ),
    ("vitrine-cli", Side::Core(&["vitrine-page", "vitrine-worker"])),
    ("vitrine-train", Side::Core(&["vitrine-page", "vitrine-worker"])),
    ("vitrine-page", Side::Browser(ENGINE)),
    (
        "vitrine-worker",
        Side::Browser(&["yew", "vitrine-page", "vitrine-picture"]),
    ),
    ("vitrine-bench", Side::Tool),
    ("vitrine-xtask", Side::Tool),
];

/// Compares the dependencies of each package with its place.
pub fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in workspace.metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some((_, side)) = PLACES.iter().find(|(placed, _)| *placed == name) else {
            problems.push(format!(
                "{name} has no place in crates/xtask/src/tidy/layers.rs: give it one"
            ));
            continue;
        };
        let (target, forbidden) = match side {
            Side::Core(forbidden) => (None, [BROWSER, forbidden].concat()),
            Side::Browser(forbidden) => (Some(WASM_TARGET), forbidden.to_vec()),
            Side::Tool => continue,
        };
        let reached = dependencies(workspace, name, target)?;
        for dependency in forbidden
            .iter()
            .filter(|name| reached.iter().any(|reached| reached == *name))
        {
            let on = target
                .map(|target| format!(" --target {target}"))
                .unwrap_or_default();
            problems.push(format!(
                "{name} depends on {dependency}, which its place forbids: see `cargo tree -p {name}{on} -i {dependency}`"
            ));
        }
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| matches!(side, Side::Core(_)) && BROWSER.contains(&dependency.name.as_str()))
        {
            problems.push(format!(
                "{name} names {}, which only the page and the worker may",
                dependency.name
            ));
        }
    }
    Ok(problems)
}

/// Everything that a package is linked with.
fn dependencies(workspace: &Workspace, package: &str, target: Option<&str>) -> Result<Vec<String>> {
    let mut command = Command::new("cargo");
    command
        .current_dir(&workspace.root)
        .args([
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--package",
            package,
        ])
        .args(target.iter().flat_map(|target| ["--target", target]));
    let mut names: Vec<String> = output(&mut command)?
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_package_is_placed_twice() {
        for (name, _) in PLACES {
            assert_eq!(
                PLACES.iter().filter(|(other, _)| other == name).count(),
                1,
                "{name}"
            );
        }
    }
}
