//! Outputs for many inputs: at once where that takes no longer than an answer may, else layer by layer.

use std::rc::Rc;

use vitrine_model::{Evaluation, Evaluator, Model, ModelError};
use vitrine_record::message::Reply;

use crate::dispatch::{Answer, Progress};
use crate::work::Work;

/// So many tokens at most go through all layers without a pause in which the worker listens.
const MOST_TOKENS_AT_ONCE: usize = 48;

/// A worker that has evaluated so many tokens will evaluate many more: it keeps its weights as quick as they get.
const TOKENS_OF_A_LONG_JOB: usize = 8192;

/// How many tokens a worker has evaluated.
#[derive(Debug, Default)]
pub struct Evaluated {
    tokens: usize,
}

impl Evaluated {
    /// So many more are to be evaluated.
    pub(crate) fn add(&mut self, model: &Model, tokens: usize) {
        self.tokens += tokens;
        if self.tokens > TOKENS_OF_A_LONG_JOB {
            model.encoder().keep_unpacked();
        }
    }
}

/// Outputs that were asked for.
pub struct Evaluating {
    pub(crate) evaluator: Rc<Evaluator>,
    pub(crate) evaluation: Evaluation,
}

impl Evaluating {
    /// The answer, or, of more tokens than go through all layers at once, the work on it.
    pub(crate) fn begin(mut self, model: &Model) -> Result<Answer<Work>, ModelError> {
        if self.evaluation.tokens() > MOST_TOKENS_AT_ONCE {
            return Ok(Answer::Work(Work::Evaluating(self)));
        }
        loop {
            if let Progress::Done(reply) = self.advance(model)? {
                return Ok(Answer::Reply(reply));
            }
        }
    }

    /// One layer of inputs of one length.
    pub(crate) fn advance(&mut self, model: &Model) -> Result<Progress, ModelError> {
        let outputs = self.evaluator.advance(model, &mut self.evaluation)?;
        Ok(outputs.map_or(Progress::Nothing, |outputs| {
            Progress::Done(Reply::Outputs(outputs))
        }))
    }
}
