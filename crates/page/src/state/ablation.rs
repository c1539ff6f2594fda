//! What the ablation view asks of the model, and what it is shown by.

use vitrine_record::{
    AblationComparison, Analysis, AttentionVariant, Comparison, HeadEffects, HeadIdx, Intervention, LayerIdx,
    Run, TokenEffects,
    message::{Request, RequestKind},
};

use super::{Answer, Shared, State, heads::HeadChoice};

impl State {
    /// What is changed in the run of a view that shows one run at a time: the changed one where the difference is chosen.
    pub fn interventions_shown(&self) -> Vec<Intervention> {
        match self.chosen_run() {
            Run::Untouched => Vec::new(),
            Run::Changed | Run::Both | Run::Difference => self.interventions(),
        }
    }

    /// The analysis of that run; nothing until it arrives.
    pub fn analysis_of_run(&self) -> Option<&Shared<Analysis>> {
        if self.interventions_shown().is_empty() {
            Some(&self.shown.analysis)
        } else {
            self.changed_analysis()
        }
    }

    /// Whether the effects of a text so long are computed only when someone asks for them: there is a forward pass for
    /// each of its tokens.
    pub fn is_long_to_ablate(&self) -> bool {
        self.shown.analysis.tokens.len() > Analysis::MOST_TOKENS_FOR_ALL_LAYERS
    }

    /// Whether the effects of the text on the screen are computed, or are to be as soon as the model is there.
    pub fn is_ablated(&self) -> bool {
        let asked = self.long_text_to_ablate.as_ref();
        let is_asked = asked.is_some_and(|(text, pair)| *text == self.link.text && *pair == self.link.pair);
        is_asked || !self.is_long_to_ablate()
    }

    /// The effects that the ablation view shows.
    pub(super) fn effects_to_ask(&self, kind: RequestKind) -> Option<Request> {
        if !self.is_ablated() || self.shown.analysis.prediction.is_none() {
            return None;
        }
        let (text, pair) = (self.link.text.clone(), self.link.pair.clone());
        let interventions = self.interventions_shown();
        match kind {
            RequestKind::RankTokens => Some(Request::RankTokens {
                text,
                pair,
                interventions,
            }),
            RequestKind::RankHeads => Some(Request::RankHeads {
                text,
                pair,
                interventions,
            }),
            _ => None,
        }
    }

    /// What has come of the effects of tokens.
    pub fn token_effects(&self) -> Option<&Answer<TokenEffects>> {
        self.of_shown(self.answers.token_effects.as_ref(), RequestKind::RankTokens)
    }

    /// What has come of the effects of heads.
    pub fn head_effects(&self) -> Option<&Answer<HeadEffects>> {
        self.of_shown(self.answers.ranking.as_ref(), RequestKind::RankHeads)
    }

    /// The answer, if it is about the text on the screen and the run that is shown.
    fn of_shown<'a, T>(&self, answer: Option<&'a Answer<T>>, kind: RequestKind) -> Option<&'a Answer<T>> {
        let shown = &self.shown.analysis;
        let wanted = self.effects_to_ask(kind).map(|mut request| {
            if let Request::RankTokens { text, pair, .. } | Request::RankHeads { text, pair, .. } =
                &mut request
            {
                (*text, *pair) = (shown.text.clone(), shown.pair.clone());
            }
            request
        });
        answer.filter(|answer| Some(&answer.request) == wanted.as_ref())
    }

    /// Asks for the effects of a long text, or takes that back.
    pub(super) fn ablate_long_text(&mut self, is_wanted: bool) {
        let text = (self.link.text.clone(), self.link.pair.clone());
        self.long_text_to_ablate = is_wanted.then_some(text);
    }

    pub(super) fn compare_by(&mut self, comparison: AblationComparison) {
        if comparison != self.link.ablation {
            self.link.ablation = comparison;
            self.chosen();
        }
    }

    /// Shows an example of the ablation view as it was found: with its measures, in the model's own run.
    pub(super) fn choose_disagreement(&mut self, text: String) {
        self.choose_example(text);
        self.link.ablation = AblationComparison {
            order: self.link.ablation.order,
            ..AblationComparison::default()
        };
        self.link.changes = Default::default();
    }

    /// Shows a head alone, token by token: its attention, and not what joins all heads or compares it.
    pub(super) fn open_head(&mut self, layer: LayerIdx, head: HeadIdx) {
        let alone: HeadChoice = Some([head].into());
        self.link.view = vitrine_record::AttentionView::Head;
        self.link.layer = layer;
        self.link.heads = alone;
        if self.link.variant.joins_heads() {
            self.link.variant = AttentionVariant::default();
        }
        self.link.compared_layer = None;
        self.link.comparison = Comparison::default();
        self.hover = None;
        self.clamp();
        self.request_problem = None;
        self.chosen();
    }
}
