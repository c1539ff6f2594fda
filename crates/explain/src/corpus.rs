//! What the explanations of many texts have in common: which tokens matter, how much, and where.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::Range,
    sync::Arc,
};

use vitrine_record::{Explanation, ExplanationCheck, TokenOrder, TokenUnit};

use crate::lime::submodular_pick;

/// A token at a place of a text, or a word of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// What is the same of all that the model reads as the same: the entries of the vocabulary, joined to a word where
    /// words are counted.
    pub token: String,
    /// The tokens of the input that it consists of.
    pub positions: Range<usize>,
    /// Its attribution; of a word the sum of its pieces'.
    pub value: f64,
}

/// The occurrences in a text, in its order. Special tokens are none.
///
/// ```
/// # use vitrine_record::*;
/// # let token = |piece: &str| Token {
/// #     text: piece.into(), piece: piece.into(), id: TokenId(0), start: 0, end: 1, segment: Segment::A,
/// #     special: piece.starts_with('['),
/// # };
/// # let mut explanation = Explanation {
/// #     model_hash: String::new(), input: Default::default(), settings: Default::default(),
/// #     tokens: ["[CLS]", "love", "##ly", "!", "[SEP]"].map(token).into(), values: vec![0.0, 0.3, 0.1, -0.2, 0.0],
/// #     features: vec![], base_value: 0.5, prediction: 0.7, evaluations: 9, exact_evaluations: None,
/// #     check: ExplanationCheck::Nothing, detail: ExplanationDetail::Nothing,
/// # };
/// # for (token, text) in explanation.tokens.iter_mut().zip(["", "love", "ly", "!", ""]) { token.text = text.into() }
/// // The pieces of "Lovely!" with the values 0.3, 0.1 and −0.2:
/// let names = |unit| vitrine_explain::occurrences(&explanation, unit)
///     .iter()
///     .map(|occurrence| format!("{} {:.1}", occurrence.token, occurrence.value))
///     .collect::<Vec<_>>();
/// assert_eq!(names(TokenUnit::Words), ["lovely 0.4", "! -0.2"]);
/// assert_eq!(names(TokenUnit::Pieces), ["love 0.3", "##ly 0.1", "! -0.2"]);
/// ```
pub fn occurrences(explanation: &Explanation, unit: TokenUnit) -> Vec<Occurrence> {
    let mut found: Vec<Occurrence> = Vec::new();
    let values = explanation.tokens.iter().zip(&explanation.values);
    for (position, (token, &value)) in values.enumerate() {
        if token.special {
            continue;
        }
        let before = found.last_mut().filter(|before| {
            unit == TokenUnit::Words && token.continues_word() && before.positions.end == position
        });
        match before {
            Some(word) => {
                word.token.push_str(token.piece.trim_start_matches("##"));
                word.positions.end += 1;
                word.value += value;
            }
            None => found.push(Occurrence {
                token: token.piece.clone(),
                positions: position..position + 1,
                value,
            }),
        }
    }
    found
}

/// What is known of all occurrences of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TokenStatistics {
    /// How many they are.
    pub occurrences: usize,
    /// How many texts they are in.
    pub texts: usize,
    /// Mean of the values.
    pub mean: f64,
    /// Mean of their sizes, the values without their signs.
    pub mean_size: f64,
    /// The largest of these.
    pub largest_size: f64,
    /// Sum of the squared differences of the values from their mean.
    pub squared_deviations: f64,
}

impl TokenStatistics {
    /// The standard deviation of the values (n − 1 in the denominator); nothing of a single one.
    pub fn standard_deviation(&self) -> Option<f64> {
        let others = self.occurrences.checked_sub(1).filter(|others| *others > 0)?;
        Some((self.squared_deviations / others as f64).sqrt())
    }

    /// The sum of the sizes of all values.
    pub fn total_size(&self) -> f64 {
        self.mean_size * self.occurrences as f64
    }

