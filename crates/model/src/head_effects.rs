//! What becomes of a prediction when single heads are ablated.

use std::rc::Rc;

use vitrine_record::{HeadEffect, HeadEffects, HeadIdx, LayerIdx};

use crate::analysis::predictions_of;
use crate::error::Result;
use crate::model::Model;
use crate::run::Run;

/// So many tokens at most go through the encoder in one step: enough that its products are nearly as quick as they
/// get, and few enough that whoever types meanwhile waits no longer than for a text of this length.
const MOST_TOKENS_OF_A_STEP: usize = 128;

/// The effects of all heads of the model on one prediction, a few heads at a time.
///
/// The effect of a head equals a run with a `ScaleHead` of factor 0 besides the run's own interventions, but it begins
/// at the hidden state before the head's layer, and shares that layer's attention with other heads.
#[derive(Clone, Debug)]
pub struct HeadRanking {
    run: Rc<Run>,
    so_far: HeadEffects,
}

impl HeadRanking {
    /// A ranking of which nothing is computed yet.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) if the model has no classifier.
    pub fn new(model: &Model, run: Rc<Run>) -> Result<HeadRanking> {
        let prediction = run
            .prediction()
            .cloned()
            .ok_or_else(|| model.lacks_classifier())?;
        let effects = Vec::new();
        Ok(HeadRanking {
            run,
            so_far: HeadEffects { prediction, effects },
        })
    }

    /// What is computed, ordered by layer, then by head.
    pub fn so_far(&self) -> &HeadEffects {
        &self.so_far
    }

    /// Whether all heads are there.
    pub fn is_done(&self, model: &Model) -> bool {
        self.so_far.effects.len() == model.info().layers * model.info().heads
    }

    /// Computes the next few heads of one layer, and gives them back; none when all are done.
    ///
    /// # Errors
    /// Those of the forward pass.
    pub fn advance(&mut self, model: &Model) -> Result<&[HeadEffect]> {
        let (done, heads) = (self.so_far.effects.len(), model.info().heads);
        if !self.is_done(model) {
            let (layer, first) = (LayerIdx(done / heads), done % heads);
            let at_once = (MOST_TOKENS_OF_A_STEP / self.run.tokens()).max(1);
            let last = heads.min(first + at_once);
            let mut pass = self.run.pass_before(model, layer)?;
            pass.ablate_each(first..last);
            let logits = pass.finish()?.logits.ok_or_else(|| model.lacks_classifier())?;
            let predictions = predictions_of(&logits)?.into_iter();
            let effect = |(head, prediction)| HeadEffect {
                layer,
                head: HeadIdx(head),
                prediction,
            };
            self.so_far
                .effects
                .extend((first..last).zip(predictions).map(effect));
        }
        Ok(&self.so_far.effects[done..])
    }
}
