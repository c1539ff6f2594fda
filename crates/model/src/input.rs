//! What goes into the encoder.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use vitrine_record::HiddenStateIdx;

use crate::config::BertConfig;
use crate::error::{ModelError, Result};
use crate::tokenize::Encoding;

/// A sequence of tokens as the encoder reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TokenSequence {
    /// Entries of the vocabulary.
    pub ids: Vec<u32>,
    /// The number of the text that each belongs to.
    pub segments: Vec<u32>,
    /// Positions, in any order, that no query of any layer can attend to.
    pub hidden: Vec<usize>,
}

impl From<&Encoding> for TokenSequence {
    /// Nothing is hidden.
    fn from(encoding: &Encoding) -> TokenSequence {
        let tokens = &encoding.tokens;
        TokenSequence {
            ids: tokens.iter().map(|token| token.id.0).collect(),
            segments: tokens
                .iter()
                .map(|token| u8::from(token.segment).into())
                .collect(),
            hidden: Vec::new(),
        }
    }
}

impl TokenSequence {
    /// # Errors
    /// [`ModelError::Input`] for a sequence that is empty or longer than the model reads, for ids and segments of unlike
    /// numbers, for ids, segments or hidden positions that do not exist, and if every token is hidden.
    pub(crate) fn check(&self, config: &BertConfig) -> Result<()> {
        let refuse = |message: String| Err(ModelError::Input(message));
        let (length, longest) = (self.ids.len(), config.max_position_embeddings);
        if length == 0 {
            return refuse("there are no tokens".to_owned());
        }
        if length > longest {
            return refuse(format!("{length} tokens are more than {longest}"));
        }
        if length != self.segments.len() {
            return refuse("ids and segments differ in length".to_owned());
        }
        if let Some(id) = self.ids.iter().find(|&&id| id as usize >= config.vocab_size) {
            return refuse(format!("token id {id} is not below {}", config.vocab_size));
        }
        if let Some(number) = self
            .segments
            .iter()
            .find(|&&number| number as usize >= config.type_vocab_size)
        {
            return refuse(format!(
                "segment {number} is not below {}",
                config.type_vocab_size
            ));
        }
        if let Some(position) = self.hidden.iter().find(|&&position| position >= length) {
            return refuse(format!(
                "token {position} is to be hidden, but there are {length}, from 0"
            ));
        }
        if (0..length).all(|position| self.hides(position)) {
            return refuse(
                "all its tokens are hidden, so that no query has anything to attend to".to_owned(),
            );
        }
        Ok(())
    }

    fn hides(&self, position: usize) -> bool {
        self.hidden.contains(&position)
    }
}

/// Tokens of a batch of which several have the same id, segment and position, and therefore the same first hidden state.
pub(crate) struct Repeats {
    /// `[D]`: the first place, among the `B · N`, of each distinct token.
    distinct: Tensor,
    /// `[B · N]`: which of the distinct ones each token is.
    number_of_each: Tensor,
}

impl Repeats {
    /// Does to the rows of the first hidden state, `[B, N, H]`, what is done to each row by itself, once for those that are
    /// the same.
    pub(crate) fn once(
        &self,
        hidden: &Tensor,
        row_by_row: impl Fn(&Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let (batch, tokens, _) = hidden.dims3()?;
        let rows = row_by_row(&hidden.flatten_to(1)?.index_select(&self.distinct, 0)?)?;
        let width = rows.dim(1)?;
        let all = rows.index_select(&self.number_of_each, 0)?;
        Ok(all.reshape((batch, tokens, width))?)
    }
}

/// A batch of sequences of one length, shorter ones filled up; what fills is masked from every query, and so is what a
/// sequence hides.
#[derive(Clone, Debug)]
pub struct TokenBatch {
    ids: Tensor,
    segments: Tensor,
    lengths: Vec<usize>,
    hidden: Vec<Vec<usize>>,
    mask: Option<Tensor>,
}

impl TokenBatch {
    /// A batch of one.
    pub fn single(encoding: &Encoding, config: &BertConfig) -> Result<TokenBatch> {
        TokenBatch::new(&[encoding], config)
    }

    /// A batch of encodings, filled up to the longest with `[PAD]`.
    pub fn new(encodings: &[&Encoding], config: &BertConfig) -> Result<TokenBatch> {
        let sequences: Vec<TokenSequence> = encodings.iter().copied().map(TokenSequence::from).collect();
        TokenBatch::of(&sequences.iter().collect::<Vec<_>>(), config)
    }

    /// Batches of sequences of one length each, so that nothing is filled up and no work is done for what fills; with
    /// each, the places of its sequences in `sequences`. A batch has at most `most_tokens` tokens in all, or one
    /// sequence. Shorter ones come first.
    pub fn by_length(
        sequences: &[TokenSequence],
        most_tokens: usize,
        config: &BertConfig,
    ) -> Result<Vec<(Vec<usize>, TokenBatch)>> {
        let mut places: Vec<usize> = (0..sequences.len()).collect();
        let length = |place: usize| sequences[place].ids.len();
        places.sort_by_key(|&place| length(place));
        places
            .chunk_by(|&a, &b| length(a) == length(b))
            .flat_map(|same| same.chunks((most_tokens / length(same[0]).max(1)).max(1)))
            .map(|places| {
                let sequences: Vec<&TokenSequence> = places.iter().map(|&place| &sequences[place]).collect();
                Ok((places.to_vec(), TokenBatch::of(&sequences, config)?))
            })
            .collect()
    }

