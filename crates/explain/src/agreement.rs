//! How far several attributions of one text agree, word by word.

use std::ops::Range;

use vitrine_attention::{kendall_tau, places, words};
use vitrine_record::{ExplainedFeature, Segment, Token};

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordRange {
    /// The text that it belongs to.
    pub segment: Segment,
    /// Its first Unicode scalar value.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// The tokens of each of the words that [`word_ranges`] gives, in the same order.
pub fn tokens_of_words(tokens: &[Token]) -> Vec<Range<usize>> {
    let units = words(tokens).into_iter().map(|unit| unit.positions());
    units
        .filter(|positions| tokens.get(positions.start).is_some_and(|first| !first.special))
        .collect()
}

/// The words that tokens are pieces of, special tokens left out: that on which attributions with features of their own
/// are compared.
pub fn word_ranges(tokens: &[Token]) -> Vec<WordRange> {
    words(tokens)
        .into_iter()
        .filter_map(|unit| {
            let pieces = &tokens[unit.positions()];
            let first = pieces.first().filter(|first| !first.special)?;
            Some(WordRange {
                segment: first.segment,
                start: first.start,
                end: pieces.iter().map(|piece| piece.end).max()?,
            })
        })
        .collect()
}

/// The value of each word: the sum of its features' values. A feature of several words is divided among them by the
/// characters that it has of each; one of no word (white space, a special token) is left out. A word that no feature belongs
/// to has none, as punctuation has none in LIME.
///
/// ```
/// use vitrine_explain::agreement::{WordRange, values_by_word};
/// use vitrine_record::{ExplainedFeature, Segment};
/// let word = |start, end| WordRange { segment: Segment::A, start, end };
/// let feature = |start, end, value| ExplainedFeature {
///     text: String::new(), start, end, segment: Segment::A, tokens: 0..0, value,
/// };
/// // "unwatchable film.", explained in pieces with the white space behind them.
/// let words = [word(0, 11), word(12, 16), word(16, 17)];
/// let features = [feature(0, 2, -0.25), feature(2, 12, -0.5), feature(12, 16, 0.125)];
/// assert_eq!(values_by_word(&words, &features), [Some(-0.75), Some(0.125), None]);
/// ```
pub fn values_by_word(words: &[WordRange], features: &[ExplainedFeature]) -> Vec<Option<f64>> {
    let mut values = vec![None; words.len()];
    for feature in features {
        let shared: Vec<usize> = words
            .iter()
            .map(|word| {
                if word.segment == feature.segment {
                    word.end
                        .min(feature.end)
                        .saturating_sub(word.start.max(feature.start))
                } else {
                    0
                }
            })
            .collect();
        let all: usize = shared.iter().sum();
        for (value, shared) in values.iter_mut().zip(shared).filter(|(_, shared)| *shared > 0) {
            let share = feature.value * shared as f64 / all as f64;
            *value = Some(value.unwrap_or(0.0) + share);
        }
    }
    values
}

/// How far two attributions agree on the words that both give a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// How many words that are.
    pub words: usize,
    /// Kendall's τ-b of the values; `None` where it is not defined.
    pub kendall_tau: Option<f64>,
    /// The same of their absolute values: whether the same words are called important, whatever they speak for.
    pub kendall_tau_of_magnitudes: Option<f64>,
    /// How many words were counted as the top: what was asked for, or all.
    pub top: usize,
    /// The share of the words with the largest absolute values that is the same in both; `None` without words.
    pub top_overlap: Option<f64>,
    /// The share of words that both say speak for the same side, 0 being a side of its own; `None` without words.
    pub same_sign: Option<f64>,
}

/// Compares two attributions of the same words. Of words that are equally important the first are in the top.
///
/// ```
/// use vitrine_explain::agreement::agreement;
/// let one = [Some(0.5), Some(-0.25), Some(0.125), None];
/// let other = [Some(0.75), Some(0.5), Some(-0.125), Some(9.0)];
/// let found = agreement(&one, &other, 2);
/// assert_eq!((found.words, found.top_overlap), (3, Some(1.0)));
/// assert_eq!(found.kendall_tau, Some(1.0 / 3.0));
/// assert_eq!(found.kendall_tau_of_magnitudes, Some(1.0));
/// assert_eq!(found.same_sign, Some(1.0 / 3.0));
/// ```
pub fn agreement(one: &[Option<f64>], other: &[Option<f64>], top: usize) -> Agreement {
    let both = one
        .iter()
        .zip(other)
        .filter_map(|(one, other)| Some(((*one)?, (*other)?)));
    let (one, other): (Vec<f64>, Vec<f64>) = both.unzip();
    let (magnitudes, other_magnitudes) = (absolute(&one), absolute(&other));
    let words = one.len();
    let top = top.min(words);
    let share = |count: usize, of: usize| (of > 0).then(|| count as f64 / of as f64);
    let other_top = largest(&other_magnitudes, top);
    let in_both = largest(&magnitudes, top)
        .into_iter()
        .filter(|word| other_top.contains(word));
    let same_sign = one
        .iter()
        .zip(&other)
        .filter(|(one, other)| sign(**one) == sign(**other));
    Agreement {
        words,
        kendall_tau: kendall_tau(&one, &other),
        kendall_tau_of_magnitudes: kendall_tau(&magnitudes, &other_magnitudes),
        top,
        top_overlap: share(in_both.count(), top),
        same_sign: share(same_sign.count(), words),
    }
}

