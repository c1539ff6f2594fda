//! A loaded model, and what it last said.

use vitrine_model::{Model, ModelError, analyse};
use vitrine_record::message::{Problem, ProblemKind, Reply, Request};
use vitrine_record::{Analysis, LayerAttention, LayerIdx};

use crate::dispatch::Engine;

/// Up to this many tokens a reply carries the attention of all layers, so that the page can change the layer
/// without asking; a longer text's would be megabytes, of which the page draws one layer.
const MOST_TOKENS_FOR_ALL_LAYERS: usize = 64;

/// A model, and its last analysis with all layers: another layer of the same text costs no second forward pass.
pub struct Session {
    model: Model,
    last: Option<Analysis>,
    passes: usize,
}

impl Session {
    /// Begins with a loaded model.
    pub fn new(model: Model) -> Session {
        Session {
            model,
            last: None,
            passes: 0,
        }
    }

    /// How often the model was run.
    pub fn forward_passes(&self) -> usize {
        self.passes
    }

    fn analyse(&mut self, text: &str, pair: Option<&str>, layer: LayerIdx) -> Result<Analysis, ModelError> {
        let said = |last: &Analysis| last.text == text && last.pair.as_deref() == pair;
        let last = match self.last.take().filter(said) {
            Some(last) => last,
            None => {
                self.passes += 1;
                analyse(&self.model, text, pair)?
            }
        };
        let last = self.last.insert(last);
        let layers = last.attention.len();
        let all = last.tokens.len() <= MOST_TOKENS_FOR_ALL_LAYERS;
        let wanted = LayerIdx(layer.0.min(layers.saturating_sub(1)));
        let carried = |attention: &&LayerAttention| all || attention.layer == wanted;
        Ok(Analysis {
            model_hash: last.model_hash.clone(),
            text: last.text.clone(),
            pair: last.pair.clone(),
            tokens: last.tokens.clone(),
            prediction: last.prediction.clone(),
            attention: last.attention.iter().filter(carried).cloned().collect(),
            notices: last.notices.clone(),
        })
    }
}

impl Engine for Session {
    fn answer(&mut self, request: &Request) -> Result<Reply, Problem> {
        match request {
            Request::Analyse { text, pair, layer } => self
                .analyse(text, pair.as_deref(), *layer)
                .map(|analysis| Reply::Analysis(Box::new(analysis)))
                .map_err(|error| Problem {
                    kind: ProblemKind::RequestFailed,
                    detail: error.to_string(),
                }),
        }
    }
}
