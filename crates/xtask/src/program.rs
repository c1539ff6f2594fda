//! Builds WebAssembly programs beside Trunk's own: with instructions that not every engine has, and for measuring.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{
    command::run,
    tools::BuildTools,
    workspace::{WASM_TARGET, Workspace},
};

/// Which instructions a program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// Those of `simd128`, which every engine has that the page runs in.
    Simd128,
    /// Those of relaxed SIMD as well: a multiply-add is one instruction.
    Relaxed,
}

impl Instructions {
    /// Both.
    pub const ALL: [Instructions; 2] = [Instructions::Simd128, Instructions::Relaxed];

    /// What a program with them is called where there is one with either.
    pub fn name(self) -> &'static str {
        match self {
            Instructions::Simd128 => "simd128",
            Instructions::Relaxed => "relaxed",
        }
    }
}

/// A program that becomes WebAssembly.
pub struct Program<'a> {
    /// Its package.
    pub package: &'a str,
    /// What cargo is told to build of it: `--lib`, `--bins`, or `--example` and its name.
    pub target: &'a [&'a str],
    /// The file that cargo makes, in the folder of the profile, without `.wasm`.
    pub compiled: &'a str,
    /// What names the sources: programs that speak with one another are built with the same.
    pub build_id: &'a str,
}

impl Program<'_> {
    /// Compiles, binds and optimises the program as Trunk does the worker; `folder` gets `NAME.js` and
    /// `NAME_bg.wasm`.
    pub fn build(
        &self,
        workspace: &Workspace,
        tools: &BuildTools,
        instructions: Instructions,
        folder: &Path,
        name: &str,
    ) -> Result<()> {
        let compiled = self.compile(workspace, instructions)?;
        run(Command::new(tools.bindgen.join("wasm-bindgen"))
            .args([
                "--target",
                "web",
                "--no-typescript",
                "--out-name",
                name,
                "--out-dir",
            ])
            .arg(folder)
            .arg(compiled))?;
        let bound = folder.join(format!("{name}_bg.wasm"));
        run(Command::new(tools.binaryen.join("wasm-opt"))
            .arg("-O3")
            .arg(&bound)
            .arg("-o")
            .arg(&bound))
    }

    fn compile(&self, workspace: &Workspace, instructions: Instructions) -> Result<PathBuf> {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&workspace.root)
            .args(["build", "--package", self.package])
            .args(self.target)
            .args(["--profile", "wasm", "--target", WASM_TARGET])
            .env("VITRINE_BUILD_ID", self.build_id)
            // Flags from the environment would replace those of the workspace.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        let mut target = workspace.target();
        if instructions == Instructions::Relaxed {
            // A folder of its own: other flags would make cargo compile everything anew each time.
            target.push("relaxed");
            let flags = format!("target.{WASM_TARGET}.rustflags=[\"-C\", \"target-feature=+relaxed-simd\"]");
            cargo.args(["--config", &flags]).arg("--target-dir").arg(&target);
        }
        run(&mut cargo)?;
        Ok(target
            .join(WASM_TARGET)
            .join("wasm")
            .join(format!("{}.wasm", self.compiled)))
    }
}
