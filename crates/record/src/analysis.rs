//! What a model says about a text.

use serde::{Deserialize, Serialize};

use crate::{AttentionThumbnails, LayerIdx, Token, Truncation};

/// What a loaded model is: everything that the page sizes itself by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// A short name, for instance `vitrine-sentiment-minilm-l6`.
    pub id: String,
    /// SHA-256 of the file of weights, in lower-case hexadecimal.
    pub hash: String,
    /// Encoder layers.
    pub layers: usize,
    /// Attention heads in each layer.
    pub heads: usize,
    /// Width of a hidden state.
    pub hidden: usize,
    /// Width of a layer's MLP: its number of neurons.
    pub intermediate: usize,
    /// Longest input in tokens, special tokens included.
    pub max_tokens: usize,
    /// Class names in label-id order; empty for a model without a classifier.
    pub labels: Vec<String>,
}

impl ModelInfo {
    /// The beginning of its hash, by which people tell models apart: 12 hexadecimal digits.
    ///
    /// ```
    /// # use vitrine_record::ModelInfo;
    /// # let model = |hash: &str| ModelInfo {
    /// #     id: "model".into(), hash: hash.into(), layers: 1, heads: 1, hidden: 1, intermediate: 1, max_tokens: 1,
    /// #     labels: Vec::new(),
    /// # };
    /// assert_eq!(model("0123456789abcdef").short_hash(), "0123456789ab");
    /// assert_eq!(model("0123").short_hash(), "0123");
    /// ```
    pub fn short_hash(&self) -> &str {
        self.hash
            .char_indices()
            .nth(12)
            .map_or(&self.hash, |(end, _)| &self.hash[..end])
    }
}

/// Logits and probabilities in label-id order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Output of the classifier.
    pub logits: Vec<f32>,
    /// Softmax of the logits; they sum to 1.
    pub probabilities: Vec<f32>,
}

impl Prediction {
    /// Whether there are as many probabilities as logits; what arrives in a message or a file is held to this.
    pub fn is_consistent(&self) -> bool {
        self.logits.len() == self.probabilities.len()
    }

    /// The index of the most probable class, or `None` for a model without a classifier.
    ///
    /// ```
    /// # use vitrine_record::Prediction;
    /// let prediction = Prediction { logits: vec![-1.0, 1.0], probabilities: vec![0.12, 0.88] };
    /// assert_eq!(prediction.top(), Some(1));
    /// ```
    pub fn top(&self) -> Option<usize> {
        (0..self.probabilities.len()).max_by(|&a, &b| self.probabilities[a].total_cmp(&self.probabilities[b]))
    }
}

/// Attention probabilities of one layer, `[head, destination, source]` in row-major order.
///
/// `destination` is the token whose query asks, `source` the token whose key answers; each row over the sources
/// sums to 1. Destinations and sources are the same tokens, but for attention from one text to another, which a
/// decoder pays to an encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerAttention {
    /// The layer.
    pub layer: LayerIdx,
    heads: usize,
    #[serde(rename = "tokens")]
    destinations: usize,
    /// `None` where they are the destinations.
    #[serde(default)]
    sources: Option<usize>,
    probabilities: Vec<f32>,
}

impl LayerAttention {
    /// Takes `heads × tokens × tokens` values, or nothing if their number differs.
    pub fn new(layer: LayerIdx, heads: usize, tokens: usize, probabilities: Vec<f32>) -> Option<Self> {
        let attention = LayerAttention {
            layer,
            heads,
            destinations: tokens,
            sources: None,
            probabilities,
        };
        attention.is_consistent().then_some(attention)
    }

    /// Attention from one text to another: takes `heads × destinations × sources` values, or nothing if their number
    /// differs.
    pub fn between(
        layer: LayerIdx,
        heads: usize,
        destinations: usize,
        sources: usize,
        probabilities: Vec<f32>,
    ) -> Option<Self> {
        let attention = LayerAttention {
            layer,
            heads,
            destinations,
            sources: Some(sources),
            probabilities,
        };
        attention.is_consistent().then_some(attention)
    }

    /// Number of heads.
    pub fn heads(&self) -> usize {
        self.heads
    }

    /// Number of tokens; of attention from one text to another, of the text that asks.
    pub fn tokens(&self) -> usize {
        self.destinations
    }

