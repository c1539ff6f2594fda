//! What can be asked, and what is answered.

use serde::{Deserialize, Serialize};

use crate::{Analysis, LayerIdx, Prediction};

/// What the worker can compute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Tokens, prediction, and the attention of at least the named layer.
    Analyse {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// The layer that is looked at; one that the model lacks is clamped to its last.
        layer: LayerIdx,
    },
    /// Only the predictions, of many inputs that have nothing to do with each other.
    Predict {
        /// The inputs.
        inputs: Vec<TextInput>,
    },
}

/// The kinds of request. Whoever waits for an answer of one kind may wait for one of another kind beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// [`Request::Analyse`].
    Analyse,
    /// [`Request::Predict`].
    Predict,
}

impl Request {
    /// What kind it is.
    pub fn kind(&self) -> RequestKind {
        match self {
            Request::Analyse { .. } => RequestKind::Analyse,
            Request::Predict { .. } => RequestKind::Predict,
        }
    }

    /// Whether a newer request of the same kind makes this one pointless: whoever types wants the newest answer,
    /// whoever hands out work wants all of them.
    pub fn gives_way(&self) -> bool {
        match self {
            Request::Analyse { .. } => true,
            Request::Predict { .. } => false,
        }
    }
}

/// A text, or two, to be read by the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextInput {
    /// The text.
    pub text: String,
    /// A second text.
    pub pair: Option<String>,
}

/// What the worker computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Request::Analyse`].
    Analysis(Box<Analysis>),
    /// To [`Request::Predict`]: one for each input, in their order.
    Predictions(Vec<Prediction>),
}

impl Reply {
    /// Whether this is of the kind and of the shape that a request asked for: what arrives in a message may not be.
    pub fn answers(&self, request: &Request) -> bool {
        match (request, self) {
            (Request::Analyse { .. }, Reply::Analysis(analysis)) => analysis.is_consistent(),
            (Request::Predict { inputs }, Reply::Predictions(predictions)) => {
                predictions.len() == inputs.len() && predictions.iter().all(Prediction::is_consistent)
            }
            _ => false,
        }
    }
}
