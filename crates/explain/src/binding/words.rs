//! LIME, whose players are words.

use std::ops::Range;

use vitrine_record::{
    ExplainedFeature, ExplanationCheck, ExplanationDetail, ExplanationSettings, LimeWords, MaskWith,
    MaskedInput, Segment, SurrogateSample, Token, message::TextInput,
};

use super::{Binding, Findings};
use crate::{
    Coalition, CoalitionMethod, ExplainError, ExplainedText,
    lime::{FeatureSelection, Lime, LimeText, LimeWord, SurrogateSettings},
    masking::stand_in,
};

/// So many samples the expected fit stands for: as many as the lime package draws.
const SAMPLES_OF_EXPECTED: usize = 5_000;

/// A text cut into words, and LIME on them. The players are the words of the first text, then those of the second.
pub(super) struct WordsBinding {
    method: Lime,
    first: LimeText,
    second: Option<LimeText>,
    tokens: Vec<Token>,
    mask: &'static str,
}

impl WordsBinding {
    pub(super) fn new(
        text: &ExplainedText,
        settings: &ExplanationSettings,
    ) -> Result<WordsBinding, ExplainError> {
        let lime = settings.lime;
        if lime.words == LimeWords::Positional && settings.masking.with == MaskWith::Attention {
            return Err(ExplainError::NoAttentionMaskInText);
        }
        let first = LimeText::new(&text.input.text, lime.words);
        let second = text
            .input
            .pair
            .as_deref()
            .map(|pair| LimeText::new(pair, lime.words));
        let players = first.words().len() + second.as_ref().map_or(0, |second| second.words().len());
        if players == 0 {
            return Err(ExplainError::NoWords);
        }
        let surrogate = SurrogateSettings {
            features: lime.features,
            selection: FeatureSelection::Auto,
            kernel_width: lime.kernel_width,
        };
        let method = match lime.samples {
            Some(samples) => Lime::sampled(players, samples, settings.seed, surrogate)?,
            None => Lime::expected(players, SAMPLES_OF_EXPECTED, surrogate)?,
        };
        Ok(WordsBinding {
            method,
            first,
            second,
            tokens: text.tokens.clone(),
            mask: stand_in(settings.masking.with),
        })
    }

    fn words(&self) -> impl Iterator<Item = (Segment, &LimeWord)> {
        let first = self.first.words().iter().map(|word| (Segment::A, word));
        let second = self.second.iter().flat_map(LimeText::words);
        first.chain(second.map(|word| (Segment::B, word)))
    }

    /// The tokens of which a word's place consists.
    fn tokens_of(&self, segment: Segment, place: &Range<usize>) -> Range<usize> {
        let is_of = |token: &Token| {
            !token.special && token.segment == segment && token.start < place.end && place.start < token.end
        };
        let first = self.tokens.iter().position(is_of).unwrap_or_default();
        let count = self.tokens[first..]
            .iter()
            .take_while(|token| is_of(token))
            .count();
        first..first + count
    }

    /// All tokens of a word.
    fn tokens_of_word<'a>(
        &'a self,
        segment: Segment,
        word: &'a LimeWord,
    ) -> impl Iterator<Item = usize> + 'a {
        word.places
            .iter()
            .flat_map(move |place| self.tokens_of(segment, place))
    }
}

impl Binding for WordsBinding {
    fn wanted(&self) -> &[Coalition] {
        self.method.wanted()
    }

    fn receive(&mut self, values: &[f64]) {
        self.method.receive(values);
    }

    fn input(&self, present: &Coalition) -> MaskedInput {
        MaskedInput::Text(self.shown(present))
    }

    fn shown(&self, present: &Coalition) -> TextInput {
        let of_first = self.first.words().len();
        TextInput {
            text: self.first.masked(present, self.mask),
            pair: self.second.as_ref().map(|second| {
                let words = second.words().len();
                let present = (0..words)
                    .filter(|word| present.contains(of_first + word))
                    .fold(Coalition::empty(words), Coalition::with);
                second.masked(&present, self.mask)
            }),
        }
    }

    fn exact_evaluations(&self) -> Option<usize> {
        None
    }

    fn planned_evaluations(&self) -> Option<usize> {
        Some(self.method.evaluations())
    }

    fn findings(&self) -> Findings {
        let outcome = self.method.outcome();
        let words: Vec<(Segment, &LimeWord)> = self.words().collect();
        let mut features = Vec::new();
        let mut token_values = Vec::new();
        let mut check = ExplanationCheck::Nothing;
        if let Some(surrogate) = &outcome.surrogate {
            let mut chosen = surrogate.coefficients.clone();
            chosen.sort_by_key(|(player, _)| *player);
            for (player, value) in chosen {
                let (segment, word) = words[player];
                let mut last = None;
                for (at, place) in word.places.iter().enumerate() {
                    let tokens = self.tokens_of(segment, place);
                    // A word that occurs twice within one token, between combining marks, is there once.
                    if !tokens.is_empty() && last != Some(tokens.start) {
                        token_values.push((tokens.start, value));
                        last = Some(tokens.start);
                    }
                    if at == 0 {
                        features.push(ExplainedFeature {
                            text: word.text.clone(),
                            start: place.start,
                            end: place.end,
                            segment,
                            tokens,
                            value,
                        });
                    }
                }
            }
            check = ExplanationCheck::Surrogate {
                r2: surrogate.r2,
                intercept: surrogate.intercept,
                local_prediction: surrogate.local_prediction,
            };
        }
        let tokens: Vec<Vec<u32>> = words
            .iter()
            .map(|(segment, word)| self.tokens_of_word(*segment, word).map(|at| at as u32).collect())
            .collect();
        let samples = outcome.surrogate.iter().flat_map(|surrogate| {
            outcome.samples.iter().map(|sample| {
                let missing = (0..words.len()).filter(|player| !sample.present.contains(*player));
                let mut missing: Vec<u32> = missing
                    .flat_map(|player| tokens[player].iter().copied())
                    .collect();
                missing.sort_unstable();
                SurrogateSample {
                    missing,
                    proximity: sample.proximity,
                    score: sample.value,
                    surrogate: surrogate.predict(&sample.present),
                }
            })
        });
        let intercept = outcome.surrogate.as_ref().map(|surrogate| surrogate.intercept);
        Findings {
            features,
            token_values,
            base_value: intercept.unwrap_or_default(),
            prediction: outcome.samples.first().map_or(0.0, |sample| sample.value),
            check,
            detail: ExplanationDetail::Samples(samples.collect()),
        }
    }
}
