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

/// What the link does without, so that any page can use it.
const LINK_FORBIDS: &[&str] = &[
    "yew",
    "candle-core",
    "candle-nn",
    "candle-transformers",
    "tokenizers",
    "vitrine-model",
    "vitrine-page",
    "vitrine-picture",
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
    ("vitrine-attention", Side::Core(ENGINE)),
    ("vitrine-explain", Side::Core(ENGINE)),
    ("vitrine-picture", Side::Core(ENGINE)),
    ("vitrine-link", Side::Browser(LINK_FORBIDS)),
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

/// A package of the workspace and what it depends on.
struct PackageDependencies {
    name: String,
    /// The packages that its manifest names, for any target and purpose.
    named: Vec<String>,
    /// Everything that it is linked with on the target that it is made for.
    linked: Vec<String>,
}

fn side(package: &str) -> Option<&'static Side> {
    PLACES
        .iter()
        .find_map(|(placed, side)| (*placed == package).then_some(side))
}

/// Compares the dependencies of each package with its place.
pub fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in workspace.metadata.workspace_packages() {
        let linked = match side(&package.name) {
            Some(Side::Core(_)) => tree(workspace, &package.name, None)?,
            Some(Side::Browser(_)) => tree(workspace, &package.name, Some(WASM_TARGET))?,
            Some(Side::Tool) | None => String::new(),
        };
        problems.extend(broken_rules(&PackageDependencies {
            name: package.name.to_string(),
            named: package
                .dependencies
                .iter()
                .map(|dependency| dependency.name.clone())
                .collect(),
            linked: names_in_tree(&linked),
        }));
    }
    Ok(problems)
}

/// What is wrong with the dependencies of a package.
fn broken_rules(package: &PackageDependencies) -> Vec<String> {
    let name = &package.name;
    let (on, forbidden, forbidden_names) = match side(name) {
        None => {
            return vec![format!(
                "{name} has no place in crates/xtask/src/tidy/layers.rs: give it one"
            )];
        }
        Some(Side::Core(forbidden)) => (String::new(), [BROWSER, forbidden].concat(), BROWSER),
        Some(Side::Browser(forbidden)) => (format!(" --target {WASM_TARGET}"), forbidden.to_vec(), &[][..]),
        Some(Side::Tool) => return Vec::new(),
    };
    let is_among = |list: &[&str], dependency: &String| list.contains(&dependency.as_str());
    let linked = package
        .linked
        .iter()
        .filter(|dependency| is_among(&forbidden, dependency))
        .map(|dependency| {
            format!(
                "{name} depends on {dependency}, which its place forbids: see `cargo tree -p {name}{on} -i {dependency}`"
            )
        });
    let named = package
        .named
        .iter()
        .filter(|dependency| is_among(forbidden_names, dependency))
        .map(|dependency| format!("{name} names {dependency}, which only the page and the worker may"));
    linked.chain(named).collect()
}

/// Everything that a package is linked with, as cargo lists it: the package itself first, then one on each line.
fn tree(workspace: &Workspace, package: &str, target: Option<&str>) -> Result<String> {
    let mut command = Command::new("cargo");
    command
        .current_dir(&workspace.root)
        .args(["tree", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", package])
        .args(target.iter().flat_map(|target| ["--target", target]));
    output(&mut command)
}

fn names_in_tree(tree: &str) -> Vec<String> {
    let mut names: Vec<String> = tree
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
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

    fn check(name: &str, named: &[&str], linked: &[&str], expect: &[&str]) {
        let owned = |names: &[&str]| names.iter().copied().map(str::to_owned).collect();
        let problems = broken_rules(&PackageDependencies {
            name: name.to_owned(),
            named: owned(named),
            linked: owned(linked),
        });
        assert_eq!(problems.len(), expect.len(), "{problems:?}");
        for (problem, expect) in problems.iter().zip(expect) {
            assert!(problem.contains(expect), "{problem}");
        }
    }

    #[test]
    fn a_forbidden_dependency_is_found_wherever_it_comes_from() {
        let engine = "vitrine-page depends on candle-core, which its place forbids";
        check(
            "vitrine-page",
            &["other"],
            &["other", "candle-core", "yew"],
            &[engine],
        );
        check(
            "vitrine-worker",
            &["yew"],
            &["candle-core", "yew"],
            &["vitrine-worker depends on yew"],
        );
        check("vitrine-record", &[], &["serde", "tokenizers"], &["tokenizers"]);
        check(
            "vitrine-model",
            &[],
            &["candle-core", "vitrine-picture"],
            &["vitrine-picture"],
        );
        check(
            "vitrine-picture",
            &[],
            &["js-sys", "web-sys"],
            &["js-sys", "web-sys"],
        );
    }

    #[test]
    fn the_core_never_names_the_browser_even_where_it_is_not_linked() {
        let names = "vitrine-model names js-sys, which only the page and the worker may";
        check("vitrine-model", &["js-sys", "serde"], &["serde"], &[names]);
    }

    #[test]
    fn what_a_place_allows_is_fine() {
        check(
            "vitrine-page",
            &["yew"],
            &["yew", "web-sys", "vitrine-picture"],
            &[],
        );
        check("vitrine-worker", &["js-sys"], &["js-sys", "candle-core"], &[]);
        check("vitrine-bench", &["yew"], &["yew", "candle-core"], &[]);
    }

    #[test]
    fn a_package_without_a_place_is_found() {
        check("vitrine-annex", &[], &[], &["vitrine-annex has no place"]);
    }

    #[test]
    fn names_are_read_from_what_cargo_prints() {
        let tree = "vitrine-page v0.1.0 (/a b/page)\nyew v0.23.0\nserde v1.0.0\nyew v0.23.0 (*)\n";
        assert_eq!(names_in_tree(tree), ["serde", "yew"]);
    }
}
