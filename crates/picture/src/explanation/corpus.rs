//! What tokens do over many texts.

use std::collections::BTreeMap;

use vitrine_record::{ExplainedFeature, Explanation};

use super::{
    ExplanationWords, Measures, Picture, TargetOf,
    picture::{MIDDLE_OF_TYPE, NAME, SMALL},
    signed_bars::{ROW, names_width},
};
use crate::{Anchor, Paint, Point, fitting, text_width};

/// A feature of one of the texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occurrence {
    /// The text, by its place among the explanations.
    pub text: usize,
    /// The feature, by its place in that explanation.
    pub feature: usize,
    /// Its value.
    pub value: f64,
}

/// All occurrences of what the model reads as the same.
#[derive(Clone, Debug, PartialEq)]
pub struct CorpusToken {
    /// Its pieces as the vocabulary has them.
    pub name: String,
    /// In the order of the texts.
    pub occurrences: Vec<Occurrence>,
    /// The mean of their sizes, without their signs.
    pub mean_size: f64,
    /// The mean of their values.
    pub mean_value: f64,
}

/// The tokens of many texts, which may be of any lengths.
#[derive(Clone, Debug, PartialEq)]
pub struct Corpus {
    /// How many texts.
    pub texts: usize,
    /// The one with the largest mean size first; those of one size by name.
    pub tokens: Vec<CorpusToken>,
    /// How many tokens are rarer than was asked for, and left out.
    pub too_rare: usize,
}

impl Corpus {
    /// The tokens that occur at least so often.
    pub fn new(explanations: &[Explanation], least_occurrences: usize) -> Corpus {
        let mut found: BTreeMap<String, Vec<Occurrence>> = BTreeMap::new();
        for (text, explanation) in explanations.iter().enumerate() {
            for (feature, explained) in explanation.features.iter().enumerate() {
                let occurrences = found.entry(name_of(explanation, explained)).or_default();
                occurrences.push(Occurrence {
                    text,
                    feature,
                    value: explained.value,
                });
            }
        }
        let all = found.len();
        let mut tokens: Vec<CorpusToken> = found
            .into_iter()
            .filter(|(_, occurrences)| occurrences.len() >= least_occurrences)
            .map(|(name, occurrences)| {
                let count = occurrences.len() as f64;
                let sum = |of: fn(f64) -> f64| occurrences.iter().map(|one| of(one.value)).sum::<f64>();
                CorpusToken {
                    name,
                    mean_size: sum(f64::abs) / count,
                    mean_value: sum(|value| value) / count,
                    occurrences,
                }
            })
            .collect();
        tokens.sort_by(|one, other| other.mean_size.total_cmp(&one.mean_size));
        Corpus {
            texts: explanations.len(),
            too_rare: all - tokens.len(),
            tokens,
        }
    }

    /// The token's name with how often it occurs.
    pub(crate) fn counted_name(&self, token: usize, words: &ExplanationWords<'_>) -> String {
        let CorpusToken {
            name, occurrences, ..
        } = &self.tokens[token];
        format!("{name} ×{}", words.values.numbers().count(occurrences.len()))
    }
}

/// What the model reads there: pieces with the marks of continuation, so that the end of a word is not taken for a word.
fn name_of(explanation: &Explanation, feature: &ExplainedFeature) -> String {
    let tokens = explanation.tokens.get(feature.tokens.clone()).unwrap_or_default();
    let mut name = String::new();
    for (place, token) in tokens.iter().enumerate() {
        let continues = place > 0 && token.continues_word();
        name.push_str(token.piece.get(2..).filter(|_| continues).unwrap_or(&token.piece));
    }
    if name.is_empty() {
        feature.text.clone()
    } else {
        name
    }
}

