//! One step on a card: its name, formula, scale and cells.

use std::ops::Range;

use vitrine_picture::{
    HEAD_HUES, Theme, Tile,
    neuron_view::{Formula, Grid, Row, RowOf, Step, blocks},
};
use vitrine_record::{HeadComputation, HeadIdx, Position};
use yew::prelude::*;

use super::{
    cells::{CellPlace, Cells, Legend, Place},
    words,
};
use crate::{i18n::Language, state::Shared};

/// What is pointed at, in words and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointed {
    /// What the cell's row belongs to.
    pub name: String,
    /// Its number, and what it was computed from.
    pub text: String,
    /// The token whose row it is.
    pub token: Option<Position>,
    /// Where the cell is.
    pub at: Place,
}

/// Properties of [`Card`].
#[derive(Properties, PartialEq)]
pub struct CardProps {
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
    /// Light or dark.
    pub theme: Theme,
    /// Whether it is the step that is explained.
    pub is_current: bool,
    /// Whether its cells are shown.
    pub is_open: bool,
    /// Told when it is chosen as the step to explain.
    pub on_current: Callback<Step>,
    /// Told which cell is pointed at.
    pub on_point: Callback<Option<Pointed>>,
}

/// A step. What is pointed at is marked by the style sheet, so that no card is drawn anew for it.
#[component]
pub fn Card(props: &CardProps) -> Html {
    let step = props.step;
    let is_within_head = step.is_within_head();
    let class = classes!(
        "step",
        if is_within_head {
            "step--tokens"
        } else {
            "step--wide"
        },
        step.is_one_number().then_some("step--number"),
        (step == Step::Query).then_some("step--query"),
        props.is_current.then_some("step--current"),
        (!props.is_open).then_some("step--closed"),
    );
    let onclick = {
        let on_current = props.on_current.clone();
        Callback::from(move |_: MouseEvent| on_current.emit(step))
    };
    let id = format!("neuron-step-{}", step.number());
    let legends = props.grids.iter().filter(|grid| !grid.is_sum).map(|grid| {
        let symbol = if is_within_head {
            Html::default()
        } else {
            symbols(grid)
        };
        html! { <Legend scale={grid.scale} {symbol} theme={props.theme} language={props.language} /> }
    });
    html! {
        <section {class} aria-labelledby={id.clone()}>
            <h3 class="step__name" {id}>
                <button type="button" aria-current={props.is_current.then_some("step")} {onclick}>
                    <span class="step__number">{ step.number() }</span>
                    { words::step_name(props.language, step) }
                </button>
            </h3>
            <p class="step__formula">{ words::formula(&step.formula(&props.computation)) }</p>
            <div class="step__scales">{ for legends }</div>
            if props.is_open {
                if is_within_head { { within_head(props) } } else { { wide(props) } }
            }
        </section>
    }
}

fn symbols(grid: &Grid) -> Html {
    let mut symbols: Vec<_> = grid
        .rows
        .iter()
        .map(|row| row.quantity.symbol().text().to_owned())
        .collect();
    symbols.dedup();
    html! { <span>{ words::formula(&Formula::new(symbols.join(", "))) }</span> }
}

/// Rows of tokens, and under them their sum.
fn within_head(props: &CardProps) -> Html {
    let mut parts = props.grids.iter().enumerate().map(|(index, grid)| {
        html! {
            <>
                <div class="step__names">{ for grid.rows.iter().map(|row| row_name(props, row)) }</div>
                <div class="step__cells">
                    { cells(props, index, 0..grid.columns, grid.columns) }
                    if grid.rows.iter().all(|row| matches!(row.of, RowOf::Token(_))) {
                        <div class="step__row" aria-hidden="true"></div>
                    }
                </div>
                if props.step.is_one_number() { { numbers(props, grid) } }
            </>
        }
    });
    let body = parts.next();
    let sum = parts.next();
    html! {
        <>
            <div class="step__body">{ body }</div>
            if let Some(sum) = sum { <div class="step__sum">{ sum }</div> }
        </>
    }
}

