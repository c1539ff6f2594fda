//! The weights that fine-tuning starts from, and the tensors that it trains.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor, Var};
use rand::Rng;
use rand_distr::{Distribution, Normal};
use vitrine_model::{BertConfig, BertTokenizer, Encoder, Weights};

use crate::optimiser::{AdamW, Parameters};

/// Class names in label-id order.
pub const LABELS: [&str; 2] = ["NEGATIVE", "POSITIVE"];

const WORD_EMBEDDINGS: &str = "embeddings.word_embeddings.weight";

/// A model in training: the encoder shares its tensors with the parameters, so that a step changes both.
pub struct Trainee {
    pub encoder: Encoder,
    pub tokenizer: BertTokenizer,
    pub parameters: Parameters,
    /// Word embeddings, `[vocabulary, hidden]`. They stay as they were: an optimiser step over all of them would
    /// cost more than the rest of the step.
    pub word_embeddings: Tensor,
}

impl Trainee {
    /// Reads a Hugging Face folder of a BERT and puts a new classifier on it.
    pub fn from_folder(folder: &Path, rng: &mut impl Rng) -> Result<Trainee> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).with_context(|| path.display().to_string())
        };
        let mut config = BertConfig::from_json(&read("config.json")?)?;
        config.set_labels(&LABELS);
        config.architectures = vec!["BertForSequenceClassification".to_owned()];
        let tokenizer = BertTokenizer::from_json(&read("tokenizer.json")?)?;

        let bytes = read("model.safetensors")?;
        let file = safetensors::SafeTensors::deserialize(&bytes)?;
        let mut word_embeddings = None;
        let mut variables = Vec::new();
        for (name, view) in file.tensors() {
            if view.dtype() != safetensors::Dtype::F32 {
                continue;
            }
            let name = name.strip_prefix("bert.").unwrap_or(&name).to_owned();
            let tensor = Tensor::from_raw_buffer(view.data(), DType::F32, view.shape(), &Device::Cpu)?;
            if name == WORD_EMBEDDINGS {
                word_embeddings = Some(tensor);
            } else {
                variables.push((name, Var::from_tensor(&tensor)?));
            }
        }
        let word_embeddings =
            word_embeddings.with_context(|| format!("{}: no {WORD_EMBEDDINGS}", folder.display()))?;

        // The spread that BERT's own weights were drawn with (Devlin et al. 2019, initializer_range).
        let normal = Normal::new(0.0_f32, 0.02)?;
        let values: Vec<f32> = (0..LABELS.len() * config.hidden_size)
            .map(|_| normal.sample(rng))
            .collect();
        let classifier = Tensor::from_vec(values, (LABELS.len(), config.hidden_size), &Device::Cpu)?;
        variables.push(("classifier.weight".to_owned(), Var::from_tensor(&classifier)?));
        let zeros = Tensor::zeros(LABELS.len(), DType::F32, &Device::Cpu)?;
        variables.push(("classifier.bias".to_owned(), Var::from_tensor(&zeros)?));

        let parameters = Parameters::new(variables, AdamW::default())?;
        let encoder = encoder(&config, &word_embeddings, parameters.tensors())?;
        Ok(Trainee {
            encoder,
            tokenizer,
            parameters,
            word_embeddings,
        })
    }

    /// All tensors under their Hugging Face names.
    pub fn tensors(&self) -> HashMap<String, Tensor> {
        let mut tensors: HashMap<String, Tensor> = self
            .parameters
            .tensors()
            .map(|(name, tensor)| {
                let name = if name.starts_with("classifier") {
                    name.clone()
                } else {
                    format!("bert.{name}")
                };
                (name, tensor.clone())
            })
            .collect();
        tensors.insert(format!("bert.{WORD_EMBEDDINGS}"), self.word_embeddings.clone());
        tensors
    }
}

fn encoder<'a>(
    config: &BertConfig,
    word_embeddings: &Tensor,
    tensors: impl Iterator<Item = (&'a String, &'a Tensor)>,
) -> Result<Encoder> {
    let mut all: HashMap<String, Tensor> = tensors
        .map(|(name, tensor)| (name.clone(), tensor.clone()))
        .collect();
    all.insert(WORD_EMBEDDINGS.to_owned(), word_embeddings.clone());
    Ok(Encoder::new(config.clone(), Weights::new(all, DType::F32))?)
}
