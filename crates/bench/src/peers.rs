//! The encoders that are compared.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use serde::{Deserialize, Serialize};
use vitrine_model::{
    BertConfig, Encoder, EncoderInput, ModelFiles, TokenBatch, Trace, TraceRequest, pack, unpack,
};

use crate::timing::Shape;

/// The shape of MiniLM-L6, which the shipped model has.
const CONFIG: &str = r#"{
    "model_type": "bert", "hidden_act": "gelu", "hidden_size": 384, "num_hidden_layers": 6,
    "num_attention_heads": 12, "intermediate_size": 1536, "vocab_size": 30522, "max_position_embeddings": 512,
    "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0,
    "hidden_dropout_prob": 0.1, "initializer_range": 0.02
}"#;

/// The tokens without which there is no tokenizer: the input is made of ids, and nothing is tokenized.
const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]";

/// Sums of some hundred products in another order differ by less than this in F32.
const TOLERANCE: f32 = 1e-4;

/// Who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// The encoder of this project, recording nothing.
    Vitrine,
    /// The encoder of this project, recording the attention that the head view draws.
    VitrineTraced,
    /// `candle_transformers::models::bert::BertModel`.
    Candle,
}

impl Peer {
    /// All of them.
    pub const ALL: [Peer; 3] = [Peer::Vitrine, Peer::VitrineTraced, Peer::Candle];
}

/// Both encoders with the same weights: those of a packed file, as it is shipped.
pub struct Peers {
    config: BertConfig,
    packed: Vec<u8>,
    vitrine: Encoder,
    candle: BertModel,
}

impl Peers {
    /// Makes the weights and builds both encoders of them.
    ///
    /// # Errors
    /// If an encoder misses a weight.
    pub fn new() -> Result<Peers> {
        let config = BertConfig::from_json(CONFIG.as_bytes())?;
        let candle_config: Config = serde_json::from_str(CONFIG)?;
        let packed = pack(
            "bench",
            &config,
            VOCABULARY,
            true,
            &weights(&config)?,
            &BTreeMap::new(),
        )?;
        let builder = VarBuilder::from_tensors(unpacked(&packed)?, DType::F32, &Device::Cpu);
        let candle = BertModel::load(builder, &candle_config).context("candle's BertModel does not load")?;
        let vitrine = Encoder::new(config.clone(), files(&packed)?.weights)?;
        Ok(Peers {
            config,
            packed,
            vitrine,
            candle,
        })
    }

    /// The multiply-adds of a forward pass, counted as two operations each: for every token and layer four
    /// projections (`2·H·H`), two matrices of the MLP (`2·H·I`), and scores and weighted values (`2·N·H` each).
    pub fn operations(&self, shape: Shape) -> f64 {
        // In 64 bits: the largest shape has more operations than 32 bits count, which is what a tab has.
        let [layers, hidden, inner, batch, tokens] = [
            self.config.num_hidden_layers,
            self.config.hidden_size,
            self.config.intermediate_size,
            shape.batch,
            shape.tokens,
        ]
        .map(|count| count as u64);
        let per_token = 4 * 2 * hidden * hidden + 2 * 2 * hidden * inner + 2 * 2 * tokens * hidden;
        (batch * tokens * layers * per_token) as f64
    }

    /// The same encoder as an ONNX file for inputs of so many tokens.
    ///
    /// # Errors
    /// If a weight is missing.
    pub fn onnx(&self, tokens: usize) -> Result<Vec<u8>> {
        crate::onnx::encoder(&self.config, &unpacked(&self.packed)?, tokens)
    }

    /// The last hidden state that a peer computes, `[B, N, H]`.
    ///
    /// # Errors
    /// If the peer fails.
    pub fn forward(&self, peer: Peer, input: &Input) -> Result<Tensor> {
        let request = match peer {
            Peer::Vitrine => TraceRequest::default(),
            Peer::VitrineTraced => TraceRequest::attention(),
            Peer::Candle => return Ok(self.candle.forward(&input.ids, &input.segments, None)?),
        };
        let mut trace = Trace::new(request);
        let output = self
            .vitrine
            .forward(EncoderInput::Tokens(&input.batch), &[], &mut trace)?;
        Ok(output.last_hidden_state)
    }

