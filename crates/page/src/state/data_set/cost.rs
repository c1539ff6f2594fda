//! How long it takes to explain many texts, before it begins.

use std::rc::Rc;

use vitrine_explain::{ExplainedText, ExplanationRun};
use vitrine_record::{
    ExhibitName, ExplanationSettings, MaskedInput, MaskedToken, TokenizedText, message::TextInput,
};

use crate::state::{Engine, Shared, State};

/// From so many tokens on no merge tree needs fewer evaluations than this: a balanced one of `n` tokens, which needs the
/// fewest, needs 2 (n² − 1) / 3.
fn fewest_evaluations(tokens: usize) -> f64 {
    let tokens = tokens as f64;
    2.0 * (tokens * tokens - 1.0) / 3.0
}

/// For each text how many tokens are read for it at most.
pub(super) fn work(texts: &[Shared<TokenizedText>], settings: &ExplanationSettings) -> Rc<[f64]> {
    let budget = settings.most_evaluations.unwrap_or(usize::MAX);
    let evaluations = |text: &TokenizedText| {
        let typed = text.tokens.iter().filter(|token| !token.special).count();
        if fewest_evaluations(typed) >= budget as f64 {
            return budget;
        }
        let text = ExplainedText {
            model_hash: String::new(),
            input: TextInput::default(),
            tokens: text.tokens.clone(),
        };
        let run = ExplanationRun::new(text, settings.clone()).ok();
        run.and_then(|run| run.planned_evaluations()).unwrap_or(0)
    };
    texts
        .iter()
        .map(|text| (evaluations(text) * text.tokens.len()) as f64)
        .collect()
}

impl State {
    /// How many tokens are read at most to explain the texts that are chosen; nothing before they are known.
    pub fn data_set_work(&self) -> Option<f64> {
        let (texts, settings) = (self.data_set.texts.as_ref()?, self.data_set_settings()?);
        Some(work(texts, &settings).iter().sum())
    }

    /// Inputs whose run says how long one takes, wanted while that is not known: a text of middle length, each time with
    /// another token missing.
    pub fn inputs_to_measure(&self) -> Option<Vec<MaskedInput>> {
        const INPUTS: usize = 8;
        let is_open = self.link.exhibit == ExhibitName::DataSet;
        let is_ready = matches!(self.engine, Engine::Ready { .. });
        let is_busy = self.explanation_order().is_some();
        if !is_open || !is_ready || is_busy || self.data_set.milliseconds_per_token.is_some() {
            return None;
        }
        let texts = self.data_set.texts.as_ref()?;
        let mut by_length: Vec<&Shared<TokenizedText>> = texts.iter().collect();
        by_length.sort_by_key(|text| text.tokens.len());
        let tokens = &by_length.get(by_length.len() / 2)?.tokens;
        let without = |missing: usize| {
            let stands = |(at, token): (usize, &vitrine_record::Token)| match at == missing {
                true => MaskedToken::Mask,
                false => MaskedToken::Kept(token.id),
            };
            MaskedInput::Tokens {
                tokens: tokens.iter().enumerate().map(stands).collect(),
                segments: tokens.iter().map(|token| token.segment).collect(),
                hidden: Vec::new(),
            }
        };
        let places = (0..tokens.len()).filter(|at| !tokens[*at].special);
        Some(places.cycle().take(INPUTS).map(without).collect())
    }
}
