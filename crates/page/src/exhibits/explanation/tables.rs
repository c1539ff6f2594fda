//! The numbers of an explanation as tables: the same on the page and in files.

use vitrine_picture::explanation::{self, NumberTable, TableWords};
use vitrine_record::{Explanation, MaskedRun};

use super::draw::{explained_name, file_words};
use crate::context::Context;

fn words(page: &Context) -> TableWords {
    let label = explained_name(page);
    let said = |key: &'static str| page.t(key).to_owned();
    let of_label = |key: &'static str| page.fill(key, &[("label", &label)]);
    TableWords {
        values: of_label("explain.table"),
        pairs: said("explain.table_pairs"),
        groups: said("explain.table_groups"),
        masked: said("masked.title"),
        token: said("table.token"),
        value: said("explain.value"),
        standard_error: said("explain.standard_error"),
        rank: said("explain.rank"),
        sum: said("explain.sum"),
        group: said("explain.group"),
        parts: said("explain.parts"),
        told_apart: said("explain.told_apart"),
        read: said("masked.text"),
        missing: said("masked.missing"),
        score: of_label("masked.score"),
        change: said("masked.change"),
        nothing: said("masked.nothing"),
    }
}

/// A row for each token, between base value and prediction.
pub fn value_table(page: &Context, explanation: &Explanation) -> NumberTable {
    file_words(page, explanation, |labels| {
        explanation::value_table(explanation, labels, &words(page))
    })
}

/// Pairs or groups, where there are such.
pub fn detail_table(page: &Context, explanation: &Explanation) -> Option<NumberTable> {
    file_words(page, explanation, |labels| {
        explanation::detail_table(explanation, labels, &words(page))
    })
}

/// Masked inputs, where there are some.
pub fn masked_table(page: &Context, explanation: &Explanation, masked: &[MaskedRun]) -> Option<NumberTable> {
    file_words(page, explanation, |labels| {
        explanation::masked_table(explanation, masked, labels, &words(page))
    })
}

/// All tables of an explanation, for a file.
pub fn tables(page: &Context, explanation: &Explanation, masked: &[MaskedRun]) -> Vec<NumberTable> {
    file_words(page, explanation, |labels| {
        explanation::explanation_tables(explanation, masked, labels, &words(page))
    })
}
