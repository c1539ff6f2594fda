//! What is made of attention and drawn in its place.

use vitrine_record::{
    Analysis, AttentionOptions, AttentionVariant, AttentionView, LayerAttention, LayerIdx, Run,
    VariantAttention,
    message::{Problem, Request, RequestKind},
};

use super::{Answer, Origin, Shared, State};

/// Why what is chosen is not drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missing<'a> {
    /// It is on its way.
    Computing,
    /// The text is too long for it.
    TooLong,
    /// It could not be computed.
    Failed(&'a Problem),
}

impl State {
    /// What is taken for attention on the screen: only the head view draws anything but the probabilities themselves.
    /// Nothing is made of what was imported.
    pub fn variant(&self) -> AttentionVariant {
        match self.attention_view() {
            _ if self.imported().is_some() => AttentionVariant::Raw,
            Some(AttentionView::Head) => self.link.variant,
            _ => AttentionVariant::Raw,
        }
    }

    /// What is changed in the weights on the screen.
    pub fn options(&self) -> AttentionOptions {
        self.link.options.of_variant(self.variant())
    }

    /// What is taken for attention of a layer of the text on the screen, in the untouched run or in the changed one.
    /// Of what was imported there is one run.
    pub fn attention_of(&self, layer: LayerIdx, is_changed: bool) -> Option<&LayerAttention> {
        if let Some((imported, part)) = self.imported() {
            return imported.layers(part).get(layer.0);
        }
        match (self.variant(), is_changed) {
            (AttentionVariant::Raw, false) => self.shown.analysis.layer(layer),
            (AttentionVariant::Raw, true) => self.changed_analysis()?.layer(layer),
            _ => None,
        }
        .or_else(|| self.made(layer, is_changed).map(|made| &made.attention))
    }

    /// What was made of the attention of a layer. Of a changed run that is not here yet, it is the newest one before.
    fn made(&self, layer: LayerIdx, is_changed: bool) -> Option<&Shared<VariantAttention>> {
        let wanted = self.request_for(layer, is_changed);
        let of_layer: Vec<_> = self
            .made_of_run(is_changed)
            .filter(|answer| answer.value.attention.layer == layer)
            .collect();
        let exact = of_layer.iter().find(|answer| answer.request == wanted);
        exact.or(of_layer.first()).map(|answer| &answer.value)
    }

    /// What was made of layers of the text on the screen in one of the runs, the newest first.
    fn made_of_run(&self, of_changed: bool) -> impl Iterator<Item = &Answer<VariantAttention>> {
        let is_of_run = move |request: &Request| match (request, &self.shown.origin) {
            (
                Request::ComputeVariant {
                    text,
                    pair,
                    variant,
                    interventions,
                    ..
                },
                Origin::Live {
                    text: shown,
                    pair: shown_pair,
                },
            ) => {
                let is_run = interventions.is_empty() != of_changed && (!of_changed || self.is_changed());
                (text, pair, *variant) == (shown, shown_pair, self.variant()) && is_run
            }
            _ => false,
        };
        let tokens = self.shown.analysis.tokens.len();
        self.answers
            .variants()
            .filter(move |answer| is_of_run(&answer.request) && answer.value.attention.tokens() == tokens)
    }

    /// What was made of the attention of a layer in the untouched run and in the changed one.
    pub fn made_of_layer(&self, layer: LayerIdx) -> [Option<Shared<VariantAttention>>; 2] {
        [false, true].map(|is_changed| self.made(layer, is_changed).cloned())
    }

    /// The class whose logit the gradient on the screen is of.
    pub fn class_of_gradient(&self) -> Option<usize> {
        let mut made = self.made_of_run(false).chain(self.made_of_run(true));
        made.find_map(|made| made.value.class)
    }

    /// The layer and the run that the picture can show: the chosen ones, or, until they arrive, what is there.
    pub(super) fn drawn_variant(&self) -> (LayerIdx, Run) {
        let newest = self.made_of_run(false).chain(self.made_of_run(true));
        let layers: Vec<LayerIdx> = std::iter::once(self.link.layer)
            .chain(newest.map(|made| made.value.attention.layer))
            .collect();
        let place = |run: Run| {
            let is_there = |layer: &&LayerIdx| {
                let mut runs = needed(run).iter();
                runs.all(|is_changed| self.made(**layer, *is_changed).is_some())
            };
            layers.iter().find(is_there).map(|layer| (*layer, run))
        };
        place(self.chosen_run())
            .or_else(|| place(Run::Untouched))
            .unwrap_or((self.link.layer, Run::Untouched))
    }

    /// Why the variant that is chosen is not drawn of the layers and the runs that are chosen; `None` where it is.
    pub fn missing_variant(&self) -> Option<Missing<'_>> {
        if self.is_too_long_for_variant() {
            return Some(Missing::TooLong);
        }
        let request = self.besides(RequestKind::ComputeVariant)?;
        let problem = self.answers.problem(&request).map(Missing::Failed);
        Some(problem.unwrap_or(Missing::Computing))
    }

    fn is_too_long_for_variant(&self) -> bool {
        self.variant() == AttentionVariant::Flow
            && self.shown.analysis.tokens.len() > AttentionVariant::MOST_TOKENS_OF_FLOW
    }

    /// What has to be asked next: a comparison is made of two runs, or of two layers. Attention itself comes with the
    /// analysis, but that of a long text only of the layer that is looked at.
    pub(super) fn wanted_variant(&self) -> Option<Request> {
        if self.is_too_long_for_variant() {
            return None;
        }
        let is_raw = self.variant() == AttentionVariant::Raw;
        let comes_whole = self.shown.analysis.tokens.len() <= Analysis::MOST_TOKENS_FOR_ALL_LAYERS;
        let looked_at = (!is_raw).then_some(self.link.layer);
        let compared = self.compared_layer().filter(|_| !(is_raw && comes_whole));
        looked_at
            .into_iter()
            .chain(compared)
            .flat_map(|layer| {
                needed(self.chosen_run())
                    .iter()
                    .map(move |is_changed| (layer, *is_changed))
            })
            .map(|(layer, is_changed)| self.request_for(layer, is_changed))
            .find(|request| !self.answers.variants().any(|answer| answer.request == *request))
    }

    fn request_for(&self, layer: LayerIdx, is_changed: bool) -> Request {
        Request::ComputeVariant {
            text: self.link.text.clone(),
            pair: self.link.pair.clone(),
            layer,
            variant: self.variant(),
            interventions: if is_changed {
                self.interventions()
            } else {
                Vec::new()
            },
        }
    }
}

/// Of which runs attention is needed to show one: whether of the untouched one (`false`), of the changed one (`true`).
fn needed(run: Run) -> &'static [bool] {
    match run {
        Run::Untouched => &[false],
        Run::Changed => &[true],
        Run::Both | Run::Difference => &[false, true],
    }
}