    /// An input of a shape.
    ///
    /// # Errors
    /// If the shape is longer than the model reads.
    pub fn input(&self, shape: Shape) -> Result<Input> {
        let vocabulary = u32::try_from(self.config.vocab_size)?;
        let mut number = 0_u32;
        let ids: Vec<Vec<u32>> = (0..shape.batch)
            .map(|_| {
                (0..shape.tokens)
                    .map(|_| {
                        number = number.wrapping_mul(48_271).wrapping_add(11);
                        number % vocabulary
                    })
                    .collect()
            })
            .collect();
        let segments = vec![vec![0; shape.tokens]; shape.batch];
        let batch = TokenBatch::from_ids(&ids, &segments, &self.config)?;
        Ok(Input {
            ids: batch.ids().clone(),
            segments: batch.segments().clone(),
            batch,
        })
    }

    /// Makes sure that the peers compute the same thing.
    ///
    /// # Errors
    /// Says by how much they differ.
    pub fn check_agreement(&self, input: &Input) -> Result<()> {
        let reference = self.forward(Peer::Candle, input)?;
        for peer in [Peer::Vitrine, Peer::VitrineTraced] {
            let difference = (self.forward(peer, input)? - &reference)?
                .abs()?
                .flatten_all()?
                .max(0)?
                .to_scalar::<f32>()?;
            ensure!(
                difference <= TOLERANCE,
                "{peer:?} differs from candle's BertModel by {difference}"
            );
        }
        Ok(())
    }
}

/// The same tokens for both peers.
pub struct Input {
    ids: Tensor,
    segments: Tensor,
    batch: TokenBatch,
}

impl Input {
    /// The tokens, sequence after sequence.
    ///
    /// # Errors
    /// None that is known.
    pub fn ids(&self) -> Result<Vec<i64>> {
        let ids: Vec<u32> = self.ids.flatten_all()?.to_vec1()?;
        Ok(ids.into_iter().map(i64::from).collect())
    }
}

fn files(packed: &[u8]) -> Result<ModelFiles> {
    Ok(unpack(packed, String::new())?)
}

/// The tensors of a packed file in F32, under the names that they have in an encoder of its own.
fn unpacked(packed: &[u8]) -> Result<HashMap<String, Tensor>> {
    let tensors = files(packed)?.into_tensors()?.into_iter();
    Ok(tensors
        .map(|(name, tensor)| (name.trim_start_matches("bert.").to_owned(), tensor))
        .collect())
}

/// Tensors by their Hugging Face names, with values as a fresh BERT has them.
fn weights(config: &BertConfig) -> Result<HashMap<String, Tensor>> {
    let (hidden, inner) = (config.hidden_size, config.intermediate_size);
    let mut tensors = HashMap::new();
    let mut state = 1_u64;
    let mut matrix = |name: String, shape: &[usize]| -> Result<()> {
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                // Uniform with the standard deviation 0.05.
                ((state >> 40) as f32 / (1_u32 << 24) as f32 - 0.5) * 0.173
            })
            .collect();
        tensors.insert(name, Tensor::from_vec(values, shape, &Device::Cpu)?);
        Ok(())
    };
    matrix(
        "embeddings.word_embeddings.weight".into(),
        &[config.vocab_size, hidden],
    )?;
    matrix(
        "embeddings.position_embeddings.weight".into(),
        &[config.max_position_embeddings, hidden],
    )?;
    matrix(
        "embeddings.token_type_embeddings.weight".into(),
        &[config.type_vocab_size, hidden],
    )?;
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for layer in 0..config.num_hidden_layers {
        let layer = format!("encoder.layer.{layer}");
        for (name, from, to) in [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", hidden, inner),
            ("output.dense", inner, hidden),
        ] {
            matrix(format!("{layer}.{name}.weight"), &[to, from])?;
            matrix(format!("{layer}.{name}.bias"), &[to])?;
        }
        norms.extend([
            format!("{layer}.attention.output.LayerNorm"),
            format!("{layer}.output.LayerNorm"),
        ]);
    }
    for norm in norms {
        tensors.insert(
            format!("{norm}.weight"),
            Tensor::ones(hidden, DType::F32, &Device::Cpu)?,
        );
        tensors.insert(
            format!("{norm}.bias"),
            Tensor::zeros(hidden, DType::F32, &Device::Cpu)?,
        );
    }
    Ok(tensors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peers_compute_the_same() {
        let peers = Peers::new().unwrap();
        let input = peers.input(Shape { batch: 2, tokens: 7 }).unwrap();
        peers.check_agreement(&input).unwrap();
    }

    #[test]
    fn operations_of_one_token_are_those_of_its_matrices() {
        let peers = Peers::new().unwrap();
        let matrices = 4 * 384 * 384 + 2 * 384 * 1536 + 2 * 384;
        assert_eq!(
            peers.operations(Shape { batch: 1, tokens: 1 }),
            f64::from(6 * 2 * matrices)
        );
    }
}
