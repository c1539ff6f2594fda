//! The numbers of an explanation as tables to be read: the twins of its pictures, on the page and in files alike.

use vitrine_record::{Explanation, ExplanationDetail, MaskedRun, MergedGroup};

use super::{
    ExplanationWords, NumberCell, NumberRow, NumberTable, SignedScale, ValueStyle,
    part::{by_size, error_of, parts, remainder, starting_value, text_of},
};

/// What is written in the tables besides what the pictures say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableWords {
    /// What the table of values holds.
    pub values: String,
    /// What the table of pairs holds.
    pub pairs: String,
    /// What the table of groups holds.
    pub groups: String,
    /// What the table of masked inputs holds.
    pub masked: String,
    /// The heading above names of tokens.
    pub token: String,
    /// The heading above values.
    pub value: String,
    /// The heading above standard errors.
    pub standard_error: String,
    /// The heading above places in the order by size.
    pub rank: String,
    /// The name of the sum of all values.
    pub sum: String,
    /// The heading above groups.
    pub group: String,
    /// The heading above whether the parts of groups are told apart.
    pub parts: String,
    /// What is said of a group whose parts are told apart.
    pub told_apart: String,
    /// The heading above masked inputs.
    pub read: String,
    /// The heading above how many features are missing in them.
    pub missing: String,
    /// The heading above the model's scores of them.
    pub score: String,
    /// The heading above how far these are from the score of the whole text.
    pub change: String,
    /// What stands for an input that nothing is left of.
    pub nothing: String,
}

/// All tables of an explanation: its values, then its pairs or groups, then the masked inputs that are given.
pub fn explanation_tables(
    explanation: &Explanation,
    masked: &[MaskedRun],
    labels: &ExplanationWords<'_>,
    words: &TableWords,
) -> Vec<NumberTable> {
    let values = value_table(explanation, labels, words);
    let detail = detail_table(explanation, labels, words);
    let masked = masked_table(explanation, masked, labels, words);
    [Some(values), detail, masked].into_iter().flatten().collect()
}

/// A row for each part, in the order of the text, between base value and prediction. Base value, values, and what they do
/// not account for, add up to the prediction.
pub fn value_table(
    explanation: &Explanation,
    labels: &ExplanationWords<'_>,
    words: &TableWords,
) -> NumberTable {
    let (values, parts) = (labels.values, parts(explanation));
    let mut ranks = vec![0; parts.len()];
    for (place, part) in by_size(&parts).into_iter().enumerate() {
        ranks[part] = place + 1;
    }
    let errors: Vec<Option<f64>> = parts
        .iter()
        .map(|part| error_of(explanation, &part.features.clone().collect::<Vec<_>>()))
        .collect();
    let largest = errors.iter().flatten().copied().reduce(f64::max);
    let error_style = largest.map(|largest| ValueStyle::new(values.numbers(), largest));
    let row = |name: String, number: NumberCell, more: (Option<f64>, Option<usize>)| {
        let (error, rank) = more;
        let error = error_style.map(|style| NumberCell::of(error, |error| style.score(error)));
        // Places are few.
        let rank = NumberCell::of(rank.map(|rank| rank as f64), |rank| rank.to_string());
        NumberRow {
            name,
            is_typed: false,
            cells: std::iter::once(number).chain(error).chain([rank]).collect(),
        }
    };
    let score = |score: f64| NumberCell::of(Some(score), |score| values.score(score));
    let value = |value: f64| NumberCell::of(Some(value), |value| values.value(value));
    let of_parts = parts.iter().zip(&errors).zip(&ranks);
    let of_parts = of_parts.map(|((part, error), rank)| {
        let name = match part.is_resolved {
            true => part.text.clone(),
            false => format!("{} ({})", part.text, labels.not_resolved),
        };
        NumberRow {
            is_typed: true,
            ..row(name, value(part.value), (*error, Some(*rank)))
        }
    });
    let total = |name: &str, cell: NumberCell| row(name.to_owned(), cell, (None, None));
    let sum: f64 = parts.iter().map(|part| part.value).sum();
    let rest = remainder(explanation, &parts).map(|rest| total(labels.remainder, value(rest.value)));
    let rows = std::iter::once(total(labels.base_value, score(starting_value(explanation))))
        .chain(of_parts)
        .chain([total(&words.sum, value(sum))])
        .chain(rest)
        .chain([total(labels.prediction, score(explanation.prediction))]);
    let errors = error_style.map(|_| words.standard_error.clone());
    NumberTable {
        caption: words.values.clone(),
        corner: words.token.clone(),
        rows: rows.collect(),
        columns: std::iter::once(words.value.clone())
            .chain(errors)
            .chain([words.rank.clone()])
            .collect(),
    }
}

