//! What gradients say about the tokens of a text, step by step.

use vitrine_model::{Model, ModelError, SalienceComputation};
use vitrine_record::message::{Reply, TextInput};
use vitrine_record::{ExplanationTarget, GradientBaseline};

use crate::dispatch::Progress;
use crate::session::Session;

/// What is asked of gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedSalience {
    /// The text.
    pub input: TextInput,
    /// The score.
    pub target: ExplanationTarget,
    /// Points of the path of integrated gradients.
    pub steps: usize,
    /// Where the path begins.
    pub baseline: GradientBaseline,
}

/// Salience that was asked for.
pub struct SalienceWork {
    asked: AskedSalience,
    /// Whether it has taken a step.
    is_begun: bool,
}

/// What was computed of what was asked last. It outlives the work, so that a path that someone pauses goes on where it was.
pub struct KeptSalience {
    asked: AskedSalience,
    computation: SalienceComputation,
}

impl SalienceWork {
    /// Work of which nothing is done.
    pub fn new(asked: AskedSalience) -> SalienceWork {
        SalienceWork {
            asked,
            is_begun: false,
        }
    }

    /// Each step but the first, which prepares the others, says something new. Where some of it is computed already, the
    /// first says that.
    pub(crate) fn advance(&mut self, session: &mut Session) -> Result<Progress, ModelError> {
        let (model, place) = session.model_and_salience();
        // What was there is let go first, so that the two are not in memory at once. What fails begins anew.
        let Some(mut kept) = place.take().filter(|kept| kept.asked == self.asked) else {
            *place = Some(KeptSalience::new(model, &self.asked)?);
            self.is_begun = true;
            return Ok(Progress::Nothing);
        };
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        let is_known = !kept.computation.so_far().gradient_norm.is_empty();
        if is_begun || !is_known {
            kept.computation.advance(model)?;
        }
        let reply = Reply::Salience(Box::new(kept.computation.so_far().clone()));
        if kept.computation.is_done() {
            return Ok(Progress::Done(reply));
        }
        *place = Some(kept);
        Ok(Progress::Part(reply))
    }
}

impl KeptSalience {
    fn new(model: &Model, asked: &AskedSalience) -> Result<KeptSalience, ModelError> {
        let AskedSalience {
            input,
            target,
            steps,
            baseline,
        } = asked;
        Ok(KeptSalience {
            computation: SalienceComputation::new(model, input, target, *steps, *baseline)?,
            asked: asked.clone(),
        })
    }
}
