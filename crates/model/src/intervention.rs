//! Changes to a forward pass, held against the model, and what its layers multiply by for them.

use std::ops::Range;

use candle_core::{DType, Device, Tensor};
pub use vitrine_record::Intervention;
use vitrine_record::{HiddenStateIdx, LayerIdx, Position};

use crate::config::BertConfig;
use crate::error::{ModelError, Result};
use crate::input::TokenBatch;

/// The interventions of one forward pass, held against the model and turned into what its layers multiply by.
pub(crate) struct Interventions<'a> {
    all: &'a [Intervention],
    tokens: usize,
    dtype: DType,
    each: Each,
    /// What a layer multiplies its attention probabilities by besides, `[B, A, N, N]`.
    on_attention: Option<(LayerIdx, Tensor)>,
}

/// What is ablated besides, each in a sequence of its own.
enum Each {
    Nothing,
    /// Heads of a layer.
    Heads(LayerIdx, Range<usize>),
    /// Tokens, hidden as keys in every layer.
    Keys(Vec<Position>),
}

impl<'a> Interventions<'a> {
    pub(crate) fn check(
        all: &'a [Intervention],
        config: &BertConfig,
        batch: &TokenBatch,
        dtype: DType,
    ) -> Result<Interventions<'a>> {
        let tokens = batch.tokens();
        let refuse = |what: &str, index: usize, count: usize| {
            Err(ModelError::Input(format!(
                "an intervention names {what} {index}, but there are {count}, from 0"
            )))
        };
        for intervention in all {
            match intervention {
                Intervention::ScaleHead { layer, .. }
                | Intervention::ScaleNeuron { layer, .. }
                | Intervention::HideKey { layer, .. }
                    if layer.0 >= config.num_hidden_layers =>
                {
                    return refuse("layer", layer.0, config.num_hidden_layers);
                }
                Intervention::ScaleHead { head, .. } if head.0 >= config.num_attention_heads => {
                    return refuse("head", head.0, config.num_attention_heads);
                }
                Intervention::ScaleNeuron { neuron, .. } if neuron.0 >= config.intermediate_size => {
                    return refuse("neuron", neuron.0, config.intermediate_size);
                }
                Intervention::HideKey { key, .. } if key.0 >= tokens => {
                    return refuse("token", key.0, tokens);
                }
                Intervention::PatchHiddenState { state, .. } if state.0 > config.num_hidden_layers => {
                    return refuse("hidden state", state.0, config.num_hidden_layers + 1);
                }
                Intervention::PatchHiddenState { position, .. } if position.0 >= tokens => {
                    return refuse("token", position.0, tokens);
                }
                Intervention::PatchHiddenState { values, .. } if values.len() != config.hidden_size => {
                    return Err(ModelError::Input(format!(
                        "a patch has {} values, but a hidden state has {}",
                        values.len(),
                        config.hidden_size
                    )));
                }
                other if !other.is_finite() => {
                    return Err(ModelError::Input(
                        "an intervention has a factor or a value that is no finite number".to_owned(),
                    ));
                }
                _ => {}
            }
        }
        let interventions = Interventions {
            all,
            tokens,
            dtype,
            each: Each::Nothing,
            on_attention: None,
        };
        if all.is_empty() {
            return Ok(interventions);
        }
        for layer in (0..config.num_hidden_layers).map(LayerIdx) {
            // What fills a sequence up is masked already: a row needs one of the sequence's own tokens.
            let all_hidden = |&sequence: &usize| {
                (0..tokens).all(|key| !batch.shows(sequence, key) || interventions.hides(layer, key))
            };
            if let Some(sequence) = (0..batch.lengths().len()).find(all_hidden) {
                return Err(ModelError::Input(format!(
                    "all tokens of sequence {sequence} are hidden from layer {layer}"
                )));
            }
        }
        Ok(interventions)
    }

    fn hides(&self, at: LayerIdx, token: usize) -> bool {
        self.all.iter().any(
            |intervention| matches!(intervention, Intervention::HideKey { layer, key } if *layer == at && key.0 == token),
        )
    }

    /// Ablates heads of a layer besides, each in a sequence of its own: what was one sequence becomes several.
    pub(crate) fn ablate_each(&mut self, layer: LayerIdx, heads: Range<usize>) {
        self.each = Each::Heads(layer, heads);
    }

    /// Hides tokens from every layer besides, each in a sequence of its own: there are as many sequences as tokens.
    pub(crate) fn hide_each(&mut self, keys: &[Position]) {
        self.each = Each::Keys(keys.to_vec());
    }

    /// A layer multiplies its attention probabilities by factors, `[B, A, N, N]`, besides.
    pub(crate) fn multiply_attention(&mut self, layer: LayerIdx, factors: Tensor) {
        self.on_attention = Some((layer, factors));
    }

    /// `[B, A, N, N]`, or nothing where the attention probabilities of the layer are used as they are.
    pub(crate) fn attention_factors(&self, at: LayerIdx) -> Option<&Tensor> {
        let (_, factors) = self.on_attention.as_ref().filter(|(layer, _)| *layer == at)?;
        Some(factors)
    }

    /// Whether the first token's part of this layer, and of the hidden state after it, can be computed by itself.
    pub(crate) fn lets_first_alone(&self, at: LayerIdx) -> bool {
        self.attention_factors(at).is_none() && !self.patches(HiddenStateIdx(at.0 + 1))
    }

    /// Whether anything of a hidden state is replaced.
    pub(crate) fn patches(&self, at: HiddenStateIdx) -> bool {
        let is_there = |change: &Intervention| matches!(change, Intervention::PatchHiddenState { state, .. } if *state == at);
        self.all.iter().any(is_there)
    }

    /// `[1, 1, A, 1]`, or one such for each sequence that there shall be; nothing where no head of the layer is
    /// changed.
    pub(crate) fn head_factors(&self, at: LayerIdx, heads: usize) -> Result<Option<Tensor>> {
        let changes = self.all.iter().filter_map(|intervention| match intervention {
            Intervention::ScaleHead { layer, head, factor } if *layer == at => Some((head.0, *factor)),
            _ => None,
        });
        let factors = factors(changes, heads);
        match &self.each {
            Each::Heads(layer, ablated) if *layer == at => {
                let mut each = factors.unwrap_or_else(|| vec![1.0; heads]).repeat(ablated.len());
                for (sequence, head) in ablated.clone().enumerate() {
                    each[sequence * heads + head] = 0.0;
                }
                self.tensor(each, (ablated.len(), 1, heads, 1)).map(Some)
            }
            _ => factors
                .map(|factors| self.tensor(factors, (1, 1, heads, 1)))
                .transpose(),
        }
    }

    /// `[1, 1, I]`, or nothing where no neuron of the layer is changed.
    pub(crate) fn neuron_factors(&self, at: LayerIdx, neurons: usize) -> Result<Option<Tensor>> {
        let changes = self.all.iter().filter_map(|intervention| match intervention {
            Intervention::ScaleNeuron {
                layer,
                neuron,
                factor,
            } if *layer == at => Some((neuron.0, *factor)),
            _ => None,
        });
        factors(changes, neurons)
            .map(|factors| self.tensor(factors, (1, 1, neurons)))
            .transpose()
    }

    fn tensor(&self, values: Vec<f32>, shape: impl Into<candle_core::Shape>) -> Result<Tensor> {
        Ok(Tensor::from_vec(values, shape.into(), &Device::Cpu)?.to_dtype(self.dtype)?)
    }

    /// `[1, 1, 1, N]`, or one such for each sequence that hides a token of its own, to add to the scores: 0, and −∞
    /// for a hidden key; nothing where no key is hidden.
    pub(crate) fn hidden_keys(&self, at: LayerIdx) -> Result<Option<Tensor>> {
        let row = |own: Option<Position>| {
            (0..self.tokens).map(move |token| {
                let is_hidden = own == Some(Position(token)) || self.hides(at, token);
                if is_hidden { f32::NEG_INFINITY } else { 0.0 }
            })
        };
        let (sequences, mask): (usize, Vec<f32>) = match &self.each {
            Each::Keys(keys) => (keys.len(), keys.iter().flat_map(|key| row(Some(*key))).collect()),
            Each::Nothing | Each::Heads(..) if self.all.is_empty() => return Ok(None),
            Each::Nothing | Each::Heads(..) => (1, row(None).collect()),
        };
        if mask.iter().all(|&value| value == 0.0) {
            return Ok(None);
        }
        self.tensor(mask, (sequences, 1, 1, self.tokens)).map(Some)
    }

    /// The hidden state `[B, N, H]` with its patches.
    pub(crate) fn patch(&self, at: HiddenStateIdx, hidden: Tensor) -> Result<Tensor> {
        let mut patched = hidden;
        for intervention in self.all {
            let Intervention::PatchHiddenState {
                state,
                position,
                values,
            } = intervention
            else {
                continue;
            };
            if *state != at {
                continue;
            }
            let (batch, _, width) = patched.dims3()?;
            let value = Tensor::new(values.as_slice(), &Device::Cpu)?
                .to_dtype(self.dtype)?
                .broadcast_as((batch, 1, width))?
                .contiguous()?;
            let after = self.tokens - position.0 - 1;
            let mut parts = Vec::new();
            if position.0 > 0 {
                parts.push(patched.narrow(1, 0, position.0)?);
            }
            parts.push(value);
            if after > 0 {
                parts.push(patched.narrow(1, position.0 + 1, after)?);
            }
            patched = Tensor::cat(&parts, 1)?;
        }
        Ok(patched)
    }
}

/// The product of all factors of each of `count` units, or nothing where there are none.
fn factors(changes: impl Iterator<Item = (usize, f32)>, count: usize) -> Option<Vec<f32>> {
    let mut factors: Option<Vec<f32>> = None;
    for (index, factor) in changes {
        factors.get_or_insert_with(|| vec![1.0; count])[index] *= factor;
    }
    factors
}
