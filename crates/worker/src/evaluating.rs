//! Outputs for many inputs: at once where that takes no longer than an answer may, else layer by layer.

use std::rc::Rc;

use vitrine_model::{Evaluation, Evaluator, Model, ModelError};
use vitrine_record::message::Reply;

use crate::dispatch::{Answer, Progress};
use crate::work::Work;

/// So many tokens at most go through all layers without a pause in which the worker listens.
const MOST_TOKENS_AT_ONCE: usize = 48;

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
