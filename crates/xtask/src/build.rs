//! Builds the folder that a static host gets.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{
    command::{path_with, run},
    program::{Instructions, Program},
    tools,
    workspace::Workspace,
};

/// Runs Trunk unless the folder is already that of the same sources, and returns the folder.
pub fn dist(workspace: &Workspace, public_url: &str) -> Result<PathBuf> {
    let folder = workspace.path("dist");
    // Two runs of Trunk at once would tear each other's folder apart: the second call waits for the first.
    fs::create_dir_all(workspace.target())?;
    let lock = workspace.target().join("vitrine-dist-lock");
    let lock = fs::File::create(&lock).with_context(|| format!("cannot write {}", lock.display()))?;
    lock.lock().context("cannot wait for another build of the page")?;
    let stamp = workspace.target().join("vitrine-dist-id");
    let wanted = workspace.dist_id(public_url)?;
    if folder.join("index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(folder);
    }
    // A build that fails half-way leaves no stamp of an earlier one.
    if stamp.exists() {
        fs::remove_file(&stamp).with_context(|| format!("cannot remove {}", stamp.display()))?;
    }
    let tools = tools::build_tools(workspace)?;
    let build_id = workspace.build_id()?;
    let trunk = tools.trunk.join("trunk");
    run(Command::new(trunk)
        .args(["build", "--release", "--public-url", public_url])
        .current_dir(&workspace.root)
        .env(
            "PATH",
            path_with(&[&tools.trunk, &tools.bindgen, &tools.binaryen])?,
        )
        .env("VITRINE_BUILD_ID", &build_id)
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        // Cargo's own settings of the call of xtask would make Trunk's cargo build everything anew, and flags
        // from the environment would silently replace those of the workspace, SIMD among them.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        // Trunk reads NO_COLOR as a boolean and refuses the usual value 1.
        .env_remove("NO_COLOR"))?;
    Program {
        package: "vitrine-worker",
        target: &["--bins"],
        compiled: "vitrine-worker",
        build_id: &build_id,
    }
    .build(
        workspace,
        &tools,
        Instructions::Relaxed,
        &folder,
        "vitrine-worker-relaxed",
    )?;
    point_home(workspace, public_url)?;
    check(workspace)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(folder)
}

/// Builds the program on whose own page a pool of workers is tested and timed, and returns its folder.
pub fn pool_probe(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("pool-probe");
    Program {
        package: "vitrine-link",
        target: &["--example", "pool_probe"],
        compiled: "examples/pool_probe",
        // The workers that it starts are those of the built page, and must be of its build.
        build_id: &workspace.build_id()?,
    }
    .build(
        workspace,
        &tools::build_tools(workspace)?,
        Instructions::Simd128,
        &folder,
        "pool_probe",
    )?;
    Ok(folder)
}

/// Builds the program in which the matrix kernel is tested, with either instructions, and returns its folder.
pub fn kernel_probe(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("kernel-probe");
    let tools = tools::build_tools(workspace)?;
    // The package whose two programs the kernel is shipped in, so that its dependencies are compiled already.
    let program = Program {
        package: "vitrine-worker",
        target: &["--example", "kernel_probe"],
        compiled: "examples/kernel_probe",
        build_id: &workspace.build_id()?,
    };
    for instructions in Instructions::ALL {
        program.build(workspace, &tools, instructions, &folder, instructions.name())?;
    }
    Ok(folder)
}

/// A host answers any missing address with 404.html, so where the page's own address is known, its links name it.
fn point_home(workspace: &Workspace, public_url: &str) -> Result<()> {
    let path = workspace.path("dist/404.html");
    let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let home = format!("href=\"{}/", public_url.trim_end_matches('/'));
    fs::write(&path, html.replace("href=\"./", &home))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Holds the built page to its Content-Security-Policy, which would stop inline code without a word to the builder.
fn check(workspace: &Workspace) -> Result<()> {
    let path = workspace.path("dist/index.html");
    let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let inline = html
        .split("<script")
        .skip(1)
        .filter(|rest| {
            rest.split('>')
                .next()
                .is_some_and(|attributes| !attributes.contains("src="))
        })
        .count();
    ensure!(
        inline == 0,
        "dist/index.html has an inline script, which its own policy forbids: see Trunk.toml"
    );
    ensure!(
        !html.contains(" style="),
        "dist/index.html has a style attribute, which its own policy forbids"
    );
    for file in [
        "404.html",
        ".nojekyll",
        "vitrine-worker.js",
        "vitrine-worker_bg.wasm",
        "vitrine-worker-relaxed.js",
        "vitrine-worker-relaxed_bg.wasm",
    ] {
        ensure!(
            workspace.path("dist").join(file).is_file(),
            "dist lacks {file}: see index.html"
        );
    }
    Ok(())
}