/// The pairs or groups of an explanation that has such.
pub fn detail_table(
    explanation: &Explanation,
    labels: &ExplanationWords<'_>,
    words: &TableWords,
) -> Option<NumberTable> {
    match &explanation.detail {
        ExplanationDetail::Interactions(pairs) => Some(pair_table(explanation, pairs, labels, words)),
        ExplanationDetail::MergeTree(groups) => Some(group_table(explanation, groups, labels, words)),
        ExplanationDetail::Nothing | ExplanationDetail::Samples(_) | ExplanationDetail::StandardErrors(_) => {
            None
        }
    }
}

fn pair_table(
    explanation: &Explanation,
    pairs: &[f64],
    labels: &ExplanationWords<'_>,
    words: &TableWords,
) -> NumberTable {
    let features = explanation.features.len();
    let values = SignedScale::of_values(pairs.iter().copied()).values(labels.values.numbers());
    let names: Vec<String> = (0..features)
        .map(|feature| text_of(explanation, feature..feature + 1))
        .collect();
    let cell = |value: &f64| NumberCell::of(Some(*value), |value| values.value(value));
    let rows = names.iter().zip(pairs.chunks(features.max(1)));
    let rows = rows.map(|(name, row)| NumberRow {
        name: name.clone(),
        is_typed: true,
        cells: row.iter().map(cell).collect(),
    });
    NumberTable {
        caption: words.pairs.clone(),
        corner: words.token.clone(),
        rows: rows.collect(),
        columns: names,
    }
}

fn group_table(
    explanation: &Explanation,
    groups: &[MergedGroup],
    labels: &ExplanationWords<'_>,
    words: &TableWords,
) -> NumberTable {
    let values = SignedScale::of_values(groups.iter().map(|group| group.value));
    let values = values.values(labels.values.numbers());
    let rows = groups.iter().map(|group| {
        let told = if group.is_resolved {
            &words.told_apart
        } else {
            labels.not_resolved
        };
        NumberRow {
            name: text_of(explanation, group.features.clone()),
            is_typed: true,
            cells: vec![
                NumberCell::of(Some(group.value), |value| values.value(value)),
                NumberCell::Words(told.to_owned()),
            ],
        }
    });
    NumberTable {
        caption: words.groups.clone(),
        corner: words.group.clone(),
        columns: vec![words.value.clone(), words.parts.clone()],
        rows: rows.collect(),
    }
}

/// A row for each masked input; none without any.
pub fn masked_table(
    explanation: &Explanation,
    masked: &[MaskedRun],
    labels: &ExplanationWords<'_>,
    words: &TableWords,
) -> Option<NumberTable> {
    let change = |run: &MaskedRun| run.score - explanation.prediction;
    let values = SignedScale::of_values(masked.iter().map(change)).values(labels.values.numbers());
    let row = |run: &MaskedRun| {
        let text = run.text();
        NumberRow {
            is_typed: text.is_some(),
            name: text.unwrap_or_else(|| words.nothing.clone()),
            cells: vec![
                // Features are few.
                NumberCell::of(Some(run.missing as f64), |missing| missing.to_string()),
                NumberCell::of(Some(run.score), |score| values.score(score)),
                NumberCell::of(Some(change(run)), |change| values.value(change)),
            ],
        }
    };
    (!masked.is_empty()).then(|| NumberTable {
        caption: words.masked.clone(),
        corner: words.read.clone(),
        columns: vec![words.missing.clone(), words.score.clone(), words.change.clone()],
        rows: masked.iter().map(row).collect(),
    })
}

