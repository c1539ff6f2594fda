//! The twin of the neuron view: the numbers of a step as a table.

use vitrine_picture::{
    Tile,
    neuron_view::{Formula, Grid, RowOf, Step, precise},
};
use vitrine_record::HeadComputation;
use yew::prelude::*;

use super::words;
use crate::{
    components::{TableFrame, use_focus_while_shown},
    i18n::Language,
    state::Shared,
};

/// More cells than this no browser lays out while one waits.
const MOST_CELLS: usize = 16_384;

/// Properties of [`NeuronTable`].
#[derive(Properties, PartialEq)]
pub struct NeuronTableProps {
    /// The step.
    pub step: Step,
    /// The numbers.
    pub computation: Shared<HeadComputation>,
    /// The numbers of the step.
    pub grids: Shared<Vec<Grid>>,
    /// The tokens.
    pub tiles: Shared<Vec<Tile>>,
    /// The language of the page.
    pub language: Language,
}

/// Within the head: the tokens with products, score and probability, and the numbers of the step. Of the steps as
/// wide as the hidden state: its dimensions.
#[component]
pub fn NeuronTable(props: &NeuronTableProps) -> Html {
    let NeuronTableProps {
        step,
        language,
        computation,
        tiles,
        ..
    } = props;
    let region = use_focus_while_shown();
    let token = tiles
        .get(computation.destination.0)
        .map(|tile| tile.text.as_str());
    let arguments = [
        ("number", step.number().to_string()),
        ("name", words::step_name(*language, *step).to_owned()),
        ("token", token.unwrap_or_default().to_owned()),
    ];
    let arguments: Vec<(&str, &str)> = arguments
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let is_too_large = props.grids.iter().map(|grid| grid.cells.len()).sum::<usize>() > MOST_CELLS;
    let mut caption = language.fill("neuron.table", &arguments);
    if is_too_large {
        caption = format!("{caption} {}", language.t("neuron.table_too_large"));
    }
    let grids: &[Grid] = if is_too_large { &[] } else { &props.grids };
    let table = if step.is_within_head() {
        of_tokens(props, grids)
    } else {
        of_dimensions(props, grids)
    };
    html! {
        <TableFrame {region} {caption} caption_id="neuron-table-caption">
            <table aria-labelledby="neuron-table-caption">{ table }</table>
        </TableFrame>
    }
}

fn of_tokens(props: &NeuronTableProps, grids: &[Grid]) -> Html {
    let computation = &props.computation;
    let style = props.language.numbers();
    let number = |number: f32| html! { <td>{ precise(style, number) }</td> };
    // What has one number for each token stands in the table at any step.
    let grids: &[Grid] = if props.step.is_one_number() { &[] } else { grids };
    let columns = grids.first().map_or(0, |grid| grid.columns);
    let symbol = grids
        .first()
        .and_then(|grid| grid.rows.first())
        .map(|row| row.quantity.symbol());
    let is_of_tokens = |grid: &Grid| grid.rows.iter().all(|row| matches!(row.of, RowOf::Token(_)));
    let of_tokens = grids.iter().find(|grid| is_of_tokens(grid));
    let head = (0..columns).map(|column| {
        html! { <th scope="col">{ symbol.as_ref().map(words::formula) }{ format!("[{column}]") }</th> }
    });
    let root = (computation.head_size() as f32).sqrt();
    let rows = (0..computation.tokens()).map(|token| {
        let score = computation.scores[token];
        let vector = of_tokens.map(|grid| grid.row(token).iter().map(|cell| number(*cell)).collect::<Html>());
        html! {
            <tr>
                <th scope="row" lang="en">{ props.tiles.get(token).map(|tile| tile.text.clone()) }</th>
                { number(score * root) }{ number(score) }{ number(computation.probabilities[token]) }
                { vector }
            </tr>
        }
    });
    let vectors = grids.iter().filter(|grid| !is_of_tokens(grid)).map(|grid| {
        let symbol = grid
            .rows
            .first()
            .map(|row| words::formula(&row.quantity.symbol()));
        html! {
            <tr>
                <th scope="row">{ symbol }</th><td></td><td></td><td></td>
                { for grid.cells.iter().map(|cell| number(*cell)) }
            </tr>
        }
    });
    let [product, score] = ["q·k", "q·k / √d"].map(|text| words::formula(&Formula::new(text)));
    html! {
        <>
            <thead><tr>
                <th scope="col">{ props.language.t("attention.key") }</th>
                <th scope="col">{ product }</th><th scope="col">{ score }</th>
                <th scope="col">{ words::step_name(props.language, Step::Probabilities) }</th>{ for head }
            </tr></thead>
            <tbody>{ for rows }{ for vectors }</tbody>
        </>
    }
}

fn of_dimensions(props: &NeuronTableProps, grids: &[Grid]) -> Html {
    let style = props.language.numbers();
    let rows = || {
        grids
            .iter()
            .flat_map(|grid| (0..grid.rows.len()).map(move |row| (grid, row)))
    };
    let head = rows().map(|(grid, row)| {
        let index = match grid.rows[row].of {
            RowOf::Head(head) => format!("[{head}]"),
            RowOf::Dimension(dimension) => format!("[{dimension}]"),
            RowOf::Token(_) | RowOf::Whole => String::new(),
        };
        html! { <th scope="col">{ words::formula(&grid.rows[row].quantity.symbol()) }{ index }</th> }
    });
    let columns = grids.first().map_or(0, |grid| grid.columns);
    let body = (0..columns).map(|column| {
        let cells = rows().map(|(grid, row)| html! { <td>{ precise(style, grid.at(row, column)) }</td> });
        html! { <tr><th scope="row">{ column }</th>{ for cells }</tr> }
    });
    html! {
        <>
            <thead><tr><th scope="col">{ props.language.t("neuron.dimension") }</th>{ for head }</tr></thead>
            <tbody>{ for body }</tbody>
        </>
    }
}
