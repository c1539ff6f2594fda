//! Which texts stand beside which others.

use std::rc::Rc;

use vitrine_explain::Corpus;
use vitrine_record::{CohortsBy, TokenUnit};

use crate::{
    components::label_name,
    context::Context,
    state::{DataSetText, Labels},
};

/// So many labels stand beside each other at most; those of fewer texts stand together.
const MOST_LABELS: usize = 8;

/// What the texts of a cohort have in common.
#[derive(Clone, Debug, PartialEq)]
pub enum CohortOf {
    /// The class that is predicted, in label-id order.
    Class(usize),
    /// At most so many words, as white space parts them.
    AtMost(usize),
    /// More words than that.
    MoreThan(usize),
    /// The label that the list gives them.
    Label(Rc<str>),
    /// One of the labels that are not among these.
    OtherThan(Rc<[Rc<str>]>),
    /// That the list gives them no label.
    NoLabel,
}

/// Texts that stand beside others.
#[derive(Clone, Debug, PartialEq)]
pub struct TextCohort {
    /// What they have in common.
    pub of: CohortOf,
    /// What is known of their tokens.
    pub corpus: Corpus,
}

/// The list that texts are of.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Its texts.
    pub sentences: &'a [String],
    /// The label of each.
    pub labels: &'a Labels,
}

/// The texts in cohorts, of which none is empty; none where all stand together.
pub fn cohorts(texts: &[DataSetText], list: List<'_>, by: CohortsBy, unit: TokenUnit) -> Vec<TextCohort> {
    let cohort = |of: CohortOf| {
        let mut corpus = Corpus::new(unit);
        for text in texts.iter().filter(|text| of.has(text, list)) {
            corpus.add(text.place, &text.explanation);
        }
        TextCohort { of, corpus }
    };
    let all = kinds(texts, list, by).into_iter().map(cohort);
    all.filter(|cohort| cohort.corpus.texts().len() > 0).collect()
}

