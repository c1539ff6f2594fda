//! LIME, whose players are words.

use std::ops::Range;

use vitrine_record::{
    ExplainedFeature, ExplanationCheck, ExplanationDetail, ExplanationSettings, LimeWords, MaskWith,
    MaskedInput, MissingTokens, Segment, SurrogateFit, SurrogateSample, Token, message::TextInput,
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
    /// The tokens of each player.
    of_players: Vec<Vec<u32>>,
    /// The tokens that are missing in each sample so far, in their order: what is found is asked for many times a second
    /// while samples come.
    missing: Vec<MissingTokens>,
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
        let mut binding = WordsBinding {
            method,
            first,
            second,
            tokens: text.tokens.clone(),
            mask: stand_in(settings.masking.with),
            of_players: Vec::new(),
            missing: Vec::new(),
        };
        binding.of_players = binding
            .words()
            .map(|(segment, word)| binding.tokens_of_word(segment, word).collect())
            .collect();
        Ok(binding)
    }

    /// The tokens that are missing where only a coalition is there.
    fn missing_tokens(&self, present: &Coalition) -> MissingTokens {
        let players = self.of_players.iter().enumerate();
        let missing = players.filter(|(player, _)| !present.contains(*player));
        let mut tokens: Vec<u32> = missing.flat_map(|(_, tokens)| tokens).copied().collect();
        tokens.sort_unstable();
        tokens.into()
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
    fn tokens_of_word<'a>(&'a self, segment: Segment, word: &'a LimeWord) -> impl Iterator<Item = u32> + 'a {
        word.places
            .iter()
            .flat_map(move |place| self.tokens_of(segment, place))
            // A text has fewer tokens than that.
            .map(|token| token as u32)
    }
}

impl Binding for WordsBinding {
    fn wanted(&self) -> &[Coalition] {
        self.method.wanted()
    }

    fn receive(&mut self, values: &[f64]) {
        let received = self.method.wanted().iter();
        let missing: Vec<MissingTokens> = received.map(|present| self.missing_tokens(present)).collect();
        self.missing.extend(missing);
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
        let surrogate = self.method.surrogate();
        let words: Vec<(Segment, &LimeWord)> = self.words().collect();
        let mut features = Vec::new();
        let mut token_values = Vec::new();
        let mut check = ExplanationCheck::Nothing;
        if let Some(surrogate) = &surrogate {
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
            check = ExplanationCheck::Surrogate(SurrogateFit {
                r2: surrogate.r2,
                intercept: surrogate.intercept,
                local_prediction: surrogate.local_prediction,
            });
        }
        let samples = surrogate.iter().flat_map(|surrogate| {
            let samples = self.method.samples().zip(&self.missing);
            samples.map(|((present, proximity, score), missing)| SurrogateSample {
                missing: missing.clone(),
                proximity,
                score,
                surrogate: surrogate.predict(present),
            })
        });
        let intercept = surrogate.as_ref().map(|surrogate| surrogate.intercept);
        Findings {
            features,
            token_values,
            base_value: intercept.unwrap_or_default(),
            prediction: self.method.samples().next().map_or(0.0, |(_, _, score)| score),
            check,
            detail: ExplanationDetail::Samples(samples.collect()),
        }
    }
}
