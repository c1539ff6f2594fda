//! What is made of attention and drawn in its place.

use vitrine_record::{
    AttentionOptions, AttentionVariant, AttentionView, VariantAttention,
    message::{Problem, Request, RequestKind},
};

use super::{Origin, Shared, State};

/// Why there is nothing to draw yet.
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
    pub fn variant(&self) -> AttentionVariant {
        match self.link.view {
            AttentionView::Head => self.link.variant,
            AttentionView::Model | AttentionView::Neuron => AttentionVariant::Raw,
        }
    }

    /// What is changed in the weights on the screen: a temperature has no meaning where they are no softmax.
    pub fn options(&self) -> AttentionOptions {
        match self.variant() {
            AttentionVariant::Raw => self.link.options,
            _ => AttentionOptions {
                temperature: AttentionOptions::default().temperature,
                ..self.link.options
            },
        }
    }

    /// What was made of the attention that is on the screen, if the chosen variant is here. It may be of another layer
    /// than the chosen one until that arrives, but never of another text.
    pub fn made(&self) -> Option<&Shared<VariantAttention>> {
        let answer = self.answers.variant.as_ref()?;
        let (
            Request::ComputeVariant { text, pair, .. },
            Origin::Live {
                text: shown,
                pair: shown_pair,
            },
        ) = (&answer.request, &self.shown.origin)
        else {
            return None;
        };
        let made = &answer.value;
        let is_it = self.variant() == made.variant
            && made.variant != AttentionVariant::Raw
            && (text, pair) == (shown, shown_pair)
            && made.attention.tokens() == self.shown.analysis.tokens.len();
        is_it.then_some(made)
    }

    /// Why nothing was made of the attention that is on the screen; `None` where something was, or need not be.
    pub fn missing_variant(&self) -> Option<Missing<'_>> {
        if self.variant() == AttentionVariant::Raw || self.made().is_some() {
            return None;
        }
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

    /// What has to be asked for the chosen variant.
    pub(super) fn wanted_variant(&self) -> Option<Request> {
        let is_wanted = self.variant() != AttentionVariant::Raw && !self.is_too_long_for_variant();
        is_wanted.then(|| Request::ComputeVariant {
            text: self.link.text.clone(),
            pair: self.link.pair.clone(),
            layer: self.link.layer,
            variant: self.variant(),
            interventions: Vec::new(),
        })
    }
}