    /// By what tokens are put in order: by its size, where it has a sign.
    pub fn rank(&self, order: TokenOrder) -> f64 {
        match order {
            TokenOrder::MeanSize => self.mean_size,
            TokenOrder::TotalSize => self.total_size(),
            TokenOrder::LargestSize => self.largest_size,
            TokenOrder::Mean => self.mean,
        }
    }

    /// Those of one more text that has one occurrence of the token.
    fn of_one(value: f64) -> TokenStatistics {
        TokenStatistics {
            occurrences: 1,
            texts: 1,
            mean: value,
            mean_size: value.abs(),
            largest_size: value.abs(),
            squared_deviations: 0.0,
        }
    }

    /// Takes in other occurrences (Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance",
    /// equation 2.1, in its form for means).
    fn merge(&mut self, other: &TokenStatistics) {
        let (here, there) = (self.occurrences as f64, other.occurrences as f64);
        let share = there / (here + there);
        let apart = other.mean - self.mean;
        self.squared_deviations += other.squared_deviations + apart * apart * here * share;
        self.mean += apart * share;
        self.mean_size += (other.mean_size - self.mean_size) * share;
        self.largest_size = self.largest_size.max(other.largest_size);
        self.occurrences += other.occurrences;
        self.texts += other.texts;
    }
}

/// What is known of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct CorpusText {
    /// Its place among the texts, as it was given.
    pub place: usize,
    /// The score of the text.
    pub prediction: f64,
    /// The score where everything is missing.
    pub base_value: f64,
    /// What has values in it, in its order.
    pub occurrences: Vec<Occurrence>,
    /// The sum of all values, also those of special tokens, which are no occurrences.
    pub sum: f64,
    /// Prediction − base value − sum of the values; nothing of methods that promise no sum.
    pub residual: Option<f64>,
    /// Inputs that were asked for.
    pub evaluations: usize,
    /// Inputs that the exact values would have needed, where that is known.
    pub exact_evaluations: Option<usize>,
}

impl CorpusText {
    /// Whether its values are not exact, because that would have needed more inputs than it was given.
    pub fn is_truncated(&self) -> bool {
        self.exact_evaluations
            .is_some_and(|exact| self.evaluations < exact)
    }
}

/// A few texts that together show most.
#[derive(Clone, Debug, PartialEq)]
pub struct TextPick {
    /// Their places, the first picked first.
    pub places: Vec<usize>,
    /// The importance of the tokens that they show, as a share of that of all tokens, 0 to 1.
    pub share: f64,
}

impl TextPick {
    /// So many of the largest values of a text are what its explanation shows; otherwise long texts would show most.
    pub const LARGEST: usize = 5;
}

fn largest_values(text: &CorpusText) -> Vec<(String, f64)> {
    let mut largest: Vec<&Occurrence> = text.occurrences.iter().collect();
    largest.sort_by(|one, other| other.value.abs().total_cmp(&one.value.abs()));
    let largest = largest.into_iter().take(TextPick::LARGEST);
    largest.map(|one| (one.token.clone(), one.value)).collect()
}

/// The explanations of many texts, put together a text at a time. Two of different texts can be merged: what is found
/// does not depend on the order of texts, but for rounding. A clone shares the texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corpus {
    unit: TokenUnit,
    texts: BTreeMap<usize, Arc<CorpusText>>,
    tokens: BTreeMap<Arc<str>, TokenStatistics>,
}

/// A token and what is known of it.
pub type RankedToken<'a> = (&'a str, &'a TokenStatistics);

impl Corpus {
    /// No text yet.
    pub fn new(unit: TokenUnit) -> Corpus {
        Corpus {
            unit,
            ..Corpus::default()
        }
    }

