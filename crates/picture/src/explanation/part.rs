//! What of a text has a value, as it is drawn.

use std::ops::Range;

use vitrine_record::{ExplainedFeature, Explanation, ExplanationCheck, ExplanationDetail, MergedGroup};

/// What is drawn as one: a feature, or neighbouring features that the method has not told apart yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its features, by their places in [`Explanation::features`].
    pub features: Range<usize>,
    /// What stands in the text there.
    pub text: String,
    /// Its attribution; of several features, their sum.
    pub value: f64,
    /// Whether it is one feature, whose value is known.
    pub is_resolved: bool,
}

/// The parts of an explanation, in the order of the text. Each feature is in one of them.
pub fn parts(explanation: &Explanation) -> Vec<Part> {
    let blocks = blocks(explanation);
    let mut parts = Vec::new();
    let mut feature = 0;
    while feature < explanation.features.len() {
        let block = blocks.iter().find(|(features, _)| features.start == feature);
        let (features, value) = block.cloned().unwrap_or_else(|| {
            let value = explanation.features[feature].value;
            (feature..feature + 1, value)
        });
        feature = features.end;
        parts.push(Part {
            text: text_of(explanation, features.clone()),
            value,
            is_resolved: block.is_none(),
            features,
        });
    }
    parts
}

/// Whether the method has said anything yet of what parts of the text do, and not only of all of it together.
pub fn is_told_apart(explanation: &Explanation) -> bool {
    !matches!(&parts(explanation)[..], [whole] if !whole.is_resolved)
}

/// Neighbours that the method has not told apart, and what they add together.
fn blocks(explanation: &Explanation) -> Vec<(Range<usize>, f64)> {
    if matches!(explanation.detail, ExplanationDetail::MergeTree(_)) {
        let groups = unresolved_groups(explanation).into_iter();
        return groups
            .map(|group| (group.features.clone(), group.value))
            .collect();
    }
    let features = &explanation.features;
    let sum = features.iter().map(|feature| feature.value).sum();
    if is_even_share(explanation) {
        vec![(0..features.len(), sum)]
    } else {
        Vec::new()
    }
}

/// Whether all features have the same value because all that is known is what they add together. Methods that add up
/// begin so; where they end so, as of a text that changes nothing, that is what they found.
fn is_even_share(explanation: &Explanation) -> bool {
    let ExplanationCheck::Additivity { .. } = explanation.check else {
        return false;
    };
    let Some((first, others)) = explanation.features.split_first() else {
        return false;
    };
    let is_all_known = explanation
        .exact_evaluations
        .is_some_and(|exact| explanation.evaluations >= exact);
    let has_begun = explanation.evaluations > 0;
    !others.is_empty()
        && !is_all_known
        && (first.value != 0.0 || !has_begun)
        && others.iter().all(|other| other.value == first.value)
}

/// The groups of a merge tree whose parts are not told apart and that are in no other such group, in the order of the
/// text.
fn unresolved_groups(explanation: &Explanation) -> Vec<&MergedGroup> {
    let ExplanationDetail::MergeTree(groups) = &explanation.detail else {
        return Vec::new();
    };
    let mut blocks: Vec<&MergedGroup> = groups
        .iter()
        .filter(|group| !group.is_resolved && group.features.len() > 1)
        .filter(|group| group.features.end <= explanation.features.len())
        .collect();
    // Of those that begin at the same feature the largest comes first; what begins within one before it is part of it.
    blocks.sort_by_key(|group| (group.features.start, std::cmp::Reverse(group.features.end)));
    let mut end = 0;
    blocks.retain(|group| {
        let is_outermost = group.features.start >= end;
        if is_outermost {
            end = group.features.end;
        }
        is_outermost
    });
    blocks
}

/// What stands in the text where some neighbouring features are: for a special token its piece.
pub fn text_of(explanation: &Explanation, features: Range<usize>) -> String {
    let mut text = String::new();
    let mut previous: Option<&ExplainedFeature> = None;
    for feature in explanation.features.get(features).unwrap_or_default() {
        let is_apart = |before: &ExplainedFeature| {
            feature.start > before.end || [feature, before].iter().any(|one| is_special(explanation, one))
        };
        if previous.is_some_and(is_apart) {
            text.push(' ');
        }
        text.push_str(&name_of(explanation, feature));
        previous = Some(feature);
    }
    text
}

/// Whether a feature is a token that the template added.
pub(crate) fn is_special(explanation: &Explanation, feature: &ExplainedFeature) -> bool {
    let tokens = explanation.tokens.get(feature.tokens.clone());
    tokens.and_then(<[_]>::first).is_some_and(|token| token.special)
}

