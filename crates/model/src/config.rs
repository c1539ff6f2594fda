//! The shape of a BERT, as `config.json` of a Hugging Face folder states it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, Result};
use crate::weights::Weights;

/// The fields of a Hugging Face `config.json` that this encoder obeys, under their names there.
///
/// ```
/// let config = vitrine_model::BertConfig::from_json(br#"{
///     "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
///     "vocab_size": 30, "max_position_embeddings": 12, "type_vocab_size": 2
/// }"#)?;
/// assert_eq!(config.head_size(), 4);
/// assert!(config.labels().is_empty());
/// # Ok::<(), vitrine_model::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BertConfig {
    /// Must be `bert` where it is given.
    #[serde(default = "bert")]
    pub model_type: String,
    /// Hugging Face class names; written on export.
    #[serde(default, deserialize_with = "null_as_default")]
    pub architectures: Vec<String>,
    /// Width of a hidden state.
    pub hidden_size: usize,
    /// Encoder layers.
    pub num_hidden_layers: usize,
    /// Heads in each layer; divides `hidden_size`.
    pub num_attention_heads: usize,
    /// Neurons in each layer's MLP.
    pub intermediate_size: usize,
    /// Entries of the vocabulary.
    pub vocab_size: usize,
    /// Longest input in tokens.
    pub max_position_embeddings: usize,
    /// Segments that the model tells apart.
    pub type_vocab_size: usize,
    /// Added to the variance in layer normalisation.
    #[serde(default = "default_epsilon")]
    pub layer_norm_eps: f64,
    /// Activation of the MLP neurons; only the exact `gelu` is known.
    #[serde(default = "gelu")]
    pub hidden_act: String,
    /// The token that fills batches up.
    #[serde(default, deserialize_with = "null_as_default")]
    pub pad_token_id: u32,
    /// Class names by number, as decimal strings.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub id2label: BTreeMap<String, String>,
    /// The inverse of `id2label`.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub label2id: BTreeMap<String, usize>,
}

/// Fields that change what a BERT computes, and of which only the usual value is known here.
#[derive(Deserialize)]
struct Variants {
    position_embedding_type: Option<String>,
    is_decoder: Option<bool>,
}

impl Variants {
    fn check(&self) -> Result<()> {
        if let Some(other) = self
            .position_embedding_type
            .as_deref()
            .filter(|kind| *kind != "absolute")
        {
            return Err(ModelError::Config(format!(
                "position_embedding_type is {other:?}; only absolute is known here"
            )));
        }
        if self.is_decoder == Some(true) {
            return Err(ModelError::Config(
                "is_decoder is true; only encoders, whose tokens see each other both ways, are known here"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// Hugging Face writes `null` where a model leaves a field open.
fn null_as_default<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn bert() -> String {
    "bert".to_owned()
}

fn gelu() -> String {
    "gelu".to_owned()
}

fn default_epsilon() -> f64 {
    1e-12
}

/// No dimension of a BERT comes near this; larger ones would only exhaust memory.
const LARGEST_DIMENSION: usize = 1 << 20;

impl BertConfig {
    /// Reads and checks a `config.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] names the field that is missing or that this encoder cannot obey.
    pub fn from_json(bytes: &[u8]) -> Result<BertConfig> {
        let unreadable = |error: serde_json::Error| ModelError::Config(error.to_string());
        let config: BertConfig = serde_json::from_slice(bytes).map_err(unreadable)?;
        config.check()?;
        let variants: Variants = serde_json::from_slice(bytes).map_err(unreadable)?;
        variants.check()?;
        Ok(config)
    }

    /// Writes a `config.json`.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self).map_err(|error| ModelError::Config(error.to_string()))
    }

    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(ModelError::Config(message));
        if self.model_type != "bert" {
            return refuse(format!(
                "model_type is {:?}; only bert is known here",
                self.model_type
            ));
        }
        if self.hidden_act != "gelu" {
            return refuse(format!(
                "hidden_act is {:?}; only gelu is known here",
                self.hidden_act
            ));
        }
        for (name, value) in [
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("vocab_size", self.vocab_size),
            ("max_position_embeddings", self.max_position_embeddings),
            ("type_vocab_size", self.type_vocab_size),
        ] {
            if value == 0 || value > LARGEST_DIMENSION {
                return refuse(format!(
                    "{name} is {value}; it must be from 1 to {LARGEST_DIMENSION}"
                ));
            }
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return refuse(format!(
                "hidden_size {} is no multiple of num_attention_heads {}",
                self.hidden_size, self.num_attention_heads
            ));
        }
        if self.max_position_embeddings < 3 {
            return refuse("max_position_embeddings leaves no room between [CLS] and [SEP]".to_owned());
        }
        if !self.layer_norm_eps.is_finite() || self.layer_norm_eps < 0.0 {
            return refuse(format!(
                "layer_norm_eps is {}; it must be a number from 0 upwards",
                self.layer_norm_eps
            ));
        }
        for number in 0..self.id2label.len() {
            if !self.id2label.contains_key(&number.to_string()) {
                return refuse(format!(
                    "id2label has {} entries but no {number}",
                    self.id2label.len()
                ));
            }
        }
        Ok(())
    }

    /// Width of one head's query, key and value.
    pub fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }

    /// Class names in label-id order; empty where the configuration names none.
    pub fn labels(&self) -> Vec<String> {
        (0..self.id2label.len())
            .filter_map(|number| self.id2label.get(&number.to_string()).cloned())
            .collect()
    }

    /// Names the classes of the weights `LABEL_0`, `LABEL_1` and so on, as Hugging Face transformers do, where the
    /// configuration has no names for them.
    pub(crate) fn name_classes(&mut self, weights: &Weights) {
        if let (true, Some(classes)) = (self.id2label.is_empty(), weights.classes()) {
            let labels: Vec<String> = (0..classes).map(|id| format!("LABEL_{id}")).collect();
            self.set_labels(&labels.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    /// Sets class names in label-id order.
    pub fn set_labels(&mut self, labels: &[&str]) {
        self.id2label = labels
            .iter()
            .enumerate()
            .map(|(id, label)| (id.to_string(), (*label).to_owned()))
            .collect();
        self.label2id = labels
            .iter()
            .enumerate()
            .map(|(id, label)| ((*label).to_owned(), id))
            .collect();
    }
}
