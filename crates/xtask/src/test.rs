//! Everything that must hold before a change is taken, in the order in which it fails soonest.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    build,
    command::run,
    tidy, tools,
    workspace::{WASM_PACKAGES, WASM_TARGET, Workspace, files_under},
};

/// Runs all checks and stops at the first that fails.
pub fn test(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps {
        begun: Instant::now(),
        done: Vec::new(),
    };
    // What is missing is said before half an hour of work, not after it.
    let chromium = steps.step("tools", || {
        tools::build_tools(workspace)?;
        tools::chromium()
    })?;
    steps.step("format", || {
        run(cargo(workspace).args(["fmt", "--all", "--check"]))
    })?;
    steps.step("invariants", || tidy::tidy(workspace))?;
    steps.step("lints, native", || {
        run(cargo(workspace).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })?;
    steps.step("lints, wasm", || {
        run(cargo(workspace)
            .args(["clippy", "--target", WASM_TARGET, "--lib", "--bins", "--examples"])
            .args(WASM_PACKAGES.iter().flat_map(|package| ["--package", package]))
            .args(["--", "-D", "warnings"]))
    })?;
    steps.step("native tests", || {
        let runner: &[&str] = if tools::has_nextest() {
            &["nextest", "run", "--workspace"]
        } else {
            &["test", "--workspace", "--lib", "--bins", "--tests"]
        };
        run(cargo(workspace).args(runner))
    })?;
    steps.step("documentation tests", || {
        run(cargo(workspace).args(["test", "--workspace", "--doc"]))
    })?;
    let dist = steps.step("build of the page", || build::dist(workspace, "./"))?;
    let pool_probe = steps.step("build of the pool's test page", || build::pool_probe(workspace))?;
    let kernel_probe = steps.step("build of the kernel's test program", || {
        build::kernel_probe(workspace)
    })?;
    steps.step("tests in a browser", || {
        // Versions of Node differ in what they make of a folder or a pattern, but not of names.
        let files = files_under(&workspace.path("tests/e2e"));
        let tests = files
            .iter()
            .filter(|file| file.to_string_lossy().ends_with(".test.mjs"));
        run(Command::new("node")
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(tests)
            .current_dir(&workspace.root)
            .env("VITRINE_DIST", &dist)
            .env("VITRINE_POOL_PROBE", &pool_probe)
            .env("VITRINE_KERNEL_PROBE", &kernel_probe)
            .env("VITRINE_CHROMIUM", &chromium))
    })?;
    steps.summary();
    Ok(())
}

fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    // Flags from the environment would replace those of the workspace, and build everything anew.
    command.current_dir(&workspace.root).env_remove("RUSTFLAGS");
    command
}

/// Announces steps and keeps their times.
struct Steps {
    begun: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let begun = Instant::now();
        let result = work().with_context(|| {
            format!(
                "cargo xtask test stopped at `{name}` after {}",
                in_words(self.begun.elapsed())
            )
        })?;
        println!("== {name}: ok, {}", in_words(begun.elapsed()));
        self.done.push((name, begun.elapsed()));
        Ok(result)
    }

    fn summary(&self) {
        println!();
        for (name, time) in &self.done {
            println!("{:>10}  {name}", in_words(*time));
        }
        println!(
            "all {} steps passed in {}",
            self.done.len(),
            in_words(self.begun.elapsed())
        );
    }
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}
