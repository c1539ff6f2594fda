//! What stands beside a shipped file of weights, so that whoever fetches it knows when it is whole, and what a copy
//! of it is kept under.

use serde::{Deserialize, Serialize};

/// The browser's cache that holds the weights between visits.
pub const WEIGHTS_CACHE: &str = "vitrine-weights";

/// No file of weights that a browser tab could hold is larger.
const LARGEST_FILE: u64 = 1 << 29;

/// The `manifest.json` beside a file of weights.
///
/// ```
/// use vitrine_record::Manifest;
/// let sum = "0".repeat(64);
/// let json = format!(r#"{{"id": "tiny", "file": "tiny.gguf", "bytes": 7, "sha256": "{sum}"}}"#);
/// let manifest = Manifest::from_json(json.as_bytes())?;
/// assert_eq!(manifest.file, "tiny.gguf");
/// assert!(Manifest::from_json(b"<!doctype html>").is_err());
/// # Ok::<(), vitrine_record::UnreadableManifest>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// A short name of the model.
    pub id: String,
    /// Name of the file of weights, in the manifest's own folder.
    pub file: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads and checks a `manifest.json`.
    ///
    /// # Errors
    /// [`UnreadableManifest`] if it is no such file, if `file` is anything but a plain name (so that it cannot
    /// lead to another folder or host), if `bytes` is 0 or beyond reason, or if `sha256` is no such sum.
    pub fn from_json(json: &[u8]) -> Result<Manifest, UnreadableManifest> {
        let manifest: Manifest =
            serde_json::from_slice(json).map_err(|error| UnreadableManifest(error.to_string()))?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if manifest.file.is_empty() || manifest.file.starts_with('.') || !manifest.file.chars().all(plain) {
            return Err(UnreadableManifest(format!(
                "file {:?} is not a plain file name",
                manifest.file
            )));
        }
        if manifest.bytes == 0 || manifest.bytes > LARGEST_FILE {
            return Err(UnreadableManifest(format!(
                "bytes is {}; it must be from 1 to {LARGEST_FILE}",
                manifest.bytes
            )));
        }
        let hexadecimal = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if manifest.sha256.len() != 64 || !manifest.sha256.bytes().all(hexadecimal) {
            return Err(UnreadableManifest(format!(
                "sha256 {:?} is not 64 lower-case hexadecimal digits",
                manifest.sha256
            )));
        }
        Ok(manifest)
    }

    /// What a copy of the weights is kept under in [`WEIGHTS_CACHE`]: their address with their sum, so that another
    /// version has another key.
    pub fn cache_key(&self, url: &str) -> String {
        format!("{url}?sha256={}", self.sha256)
    }
}

/// A manifest that does not describe a file of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableManifest(String);

impl std::fmt::Display for UnreadableManifest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "the manifest of the weights cannot be used: {}",
            self.0
        )
    }
}

impl std::error::Error for UnreadableManifest {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, bytes: u64, sha256: &str, complaint: &str) {
        let json = format!(r#"{{"id": "x", "file": {file:?}, "bytes": {bytes}, "sha256": {sha256:?}}}"#);
        let error = Manifest::from_json(json.as_bytes())
            .expect_err("the manifest is wrong")
            .to_string();
        assert!(error.contains(complaint), "{error}");
    }

    #[test]
    fn a_manifest_that_leads_astray_is_refused() {
        let sum = "0".repeat(64);
        check("../model.gguf", 1, &sum, "plain file name");
        check("https://example.com/model.gguf", 1, &sum, "plain file name");
        check("//host", 1, &sum, "plain file name");
        check("..", 1, &sum, "plain file name");
        check("", 1, &sum, "plain file name");
        check("model.gguf", 0, &sum, "bytes is 0");
        check("model.gguf", u64::MAX, &sum, "bytes is");
        check("model.gguf", 1, "abc", "64 lower-case");
        check("model.gguf", 1, &"A".repeat(64), "64 lower-case");
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for json in [
            "",
            "<!doctype html>",
            "[]",
            "{}",
            r#"{"id": "x", "file": "x", "bytes": -1}"#,
        ] {
            assert!(Manifest::from_json(json.as_bytes()).is_err(), "{json}");
        }
    }
}
