//! The one file that Vitrine ships a model in: GGUF with Q8_0 weights under Hugging Face names, and configuration
//! and vocabulary in its metadata.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Tensor};

use crate::config::BertConfig;
use crate::error::{ModelError, Result};
use crate::files::ModelFiles;
use crate::tokenize::BertTokenizer;
use crate::weights::{Weight, Weights};

const ARCHITECTURE: &str = "general.architecture";
const NAME: &str = "general.name";
const CONFIG: &str = "vitrine.config";
const VOCABULARY: &str = "vitrine.vocabulary";
const LOWERCASE: &str = "vitrine.lowercase";
/// Key of the metadata under which [`pack`] keeps [`ModelFiles::max_tokens`], in decimal, where that is set. A file
/// without it reads as many tokens as its configuration has positions.
pub const MAX_TOKENS: &str = "vitrine.max_tokens";

/// Packs a model. Matrices whose rows are whole blocks of 32 become Q8_0, all else stays F32; the classifier, a
/// few hundred numbers, stays F32 too. The same input gives the same bytes.
///
/// `tensors` have Hugging Face names, `vocabulary` is a `vocab.txt`, and `metadata` adds strings such as
/// `general.license` and [`MAX_TOKENS`].
pub fn pack(
    name: &str,
    config: &BertConfig,
    vocabulary: &str,
    lowercase: bool,
    tensors: &HashMap<String, Tensor>,
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>> {
    let config = String::from_utf8_lossy(&config.to_json()?).into_owned();
    let string = |value: &str| Value::String(value.to_owned());
    let mut entries: BTreeMap<&str, Value> = BTreeMap::from([
        (ARCHITECTURE, string("bert")),
        (NAME, string(name)),
        (CONFIG, Value::String(config)),
        (VOCABULARY, string(vocabulary)),
        (LOWERCASE, Value::Bool(lowercase)),
    ]);
    entries.extend(metadata.iter().map(|(key, value)| (key.as_str(), string(value))));

    let sorted: BTreeMap<&String, &Tensor> = tensors.iter().collect();
    let mut packed = Vec::new();
    for (name, tensor) in sorted {
        let blocks =
            tensor.rank() == 2 && tensor.dim(1)?.is_multiple_of(32) && !name.starts_with("classifier");
        let dtype = if blocks { GgmlDType::Q8_0 } else { GgmlDType::F32 };
        packed.push((
            name.as_str(),
            QTensor::quantize(&tensor.to_dtype(DType::F32)?, dtype)?,
        ));
    }
    let entries: Vec<(&str, &Value)> = entries.iter().map(|(key, value)| (*key, value)).collect();
    let packed: Vec<(&str, &QTensor)> = packed.iter().map(|(name, tensor)| (*name, tensor)).collect();
    let mut file = Cursor::new(Vec::new());
    gguf_file::write(&mut file, &entries, &packed)?;
    Ok(file.into_inner())
}

/// Reads what [`pack`] wrote. `hash` is the file's SHA-256, which the caller has from checking it.
///
/// Weights stay in Q8_0 until they are taken: who takes them knows whether they must be unpacked.
///
/// # Errors
/// [`ModelError::WeightsFormat`] if the bytes are no GGUF file, are cut short, or are another program's GGUF;
/// [`ModelError::Config`] and [`ModelError::Tokenizer`] if what they say of the model cannot be used.
pub fn unpack(bytes: &[u8], hash: String) -> Result<ModelFiles> {
    let unreadable = |problem: String| ModelError::WeightsFormat(problem);
    // No file of ours sets an alignment of its own, and candle divides by one that is zero.
    const ALIGNMENT: &[u8] = b"general.alignment";
    let header = &bytes[..bytes.len().min(1 << 20)];
    if header.windows(ALIGNMENT.len()).any(|window| window == ALIGNMENT) {
        return Err(unreadable(
            "a GGUF file with an alignment of its own is not read here".to_owned(),
        ));
    }
    let mut reader = Cursor::new(bytes);
    let content = gguf_file::Content::read(&mut reader)
        .map_err(|error| unreadable(format!("not a GGUF file: {error}")))?;
    let text = |key: &str| match content.metadata.get(key) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(unreadable(format!(
            "its metadata has no text {key}; it was not packed for Vitrine"
        ))),
    };
    let config = BertConfig::from_json(text(CONFIG)?.as_bytes())?;
    let lowercase = !matches!(content.metadata.get(LOWERCASE), Some(Value::Bool(false)));
    let tokenizer = BertTokenizer::from_vocabulary(text(VOCABULARY)?, lowercase)?;
    let id = text(NAME)?.to_owned();
    let max_tokens = match content.metadata.get(MAX_TOKENS) {
        None => None,
        Some(_) => Some(limit(text(MAX_TOKENS)?, &config)?),
    };

    let mut tensors = HashMap::new();
    for (name, info) in &content.tensor_infos {
        // candle multiplies the dimensions without looking; no format packs eight values into a byte.
        let values = info
            .shape
            .dims()
            .iter()
            .try_fold(1usize, |product, &dim| product.checked_mul(dim));
        if values.is_none_or(|values| values / 8 > bytes.len()) {
            return Err(unreadable(format!(
                "tensor {name} claims the shape {:?}",
                info.shape
            )));
        }
        let tensor = content
            .tensor(&mut reader, name, &Device::Cpu)
            .map_err(|error| unreadable(format!("tensor {name}: {error}")))?;
        tensors.insert(name.clone(), Weight::from_quantized(tensor)?);
    }
    Ok(ModelFiles {
        id,
        hash,
        config,
        tokenizer,
        lowercase,
        max_tokens,
        weights: Weights::from_stored(tensors, DType::F32),
    })
}

/// A limit of tokens that the model can keep, with room between `[CLS]` and `[SEP]`.
fn limit(text: &str, config: &BertConfig) -> Result<usize> {
    let possible = 3..=config.max_position_embeddings;
    text.parse()
        .ok()
        .filter(|limit| possible.contains(limit))
        .ok_or_else(|| {
            ModelError::Config(format!(
                "{MAX_TOKENS} is {text:?}; it must be from 3 to {}",
                config.max_position_embeddings
            ))
        })
}