    /// A batch of token ids and segment numbers, each sequence as long as it is, none of which hides anything.
    ///
    /// # Errors
    /// [`ModelError::Input`] for no sequence or an empty one, for one that is longer than the model reads, for
    /// ids and segments of unlike lengths, and for ids or segments that the model does not have.
    pub fn from_ids(ids: &[Vec<u32>], segments: &[Vec<u32>], config: &BertConfig) -> Result<TokenBatch> {
        if ids.len() != segments.len() {
            return Err(ModelError::Input("ids and segments differ in length".to_owned()));
        }
        let sequence = |(ids, segments): (&Vec<u32>, &Vec<u32>)| TokenSequence {
            ids: ids.clone(),
            segments: segments.clone(),
            hidden: Vec::new(),
        };
        let sequences: Vec<TokenSequence> = ids.iter().zip(segments).map(sequence).collect();
        TokenBatch::of(&sequences.iter().collect::<Vec<_>>(), config)
    }

    /// A batch of sequences, filled up to the longest with `[PAD]`.
    ///
    /// # Errors
    /// [`ModelError::Input`] for no sequence, and for one that does not fit the model.
    pub fn of(sequences: &[&TokenSequence], config: &BertConfig) -> Result<TokenBatch> {
        let longest = sequences.iter().map(|sequence| sequence.ids.len()).max();
        let longest = longest.ok_or_else(|| ModelError::Input("there are no tokens".to_owned()))?;
        for sequence in sequences {
            sequence.check(config)?;
        }
        let filled = |rows: fn(&TokenSequence) -> &[u32], filler: u32| {
            let values: Vec<u32> = sequences
                .iter()
                .flat_map(|sequence| {
                    let row = rows(sequence);
                    let filling = std::iter::repeat_n(filler, longest - row.len());
                    row.iter().copied().chain(filling)
                })
                .collect();
            Tensor::from_vec(values, (sequences.len(), longest), &Device::Cpu)
        };
        let is_masked =
            |sequence: &TokenSequence, position| position >= sequence.ids.len() || sequence.hides(position);
        let whole = |sequence: &&TokenSequence| sequence.ids.len() == longest && sequence.hidden.is_empty();
        let mask = if sequences.iter().all(whole) {
            None
        } else {
            let value = |masked| if masked { f32::NEG_INFINITY } else { 0.0 };
            let values: Vec<f32> = sequences
                .iter()
                .flat_map(|sequence| (0..longest).map(move |position| value(is_masked(sequence, position))))
                .collect();
            Some(Tensor::from_vec(
                values,
                (sequences.len(), 1, 1, longest),
                &Device::Cpu,
            )?)
        };
        let filler = if (config.pad_token_id as usize) < config.vocab_size {
            config.pad_token_id
        } else {
            0
        };
        Ok(TokenBatch {
            ids: filled(|sequence| &sequence.ids, filler)?,
            segments: filled(|sequence| &sequence.segments, 0)?,
            lengths: sequences.iter().map(|sequence| sequence.ids.len()).collect(),
            hidden: sequences.iter().map(|sequence| sequence.hidden.clone()).collect(),
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

    /// Which of its tokens are the same, if enough of them are: of one text in many masked versions most.
    ///
    /// # Errors
    /// Those of reading its tensors.
    pub(crate) fn repeats(&self) -> Result<Option<Repeats>> {
        let (ids, segments) = (self.ids.to_vec2::<u32>()?, self.segments.to_vec2::<u32>()?);
        let mut numbers = HashMap::new();
        let (mut distinct, mut number_of_each) = (Vec::new(), Vec::new());
        for (ids, segments) in ids.iter().zip(&segments) {
            for (position, (id, segment)) in ids.iter().zip(segments).enumerate() {
                let number = *numbers.entry((position, id, segment)).or_insert_with(|| {
                    distinct.push(number_of_each.len() as u32);
                    distinct.len() as u32 - 1
                });
                number_of_each.push(number);
            }
        }
        if 4 * distinct.len() > 3 * number_of_each.len() {
            return Ok(None);
        }
        let tensor = |numbers: Vec<u32>| Tensor::new(numbers, &Device::Cpu);
        Ok(Some(Repeats {
            distinct: tensor(distinct)?,
            number_of_each: tensor(number_of_each)?,
        }))
    }

    /// Whether a sequence lets queries attend to a token of its own.
    pub(crate) fn shows(&self, sequence: usize, position: usize) -> bool {
        position < self.lengths[sequence] && !self.hidden[sequence].contains(&position)
    }

    /// `[B, 1, 1, N]` to add to the attention scores: 0, and −∞ where a sequence is filled up or hides a token; `None`
    /// where there is nothing of either.
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