fn name_of(explanation: &Explanation, feature: &ExplainedFeature) -> String {
    if !feature.text.is_empty() {
        return feature.text.clone();
    }
    let tokens = explanation.tokens.get(feature.tokens.clone());
    tokens
        .unwrap_or_default()
        .iter()
        .map(|token| token.piece.as_str())
        .collect()
}

/// The standard error of what is of one feature, where the method knows one; of several together it knows none.
pub(crate) fn error_of(explanation: &Explanation, features: &[usize]) -> Option<f64> {
    match features {
        [feature] => standard_error(explanation, *feature),
        _ => None,
    }
}

/// The standard error of a feature's value, where the method knows one.
pub fn standard_error(explanation: &Explanation, feature: usize) -> Option<f64> {
    match &explanation.detail {
        ExplanationDetail::StandardErrors(errors) => errors.get(feature).copied(),
        _ => None,
    }
}

/// Where the values are added to: the base value, or what a surrogate says where everything is missing.
pub fn starting_value(explanation: &Explanation) -> f64 {
    let fit = explanation.check.surrogate();
    fit.map_or(explanation.base_value, |fit| fit.intercept)
}

/// One of the terms that a prediction is a sum of.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// What it is of.
    pub of: ContributionOf,
    /// How much it adds.
    pub value: f64,
}

/// What a term is of.
#[derive(Clone, Debug, PartialEq)]
pub enum ContributionOf {
    /// A part, by its place.
    Part(usize),
    /// Several, by their places: those that are too small or too many to be drawn one by one.
    Others(Vec<usize>),
    /// What the values do not account for: prediction − start − sum of the values.
    Remainder,
}

impl Contribution {
    /// The parts that it is of.
    pub fn parts(&self) -> &[usize] {
        match &self.of {
            ContributionOf::Part(part) => std::slice::from_ref(part),
            ContributionOf::Others(parts) => parts,
            ContributionOf::Remainder => &[],
        }
    }

    /// The features that it is of.
    pub fn features(&self, parts: &[Part]) -> Vec<usize> {
        let of_part = |part: &usize| parts.get(*part).map(|part| part.features.clone());
        self.parts().iter().filter_map(of_part).flatten().collect()
    }

    pub(crate) fn others(parts: &[Part], others: Vec<usize>) -> Contribution {
        Contribution {
            value: others.iter().map(|part| parts[*part].value).sum(),
            of: ContributionOf::Others(others),
        }
    }
}

/// The places of parts, the largest value first, whatever its sign; those of one size in the order of the text.
pub fn by_size(parts: &[Part]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..parts.len()).collect();
    places.sort_by(|one, other| parts[*other].value.abs().total_cmp(&parts[*one].value.abs()));
    places
}

/// At most so many of the largest parts, the largest first, and last the sum of the others.
pub fn largest(parts: &[Part], most: usize) -> Vec<Contribution> {
    let order = by_size(parts);
    // One alone needs as much room as the sum of one.
    let kept = if order.len() <= most + 1 {
        order.len()
    } else {
        most
    };
    let one = |part: &usize| Contribution {
        of: ContributionOf::Part(*part),
        value: parts[*part].value,
    };
    let mut contributions: Vec<Contribution> = order[..kept].iter().map(one).collect();
    if kept < order.len() {
        contributions.push(Contribution::others(parts, order[kept..].to_vec()));
    }
    contributions
}

/// How far base value and values, added up from a file, are from the prediction, as it can be said: numbers of 64 bits
/// that are about as large as a probability say nothing finer than their rounding, 2⁻⁵².
///
/// ```
/// use vitrine_picture::explanation::stated_residual;
/// assert_eq!(stated_residual(-2.6e-18), 2f64.powi(-52));
/// assert_eq!(stated_residual(-0.01), 0.01);
/// ```
pub fn stated_residual(residual: f64) -> f64 {
    residual.abs().max(f64::EPSILON)
}

/// What the values do not account for; none if it would be written as 0 beside the largest of them.
pub fn remainder(explanation: &Explanation, parts: &[Part]) -> Option<Contribution> {
    let sum: f64 = parts.iter().map(|part| part.value).sum();
    let value = explanation.prediction - starting_value(explanation) - sum;
    let limit = parts.iter().map(|part| part.value.abs()).fold(0.0, f64::max);
    let of = ContributionOf::Remainder;
    (value.abs() >= limit * SMALLEST_SHARE && value != 0.0).then_some(Contribution { of, value })
}