fn numbers(props: &CardProps, grid: &Grid) -> Html {
    let style = props.language.numbers();
    let number = |number: &f32| match props.step {
        Step::Probabilities => style.percent(*number),
        _ => style.significant(*number),
    };
    let numbers = grid
        .cells
        .iter()
        .map(|cell| html! { <span>{ number(cell) }</span> });
    html! { <div class="step__numbers number">{ for numbers }</div> }
}

/// Blocks of columns, each with the names of its rows.
fn wide(props: &CardProps) -> Html {
    let blocks = blocks(props.computation.hidden_size());
    let width = blocks.first().map_or(0, Range::len);
    let block = |columns: Range<usize>| {
        let caption = format!("[{}…{}]", columns.start, columns.end - 1);
        let parts = props.grids.iter().enumerate().map(|(index, grid)| {
            let is_matrix = grid.rows.iter().any(|row| matches!(row.of, RowOf::Dimension(_)));
            let names = if is_matrix {
                &grid.rows[..1]
            } else {
                &grid.rows[..]
            };
            let class = classes!(
                "strips",
                is_matrix.then_some("strips--matrix"),
                grid.is_sum.then_some("strips--sum")
            );
            html! {
                <div {class}>
                    <div class="step__names">{ for names.iter().map(|row| row_name(props, row)) }</div>
                    <div class="step__cells">{ cells(props, index, columns.clone(), width) }</div>
                </div>
            }
        });
        html! {
            <div class="block">
                <p class="block__columns number">{ caption }</p>
                { for parts }
            </div>
        }
    };
    html! { <div class="step__blocks">{ for blocks.into_iter().map(block) }</div> }
}

fn cells(props: &CardProps, index: usize, columns: Range<usize>, width: usize) -> Html {
    let name = words::step_name(props.language, props.step);
    let on_point = {
        let (computation, grids, tiles) = (
            props.computation.clone(),
            props.grids.clone(),
            props.tiles.clone(),
        );
        let (language, on_point) = (props.language, props.on_point.clone());
        Callback::from(move |place: Option<CellPlace>| {
            let pointed = place.zip(grids.get(index)).map(|(place, grid)| {
                let of = grid.rows[place.row].of;
                let token = match of {
                    RowOf::Token(token) => token,
                    _ => computation.destination,
                };
                Pointed {
                    name: match of {
                        RowOf::Head(head) => head_name(language, head),
                        _ => tiles
                            .get(token.0)
                            .map(|tile| tile.text.clone())
                            .unwrap_or_default(),
                    },
                    text: grid.cell(&computation, place.row, place.column, language.numbers()),
                    token: matches!(of, RowOf::Token(_)).then_some(token),
                    at: place.at,
                }
            });
            on_point.emit(pointed);
        })
    };
    html! {
        <Cells
            grids={props.grids.clone()} {index} {columns} {width} theme={props.theme} is_stop={props.is_current}
            label={props.language.fill("neuron.cells", &[("name", name)])} {on_point}
        />
    }
}

fn head_name(language: Language, head: HeadIdx) -> String {
    language.fill("heads.head", &[("head", &head.to_string())])
}

/// The name of a row: of a token that asks, or of a head that is looked at, in bold.
fn row_name(props: &CardProps, row: &Row) -> Html {
    let symbol = || words::formula(&row.quantity.symbol());
    let text = |token: Position| html! { <>{ props.tiles.get(token.0).map(|tile| tile.text.clone()) }</> };
    let (name, is_marked) = match row.of {
        RowOf::Token(token) => (text(token), token == props.computation.destination),
        RowOf::Head(head) => {
            let hue = classes!("step__hue", format!("head-{}", head.0 % HEAD_HUES));
            let name = html! { <><span class={hue}></span>{ symbol() }<sub>{ head.to_string() }</sub></> };
            (name, head == props.computation.head)
        }
        RowOf::Whole if props.step == Step::Query => (text(props.computation.destination), true),
        RowOf::Whole | RowOf::Dimension(_) => (symbol(), false),
    };
    html! { <span class={classes!("step__of", is_marked.then_some("step__of--marked"))}>{ name }</span> }
}
