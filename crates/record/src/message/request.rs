//! What can be asked, and what is answered.

use serde::{Deserialize, Serialize};

use crate::{
    Analysis, AttentionVariant, ExplanationTarget, GradientBaseline, HeadComputation, HeadEffects, HeadIdx,
    HeadSurvey, Intervention, LayerIdx, MaskedInput, ModelOutput, Position, Salience, SentenceList,
    TokenEffects, TokenizedText, VariantAttention,
};

/// What the worker can compute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Tokens, prediction, and the attention of at least the named layer.
    Analyse {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// The layer that is looked at; one that the model lacks is clamped to its last.
        layer: LayerIdx,
    },
    /// Only what is read off the model, for many inputs that have nothing to do with each other.
    Evaluate {
        /// The inputs.
        inputs: Vec<MaskedInput>,
        /// What is read off for each.
        output: ModelOutput,
    },
    /// Only the tokens of many texts.
    Tokenize {
        /// The texts.
        inputs: Vec<TextInput>,
    },
    /// The same as [`Request::Analyse`], of a run that is changed. It fails if a change names what the model or the
    /// input does not have, or hides all tokens from a layer.
    Intervene {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// The layer that is looked at; one that the model lacks is clamped to its last.
        layer: LayerIdx,
        /// The changes.
        interventions: Vec<Intervention>,
    },
    /// How one head comes to what it adds for one token.
    ComputeHead {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
        /// The token whose query asks.
        destination: Position,
        /// Changes to the run that the head is looked at in; none for the run as it is.
        interventions: Vec<Intervention>,
    },
    /// What becomes of the prediction when each single head of the model is ablated. The answer comes in parts.
    RankHeads {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// Changes to the run that every ablation is added to; none for the run as it is.
        interventions: Vec<Intervention>,
    },
    /// What becomes of the prediction when each single token, special ones included, is hidden from all queries of all
    /// layers. The answer comes in parts.
    RankTokens {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// Changes to the run that every token's hiding is added to; none for the run as it is.
        interventions: Vec<Intervention>,
    },
    /// What is made of one layer's attention. Rollout and flow, which are made layer by layer, come in parts, one for
    /// each layer below.
    ComputeVariant {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// The layer.
        layer: LayerIdx,
        /// What is made of its attention. A gradient is that of the class that the run without changes predicts.
        variant: AttentionVariant,
        /// Changes to the run that the attention is of; none for the run as it is.
        interventions: Vec<Intervention>,
    },
    /// The same as [`Request::Analyse`], of a text that another one is compared with.
    AnalyseOther {
        /// The text.
        text: String,
        /// The layer that is looked at; one that the model lacks is clamped to its last.
        layer: LayerIdx,
    },
    /// What every head does over many sentences. The answer comes in parts, each of which is about all sentences so far.
    SurveyHeads {
        /// The sentences, each a text of its own, of which [`HeadSurvey::MOST_TOKENS`] tokens are read at most.
        sentences: SentenceList,
    },
    /// What the gradients of one score say about each token. The answer comes in parts, the first of which has all but
    /// integrated gradients.
    ComputeSalience {
        /// The text.
        input: TextInput,
        /// The score.
        target: ExplanationTarget,
        /// Points of the path of integrated gradients: from 1 to [`Salience::MOST_STEPS`].
        steps: usize,
        /// Where the path begins.
        baseline: GradientBaseline,
    },
}

/// The kinds of request. Whoever waits for an answer of one kind may wait for one of another kind beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// [`Request::Analyse`].
    Analyse,
    /// [`Request::AnalyseOther`].
    AnalyseOther,
    /// [`Request::Evaluate`].
    Evaluate,
    /// [`Request::Tokenize`].
    Tokenize,
    /// [`Request::Intervene`].
    Intervene,
    /// [`Request::ComputeHead`].
    ComputeHead,
    /// [`Request::RankHeads`].
    RankHeads,
    /// [`Request::ComputeVariant`].
    ComputeVariant,
    /// [`Request::SurveyHeads`].
    SurveyHeads,
    /// [`Request::RankTokens`].
    RankTokens,
    /// [`Request::ComputeSalience`].
    ComputeSalience,
}

