//! What is made of one layer's attention, step by step where it takes long.

use vitrine_attention::{AttentionFlow, AttentionRollout, ShapeError};
use vitrine_model::{Intervention, ModelError};
use vitrine_record::message::Reply;
use vitrine_record::{AttentionVariant, LayerAttention, LayerIdx, Prediction, VariantAttention};

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
                    return Ok(self.finished(attention));
                }
                AttentionVariant::ValueWeighted => {
                    return Ok(done(run.value_weighted_attention(model, self.layer)?));
                }
                AttentionVariant::GradientTimesAttention => {
                    // Of the same class in every run, so that runs can be compared.
                    let untouched = session.run(&self.text, self.pair.as_deref(), &[])?;
                    let model = session.model();
                    let predicted = untouched.prediction().and_then(Prediction::top);
                    let class = predicted.ok_or_else(|| model.lacks_classifier())?;
                    return Ok(done(run.gradient_times_attention(model, self.layer, class)?));
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
                let matrix = rollout.add(&run.attention(model, next)?).map_err(unfit)?;
                Some(matrix.to_attention(next))
            }
            SoFar::Layers(layers) => {
                layers.push(run.attention(model, LayerIdx(layers.len()))?);
                if layers.len() > self.layer.0 {
                    self.so_far = SoFar::Flow(Box::new(AttentionFlow::new(layers).map_err(unfit)?));
                }
                None
            }
            SoFar::Flow(flow) => {
                let before = flow.finished().len();
                for _ in 0..(MOST_FLOWS_OF_A_STEP / run.tokens().max(1)).max(1) {
                    // A step ends with a layer, so that none is passed over.
                    if flow.finished().len() > before {
                        break;
                    }
                    flow.next_row();
                }
                let matrix = flow.finished().get(before);
                matrix.map(|matrix| matrix.to_attention(LayerIdx(before)))
            }
        };
        Ok(finished.map_or(Progress::Nothing, |attention| self.finished(attention)))
    }

    /// The layer that was asked for is the answer, one below it a part of it.
    fn finished(&self, attention: LayerAttention) -> Progress {
        let is_whole = attention.layer == self.layer;
        let reply = Reply::Attention(Box::new(VariantAttention {
            variant: self.variant,
            attention,
            class: None,
        }));
        if is_whole {
            Progress::Done(reply)
        } else {
            Progress::Part(reply)
        }
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