    /// Takes in a text, which has a place of its own among the others. One whose place is taken already is let go.
    pub fn add(&mut self, place: usize, explanation: &Explanation) {
        let Entry::Vacant(vacant) = self.texts.entry(place) else {
            return;
        };
        let occurrences = occurrences(explanation, self.unit);
        let mut of_text: BTreeMap<&str, TokenStatistics> = BTreeMap::new();
        for Occurrence { token, value, .. } in &occurrences {
            let one = TokenStatistics::of_one(*value);
            let known = of_text.entry(token).or_default();
            if known.occurrences == 0 {
                *known = one;
            } else {
                known.merge(&one);
                known.texts = 1;
            }
        }
        for (token, statistics) in of_text {
            merge_token(&mut self.tokens, token, &statistics);
        }
        vacant.insert(Arc::new(CorpusText {
            place,
            prediction: explanation.prediction,
            base_value: explanation.base_value,
            occurrences,
            sum: explanation.values.iter().sum(),
            residual: match explanation.check {
                ExplanationCheck::Additivity { residual } => Some(residual),
                _ => None,
            },
            evaluations: explanation.evaluations,
            exact_evaluations: explanation.exact_evaluations,
        }));
    }

    /// Takes in the texts of another one, which has to count the same unit and to have other places.
    ///
    /// # Panics
    /// If the units differ or a text is in both: what a token is, and how often, would then mean two things.
    pub fn merge(&mut self, other: &Corpus) {
        assert_eq!(self.unit, other.unit, "both count the same unit");
        assert!(
            other.texts.keys().all(|place| !self.texts.contains_key(place)),
            "each text is in one of them"
        );
        for (token, statistics) in &other.tokens {
            merge_token(&mut self.tokens, token, statistics);
        }
        self.texts
            .extend(other.texts.iter().map(|(place, text)| (*place, text.clone())));
    }

    /// What counts as one token.
    pub fn unit(&self) -> TokenUnit {
        self.unit
    }