impl Request {
    /// What kind it is.
    pub fn kind(&self) -> RequestKind {
        match self {
            Request::Analyse { .. } => RequestKind::Analyse,
            Request::AnalyseOther { .. } => RequestKind::AnalyseOther,
            Request::Evaluate { .. } => RequestKind::Evaluate,
            Request::Tokenize { .. } => RequestKind::Tokenize,
            Request::Intervene { .. } => RequestKind::Intervene,
            Request::ComputeHead { .. } => RequestKind::ComputeHead,
            Request::RankHeads { .. } => RequestKind::RankHeads,
            Request::RankTokens { .. } => RequestKind::RankTokens,
            Request::ComputeVariant { .. } => RequestKind::ComputeVariant,
            Request::SurveyHeads { .. } => RequestKind::SurveyHeads,
            Request::ComputeSalience { .. } => RequestKind::ComputeSalience,
        }
    }

    /// The changes to the run that it is about.
    pub fn interventions(&self) -> &[Intervention] {
        match self {
            Request::Analyse { .. }
            | Request::AnalyseOther { .. }
            | Request::Evaluate { .. }
            | Request::Tokenize { .. }
            | Request::ComputeSalience { .. }
            | Request::SurveyHeads { .. } => &[],
            Request::Intervene { interventions, .. }
            | Request::ComputeHead { interventions, .. }
            | Request::RankHeads { interventions, .. }
            | Request::RankTokens { interventions, .. }
            | Request::ComputeVariant { interventions, .. } => interventions,
        }
    }

    /// Whether a newer request of the same kind makes this one pointless: whoever types wants the newest answer,
    /// whoever hands out work wants all of them.
    pub fn gives_way(&self) -> bool {
        self.kind() != RequestKind::Evaluate
    }
}

/// A text, or two, to be read by the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextInput {
    /// The text.
    pub text: String,
    /// A second text.
    pub pair: Option<String>,
}

/// What the worker computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Request::Analyse`], to [`Request::AnalyseOther`] and to [`Request::Intervene`].
    Analysis(Box<Analysis>),
    /// To [`Request::Evaluate`]: for each input, in their order, the numbers that were asked for.
    Outputs(Vec<Vec<f32>>),
    /// To [`Request::Tokenize`]: for each text, in their order.
    Tokenized(Vec<TokenizedText>),
    /// To [`Request::ComputeHead`].
    HeadComputation(Box<HeadComputation>),
    /// To [`Request::RankHeads`]: all heads, or, in a part of the answer, those that are new in it.
    HeadEffects(HeadEffects),
    /// To [`Request::ComputeVariant`].
    Attention(Box<VariantAttention>),
    /// To [`Request::SurveyHeads`]: of all sentences, or, in a part of the answer, of those so far.
    HeadSurvey(Box<HeadSurvey>),
    /// To [`Request::RankTokens`]: all tokens, or, in a part of the answer, those that are new in it.
    TokenEffects(TokenEffects),
    /// To [`Request::ComputeSalience`]: of the whole path, or, in a part of the answer, of the steps so far.
    Salience(Box<Salience>),
}

