//! What becomes of a prediction when single heads, or single tokens, are ablated.

use std::rc::Rc;

use vitrine_record::{AblationEffect, AblationEffects, HeadIdx, Intervention, LayerIdx, Position};

use crate::analysis::predictions_of;
use crate::error::Result;
use crate::model::Model;
use crate::pass::ForwardPass;
use crate::run::Run;

/// So many tokens at most go through the encoder in one step: enough that its products are nearly as quick as they
/// get, and few enough that whoever types meanwhile waits no longer than for a text of this length.
const MOST_TOKENS_OF_A_STEP: usize = 128;

/// What can be ablated one by one, several at a time.
pub trait Ablatable: Copy {
    /// All of them, in order.
    fn all(model: &Model, run: &Run) -> Vec<Self>;

    /// A forward pass of so many sequences at most, each of which lacks one of the first of these, and how many it is
    /// of. `these` has one at least.
    ///
    /// # Errors
    /// Those of the forward pass.
    fn without_each<'a>(
        these: &[Self],
        most: usize,
        model: &'a Model,
        run: &'a Run,
    ) -> Result<(ForwardPass<'a>, usize)>;
}

/// A head: its effect equals a run with a `ScaleHead` of factor 0 besides the run's own interventions, but it begins at
/// the hidden state before the head's layer, and shares that layer's attention with other heads.
impl Ablatable for (LayerIdx, HeadIdx) {
    fn all(model: &Model, _run: &Run) -> Vec<Self> {
        let (layers, heads) = (model.info().layers, model.info().heads);
        (0..layers)
            .flat_map(|layer| (0..heads).map(move |head| (LayerIdx(layer), HeadIdx(head))))
            .collect()
    }

    fn without_each<'a>(
        these: &[Self],
        most: usize,
        model: &'a Model,
        run: &'a Run,
    ) -> Result<(ForwardPass<'a>, usize)> {
        let (layer, HeadIdx(first)) = these[0];
        let of_layer = these.iter().take_while(|(at, _)| *at == layer).count();
        let count = of_layer.min(most);
        let mut pass = run.pass_before(model, layer)?;
        pass.ablate_each(first..first + count);
        Ok((pass, count))
    }
}

/// A token: its effect equals a run with a `HideKey` of it in each layer besides the run's own interventions. A token
/// without which a layer would have nothing to look at is left out.
impl Ablatable for Position {
    fn all(model: &Model, run: &Run) -> Vec<Self> {
        let is_hidden = |layer: LayerIdx, key: Position| {
            run.interventions()
                .contains(&Intervention::HideKey { layer, key })
        };
        let positions = || (0..run.tokens()).map(Position);
        let leaves_some = |hidden: &Position| {
            (0..model.info().layers)
                .map(LayerIdx)
                .all(|layer| positions().any(|key| key != *hidden && !is_hidden(layer, key)))
        };
        positions().filter(leaves_some).collect()
    }

    fn without_each<'a>(
        these: &[Self],
        most: usize,
        model: &'a Model,
        run: &'a Run,
    ) -> Result<(ForwardPass<'a>, usize)> {
        let count = these.len().min(most);
        let mut pass = run.pass_before(model, LayerIdx(0))?;
        pass.hide_each(&these[..count])?;
        Ok((pass, count))
    }
}

/// The effects of all heads of the model, or of all tokens, on one prediction, a few at a time.
#[derive(Clone, Debug)]
pub struct AblationRanking<Ablated> {
    run: Rc<Run>,
    all: Vec<Ablated>,
    so_far: AblationEffects<Ablated>,
}

/// The effects of all heads.
pub type HeadRanking = AblationRanking<(LayerIdx, HeadIdx)>;

/// The effects of all tokens.
pub type TokenRanking = AblationRanking<Position>;

impl<Ablated: Ablatable> AblationRanking<Ablated> {
    /// A ranking of which nothing is computed yet.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) if the model has no classifier.
    pub fn new(model: &Model, run: Rc<Run>) -> Result<Self> {
        let prediction = run
            .prediction()
            .cloned()
            .ok_or_else(|| model.lacks_classifier())?;
        let all = Ablated::all(model, &run);
        let effects = Vec::new();
        Ok(AblationRanking {
            run,
            all,
            so_far: AblationEffects { prediction, effects },
        })
    }

    /// What is computed, in order.
    pub fn so_far(&self) -> &AblationEffects<Ablated> {
        &self.so_far
    }

    /// Whether all are there.
    pub fn is_done(&self) -> bool {
        self.so_far.effects.len() == self.all.len()
    }

    /// Computes the next few, and gives them back; none when all are done.
    ///
    /// # Errors
    /// Those of the forward pass.
    pub fn advance(&mut self, model: &Model) -> Result<&[AblationEffect<Ablated>]> {
        let done = self.so_far.effects.len();
        if !self.is_done() {
            let at_once = (MOST_TOKENS_OF_A_STEP / self.run.tokens()).max(1);
            let left = &self.all[done..];
            let (pass, count) = Ablated::without_each(left, at_once, model, &self.run)?;
            let logits = pass.classify()?.ok_or_else(|| model.lacks_classifier())?;
            let predictions = predictions_of(&logits)?;
            let effects = left[..count].iter().zip(predictions);
            self.so_far
                .effects
                .extend(effects.map(|(&ablated, prediction)| AblationEffect { ablated, prediction }));
        }
        Ok(&self.so_far.effects[done..])
    }
}
