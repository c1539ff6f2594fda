//! Speed and size: the forward pass beside candle's own, and the figures of the built page.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    build,
    command::{output, run},
    tools,
    workspace::{WASM_TARGET, Workspace},
};

const PACKAGE: &str = "vitrine-bench";

/// Measures, prints a Markdown table and writes `bench.json` into the target folder.
pub fn bench(workspace: &Workspace) -> Result<()> {
    let dist = build::dist(workspace, "./")?;
    let web = web_program(workspace)?;
    println!("measuring natively, on one thread");
    let native = output(
        Command::new("cargo")
            .current_dir(&workspace.root)
            .args(["run", "--quiet", "--release", "--package", PACKAGE])
            // One thread, as in a tab.
            .env("RAYON_NUM_THREADS", "1"),
    )?;
    let native_path = workspace.target().join("bench-native.json");
    fs::write(&native_path, native).with_context(|| format!("cannot write {}", native_path.display()))?;
    println!("measuring in a browser");
    run(Command::new("node")
        .arg(workspace.path("crates/bench/browser/bench.mjs"))
        .env("VITRINE_CHROMIUM", tools::chromium()?)
        .env("VITRINE_DIST", dist)
        .env("VITRINE_BENCH_NATIVE", native_path)
        .env("VITRINE_BENCH_WEB", web)
        .env("VITRINE_BENCH_OUT", workspace.target().join("bench.json")))
}

/// Builds the measuring program as Trunk builds the worker, and returns its folder.
fn web_program(workspace: &Workspace) -> Result<PathBuf> {
    let tools = tools::build_tools(workspace)?;
    run(Command::new("cargo")
        .current_dir(&workspace.root)
        .args([
            "build",
            "--package",
            PACKAGE,
            "--lib",
            "--profile",
            "wasm",
            "--target",
            WASM_TARGET,
        ])
        .env_remove("RUSTFLAGS"))?;
    let folder = workspace.target().join("bench-web");
    let compiled = workspace
        .target()
        .join(WASM_TARGET)
        .join("wasm/vitrine_bench.wasm");
    run(Command::new(tools.bindgen.join("wasm-bindgen"))
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(compiled))?;
    let bound = folder.join("vitrine_bench_bg.wasm");
    run(Command::new(tools.binaryen.join("wasm-opt"))
        .arg("-O3")
        .arg(&bound)
        .arg("-o")
        .arg(&bound))?;
    Ok(folder)
}
