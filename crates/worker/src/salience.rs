//! What gradients say about the tokens of a text, step by step.

use vitrine_model::{ModelError, SalienceComputation};
use vitrine_record::message::{Reply, TextInput};
use vitrine_record::{ExplanationTarget, GradientBaseline};

use crate::dispatch::Progress;
use crate::session::Session;

/// Salience that was asked for.
pub enum SalienceWork {
    /// Nothing is computed yet.
    Asked {
        /// The text.
        input: TextInput,
        /// The score.
        target: ExplanationTarget,
        /// Points of the path of integrated gradients.
        steps: usize,
        /// Where the path begins.
        baseline: GradientBaseline,
    },
    /// Some steps are done.
    UnderWay(Box<SalienceComputation>),
}

impl SalienceWork {
    /// Each step but the first, which prepares the others, says something new.
    pub(crate) fn advance(&mut self, session: &Session) -> Result<Progress, ModelError> {
        let model = session.model();
        match self {
            SalienceWork::Asked {
                input,
                target,
                steps,
                baseline,
            } => {
                let computation = SalienceComputation::new(model, input, target, *steps, *baseline)?;
                *self = SalienceWork::UnderWay(Box::new(computation));
                Ok(Progress::Nothing)
            }
            SalienceWork::UnderWay(computation) => {
                computation.advance(model)?;
                let reply = Reply::Salience(Box::new(computation.so_far().clone()));
                Ok(if computation.is_done() {
                    Progress::Done(reply)
                } else {
                    Progress::Part(reply)
                })
            }
        }
    }
}
