//! A file of weights held against the manifest beside it.

use vitrine_record::Manifest;

use crate::error::{ModelError, Result};
use crate::sha256_hex;

/// Holds a file's bytes against its manifest.
///
/// ```
/// use vitrine_model::{check_weights, sha256_hex};
/// use vitrine_record::Manifest;
/// let weights = b"weights";
/// let manifest = Manifest {
///     id: "tiny".into(),
///     file: "tiny.gguf".into(),
///     bytes: 7,
///     sha256: sha256_hex(weights),
/// };
/// assert!(check_weights(&manifest, weights).is_ok());
/// assert!(check_weights(&manifest, b"weight").is_err());
/// assert!(check_weights(&manifest, b"heights").is_err());
/// ```
///
/// # Errors
/// [`ModelError::WeightsFormat`] says whether the length or the sum differs.
pub fn check_weights(manifest: &Manifest, bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 != manifest.bytes {
        return Err(ModelError::WeightsFormat(format!(
            "{} has {} bytes, but its manifest says {}",
            manifest.file,
            bytes.len(),
            manifest.bytes
        )));
    }
    let found = sha256_hex(bytes);
    if found != manifest.sha256 {
        return Err(ModelError::WeightsFormat(format!(
            "{} has the SHA-256 {found}, but its manifest says {}",
            manifest.file, manifest.sha256
        )));
    }
    Ok(())
}