impl Reply {
    /// Whether this is of the kind and of the shape that a request asked for: what arrives in a message may not be.
    pub fn answers(&self, request: &Request) -> bool {
        match (request, self) {
            (
                Request::Analyse { .. } | Request::AnalyseOther { .. } | Request::Intervene { .. },
                Reply::Analysis(analysis),
            ) => analysis.is_consistent(),
            (Request::Evaluate { inputs, output }, Reply::Outputs(outputs)) => {
                let width = match output {
                    ModelOutput::Logits => outputs.first().map_or(0, Vec::len),
                    ModelOutput::SimilarityTo(_) | ModelOutput::Direction { .. } => 1,
                };
                outputs.len() == inputs.len() && outputs.iter().all(|output| output.len() == width)
            }
            (Request::Tokenize { inputs }, Reply::Tokenized(texts)) => texts.len() == inputs.len(),
            (
                Request::ComputeHead {
                    layer,
                    head,
                    destination,
                    ..
                },
                Reply::HeadComputation(computation),
            ) => {
                let place = (computation.layer, computation.head, computation.destination);
                place == (*layer, *head, *destination) && computation.is_consistent()
            }
            (Request::RankHeads { .. }, Reply::HeadEffects(effects)) => effects.is_consistent(),
            (Request::ComputeVariant { layer, variant, .. }, Reply::Attention(made)) => {
                (made.attention.layer, made.variant) == (*layer, *variant) && made.is_consistent()
            }
            (Request::SurveyHeads { sentences }, Reply::HeadSurvey(survey)) => {
                survey.is_consistent() && survey.sentences as usize <= sentences.len()
            }
            (Request::RankTokens { .. }, Reply::TokenEffects(effects)) => effects.is_consistent(),
            (Request::ComputeSalience { .. }, Reply::Salience(salience)) => {
                salience.is_consistent() && salience.integrated_gradients.is_some()
            }
            _ => false,
        }
    }

    /// Whether this is a part of what a request asked for, which comes before the whole: heads of a ranking, or the
    /// layers below the one that a variant was asked of, where it is made layer by layer.
    pub fn is_part_for(&self, request: &Request) -> bool {
        match (request, self) {
            (Request::RankHeads { .. } | Request::RankTokens { .. } | Request::SurveyHeads { .. }, _) => {
                self.answers(request)
            }
            (Request::ComputeVariant { layer, variant, .. }, Reply::Attention(made)) => {
                made.variant == *variant && made.attention.layer < *layer && made.is_consistent()
            }
            (Request::ComputeSalience { .. }, Reply::Salience(salience)) => {
                salience.is_consistent() && salience.integrated_gradients.is_none()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AttentionThumbnails, LayerAttention, Segment, Token, TokenId};

    fn analysis(tokens: usize, thumbnails: Vec<AttentionThumbnails>) -> Analysis {
        let token = Token {
            text: "a".into(),
            piece: "a".into(),
            id: TokenId(0),
            start: 0,
            end: 1,
            segment: Segment::A,
            special: false,
        };
        Analysis {
            model_hash: String::new(),
            text: "a".into(),
            pair: None,
            tokens: vec![token; tokens],
            prediction: None,
            attention: Vec::new(),
            thumbnails,
            notices: Vec::new(),
        }
    }

    fn thumbnails(layer: usize, heads: usize, tokens: usize) -> AttentionThumbnails {
        let probabilities = vec![0.0; heads * tokens * tokens];
        AttentionThumbnails::new(&LayerAttention::new(LayerIdx(layer), heads, tokens, probabilities).unwrap())
    }

    #[test]
    fn thumbnails_are_of_all_layers_of_the_same_long_text() {
        let request = Request::Intervene {
            text: "a".into(),
            pair: None,
            layer: LayerIdx(0),
            interventions: Vec::new(),
        };
        let both = |heads: [usize; 2], tokens| {
            vec![thumbnails(0, heads[0], tokens), thumbnails(1, heads[1], tokens)]
        };
        for (tokens, thumbnails, fits) in [
            (70, both([2, 2], 70), true),
            (70, Vec::new(), true),
            (64, both([2, 2], 64), false),
            (70, both([2, 3], 70), false),
            (70, both([2, 2], 71), false),
            (70, vec![thumbnails(1, 2, 70)], false),
        ] {
            let reply = Reply::Analysis(Box::new(analysis(tokens, thumbnails)));
            assert_eq!(reply.answers(&request), fits);
            assert!(!reply.is_part_for(&request));
        }
    }

    #[test]
    fn an_analysis_that_was_recorded_without_thumbnails_has_none() {
        let mut json = serde_json::to_value(analysis(1, Vec::new())).unwrap();
        json.as_object_mut().unwrap().remove("thumbnails");
        assert_eq!(
            serde_json::from_value::<Analysis>(json).unwrap(),
            analysis(1, Vec::new())
        );
    }
}
