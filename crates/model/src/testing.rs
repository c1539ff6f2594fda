//! Small models with random weights, and products for the kernel, for tests of this and other crates.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};

use crate::config::BertConfig;
use crate::encoder::Encoder;
use crate::error::Result;
use crate::files::ModelFiles;
use crate::model::Model;
use crate::packed::{pack, unpack};
use crate::weights::Weights;

pub use crate::kernel::ProductCase;

/// The vocabulary of the small models, a `vocab.txt`.
pub const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nfilm\nwas\nnot\nbad\nat\nall\nun\n##watch\n\
                              ##able\ngood\n.\n,\na\nplot\nbut\ndull\nlove\n##ly\n!\n?\nb\n##a\n##d\nm\no\nv";

/// Shape of a small model.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Encoder layers.
    pub layers: usize,
    /// Heads in each.
    pub heads: usize,
    /// Hidden width.
    pub hidden: usize,
    /// Neurons in each layer.
    pub intermediate: usize,
    /// Longest input.
    pub max_tokens: usize,
}

impl Default for Shape {
    fn default() -> Shape {
        Shape {
            layers: 2,
            heads: 3,
            hidden: 96,
            intermediate: 64,
            max_tokens: 24,
        }
    }
}

/// The configuration of a small model with the labels NEGATIVE and POSITIVE.
pub fn config(shape: Shape) -> BertConfig {
    let mut config = BertConfig {
        model_type: "bert".to_owned(),
        architectures: vec!["BertForSequenceClassification".to_owned()],
        hidden_size: shape.hidden,
        num_hidden_layers: shape.layers,
        num_attention_heads: shape.heads,
        intermediate_size: shape.intermediate,
        vocab_size: VOCABULARY.lines().count(),
        max_position_embeddings: shape.max_tokens,
        type_vocab_size: 2,
        layer_norm_eps: 1e-12,
        hidden_act: "gelu".to_owned(),
        pad_token_id: 0,
        id2label: BTreeMap::new(),
        label2id: BTreeMap::new(),
    };
    config.set_labels(&["NEGATIVE", "POSITIVE"]);
    config
}

/// Random tensors under the names of `BertForSequenceClassification`, the same for the same seed. They are larger
/// than BERT's own initial weights, so that attention is far from uniform.
pub fn tensors(config: &BertConfig, seed: u64) -> Result<HashMap<String, Tensor>> {
    let (hidden, neurons) = (config.hidden_size, config.intermediate_size);
    let mut names: Vec<(String, Vec<usize>)> = vec![
        (
            "bert.embeddings.word_embeddings.weight".into(),
            vec![config.vocab_size, hidden],
        ),
        (
            "bert.embeddings.position_embeddings.weight".into(),
            vec![config.max_position_embeddings, hidden],
        ),
        (
            "bert.embeddings.token_type_embeddings.weight".into(),
            vec![config.type_vocab_size, hidden],
        ),
        ("bert.embeddings.LayerNorm.weight".into(), vec![hidden]),
        ("bert.embeddings.LayerNorm.bias".into(), vec![hidden]),
        ("bert.pooler.dense.weight".into(), vec![hidden, hidden]),
        ("bert.pooler.dense.bias".into(), vec![hidden]),
        ("classifier.weight".into(), vec![config.id2label.len(), hidden]),
        ("classifier.bias".into(), vec![config.id2label.len()]),
    ];
    for layer in 0..config.num_hidden_layers {
        for (part, to, from) in [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", neurons, hidden),
            ("output.dense", hidden, neurons),
        ] {
            names.push((
                format!("bert.encoder.layer.{layer}.{part}.weight"),
                vec![to, from],
            ));
            names.push((format!("bert.encoder.layer.{layer}.{part}.bias"), vec![to]));
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            names.push((format!("bert.encoder.layer.{layer}.{part}.weight"), vec![hidden]));
            names.push((format!("bert.encoder.layer.{layer}.{part}.bias"), vec![hidden]));
        }
    }
    let mut random = Random(seed);
    let mut tensors = HashMap::new();
    for (name, shape) in names {
        let centre = if name.ends_with("LayerNorm.weight") {
            1.0
        } else {
            0.0
        };
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| centre + 0.3 * random.next()).collect();
        tensors.insert(name, Tensor::from_vec(values, shape, &Device::Cpu)?);
    }
    Ok(tensors)
}

/// A small encoder.
pub fn encoder(shape: Shape, seed: u64, dtype: DType) -> Result<Encoder> {
    let config = config(shape);
    let weights = Weights::new(tensors(&config, seed)?, dtype);
    Encoder::new(config, weights)
}

/// The packed file of a small model.
pub fn packed(shape: Shape, seed: u64) -> Result<Vec<u8>> {
    let config = config(shape);
    pack(
        "tiny",
        &config,
        VOCABULARY,
        true,
        &tensors(&config, seed)?,
        &BTreeMap::new(),
    )
}

/// The files of a small model.
pub fn files(shape: Shape, seed: u64) -> Result<ModelFiles> {
    unpack(&packed(shape, seed)?, "0".repeat(64))
}

/// A small model.
pub fn model(shape: Shape, seed: u64) -> Result<Model> {
    Model::new(files(shape, seed)?)
}

/// SplitMix64 (Steele et al. 2014), so that the weights depend on no library's version.
struct Random(u64);

impl Random {
    /// Uniform in −1 to 1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}
