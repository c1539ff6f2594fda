//! Named tensors on their way into an encoder.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Result as CandleResult, Tensor};

use crate::embeddings::WordEmbeddings;
use crate::error::{ModelError, Result};
use crate::linear::Multiplier;

/// Tensors under their Hugging Face names, as a file of weights held them or as a training run owns them.
///
/// Names are found with or without the prefix `bert.`, and layer normalisations with their older spellings
/// `gamma` and `beta`.
#[derive(Debug)]
pub struct Weights {
    tensors: HashMap<String, Weight>,
    dtype: DType,
    multiplier: Multiplier,
}

/// A tensor as it was stored.
#[derive(Debug)]
pub(crate) enum Weight {
    /// In floating-point numbers.
    Plain(Tensor),
    /// In blocks of Q8_0.
    Blocks(QTensor),
}

impl From<Tensor> for Weight {
    fn from(tensor: Tensor) -> Weight {
        Weight::Plain(tensor)
    }
}

impl Weight {
    /// Keeps Q8_0 as it is, and unpacks all else.
    pub(crate) fn from_quantized(tensor: QTensor) -> CandleResult<Weight> {
        match tensor.dtype() {
            GgmlDType::Q8_0 => Ok(Weight::Blocks(tensor)),
            _ => tensor.dequantize(&Device::Cpu).map(Weight::Plain),
        }
    }

    fn dims(&self) -> &[usize] {
        match self {
            Weight::Plain(tensor) => tensor.dims(),
            Weight::Blocks(tensor) => tensor.shape().dims(),
        }
    }

    /// The blocks, if it is stored so.
    pub(crate) fn blocks(&self) -> Option<&QTensor> {
        match self {
            Weight::Plain(_) => None,
            Weight::Blocks(tensor) => Some(tensor),
        }
    }

    /// Whether gradients reach it.
    pub(crate) fn track_op(&self) -> bool {
        match self {
            Weight::Plain(tensor) => tensor.track_op(),
            Weight::Blocks(_) => false,
        }
    }

    pub(crate) fn into_tensor(self, dtype: DType) -> CandleResult<Tensor> {
        match self {
            Weight::Plain(tensor) => tensor.to_dtype(dtype),
            Weight::Blocks(tensor) => tensor.dequantize(&Device::Cpu)?.to_dtype(dtype),
        }
    }
}

const PREFIX: &str = "bert.";
const WORD_EMBEDDINGS: &str = "embeddings.word_embeddings.weight";

impl Weights {
    /// Takes tensors by name; they are converted to `dtype` (F32 or F64) as they are taken out.
    pub fn new(tensors: HashMap<String, Tensor>, dtype: DType) -> Weights {
        let stored = tensors.into_iter().map(|(name, tensor)| (name, tensor.into()));
        Weights::from_stored(stored.collect(), dtype)
    }

    /// Takes tensors as they were stored.
    pub(crate) fn from_stored(tensors: HashMap<String, Weight>, dtype: DType) -> Weights {
        Weights {
            tensors,
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
        Ok(self.take_stored(name, shape)?.into_tensor(self.dtype)?)
    }

    /// The same, as it was stored.
    pub(crate) fn take_stored(&mut self, name: &str, shape: &[usize]) -> Result<Weight> {
        let missing = || ModelError::WeightMissing {
            name: name.to_owned(),
        };
        let key = self.key(name).ok_or_else(missing)?;
        let weight = self.tensors.remove(&key).ok_or_else(missing)?;
        if weight.dims() != shape {
            return Err(ModelError::WeightShape {
                name: name.to_owned(),
                found: weight.dims().to_vec(),
                expected: shape.to_vec(),
            });
        }
        Ok(weight)
    }

    /// All tensors as Hugging Face's `BertForSequenceClassification` names them, unpacked to F32 if they were packed.
    pub(crate) fn into_hugging_face(self) -> Result<BTreeMap<String, Tensor>> {
        let mut named = BTreeMap::new();
        for (name, weight) in self.tensors {
            let bare = name.strip_prefix(PREFIX).unwrap_or(&name);
            let bare = bare
                .replace("LayerNorm.gamma", "LayerNorm.weight")
                .replace("LayerNorm.beta", "LayerNorm.bias");
            let outside = bare.starts_with("classifier.");
            let tensor = match weight {
                Weight::Plain(tensor) => tensor,
                Weight::Blocks(_) => weight.into_tensor(DType::F32)?,
            };
            named.insert(if outside { bare } else { format!("{PREFIX}{bare}") }, tensor);
        }
        Ok(named)
    }

    /// The word embeddings, `[vocabulary, hidden]`, packed as they may be.
    pub(crate) fn take_words(&mut self, vocabulary: usize, hidden: usize) -> Result<WordEmbeddings> {
        match self.take_stored(WORD_EMBEDDINGS, &[vocabulary, hidden])? {
            Weight::Blocks(table) => Ok(WordEmbeddings::Packed(Arc::new(table))),
            plain => Ok(WordEmbeddings::Dense(plain.into_tensor(self.dtype)?)),
        }
    }
}
