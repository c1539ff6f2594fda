//! Attention averaged over texts of unlike lengths.

use vitrine_record::{LayerAttention, LayerIdx, MeanAttention, MeanPosition};

use crate::ShapeError;
use crate::rollout::check_tokens;

/// Positions that are told apart: the opening token, those with a place of their own, the later ones, the closing one.
const SLOTS: usize = MeanAttention::OWN_POSITIONS + 3;
const LATER: usize = SLOTS - 2;
const CLOSING: usize = SLOTS - 1;

/// The mean attention of every head, over texts that come one after the other. What is averaged is the row of each
/// position of [`MeanAttention`], so that each row of the mean sums to 1 as theirs do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeanAttentionAccumulator {
    /// Heads of each layer.
    heads: Vec<usize>,
    /// For each head, layer by layer, `[destination, source]` over positions.
    sums: Vec<f64>,
    /// Texts that have each position.
    texts: [u32; SLOTS],
}

impl MeanAttentionAccumulator {
    /// Adds a single text: all its layers from 0, the first and the last of its tokens being those that the template
    /// adds.
    ///
    /// # Errors
    ///
    /// If a layer is missing, if the layers' numbers of tokens differ, or if they have other heads than those of the
    /// texts before.
    pub fn add_text(&mut self, layers: &[LayerAttention]) -> Result<(), ShapeError> {
        let tokens = layers.first().map_or(0, LayerAttention::tokens);
        for (index, layer) in layers.iter().enumerate() {
            check_tokens(layer, tokens)?;
            if layer.layer != LayerIdx(index) {
                let (expected, found) = (LayerIdx(index), layer.layer);
                return Err(ShapeError::LayerMissing { expected, found });
            }
        }
        let heads: Vec<usize> = layers.iter().map(LayerAttention::heads).collect();
        if self.heads.is_empty() {
            self.sums = vec![0.0; heads.iter().sum::<usize>() * SLOTS * SLOTS];
            self.heads = heads;
        } else if self.heads != heads {
            return Err(ShapeError::HeadsDiffer);
        }
        let mut tokens_of = [0u32; SLOTS];
        for position in 0..tokens {
            tokens_of[slot(position, tokens)] += 1;
        }
        for (texts, tokens) in self.texts.iter_mut().zip(tokens_of) {
            *texts += u32::from(tokens > 0);
        }
        let of_heads = layers
            .iter()
            .flat_map(|layer| (0..layer.heads()).map(move |head| (layer, head)));
        for (sums, (layer, head)) in self.sums.chunks_exact_mut(SLOTS * SLOTS).zip(of_heads) {
            for destination in 0..tokens {
                let row = slot(destination, tokens);
                let share = 1.0 / f64::from(tokens_of[row]);
                for (source, &weight) in layer.row(head, destination).iter().enumerate() {
                    sums[row * SLOTS + slot(source, tokens)] += f64::from(weight) * share;
                }
            }
        }
        Ok(())
    }

    /// The mean so far, over those positions that any text has; nothing without a text.
    pub fn mean(&self) -> Option<MeanAttention> {
        let kept: Vec<usize> = (0..SLOTS).filter(|&slot| self.texts[slot] > 0).collect();
        if kept.is_empty() {
            return None;
        }
        let mut of_heads = self.sums.chunks_exact(SLOTS * SLOTS);
        let mut layers = Vec::with_capacity(self.heads.len());
        for (index, &heads) in self.heads.iter().enumerate() {
            let mut probabilities = Vec::with_capacity(heads * kept.len() * kept.len());
            for sums in of_heads.by_ref().take(heads) {
                for &row in &kept {
                    let texts = f64::from(self.texts[row]);
                    probabilities.extend(
                        kept.iter()
                            .map(|&column| (sums[row * SLOTS + column] / texts) as f32),
                    );
                }
            }
            layers.push(LayerAttention::new(
                LayerIdx(index),
                heads,
                kept.len(),
                probabilities,
            )?);
        }
        Some(MeanAttention {
            positions: kept.iter().map(|&slot| position(slot)).collect(),
            sentences: kept.iter().map(|&slot| self.texts[slot]).collect(),
            layers,
        })
    }
}

fn slot(position: usize, tokens: usize) -> usize {
    match position {
        0 => 0,
        last if last + 1 == tokens => CLOSING,
        own if own <= MeanAttention::OWN_POSITIONS => own,
        _ => LATER,
    }
}

fn position(slot: usize) -> MeanPosition {
    match slot {
        0 => MeanPosition::Opening,
        LATER => MeanPosition::Later,
        CLOSING => MeanPosition::Closing,
        own => MeanPosition::Token(own),
    }
}