    /// The texts, by their places.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &CorpusText> {
        self.texts.values().map(|text| &**text)
    }

    /// The text at a place.
    pub fn text(&self, place: usize) -> Option<&CorpusText> {
        self.texts.get(&place).map(|text| &**text)
    }

    /// How many different tokens there are.
    pub fn token_count(&self) -> usize {
        self.tokens.len()
    }

    /// How often all of them occur.
    pub fn occurrence_count(&self) -> usize {
        self.tokens.values().map(|token| token.occurrences).sum()
    }

    /// What is known of a token.
    pub fn token(&self, token: &str) -> Option<&TokenStatistics> {
        self.tokens.get(token)
    }

    /// Tokens that occur at least so often, those that matter most first; of equals by their names.
    pub fn ranked(&self, order: TokenOrder, least: usize) -> Vec<RankedToken<'_>> {
        let known = self.tokens.iter();
        let mut ranked: Vec<RankedToken<'_>> = known
            .filter(|(_, token)| token.occurrences >= least)
            .map(|(name, token)| (&**name, token))
            .collect();
        ranked.sort_by(|(_, one), (_, other)| other.rank(order).abs().total_cmp(&one.rank(order).abs()));
        ranked
    }

    /// All occurrences of a token with the places of their texts, the largest value first.
    pub fn occurrences_of(&self, token: &str) -> Vec<(usize, &Occurrence)> {
        let of_text = |text: &'_ CorpusText| text.place;
        let all = self.texts();
        let mut found: Vec<(usize, &Occurrence)> = all
            .flat_map(|text| text.occurrences.iter().map(move |one| (of_text(text), one)))
            .filter(|(_, occurrence)| occurrence.token == token)
            .collect();
        found.sort_by(|(_, one), (_, other)| other.value.total_cmp(&one.value));
        found
    }

    /// The largest residual, whatever its sign.
    pub fn largest_residual(&self) -> Option<f64> {
        let residuals = self.texts().filter_map(|text| text.residual);
        residuals.map(f64::abs).reduce(f64::max)
    }

    /// How many texts have values that are not exact.
    pub fn truncated_texts(&self) -> usize {
        self.texts().filter(|text| text.is_truncated()).count()
    }

    /// Places of texts, the one with the largest prediction first.
    pub fn by_prediction(&self) -> Vec<usize> {
        let mut texts: Vec<&CorpusText> = self.texts().collect();
        texts.sort_by(|one, other| other.prediction.total_cmp(&one.prediction));
        texts.into_iter().map(|text| text.place).collect()
    }

    /// The texts that together show most (Ribeiro, Singh & Guestrin 2016, "Why should I trust you?", section 4): of each
    /// text its largest values count, as many as [`TextPick::LARGEST`].
    pub fn pick(&self, most: usize) -> TextPick {
        let places: Vec<usize> = self.texts.keys().copied().collect();
        let explanations: Vec<Vec<(String, f64)>> = self.texts().map(largest_values).collect();
        let picked = submodular_pick(&explanations, most);
        let all: f64 = picked.importance.iter().map(|(_, importance)| importance).sum();
        TextPick {
            places: picked.picks.iter().map(|pick| places[*pick]).collect(),
            share: picked
                .coverage
                .last()
                .filter(|_| all > 0.0)
                .map_or(0.0, |shown| shown / all),
        }
    }

    /// Places of texts so that those in which the same tokens have alike values stand beside each other: from the text
    /// with the largest prediction on, each is followed by the one that is most like it of those that are left. How alike
    /// two are is the cosine between their values by token.
    pub fn by_likeness(&self) -> Vec<usize> {
        let ids: BTreeMap<&str, usize> = self.tokens.keys().map(|name| &**name).zip(0..).collect();
        // From here on a text is its place in this order.
        let places = self.by_prediction();
        let texts = places.iter().filter_map(|place| self.text(*place));
        let vectors: Vec<Vec<(usize, f64)>> = texts.map(|text| unit_vector(text, &ids)).collect();
        // For each token, the texts that it is in.
        let mut holders: Vec<Vec<(usize, f64)>> = vec![Vec::new(); ids.len()];
        for (text, vector) in vectors.iter().enumerate() {
            for &(token, value) in vector {
                holders[token].push((text, value));
            }
        }
        let mut left: Vec<usize> = (0..vectors.len()).collect();
        let mut cosines = vec![0.0f64; vectors.len()];
        let mut order = Vec::with_capacity(vectors.len());
        let mut next = 0;
        while next < left.len() {
            let text = left.remove(next);
            order.push(places[text]);
            cosines.fill(0.0);
            for &(token, value) in &vectors[text] {
                for &(other, other_value) in &holders[token] {
                    cosines[other] += value * other_value;
                }
            }
            // Of those that are as like, the one with the larger prediction, which comes first.
            next = 0;
            for (place, other) in left.iter().enumerate() {
                if cosines[*other] > cosines[left[next]] {
                    next = place;
                }
            }
        }
        order
    }
}

fn merge_token(tokens: &mut BTreeMap<Arc<str>, TokenStatistics>, token: &str, new: &TokenStatistics) {
    match tokens.get_mut(token) {
        Some(known) => known.merge(new),
        None => {
            tokens.insert(token.into(), *new);
        }
    }
}

/// The values of a text by token, of length 1; all 0 where they are all 0.
fn unit_vector(text: &CorpusText, ids: &BTreeMap<&str, usize>) -> Vec<(usize, f64)> {
    let mut values: BTreeMap<usize, f64> = BTreeMap::new();
    for occurrence in &text.occurrences {
        if let Some(id) = ids.get(occurrence.token.as_str()) {
            *values.entry(*id).or_default() += occurrence.value;
        }
    }
    let length = values.values().map(|value| value * value).sum::<f64>().sqrt();
    let scaled = |value: f64| if length > 0.0 { value / length } else { 0.0 };
    values
        .into_iter()
        .map(|(id, value)| (id, scaled(value)))
        .collect()
}

#[cfg(test)]
#[path = "corpus_tests.rs"]
mod tests;
