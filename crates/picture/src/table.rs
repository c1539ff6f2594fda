//! The twin of a picture: the same numbers as a table.

use std::collections::BTreeSet;

use vitrine_record::{Analysis, HeadIdx, LayerIdx, Position, Side};

use crate::{Focus, HeadView, Metrics};

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

/// The table of a head view. With a focus: the tokens opposite it by heads, and their mean. Without: destinations
/// by sources, averaged over the heads. `None` where there is no picture.
pub fn attention_table(
    analysis: &Analysis,
    layer: LayerIdx,
    heads: Option<&BTreeSet<HeadIdx>>,
    focus: Option<Focus>,
) -> Option<Table> {
    let attention = analysis.layer(layer)?;
    let view = HeadView::new(analysis, layer, heads, focus, Metrics::EXPORT)?;
    let tokens = 0..attention.tokens();
    let Some((rows_are, means)) = view.numbers() else {
        return Some(Table {
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
    let at = focus?.position.0;
    let mut columns: Vec<Column> = view.heads().iter().copied().map(Column::Head).collect();
    columns.push(Column::Mean);
    let rows = tokens
        .map(|token| {
            let share = |head: &HeadIdx| match rows_are {
                Side::Source => attention.at(head.0, at, token),
                Side::Destination => attention.at(head.0, token, at),
            };
            view.heads().iter().map(share).chain([means[token]]).collect()
        })
        .collect();
    Some(Table {
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
                prop_assert_eq!(table.columns.len(), heads.len() + 1);
                for row in &table.rows {
                    let (mean, shares) = row.split_last().unwrap();
                    prop_assert!((shares.iter().sum::<f32>() / shares.len() as f32 - mean).abs() < 1e-6);
                }
            } else {
                prop_assert!(table.rows.iter().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
            }
        }
    }
}