    /// Number of sources.
    pub fn sources(&self) -> usize {
        self.sources.unwrap_or(self.destinations)
    }

    /// Whether it is attention between the tokens of one text.
    pub fn is_within_text(&self) -> bool {
        self.sources.is_none()
    }

    /// How much `destination` attends to `source` in `head`; 0 outside the array.
    pub fn at(&self, head: usize, destination: usize, source: usize) -> f32 {
        self.row(head, destination)
            .get(source)
            .copied()
            .unwrap_or_default()
    }

    /// The row of one destination: what it gives to each source. Empty outside the array.
    pub fn row(&self, head: usize, destination: usize) -> &[f32] {
        if head >= self.heads || destination >= self.destinations {
            return &[];
        }
        let start = (head * self.destinations + destination) * self.sources();
        &self.probabilities[start..start + self.sources()]
    }

    /// All rows, head by head.
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.probabilities.chunks_exact(self.sources().max(1))
    }

    /// Whether the array has the length that its shape says: what arrives in a message or a file may not.
    pub fn is_consistent(&self) -> bool {
        let length = self.heads.checked_mul(self.destinations);
        length.and_then(|rows| rows.checked_mul(self.sources())) == Some(self.probabilities.len())
    }

    /// The largest distance of a row's sum from 1: the check that stands beside the picture.
    pub fn largest_row_sum_error(&self) -> f32 {
        self.rows()
            .map(|row| (row.iter().sum::<f32>() - 1.0).abs())
            .fold(0.0, f32::max)
    }
}

/// Something that a person should know before trusting a picture of this input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// Nothing but special tokens is left to read.
    Empty,
    /// The text does not look like the English that the model was trained on.
    NotEnglish,
    /// The model holds the text to be neutral: the probability of the likelier class is near one half.
    Neutral,
    /// Two texts were given to a model that was trained on single ones.
    Pair,
    /// The input was longer than the model reads.
    Truncated(Truncation),
    /// The vocabulary has no pieces for some of the text, emoji for instance: in their place the model reads
    /// [`Token::UNKNOWN_PIECE`].
    Unknown,
}

/// What the model says about one input: its tokens, its prediction and the attention of some of its layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// SHA-256 of the weights that said it, as in [`ModelInfo::hash`].
    pub model_hash: String,
    /// What was typed.
    pub text: String,
    /// The second text, if there was one.
    pub pair: Option<String>,
    /// The model's input.
    pub tokens: Vec<Token>,
    /// The classifier's output; `None` for a model without a classifier.
    pub prediction: Option<Prediction>,
    /// Attention probabilities of the layers that were asked for, and perhaps of others.
    pub attention: Vec<LayerAttention>,
    /// Thumbnails of all layers in their order, where the attention of a long text is not all here; else none.
    #[serde(default)]
    pub thumbnails: Vec<AttentionThumbnails>,
    /// What should be said beside the picture.
    pub notices: Vec<Notice>,
}

impl Analysis {
    /// Up to this many tokens the attention of all layers travels, so that the page can change the layer without
    /// asking; a longer text's would be megabytes, of which the page draws one layer: of the others it has thumbnails.
    pub const MOST_TOKENS_FOR_ALL_LAYERS: usize = 64;

    /// The attention of a layer, if it is here.
    pub fn layer(&self, layer: LayerIdx) -> Option<&LayerAttention> {
        self.attention.iter().find(|attention| attention.layer == layer)
    }

    /// Whether all shapes agree with each other; what arrives in a message or a file is held to this.
    pub fn is_consistent(&self) -> bool {
        self.attention.iter().all(|layer| {
            layer.is_consistent() && layer.is_within_text() && layer.tokens() == self.tokens.len()
        }) && self.are_thumbnails_consistent()
            && self.prediction.as_ref().is_none_or(Prediction::is_consistent)
    }

    fn are_thumbnails_consistent(&self) -> bool {
        let tokens = self.tokens.len();
        let heads = self.thumbnails.first().map(AttentionThumbnails::heads);
        (self.thumbnails.is_empty() || tokens > Self::MOST_TOKENS_FOR_ALL_LAYERS)
            && self.thumbnails.iter().enumerate().all(|(layer, thumbnails)| {
                thumbnails.layer.0 == layer
                    && Some(thumbnails.heads()) == heads
                    && thumbnails.is_consistent(tokens)
            })
    }
}
