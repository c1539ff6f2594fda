//! The picture's twin: the same numbers as a table.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{
    Quantity,
    table::{Column, TooManyRows, attention_table},
    unit_tiles, units_of,
};
use vitrine_record::{AttentionVariant, Run, Side};
use yew::prelude::*;

use super::{
    compare::{self, Place},
    variant, words,
};
use crate::{
    components::{TableFrame, use_focus_while_shown},
    context::use_page,
    state::{Shared, heads::HeadsOn},
};

/// Properties of [`Twin`].
#[derive(Properties, PartialEq)]
pub struct TwinProps {
    /// What is looked at.
    pub slice: Shared<AttentionSlice>,
    /// Where it is from.
    pub place: Place,
    /// The identifier of its caption; no other table of the page has it.
    pub id: &'static str,
}

/// The table of what is selected, or, of a text that is not too long for it, of the mean over the heads.
#[component]
pub fn Twin(TwinProps { slice, place, id }: &TwinProps) -> Html {
    let page = use_page();
    let of_text = place.text;
    let region = use_focus_while_shown();
    let selection = page.selection_in(of_text);
    let table = match attention_table(slice, selection.as_ref()) {
        Ok(table) => table,
        Err(TooManyRows(tokens)) => {
            let sentence = page.fill("table.too_long", &[("tokens", &tokens.to_string())]);
            return html! { <p class="hint" tabindex="-1" ref={region}>{ sentence }</p> };
        }
    };
    let (style, quantity) = (page.language().numbers(), Quantity::of(slice));
    let layer = compare::layer_of(&page, slice);
    let text = |side, at: usize| {
        let unit = units_of(slice, side).get(at..=at).unwrap_or_default();
        let tile = unit_tiles(page.token_ends_of(of_text).at(side), unit).pop();
        tile.map(|tile| tile.text).unwrap_or_default()
    };
    let caption = match (&selection, page.heads_on()) {
        _ if slice.variant() != AttentionVariant::Raw => variant::caption(&page, slice, selection.as_ref()),
        (None, HeadsOn::One(head)) => {
            page.fill("table.one", &[("layer", &layer), ("head", &head.to_string())])
        }
        (None, _) => page.fill("table.all", &[("layer", &layer)]),
        (Some(selection), _) => {
            let token = words::selected_text(&page, slice, of_text, selection);
            let key = match selection.side {
                Side::Destination => "table.row",
                Side::Source => "table.column",
            };
            page.fill(key, &[("layer", &layer), ("token", &token)])
        }
    };
    let caption = compare::caption_of_texts(&page, slice, *place, caption);
    let of_run = |key| page.fill(key, &[("caption", &caption)]);
    let caption = match place.run {
        Run::Untouched => caption,
        Run::Changed | Run::Both => of_run("table.changed"),
        Run::Difference => of_run("table.difference"),
    };
    let columns = table.columns.iter().map(|column| {
        html! {
            <th scope="col">
                { match column {
                    Column::Head(head) => page.fill("heads.head", &[("head", &head.to_string())]),
                    Column::Mean => page.t("table.mean").to_owned(),
                    Column::Source(at) => text(Side::Source, *at),
                } }
            </th>
        }
    });
    let rows = table.rows.iter().enumerate().map(|(at, numbers)| {
        let cells = numbers
            .iter()
            .map(|number| style.exact_weight(*number, quantity, 3))
            .map(|number| html! { <td>{ number }</td> });
        html! { <tr><th scope="row" lang="en">{ text(table.rows_are, at) }</th>{ for cells }</tr> }
    });
    let corner = match table.rows_are {
        Side::Destination => page.t("attention.query"),
        Side::Source => page.t("attention.key"),
    };
    html! {
        <TableFrame {region} {caption} caption_id={*id}>
            <table aria-labelledby={*id}>
                <thead><tr><th scope="col">{ corner }</th>{ for columns }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </TableFrame>
    }
}
