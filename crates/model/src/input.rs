//! What goes into the encoder.

use candle_core::{DType, Device, Tensor};
use vitrine_record::HiddenStateIdx;

use crate::config::BertConfig;
use crate::error::{ModelError, Result};
use crate::tokenize::Encoding;

/// A batch of sequences of one length, shorter ones filled up; what fills is masked from every query.
#[derive(Clone, Debug)]
pub struct TokenBatch {
    ids: Tensor,
    segments: Tensor,
    lengths: Vec<usize>,
    mask: Option<Tensor>,
}

impl TokenBatch {
    /// A batch of one.
    pub fn single(encoding: &Encoding, config: &BertConfig) -> Result<TokenBatch> {
        TokenBatch::new(&[encoding], config)
    }

    /// A batch of encodings, filled up to the longest with `[PAD]`.
    pub fn new(encodings: &[&Encoding], config: &BertConfig) -> Result<TokenBatch> {
        let ids: Vec<Vec<u32>> = encodings
            .iter()
            .map(|encoding| encoding.tokens.iter().map(|token| token.id.0).collect())
            .collect();
        let segments: Vec<Vec<u32>> = encodings
            .iter()
            .map(|encoding| {
                encoding
                    .tokens
                    .iter()
                    .map(|token| u8::from(token.segment).into())
                    .collect()
            })
            .collect();
        TokenBatch::from_ids(&ids, &segments, config)
    }

    /// Batches of encodings of one length each, so that nothing is filled up and no work is done for what fills; with
    /// each, the places of its encodings in `encodings`. A batch has at most `most_tokens` tokens in all, or one
    /// encoding. Shorter ones come first.
    pub fn by_length(
        encodings: &[&Encoding],
        most_tokens: usize,
        config: &BertConfig,
    ) -> Result<Vec<(Vec<usize>, TokenBatch)>> {
        let mut places: Vec<usize> = (0..encodings.len()).collect();
        let length = |place: usize| encodings[place].tokens.len();
        places.sort_by_key(|&place| length(place));
        places
            .chunk_by(|&a, &b| length(a) == length(b))
            .flat_map(|same| same.chunks((most_tokens / length(same[0]).max(1)).max(1)))
            .map(|places| {
                let encodings: Vec<&Encoding> = places.iter().map(|&place| encodings[place]).collect();
                Ok((places.to_vec(), TokenBatch::new(&encodings, config)?))
            })
            .collect()
    }

    /// A batch of token ids and segment numbers, each sequence as long as it is.
    ///
    /// # Errors
    /// [`ModelError::Input`] for no sequence or an empty one, for one that is longer than the model reads, for
    /// ids and segments of unlike lengths, and for ids or segments that the model does not have.
    pub fn from_ids(ids: &[Vec<u32>], segments: &[Vec<u32>], config: &BertConfig) -> Result<TokenBatch> {
        let refuse = |message: String| Err(ModelError::Input(message));
        let longest = ids.iter().map(Vec::len).max().unwrap_or(0);
        if longest == 0 || ids.iter().any(Vec::is_empty) {
            return refuse("there are no tokens".to_owned());
        }
        if longest > config.max_position_embeddings {
            return refuse(format!(
                "{longest} tokens are more than {}",
                config.max_position_embeddings
            ));
        }
        if ids.len() != segments.len() || ids.iter().zip(segments).any(|(a, b)| a.len() != b.len()) {
            return refuse("ids and segments differ in length".to_owned());
        }
        if let Some(id) = ids.iter().flatten().find(|&&id| id as usize >= config.vocab_size) {
            return refuse(format!("token id {id} is not below {}", config.vocab_size));
        }
        if let Some(number) = segments
            .iter()
            .flatten()
            .find(|&&number| number as usize >= config.type_vocab_size)
        {
            return refuse(format!(
                "segment {number} is not below {}",
                config.type_vocab_size
            ));
        }
        let filled = |rows: &[Vec<u32>], filler: u32| {
            let values: Vec<u32> = rows
                .iter()
                .flat_map(|row| {
                    row.iter()
                        .copied()
                        .chain(std::iter::repeat_n(filler, longest - row.len()))
                })
                .collect();
            Tensor::from_vec(values, (rows.len(), longest), &Device::Cpu)
        };
        let mask = if ids.iter().all(|row| row.len() == longest) {
            None
        } else {
            let values: Vec<f32> = ids
                .iter()
                .flat_map(|row| {
                    (0..longest).map(|position| {
                        if position < row.len() {
                            0.0
                        } else {
                            f32::NEG_INFINITY
                        }
                    })
                })
                .collect();
            Some(Tensor::from_vec(
                values,
                (ids.len(), 1, 1, longest),
                &Device::Cpu,
            )?)
        };
        let filler = if (config.pad_token_id as usize) < config.vocab_size {
            config.pad_token_id
        } else {
            0
        };
        Ok(TokenBatch {
            ids: filled(ids, filler)?,
            segments: filled(segments, 0)?,
            lengths: ids.iter().map(Vec::len).collect(),
            mask,
        })
    }

    /// `[B, N]`, U32.
    pub fn ids(&self) -> &Tensor {
        &self.ids
    }

    /// `[B, N]`, U32.
    pub fn segments(&self) -> &Tensor {
        &self.segments
    }

    /// `N`, the length of the longest sequence.
    pub fn tokens(&self) -> usize {
        self.ids.dims().get(1).copied().unwrap_or(0)
    }

    /// The length of each of the `B` sequences, without what fills it up.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// `[B, 1, 1, N]` to add to the attention scores: 0, and −∞ where a sequence is filled up; `None` where none
    /// is.
    pub(crate) fn mask(&self, dtype: DType) -> Result<Option<Tensor>> {
        Ok(self.mask.as_ref().map(|mask| mask.to_dtype(dtype)).transpose()?)
    }
}

/// Where the forward pass begins.
#[derive(Clone, Copy, Debug)]
pub enum EncoderInput<'a> {
    /// At the token ids.
    Tokens(&'a TokenBatch),
    /// At given word embeddings, for gradients with respect to them and for inputs between words. Positions,
    /// segments and mask come from the batch; its ids are not looked at.
    Embeddings {
        /// `[B, N, H]`, in the encoder's type.
        words: &'a Tensor,
        /// Of the same `B` and `N`.
        batch: &'a TokenBatch,
    },
    /// At a hidden state of an earlier pass of the same sequences. It is taken as it is: of the interventions only
    /// those hold that come after it.
    HiddenState {
        /// Which one.
        state: HiddenStateIdx,
        /// `[B, N, H]`, in the encoder's type.
        hidden: &'a Tensor,
        /// Of the same `B` and `N`; its ids and segments are not looked at.
        batch: &'a TokenBatch,
    },
}

impl<'a> EncoderInput<'a> {
    pub(crate) fn batch(&self) -> &'a TokenBatch {
        match self {
            EncoderInput::Tokens(batch)
            | EncoderInput::Embeddings { batch, .. }
            | EncoderInput::HiddenState { batch, .. } => batch,
        }
    }
}
