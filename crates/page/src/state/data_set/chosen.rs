//! The texts that are chosen, how each would be explained, and how long that takes.

use std::rc::Rc;

use vitrine_explain::{ExplainedText, ExplanationRun};
use vitrine_record::{
    ExhibitName, ExplanationMethod, ExplanationSettings, ExplanationTarget, Grouping, MaskedInput,
    MaskedToken, SentenceSet, Token, TokenizedText,
    message::{Request, TextInput},
};

use super::input;
use crate::state::{Engine, Shared, State};

/// From so many tokens on no merge tree needs fewer evaluations than this: a balanced one of `n` tokens, which needs the
/// fewest, needs 2 (n² − 1) / 3.
fn fewest_evaluations(tokens: usize) -> f64 {
    let tokens = tokens as f64;
    2.0 * (tokens * tokens - 1.0) / 3.0
}

/// For each text how many tokens are read for it at most.
fn work(texts: &[Shared<TokenizedText>], settings: &ExplanationSettings) -> Rc<[f64]> {
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
    /// How each text would be explained: as in the exhibit of SHAP, by Owen values of a limited number of inputs.
    pub fn data_set_settings(&self) -> Option<ExplanationSettings> {
        let choice = &self.link.explanation;
        Some(ExplanationSettings {
            method: ExplanationMethod::Owen,
            target: self.explained_target()?,
            masking: choice.masking,
            most_evaluations: Some(self.link.data_set.most_evaluations as usize),
            // Groups that a person chose are those of one text.
            grouping: match choice.grouping {
                Grouping::Chosen(_) => Grouping::default(),
                ref grouping => grouping.clone(),
            },
            ..ExplanationSettings::default()
        })
    }

    /// Whether the texts that were asked for are those that are chosen, explained as is chosen.
    pub fn is_data_set_asked(&self) -> bool {
        let asked = self.data_set.asked.as_ref();
        asked.is_some_and(|asked| {
            asked.sentences == self.data_set.listed
                && asked.labels == self.data_set.labels
                && Some(&asked.settings) == self.data_set_settings().as_ref()
                && asked.model_hash == self.shown.model.hash
        })
    }

    /// How many tokens are read at most to explain the texts that are chosen; nothing before they are known.
    pub fn data_set_work(&self) -> Option<f64> {
        let (_, work) = self.data_set.work.as_ref()?;
        Some(work.iter().sum())
    }

    /// Finds out how many tokens are read, once for texts and settings: long lists take a while.
    pub(in crate::state) fn follow_work(&mut self) {
        let settings = self.data_set_settings().map(|settings| ExplanationSettings {
            target: ExplanationTarget::default(),
            ..settings
        });
        let (Some(texts), Some(settings)) = (&self.data_set.texts, settings) else {
            self.data_set.work = None;
            return;
        };
        if self.data_set.work.as_ref().is_none_or(|(by, _)| *by != settings) {
            let work = work(texts, &settings);
            self.data_set.work = Some((settings, work));
        }
    }

    /// What has to be tokenized, so that it can be said how long texts take.
    pub(in crate::state) fn texts_to_tokenize(&self) -> Option<Request> {
        let is_open = self.link.exhibit == ExhibitName::DataSet;
        let is_wanted = is_open && self.data_set.texts.is_none() && !self.data_set.listed.is_empty();
        is_wanted.then(|| Request::Tokenize {
            inputs: self.data_set.listed.iter().map(|text| input(text)).collect(),
        })
    }

    pub(in crate::state) fn hear_tokens(&mut self, inputs: &[TextInput], texts: Vec<TokenizedText>) {
        let listed = self.data_set.listed.iter();
        let are_chosen = listed.len() == inputs.len()
            && listed
                .zip(inputs)
                .all(|(sentence, input)| *sentence == input.text);
        if are_chosen {
            self.data_set.texts = Some(Shared::new(texts.into_iter().map(Shared::new).collect()));
            self.data_set.work = None;
        }
    }

    /// Keeps the texts that are chosen, while the exhibit is open.
    pub(in crate::state) fn follow_list(&mut self) {
        let from = (self.link.data_set.set, self.own_list.clone());
        let is_open = self.link.exhibit == ExhibitName::DataSet;
        if !is_open || self.data_set.listed_from.as_ref() == Some(&from) {
            return;
        }
        // What is typed into the list changes nothing while another one is chosen.
        let is_same = from.0 != SentenceSet::Own
            && self
                .data_set
                .listed_from
                .as_ref()
                .is_some_and(|(set, _)| *set == from.0);
        if !is_same {
            self.data_set.listed = from.0.sentences(&from.1).into();
            let labels = from.0.labels(&from.1).into_iter();
            self.data_set.labels = labels.map(|label| label.map(Rc::from)).collect();
            self.data_set.texts = None;
        }
        self.data_set.listed_from = Some(from);
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
            let stands = |(at, token): (usize, &Token)| match at == missing {
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
