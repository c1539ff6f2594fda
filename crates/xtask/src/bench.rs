//! Speed and size: the forward pass beside other engines', and the figures of the built page.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    build,
    command::{output, run},
    program::{Instructions, Program},
    tools,
    workspace::Workspace,
};

const PACKAGE: &str = "vitrine-bench";

/// Measures, prints a Markdown table and writes `bench.json` into the target folder.
pub fn bench(workspace: &Workspace) -> Result<()> {
    let dist = build::dist(workspace, "./")?;
    let web = web_programs(workspace)?;
    let pool_probe = build::pool_probe(workspace)?;
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
    run(Command::new("cargo").current_dir(&workspace.root).args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "vitrine-cli",
    ]))?;
    run(Command::new("node")
        .arg(workspace.path("crates/bench/browser/bench.mjs"))
        .env("VITRINE_CHROMIUM", tools::chromium()?)
        .env("VITRINE_DIST", dist)
        .env("VITRINE_BENCH_NATIVE", native_path)
        .env("VITRINE_BENCH_CLI", workspace.target().join("release/vitrine"))
        .env("VITRINE_BENCH_WEB", web)
        .env("VITRINE_POOL_PROBE", pool_probe)
        .env("VITRINE_BENCH_OUT", workspace.target().join("bench.json")))
}

/// Builds the measuring program with either instructions, puts the other engine beside it, and returns the folder.
fn web_programs(workspace: &Workspace) -> Result<PathBuf> {
    let tools = tools::build_tools(workspace)?;
    let folder = workspace.target().join("bench-web");
    let program = Program {
        package: PACKAGE,
        target: &["--lib"],
        compiled: "vitrine_bench",
        build_id: &workspace.build_id()?,
    };
    for instructions in Instructions::ALL {
        program.build(workspace, &tools, instructions, &folder, instructions.name())?;
    }
    for (file, name) in [
        ("ort.wasm.bundle.min.mjs", "onnxruntime.js"),
        ("ort-wasm-simd-threaded.wasm", "onnxruntime.wasm"),
    ] {
        let source = workspace.path("node_modules/onnxruntime-web/dist").join(file);
        fs::copy(&source, folder.join(name)).with_context(|| format!("cannot copy {}", source.display()))?;
    }
    Ok(folder)
}