/// What several attributions say of one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordDisagreement {
    /// The word's place in the list.
    pub word: usize,
    /// Whether it speaks for in one attribution and against in another, and is not negligible in either.
    pub signs_differ: bool,
    /// Its place by absolute value, from 1, in the attribution that calls it most important.
    pub highest_place: usize,
    /// In the one that calls it least important.
    pub lowest_place: usize,
}

impl WordDisagreement {
    /// By how many places the attributions differ.
    pub fn place_spread(&self) -> usize {
        self.lowest_place - self.highest_place
    }
}

/// The place of each value by its size, from 1, among all that are there: equal ones share a place.
///
/// ```
/// use vitrine_explain::agreement::places_by_size;
/// let places = places_by_size(&[Some(0.5), None, Some(-2.0), Some(-0.5), Some(0.0)]);
/// assert_eq!(places, [Some(2), None, Some(1), Some(2), Some(4)]);
/// ```
pub fn places_by_size(values: &[Option<f64>]) -> Vec<Option<usize>> {
    let sizes: Vec<f64> = values.iter().flatten().map(|value| value.abs()).collect();
    let mut places = places(&sizes).into_iter();
    values
        .iter()
        .map(|value| value.and_then(|_| places.next()))
        .collect()
}

/// Where attributions disagree: for each word that at least two of them give a value, in the order of the words. A place is
/// one among all words of the attribution, also of those that the others give none: LIME, which selects a few words, takes
/// nothing away from what others say of the rest. Signs are compared among values of at least the share `negligible` of the
/// largest absolute value of their own attribution.
///
/// ```
/// use vitrine_explain::agreement::disagreements;
/// let found = disagreements(&[
///     vec![Some(1.0), Some(-0.5), Some(0.01), None],
///     vec![Some(0.4), Some(0.8), Some(-0.01), Some(0.2)],
/// ], 0.05);
/// let signs: Vec<bool> = found.iter().map(|word| word.signs_differ).collect();
/// let places: Vec<_> = found.iter().map(|word| (word.highest_place, word.lowest_place)).collect();
/// assert_eq!((signs, places), (vec![false, true, false], vec![(1, 2), (1, 2), (3, 4)]));
/// ```
pub fn disagreements(attributions: &[Vec<Option<f64>>], negligible: f64) -> Vec<WordDisagreement> {
    let words = attributions.iter().map(Vec::len).min().unwrap_or(0);
    let places: Vec<Vec<Option<usize>>> = attributions.iter().map(|values| places_by_size(values)).collect();
    let least = |values: &Vec<Option<f64>>| {
        let sizes = values.iter().flatten().map(|value| value.abs());
        negligible * sizes.fold(0.0, f64::max)
    };
    let least: Vec<f64> = attributions.iter().map(least).collect();
    let disagreement = |word: usize| {
        let places: Vec<usize> = places.iter().filter_map(|places| places[word]).collect();
        if places.len() < 2 {
            return None;
        }
        let speaks = |side: f64| {
            let mut values = attributions.iter().zip(&least);
            values.any(|(values, least)| {
                values[word].is_some_and(|value| value * side > 0.0 && value.abs() >= *least)
            })
        };
        Some(WordDisagreement {
            word,
            signs_differ: speaks(1.0) && speaks(-1.0),
            highest_place: places.iter().copied().min()?,
            lowest_place: places.iter().copied().max()?,
        })
    };
    (0..words).filter_map(disagreement).collect()
}

fn absolute(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value.abs()).collect()
}

/// −1, 0 or 1.
fn sign(value: f64) -> i8 {
    i8::from(value > 0.0) - i8::from(value < 0.0)
}

/// The places of the largest numbers.
fn largest(numbers: &[f64], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|one, other| numbers[*other].total_cmp(&numbers[*one]));
    order.truncate(count);
    order
}
