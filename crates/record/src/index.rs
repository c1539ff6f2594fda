//! Indices that the type system keeps apart. All count from 0.

use serde::{Deserialize, Serialize};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub usize);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

index! {
    /// An encoder layer, `0..L`.
    LayerIdx
}
index! {
    /// A hidden state, `0..=L`: 0 is the output of the embeddings, `l + 1` the output of layer `l`.
    HiddenStateIdx
}
index! {
    /// An attention head within its layer.
    HeadIdx
}
index! {
    /// A unit of a layer's intermediate (MLP) activation.
    NeuronIdx
}
index! {
    /// A place in the sequence of tokens that the model reads, special tokens included.
    Position
}

/// The end of attention that a token stands at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The token whose query asks: its row is looked at.
    #[default]
    Destination,
    /// The token whose key answers: its column is looked at.
    Source,
}

/// An entry of the vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(pub u32);
