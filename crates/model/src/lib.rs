//! A BERT encoder on candle that shows its workings: trace, interventions, gradients.
//!
//! [`Model`] joins an [`Encoder`] to its tokenizer and knows the files that both come from: the packed file that
//! Vitrine ships, and a Hugging Face folder. It runs natively and in WebAssembly, on one thread or several, and
//! never touches the network.

#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
compile_error!(
    "build for wasm32 with -C target-feature=+simd128: RUSTFLAGS in the environment replaces the flags of .cargo/config.toml"
);

mod ablation_ranking;
mod analysis;
mod attention;
mod attention_of_text;
mod config;
mod embeddings;
mod encoder;
mod error;
mod evaluate;
mod files;
mod head_computation;
mod input;
mod intervention;
mod kernel;
mod language;
mod layer;
mod linear;
mod manifest;
mod model;
mod operations;
mod packed;
mod pass;
mod run;
mod salience;
pub mod testing;
mod tokenize;
mod trace;
mod variants;
mod weights;

pub use ablation_ranking::{Ablatable, AblationRanking, HeadRanking, TokenRanking};
pub use analysis::{Layers, NEUTRAL_BELOW, analyse};
pub use attention_of_text::attention_of_text;
pub use config::BertConfig;
pub use encoder::Encoder;
pub use error::{ModelError, Result};
pub use evaluate::{Evaluation, Evaluator, evaluate};
pub use files::{HuggingFaceFiles, ModelFiles, sha256_hex};
pub use input::{EncoderInput, TokenBatch, TokenSequence};
pub use intervention::Intervention;
pub use language::looks_english;
pub use linear::Multiplier;
pub use manifest::check_weights;
pub use model::Model;
pub use packed::{MAX_TOKENS, pack, unpack};
pub use pass::ForwardPass;
pub use run::Run;
pub use salience::SalienceComputation;
pub use tokenize::{BertTokenizer, Encoding};
pub use trace::{EncoderOutput, Trace, TraceRequest};
pub use weights::Weights;