/// Bars for the means of the sizes of the largest, and one for the sum of the means of the others.
pub fn corpus_bars(
    corpus: &Corpus,
    most: usize,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let shown = corpus.tokens.len().min(most);
    let mut rows: Vec<(String, f64, bool)> = (0..shown)
        .map(|token| {
            (
                corpus.counted_name(token, words),
                corpus.tokens[token].mean_size,
                true,
            )
        })
        .collect();
    let rest = &corpus.tokens[shown..];
    if !rest.is_empty() {
        let count = words.values.numbers().count(rest.len());
        let sum = rest.iter().map(|token| token.mean_size).sum();
        rows.push((words.others.replace("{count}", &count), sum, false));
    }
    let left = names_width(rows.iter().map(|(name, ..)| name.as_str()), measures);
    let number = |value: f64| words.values.score(value);
    let widest = rows
        .iter()
        .map(|(_, value, _)| text_width(&number(*value), size * SMALL.0));
    let room = (measures.width - left - widest.fold(0.0, f32::max) - 0.5 * size).max(0.0);
    let longest = rows.iter().map(|(_, value, _)| *value).fold(0.0, f64::max);
    for (row, (name, value, is_token)) in rows.into_iter().enumerate() {
        let top = row as f32 * size * ROW;
        let baseline = top + size * (ROW / 2.0 + MIDDLE_OF_TYPE);
        let at = |x: f32| Point { x, y: baseline };
        let paint = if is_token { Paint::Ink } else { Paint::Quiet };
        let end_of_name = left - 0.6 * size;
        picture.text(
            at(end_of_name),
            Anchor::End,
            NAME,
            paint,
            fitting(&name, end_of_name, size),
        );
        let share = if longest > 0.0 {
            (value / longest) as f32
        } else {
            0.0
        };
        let corner = Point {
            x: left,
            y: top + 0.3 * size,
        };
        picture.rectangle(corner, share * room, 1.1 * size, Paint::Sequential(1.0));
        let beyond = at(left + share * room + 0.3 * size);
        picture.text(beyond, Anchor::Start, SMALL, Paint::Ink, number(value));
        if is_token {
            picture.target(
                TargetOf::Row(row),
                Point { x: 0.0, y: top },
                measures.width,
                ROW * size,
            );
        }
        picture.height = top + ROW * size;
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Shape,
        explanation::{
            SignedScale, fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    fn explanations() -> Vec<Explanation> {
        vec![
            fixture::exact(),
            fixture::surrogate(),
            fixture::with_special_players(),
        ]
    }

    #[test]
    fn tokens_are_what_the_model_reads() {
        let corpus = Corpus::new(&explanations(), 1);
        let token = |name: &str| corpus.tokens.iter().find(|token| token.name == name);
        let film = token("film").unwrap();
        assert_eq!(film.occurrences.len(), 3);
        let values = film.occurrences.iter().map(|one| one.value);
        assert!((film.mean_value - values.sum::<f64>() / 3.0).abs() < 1e-12);
        assert_eq!(token("##ly").unwrap().occurrences.len(), 2);
        assert!(token("ly").is_none());
        assert!(
            corpus
                .tokens
                .is_sorted_by(|one, next| one.mean_size >= next.mean_size)
        );
        for token in &corpus.tokens {
            for occurrence in &token.occurrences {
                let feature = &explanations()[occurrence.text].features[occurrence.feature];
                assert_eq!(feature.value, occurrence.value);
            }
            assert!(token.mean_size >= token.mean_value.abs() - 1e-12);
        }
    }

    #[test]
    fn rare_tokens_are_counted() {
        let all = Corpus::new(&explanations(), 1);
        let frequent = Corpus::new(&explanations(), 2);
        assert_eq!(frequent.tokens.len() + frequent.too_rare, all.tokens.len());
        assert!(frequent.tokens.iter().all(|token| token.occurrences.len() >= 2));
        assert_eq!(Corpus::new(&[], 1).tokens, []);
    }

    #[test]
    fn bars_are_as_long_as_the_means() {
        let explanations = explanations();
        let words = words(SignedScale::of(&explanations));
        let corpus = Corpus::new(&explanations, 1);
        for measures in TRIED {
            let picture = corpus_bars(&corpus, 5, measures, &words);
            check_picture(&picture);
            let bars: Vec<f32> = picture
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rectangle { width, .. } => Some(*width),
                    _ => None,
                })
                .collect();
            assert_eq!((bars.len(), picture.targets.len()), (6, 5));
            for (bar, token) in bars.iter().zip(&corpus.tokens[..5]) {
                let expect = token.mean_size / corpus.tokens[0].mean_size;
                assert!((f64::from(bar / bars[0]) - expect).abs() < 1e-4);
            }
        }
        check_picture(&corpus_bars(&Corpus::new(&[], 1), 5, TRIED[0], &words));
    }
}
