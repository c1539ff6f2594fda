//! Salience: what gradients, and each token's absence, say about each token.

mod completeness;
mod controls;
mod files;
mod progress;
mod table;
mod words;

use vitrine_picture::explanation::{MethodTableWords, TargetOf};
use vitrine_record::Position;
use yew::prelude::*;

use super::explanation::{
    ExplanationProgress, Layout, Pointed, PointedPicture, class_name, figure_menu, keys, keys_handler,
};
use crate::{
    components::{Exhibit, use_menu_outcome},
    context::{Context, use_page},
    state::Shared,
};
use completeness::Completeness;
use controls::{Controls, More};
pub use controls::{MaskPicker, baseline_key};
use files::saves;
pub use progress::PathProgress;
pub use table::NumberTableTwin;
use table::{method_table, number_table};

/// The exhibit.
#[component]
pub fn Salience() -> Html {
    let page = use_page();
    let shows_table = use_state(|| false);
    let toggle_table = {
        let shows_table = shows_table.clone();
        Callback::from(move |()| shows_table.set(!*shows_table))
    };
    let on_key = keys_handler(&page, &toggle_table, |_| {});
    let trust = words::trust(&page);
    let has_values = !page.salience_values().is_empty();
    let outcome = use_menu_outcome(has_values);
    let saves = has_values.then(|| saves(&page, &trust));
    html! {
        <Exhibit
            title={page.t("salience.title")} question={page.t("salience.question")}
            keys={keys(&page).into_iter().skip(1).collect::<Vec<_>>()} {on_key}
            controls={html! { <Controls /> }} choice={words::choice(&page)} more={html! { <More /> }}
            run={html! { <><PathProgress /><ExplanationProgress /></> }} picture={html! { <Picture /> }}
            reading={words::reading(&page)} trust={trust} warning={words::warning(&page).map(AttrValue::from)}
            table={if *shows_table && has_values {
                html! { <NumberTableTwin table={number_table(&page)} id="salience-caption" takes_focus={true} /> }
            } else {
                Html::default()
            }}
            menu={figure_menu(&page, saves, &[], (*shows_table, &toggle_table), &outcome)}
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
    let words = (page.language(), page.explained_class(), page.shown.model.clone());
    let layout = use_memo((values, words, page.shown.analysis.clone()), |_| {
        Shared::new(layout(&page))
    });
    if page.salience_values().is_empty() {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    }
    let is_before = page.salience().is_some_and(|(_, is_asked)| !is_asked);
    let label = page.fill("salience.picture_label", &[("label", &class_name(&page))]);
    html! {
        <div class={classes!("explained-frame", is_before.then_some("explained-frame--before"))}>
            <Completeness />
            <div class="methods"><PointedPicture layout={(*layout).clone()} {label} /></div>
            <p class="hint salience__legend">{ page.fill("salience.legend", &[("label", &class_name(&page))]) }</p>
        </div>
    }
}

fn layout(page: &Context) -> Layout {
    let table = method_table(page);
    let words = table_words(page);
    let scales = table.scales(words);
    let (names, page) = (table.clone(), page.clone());
    Layout {
        says_at: None,
        picture: Box::new(move |measures| table.picture(measures, words)),
        pointed: Box::new(move |target| {
            let &TargetOf::Cell { row, column } = &target.of else {
                return Pointed::nothing();
            };
            let value = names.value(row, column).zip(scales.get(column));
            let value = value.map(|(value, (_, style))| style.value(value));
            let name = |of: &[String], at: usize| of.get(at).cloned().unwrap_or_default();
            Pointed {
                tokens: [Position(row)].into(),
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
