//! Tokens and methods as a picture's numbers, and as a table to read.

use std::collections::BTreeSet;

use vitrine_picture::explanation::{
    Measures, MethodLegend, MethodTable, MethodTableWords, NumberCell, NumberRow, NumberTable, Picture,
    TargetOf,
};
use vitrine_record::{ExplanationMethod, Position};
use yew::prelude::*;

use super::table_words;
use crate::{
    components::{TableFrame, use_focus_while_shown},
    context::Context,
    exhibits::explanation::{Layout, Pointed, explained_name, method_key},
};

/// The tokens as they are named: what was typed, and of special ones their piece.
pub fn token_names(page: &Context) -> Vec<String> {
    let tokens = page.shown.analysis.tokens.iter();
    let name = |token: &vitrine_record::Token| {
        if token.special {
            token.piece.clone()
        } else {
            token.text.clone()
        }
    };
    tokens.map(name).collect()
}

/// What each method says of each token, as far as it has come.
pub fn method_table(page: &Context) -> MethodTable {
    let values = page.salience_values();
    MethodTable {
        words: token_names(page),
        methods: values
            .iter()
            .map(|of| page.t(method_key(of.method)).to_owned())
            .collect(),
        without_sides: without_sides(values.iter().map(|of| of.method)),
        values: values.into_iter().map(|of| of.values).collect(),
        marked: BTreeSet::new(),
    }
}

/// The places of the methods whose values say how much, but not for or against.
pub fn without_sides(methods: impl Iterator<Item = ExplanationMethod>) -> BTreeSet<usize> {
    let places = methods.enumerate().filter(|(_, method)| !method.has_sides());
    places.map(|(place, _)| place).collect()
}

/// What the ends of a table's signed scale mean.
#[derive(Clone, Debug, PartialEq)]
pub struct TableEnds {
    towards: String,
    away: String,
}

impl TableEnds {
    /// For the class that is explained, and against it.
    pub fn of_class(page: &Context) -> TableEnds {
        TableEnds {
            towards: page.fill("explain.towards", &[("label", &explained_name(page))]),
            away: page.t("explain.away").to_owned(),
        }
    }

    /// One order of words, and the same backwards.
    pub fn of_orders(page: &Context) -> TableEnds {
        TableEnds {
            towards: page.t("agreement.same_order").to_owned(),
            away: page.t("agreement.backwards").to_owned(),
        }
    }
}

/// A table of methods with what its colours mean, in given measures.
pub fn table_picture(
    page: &Context,
    table: &MethodTable,
    style: MethodTableWords,
    ends: &TableEnds,
    measures: Measures,
) -> Picture {
    let legend = MethodLegend {
        towards: &ends.towards,
        away: &ends.away,
        without_sides: page.t("salience.size_only"),
    };
    table.with_legend(table.picture(measures, style), &legend)
}

/// A table of methods to look at, and for each of its rows the tokens that it is about; a row beyond them is about none.
pub fn table_layout(
    page: &Context,
    table: MethodTable,
    style: MethodTableWords,
    ends: TableEnds,
    tokens: Vec<BTreeSet<Position>>,
) -> Layout {
    let scales = table.scales(style);
    let (names, of_picture, page) = (table.clone(), page.clone(), page.clone());
    Layout {
        picture: Box::new(move |measures| table_picture(&of_picture, &table, style, &ends, measures)),
        pointed: Box::new(move |target| {
            let &TargetOf::Cell { row, column } = &target.of else {
                return Pointed::nothing();
            };
            let value = names.value(row, column).zip(scales.get(column));
            let value = value.map(|(value, scale)| scale.written(value));
            let name = |of: &[String], at: usize| of.get(at).cloned().unwrap_or_default();
            Pointed {
                tokens: tokens.get(row).cloned().unwrap_or_default(),
                name: page.fill(
                    "salience.cell",
                    &[
                        ("token", &name(&names.words, row)),
                        ("method", &name(&names.methods, column)),
                        ("value", &value.unwrap_or_default()),
                    ],
                ),
            }
        }),
    }
}

/// The same to be read, with the sum of integrated gradients and what it should be.
pub fn number_table(page: &Context) -> NumberTable {
    let table = method_table(page);
    let scales = table.scales(table_words(page));
    let tokens = &page.shown.analysis.tokens;
    let rows = table.words.iter().enumerate().map(|(row, name)| NumberRow {
        name: name.clone(),
        is_typed: tokens.get(row).is_some_and(|token| !token.special),
        cells: scales
            .iter()
            .enumerate()
            .map(|(column, scale)| NumberCell::of(table.value(row, column), |value| scale.written(value)))
            .collect(),
    });
    let sums = NumberRow {
        name: page.t("explain.sum").to_owned(),
        is_typed: false,
        cells: table
            .values
            .iter()
            .zip(&scales)
            .map(|(values, scale)| {
                let sum = values.iter().flatten().sum::<f64>();
                NumberCell::of(Some(sum), |sum| scale.written(sum))
            })
            .collect(),
    };
    NumberTable {
        caption: page.fill("salience.table", &[("label", &explained_name(page))]),
        corner: page.t("table.token").to_owned(),
        columns: table.methods.clone(),
        rows: rows.chain([sums]).collect(),
    }
}

/// Properties of [`NumberTableTwin`].
#[derive(Properties, PartialEq)]
pub struct NumberTableTwinProps {
    /// The table.
    pub table: NumberTable,
    /// Names the element of its caption.
    pub id: &'static str,
    /// Whether it takes the focus when it comes.
    #[prop_or_default]
    pub takes_focus: bool,
}

/// A table of numbers, as it is read.
#[component]
pub fn NumberTableTwin(
    NumberTableTwinProps {
        table,
        id,
        takes_focus,
    }: &NumberTableTwinProps,
) -> Html {
    if *takes_focus {
        return html! { <FocusedTwin table={table.clone()} {id} /> };
    }
    twin(table, id, NodeRef::default())
}

#[component]
fn FocusedTwin(NumberTableTwinProps { table, id, .. }: &NumberTableTwinProps) -> Html {
    twin(table, id, use_focus_while_shown())
}

fn twin(table: &NumberTable, id: &'static str, region: NodeRef) -> Html {
    let columns = std::iter::once(&table.corner).chain(&table.columns);
    let columns = columns.map(|name| html! { <th scope="col">{ name }</th> });
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| match cell {
            NumberCell::Words(words) => html! { <td>{ words }</td> },
            cell => html! { <td class="number">{ cell.shown() }</td> },
        });
        let language = row.is_typed.then_some("en");
        html! { <tr><th scope="row" lang={language}>{ &row.name }</th>{ for cells }</tr> }
    });
    html! {
        <TableFrame {region} caption={table.caption.clone()} caption_id={id}>
            <table aria-labelledby={id}>
                <thead><tr>{ for columns }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </TableFrame>
    }
}
