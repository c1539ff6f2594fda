//! Named tensors on their way into an encoder.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};

use crate::embeddings::WordEmbeddings;
use crate::error::{ModelError, Result};
use crate::linear::Multiplier;

/// Tensors under their Hugging Face names, as a file of weights held them or as a training run owns them.
///
/// Names are found with or without the prefix `bert.`, and layer normalisations with their older spellings
/// `gamma` and `beta`.
#[derive(Debug)]
pub struct Weights {
    tensors: HashMap<String, Tensor>,
    words: Option<WordEmbeddings>,
    dtype: DType,
    multiplier: Multiplier,
}

const PREFIX: &str = "bert.";
pub(crate) const WORD_EMBEDDINGS: &str = "embeddings.word_embeddings.weight";

impl Weights {
    /// Takes tensors by name; they are converted to `dtype` (F32 or F64) as they are taken out.
    pub fn new(tensors: HashMap<String, Tensor>, dtype: DType) -> Weights {
        Weights {
            tensors,
            words: None,
            dtype,
            multiplier: Multiplier::default(),
        }
    }

    /// Reads a `model.safetensors` with F32, F16 or BF16 tensors.
    ///
    /// # Errors
    /// [`ModelError::WeightsFormat`] if the bytes are no safetensors file.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Weights> {
        let file = safetensors::SafeTensors::deserialize(bytes)
            .map_err(|error| ModelError::WeightsFormat(format!("not a safetensors file: {error}")))?;
        let mut tensors = HashMap::new();
        for (name, view) in file.tensors() {
            let dtype = match view.dtype() {
                safetensors::Dtype::F64 => DType::F64,
                safetensors::Dtype::F32 => DType::F32,
                safetensors::Dtype::F16 => DType::F16,
                safetensors::Dtype::BF16 => DType::BF16,
                // Some files keep `position_ids` and the like; no weight of the encoder is an integer.
                _ => continue,
            };
            let tensor = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)?;
            tensors.insert(name, tensor.to_dtype(DType::F32)?);
        }
        Ok(Weights::new(tensors, DType::F32))
    }

    pub(crate) fn with_words(mut self, words: WordEmbeddings) -> Weights {
        self.words = Some(words);
        self
    }

    /// Sets the type in which the encoder will compute.
    pub fn to_dtype(mut self, dtype: DType) -> Weights {
        self.dtype = dtype;
        self
    }

    /// Sets who multiplies, in place of the quicker one. It is candle in any case for F64, and for weights that are
    /// [`candle_core::Var`]s or come from such: they get gradients.
    pub fn with_multiplier(mut self, multiplier: Multiplier) -> Weights {
        self.multiplier = multiplier;
        self
    }

    pub(crate) fn multiplier(&self) -> Multiplier {
        self.multiplier
    }

    pub(crate) fn dtype(&self) -> DType {
        self.dtype
    }

    /// The tensor's own name in this collection, whichever of its spellings that is.
    fn key(&self, name: &str) -> Option<String> {
        let older = if let Some(stem) = name.strip_suffix("LayerNorm.weight") {
            Some(format!("{stem}LayerNorm.gamma"))
        } else {
            name.strip_suffix("LayerNorm.bias")
                .map(|stem| format!("{stem}LayerNorm.beta"))
        };
        let spellings = std::iter::once(name.to_owned()).chain(older);
        spellings
            .flat_map(|spelling| [format!("{PREFIX}{spelling}"), spelling])
            .find(|candidate| self.tensors.contains_key(candidate))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    /// How many classes the classifier tells apart, if there is one.
    pub(crate) fn classes(&self) -> Option<usize> {
        let classifier = self.tensors.get(&self.key("classifier.weight")?)?;
        classifier.dims().first().copied()
    }

    /// Takes a tensor out, so that its memory is free as soon as the encoder does not need it in this form.
    pub(crate) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let missing = || ModelError::WeightMissing {
            name: name.to_owned(),
        };
        let key = self.key(name).ok_or_else(missing)?;
        let tensor = self.tensors.remove(&key).ok_or_else(missing)?;
        if tensor.dims() != shape {
            return Err(ModelError::WeightShape {
                name: name.to_owned(),
                found: tensor.dims().to_vec(),
                expected: shape.to_vec(),
            });
        }
        Ok(tensor.to_dtype(self.dtype)?)
    }

    /// All tensors as Hugging Face's `BertForSequenceClassification` names them, word embeddings unpacked.
    pub(crate) fn into_hugging_face(self) -> Result<BTreeMap<String, Tensor>> {
        let mut named = BTreeMap::new();
        for (name, tensor) in self.tensors {
            let bare = name.strip_prefix(PREFIX).unwrap_or(&name);
            let bare = bare
                .replace("LayerNorm.gamma", "LayerNorm.weight")
                .replace("LayerNorm.beta", "LayerNorm.bias");
            let outside = bare.starts_with("classifier.");
            named.insert(if outside { bare } else { format!("{PREFIX}{bare}") }, tensor);
        }
        if let Some(words) = self.words {
            named.insert(format!("{PREFIX}{WORD_EMBEDDINGS}"), words.table(DType::F32)?);
        }
        Ok(named)
    }

    pub(crate) fn take_words(&mut self, vocabulary: usize, hidden: usize) -> Result<WordEmbeddings> {
        match self.words.take() {
            Some(words) => words.checked(vocabulary, hidden),
            None => Ok(WordEmbeddings::Dense(
                self.take(WORD_EMBEDDINGS, &[vocabulary, hidden])?,
            )),
        }
    }
}
