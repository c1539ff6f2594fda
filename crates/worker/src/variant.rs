//! What is made of one layer's attention, step by step where it takes long.

use vitrine_attention::{AttentionFlow, AttentionRollout, ShapeError, TokenMatrix};
use vitrine_model::{Intervention, ModelError};
use vitrine_record::message::Reply;
use vitrine_record::{AttentionVariant, LayerAttention, LayerIdx, VariantAttention};

use crate::dispatch::Progress;
use crate::session::Session;

/// So many flows between two tokens are computed in one step, each being a search: about a forward pass of a text that
/// is short enough for them.
const MOST_FLOWS_OF_A_STEP: usize = 256;

/// A variant of one layer's attention that was asked for.
pub struct VariantWork {
    pub(crate) text: String,
    pub(crate) pair: Option<String>,
    pub(crate) layer: LayerIdx,
    pub(crate) variant: AttentionVariant,
    pub(crate) interventions: Vec<Intervention>,
    pub(crate) so_far: SoFar,
}

/// How far it is.
#[derive(Default)]
pub(crate) enum SoFar {
    /// Nothing is computed yet.
    #[default]
    Nothing,
    /// The layers whose attention is here, from the lowest up.
    Rollout(AttentionRollout),
    /// The same.
    Layers(Vec<LayerAttention>),
    /// The rows that are finished.
    Flow(Box<AttentionFlow>),
}

impl VariantWork {
    /// One layer, a few rows of the flow, or a whole gradient.
    pub(crate) fn advance(&mut self, session: &mut Session) -> Result<Progress, ModelError> {
        let run = session.run(&self.text, self.pair.as_deref(), &self.interventions)?;
        let model = session.model();
        let finished = match &mut self.so_far {
            SoFar::Nothing => match self.variant {
                AttentionVariant::Raw => {
                    let attention = run.attention(model, self.layer)?;
                    return Ok(self.done(attention));
                }
                AttentionVariant::ValueWeighted => {
                    return Ok(done(run.value_weighted_attention(model, self.layer)?));
                }
                AttentionVariant::GradientTimesAttention => {
                    return Ok(done(run.gradient_times_attention(model, self.layer)?));
                }
                AttentionVariant::Rollout => {
                    run.check_layer(model, self.layer)?;
                    self.so_far = SoFar::Rollout(AttentionRollout::default());
                    None
                }
                AttentionVariant::Flow => {
                    run.check_layer(model, self.layer)?;
                    refuse_long(run.tokens())?;
                    self.so_far = SoFar::Layers(Vec::new());
                    None
                }
            },
            SoFar::Rollout(rollout) => {
                let next = LayerIdx(rollout.layers());
                rollout.add(&run.attention(model, next)?).map_err(unfit)?;
                rollout.last().filter(|_| next == self.layer)
            }
            SoFar::Layers(layers) => {
                layers.push(run.attention(model, LayerIdx(layers.len()))?);
                if layers.len() > self.layer.0 {
                    self.so_far = SoFar::Flow(Box::new(AttentionFlow::new(layers).map_err(unfit)?));
                }
                None
            }
            SoFar::Flow(flow) => {
                for _ in 0..(MOST_FLOWS_OF_A_STEP / run.tokens().max(1)).max(1) {
                    flow.next_row();
                }
                flow.finished().get(self.layer.0)
            }
        };
        Ok(
            match finished.map(|matrix: &TokenMatrix| matrix.to_attention(self.layer)) {
                Some(attention) => self.done(attention),
                None => Progress::Nothing,
            },
        )
    }

    fn done(&self, attention: LayerAttention) -> Progress {
        done(VariantAttention {
            variant: self.variant,
            attention,
            class: None,
        })
    }
}

fn done(made: VariantAttention) -> Progress {
    Progress::Done(Reply::Attention(Box::new(made)))
}

fn refuse_long(tokens: usize) -> Result<(), ModelError> {
    let most = AttentionVariant::MOST_TOKENS_OF_FLOW;
    if tokens <= most {
        return Ok(());
    }
    Err(ModelError::Input(format!(
        "the text has {tokens} tokens, but attention flow is computed of at most {most}: the time that it takes grows \
         with the fourth power of their number"
    )))
}

fn unfit(error: ShapeError) -> ModelError {
    ModelError::Input(error.to_string())
}