#[cfg(test)]
pub(crate) fn table_words() -> TableWords {
    let [values, pairs, groups, masked] =
        ["All values", "All pairs", "All groups", "Masked inputs"].map(str::to_owned);
    let [token, value, standard_error, rank, sum] =
        ["Token", "Value", "Standard error", "Rank", "Sum"].map(str::to_owned);
    let [group, parts, told_apart] = ["Group", "Parts", "told apart"].map(str::to_owned);
    let [read, missing, score, change, nothing] =
        ["Read", "Missing", "Score", "Change", "nothing"].map(str::to_owned);
    TableWords {
        values,
        pairs,
        groups,
        masked,
        token,
        value,
        standard_error,
        rank,
        sum,
        group,
        parts,
        told_apart,
        read,
        missing,
        score,
        change,
        nothing,
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::message::TextInput;

    use super::*;
    use crate::explanation::{fixture, picture};

    fn tables(explanation: &Explanation, masked: &[MaskedRun]) -> Vec<NumberTable> {
        let labels = picture::words(SignedScale::of([explanation]));
        explanation_tables(explanation, masked, &labels, &table_words())
    }

    fn exact(cell: &NumberCell) -> f64 {
        match cell {
            NumberCell::Number { exact, .. } => *exact,
            other => panic!("no number: {other:?}"),
        }
    }

    #[test]
    fn standard_errors_and_ranks_stand_beside_values() {
        let mut explanation = fixture::with_special_players();
        let [table] = &tables(&explanation, &[])[..] else {
            panic!("one table");
        };
        assert_eq!(table.columns, ["Value", "Rank"]);
        let errors: Vec<f64> = (0..12).map(|feature| 0.001 * f64::from(feature)).collect();
        explanation.detail = ExplanationDetail::StandardErrors(errors.clone());
        let table = &tables(&explanation, &[])[0];
        assert_eq!(table.columns, ["Value", "Standard error", "Rank"]);
        let rows = &table.rows[1..13];
        for (feature, row) in rows.iter().enumerate() {
            assert_eq!(exact(&row.cells[1]), errors[feature]);
            assert_eq!(exact(&row.cells[0]), explanation.features[feature].value);
        }
        assert_eq!(rows[4].cells[1].shown(), "0.0040");
        let largest = rows.iter().find(|row| row.cells[2].shown() == "1").unwrap();
        assert_eq!(largest.name, "love");
        assert!(
            table.rows[0].cells[1..]
                .iter()
                .all(|cell| *cell == NumberCell::Nothing)
        );
    }

    #[test]
    fn pairs_have_a_cell_each() {
        let explanation = fixture::with_interactions();
        let tables = tables(&explanation, &[]);
        let pairs = &tables[1];
        assert_eq!((pairs.rows.len(), pairs.columns.len()), (10, 10));
        for (row, feature) in pairs.rows.iter().zip(&explanation.features) {
            let sum: f64 = row.cells.iter().map(exact).sum();
            assert!((sum - feature.value).abs() < 1e-12, "rows sum to values");
        }
    }

    #[test]
    fn groups_say_whether_they_are_told_apart() {
        let tables = tables(&fixture::truncated(), &[]);
        let told: Vec<&str> = tables[1].rows.iter().map(|row| row.cells[1].shown()).collect();
        assert_eq!((told[0], told[8]), ("not told apart yet", "told apart"));
        let names: Vec<&str> = tables[0].rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names[1], "A lovely (not told apart yet)");
    }

    #[test]
    fn masked_inputs_have_their_scores_and_what_changed() {
        let explanation = fixture::exact();
        let run = |text: &str, score| MaskedRun {
            shown: TextInput {
                text: text.to_owned(),
                pair: None,
            },
            missing: 3,
            score,
        };
        let masked = [run("A [MASK]ly film", 0.25), run("", 0.5)];
        let table = &tables(&explanation, &masked)[2];
        let [first, second] = &table.rows[..] else {
            panic!("two rows");
        };
        assert_eq!((first.name.as_str(), first.is_typed), ("A [MASK]ly film", true));
        assert_eq!((second.name.as_str(), second.is_typed), ("nothing", false));
        assert_eq!(exact(&first.cells[0]), 3.0);
        assert_eq!(exact(&first.cells[1]), 0.25);
        assert_eq!(exact(&first.cells[2]), 0.25 - explanation.prediction);
    }
}
