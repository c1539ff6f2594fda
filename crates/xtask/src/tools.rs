//! The tools that the commands need, installed once per user.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{
    command::{find_program, output, run, succeeds},
    workspace::{WASM_TARGET, Workspace, hex},
};

const TRUNK_VERSION: &str = "0.21.14";
const OLDEST_NODE: u32 = 20;

/// The folders of the programs that make WebAssembly of Rust.
pub struct BuildTools {
    /// Holds `trunk`.
    pub trunk: PathBuf,
    /// Holds `wasm-bindgen`, of the version of the library.
    pub bindgen: PathBuf,
    /// Holds `wasm-opt`.
    pub binaryen: PathBuf,
}

/// Installs what a build of the page needs, where it is missing.
pub fn build_tools(workspace: &Workspace) -> Result<BuildTools> {
    wasm_target()?;
    let trunk = cargo_tool("trunk", "trunk", TRUNK_VERSION, &["--locked"])?;
    // The lock file of wasm-bindgen-cli names a crate that registries may lack, so it is not obeyed.
    let version = workspace.locked_version("wasm-bindgen")?;
    let bindgen = cargo_tool("wasm-bindgen-cli", "wasm-bindgen", &version, &[])?;
    npm_packages(workspace)?;
    Ok(BuildTools {
        trunk,
        bindgen,
        binaryen: workspace.path("node_modules/binaryen/bin"),
    })
}

/// Sees to it that the compiler can make WebAssembly.
fn wasm_target() -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET)
        .join("lib")
        .is_dir()
    {
        return Ok(());
    }
    println!("installing the Rust target {WASM_TARGET}");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!("Rust has no target {WASM_TARGET}: run `rustup target add {WASM_TARGET}`, or install it with your Rust")
    })
}

/// Installs the npm packages of package-lock.json, unless they are there already.
fn npm_packages(workspace: &Workspace) -> Result<()> {
    let lock_path = workspace.path("package-lock.json");
    let lock = fs::read(&lock_path).with_context(|| format!("cannot read {}", lock_path.display()))?;
    let wanted = hex(&Sha256::digest(lock));
    let stamp = workspace.path("node_modules/.vitrine-lock");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let node = output(Command::new("node").arg("--version"))
        .with_context(|| format!("Node.js is missing: install Node.js {OLDEST_NODE} or newer with npm"))?;
    let major = node
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST_NODE) {
        bail!(
            "Node.js {} is too old: install Node.js {OLDEST_NODE} or newer",
            node.trim()
        );
    }
    println!("installing the npm packages of package-lock.json");
    run(Command::new("npm").arg("ci").current_dir(&workspace.root)).context(
        "the npm packages are missing: run `npm ci` in the repository where the npm registry can be reached",
    )?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Finds a Chromium, or installs Debian's where that is allowed.
pub fn chromium() -> Result<PathBuf> {
    const NAMES: [&str; 4] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    if let Some(found) = find_program(&NAMES) {
        return Ok(found);
    }
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root && find_program(&["apt-get"]).is_some() {
        println!("installing Chromium");
        run(Command::new("apt-get").arg("update"))?;
        run(Command::new("apt-get")
            .args(["install", "-y", "--no-install-recommends", "chromium"])
            .env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    find_program(&NAMES).context(
        "no Chromium or Chrome is on PATH: install one (Debian and Ubuntu: `sudo apt-get install chromium`), \
         then call again",
    )
}

/// Whether cargo-nextest can run the native tests.
pub fn has_nextest() -> bool {
    succeeds(Command::new("cargo").args(["nextest", "--version"]))
}

/// The folder with a program that cargo installs, of exactly this version.
fn cargo_tool(package: &str, program: &str, version: &str, options: &[&str]) -> Result<PathBuf> {
    let root = cache_folder()?.join(format!("tools/{package}-{version}"));
    let folder = root.join("bin");
    if !succeeds(Command::new(folder.join(program)).arg("--version")) {
        println!(
            "installing {package} {version} into {} (some minutes, once)",
            root.display()
        );
        run(Command::new("cargo")
            .args(["install", package, "--version", version, "--root"])
            .arg(&root)
            .args(options)
            // Flags and folders of the workspace are not meant for a tool.
            .current_dir(env::temp_dir())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS"))
        .with_context(|| {
            format!(
                "{package} {version} is missing and could not be installed: run `cargo install {package} --version \
                 {version} --root {} {}` where crates can be downloaded",
                root.display(),
                options.join(" ")
            )
        })?;
    }
    Ok(folder)
}

/// The user's folder for what can be made again.
fn cache_folder() -> Result<PathBuf> {
    dirs::cache_dir()
        .map(|cache| cache.join("vitrine"))
        .context("no folder of the user's own is known for the tools: set HOME or XDG_CACHE_HOME")
}
