//! From token ids to the first hidden state.

use std::sync::Arc;

use candle_core::quantized::QTensor;
use candle_core::{DType, Tensor};

use crate::config::BertConfig;
use crate::error::Result;
use crate::input::TokenBatch;
use crate::layer::Normalisation;
use crate::weights::Weights;

/// The table of word embeddings, `[vocabulary, hidden]`. It is half of a small model's memory, so it may stay as
/// it was packed; rows are then unpacked as they are looked up.
#[derive(Clone, Debug)]
pub(crate) enum WordEmbeddings {
    Dense(Tensor),
    Packed(Arc<QTensor>),
}

impl WordEmbeddings {
    fn look_up(&self, ids: &Tensor, dtype: DType) -> Result<Tensor> {
        let (batch, tokens) = ids.dims2()?;
        let flat = ids.flatten_all()?;
        let rows = match self {
            WordEmbeddings::Dense(table) => table.index_select(&flat, 0)?,
            WordEmbeddings::Packed(table) => table.embedding(&flat)?.to_dtype(dtype)?,
        };
        let width = rows.dim(1)?;
        Ok(rows.reshape((batch, tokens, width))?)
    }
}

/// Word, position and segment embeddings, and the normalisation of their sum.
#[derive(Clone, Debug)]
pub(crate) struct Embeddings {
    words: WordEmbeddings,
    positions: Tensor,
    segments: Tensor,
    normalisation: Normalisation,
    dtype: DType,
}

impl Embeddings {
    pub(crate) fn take(weights: &mut Weights, config: &BertConfig) -> Result<Embeddings> {
        let hidden = config.hidden_size;
        Ok(Embeddings {
            words: weights.take_words(config.vocab_size, hidden)?,
            positions: weights.take(
                "embeddings.position_embeddings.weight",
                &[config.max_position_embeddings, hidden],
            )?,
            segments: weights.take(
                "embeddings.token_type_embeddings.weight",
                &[config.type_vocab_size, hidden],
            )?,
            normalisation: Normalisation::take(weights, "embeddings.LayerNorm", config)?,
            dtype: weights.dtype(),
        })
    }

    /// `[B, N, H]`: what Hugging Face calls `inputs_embeds`.
    pub(crate) fn words(&self, batch: &TokenBatch) -> Result<Tensor> {
        self.words.look_up(batch.ids(), self.dtype)
    }

    /// Adds position and segment to word embeddings `[B, N, H]` and normalises.
    pub(crate) fn complete(&self, words: &Tensor, batch: &TokenBatch) -> Result<Tensor> {
        let (_, tokens, hidden) = words.dims3()?;
        let (count, _) = batch.ids().dims2()?;
        let segments = self
            .segments
            .index_select(&batch.segments().flatten_all()?, 0)?
            .reshape((count, tokens, hidden))?;
        let positions = self.positions.narrow(0, 0, tokens)?;
        self.normalisation
            .forward(&(words + segments)?.broadcast_add(&positions)?)
    }
}
