//! What heads do over many sentences.

use serde::{Deserialize, Serialize};

use crate::{AttentionImport, HeadDivergences, HeadMap, HeadStatistics, ImportedStack, LayerAttention};

/// What every head of a model does over a list of sentences, each of them a single text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeadSurvey {
    /// How many sentences it is over.
    pub sentences: u32,
    /// How many of them were longer than is read of a sentence; they count as far as they were read.
    pub cut: u32,
    /// All metrics of all heads, in the order of layers and heads.
    pub statistics: Vec<HeadStatistics>,
    /// How alike the heads are; nothing before all sentences have been read.
    pub likeness: Option<HeadLikeness>,
    /// What the heads give to which position; nothing before all sentences have been read.
    pub mean_attention: Option<MeanAttention>,
}

/// How alike heads are over many sentences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadLikeness {
    /// Divergences, summed over the rows of a sentence; mean over the sentences.
    pub divergences: HeadDivergences,
    /// The plane in which the distances of heads are nearest to these divergences.
    pub map: HeadMap,
}

/// A position of sentences of unlike lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeanPosition {
    /// The token that opens the input, BERT's `[CLS]`: position 0 of each sentence.
    Opening,
    /// A token of the sentence, by its position.
    Token(usize),
    /// All later tokens of the sentence: attention to them is summed, attention from them averaged.
    Later,
    /// The token that closes the input, BERT's `[SEP]`.
    Closing,
}

/// Attention averaged over sentences, position by position. The row of a position is the mean over the sentences that
/// have the position; what a sentence lacks it gives nothing to, so that each row sums to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanAttention {
    /// What rows and columns stand for, in order.
    pub positions: Vec<MeanPosition>,
    /// How many sentences each row is a mean over.
    pub sentences: Vec<u32>,
    /// All layers from 0.
    pub layers: Vec<LayerAttention>,
}

impl HeadSurvey {
    /// So many tokens are read of a sentence at most, special tokens included: comparing all heads of a longer text
    /// would take many times as long as running the model on it.
    pub const MOST_TOKENS: usize = 128;

    /// So many sentences are read at most.
    pub const MOST_SENTENCES: usize = 2_000;

    /// Whether all shapes agree with each other; what arrives in a message or a file is held to this.
    pub fn is_consistent(&self) -> bool {
        let heads = self.statistics.len();
        self.cut <= self.sentences
            && self
                .likeness
                .as_ref()
                .is_none_or(|likeness| likeness.is_consistent() && likeness.map.points.len() == heads)
            && self
                .mean_attention
                .as_ref()
                .is_none_or(|mean| mean.is_consistent() && mean.heads() == heads)
    }
}

impl HeadLikeness {
    fn is_consistent(&self) -> bool {
        self.divergences.is_consistent() && self.divergences.heads().len() == self.map.points.len()
    }
}

impl MeanAttention {
    /// So many tokens of a sentence have a position of their own; the others are together.
    pub const OWN_POSITIONS: usize = 14;

    /// Heads of all layers.
    fn heads(&self) -> usize {
        self.layers.iter().map(LayerAttention::heads).sum()
    }

    fn is_consistent(&self) -> bool {
        let positions = self.positions.len();
        self.sentences.len() == positions
            && self
                .layers
                .iter()
                .all(|layer| layer.is_consistent() && layer.is_within_text() && layer.tokens() == positions)
    }

    /// The same as attention that can be looked at like that of a text: under a name, each position under the name that
    /// `token` gives it.
    pub fn to_import(&self, name: String, token: impl Fn(MeanPosition) -> String) -> AttentionImport {
        AttentionImport {
            name,
            encoder: Some(ImportedStack {
                tokens: self.positions.iter().copied().map(token).collect(),
                layers: self.layers.clone(),
            }),
            decoder: None,
            cross: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeadIdx, HeadPoint, LayerIdx, PerMetric};

    fn survey() -> HeadSurvey {
        let (layer, head) = (LayerIdx(0), HeadIdx(0));
        let point = HeadPoint {
            layer,
            head,
            x: 0.0,
            y: 0.0,
        };
        HeadSurvey {
            sentences: 2,
            cut: 1,
            statistics: vec![HeadStatistics {
                layer,
                head,
                scores: PerMetric::default(),
            }],
            likeness: Some(HeadLikeness {
                divergences: HeadDivergences::new(vec![(layer, head)], vec![0.0]).unwrap(),
                map: HeadMap {
                    points: vec![point],
                    shown: 1.0,
                },
            }),
            mean_attention: Some(MeanAttention {
                positions: vec![MeanPosition::Opening, MeanPosition::Closing],
                sentences: vec![2, 2],
                layers: vec![LayerAttention::new(layer, 1, 2, vec![0.5; 4]).unwrap()],
            }),
        }
    }

    #[test]
    fn shapes_that_do_not_agree_are_noticed() {
        assert!(survey().is_consistent());
        assert!(HeadSurvey::default().is_consistent());
        let broken: [fn(&mut HeadSurvey); 5] = [
            |survey| survey.cut = 3,
            |survey| survey.statistics.clear(),
            |survey| survey.likeness.as_mut().unwrap().map.points.clear(),
            |survey| survey.mean_attention.as_mut().unwrap().sentences.clear(),
            |survey| survey.mean_attention.as_mut().unwrap().positions.truncate(1),
        ];
        for (index, breaks) in broken.into_iter().enumerate() {
            let mut survey = survey();
            breaks(&mut survey);
            assert!(!survey.is_consistent(), "{index}");
        }
    }

    #[test]
    fn a_mean_can_be_looked_at_like_the_attention_of_a_text() {
        let mean = survey().mean_attention.unwrap();
        let import = mean.to_import("mean".into(), |position| format!("{position:?}"));
        assert!(import.rows_off().is_empty());
        let encoder = import.encoder.unwrap();
        assert_eq!(encoder.tokens, ["Opening", "Closing"]);
        assert_eq!(encoder.layers, mean.layers);
    }
}
