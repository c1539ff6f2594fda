//! The twin of a picture: the same numbers as a table.

use std::collections::BTreeSet;

use vitrine_record::{Analysis, HeadIdx, LayerIdx, Position, Side};

use crate::{Focus, HeadView, Metrics};

/// Up to so many tokens, all attention fits into one table that a browser lays out at once and a person can read.
pub const MOST_TOKENS_OF_ALL: usize = 64;

/// Why there is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTable {
    /// There is no picture either.
    NoAttention,
    /// Nothing is selected, and there are more than [`MOST_TOKENS_OF_ALL`] tokens: a token has to be selected.
    TooManyTokens(usize),
}

/// What a column of numbers holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The attention of one head.
    Head(HeadIdx),
    /// The mean over the heads that are switched on.
    Mean,
    /// The attention to one source, averaged over the heads that are switched on.
    Source(Position),
}

/// Numbers in rows, one for each token.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What the columns hold.
    pub columns: Vec<Column>,
    /// The end of attention that the rows' tokens stand at.
    pub rows_are: Side,
    /// A row for each token in order, each with a number for each column.
    pub rows: Vec<Vec<f32>>,
}

/// The table of a head view. With a focus: the tokens opposite it by heads, and, of several, their mean. Without: destinations
/// by sources, averaged over the heads.
///
/// # Errors
/// Where there is no picture, and without a focus where the table would be too large.
pub fn attention_table(
    analysis: &Analysis,
    layer: LayerIdx,
    heads: Option<&BTreeSet<HeadIdx>>,
    focus: Option<Focus>,
) -> Result<Table, NoTable> {
    let attention = analysis.layer(layer).ok_or(NoTable::NoAttention)?;
    let view = HeadView::new(analysis, layer, heads, focus, Metrics::EXPORT).ok_or(NoTable::NoAttention)?;
    let tokens = 0..attention.tokens();
    let (Some((rows_are, means)), Some(focus)) = (view.numbers(), focus) else {
        if tokens.len() > MOST_TOKENS_OF_ALL {
            return Err(NoTable::TooManyTokens(tokens.len()));
        }
        return Ok(Table {
            columns: tokens
                .clone()
                .map(|source| Column::Source(Position(source)))
                .collect(),
            rows_are: Side::Destination,
            rows: tokens
                .clone()
                .map(|row| tokens.clone().map(|source| view.mean(row, source)).collect())
                .collect(),
        });
    };
    let at = focus.position.0;
    let mut columns: Vec<Column> = view.heads().iter().copied().map(Column::Head).collect();
    let has_mean = columns.len() > 1;
    if has_mean {
        columns.push(Column::Mean);
    }
    let rows = tokens
        .map(|token| {
            let share = |head: &HeadIdx| match rows_are {
                Side::Source => attention.at(head.0, at, token),
                Side::Destination => attention.at(head.0, token, at),
            };
            let mean = has_mean.then_some(means[token]);
            view.heads().iter().map(share).chain(mean).collect()
        })
        .collect();
    Ok(Table {
        columns,
        rows_are,
        rows,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture;

    #[test]
    fn a_long_text_has_the_tables_of_its_tokens_only() {
        let pieces = ["x"; MOST_TOKENS_OF_ALL + 1];
        let table = |tokens: usize, focus| {
            let attention = fixture::layer(1, tokens, |_, row, column| (1 + row + column) as f32);
            let analysis = fixture::analysis(&pieces[..tokens], attention);
            attention_table(&analysis, LayerIdx(0), None, focus)
        };
        let focus = |position| {
            Some(Focus {
                position: Position(position),
                side: Side::Destination,
            })
        };
        let (fits, long) = (MOST_TOKENS_OF_ALL, pieces.len());
        assert_eq!(table(fits, None).unwrap().rows.len(), fits);
        assert_eq!(table(long, None), Err(NoTable::TooManyTokens(long)));
        assert_eq!(table(long, focus(long)), Err(NoTable::TooManyTokens(long)));
        assert_eq!(table(long, focus(3)).unwrap().rows.len(), long);
    }

    #[test]
    fn without_the_layer_there_is_no_table() {
        let analysis = fixture::analysis(&["x"], fixture::layer(1, 1, |_, _, _| 1.0));
        let table = attention_table(&analysis, LayerIdx(1), None, None);
        assert_eq!(table, Err(NoTable::NoAttention));
    }

    proptest! {
        #[test]
        fn every_row_has_a_number_for_each_column(at in 0usize..4, side in 0..3, mask in 1u32..8) {
            let attention = fixture::layer(3, 3, |head, row, column| (1 + head + 2 * row + column) as f32);
            let analysis = fixture::analysis(&["[CLS]", "x", "[SEP]"], attention);
            let heads: BTreeSet<_> = (0..3).filter(|head| mask >> head & 1 == 1).map(HeadIdx).collect();
            let focus = match side {
                0 => None,
                1 => Some(Focus { position: Position(at), side: Side::Destination }),
                _ => Some(Focus { position: Position(at), side: Side::Source }),
            };
            let table = attention_table(&analysis, LayerIdx(0), Some(&heads), focus).unwrap();
            prop_assert_eq!(table.rows.len(), 3);
            prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
            if focus.is_some_and(|focus| focus.position.0 < 3) {
                let means = usize::from(heads.len() > 1);
                prop_assert_eq!(table.columns.len(), heads.len() + means);
                for row in table.rows.iter().filter(|_| means == 1) {
                    let (mean, shares) = row.split_last().unwrap();
                    prop_assert!((shares.iter().sum::<f32>() / shares.len() as f32 - mean).abs() < 1e-6);
                }
            } else {
                prop_assert!(table.rows.iter().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
            }
        }
    }
}
