//! A loaded model: an encoder with its tokenizer.

use std::path::Path;

use vitrine_record::{MaskedToken, ModelInfo, TokenId};

use crate::encoder::Encoder;
use crate::error::{ModelError, Result};
use crate::files::ModelFiles;
use crate::input::{EncoderInput, TokenBatch};
use crate::intervention::Intervention;
use crate::packed;
use crate::tokenize::{BertTokenizer, Encoding};
use crate::trace::{EncoderOutput, Trace};

/// An encoder with its tokenizer, ready to answer.
pub struct Model {
    info: ModelInfo,
    encoder: Encoder,
    tokenizer: BertTokenizer,
}

impl Model {
    /// Loads what the files hold.
    pub fn new(files: ModelFiles) -> Result<Model> {
        let ModelFiles {
            id,
            hash,
            config,
            tokenizer,
            max_tokens,
            weights,
            ..
        } = files;
        let encoder = Encoder::new(config, weights)?;
        let config = encoder.config();
        let info = ModelInfo {
            id,
            hash,
            layers: config.num_hidden_layers,
            heads: config.num_attention_heads,
            hidden: config.hidden_size,
            intermediate: config.intermediate_size,
            max_tokens: max_tokens.unwrap_or(config.max_position_embeddings),
            labels: if encoder.has_classifier() {
                config.labels()
            } else {
                Vec::new()
            },
        };
        Ok(Model {
            info,
            encoder,
            tokenizer,
        })
    }

    /// Loads the packed file that Vitrine ships. `hash` is its SHA-256.
    pub fn from_gguf(bytes: &[u8], hash: String) -> Result<Model> {
        Model::new(packed::unpack(bytes, hash)?)
    }

    /// Loads a Hugging Face folder.
    pub fn from_folder(folder: &Path) -> Result<Model> {
        Model::new(ModelFiles::from_folder(folder)?)
    }

    /// What it is.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &BertTokenizer {
        &self.tokenizer
    }

    /// The number of a token that may stand for a missing one.
    ///
    /// # Errors
    /// [`ModelError::Input`] if the vocabulary has no such token.
    pub fn token_id(&self, token: MaskedToken) -> Result<TokenId> {
        let (name, id) = match token {
            MaskedToken::Kept(id) => return Ok(id),
            MaskedToken::Mask => ("[MASK]", self.tokenizer.mask_id()),
            MaskedToken::Pad => ("[PAD]", self.tokenizer.pad_id()),
        };
        id.ok_or_else(|| ModelError::Input(format!("the model's vocabulary has no {name}")))
    }

    /// What is said where a prediction was asked for and there is none.
    pub fn lacks_classifier(&self) -> ModelError {
        ModelError::Input(format!("the model {} has no classifier", self.info.id))
    }

    /// Tokenizes a text, or two, cutting what is longer than the model reads. A second text that is empty counts
    /// as none, as in Hugging Face's transformers.
    pub fn tokenize(&self, text: &str, pair: Option<&str>) -> Result<Encoding> {
        let pair = pair.filter(|pair| !pair.is_empty());
        self.tokenizer.encode(text, pair, self.info.max_tokens)
    }

    /// Runs one encoding, as a batch of one.
    pub fn run(
        &self,
        encoding: &Encoding,
        interventions: &[Intervention],
        trace: &mut Trace,
    ) -> Result<EncoderOutput> {
        let batch = TokenBatch::single(encoding, self.encoder.config())?;
        self.encoder
            .forward(EncoderInput::Tokens(&batch), interventions, trace)
    }
}