fn kinds(texts: &[DataSetText], list: List<'_>, by: CohortsBy) -> Vec<CohortOf> {
    match by {
        CohortsBy::Nothing => Vec::new(),
        CohortsBy::Prediction => {
            let classes = texts.iter().filter_map(|text| text.predicted);
            let last = classes.max();
            (0..last.map_or(0, |last| last + 1))
                .map(CohortOf::Class)
                .collect()
        }
        CohortsBy::Length => {
            let mut lengths: Vec<usize> = list.sentences.iter().map(|text| words(text)).collect();
            lengths.sort_unstable();
            let middle = lengths.len().saturating_sub(1) / 2;
            let middle = lengths.get(middle).copied().unwrap_or_default();
            vec![CohortOf::AtMost(middle), CohortOf::MoreThan(middle)]
        }
        CohortsBy::Label => {
            let labels = most_frequent(list.labels);
            let (own, others) = match labels.len() > MOST_LABELS {
                true => labels.split_at(MOST_LABELS - 1),
                false => (&labels[..], &[][..]),
            };
            let mut kinds: Vec<CohortOf> = own.iter().cloned().map(CohortOf::Label).collect();
            kinds.extend((!others.is_empty()).then(|| CohortOf::OtherThan(own.into())));
            kinds.push(CohortOf::NoLabel);
            kinds
        }
    }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Each label once, that of the most texts first; of equals the one that comes first.
pub fn most_frequent(labels: &Labels) -> Vec<Rc<str>> {
    let mut counted: Vec<(Rc<str>, usize)> = Vec::new();
    for label in labels.iter().flatten() {
        match counted.iter_mut().find(|(known, _)| known == label) {
            Some((_, count)) => *count += 1,
            None => counted.push((label.clone(), 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted.into_iter().map(|(label, _)| label).collect()
}

impl CohortOf {
    fn has(&self, text: &DataSetText, list: List<'_>) -> bool {
        let length = || list.sentences.get(text.place).map_or(0, |text| words(text));
        let label = list.labels.get(text.place).and_then(Option::as_ref);
        match self {
            CohortOf::Class(class) => text.predicted == Some(*class),
            CohortOf::AtMost(most) => length() <= *most,
            CohortOf::MoreThan(most) => length() > *most,
            CohortOf::Label(of) => label == Some(of),
            CohortOf::OtherThan(others) => label.is_some_and(|label| !others.contains(label)),
            CohortOf::NoLabel => label.is_none(),
        }
    }

    /// What the texts are called together.
    pub fn name(&self, page: &Context) -> String {
        let numbers = page.language().numbers();
        let counted = |key, count: usize| page.fill(key, &[("count", &numbers.count(count))]);
        match self {
            CohortOf::Class(class) => {
                let label = page.shown.model.labels.get(*class);
                label
                    .map(|label| label_name(page.language(), label))
                    .unwrap_or_default()
            }
            CohortOf::AtMost(words) => counted("dataset.cohort_at_most", *words),
            CohortOf::MoreThan(words) => counted("dataset.cohort_more", *words),
            CohortOf::Label(label) => label.to_string(),
            CohortOf::OtherThan(_) => page.t("dataset.cohort_others").to_owned(),
            CohortOf::NoLabel => page.t("dataset.cohort_no_label").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::{
        Explanation, ExplanationCheck, ExplanationDetail, ExplanationSettings, message::TextInput,
    };

    use super::*;
    use crate::state::Shared;

    fn text(place: usize, predicted: usize) -> DataSetText {
        DataSetText {
            place,
            explanation: Shared::new(Explanation {
                model_hash: String::new(),
                input: TextInput::default(),
                settings: ExplanationSettings::default(),
                tokens: Vec::new(),
                values: Vec::new(),
                features: Vec::new(),
                base_value: 0.5,
                prediction: 0.5,
                evaluations: 0,
                exact_evaluations: None,
                check: ExplanationCheck::Nothing,
                detail: ExplanationDetail::Nothing,
            }),
            predicted: Some(predicted),
        }
    }

    #[test]
    fn each_text_is_in_one_cohort_and_none_is_empty() {
        let sentences = ["One.", "Now two.", "Here are three.", "And then four words."].map(str::to_owned);
        let labels = labels(&["b", "", "a", "b"]);
        let list = List {
            sentences: &sentences,
            labels: &labels,
        };
        let texts = [(0, 0), (1, 2), (2, 0), (3, 2)].map(|(place, class)| text(place, class));
        let found = |by| -> Vec<(CohortOf, Vec<usize>)> {
            let cohorts = cohorts(&texts, list, by, TokenUnit::Words).into_iter();
            let places = |corpus: Corpus| corpus.texts().map(|text| text.place).collect();
            cohorts.map(|cohort| (cohort.of, places(cohort.corpus))).collect()
        };
        assert_eq!(found(CohortsBy::Nothing), []);
        let classes = [(CohortOf::Class(0), vec![0, 2]), (CohortOf::Class(2), vec![1, 3])];
        assert_eq!(found(CohortsBy::Prediction), classes);
        let lengths = [
            (CohortOf::AtMost(2), vec![0, 1]),
            (CohortOf::MoreThan(2), vec![2, 3]),
        ];
        assert_eq!(found(CohortsBy::Length), lengths);
        let of = |label: &str| CohortOf::Label(label.into());
        let by_label = [
            (of("b"), vec![0, 3]),
            (of("a"), vec![2]),
            (CohortOf::NoLabel, vec![1]),
        ];
        assert_eq!(found(CohortsBy::Label), by_label);
    }

    #[test]
    fn rare_labels_stand_together() {
        let names: Vec<String> = (0..10).map(|label| label.to_string()).collect();
        let labels = labels(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let list = List {
            sentences: &names,
            labels: &labels,
        };
        let texts: Vec<DataSetText> = (0..10).map(|place| text(place, 0)).collect();
        let cohorts = cohorts(&texts, list, CohortsBy::Label, TokenUnit::Words);
        assert_eq!(cohorts.len(), MOST_LABELS);
        let last = cohorts.last().expect("there are some");
        assert!(matches!(last.of, CohortOf::OtherThan(_)));
        assert_eq!(last.corpus.texts().len(), 3);
    }

    fn labels(given: &[&str]) -> Labels {
        let label = |label: &&str| (!label.is_empty()).then(|| Rc::from(*label));
        given.iter().map(label).collect()
    }

    #[test]
    fn labels_of_most_texts_come_first() {
        let given = labels(&["a", "b", "", "c", "b", "c"]);
        let names: Vec<String> = most_frequent(&given).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["b", "c", "a"]);
        assert!(most_frequent(&labels(&["", ""])).is_empty());
    }
}
