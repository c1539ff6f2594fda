//! Salience: what gradients, and each token's absence, say about each token.

mod completeness;
mod controls;
mod files;
mod progress;
mod table;
mod words;

use vitrine_picture::explanation::MethodTableWords;
use vitrine_record::Position;
use yew::prelude::*;

use super::explanation::{
    ExplanationProgress, Layout, PointedPicture, explained_name, figure_menu, keys, keys_handler,
};
use crate::{
    components::{Exhibit, use_exhibit_menu},
    context::{Context, use_page},
    state::Shared,
};
use completeness::Completeness;
use controls::{Controls, More};
use files::figure;
pub use files::path_facts;
pub use progress::PathProgress;
pub use table::{NumberTableTwin, TableEnds, table_layout, table_picture, without_sides};
use table::{method_table, number_table};

/// The exhibit.
#[component]
pub fn Salience() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let on_key = keys_handler(&page, &menu.toggle_table, |_| {});
    let trust = words::trust(&page);
    let has_values = !page.salience_values().is_empty();
    html! {
        <Exhibit
            title={page.t("salience.title")} question={page.t("salience.question")}
            keys={keys(&page).into_iter().skip(1).collect::<Vec<_>>()} {on_key}
            controls={html! { <Controls /> }} choice={words::choice(&page)} more={html! { <More /> }}
            run={html! { <><PathProgress /><ExplanationProgress /></> }} picture={html! { <Picture /> }}
            reading={words::reading(&page)} trust={trust.clone()} warning={words::warning(&page).map(AttrValue::from)}
            table={if menu.shows_table && has_values {
                html! { <NumberTableTwin table={number_table(&page)} id="salience-caption" takes_focus={true} /> }
            } else {
                Html::default()
            }}
            menu={figure_menu(&page, &menu, has_values.then_some(figure), &[], &trust)}
        />
    }
}

/// How the table of methods is written.
pub fn table_words(page: &Context) -> MethodTableWords {
    MethodTableWords {
        numbers: page.language().numbers(),
        is_shared_scale: false,
    }
}

/// The table, and above it how far integrated gradients are complete.
#[component]
fn Picture() -> Html {
    let page = use_page();
    let values = page.salience_values();
    let words = (page.language(), page.explained_target(), page.shown.model.clone());
    let layout = use_memo((values, words, page.shown.analysis.clone()), |_| {
        Shared::new(layout(&page))
    });
    if page.salience_values().is_empty() {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    }
    let is_before = page.salience().is_some_and(|(_, is_asked)| !is_asked);
    let label = page.fill("salience.picture_label", &[("label", &explained_name(&page))]);
    html! {
        <div class={classes!("explained-frame", is_before.then_some("explained-frame--before"))}>
            <Completeness />
            <div class="methods"><PointedPicture layout={(*layout).clone()} {label} /></div>
            <p class="hint salience__legend">{ page.fill("salience.legend", &[("label", &explained_name(&page))]) }</p>
        </div>
    }
}

fn layout(page: &Context) -> Layout {
    let table = method_table(page);
    let tokens = (0..table.words.len()).map(|row| [Position(row)].into());
    let tokens = tokens.collect();
    table_layout(page, table, table_words(page), TableEnds::of_class(page), tokens)
}