/// Half of the last digit, where the limit has three.
const SMALLEST_SHARE: f64 = 0.0005;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explanation::fixture;

    #[test]
    fn what_is_not_told_apart_is_one_part() {
        let explanation = fixture::truncated();
        let parts = parts(&explanation);
        let seen: Vec<_> = parts
            .iter()
            .map(|part| (part.text.as_str(), part.features.clone(), part.is_resolved))
            .collect();
        assert_eq!(
            seen,
            [
                ("A lovely", 0..3, false),
                (",", 3..4, true),
                ("not unwatchable", 4..8, false),
                ("film", 8..9, true),
                (".", 9..10, true)
            ]
        );
        let whole = self::parts(&fixture::exact());
        assert_eq!(whole.len(), 10);
        assert!(whole.iter().all(|part| part.is_resolved));
        for explanation in [fixture::truncated(), fixture::exact()] {
            let sum: f64 = self::parts(&explanation).iter().map(|part| part.value).sum();
            let expect: f64 = explanation.features.iter().map(|feature| feature.value).sum();
            assert!((sum - expect).abs() < 1e-12, "{sum} for {expect}");
        }
    }

    #[test]
    fn an_even_share_is_not_told_apart_until_all_is_known() {
        let mut explanation = fixture::with_special_players();
        assert!(is_told_apart(&explanation));
        for feature in &mut explanation.features {
            feature.value = 0.025;
        }
        let whole = &parts(&explanation)[..];
        assert_eq!((whole.len(), whole[0].features.clone()), (1, 0..12));
        assert!((whole[0].value - 0.3).abs() < 1e-12 && !whole[0].is_resolved);
        assert!(!is_told_apart(&explanation));
        explanation.evaluations = 156;
        assert!(is_told_apart(&explanation), "all of it is known");
        for feature in &mut explanation.features {
            feature.value = 0.0;
        }
        explanation.evaluations = 2;
        assert!(is_told_apart(&explanation), "nothing changes anything");
        explanation.evaluations = 0;
        assert!(!is_told_apart(&explanation), "nothing was run");
        explanation.features.truncate(1);
        assert!(is_told_apart(&explanation), "there is nobody else");
        explanation.features.clear();
        assert!(is_told_apart(&explanation));
    }

    #[test]
    fn a_surrogate_shares_nothing_evenly() {
        let mut explanation = fixture::surrogate();
        for feature in &mut explanation.features {
            feature.value = 0.1;
        }
        assert_eq!(parts(&explanation).len(), 4);
    }

    #[test]
    fn the_sum_of_the_others_comes_last() {
        let parts = parts(&fixture::exact());
        let total: f64 = parts.iter().map(|part| part.value).sum();
        for most in 0..12 {
            let contributions = largest(&parts, most);
            let sum: f64 = contributions.iter().map(|one| one.value).sum();
            assert!((sum - total).abs() < 1e-12);
            let drawn: usize = contributions.iter().map(|one| one.parts().len()).sum();
            assert_eq!(drawn, 10);
            let rest = contributions
                .iter()
                .filter(|one| matches!(one.of, ContributionOf::Others(_)));
            assert_eq!(rest.count(), usize::from(most < 9), "{most}");
            let single: Vec<f64> = contributions
                .iter()
                .filter(|one| one.parts().len() == 1)
                .map(|one| one.value.abs())
                .collect();
            assert!(single.is_sorted_by(|one, next| one >= next));
        }
    }

    #[test]
    fn a_remainder_is_named_where_it_would_be_seen() {
        let mut explanation = fixture::exact();
        let remainder_of = |explanation: &Explanation| remainder(explanation, &parts(explanation));
        assert_eq!(remainder_of(&explanation), None);
        explanation.prediction += 0.01;
        let remainder = remainder_of(&explanation).unwrap();
        assert!((remainder.value - 0.01).abs() < 1e-12);
        assert_eq!(remainder.features(&parts(&explanation)), Vec::<usize>::new());
    }

    #[test]
    fn a_surrogate_starts_from_its_intercept() {
        let explanation = fixture::surrogate();
        let fit = explanation.check.surrogate().unwrap();
        assert_eq!(starting_value(&explanation), fit.intercept);
        assert_eq!(starting_value(&fixture::exact()), fixture::exact().base_value);
    }

    #[test]
    fn special_tokens_are_called_by_their_pieces() {
        let explanation = fixture::with_special_players();
        assert_eq!(text_of(&explanation, 0..2), "[CLS] A");
        assert_eq!(text_of(&explanation, 9..12), "film. [SEP]");
        assert_eq!(text_of(&explanation, 10..40), "", "there are none");
    }
}
