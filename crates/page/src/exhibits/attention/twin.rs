//! The picture's twin: the same numbers as a table.

use gloo::utils::document;
use vitrine_picture::{
    table::{Column, NoTable, attention_table},
    tiles,
};
use vitrine_record::Side;
use web_sys::Element;
use yew::prelude::*;

use crate::{browser, context::use_page, state::heads::HeadsOn};

/// The table of what is selected, or, of a text that is not too long for it, of the mean over the heads.
#[component]
pub fn Twin() -> Html {
    let page = use_page();
    let region = use_node_ref();
    {
        // Whoever asks for the table wants to see it, wherever the page is scrolled to, and when it goes, to be where
        // they were.
        let region = region.clone();
        use_effect_with((), move |()| {
            let before = document().active_element();
            let region = region.cast::<Element>();
            if let Some(region) = &region {
                browser::focus(region);
            }
            move || {
                let now = document().active_element();
                let is_lost = now.is_none_or(|now| {
                    now.tag_name() == "BODY" || region.is_some_and(|region| region.contains(Some(&now)))
                });
                if let Some(before) = before.filter(|_| is_lost) {
                    browser::focus_again(&before);
                }
            }
        });
    }
    let analysis = &page.shown.analysis;
    let selection = page.selection();
    let table = attention_table(analysis, page.drawn_layer(), page.link.heads.as_ref(), selection);
    let table = match table {
        Ok(table) => table,
        Err(NoTable::NoAttention) => {
            return html! { <p class="hint" tabindex="-1" ref={region}>{ page.t("attention.none") }</p> };
        }
        Err(NoTable::TooManyTokens(tokens)) => {
            let sentence = page.fill("table.too_long", &[("tokens", &tokens.to_string())]);
            return html! { <p class="hint" tabindex="-1" ref={region}>{ sentence }</p> };
        }
    };
    let tiles = tiles(&analysis.tokens);
    let style = page.language().numbers();
    let layer = page.drawn_layer().to_string();
    let text = |position: usize| {
        tiles
            .get(position)
            .map(|tile| tile.text.clone())
            .unwrap_or_default()
    };
    let caption = match (selection, page.heads_on()) {
        (None, HeadsOn::One(head)) => {
            page.fill("table.one", &[("layer", &layer), ("head", &head.to_string())])
        }
        (None, _) => page.fill("table.all", &[("layer", &layer)]),
        (Some(focus), _) => {
            let token = text(focus.position.0);
            let key = match focus.side {
                Side::Destination => "table.row",
                Side::Source => "table.column",
            };
            page.fill(key, &[("layer", &layer), ("token", &token)])
        }
    };
    let columns = table.columns.iter().map(|column| {
        html! {
            <th scope="col">
                { match column {
                    Column::Head(head) => page.fill("heads.head", &[("head", &head.to_string())]),
                    Column::Mean => page.t("table.mean").to_owned(),
                    Column::Source(position) => text(position.0),
                } }
            </th>
        }
    });
    let rows = table.rows.iter().enumerate().map(|(position, numbers)| {
        let cells = numbers
            .iter()
            .map(|number| html! { <td>{ style.fixed(*number, 3) }</td> });
        html! { <tr><th scope="row" lang="en">{ text(position) }</th>{ for cells }</tr> }
    });
    let corner = match table.rows_are {
        Side::Destination => page.t("attention.query"),
        Side::Source => page.t("attention.key"),
    };
    html! {
        <div class="twin-frame">
        <p class="twin__caption" id="twin-caption">{ caption }</p>
        <div class="twin" role="region" tabindex="0" aria-labelledby="twin-caption" ref={region}>
            <table aria-labelledby="twin-caption">
                <thead><tr><th scope="col">{ corner }</th>{ for columns }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
        </div>
    }
}
