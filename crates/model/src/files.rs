//! The files of a model, before it is loaded: from the packed file, and from and to a Hugging Face folder.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Tensor};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::config::BertConfig;
use crate::error::{ModelError, Result};
use crate::tokenize::BertTokenizer;
use crate::weights::Weights;

/// Everything that makes a model: configuration, tokenizer, weights.
pub struct ModelFiles {
    /// A short name.
    pub id: String,
    /// SHA-256 of the file of weights, in lower-case hexadecimal.
    pub hash: String,
    /// The model's shape.
    pub config: BertConfig,
    /// Its tokenizer.
    pub tokenizer: BertTokenizer,
    /// Whether the tokenizer lowercases.
    pub lowercase: bool,
    /// The limit that the tokenizer's configuration sets, if it sets one below the model's own.
    pub max_tokens: Option<usize>,
    /// The tensors.
    pub weights: Weights,
}

/// SHA-256 in lower-case hexadecimal.
///
/// ```
/// let hash = vitrine_model::sha256_hex(b"abc");
/// assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What is read of a `tokenizer_config.json`.
#[derive(Deserialize)]
struct TokenizerConfig {
    #[serde(default)]
    do_lower_case: Option<bool>,
    /// Hugging Face writes 1e30 where there is no limit, which is no integer.
    #[serde(default)]
    model_max_length: Option<f64>,
}

/// The texts and bytes of a Hugging Face folder, wherever they were read from.
#[derive(Clone, Copy, Debug, Default)]
pub struct HuggingFaceFiles<'a> {
    /// `config.json`.
    pub config: &'a [u8],
    /// `tokenizer.json`, if there is one.
    pub tokenizer: Option<&'a [u8]>,
    /// `vocab.txt`, read where there is no `tokenizer.json`.
    pub vocabulary: Option<&'a str>,
    /// `tokenizer_config.json`, if there is one.
    pub tokenizer_config: Option<&'a [u8]>,
    /// `model.safetensors`.
    pub weights: &'a [u8],
}

impl ModelFiles {
    /// Reads the files of a Hugging Face folder. `id` is what the model will be called.
    ///
    /// # Errors
    /// Says which of the files is missing or cannot be used, and why.
    pub fn from_hugging_face(id: &str, files: HuggingFaceFiles<'_>) -> Result<ModelFiles> {
        let config = BertConfig::from_json(files.config)?;
        let settings: Option<TokenizerConfig> = files
            .tokenizer_config
            .map(serde_json::from_slice)
            .transpose()
            .map_err(|error| ModelError::Tokenizer(format!("tokenizer_config.json: {error}")))?;
        let lowercase = settings
            .as_ref()
            .and_then(|settings| settings.do_lower_case)
            .unwrap_or(true);
        let tokenizer = match (files.tokenizer, files.vocabulary) {
            (Some(json), _) => BertTokenizer::from_json(json)?,
            (None, Some(vocabulary)) => BertTokenizer::from_vocabulary(vocabulary, lowercase)?,
            (None, None) => {
                return Err(ModelError::Tokenizer(
                    "there is neither a tokenizer.json nor a vocab.txt".to_owned(),
                ));
            }
        };
        let max_tokens = settings
            .and_then(|settings| settings.model_max_length)
            .filter(|length| *length >= 3.0 && *length < config.max_position_embeddings as f64)
            .map(|length| length as usize);
        let weights = Weights::from_safetensors(files.weights)?;
        let hash = sha256_hex(files.weights);
        Ok(ModelFiles {
            id: id.to_owned(),
            hash,
            config,
            tokenizer,
            lowercase,
            max_tokens,
            weights,
        })
    }

    /// Reads a Hugging Face folder: `config.json`, `model.safetensors`, and `tokenizer.json` or `vocab.txt`.
    pub fn from_folder(folder: &Path) -> Result<ModelFiles> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| ModelError::file(&path, error))
        };
        let optional = |name: &str| {
            if folder.join(name).exists() {
                read(name).map(Some)
            } else {
                Ok(None)
            }
        };
        let (config, weights) = (read("config.json")?, read("model.safetensors")?);
        let (tokenizer, vocabulary) = (optional("tokenizer.json")?, optional("vocab.txt")?);
        let tokenizer_config = optional("tokenizer_config.json")?;
        let vocabulary = vocabulary
            .map(String::from_utf8)
            .transpose()
            .map_err(|error| ModelError::Tokenizer(format!("vocab.txt is not UTF-8: {error}")))?;
        let id = folder
            .file_name()
            .map_or_else(|| "model".into(), |name| name.to_string_lossy());
        ModelFiles::from_hugging_face(
            &id,
            HuggingFaceFiles {
                config: &config,
                tokenizer: tokenizer.as_deref(),
                vocabulary: vocabulary.as_deref(),
                tokenizer_config: tokenizer_config.as_deref(),
                weights: &weights,
            },
        )
    }

    /// Writes a folder that PyTorch's transformers load as it is: F32 weights, configuration, tokenizer. Loaded
    /// here again, it gives the same numbers; written twice, it has the same bytes.
    pub fn export_folder(mut self, folder: &Path) -> Result<()> {
        self.config.name_classes(&self.weights);
        std::fs::create_dir_all(folder).map_err(|error| ModelError::file(folder, error))?;
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).map_err(|error| ModelError::file(&path, error))
        };
        let limit = self.max_tokens.unwrap_or(self.config.max_position_embeddings);
        let tokenizer_config = json!({
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": self.lowercase,
            "model_max_length": limit,
            "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]",
            "mask_token": "[MASK]", "unk_token": "[UNK]",
        });
        write("config.json", &self.config.to_json()?)?;
        write(
            "tokenizer_config.json",
            format!("{tokenizer_config:#}\n").as_bytes(),
        )?;
        write("tokenizer.json", &self.tokenizer.to_json()?)?;
        write("vocab.txt", self.tokenizer.vocabulary_lines().as_bytes())?;

        let tensors = self.weights.into_hugging_face()?;
        let mut views = Vec::new();
        for (name, tensor) in &tensors {
            let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            views.push((name, tensor.dims().to_vec(), bytes));
        }
        let views = views
            .iter()
            .map(|(name, shape, bytes)| {
                Ok((
                    *name,
                    safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes)?,
                ))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
        let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        let bytes = views
            .and_then(|views| safetensors::serialize(views, Some(format)))
            .map_err(|error| ModelError::WeightsFormat(error.to_string()))?;
        write("model.safetensors", &bytes)
    }

    /// All tensors under their Hugging Face names, unpacked to F32.
    pub fn into_tensors(self) -> Result<HashMap<String, Tensor>> {
        Ok(self.weights.into_hugging_face()?.into_iter().collect())
    }
}
