//! The twin of a picture: the same numbers as a table.

use vitrine_attention::AttentionSlice;
use vitrine_record::{Drawing, HeadIdx, Side};

use crate::{HeadView, Metrics, Selection, opposite};

/// Up to so many rows, all attention fits into one table that a browser lays out at once and a person can read.
pub const MOST_ROWS_OF_ALL: usize = 64;

/// Nothing is selected, and there are more rows than [`MOST_ROWS_OF_ALL`]: a token has to be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyRows(pub usize);

/// What a column of numbers holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The attention of one head.
    Head(HeadIdx),
    /// The mean over the heads that are switched on.
    Mean,
    /// The attention to one of the sources of the slice, averaged over the heads that are switched on.
    Source(usize),
}

/// Numbers in rows, one for each unit of one end.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What the columns hold.
    pub columns: Vec<Column>,
    /// The end of attention that the rows' units stand at.
    pub rows_are: Side,
    /// A row for each unit in order, each with a number for each column.
    pub rows: Vec<Vec<f32>>,
}

/// The table of a slice. With a selection: the units opposite it by heads, summed over what is selected, and, of several
/// heads, their mean. Without: destinations by sources, averaged over the heads.
///
/// # Errors
/// Without a selection, where the table would be too large.
pub fn attention_table(slice: &AttentionSlice, selection: Option<&Selection>) -> Result<Table, TooManyRows> {
    let view = HeadView::new(slice, &[], selection, Drawing::Lines, Metrics::EXPORT);
    let (destinations, sources) = (slice.destinations().len(), slice.sources().len());
    let Some((rows_are, means)) = view.numbers() else {
        let most = destinations.max(sources);
        if most > MOST_ROWS_OF_ALL {
            return Err(TooManyRows(most));
        }
        return Ok(Table {
            columns: (0..sources).map(Column::Source).collect(),
            rows_are: Side::Destination,
            rows: (0..destinations)
                .map(|row| (0..sources).map(|source| slice.mean(row, source)).collect())
                .collect(),
        });
    };
    let mut columns: Vec<Column> = slice.heads().iter().copied().map(Column::Head).collect();
    let has_mean = columns.len() > 1;
    if has_mean {
        columns.push(Column::Mean);
    }
    let selected = view.selected(opposite(rows_are));
    let rows = means
        .iter()
        .enumerate()
        .map(|(other, mean)| {
            let of_head = |place: usize| {
                let share = |&selected: &usize| match rows_are {
                    Side::Source => slice.weight(place, selected, other),
                    Side::Destination => slice.weight(place, other, selected),
                };
                selected.iter().map(share).sum()
            };
            let mean = has_mean.then_some(*mean);
            (0..slice.heads().len()).map(of_head).chain(mean).collect()
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
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use vitrine_record::{AttentionOptions, LayerIdx, Position};

    use super::*;
    use crate::fixture::{self, selected};

    #[test]
    fn a_long_text_has_the_tables_of_its_tokens_only() {
        let pieces = ["x"; MOST_ROWS_OF_ALL + 1];
        let table = |tokens: usize, selection: Option<Selection>| {
            let attention = fixture::layer(1, tokens, |_, row, column| (1 + row + column) as f32);
            let analysis = fixture::analysis(&pieces[..tokens], attention);
            attention_table(&fixture::whole(&analysis), selection.as_ref())
        };
        let row = |position| Some(selected(position, Side::Destination));
        let (fits, long) = (MOST_ROWS_OF_ALL, pieces.len());
        assert_eq!(table(fits, None).unwrap().rows.len(), fits);
        assert_eq!(table(long, None), Err(TooManyRows(long)));
        assert_eq!(table(long, row(long)), Err(TooManyRows(long)));
        assert_eq!(table(long, row(3)).unwrap().rows.len(), long);
    }

    proptest! {
        #[test]
        fn every_row_has_a_number_for_each_column(
            positions in proptest::collection::btree_set((0usize..4).prop_map(Position), 0..3),
            is_source in any::<bool>(), mask in 1u32..8,
        ) {
            let attention = fixture::layer(3, 3, |head, row, column| (1 + head + 2 * row + column) as f32);
            let analysis = fixture::analysis(&["[CLS]", "x", "[SEP]"], attention);
            let heads: BTreeSet<_> = (0..3).filter(|head| mask >> head & 1 == 1).map(HeadIdx).collect();
            let side = if is_source { Side::Source } else { Side::Destination };
            let slice = fixture::slice(&analysis, LayerIdx(0), Some(&heads), AttentionOptions::default());
            let table = attention_table(&slice, Some(&Selection { positions: positions.clone(), side })).unwrap();
            prop_assert_eq!(table.rows.len(), 3);
            prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
            let selected = positions.iter().filter(|at| at.0 < 3).count();
            if selected > 0 {
                let means = usize::from(heads.len() > 1);
                prop_assert_eq!(table.columns.len(), heads.len() + means);
                for row in table.rows.iter().filter(|_| means == 1) {
                    let (mean, shares) = row.split_last().unwrap();
                    prop_assert!((shares.iter().sum::<f32>() / shares.len() as f32 - mean).abs() < 1e-6);
                }
                let first: f32 = table.rows.iter().map(|row| row[0]).sum();
                prop_assert!(is_source || (first - selected as f32).abs() < 1e-5);
            } else {
                prop_assert!(table.rows.iter().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
            }
        }
    }
}
