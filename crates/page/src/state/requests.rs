//! What has to be asked of the model so that the screen shows what it should.

use vitrine_record::{
    AttentionView, HeadIdx, Position,
    message::{Request, RequestKind},
};

use super::{Engine, Origin, State};

impl State {
    /// What has to be asked so that the screen shows what it should; nothing if it does.
    pub fn wanted(&self) -> Option<Request> {
        if self.imported().is_some() {
            return None;
        }
        let satisfied = self.is_current()
            && self.shown.origin != Origin::Recorded
            && self.shown.analysis.layer(self.link.layer).is_some();
        (!satisfied).then(|| Request::Analyse {
            text: self.link.text.clone(),
            pair: self.link.pair.clone(),
            layer: self.link.layer,
        })
    }

    /// The token whose computation the neuron view shows: the first that is selected, else the first that was typed.
    pub fn destination(&self) -> Position {
        let first = self.link.tokens.first().copied();
        first.unwrap_or_else(|| {
            let tokens = &self.shown.analysis.tokens;
            Position(tokens.iter().position(|token| !token.special).unwrap_or_default())
        })
    }

    /// The head whose computation the neuron view shows: the first that is on.
    pub fn first_head(&self) -> HeadIdx {
        let first = self.link.heads.as_ref().and_then(|heads| heads.first());
        first.copied().unwrap_or_default()
    }

    /// What has to be asked of a kind, besides the analysis, so that the screen shows what it should; nothing if it
    /// does. What is about the text on the screen waits for that to be the one in the field.
    pub fn wanted_besides(&self, kind: RequestKind) -> Option<Request> {
        let is_live = self.is_current() && self.shown.origin != Origin::Recorded;
        let is_live = is_live
            || matches!(
                kind,
                RequestKind::SurveyHeads | RequestKind::AnalyseOther | RequestKind::Tokenize
            );
        let request = self.besides(kind).filter(|_| is_live)?;
        (!self.answers.settles(&request)).then_some(request)
    }

    /// What the screen is to show of a kind, besides the analysis.
    pub fn besides(&self, kind: RequestKind) -> Option<Request> {
        if self.imported().is_some() {
            return None;
        }
        let (text, pair) = (self.link.text.clone(), self.link.pair.clone());
        match kind {
            RequestKind::ComputeHead if self.attention_view() == Some(AttentionView::Neuron) => {
                Some(Request::ComputeHead {
                    text,
                    pair,
                    layer: self.link.layer,
                    head: self.first_head(),
                    destination: self.destination(),
                    interventions: self.interventions_shown(),
                })
            }
            RequestKind::Intervene if self.is_changed() => Some(Request::Intervene {
                text,
                pair,
                layer: self.link.layer,
                interventions: self.interventions(),
            }),
            RequestKind::RankTokens | RequestKind::RankHeads
                if self.attention_view() == Some(AttentionView::Ablation) =>
            {
                self.effects_to_ask(kind)
            }
            RequestKind::RankHeads => self.ranking.clone(),
            RequestKind::AnalyseOther => self.wanted_other_text(),
            RequestKind::ComputeVariant => self.wanted_variant(),
            RequestKind::ComputeSalience => self.wanted_salience(),
            RequestKind::Tokenize => self.texts_to_tokenize(),
            RequestKind::SurveyHeads => self.finder.asked.as_ref().map(|(_, request)| request.clone()),
            _ => None,
        }
    }

    /// Whether an answer is being waited for.
    pub fn is_computing(&self) -> bool {
        matches!(self.engine, Engine::Ready { .. })
            && self.request_problem.is_none()
            && self.wanted().is_some()
    }
}
