//! Attention: who looks at whom.

mod head;
mod marks;
mod model;
mod neuron;
mod options;
mod twin;
mod words;

use vitrine_attention::AttentionSlice;
use vitrine_picture::{FigureWords, HeadView, HeatMap, Metrics};
use vitrine_record::{AttentionView, Drawing, LayerIdx};
use yew::prelude::*;

use crate::{
    components::{Exhibit, HeadTiles, Key, LayerPicker, Menu, MenuItem},
    context::{Context, use_page},
    export::{self, Figure},
    state::{Action, Origin, Shared},
};
use head::HeadPicture;
use model::ModelView;
use options::{DrawingPicker, Options, ViewPicker};
use twin::Twin;

/// The exhibit.
#[component]
pub fn Attention() -> Html {
    let page = use_page();
    let shows_table = use_state(|| false);
    // The key of what the last choice from the menu led to.
    let outcome = use_state(|| None::<&'static str>);
    let toggle_table = {
        let shows_table = shows_table.clone();
        Callback::from(move |()| shows_table.set(!*shows_table))
    };
    let slice = use_slice(&page);
    let on_key = keys_handler(&page, &toggle_table);
    let key = |key: &'static str, does: &'static str| Key {
        key: page.t(key).into(),
        does: page.t(does).into(),
    };
    let keys = vec![
        key("key.layer_next", "keys.layer_next"),
        key("key.layer_previous", "keys.layer_previous"),
        key("key.all_heads", "keys.all_heads"),
        key("key.isolate", "keys.isolate"),
        key("key.double_click", "keys.double_click"),
        key("key.table", "keys.table"),
        key("key.escape", "keys.escape"),
        key("key.arrows", "keys.arrows"),
    ];
    let none = || page.t("attention.none").to_owned();
    let of_slice = |about: fn(&Context, &AttentionSlice) -> String| {
        slice.as_ref().map_or_else(none, |slice| about(&page, slice))
    };
    let picture = match (page.link.view, &slice) {
        (AttentionView::Model, slice) => html! { <ModelView slice={slice.clone()} /> },
        (_, Some(slice)) => html! { <HeadPicture slice={slice.clone()} /> },
        (_, None) => html! { <p class="hint">{ none() }</p> },
    };
    let table = slice
        .as_ref()
        .filter(|_| *shows_table)
        .map(|slice| html! { <Twin slice={slice.clone()} /> });
    html! {
        <Exhibit
            title={page.t("attention.title")} question={page.t("attention.question")} {keys} {on_key}
            controls={html! { <><ViewPicker /><LayerPicker /><HeadTiles /></> }} choice={words::choice(&page)}
            more={html! { <><DrawingPicker /><Options /></> }}
            {picture} reading={of_slice(words::reading)} trust={of_slice(words::trust)}
            warning={slice.as_ref().and_then(|slice| words::not_whole(&page, slice))}
            menu={menu(&page, &toggle_table, *shows_table, slice.as_ref(), &outcome)}
            table={table.unwrap_or_default()}
        />
    }
}

/// What is looked at, made anew only when it changes.
#[hook]
fn use_slice(page: &Context) -> Option<Shared<AttentionSlice>> {
    let (analysis, layer) = (page.shown.analysis.clone(), page.drawn_layer());
    let wanted = (analysis, layer, page.link.heads.clone(), page.link.options);
    let slice = use_memo(wanted, |_| page.slice().map(Shared::new));
    (*slice).clone()
}

fn keys_handler(page: &Context, toggle_table: &Callback<()>) -> Callback<KeyboardEvent> {
    let (dispatcher, toggle_table) = (page.state.dispatcher(), toggle_table.clone());
    let (layers, layer) = (page.shown.model.layers.max(1), page.link.layer.0);
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "l" => dispatcher.dispatch(Action::SetLayer(LayerIdx((layer + 1) % layers))),
            "L" => dispatcher.dispatch(Action::SetLayer(LayerIdx((layer + layers - 1) % layers))),
            "a" => dispatcher.dispatch(Action::AllHeads),
            "t" => toggle_table.emit(()),
            "Escape" => dispatcher.dispatch(Action::ClearSelection),
            _ => {}
        }
    })
}

fn menu(
    page: &Context,
    toggle_table: &Callback<()>,
    shows_table: bool,
    slice: Option<&Shared<AttentionSlice>>,
    outcome: &UseStateHandle<Option<&'static str>>,
) -> Html {
    let item = |name: &'static str, on_choose: Callback<()>| MenuItem {
        name: page.t(name).into(),
        on_choose,
    };
    let saves = |save: fn(&Figure)| {
        let (page, outcome, slice) = (page.clone(), outcome.setter(), slice.cloned());
        Callback::from(move |()| match &slice {
            Some(slice) => {
                outcome.set(None);
                with_figure(&page, slice, &outcome, save);
            }
            None => outcome.set(Some("attention.none")),
        })
    };
    let copy = {
        let outcome = outcome.setter();
        Callback::from(move |()| {
            let outcome = outcome.clone();
            export::copy_address(Callback::from(move |worked| {
                outcome.set(Some(if worked { "menu.copied" } else { "menu.not_copied" }));
            }));
        })
    };
    let items = vec![
        item(
            if shows_table {
                "menu.hide_table"
            } else {
                "menu.table"
            },
            toggle_table.clone(),
        ),
        item("menu.svg", saves(export::svg)),
        item("menu.png", saves(export::png)),
        item("menu.csv", saves(export::csv)),
        item("menu.json", saves(export::json)),
        item("menu.link", copy),
    ];
    html! {
        <div class="exhibit__menu">
            <span class="exhibit__copied" role="status">
                { outcome.map(|key| page.t(key)).unwrap_or_default() }
            </span>
            <Menu name={page.t("menu.name")} {items} />
        </div>
    }
}

/// Hands what is on the screen to a function that writes it as a file, and says it if there is no file.
fn with_figure(
    page: &Context,
    slice: &AttentionSlice,
    outcome: &UseStateSetter<Option<&'static str>>,
    save: impl FnOnce(&Figure),
) {
    let analysis = &page.shown.analysis;
    let selection = page.selection();
    let on_failed = {
        let outcome = outcome.clone();
        Callback::from(move |()| outcome.set(Some("menu.not_saved")))
    };
    let settings = vitrine_picture::export::Settings {
        slice,
        options: page.link.options,
        drawing: page.link.drawing,
        selection: selection.as_ref(),
        origin: match page.shown.origin {
            Origin::Recorded => vitrine_picture::export::Origin::Recorded,
            Origin::Live { .. } => vitrine_picture::export::Origin::Live,
        },
    };
    let figure_words = FigureWords {
        heading: &words::heading(page, slice.heads()),
        note: &words::note(page, slice),
        numbers: page.language().numbers(),
    };
    let (tokens, selection) = (&analysis.tokens, selection.as_ref());
    let scene = match page.link.drawing {
        Drawing::HeatMap => HeatMap::new(slice, tokens, selection).scene(&figure_words),
        lines => HeadView::new(slice, tokens, selection, lines, Metrics::EXPORT).scene(&figure_words),
    };
    save(&Figure {
        scene,
        theme: page.appearance.theme(),
        analysis,
        model: &page.shown.model,
        name: vitrine_picture::export::file_name(analysis, &page.shown.model, slice),
        settings,
        on_failed,
    });
}
