//! The tokens that a sample lacks.

use std::{ops::Deref, sync::Arc};

use serde::{Deserialize, Serialize};

/// Tokens, by their places in [`Explanation::tokens`](crate::Explanation::tokens), in their order. Copies share them, since
/// the samples of a surrogate are told many times while they grow in number.
///
/// ```
/// use vitrine_record::MissingTokens;
/// let missing = MissingTokens::from(vec![1, 4]);
/// let told = missing.clone();
/// assert!(told == missing && std::ptr::eq(&*told, &*missing));
/// assert_eq!(serde_json::to_string(&told).unwrap(), "[1,4]");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
pub struct MissingTokens(Arc<[u32]>);

impl Deref for MissingTokens {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.0
    }
}

impl From<Vec<u32>> for MissingTokens {
    fn from(tokens: Vec<u32>) -> MissingTokens {
        MissingTokens(tokens.into())
    }
}

impl From<MissingTokens> for Vec<u32> {
    fn from(tokens: MissingTokens) -> Vec<u32> {
        tokens.to_vec()
    }
}
